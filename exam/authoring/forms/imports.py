"""The shape of what trainers send and choose when they import and export questions."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, HiddenField, IntegerField, SelectField, SelectMultipleField, TextAreaField, ValidationError
from wtforms.validators import NumberRange
from wtforms.widgets import HiddenInput

from exam import words
from exam.authoring.forms.questions import MultipleForm, ShortForm, SingleForm, TruthForm
from question_bank.items import Kind

AUTOMATIC = ""
NONE = ""


class SendForm(FlaskForm):
    """A file, or a text that has been pasted."""

    file = FileField(_l("File"))
    text = TextAreaField(_l("Or paste the questions"))
    format = SelectField(_l("Format"), choices=[], validate_choice=False)

    def offer(self, formats: Sequence[tuple[str, Any]]) -> None:
        """Fill the list of formats."""
        self.format.choices = [(AUTOMATIC, _("Told from the content")), *formats]

    def validate_file(self, field: Field) -> None:
        """A file or a text has to be there."""
        if not (field.data and field.data.filename) and not (self.text.data or "").strip():
            raise ValidationError(_("Choose a file, or paste the questions below."))


def _listed(field: Any) -> None:
    if (field.data or "") not in [str(one[0]) for one in field.choices]:
        raise ValidationError(_("Choose one from the list."))


class DefaultsForm(FlaskForm):
    """Where questions go whose file doesn't say it."""

    topic = SelectField(_l("Topic of questions whose file names none"), validate_choice=False)
    difficulty = SelectField(_l("Their difficulty"), validate_choice=False)

    def offer(self, topics: Sequence[tuple[int, str]]) -> None:
        """Fill the lists."""
        self.topic.choices = [(NONE, _("Choose …")), *((str(number), name) for number, name in topics)]
        self.difficulty.choices = words.options("difficulty")

    def validate_topic(self, field: Field) -> None:
        """One of those listed, or none yet."""
        _listed(field)

    def validate_difficulty(self, field: Field) -> None:
        """One of those listed."""
        _listed(field)


class _Place(FlaskForm):
    """Where a question of an import belongs; both may be left to what holds for the whole file."""

    topic = SelectField(_l("Topic"), validate_choice=False)
    difficulty = SelectField(_l("Difficulty"), validate_choice=False)

    def offer(self, topics: Sequence[str], own: str | None) -> None:
        """Fill the lists: topics by name, with the one that the file names."""
        named = dict.fromkeys([*([own] if own else []), *topics])
        self.topic.choices = [(NONE, _("As for the whole file")), *((name, name) for name in named)]
        self.difficulty.choices = [(NONE, _("As for the whole file")), *words.options("difficulty")]

    def validate_topic(self, field: Field) -> None:
        """One of those listed."""
        _listed(field)

    def validate_difficulty(self, field: Field) -> None:
        """One of those listed."""
        _listed(field)


class _RowSingle(_Place, SingleForm):
    pass


class _RowMultiple(_Place, MultipleForm):
    pass


class _RowTruth(_Place, TruthForm):
    pass


class _RowShort(_Place, ShortForm):
    pass


ROW_FORMS: dict[Kind, Callable[[], Any]] = {
    form.kind: form for form in (_RowSingle, _RowMultiple, _RowTruth, _RowShort)
}


class RemedyForm(FlaskForm):
    """One click on a question of an import."""

    remedy = HiddenField()
    decision = HiddenField()
    choice = HiddenField()
    key = SelectMultipleField(choices=[], validate_choice=False)


class ColumnsForm(FlaskForm):
    """In which row the questions of a table begin; the columns stand beside, one select each."""

    sheet = IntegerField(widget=HiddenInput(), default=0)
    first = IntegerField(
        _l("Questions begin in row"), [NumberRange(min=1, max=60_000, message=_l("Write a row, such as 2."))]
    )


class ExportForm(FlaskForm):
    """What to take out of the bank, and in which format."""

    class Meta:
        csrf = False  # it only asks

    format = SelectField(_l("Format"), choices=[])
    topic = SelectField(_l("Topic"), choices=[])
    state = SelectField(_l("State"), choices=[])

    def offer(self, formats: Sequence[tuple[str, Any]], topics: Sequence[tuple[int, str]]) -> None:
        """Fill the lists."""
        self.format.choices = list(formats)
        self.topic.choices = [(NONE, _("All topics")), *((str(number), name) for number, name in topics)]
        self.state.choices = [("published", _("Published only")), ("all", _("Drafts too"))]
