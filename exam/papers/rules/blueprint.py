"""The blueprint of a paper, and whether the bank can meet it.

A topic is its id here. Worth and totals are exact (`Fraction`): a paper is 100 points, not nearly.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from question_bank.items import Kind

FULL_POINTS = 100
"""What every paper is worth, so that a score can be said without a per cent sign."""
MOST_COUNT = 200
"""Questions of one row of a blueprint."""
KIND_ORDER = (Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE, Kind.TRUE_FALSE, Kind.SHORT_ANSWER)
"""How a paper goes on: from ticking to writing."""


@dataclass(frozen=True, slots=True)
class BlueprintLine:
    """So many questions of a topic and kind, each worth so many points; of any difficulty when None."""

    topic: int
    kind: Kind
    difficulty: int | None
    count: int
    points: Fraction

    @property
    def worth(self) -> Fraction:
        """The points of all questions of this row."""
        return self.count * self.points


Counts = Mapping[tuple[int, Kind, int], int]
"""How many questions can be drawn, by (topic, kind, difficulty)."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A row that the bank can't fill: `available` is what the rows served before it leave."""

    row: BlueprintLine
    available: int
    shared: bool
    """Whether other rows take questions this one could have."""

    @property
    def needed(self) -> int:
        return self.row.count


class NotEnough(ValueError):
    """The bank can't fill these rows."""

    def __init__(self, shortfalls: Sequence[Shortfall]) -> None:
        super().__init__(f"{len(shortfalls)} rows of the blueprint can't be filled")
        self.shortfalls = tuple(shortfalls)


class Flaw(StrEnum):
    """What keeps an exam from being published, besides shortfalls."""

    NO_ROWS = "no_rows"
    NOT_FULL = "not_full"


def possible(rows: Iterable[BlueprintLine]) -> Fraction:
    """The points of the whole paper, exact."""
    return sum((row.worth for row in rows), Fraction())


def questions(rows: Iterable[BlueprintLine]) -> int:
    """How many questions a paper has."""
    return sum(row.count for row in rows)


def flaw(rows: Sequence[BlueprintLine]) -> Flaw | None:
    """What is wrong with a blueprint whatever the bank holds; None when it adds up to a full paper."""
    if not rows:
        return Flaw.NO_ROWS
    return None if possible(rows) == FULL_POINTS else Flaw.NOT_FULL


def shortfalls(rows: Sequence[BlueprintLine], counts: Counts) -> list[Shortfall]:
    """The rows that can't be filled, in their order; empty exactly when a paper can be drawn.

    Rows may share questions: one that asks for a difficulty and one that takes any, of the same topic and kind. Those
    that ask for a difficulty are served first, because only they can't go elsewhere; so nothing is reported in vain.
    """
    left = Counter(dict(counts))
    short: dict[int, Shortfall] = {}
    for index in sorted(range(len(rows)), key=lambda index: rows[index].difficulty is None):
        row = rows[index]
        cells = _cells(row, counts)
        available = sum(left[cell] for cell in cells)
        if available < row.count:
            short[index] = Shortfall(row, available, shared=available < sum(counts.get(cell, 0) for cell in cells))
        _take(left, cells, row.count)
    return [short[index] for index in sorted(short)]


def disjoint_papers(rows: Sequence[BlueprintLine], counts: Counts) -> int:
    """How many papers without a common question the bank gives: how often one person can sit and see only new ones."""
    if not rows:
        return 0
    most = []
    for (topic, kind), group in grouped(rows).items():
        has = {difficulty: number for (a, b, difficulty), number in counts.items() if (a, b) == (topic, kind)}
        for difficulty, number in wanted_by_difficulty(group).items():
            most.append(has.get(difficulty, 0) // number)
        most.append(sum(has.values()) // questions(group))
    return min(most)


def grouped(rows: Iterable[BlueprintLine]) -> dict[tuple[int, Kind], list[BlueprintLine]]:
    """The rows that may share questions, by topic and kind."""
    groups: defaultdict[tuple[int, Kind], list[BlueprintLine]] = defaultdict(list)
    for row in rows:
        groups[row.topic, row.kind].append(row)
    return dict(groups)


def wanted_by_difficulty(rows: Iterable[BlueprintLine]) -> Counter[int]:
    """How many questions the rows that ask for a difficulty take of each."""
    wanted: Counter[int] = Counter()
    for row in rows:
        if row.difficulty is not None:
            wanted[row.difficulty] += row.count
    return wanted


def _cells(row: BlueprintLine, counts: Counts) -> list[tuple[int, Kind, int]]:
    if row.difficulty is not None:
        return [(row.topic, row.kind, row.difficulty)]
    return sorted(cell for cell in counts if cell[:2] == (row.topic, row.kind))


def _take(left: Counter[tuple[int, Kind, int]], cells: Sequence[tuple[int, Kind, int]], count: int) -> None:
    for cell in cells:
        taken = min(count, left[cell])
        left[cell] -= taken
        count -= taken
