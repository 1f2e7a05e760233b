"""What a table in a Word file is: a layout of choices or whole questions, keys, or something to look at."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.etree import _Element

from question_bank.formats.docx.lines import Cell, Line, Sort
from question_bank.formats.docx.parts import value
from question_bank.formats.docx.styles import PLAIN
from question_bank.formats.paper.fields import field_of
from question_bank.formats.paper.keys import keys_of_table
from question_bank.formats.paper.lines import CHOICE
from question_bank.formats.tables import headings
from question_bank.formats.tables.grids import Grid
from question_bank.formats.trees import child, children, name_of

Texts = Sequence[Sequence[str]]
MOST_COLUMNS = 200
_LABEL = re.compile(r"[（(]?\s*(?:[A-ZＡ-Ｚ]|[0-9０-９]{1,4})\s*[)）]?\s*[.．、:：]?")


def rows(table: _Element) -> Iterator[_Element]:
    """The rows of a table without those that have been deleted."""
    for one in children(table):
        if name_of(one) == "tr":
            if child(one, "trPr", "del") is None:
                yield one
        elif name_of(one) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from rows(one)


def cells(row: _Element) -> Iterator[_Element]:
    """The cells of a row."""
    for one in children(row):
        if name_of(one) == "tc":
            yield one
        elif name_of(one) in ("sdt", "sdtContent", "customXml"):
            yield from cells(one)


@dataclass(frozen=True, slots=True)
class Box:
    """A cell: its lines, how many columns it takes, and whether it is more of the one above."""

    lines: Cell
    columns: int = 1
    goes_on: bool = False

    @property
    def text(self) -> str:
        """All of it, line by line."""
        return "\n".join(line.text for line in self.lines)


def reach(cell: _Element) -> tuple[int, bool]:
    """How many columns a cell takes, and whether it is merged with the one above."""
    properties = child(cell, "tcPr")
    columns = value(child(properties, "gridSpan"))
    merge = child(properties, "vMerge")
    return (
        min(int(columns), MOST_COLUMNS) if re.fullmatch("[1-9][0-9]{0,4}", columns) else 1,
        merge is not None and value(merge) != "restart",
    )


def lines(rows: Sequence[Sequence[Box]], place: str) -> Iterator[Line]:
    """The lines of a table; `place` is that of one in which nothing stands."""
    grid = _grid(rows)
    place = next((line.place for row in rows for box in row for line in box.lines), place)
    if _has_questions(grid):
        yield Line("", place, sort=Sort.TABLE, grid=grid)
    elif _is_layout(grid.rows):
        for row in rows:
            yield from (line for cell in _joined([box.lines for box in row]) for line in cell)
    elif (keys := keys_of_table(grid.rows)) is not None:
        text = keys or " ".join(box.text for row in rows for box in row if box.text)
        yield Line(text, place, sort=Sort.KEYS if keys else Sort.NOTHING)
    else:
        for row in rows:
            text = " | ".join(" ".join(line.text for line in box.lines) for box in row)
            if text.strip(" |"):
                yield Line(text, place, sort=Sort.MORE)


def _grid(rows: Sequence[Sequence[Box]]) -> Grid:
    """The table as text by column, and which of its cells are merged."""
    texts: list[list[str]] = []
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    above: dict[int, tuple[int, int]] = {}
    for number, row in enumerate(rows):
        cells: list[str] = []
        for box in row:
            column = len(cells)
            first = above[column] if box.goes_on and column in above else (number, column)
            if box.columns > 1 or first[0] < number:
                merged[first] = (number, column + box.columns - 1)
            above[column] = first
            cells += [box.text, *[""] * (box.columns - 1)]
        texts.append(cells)
    return Grid("", texts, tuple(merged.items()))


def _has_questions(grid: Grid) -> bool:
    """Whether its first rows have headings under which questions with their keys stand."""
    found = headings.find(Grid("", grid.rows[:4], grid.merged))
    return bool(found and {"answer", "correct", "key_points"} & set(found[1].fields))


def _joined(row: list[Cell]) -> list[Cell]:
    """A row in which a cell with nothing but a letter or number stands before the words of the next."""
    made: list[Cell] = []
    for cell in filter(None, row):
        if made and len(made[-1]) == 1 and _LABEL.fullmatch(made[-1][0].text):
            label, first = made[-1][0], cell[0]
            text = f"{label.text}{'' if label.text[-1] in '.．、:：)）' else '.'} {first.text}"
            looks = [PLAIN] * (len(text) - len(first.text)) + list(first.looks) if first.looks else []
            made[-1] = [Line(text, label.place, looks), *cell[1:]]
        else:
            made.append(cell)
    return made


def _is_layout(texts: Texts) -> bool:
    """Whether its cells hold lines of a paper: there is one column, each cell is a choice, or one has several lines."""
    filled = [[text for text in row if text] for row in texts]
    filled = [row for row in filled if row]
    if all(len(row) <= 1 for row in texts):
        return True
    if filled and all(_are_choices(row) for row in filled):
        return True
    within = [line for row in filled for text in row if "\n" in text for line in text.split("\n")]
    return any(CHOICE.match(line) or field_of(line)[0] for line in within)


def _are_choices(row: Sequence[str]) -> bool:
    letters_apart = len(row) % 2 == 0 and all(re.fullmatch("[A-ZＡ-Ｚ]\\W?", text) for text in row[::2])
    return letters_apart or all(CHOICE.match(text) and not _LABEL.fullmatch(text) for text in row)
