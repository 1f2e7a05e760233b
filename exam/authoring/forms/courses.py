"""A page of a course as its editor sends it."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from exam.authoring.forms.exams import NumberField
from exam.cleaning import clean_line, clean_text

LONGEST_TITLE = 120
LONGEST_STANDFIRST = 500
LONGEST_BODY = 40_000
MOST_MINUTES = 240
TOO_LONG = _l("This is too long: at most %(max)d characters.")


class PageForm(FlaskForm):
    """The words of a page."""

    title = StringField(
        _l("Page title"),
        [DataRequired(_l("Give the page a title.")), Length(max=LONGEST_TITLE, message=TOO_LONG)],
        filters=[clean_line],
    )
    standfirst = TextAreaField(
        _l("In one or two sentences"), [Length(max=LONGEST_STANDFIRST, message=TOO_LONG)], filters=[clean_text]
    )
    minutes = NumberField(
        _l("Minutes to read"),
        [InputRequired(_l("Write a number.")), NumberRange(1, MOST_MINUTES, message=_l("From %(min)s to %(max)s."))],
    )
    body = TextAreaField(
        _l("Text"),
        [DataRequired(_l("Write the page.")), Length(max=LONGEST_BODY, message=TOO_LONG)],
        filters=[clean_text],
    )
    version = HiddenField()
    """The revision the editor began from."""
