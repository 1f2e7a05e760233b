"""What papers have to know: of a question, which others it may not meet; of an exam, how many papers a cohort gets."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, SelectMultipleField, StringField, ValidationError
from wtforms.validators import InputRequired, NumberRange, Optional

from exam.authoring.forms.exams import NumberField
from exam.authoring.forms.questions import too_long
from exam.cleaning import clean_line
from exam.papers.rules import LONGEST_TIME, MOST_CAP, MOST_PAPERS, SHORTEST_TIME

LONGEST_FAMILY = 60
NUMBER = re.compile("\\s*[#\u7b2c]?\\s*([0-9]{1,9})(?![0-9])")
"""A question's number at the beginning of what was typed or chosen: 12, #12 What comes first? (U+7B2C: "number ...")"""


def _between(least: int, most: int) -> NumberRange:
    return NumberRange(least, most, message=_l("From %(min)s to %(max)s."))


class RelationsForm(FlaskForm):
    """A question's family, enemies and time."""

    family = StringField(_l("Family"), [Optional(), too_long(LONGEST_FAMILY)], filters=[clean_line])
    expected_seconds = NumberField(_l("Expected seconds"), [Optional(), _between(SHORTEST_TIME, LONGEST_TIME)])
    kept = SelectMultipleField(_l("Never in a paper with"), coerce=int)
    """Of the enemies it had, those it keeps."""
    enemy = StringField(_l("One more question it never meets"), [Optional(), too_long(200)], filters=[clean_line])

    def offer(self, enemies: Mapping[int, str]) -> None:
        """Fill the list of enemies, by id; whatever isn't one any more is left out of what was ticked."""
        self.kept.choices = list(enemies.items())
        if self.kept.data:
            self.kept.data = [id for id in self.kept.data if id in enemies]

    def validate_enemy(self, field: Field) -> None:
        """It begins with a number."""
        if field.data and self.added is None:
            raise ValidationError(_("Begin with the number of the question, such as 12."))

    @property
    def added(self) -> int | None:
        """The number of the enemy that was typed."""
        found = NUMBER.match(unicodedata.normalize("NFKC", self.enemy.data or ""))
        return int(found[1]) if found else None

    @property
    def enemies(self) -> set[int]:
        """All enemies it shall have."""
        return {*(self.kept.data or ()), *([self.added] if self.added else ())}


class ParallelForm(FlaskForm):
    """How many parallel papers a cohort gets, and how many people may see a question."""

    papers = NumberField(_l("Papers of a cohort"), [InputRequired(_l("Write a number.")), _between(1, MOST_PAPERS)])
    cap = NumberField(_l("People who may be shown a question"), [Optional(), _between(1, MOST_CAP)])

    def values(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        return {"papers": self.papers.data, "cap": self.cap.data}
