"""Tables as rows of text, from Excel workbooks and from CSV."""

import csv
import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from question_bank.formats.codes import ReadCode
from question_bank.formats.packages import Package
from question_bank.formats.reading import Unreadable
from question_bank.formats.source import Source
from question_bank.formats.trees import child, descendants, parsed, text_of

MOST_ROWS = 60_000
MOST_COLUMNS = 200
MOST_UNPACKED = 64 * 2**20
"""Bytes of a workbook's files: ten thousand questions have some ten million."""
NOT_WHOLE = (
    ArithmeticError, AttributeError, EOFError, InvalidFileException, LookupError, NotImplementedError, OSError,
    RuntimeError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zipfile.LargeZipFile,
)  # fmt: skip
"""What openpyxl raises at workbooks that are damaged: whatever it trips over is the same to the sender."""
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]{0,200}?\bref="([A-Z0-9:]{3,30})"')
_CELL = re.compile(rb'c\s[^>]{0,300}?\br="[A-Z]{1,3}([0-9]{1,7})"')
_COLUMN = re.compile(rb'\br="([A-Z]{1,3})[0-9]')
DELIMITERS = ",\t;，|"
_FORMULA_STARTS = ("=", "+", "-", "@")

Merged = tuple[tuple[int, int], tuple[int, int]]
"""The first and the last cell of a merged range, each as row and column from 0."""


@dataclass(frozen=True)
class Grid:
    """A table: cells as people see them, row by row, and which of them are merged."""

    name: str
    rows: Sequence[Sequence[str]]
    merged: Sequence[Merged] = field(default=())
    added: int = 0
    """Rows that were put above those of the file."""
    pictures: Sequence[int] = field(default=())
    """Rows, from 0, beside which a picture hangs."""
    hidden: bool = False

    def cell(self, row: int, column: int) -> str:
        """What stands in a cell, counted from 0; empty outside."""
        cells = self.rows[row] if 0 <= row < len(self.rows) else ()
        return cells[column] if 0 <= column < len(cells) else ""


# Excel


def from_xlsx(source: Source) -> list[Grid]:
    """The sheets of a workbook that have anything in them, hidden ones too. Raises Unreadable."""
    package = source.package
    if any(name.lower().endswith("vbaproject.bin") for name in package.names):
        raise Unreadable(ReadCode.MACROS)
    if not is_workbook(source):
        raise Unreadable(ReadCode.NOT_A_PACKAGE)
    if package.unpacked > MOST_UNPACKED:
        raise Unreadable(ReadCode.UNPACKS_TOO_LARGE)
    try:
        # Row by row: whatever a cell says of its place, no more is held than what is there.
        book = load_workbook(io.BytesIO(source.content), read_only=True, data_only=True, keep_links=False)
        parts = _parts(package)
        grids = [_grid(sheet, package, parts.get(sheet.title)) for sheet in book.worksheets]
    except NOT_WHOLE as error:
        raise Unreadable(ReadCode.ENTITIES if _declares_entities(package) else ReadCode.DAMAGED) from error
    return [grid for grid in grids if grid.rows]


def is_workbook(source: Source) -> bool:
    """Whether a package is an Excel workbook."""
    names = source.package.names
    return "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)


def _declares_entities(package: Package) -> bool:
    return any(b"<!ENTITY" in package.read(name)[:4096] for name in package.names if name.endswith(".xml"))


def _grid(sheet: Any, package: Package, part: str | None) -> Grid:
    content = package.read(part) if part and part in package else b""
    rows, columns = _extent(content)
    if rows > MOST_ROWS:
        raise Unreadable(ReadCode.UNPACKS_TOO_LARGE)
    sheet.reset_dimensions()  # what a sheet says of its own size is often wrong
    values = islice(sheet.iter_rows(values_only=True, max_row=rows or None, max_col=columns), MOST_ROWS + 1)
    cells = [[shown(value) for value in row] for row in values]
    if len(cells) > MOST_ROWS:
        raise Unreadable(ReadCode.UNPACKS_TOO_LARGE)
    while cells and not any(cells[-1]):
        cells.pop()
    hidden = sheet.sheet_state != "visible"
    return Grid(sheet.title, cells, _merged(content), pictures=_pictures(package, part), hidden=hidden)


