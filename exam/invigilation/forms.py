"""The shape of what an invigilator fills in."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from exam.attempts.rules import LONGEST_STATEMENT
from exam.cleaning import clean_text
from exam.invigilation.rules import LONGEST_MESSAGE, LONGEST_REASON, MINUTES


class TimeForm(FlaskForm):
    """How much time, and why."""

    key = HiddenField(validators=[InputRequired(_l("Send this once more.")), Length(max=32)])
    """Of this one form: sent twice, it gives once."""
    known = IntegerField(widget=HiddenInput(), default=0, validators=[NumberRange(0, 2**31 - 1)])
    """The last time given for its outage, as far as it knew."""
    minutes = IntegerField(
        _l("Minutes"),
        [InputRequired(_l("Give 1 to 60 minutes.")), NumberRange(MINUTES[0], MINUTES[-1], _l("Give 1 to 60 minutes."))],
    )
    reason = TextAreaField(
        _l("Reason"),
        [
            InputRequired(_l("Say why; the candidate reads it.")),
            Length(max=LONGEST_REASON, message=_l("A reason has at most 500 characters.")),
        ],
        filters=[clean_text],
    )


class MessageForm(FlaskForm):
    """What the candidates should read."""

    text = TextAreaField(
        _l("What the candidates read"),
        [
            DataRequired(_l("Write what the candidates should read.")),
            Length(max=LONGEST_MESSAGE, message=_l("A message has at most 500 characters.")),
        ],
        filters=[clean_text],
    )


class StatementForm(FlaskForm):
    """What a candidate says to the record of their run."""

    text = TextAreaField(
        _l("What you want to say"),
        [
            DataRequired(_l("Write what you want to say.")),
            Length(max=LONGEST_STATEMENT, message=_l("A statement has at most 2,000 characters.")),
        ],
        filters=[clean_text],
    )
