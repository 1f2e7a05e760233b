"""A response matrix from a CSV file: one row a person, a header of item names, marks as numbers. Read without trust."""

import csv
import io
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from question_bank.formats.reading import ReadProblem, Unreadable
from question_bank.formats.source import Source
from question_bank.statistics.matrix import Floats, Marks

DELIMITERS, CHINESE_COMMA = ",;\t", "，"
ID = "id"
"""How the first column is called if it names the persons."""
HIGHEST = 1_000_000
"""The highest mark that is taken for one: the squares of higher ones would leave what floats can tell apart."""
MOST_TOLD = 20
"""Problems of one file that are told one by one."""
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")


@dataclass(frozen=True, slots=True)
class TableProblem:
    """Something wrong with the file: where, and what, in English with the remedy."""

    place: str
    message: str


class BadTable(Exception):
    """The file, or what was said of it, can't be used; nothing has been computed."""

    def __init__(self, problems: Sequence[TableProblem]) -> None:
        super().__init__("; ".join(f"{one.place}: {one.message}" for one in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, eq=False)
class ResponseTable:
    """The matrix of a file, with the names of its items and what a reader should know of how it was taken."""

    names: tuple[str, ...]
    data: Marks
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A line that says something: its number in the file, and its cells."""

    number: int
    cells: list[str]


def read_table(content: bytes, name: str = "", maxima: Sequence[float] | None = None) -> ResponseTable:
    """Read a matrix from a file's bytes. Raises BadTable, with every row and column that is wrong (up to a bound).

    A blank is 0: the person was asked and said nothing. UTF-8 with or without a mark, UTF-16 and GB18030; commas,
    semicolons (then 0,5 is a half), tabs or Chinese commas. Without `maxima` the full mark of an item is the highest
    seen.
    """
    header, rows = _rows(_text(content, name))
    names, first = _names(header)
    rows, ids = [_Row(row.number, row.cells[first:]) for row in rows], [row.cells[0] for row in rows if first]
    marks = _marks(names, rows)
    full = _full(names, marks, maxima)
    _refuse_above(names, rows, marks, full)
    warnings = [] if maxima is not None else [_WITHOUT_MAX]
    twice = [one for one, count in Counter(ids).items() if count > 1 and one]
    if twice:
        warnings.append(f"several rows have the same {ID}, each counts as a person: {', '.join(sorted(twice)[:5])}")
    return ResponseTable(names, Marks.of(marks, full), tuple(warnings))


_WITHOUT_MAX = "no --max: the highest mark seen on an item is taken for its full mark"


def numbers(text: str, what: str) -> list[float]:
    """The numbers of an option such as `1,2,2.5`. Raises BadTable."""
    found = [_number(part, ",") for part in text.replace("，", ",").split(",")]
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        raise BadTable([TableProblem(what, f"{text!r} isn't a number, or several with commas between")])
    return known


def _text(content: bytes, name: str) -> str:
    try:
        return Source(content, name).text
    except Unreadable as error:
        raise unreadable(error) from error


def unreadable(error: Unreadable) -> BadTable:
    """The refusal of a file that can't be opened, or isn't text."""
    return BadTable([TableProblem("file", ReadProblem(error.code, detail=error.detail).message)])


def _rows(text: str) -> tuple[_Row, list[_Row]]:
    """The header, and the rows with something in them."""
    delimiter = _delimiter(text)
    try:
        found = list(_split(text, delimiter))
    except csv.Error as error:
        raise BadTable([TableProblem("file", f"it isn't a table of comma-separated values ({error})")]) from error
    if not found:
        raise BadTable([TableProblem("file", "it is empty")])
    if len(found) == 1:
        raise BadTable([TableProblem("file", "it has a header only: no row of a person")])
    header, *rows = found
    # A spreadsheet program may save columns that only look empty.
    width = max((place for place in range(len(header.cells), 0, -1) if header.cells[place - 1]), default=0)
    for row in found:
        while len(row.cells) > width and not row.cells[-1]:
            row.cells.pop()
    uneven = [
        TableProblem(f"row {row.number}", f"it has {len(row.cells)} cells, the header {width}")
        for row in rows
        if len(row.cells) != width
    ]
    _refuse(uneven)
    return header, rows


def _split(text: str, delimiter: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    for cells in reader:
        cells = [cell.strip() for cell in cells]
        # A line without anything is no person; one with delimiters only is one who left all blank.
        if len(cells) > 1 or any(cells):
            yield _Row(number, cells)
        number = reader.line_num + 1


def _delimiter(text: str) -> str:
    """What stands most often in the header, outside of quotes; a Chinese comma, which names may have, only for want."""
    header = re.sub(r'"[^"]*"', "", text.lstrip().split("\n", 1)[0])
    best = max(DELIMITERS, key=header.count)
    if best in header:
        return best
    return CHINESE_COMMA if CHINESE_COMMA in header else ","


def _names(header: _Row) -> tuple[tuple[str, ...], int]:
    """The names of the items, and how many columns stand before them."""
    first = 1 if header.cells[0].casefold() == ID else 0
    names = tuple(header.cells[first:])
    place = f"row {header.number}"
    if not names:
        raise BadTable([TableProblem(place, "no item: the only column is the id")])
    problems = [
        TableProblem(f"{place}, column {column}", "the header is empty")
        for column, name in enumerate(names, first + 1)
        if not name
    ]
    problems += [
        TableProblem(place, f"{count} columns are called {name!r}")
        for name, count in Counter(names).items()
        if count > 1 and name
    ]
    _refuse(problems)
    return names, first


def _marks(names: Sequence[str], rows: Sequence[_Row]) -> Floats:
    distinct = {cell for row in rows for cell in row.cells}
    decimal = "," if any("," in cell for cell in distinct) else "."
    known = {"": 0.0} | {cell: _number(cell, decimal) for cell in distinct if cell}
    found = np.empty((len(rows), len(names)))
    problems: list[TableProblem] = []
    for at, row in enumerate(rows):
        for column, cell in enumerate(row.cells):
            mark = known[cell]
            fault = "isn't a number" if mark is None else _fault(mark)
            if mark is None or fault:
                problems.append(TableProblem(f"row {row.number}, column {names[column]}", f"{_short(cell)!r} {fault}"))
                continue
            found[at, column] = mark
    _refuse(problems)
    return found


def _fault(mark: float) -> str:
    """What is wrong with a number that should be a mark; empty where nothing is."""
    if mark < 0:
        return "is below 0"
    return f"is above {HIGHEST:,}, and no mark is" if mark > HIGHEST else ""


def _number(cell: str, decimal: str) -> float | None:
    """A number as people write it, full-width digits and a decimal comma too; None for all else, infinities
    included."""
    text = cell if cell.isascii() else unicodedata.normalize("NFKC", cell)
    text = text.strip()
    if decimal == "," and "." not in text:
        text = text.replace(",", ".", 1)
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def _full(names: Sequence[str], marks: Floats, maxima: Sequence[float] | None) -> Floats:
    if maxima is None:
        return np.asarray(marks.max(axis=0), dtype=np.float64)
    if len(maxima) != len(names):
        message = f"it has {len(maxima)} numbers, the file {len(names)} items: give one full mark for each"
        raise BadTable([TableProblem("--max", message)])
    if not 0 < min(maxima) <= max(maxima) <= HIGHEST:
        raise BadTable([TableProblem("--max", f"a full mark must be above 0 and at most {HIGHEST:,}")])
    return np.array(maxima, dtype=np.float64)


def _refuse_above(names: Sequence[str], rows: Sequence[_Row], marks: Floats, full: Floats) -> None:
    _refuse(
        [
            TableProblem(
                f"row {rows[at].number}, column {names[column]}",
                f"{_short(rows[at].cells[column])!r} is above the full mark {full[column]:g}",
            )
            for at, column in zip(*np.nonzero(marks > full + 1e-9), strict=True)
        ]
    )


def _short(cell: str) -> str:
    return cell if len(cell) <= 40 else cell[:39] + "…"


def _refuse(problems: Sequence[TableProblem]) -> None:
    if not problems:
        return
    told = list(problems[:MOST_TOLD])
    if len(problems) > MOST_TOLD:
        told.append(TableProblem("file", f"and {len(problems) - MOST_TOLD} more of this sort"))
    raise BadTable(told)
