"""Tables as files: what is written, the template, and workbooks of people who mean no good."""

import io
import zipfile
from fractions import Fraction

import pytest
import xlsxwriter
from openpyxl import load_workbook

from question_bank import formats
from question_bank.formats import tables
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import ReadAnswer, ReadQuestion
from question_bank.formats.source import Source
from question_bank.items import Kind
from tests.question_bank.workbooks import HEADINGS, one, workbook


def test_only_wordings_that_are_fully_right_are_written() -> None:
    wordings = [("青蛙", 1), ("蟾蜍", Fraction(4, 5)), ("*", 0)]
    question = ReadQuestion(Kind.SHORT_ANSWER, "哪一种？", "", answers=tuple(ReadAnswer(*one) for one in wordings))
    written = tables.write_xlsx([question])
    (again,) = tables.read_xlsx(Source(written.content)).questions
    assert again.answers == (ReadAnswer("青蛙"),)
    assert [one.detail for one in written.problems] == ["wordings with a share, and capitals that matter (of 1)"]


def test_nothing_that_is_written_works_as_a_formula():
    stem = '=HYPERLINK("http://x";"y")'
    question = one(HEADINGS, "单选题", "'" + stem, "@一", "+二", "", "", "A")
    assert question.stem == "'" + stem
    written = tables.write_csv([question]).content.decode()
    assert "@一" in written
    assert not any(
        line.startswith(("=", "@", "+")) for line in written.replace('"', "").replace("\ufeff", "").split(",")
    )
    cell = load_workbook(io.BytesIO(tables.write_xlsx([question]).content)).active.cell(2, 2)
    assert (cell.data_type, cell.value) == ("s", "'" + stem)


def test_the_template_says_how_and_its_examples_are_no_questions():
    content = tables.template()
    reading = tables.read_xlsx(Source(content))
    assert reading.questions == ()
    assert [problem.code for problem in reading.problems] == [ReadCode.EXAMPLE_ROW] * 4
    book = load_workbook(io.BytesIO(content))
    sheet = book.active
    for row in range(3, 7):
        sheet.cell(row, 2).value = sheet.cell(row, 2).value.removeprefix("示例：")
    file = io.BytesIO()
    book.save(file)
    filled = tables.read_xlsx(Source(file.getvalue()))
    assert filled.problems == ()
    assert {question.kind for question in filled.questions} == set(Kind)


def with_macros() -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.add_worksheet().write_string(0, 0, "题干")
    book.close()
    content = io.BytesIO(file.getvalue())

    with zipfile.ZipFile(content, "a") as package:
        package.writestr("xl/vbaProject.bin", b"x")
    return content.getvalue()


def altered(name: str, content: bytes) -> bytes:
    """A good workbook in which one file is another."""
    source, target = io.BytesIO(workbook([HEADINGS])), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            new.writestr(one, content if one == name else old.read(one))
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LAUGHS = f'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
FAR = (
    f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
    '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (with_macros(), "a.xlsx", ReadCode.MACROS),
        (workbook([HEADINGS])[:-200], "a.xlsx", ReadCode.DAMAGED),
        (altered(SHEET, b"<worksheet"), "a.xlsx", ReadCode.DAMAGED),
        (altered(SHEET, LAUGHS.encode()), "a.xlsx", ReadCode.ENTITIES),
        (altered(SHEET, FAR.encode()), "a.xlsx", ReadCode.UNPACKS_TOO_LARGE),
        (altered(SHEET, b" " * (60 * 2**20)), "a.xlsx", ReadCode.UNPACKS_TOO_LARGE),
        (workbook([HEADINGS]), "a.csv", ReadCode.WRONG_SUFFIX),
        (",".join(HEADINGS).encode(), "a.xlsx", ReadCode.WRONG_SUFFIX),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", ReadCode.OLD_OFFICE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", ReadCode.LOCKED),
    ],
    ids=["macros", "cut", "bad XML", "entities", "far out", "bomb", "called csv", "called xlsx", "old", "locked"],
)  # fmt: skip
def test_a_hostile_workbook_is_refused_with_one_reason(content, name, code):
    _format, reading = formats.read(content, name=name)
    assert reading.refused
    assert [problem.code for problem in reading.problems] == [code]
