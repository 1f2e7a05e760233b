"""Tables that people send and take away: CSV and Excel files, read without trust and written without formulas."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice
from typing import Any

import xlsxwriter
from openpyxl import load_workbook

from exam.cleaning import clean_line
from question_bank.formats.tables.grids import NOT_WHOLE, shown

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"

MOST_BYTES = 1024 * 1024
MOST_UNPACKED = 20 * 1024 * 1024
MOST_PARTS = 500
MOST_SCANNED = 10_000
"""Rows looked at, empty ones too: a stray format can make a sheet a million rows long."""
MOST_COLUMNS = 50

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How old Excel files begin, and new ones behind a password."""
ZIP = b"PK\x03\x04"
DELIMITERS = ",;\t\uff0c"
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
BROKEN = "\ufffd"
"""Stands where a letter couldn't be read; also what a cell shows that Excel couldn't work out."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class FileProblem(StrEnum):
    """Why a file can't be read as a table."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    WRONG_KIND = "wrong_kind"
    OLD_EXCEL = "old_excel"
    LOCKED = "locked"
    MACROS = "macros"
    NOT_WHAT_IT_SAYS = "not_what_it_says"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    DAMAGED = "damaged"
    UNKNOWN_LETTERS = "unknown_letters"


class UnreadableTable(Exception):
    """The file isn't a table that can be read, and why."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the file's own program counts, from 1, and its cells, cleaned."""

    number: int
    cells: tuple[str, ...]


Table = list[Row]


def read_tables(name: str, content: bytes) -> list[Table]:
    """The tables a file may mean, rows without any text left out: the sheets of a workbook, the readings of a CSV.

    Refuses with UnreadableTable. The name only says what the sender takes it for; the content decides.
    """
    if not content:
        raise UnreadableTable(FileProblem.EMPTY)
    if len(content) > MOST_BYTES:
        raise UnreadableTable(FileProblem.TOO_LARGE)
    kind = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    match kind:
        case "xlsx":
            return _read_xlsx(content)
        case "csv" | "txt" | "tsv":
            return _read_csv(content)
        case "xls":
            raise UnreadableTable(FileProblem.OLD_EXCEL)
        case "xlsm" | "xltm" | "xlsb":
            raise UnreadableTable(FileProblem.MACROS)
        case _:
            raise UnreadableTable(FileProblem.WRONG_KIND)


# Excel


def _read_xlsx(content: bytes) -> list[Table]:
    _check_package(content)
    try:
        # defusedxml, where it is installed, is what openpyxl parses with: it refuses entities.
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            return [_read_sheet(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]
        finally:
            book.close()
    except NOT_WHOLE as error:
        raise UnreadableTable(FileProblem.DAMAGED) from error


def _check_package(content: bytes) -> None:
    """Refuse a package that isn't one, is locked, carries macros, or unpacks to far more than it is."""
    if content.startswith(OLE):
        raise UnreadableTable(FileProblem.LOCKED)
    if not content.startswith(ZIP):
        raise UnreadableTable(FileProblem.NOT_WHAT_IT_SAYS)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise UnreadableTable(FileProblem.DAMAGED) from error
    # A part can't unpack to more than it declares: zipfile stops there.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UnreadableTable(FileProblem.UNPACKS_TOO_LARGE)
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableTable(FileProblem.LOCKED)
    if any("vbaproject" in part.filename.lower() for part in parts):
        raise UnreadableTable(FileProblem.MACROS)
    if not any(part.filename == "[Content_Types].xml" for part in parts):
        raise UnreadableTable(FileProblem.NOT_WHAT_IT_SAYS)


def _read_sheet(sheet: Any) -> Table:
    # What a sheet says of its own size is often wrong.
    sheet.reset_dimensions()
    rows = enumerate(islice(sheet.iter_rows(values_only=True), MOST_SCANNED), 1)
    return _with_text((number, (_as_text(value) for value in cells[:MOST_COLUMNS])) for number, cells in rows)


def _as_text(value: object) -> str:
    """A cell as its reader sees it; what Excel couldn't work out is broken."""
    return BROKEN if value in ERRORS else shown(value)


# CSV


def _read_csv(content: bytes) -> list[Table]:
    if content.startswith((OLE, ZIP)):
        raise UnreadableTable(FileProblem.NOT_WHAT_IT_SAYS)
    text = _decode(content)
    if "\x00" in text:
        raise UnreadableTable(FileProblem.NOT_WHAT_IT_SAYS)
    used = [sign for sign in DELIMITERS if sign in text] or [","]
    try:
        return [_with_text(_csv_rows(text, sign)) for sign in used]
    except csv.Error as error:
        raise UnreadableTable(FileProblem.DAMAGED) from error


def _decode(content: bytes) -> str:
    """UTF-8, what Excel calls Unicode text, or GB18030: what Chinese programs write."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableTable(FileProblem.UNKNOWN_LETTERS)


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, Iterable[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 1
    for cells in islice(reader, MOST_SCANNED):
        yield number, cells[:MOST_COLUMNS]
        number = reader.line_num + 1


def _with_text(rows: Iterable[tuple[int, Iterable[str]]]) -> Table:
    cleaned = (Row(number, tuple(clean_line(cell) or "" for cell in cells)) for number, cells in rows)
    return [row for row in cleaned if any(row.cells)]


# Writing


def write_xlsx(headings: Sequence[str], rows: Iterable[Sequence[object]], widths: Sequence[int] = ()) -> bytes:
    """A workbook of one sheet; text is written as text, never as a formula or a link. Numbers stay numbers."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,  # constant_memory: written row by row, however many there are
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
        sheet.set_column(column, column, widths[column] if column < len(widths) else 16)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(number, column, value)
            elif value is not None:
                sheet.write_string(number, column, str(value))
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV that Excel opens as UTF-8; what it would take for a formula gets an apostrophe in front."""
    return "".join(csv_lines(headings, rows)).encode()


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The same line by line, for an answer that is sent while it is made."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    yield "\ufeff"  # without it Excel reads Chinese in the computer's own code page
    for row in chain([headings], rows):
        writer.writerow([_harmless(value) for value in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _harmless(value: object) -> object:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
