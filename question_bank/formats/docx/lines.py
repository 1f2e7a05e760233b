"""What the text of a Word file is made into, for the reader of papers."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from question_bank.formats.docx.styles import Looks
from question_bank.formats.tables.grids import Grid


class Sort(Enum):
    """What a line is known to be by where it stands."""

    LINE = "line"
    MORE = "more"
    """More of what came before: a row of a table in a question."""
    KEYS = "keys"
    """Keys that stood in a table, as "1.A 2.B"."""
    TABLE = "table"
    """A table of questions; it has no text but a grid."""
    NOTHING = "nothing"
    """Something to fill in, or to be seen only."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that isn't empty. `looks` has those of each character, and is empty where all are plain."""

    text: str
    place: str
    looks: Sequence[Looks] = ()
    sort: Sort = Sort.LINE
    grid: Grid | None = None


Cell = list[Line]
