"""Tables read: every sheet that has headings, and of a CSV the meaning that makes sense."""

from collections.abc import Sequence
from functools import partial

from question_bank.formats.reading import ReadCode, Reading, ReadProblem, Unreadable, gathered
from question_bank.formats.source import Source
from question_bank.formats.tables import headings, records
from question_bank.formats.tables.grids import Grid, from_csv, from_xlsx
from question_bank.formats.tables.questions import finish


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


def read_grids(grids: Sequence[Grid]) -> Reading:
    """Read tables, whatever they come from. Raises Unreadable if none has headings."""
    problems: list[ReadProblem] = []
    found: list[records.Record] = []
    readable = [grid for grid in grids if headings.find(grid)]
    if not readable:
        raise Unreadable(ReadCode.NO_HEADINGS)
    for grid in grids:
        if grid not in readable:
            problems.append(ReadProblem(ReadCode.SHEET_PASSED_OVER, f"sheet {grid.name}"))
            continue
        found += records.of_grid(grid, len(readable) > 1, problems) or ()
    return gathered(((one.place, one.source, partial(finish, one)) for one in found), problems)
