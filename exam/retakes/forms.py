"""The shape of what tutors type into a plan."""

from flask_wtf import FlaskForm
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from exam.errors import _l
from exam.retakes.rules import LONGEST_NOTE, LONGEST_STEP
from exam.web import clean_line, clean_text


class StepForm(FlaskForm):
    """Something to do before the retake."""

    what = StringField(
        _l("What to do"),
        filters=[clean_line],
        validators=[
            DataRequired(_l("Say what has to be done, for instance: practise a complaint on the telephone.")),
            Length(max=LONGEST_STEP, message=_l("Keep it to %(max)d characters.")),
        ],
    )
    due_on = DateField(_l("By when"), validators=[Optional()], description=_l("optional"))


class NoteForm(FlaskForm):
    """What the tutor tells the new hire."""

    note = TextAreaField(
        _l("Message to the new hire"),
        filters=[clean_text],
        validators=[Length(max=LONGEST_NOTE, message=_l("Keep it to %(max)d characters."))],
    )
