"""The shape of a picture or sound that comes for a question."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from exam.cleaning import clean_line

LONGEST_ALT = 300


class MediumForm(FlaskForm):
    """A file, and what it shows."""

    file = FileField(_l("Picture or sound"), [FileRequired(_l("Choose a picture or sound."))])
    alt = StringField(
        _l("What it shows"),
        [
            DataRequired(_l("Say what it shows, for those who can't see or hear it.")),
            Length(max=LONGEST_ALT, message=_l("At most %(max)d characters.")),
        ],
        filters=[clean_line],
    )
