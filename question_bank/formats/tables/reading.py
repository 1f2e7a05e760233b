"""Tables read: every sheet that has headings, and of a CSV the meaning that makes sense."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import Reading, ReadProblem, Unreadable, gathered
from question_bank.formats.source import Source
from question_bank.formats.tables import headings, records
from question_bank.formats.tables.grids import Grid, from_csv, from_xlsx
from question_bank.formats.tables.questions import finish

COLUMNS = {
    "stem": "题干", "kind": "题型", "choices": "选项", **{letter: f"选项{letter}" for letter in "ABCDEFGH"},
    "answer": "答案", "key_points": "采分点", "explanation": "解析", "points": "分值", "difficulty": "难度",
    "topic": "知识点", "tags": "标签",
}  # fmt: skip
"""What a column can hold, and the heading that says so."""


def fits_csv(source: Source) -> bool:
    """Whether a text has a row of headings, whatever sign parts its cells."""
    try:
        return any(headings.find(grid) for grid in from_csv(source.text[:20_000]))
    except Unreadable:
        return False


def read_xlsx(source: Source) -> Reading:
    """Read a workbook. A sheet without headings is passed over, and said, unless no sheet has any: that is refused."""
    return read_grids(from_xlsx(source))


def read_csv(source: Source) -> Reading:
    """Read a CSV. Its cells are parted by the first sign that makes headings of a row."""
    for grid in from_csv(source.text):
        if headings.find(grid):
            return read_grids([grid])
    raise Unreadable(ReadCode.NO_HEADINGS)


def grids_of(source: Source) -> list[Grid]:
    """The tables of a workbook or of a CSV, to be looked at; of a CSV the reading with the most cells in a row."""
    if source.is_package:
        return [grid for grid in from_xlsx(source) if not grid.hidden]
    return sorted(from_csv(source.text), key=lambda grid: max(map(len, grid.rows), default=0), reverse=True)[:1]


def read_columns(source: Source, sheet: int, first: int, names: Sequence[str]) -> Reading:
    """Read one table whose columns somebody has named, by the keys of `COLUMNS`; "" for one that plays no part.

    `first` is the row, from 1, in which questions begin. Raises Unreadable for names that make no question.
    """
    grids = grids_of(source)
    if not 0 <= sheet < len(grids):
        raise Unreadable(ReadCode.NO_HEADINGS)
    grid = grids[sheet]
    above: list[Sequence[str]] = [[] for _ in range(first - 2)]
    headings_row = [COLUMNS.get(name, "") for name in names]
    rows = [*above, headings_row, *grid.rows[first - 1 :]]
    merged = grid.merged if first > 1 else ()
    return read_grids([replace(grid, rows=rows, merged=merged, added=0 if first > 1 else 1)])


def read_grids(grids: Sequence[Grid]) -> Reading:
    """Read tables, whatever they come from. Raises Unreadable if none has headings."""
    problems: list[ReadProblem] = []
    found: list[records.Record] = []
    readable = [grid for grid in grids if not grid.hidden and headings.find(grid)]
    if not readable:
        raise Unreadable(ReadCode.NO_HEADINGS)
    for grid in grids:
        if grid not in readable:
            code = ReadCode.SHEET_HIDDEN if grid.hidden else ReadCode.SHEET_PASSED_OVER
            problems.append(ReadProblem(code, f"sheet {grid.name}"))
            continue
        several = len(readable) > 1
        found += records.of_grid(grid, several, problems) or ()
        for row in grid.pictures:
            place = records.place_of(grid, row, several)
            problems.append(ReadProblem(ReadCode.NOT_KEPT, place, detail="pictures and sounds"))
    return gathered(((one.place, one.source, partial(finish, one)) for one in found), problems)
