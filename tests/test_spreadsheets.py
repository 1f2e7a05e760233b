"""Tables that people send and take away."""

import csv
import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook

from exam.spreadsheets import MOST_BYTES, FileProblem, Row, UnreadableTable, read_tables, write_csv, write_xlsx

PEOPLE = "姓名,工号\n林晓雨,M0412\n"
ROWS = [Row(1, ("姓名", "工号")), Row(2, ("林晓雨", "M0412"))]


def workbook(*rows: list[object], **changes: object) -> bytes:
    """An Excel file with these rows in its first sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cell, value in changes.items():
        book.active[cell] = value
    return saved(book)


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def repacked(content: bytes, add: dict[str, bytes]) -> bytes:
    """The same package with parts replaced or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in add:
                new.writestr(name, old.read(name))
        for name, part in add.items():
            new.writestr(name, part)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_a_csv_is_read_in_every_usual_encoding(encoding):
    assert read_tables("people.csv", PEOPLE.encode(encoding)) == [ROWS]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_csv_is_read_with_every_usual_delimiter_and_line_end(delimiter, end):
    content = PEOPLE.replace(",", delimiter).replace("\n", end).encode()
    assert ROWS in read_tables("people.CSV", content)


def test_lines_keep_their_number_past_empty_ones_and_line_breaks_in_quotes():
    content = '姓名\n\n"林\n晓雨"\n , \n何嘉宁\n'.encode()
    assert read_tables("a.csv", content)[0] == [Row(1, ("姓名",)), Row(3, ("林 晓雨",)), Row(6, ("何嘉宁",))]


def test_what_excel_keeps_as_numbers_and_days_is_read_as_people_see_it():
    content = workbook(
        ["姓名", "工号"], ["林晓雨", 412], ["何嘉宁", 413.0], ["沈一诺", datetime(2026, 11, 2)], ["吴桐", "=1+1"]
    )
    table = read_tables("people.xlsx", content)[0]
    assert [row.cells[1] for row in table[1:4]] == ["412", "413", "2026-11-02"]
    assert table[4].cells == ("吴桐", "")  # a formula whose result nobody worked out


def test_merged_cells_empty_rows_and_hidden_sheets_do_no_harm():
    book = Workbook()
    sheet = book.active
    sheet.append(["新员工名单"])
    sheet.merge_cells("A1:C1")
    sheet["A500"] = "林晓雨"
    hidden = book.create_sheet("旧")
    hidden.append(["姓名"])
    hidden.sheet_state = "hidden"
    [table] = read_tables("people.xlsx", saved(book))
    assert [(row.number, row.cells[0]) for row in table] == [(1, "新员工名单"), (500, "林晓雨")]


BOMB = {"xl/bomb.xml": b"0" * (30 * 1024 * 1024)}
ENTITY = (
    b'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row></sheetData></worksheet>'
)
PLAIN = workbook(["姓名"], ["林晓雨"])


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("people.xlsx", b"", FileProblem.EMPTY),
        ("people.csv", b"x" * (MOST_BYTES + 1), FileProblem.TOO_LARGE),
        ("people.pdf", b"%PDF", FileProblem.WRONG_KIND),
        ("people", PEOPLE.encode(), FileProblem.WRONG_KIND),
        ("people.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileProblem.OLD_EXCEL),
        ("people.xlsm", PLAIN, FileProblem.MACROS),
        ("people.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, FileProblem.LOCKED),
        ("people.xlsx", PEOPLE.encode(), FileProblem.NOT_WHAT_IT_SAYS),
        ("people.csv", PLAIN, FileProblem.NOT_WHAT_IT_SAYS),
        ("people.csv", b"\x00\x01\x02", FileProblem.NOT_WHAT_IT_SAYS),
        ("people.xlsx", repacked(PLAIN, BOMB), FileProblem.UNPACKS_TOO_LARGE),
        ("people.xlsx", repacked(PLAIN, {"xl/vbaProject.bin": b"x"}), FileProblem.MACROS),
        ("people.xlsx", repacked(PLAIN, {"xl/worksheets/sheet1.xml": ENTITY}), FileProblem.DAMAGED),
        ("people.xlsx", repacked(PLAIN, {"xl/workbook.xml": b"<workbook"}), FileProblem.DAMAGED),
        ("people.xlsx", PLAIN[: len(PLAIN) // 2], FileProblem.DAMAGED),
        ("people.csv", b"\xff\xff\xff\xfe\x81", FileProblem.UNKNOWN_LETTERS),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(name, content, problem):
    with pytest.raises(UnreadableTable) as refused:
        read_tables(name, content)
    assert refused.value.problem is problem


def test_a_package_without_a_workbook_is_not_taken_for_one():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("hello.txt", "hello")
    with pytest.raises(UnreadableTable) as refused:
        read_tables("people.xlsx", target.getvalue())
    assert refused.value.problem is FileProblem.NOT_WHAT_IT_SAYS


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "http://example.com"]


def test_no_formula_or_link_is_ever_written_to_excel():
    content = write_xlsx(["姓名", "分"], [[text, 5] for text in FORMULAS])
    sheet = load_workbook(io.BytesIO(content)).active
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == FORMULAS
    assert {cell.data_type for cell in cells} == {"s"}
    assert not sheet._hyperlinks
    assert sheet["B2"].value == 5


def test_what_a_csv_would_make_a_formula_is_written_with_an_apostrophe():
    content = write_csv(["=名"], [[text, -5] for text in FORMULAS])
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == ["'=名"]
    assert [row[0] for row in rows[1:]] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "http://example.com"]
    assert rows[1][1] == "-5"
