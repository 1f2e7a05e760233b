"""A list of people as it stands in a file: which table it is, and which column holds what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from exam.people.rules.headings import Column, column_of, is_example

MOST_LINES = 500
"""A list is imported in one transaction of some seconds, in which on SQLite nobody else can save an answer."""
HEADING_WITHIN = 10
"""The headings stand in one of the first rows; a title and a date may stand above them."""


class SheetProblem(StrEnum):
    """Why a table isn't a list of people."""

    NO_HEADINGS = "no_headings"
    TWO_ALIKE = "two_alike"
    NO_LINES = "no_lines"
    TOO_MANY = "too_many"


class UnreadableSheet(Exception):
    """The table isn't a list of people, and why; `what` says which column where it matters."""

    def __init__(self, problem: SheetProblem, what: Column | None = None) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.what = what


class Row(Protocol):
    """A row of a table: its number in the file, and its cells."""

    @property
    def number(self) -> int: ...
    @property
    def cells(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: its number in the file, and what stands in the known columns."""

    number: int
    values: Mapping[Column, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list of people as it was found. `unknown` are headings that mean nothing here; their columns are left out."""

    columns: tuple[Column, ...]
    unknown: tuple[str, ...]
    lines: tuple[Line, ...]


def read_sheet(tables: Iterable[Sequence[Row]]) -> Sheet:
    """The table with the most known headings, without lines that are examples.

    Refuses a file in which no table has a heading for names, two headings for the same, no or too many lines.
    """
    found = [(columns, table, place) for table in tables for place, columns in _headings(table)]
    if not found:
        raise UnreadableSheet(SheetProblem.NO_HEADINGS)
    columns, table, place = max(found, key=lambda one: len(set(one[0].values())))
    known = list(columns.values())
    twice = next((column for column in known if known.count(column) > 1), None)
    if twice:
        raise UnreadableSheet(SheetProblem.TWO_ALIKE, twice)
    lines = [_line(row, columns) for row in table[place + 1 :]]
    kept = tuple(line for line in lines if line.values and not is_example(line.values.get(Column.NAME, "")))
    if not kept:
        raise UnreadableSheet(SheetProblem.NO_LINES)
    if len(kept) > MOST_LINES:
        raise UnreadableSheet(SheetProblem.TOO_MANY)
    unknown = [cell for index, cell in enumerate(table[place].cells) if cell and index not in columns]
    return Sheet(tuple(known), tuple(unknown), kept)


def _headings(table: Sequence[Row]) -> Iterable[tuple[int, dict[int, Column]]]:
    """The rows that may be the headings: by its place, which column stands where. One without names is none."""
    for place, row in enumerate(table[:HEADING_WITHIN]):
        named = ((index, column_of(cell)) for index, cell in enumerate(row.cells))
        columns = {index: column for index, column in named if column}
        if Column.NAME in columns.values():
            yield place, columns
            return


def _line(row: Row, columns: Mapping[int, Column]) -> Line:
    cells = ((column, row.cells[index]) for index, column in columns.items() if index < len(row.cells))
    return Line(row.number, {column: cell for column, cell in cells if cell})
