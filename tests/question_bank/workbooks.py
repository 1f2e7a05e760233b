"""Workbooks for tests, made by openpyxl, and what was read of them in short."""

import io

from openpyxl import Workbook

from question_bank.formats import tables
from question_bank.formats.reading import Reading, ReadQuestion
from question_bank.formats.source import Source
from question_bank.items import Kind

HEADINGS = ["题型", "题干", "选项A", "选项B", "选项C", "选项D", "答案"]


def workbook(*sheets, merged=(), names=()):
    """A workbook made by openpyxl: each sheet a list of rows; merged ranges as "A1:B2" of the first."""
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(names[number] if names else f"Sheet{number + 1}")
        for row in rows:
            sheet.append(row)
        for one in merged if number == 0 else ():
            sheet.merge_cells(one)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def rows(*lines):
    """Rows typed as 一/二//四: empty cells are None."""
    return [[cell or None for cell in line.split("/")] for line in lines]


def read(*sheets, **more) -> Reading:
    return tables.read_xlsx(Source(workbook(*sheets, **more)))


def keys(reading: Reading) -> list[str | bool | None]:
    """For each question its key in short."""
    return [
        question.correct
        if question.kind is Kind.TRUE_FALSE
        else "".join(choice.id for choice in question.choices if choice.correct)
        for question in reading.questions
    ]


def one(headings, *cells) -> ReadQuestion:
    reading = read([headings, cells])
    assert reading.problems == ()
    (question,) = reading.questions
    return question
