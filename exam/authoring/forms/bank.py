"""The editor of a question of the bank: its content, its place there, and what belongs to its next version."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Field, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from exam import words
from exam.authoring.forms.questions import MultipleForm, PickField, ShortForm, SingleForm, TruthForm, too_long
from exam.cleaning import clean_line, clean_text
from question_bank.items import Kind
from question_bank.problems import LONGEST_TAG

NEW_TOPIC = "new"
LONGEST_TOPIC = 60
LONGEST_REASON = 200
LONGEST_COMMENT = 2000
LONGEST_TAGS = 400


class DayField(DateField):
    """A day, or none; the refusal speaks our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = "DateField"  # templates draw a field by its type

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read 2027-01-31."""
        try:
            super().process_formdata(valuelist if valuelist and valuelist[0] else [])
        except ValueError as error:
            raise ValueError(_("Write a day such as 2027-01-31.")) from error


class Placed(FlaskForm):
    """The place of a question in the bank, and what is said with its next version."""

    topic = PickField(_l("Topic"), [DataRequired(_l("Choose a topic."))])
    new_topic = StringField(_l("Name of the new topic"), [too_long(LONGEST_TOPIC)], filters=[clean_line])
    difficulty = PickField(_l("Difficulty"), default="2")
    source = PickField(_l("Course page"), [Optional()])
    tags = StringField(_l("Tags"), [Optional(), Length(max=LONGEST_TAGS)], filters=[clean_line])
    tags_were = HiddenField()
    """What the page showed: only what somebody changed is written, so that a colleague's tags stay."""
    review_due = DayField(_l("Look at it again by"), [Optional()])
    review_due_was = HiddenField()
    reason = StringField(_l("Why this change"), [Optional(), too_long(LONGEST_REASON)], filters=[clean_line])
    note = StringField(_l("Note for the reviewer"), [Optional(), too_long(LONGEST_COMMENT)], filters=[clean_line])

    def offer(
        self, topics: Sequence[tuple[int, str]], pages: dict[str, dict[str, str]], source: str | None = None
    ) -> None:
        """Fill the lists: topics by id, pages (slug and title) by chapter. `source` stays, even if its page is gone."""
        named = [(str(number), name) for number, name in topics]
        self.topic.choices = [("", _("Choose …")), *named, (NEW_TOPIC, _("A new topic …"))]
        self.difficulty.choices = words.options("difficulty")
        listed = {slug for group in pages.values() for slug in group}
        gone = {source: source} if source and source not in listed else {}
        self.source.choices = {"": _("None"), **gone, **pages}

    def validate_new_topic(self, field: Field) -> None:
        """A new topic needs a name."""
        if self.topic.data == NEW_TOPIC and not field.data:
            raise ValidationError(_("Name the new topic."))

    @property
    def tags_changed(self) -> bool:
        return (self.tags.data or "") != (self.tags_were.data or "")

    @property
    def review_due_changed(self) -> bool:
        day = self.review_due.data.isoformat() if self.review_due.data else ""
        return day != (self.review_due_was.data or "")


class PlacedSingle(Placed, SingleForm):
    pass


class PlacedMultiple(Placed, MultipleForm):
    pass


class PlacedTruth(Placed, TruthForm):
    pass


class PlacedShort(Placed, ShortForm):
    pass


BANK_FORMS: dict[Kind, Callable[[], Any]] = {
    form.kind: form for form in (PlacedSingle, PlacedMultiple, PlacedTruth, PlacedShort)
}


class RemarkForm(FlaskForm):
    """What somebody says about a version."""

    text = TextAreaField(_l("Comment"), [too_long(LONGEST_COMMENT)], filters=[clean_text])


class BulkForm(FlaskForm):
    """What is to happen to the ticked questions; the button says which of the fields is meant."""

    topic = PickField(_l("Topic"), [Optional()])
    difficulty = PickField(_l("Difficulty"), [Optional()])
    tag = StringField(_l("Tag"), [Optional(), too_long(LONGEST_TAG)], filters=[clean_line])
    state = PickField(_l("State"), [Optional()])

    def offer(self, topics: Sequence[tuple[int, str]]) -> None:
        """Fill the lists."""
        self.topic.choices = [("", _("Topic")), *((str(number), name) for number, name in topics)]
        self.difficulty.choices = [("", _("Difficulty")), *words.options("difficulty")]
        self.state.choices = [
            ("", _("State")),
            ("submit", _("Submit for review")),
            ("publish", _("Publish")),
            ("retire", _("Retire")),
            ("restore", _("Restore")),
        ]