def _pictures(package: Package, part: str | None) -> list[int]:
    """The rows of a sheet beside which pictures hang."""
    folder, _slash, name = (part or "").rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in package:
        return []
    rows: set[int] = set()
    for one in descendants(parsed(package.read(relations)), "Relationship"):
        target = posixpath.normpath(posixpath.join(folder, one.get("Target", ""))).lstrip("/")
        if one.get("Type", "").endswith("/drawing") and target in package:
            begins = (text_of(child(where, "row")) for where in descendants(parsed(package.read(target)), "from"))
            rows.update(int(row) for row in begins if row.isdecimal() and len(row) < 8)
    return sorted(rows)[:MOST_ROWS]


def _extent(content: bytes) -> tuple[int, int]:
    """The last row that has anything in it, 0 if that can't be told, and how many columns are looked at.

    A stray format can make a sheet a million rows long, each of which its reader would make up.
    """
    filled = max(content.rfind(b"</v>"), content.rfind(b"</is>"))
    start = max(content.rfind(b"<c ", 0, filled), content.rfind(b":c ", 0, filled))
    last = _CELL.search(content, start, start + 400) if 0 <= start < filled else None
    columns = {column_index_from_string(name.decode()) for name in set(_COLUMN.findall(content))}
    return int(last[1]) if last else 0, min(max(columns, default=MOST_COLUMNS), MOST_COLUMNS)


def _parts(package: Package) -> dict[str, str]:
    """The file of each sheet by the sheet's name."""
    targets = {
        one.get("Id", ""): one.get("Target", "")
        for one in descendants(parsed(package.read("xl/_rels/workbook.xml.rels")), "Relationship")
    }
    parts = {}
    for sheet in descendants(parsed(package.read("xl/workbook.xml")), "sheet"):
        relation = next((value for name, value in sheet.attrib.items() if str(name).endswith("}id")), "")
        target = targets.get(str(relation), "")
        parts[sheet.get("name", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    return parts


def _merged(content: bytes) -> list[Merged]:
    """What is merged on a sheet, which a reader by rows doesn't say."""
    found = []
    for reference in _MERGE.findall(content):
        left, top, right, bottom = range_boundaries(reference.decode())
        if left and top and right and bottom and bottom <= MOST_ROWS:
            found.append(((top - 1, left - 1), (bottom - 1, right - 1)))
    return found[:MOST_ROWS]


def shown(value: object) -> str:
    """A cell as its reader sees it: 412 rather than 412.0, a day without its midnight."""
    match value:
        case str():
            return cleaned(value)
        case bool():
            return str(value).upper()
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time.min:
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "minutes")
        case date() | time() | timedelta() | float() | int():
            return str(value)
        case _:
            return ""


def cleaned(text: str) -> str:
    """A cell's text with plain line ends, and without spaces around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "").strip()


# CSV


def from_csv(text: str, delimiters: Iterable[str] = DELIMITERS) -> Iterator[Grid]:
    """The table a text may be, one for each sign that may part its cells. Raises Unreadable if it is none."""
    for delimiter in delimiters:
        if delimiter in text.partition("\n")[0] or delimiter in text[:4096]:
            yield Grid("", list(_csv_rows(text, delimiter)))


def _csv_rows(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, start=1):
            if number > MOST_ROWS:
                raise Unreadable(ReadCode.UNPACKS_TOO_LARGE)
            yield [_plain(cleaned(cell)) for cell in cells[:MOST_COLUMNS]]
    except csv.Error as error:
        raise Unreadable(ReadCode.DAMAGED) from error


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps Excel from taking it for a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in _FORMULA_STARTS else cell


def harmless(cell: str) -> str:
    """A cell that Excel doesn't take for a formula; `from_csv` gives it back as it was."""
    return (
        f"'{cell}" if cell.startswith(_FORMULA_STARTS) or (cell[:1] == "'" and cell[1:2] in _FORMULA_STARTS) else cell
    )
