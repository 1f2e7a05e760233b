"""The editor of a question's content, one form a kind; for a question of the bank `bank.py` adds its place there."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length

from exam.authoring.rules import ChoiceInput, KeyPointInput, QuestionInput, part_ids
from exam.cleaning import clean_line, clean_text
from question_bank.items import Item, Kind, MultipleChoice, ShortAnswer, SingleChoice, TrueFalse
from question_bank.problems import (
    LONGEST_CHOICE,
    LONGEST_EXPLANATION,
    LONGEST_KEY_POINT,
    LONGEST_REFERENCE,
    LONGEST_STEM,
    Problem,
    ProblemCode,
)

START_ROWS = {Kind.SINGLE_CHOICE: 4, Kind.MULTIPLE_CHOICE: 4, Kind.SHORT_ANSWER: 3}
"""Rows of an empty editor; as many again below what is there wait for those without scripts."""
SPARE_ROWS = 2
MOST_ROWS = 40
POINTS = re.compile(r"[0-9]{1,4}([.][0-9]{1,4})?")

PROBLEM_WORDS: dict[ProblemCode, Any] = {
    ProblemCode.EMPTY: _l("This is empty. Write it or take the row out."),
    ProblemCode.TOO_LONG: _l("This is too long: at most %(most)s characters."),
    ProblemCode.TOO_FEW_CHOICES: _l("Write at least two choices."),
    ProblemCode.TOO_MANY_CHOICES: _l("These are too many: at most %(most)s."),
    ProblemCode.SAME_TEXT_TWICE: _l("Another choice says the same."),
    ProblemCode.NO_KEY: _l("Mark the right answer."),
    ProblemCode.ALL_KEYS: _l("Not all choices can be right: leave at least one wrong."),
    ProblemCode.ONLY_ONE_KEY: _l("Mark at least two right answers, or write it as a single choice."),
    ProblemCode.NO_KEY_POINTS: _l("Write at least one key point: markers give points along them."),
    ProblemCode.TOO_MANY_KEY_POINTS: _l("These are too many: at most %(most)s."),
    ProblemCode.POINTS_NOT_POSITIVE: _l("Say what this is worth, more than 0."),
    ProblemCode.POINTS_TOO_MANY: _l("At most %(most)s points."),
    ProblemCode.POINTS_NOT_IN_HALVES: _l("Points go in halves: 1, 1.5, 2."),
    ProblemCode.TOO_MANY_PHRASES: _l("These are too many phrasings: at most %(most)s."),
    ProblemCode.NOTHING_SAID_OF_PICTURE: _l(
        "Say what the picture or sound shows, between the square brackets: ![what it shows](…)."
    ),
}
EMPTY_STEM = _l("Write the question.")


def problem_words(problem: Problem) -> str:
    """The sentence to stand beside the field."""
    if problem.field == "stem" and problem.code is ProblemCode.EMPTY:
        return str(EMPTY_STEM)
    return str(PROBLEM_WORDS[problem.code]) % {"most": problem.most}


def too_long(most: int) -> Length:
    """Refuse more than `most` characters."""
    return Length(max=most, message=_l("This is too long: at most %(max)d characters."))


class PickField(SelectField):
    """One of a list; the refusal speaks our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = "SelectField"  # templates draw a field by its type

    def pre_validate(self, form: Any) -> None:
        """Refuse what the list doesn't have."""
        try:
            super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(_("Choose one from the list.")) from error


class PointsField(StringField):
    """Points as people type them, full-width too: 2, 1.5, ２。５ is not one. `points` is exact, 0 when empty."""

    @property
    def points(self) -> Fraction:
        text = unicodedata.normalize("NFKC", self.data or "").strip()
        return Fraction(text) if POINTS.fullmatch(text) else Fraction()

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no number of points."""
        text = unicodedata.normalize("NFKC", self.data or "").strip()
        if text and not POINTS.fullmatch(text):
            raise ValidationError(_("Write a number such as 2 or 1.5."))


class ChoiceRow(Form):
    """One choice. Which rows are right stands in the form's `key`, so that a single choice can use radio buttons."""

    id = HiddenField()
    text = StringField(_l("Choice"), [too_long(LONGEST_CHOICE)], filters=[clean_line])


class KeyPointRow(Form):
    """One key point of a short answer."""

    id = HiddenField()
    text = StringField(_l("Key point"), [too_long(LONGEST_KEY_POINT)], filters=[clean_line])
    points = PointsField(_l("Worth"))
    accepted = TextAreaField(_l("Accepted phrasings, one a line"), [too_long(5000)], filters=[clean_text])

    @property
    def phrases(self) -> tuple[str, ...]:
        """The phrasings, each once."""
        lines = (clean_line(line) or "" for line in (self.accepted.data or "").splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))


