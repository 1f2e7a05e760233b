"""The shape of what opens a panel, and of numbers that judges write."""

import unicodedata
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from exam import words
from exam.standards.rules import OF, Scope

PREFIX = "share-"
"""A field of a judgement is called so, with the number of the version behind it."""


class TicksField(SelectMultipleField):
    """Several people, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class OpenForm(FlaskForm):
    """Whom to ask, and of which questions."""

    scope = RadioField(_l("Which questions"), choices=[])
    judges = TicksField(
        _l("Who judges"), [InputRequired(_l("Choose at least one trainer who judges."))], choices=[], coerce=int
    )

    def offer(self, trainers: list[tuple[int, str]], counts: Mapping[Scope, int]) -> None:
        """Show the trainers, and the kinds of choice that have a question; at first everybody is ticked."""
        self.judges.choices = [(id, name) for id, name in trainers]
        scopes = [one for one in words.options("panel_scope") if counts[Scope(one[0])]]
        self.scope.choices = scopes
        if not self.is_submitted():
            self.judges.data = [id for id, _name in trainers]
            self.scope.data = next((code for code, _word in scopes), None)


def shares(fields: Mapping[str, str]) -> tuple[dict[int, int], set[int]]:
    """What was written by version, and the versions whose field has anything else; empty fields say nothing.

    Full-width digits count, and a percent sign behind them too.
    """
    good: dict[int, int] = {}
    bad: set[int] = set()
    for name, typed in fields.items():
        version = name.removeprefix(PREFIX)
        if version == name or not (version.isascii() and version.isdecimal() and len(version) < 11):
            continue
        text = unicodedata.normalize("NFKC", typed).strip().removesuffix("%").strip()
        if text.isascii() and text.isdecimal() and len(text) < 4 and int(text) <= OF:
            good[int(version)] = int(text)
        elif text:
            bad.add(int(version))
    return good, bad
