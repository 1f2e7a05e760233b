"""The shape of what a marker fills in."""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from exam.cleaning import clean_text
from exam.errors import Refused
from exam.marking.rules import LONGEST_COMMENT, LONGEST_REASON, given
from question_bank.items import ShortAnswer

MOST_NAMES = 2000
"""Answers that a form may name; more than any group has."""
PART = re.compile(r"[0-9]{1,4}(/[0-9]{1,4})?")


class MarkForm(FlaskForm):
    """What goes with the points of an answer. The key points themselves: see `points_given`."""

    comment = TextAreaField(
        _l("Comment (the candidate sees it)"),
        [Length(max=LONGEST_COMMENT, message=_l("A comment has at most 1,000 characters."))],
        filters=[clean_text],
    )
    reason = TextAreaField(
        _l("Why the mark changes (kept in the record)"),
        [Length(max=LONGEST_REASON, message=_l("A reason has at most 500 characters."))],
        filters=[clean_text],
    )
    seen = IntegerField(widget=HiddenInput(), validators=[Optional()])
    """One's own opinion as the page knew it, 0 for none: a page left open doesn't correct what it hasn't seen."""


class LateForm(FlaskForm):
    """Whether a late answer counts."""

    accept = StringField(_l("Does it count?"), [AnyOf(["yes", "no"], message=_l("Choose whether it counts."))])
    reason = TextAreaField(
        _l("Reason (kept in the record)"),
        [
            InputRequired(_l("Say why; the candidate may ask.")),
            Length(max=LONGEST_REASON, message=_l("A reason has at most 500 characters.")),
        ],
        filters=[clean_text],
    )


def points_given(sent: Mapping[str, list[str]], item: ShortAnswer) -> dict[str, Fraction]:
    """The points per key point: `full` lists those ticked, `part-<id>` is a part of one. Refuses what is no number."""
    partly = {}
    for one in item.key_points:
        text = next(iter(sent.get(f"part-{one.id}", [])), "")
        if text and not PART.fullmatch(text):
            raise Refused(_l("A key point can't be given these points."), code="points")
        if text:
            numerator, _, denominator = text.partition("/")
            if denominator and not int(denominator):
                raise Refused(_l("A key point can't be given these points."), code="points")
            partly[one.id] = Fraction(int(numerator), int(denominator or 1))
    return given(item.key_points, sent.get("full", []), partly)


def names_sent(sent: Iterable[str]) -> list[str]:
    """The names of the answers that go together: each field has one or more, with commas between."""
    names = [name for field in sent for name in field.split(",") if name]
    if len(names) > MOST_NAMES:
        raise Refused(_l("These are too many answers at once."), code="too_many")
    return names