class ItemForm(FlaskForm):
    """What every kind has."""

    kind: Kind
    stem = TextAreaField(_l("Question text"), [DataRequired(EMPTY_STEM), too_long(LONGEST_STEM)], filters=[clean_text])
    explanation = TextAreaField(_l("Explanation"), [too_long(LONGEST_EXPLANATION)], filters=[clean_text])
    version = HiddenField()
    """What the editor began from, so that nobody overwrites a colleague unawares."""

    def given(self) -> QuestionInput:
        """What was typed, without the rows left empty."""
        raise NotImplementedError

    def rows(self) -> "FieldList[Any] | None":
        """The list of rows of this kind, if it has one."""
        return None

    def fill(self, item: Item) -> None:
        """Show an item."""
        self.stem.data, self.explanation.data = item.stem, item.explanation

    def show(self, problems: Iterable[Problem], item: Item) -> None:
        """Put each problem of the item built from `given` beside its field."""
        given = self.given()
        places = dict(zip(part_ids(item), [row.row for row in given.choices or given.key_points], strict=True))
        for problem in problems:
            text, field = problem_words(problem), self[problem.field]
            if problem.part is None:
                field.errors = [*field.errors, *(() if text in field.errors else (text,))]
                continue
            row = field.entries[places[problem.part]].form
            where = row.points if problem.code.value.startswith("points") else row.text
            if not where.errors:
                where.errors = [text]
                # As WTForms keeps them: the list knows of its rows' errors, for the summary above the form.
                field.errors = [*field.errors, {where.short_name: [text]}]

    def refuse(self, name: str, text: str) -> None:
        """Put a sentence beside a field."""
        self[name].errors = [*self[name].errors, text]

    def _common(self) -> dict[str, Any]:
        return {"kind": self.kind, "stem": self.stem.data or "", "explanation": self.explanation.data or ""}


class ChoicesForm(ItemForm):
    """Single and multiple choice; `key` holds the numbers of the rows that are right."""

    choices = FieldList(FormField(ChoiceRow), _l("Choices"), max_entries=MOST_ROWS)
    key = SelectMultipleField(_l("Right answers"), choices=[], validate_choice=False)

    def given(self) -> QuestionInput:
        keys = set(self.key.data or ())
        rows = [
            ChoiceInput(number, row.form.id.data or "", row.form.text.data or "", str(number) in keys)
            for number, row in enumerate(self.choices.entries)
        ]
        return QuestionInput(**self._common(), choices=tuple(row for row in rows if row.text or row.correct))

    def rows(self) -> "FieldList[Any]":
        return self.choices

    def fill(self, item: Item) -> None:
        super().fill(item)
        assert isinstance(item, SingleChoice | MultipleChoice)
        for choice in item.choices:
            self.choices.append_entry({"id": choice.id, "text": choice.text})
        self.key.data = [str(number) for number, choice in enumerate(item.choices) if choice.correct]


class SingleForm(ChoicesForm):
    kind = Kind.SINGLE_CHOICE


class MultipleForm(ChoicesForm):
    kind = Kind.MULTIPLE_CHOICE


class TruthForm(ItemForm):
    """A statement."""

    kind = Kind.TRUE_FALSE
    correct = RadioField(
        _l("The statement is"),
        [DataRequired(_l("Choose true or false."))],
        choices=[],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.correct.choices = [("true", _("True")), ("false", _("False"))]

    def given(self) -> QuestionInput:
        return QuestionInput(**self._common(), truth=self.correct.data == "true")

    def fill(self, item: Item) -> None:
        super().fill(item)
        assert isinstance(item, TrueFalse)
        self.correct.data = "true" if item.correct else "false"


class ShortForm(ItemForm):
    """A question answered in one's own words."""

    kind = Kind.SHORT_ANSWER
    key_points = FieldList(FormField(KeyPointRow), _l("Key points"), max_entries=MOST_ROWS)
    reference = TextAreaField(_l("Model answer"), [too_long(LONGEST_REFERENCE)], filters=[clean_text])

    def given(self) -> QuestionInput:
        rows = [
            KeyPointInput(number, row.form.id.data or "", row.form.text.data or "", row.form.points.points, phrases)
            for number, row in enumerate(self.key_points.entries)
            for phrases in [row.form.phrases]
        ]
        kept = tuple(row for row in rows if row.text or row.points or row.accepted)
        return QuestionInput(**self._common(), key_points=kept, reference=self.reference.data or "")

    def rows(self) -> "FieldList[Any]":
        return self.key_points

    def fill(self, item: Item) -> None:
        super().fill(item)
        assert isinstance(item, ShortAnswer)
        self.reference.data = item.reference
        for one in item.key_points:
            row = {"id": one.id, "text": one.text, "points": plain(one.points), "accepted": "\n".join(one.accepted)}
            self.key_points.append_entry(row)


CHECK_FORMS: dict[Kind, Callable[[], Any]] = {form.kind: form for form in (SingleForm, MultipleForm, TruthForm)}


def add_spare_rows(form: ItemForm) -> None:
    """Leave room: the rows an empty editor begins with, and some below for those without scripts."""
    rows = form.rows()
    if rows is None:
        return
    filled = sum(bool(entry.form.text.data) for entry in rows.entries)
    wanted = max(START_ROWS[form.kind], len(rows.entries), filled + SPARE_ROWS)
    while len(rows.entries) < min(wanted, MOST_ROWS):
        rows.append_entry()


def plain(points: Fraction) -> str:
    """Points as people type them: 2, 1.5."""
    return str(points) if points.denominator == 1 else f"{float(points):.4f}".rstrip("0")
