"""The terms of an exam and the rows of its blueprint."""

import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, StopValidation
from wtforms.widgets import HiddenInput, TextInput

from exam import words
from exam.authoring.forms.questions import PickField, PointsField, plain
from exam.cleaning import clean_line, clean_text
from exam.papers.rules import (
    MOST_COUNT,
    RANGES,
    BlueprintLine,
    LateStart,
    ReviewPolicy,
    Terms,
    TermsProblem,
    terms_problems,
)
from question_bank.items import CreditRule, Kind

LONGEST_TITLE = 120
LONGEST_NOTE = 2000
SPARE_ROWS = 3
MOST_ROWS = 400
TERMS_WORDS: dict[TermsProblem, Any] = {
    TermsProblem.DISTINCTION_BELOW_PASS: _l("Distinction can't need less than a pass."),
    TermsProblem.SHUTS_BEFORE_IT_OPENS: _l("The last start has to come after the first."),
}


class NumberField(IntegerField):
    """A whole number, full-width digits too; the refusal names what was meant.

    Browsers drop what isn't a number from their own number fields, and change it under a turning wheel.
    """

    widget = TextInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it, or say what is missing."""
        text = unicodedata.normalize("NFKC", str(valuelist[0])).strip() if valuelist else ""
        self.data, self.raw_data = None, [text] if text else []
        if not text:
            return
        if not (text.isascii() and text.isdecimal() and len(text) < 9):
            self.raw_data = valuelist
            raise ValueError(_("Write a whole number."))
        self.data = int(text)

    def pre_validate(self, form: Any) -> None:
        """What is no number isn't also said to be out of bounds."""
        if self.process_errors:
            raise StopValidation()


class ClockField(TimeField):
    """A time of day; the refusal speaks our words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read 09:00."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Write a time such as 09:00.")) from error


def _number(name: str, label: Any) -> NumberField:
    least, most = RANGES[name]
    return NumberField(
        label,
        [
            InputRequired(_l("Write a number.")),
            NumberRange(least, most, message=_l("From %(min)s to %(max)s.")),
        ],
    )


def _title() -> StringField:
    return StringField(
        _l("Title"),
        [
            DataRequired(_l("Give the exam a title.")),
            Length(max=LONGEST_TITLE, message=_l("This is too long: at most %(max)d characters.")),
        ],
        filters=[clean_line],
    )


class TermsForm(FlaskForm):
    """What an exam promises and asks."""

    title = _title()
    minutes = _number("minutes", _l("Minutes"))
    pass_percent = _number("pass_percent", _l("Points to pass"))
    distinction_percent = _number("distinction_percent", _l("Points for a distinction"))
    window_days = _number("window_days", _l("Days of the window, from the day the course is completed"))
    max_retakes = _number("max_retakes", _l("Retakes at most"))
    places = _number("places", _l("Places in each half hour"))
    appeals = _number("appeals", _l("Appeals of each candidate"))
    appeal_days = _number("appeal_days", _l("Days for appeals"))
    opens_at = ClockField(_l("First start of a day"), [InputRequired(_l("Write a time such as 09:00."))])
    shuts_at = ClockField(_l("Last start before"), [InputRequired(_l("Write a time such as 18:00."))])
    grace_seconds = _number("grace_seconds", _l("Seconds that a late delivery still counts"))
    credit_rule = RadioField(_l("Multiple choice counts like this"), choices=[])
    late_start = RadioField(_l("Shortly before the window ends"), choices=[])
    outage_credit = BooleanField(
        _l("Time that the server's own failures cost is given back by itself (up to 15 minutes)"), default=True
    )
    review_policy = RadioField(_l("After the result, candidates see"), choices=[])
    distinction_on_retake = BooleanField(
        _l("A distinction at a retake earns the title of outstanding new employee too")
    )
    own_trainer_may_mark = BooleanField(_l("A tutor may mark their own new hires' papers; the pages say so"))
    second_marking = BooleanField(_l("Some papers' short answers are marked by a second trainer too"), default=True)
    second_share = _number("second_share", _l("Per cent of the papers, by lot"))
    second_tolerance = _number("second_tolerance", _l("Points two may differ by before a third decides"))
    own_questions = BooleanField(
        _l("Trainers may publish questions they wrote themselves, without a second person; the pages say so")
    )
    note = TextAreaField(
        _l("What candidates should know besides"),
        [Length(max=LONGEST_NOTE, message=_l("This is too long: at most %(max)d characters."))],
        filters=[clean_text],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.credit_rule.choices = words.options("credit_rule_sentence")
        self.late_start.choices = words.options("late_start")
        self.review_policy.choices = words.options("review_policy")

    def fill(self, terms: Terms) -> None:
        """Show terms."""
        for name, value in asdict(terms).items():
            self[name].data = value.value if isinstance(value, CreditRule | LateStart | ReviewPolicy) else value

    def terms(self) -> Terms:
        """The terms that were typed. Call it on a form whose fields are valid."""
        values = {name: self[name].data for name in Terms.__dataclass_fields__}
        values["credit_rule"] = CreditRule(values["credit_rule"])
        values["late_start"] = LateStart(values["late_start"])
        values["review_policy"] = ReviewPolicy(values["review_policy"])
        return Terms(**values)

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then what two of them together can't be."""
        if not super().validate(extra_validators):
            return False
        found = terms_problems(self.terms())
        for name, problem in found.items():
            self[name].errors = [*self[name].errors, str(TERMS_WORDS[problem])]
        return not found


