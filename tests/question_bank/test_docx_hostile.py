"""Word files that are broken, traps, or not what their names say."""

import io
import zipfile
from collections.abc import Callable

import pytest
from docx import Document

from question_bank import formats
from question_bank.formats.codes import ReadCode

BOMB = b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><a>&b;</a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
MAIN = "word/document.xml"


def a_paper() -> dict[str, bytes]:
    """The parts of a small paper."""
    document = Document()
    document.add_paragraph("1. 甲（√）")
    file = io.BytesIO()
    document.save(file)
    with zipfile.ZipFile(file) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()


def changed(change: Callable[[dict[str, bytes]], object]) -> bytes:
    parts = a_paper()
    change(parts)
    return packed(parts)


def with_part(name: str, content: bytes) -> bytes:
    return changed(lambda parts: parts.update({name: content}))


def replaced(name: str, old: bytes, new: bytes) -> bytes:
    return changed(lambda parts: parts.update({name: parts[name].replace(old, new)}))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (with_part(MAIN, BOMB), ReadCode.ENTITIES),
        (with_part(MAIN, OUTSIDE), ReadCode.ENTITIES),
        (with_part("word/styles.xml", BOMB), ReadCode.ENTITIES),
        (with_part("_rels/.rels", OUTSIDE), ReadCode.ENTITIES),
        (with_part("../outside.xml", b""), ReadCode.UNSAFE_NAME),
        (with_part("word/media/zeros.png", bytes(2**22)), ReadCode.UNPACKS_TOO_LARGE),
        (with_part(MAIN, b"<w:document"), ReadCode.BAD_XML),
        (with_part(MAIN, b"<a/>"), ReadCode.DAMAGED),
        (with_part("word/vbaProject.bin", b"x"), ReadCode.MACROS),
        (changed(lambda parts: parts.pop(MAIN)), ReadCode.FILE_MISSING),
        (packed(a_paper())[:-900], ReadCode.DAMAGED),
        (replaced("[Content_Types].xml", b"wordprocessingml", b"spreadsheetml"), ReadCode.NOT_A_PACKAGE),
        (b"1. \xe7\x94\xb2", ReadCode.NOT_A_PACKAGE),
    ],
    ids=["bomb", "external entity", "bomb in styles", "entity in relations", "slip", "zip bomb", "not xml", "no body",
         "macros", "no text", "cut off", "a workbook", "plain text"],
)  # fmt: skip
def test_a_file_that_is_a_trap_is_refused_with_one_reason(content: bytes, code: ReadCode) -> None:
    _found, reading = formats.read(content, "docx")
    assert reading.refused
    assert [one.code for one in reading.problems] == [code]


def test_the_text_is_found_under_any_name() -> None:
    def moved(parts: dict[str, bytes]) -> None:
        parts["doc/Paper2.xml"] = parts.pop(MAIN)
        parts["doc/_rels/Paper2.xml.rels"] = parts.pop("word/_rels/document.xml.rels")
        parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"word/document.xml", b"/doc/paper2.xml")
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"/word/document.xml", b"/doc/Paper2.xml")

    found, reading = formats.read(changed(moved))
    assert (found, [one.correct for one in reading.questions]) == ("docx", [True])


@pytest.mark.parametrize("name", ["paper.docx", "", "paper.dotx"])
def test_a_paper_is_known_by_its_content(name: str) -> None:
    assert formats.read(packed(a_paper()), None, name)[0] == "docx"


def test_a_paper_that_is_called_a_text_is_told_so() -> None:
    _found, reading = formats.read(packed(a_paper()), None, "paper.txt")
    assert [one.code for one in reading.problems] == [ReadCode.WRONG_SUFFIX]


def test_nested_and_circular_things_come_to_an_end() -> None:
    table = b"<w:tbl><w:tr><w:tc>" * 40 + b"<w:p><w:r><w:t>2. x</w:t></w:r></w:p>" + b"</w:tc></w:tr></w:tbl>" * 40
    deep = replaced(MAIN, b"<w:sectPr", table + b"<w:sectPr")
    circle = replaced("word/styles.xml", b'<w:style w:type="paragraph"', b'<w:style w:type="paragraph" w:x="1"')
    for content in (deep, circle):
        assert formats.read(content)[1].questions


def test_ten_thousand_paragraphs_are_read_once_each() -> None:
    lines = b"".join(b"<w:p><w:r><w:t>%d. x</w:t></w:r></w:p>" % number for number in range(2, 10_002))
    _found, reading = formats.read(replaced(MAIN, b"<w:sectPr", lines + b"<w:sectPr"))
    assert len(reading.questions) == 10_001
