"""The shape of an appeal and of its answer."""

import re
import unicodedata
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from exam.appeals.rules import LONGEST_ANSWER, LONGEST_TEXT
from exam.cleaning import clean_text

POINTS = re.compile(r"[0-9]{1,3}([.][05])?")


class AppealForm(FlaskForm):
    """What a candidate thinks is wrong."""

    text = TextAreaField(
        _l("What is wrong, and why"),
        [Length(max=LONGEST_TEXT, message=_l("This is too long: at most %(max)d characters."))],
        filters=[clean_text],
    )


class AnswerForm(FlaskForm):
    """The decision on an appeal, with its reason."""

    granted = RadioField(_l("Decision"), [InputRequired(_l("Choose one."))], choices=[])
    answer = TextAreaField(
        _l("Reason (the candidate reads it)"),
        [Length(max=LONGEST_ANSWER, message=_l("This is too long: at most %(max)d characters."))],
        filters=[clean_text],
    )
    points = StringField(_l("New points of this answer"), [Length(max=8)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.granted.choices = [("yes", _("Grant it")), ("no", _("Deny it"))]

    def validate_points(self, field: StringField) -> None:
        """Refuse what is no number of points."""
        text = unicodedata.normalize("NFKC", field.data or "").strip()
        if text and not POINTS.fullmatch(text):
            raise ValidationError(_("Write a number such as 2 or 1.5."))

    @property
    def new_points(self) -> Fraction | None:
        """The points, None where the field is empty."""
        text = unicodedata.normalize("NFKC", self.points.data or "").strip()
        return Fraction(text) if text else None


class ReviewForm(FlaskForm):
    """Why a question stays as it is after a granted appeal."""

    note = TextAreaField(
        _l("Why the question stays as it is"),
        [Length(max=LONGEST_ANSWER, message=_l("This is too long: at most %(max)d characters."))],
        filters=[clean_text],
    )