class NewExamForm(TermsForm):
    """A first exam of a course."""

    course = PickField(_l("Course"), [InputRequired(_l("Choose a course."))])

    def offer(self, courses: Sequence[tuple[int, str]]) -> None:
        """Fill the list of courses."""
        self.course.choices = [(str(number), title) for number, title in courses]


class CopyForm(FlaskForm):
    """The title of a copy."""

    title = _title()


class LineRow(Form):
    """One row of the blueprint; one without a number of questions is dropped."""

    topic = PickField(_l("Topic"), choices=[])
    kind = PickField(_l("Kind"), choices=[])
    difficulty = PickField(_l("Difficulty"), choices=[])
    count = NumberField(_l("Count"))
    points = PointsField(_l("Points each"))

    @property
    def is_empty(self) -> bool:
        return not (self.count.raw_data or self.count.data or self.points.data)

    def validate_topic(self, field: Field) -> None:
        """A row that counts has a topic."""
        if not self.is_empty and not field.data:
            raise ValidationError(_("Choose a topic."))

    def validate_count(self, field: Field) -> None:
        """From one question up."""
        if not self.is_empty and not field.errors and not 1 <= (field.data or 0) <= MOST_COUNT:
            raise ValidationError(_("From %(min)s to %(max)s.", min=1, max=MOST_COUNT))

    def validate_points(self, field: Any) -> None:
        """More than nothing, in halves, so that totals can be said."""
        if self.is_empty or field.errors:
            return
        if not 0 < field.points <= 100 or (2 * field.points).denominator != 1:
            raise ValidationError(_("From 0.5 to 100, in halves."))


class BlueprintForm(FlaskForm):
    """All rows of a blueprint."""

    rows = FieldList(FormField(LineRow), _l("Rows of the blueprint"), max_entries=MOST_ROWS)
    edition = IntegerField(widget=HiddenInput(), validators=[Optional()])
    """Of the blueprint that the page showed."""

    def offer(self, topics: Sequence[tuple[int, str]]) -> None:
        """Fill the lists of every row."""
        for entry in self.rows.entries:
            entry.form.topic.choices = [("", _("Choose …")), *((str(number), name) for number, name in topics)]
            entry.form.kind.choices = words.options("kind")
            entry.form.difficulty.choices = [("", _("Any")), *words.options("difficulty")]

    def add_spare_rows(self, topics: Sequence[tuple[int, str]]) -> None:
        """Leave some rows to write in. Do it last: an empty row isn't valid before its lists are filled."""
        filled = sum(not entry.form.is_empty for entry in self.rows.entries)
        while len(self.rows.entries) < min(MOST_ROWS, filled + SPARE_ROWS):
            self.rows.append_entry()
        self.offer(topics)

    def fill(self, lines: Sequence[BlueprintLine]) -> None:
        """Show a blueprint."""
        for line in lines:
            self.rows.append_entry(
                {
                    "topic": str(line.topic),
                    "kind": line.kind.value,
                    "difficulty": str(line.difficulty or ""),
                    "count": line.count,
                    "points": plain(line.points),
                }
            )

    def lines(self) -> list[BlueprintLine]:
        """The rows that were written. Call it on a valid form."""
        return [
            BlueprintLine(
                int(row.topic.data),
                Kind(row.kind.data),
                int(row.difficulty.data or 0) or None,
                row.count.data or 0,
                Fraction(row.points.points),
            )
            for row in (entry.form for entry in self.rows.entries)
            if not row.is_empty
        ]
