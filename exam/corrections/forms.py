"""The shape of a mended key, of a proposal, and of what the second person says."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any
from uuid import uuid4

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Length, Optional, Regexp

from exam.cleaning import clean_line, clean_text
from exam.corrections.rules import LONGEST_REASON, Policy
from question_bank.items import Choice, Item, KeyPoint, MultipleChoice, ShortAnswer, SingleChoice, TrueFalse
from question_bank.problems import LONGEST_EXPLANATION, LONGEST_KEY_POINT

POINTS = re.compile(r"[0-9]{1,4}([.]5|[.]0)?")
MOST_POINTS = 20


def _plain(typed: str | None) -> str:
    """A number as it was typed, full-width or not, in plain digits."""
    return unicodedata.normalize("NFKC", typed or "").strip()


class PointRow(Form):
    """A key point as it stands, or a new one where `id` is empty."""

    id = HiddenField()
    text = StringField(_l("Key point"), [Length(max=LONGEST_KEY_POINT)], filters=[clean_line])
    points = StringField(_l("Worth"), [Length(max=8)])
    accepted = TextAreaField(_l("Accepted phrasings, one a line"), [Length(max=5000)], filters=[clean_text])
    drop = BooleanField(_l("Take this key point out"))

    def validate_points(self, field: StringField) -> None:
        """Refuse what is no number of points, where there is a key point."""
        if (self.id.data or self.text.data) and not self.drop.data and not POINTS.fullmatch(_plain(field.data)):
            raise ValidationError(_("Write a number such as 2 or 1.5."))

    @property
    def key_point(self) -> KeyPoint | None:
        """What the row says; None where it is empty or taken out."""
        if self.drop.data or not (self.id.data or self.text.data):
            return None
        points = Fraction(_plain(self.points.data) or "0")
        lines = [clean_line(line) or "" for line in (self.accepted.data or "").splitlines()]
        phrases = tuple(dict.fromkeys(line for line in lines if line))
        return KeyPoint(self.id.data or f"k{uuid4().hex[:8]}", self.text.data or "", points, phrases)


class KeyForm(FlaskForm):
    """The key of one question: which choices are right, what is true, or the key points; and the explanation.

    What candidates have seen can't be changed here.
    """

    right = SelectMultipleField(_l("Right answers"), choices=[], validate_choice=False)
    truth = RadioField(_l("The statement is"), choices=[], validate_choice=False)
    key_points = FieldList(FormField(PointRow), _l("Key points"), max_entries=MOST_POINTS)
    explanation = TextAreaField(_l("Explanation"), [Length(max=LONGEST_EXPLANATION)], filters=[clean_text])

    def fill(self, item: Item) -> None:
        """Show the key as it stands, with an empty row for one more key point."""
        self.explanation.data = item.explanation
        match item:
            case SingleChoice() | MultipleChoice():
                self.right.data = sorted(item.keys)
            case TrueFalse():
                self.truth.data = "true" if item.correct else "false"
            case ShortAnswer():
                for one in item.key_points:
                    row = {"id": one.id, "text": one.text, "accepted": "\n".join(one.accepted)}
                    self.key_points.append_entry(row | {"points": f"{float(one.points):g}", "drop": False})
                self.key_points.append_entry()

    def mended(self, item: Item) -> Item:
        """The item with the key of the form; what candidates have seen is the item's own."""
        explanation = self.explanation.data or ""
        match item:
            case TrueFalse():
                return TrueFalse(item.stem, self.truth.data == "true", explanation)
            case ShortAnswer():
                points = [entry.form.key_point for entry in self.key_points.entries]
                kept = tuple(one for one in points if one is not None)
                return ShortAnswer(item.stem, kept, item.reference, explanation)
        right = set(self.right.data or ())
        choices = tuple(Choice(one.id, one.text, one.id in right) for one in item.choices)
        return type(item)(item.stem, choices, explanation)


class WorthRow(Form):
    """What the question counts for in one exam; empty where that stays."""

    exam_id = HiddenField(validators=[Regexp(r"[0-9]{1,9}$")])
    worth = StringField(_l("Points"), [Optional(), Length(max=8)])

    def validate_worth(self, field: StringField) -> None:
        """Refuse what is no number of points."""
        if not POINTS.fullmatch(_plain(field.data)):
            raise ValidationError(_("Write a number such as 2 or 1.5."))


class WorthForm(FlaskForm):
    """What a question counts for, exam by exam."""

    worths = FieldList(FormField(WorthRow), _l("Points"))

    def fill(self, known: Mapping[int, Sequence[Fraction]]) -> None:
        """Show what counts now in each exam, and nothing where that isn't one number."""
        for exam_id, worths in known.items():
            now = f"{float(worths[0]):g}" if len(worths) == 1 else ""
            self.worths.append_entry({"exam_id": exam_id, "worth": now})

    @property
    def wanted(self) -> dict[int, Fraction]:
        """By exam what is to count, where something is said."""
        rows = [entry.form for entry in self.worths.entries]
        return {int(row.exam_id.data or 0): Fraction(_plain(row.worth.data)) for row in rows if _plain(row.worth.data)}


class ProposalForm(FlaskForm):
    """How a correction is handled, and why."""

    policy = RadioField(_l("How it is handled"), choices=[])
    reason = TextAreaField(_l("Reason"), [Length(max=LONGEST_REASON)], filters=[clean_text])
    seen = HiddenField()

    def __init__(self, policies: tuple[Policy, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy.choices = [(one.value, one.value) for one in policies]


class DecisionForm(FlaskForm):
    """What the second person says."""

    note = TextAreaField(_l("Your words to whoever proposed it"), [Length(max=LONGEST_REASON)], filters=[clean_text])
    seen = HiddenField()
