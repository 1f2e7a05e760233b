"""Papers in Word: numbers that Word counts itself, pictures, tables, tracked changes, and what stands out."""

import io
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import RGBColor
from docx.text.paragraph import Paragraph

from question_bank.formats import docx
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import Medium, Reading, ReadQuestion
from question_bank.formats.source import Source
from question_bank.responses import Kind
from tests.question_bank.test_round_trips import PNG

MATHS = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
SHAPES = ('xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
          ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"')  # fmt: skip


def content(document: DocumentObject) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def read(document: DocumentObject) -> Reading:
    return docx.read(Source(content(document), "paper.docx"))


def questions(document: DocumentObject) -> tuple[ReadQuestion, ...]:
    reading = read(document)
    assert reading.problems == ()
    return reading.questions


def keys(question: ReadQuestion) -> str:
    return "".join(one.id for one in question.choices if one.correct)


def texts(question: ReadQuestion) -> list[str]:
    return [one.text for one in question.choices]


def paper(*lines: str) -> DocumentObject:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    return document


def raw(document: DocumentObject, inner: str, more: str = "") -> Paragraph:
    """A paragraph of this XML."""
    paragraph = document.add_paragraph()
    for element in parse_xml(f"<w:p {nsdecls('w')} {more}>{inner}</w:p>"):
        paragraph._p.append(element)
    return paragraph


def numbered(document: DocumentObject, lists: dict[int, list[tuple[str, str]]]) -> None:
    """Define lists by id: each the formats and texts of its levels."""
    numbering: Any = document.part.numbering_part.element
    for id, levels in lists.items():
        inner = "".join(
            f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{format}"/>'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
            for place, (format, text) in enumerate(levels)
        )
        abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{id + 900}">{inner}</w:abstractNum>')
        numbering.insert(0, abstract)
        num = f'<w:num {nsdecls("w")} w:numId="{id}"><w:abstractNumId w:val="{id + 900}"/></w:num>'
        numbering.append(parse_xml(num))


def in_list(document: DocumentObject, text: str, id: int, level: int = 0) -> None:
    raw(document, f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{id}"/></w:numPr></w:pPr>').add_run(text)


def test_a_paper_is_read_with_the_paragraphs_as_places() -> None:
    reading = read(paper("一、单选题（每题2分）", "1. 哪个？\nA. 一\tB. 二", "答案：B", "二、判断题", "2. 甲（√）"))
    assert [(one.kind, one.place, one.points) for one in reading.questions] == [
        (Kind.SINGLE_CHOICE, "paragraph 2", 2), (Kind.TRUE_FALSE, "paragraph 5", None)
    ]  # fmt: skip
    assert (texts(reading.questions[0]), keys(reading.questions[0])) == (["一", "二"], "B")


def test_automatic_numbers_are_counted_as_word_does() -> None:
    document = Document()
    numbered(document, {
        70: [("chineseCounting", "%1、")], 71: [("decimal", "%1."), ("upperLetter", "%2."), ("decimal", "（%3）")],
    })  # fmt: skip
    in_list(document, "单选题", 70)
    for stem in ("甲？", "乙？"):
        in_list(document, stem, 71)
        for choice in ("一", "二", "三"):
            in_list(document, choice, 71, 1)
        document.add_paragraph("答案：C")
    in_list(document, "简答题", 70)
    in_list(document, "丙？", 71)
    document.add_paragraph("参考答案：")
    in_list(document, "倾听", 71, 2)
    in_list(document, "道歉", 71, 2)
    first, second, third = questions(document)
    assert [texts(first), keys(second), second.stem] == [["一", "二", "三"], "C", "乙？"]
    assert [one.text for one in third.key_points] == ["倾听", "道歉"]


def test_a_list_begins_anew_where_word_says_so_and_styles_number_too() -> None:
    document = Document()
    numbered(document, {72: [("upperLetter", "%1．")]})
    numbering: Any = document.part.numbering_part.element
    for id in (73, 74):
        numbering.append(parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{id}"><w:abstractNumId w:val="972"/><w:lvlOverride w:ilvl="0">'
            '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        ))  # fmt: skip
    for stem, id in (("甲？", 73), ("乙？", 74)):
        document.add_paragraph(stem, style="List Number")
        for choice in ("一", "二"):
            in_list(document, choice, id)
        document.add_paragraph("答案：B")
    assert [(one.stem, keys(one), texts(one)) for one in questions(document)] == [
        ("甲？", "B", ["一", "二"]), ("乙？", "B", ["一", "二"])
    ]  # fmt: skip


def test_pictures_stand_where_they_were_with_what_they_show() -> None:
    document = paper("1. 这是什么？")
    run = document.paragraphs[0].add_run()
    run.add_picture(io.BytesIO(PNG))._inline.docPr.set("descr", "会员卡 A. 正面 B. 背面")
    document.add_paragraph("A. 卡").add_run().add_picture(io.BytesIO(PNG))
    document.add_paragraph("B. 证")
    document.add_paragraph("答案：A")
    (question,) = questions(document)
    assert question.stem == "这是什么？![会员卡 A. 正面 B. 背面](picture1.png)"
    assert (texts(question), keys(question)) == (["卡![](picture2.png)", "证"], "A")
    assert [(one.name, one.content) for one in question.media] == [("picture1.png", PNG), ("picture2.png", PNG)]


def test_an_old_drawing_is_a_picture_and_what_cannot_be_shown_is_told() -> None:
    document = paper("1. 甲")
    document.paragraphs[0].add_run().add_picture(io.BytesIO(PNG))
    id = next(id for id, one in document.part.rels.items() if one.reltype.endswith("/image"))
    picture = f'<w:r><w:pict><v:shape alt="旧图"><v:imagedata r:id="{id}"/></v:shape></w:pict></w:r>'
    raw(document, picture, SHAPES)
    raw(document, picture.replace(id, "rId999"), SHAPES)
    raw(
        document, f'<w:r><w:object><v:shape><v:imagedata r:id="{id}"/></v:shape><o:OLEObject/></w:object></w:r>', SHAPES
    )
    raw(document, "<w:r><w:drawing><chart/></w:drawing></w:r>")
    document.add_paragraph("答案：对")
    reading = read(document)
    assert "![旧图](picture2.png)" in reading.questions[0].stem
    assert [(one.code, one.place) for one in reading.problems] == [
        (ReadCode.NOT_KEPT, f"paragraph {place}") for place in (3, 4, 5)
    ]  # fmt: skip


def test_tracked_changes_are_read_as_accepted_and_hidden_text_not_at_all() -> None:
    document = Document()
    raw(document, "<w:r><w:t>1. 会员</w:t></w:r><w:del><w:r><w:delText>必须</w:delText></w:r></w:del><w:ins><w:r><w:t>"
        "可以</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>秘密</w:t></w:r><w:hyperlink><w:r><w:t>退卡</w:t>"
        "</w:r></w:hyperlink><w:sdt><w:sdtContent><w:r><w:t>（√）</w:t></w:r></w:sdtContent></w:sdt>")  # fmt: skip
    raw(document, "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>2. 分成</w:t></w:r>")
    raw(document, "<w:r><w:t>两段（×）</w:t></w:r>")
    assert [(one.stem, one.correct) for one in questions(document)] == [
        ("会员可以退卡（　　）", True), ("分成两段（　　）", False)
    ]  # fmt: skip


def test_raised_and_lowered_text_blanks_and_signs_are_kept() -> None:
    document = paper("1. 面积 10 m")
    document.paragraphs[0].add_run("2").font.superscript = True
    document.paragraphs[0].add_run("，水 H")
    document.paragraphs[0].add_run("2").font.subscript = True
    document.paragraphs[0].add_run("O，填")
    document.paragraphs[0].add_run("    ").font.underline = True
    raw(document, '<w:r><w:t>答案：</w:t></w:r><w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>')
    (question,) = questions(document)
    assert (question.stem, question.correct) == ("面积 10 m²，水 H₂O，填____", True)


def test_formulas_become_a_line_and_that_is_told() -> None:
    document = Document()
    fraction = "<m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
    square = "<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"
    root = f"<m:rad><m:deg/><m:e>{square}</m:e></m:rad>"
    raw(
        document, f"<w:r><w:t>1. 等于</w:t></w:r><m:oMath>{fraction}{root}</m:oMath><w:r><w:t>（对）</w:t></w:r>", MATHS
    )
    reading = read(document)
    assert reading.questions[0].stem == "等于(a+b)/2√(x²)（　　）"
    assert [(one.code, one.detail) for one in reading.problems] == [(ReadCode.NOT_KEPT, "the layout of formulas")]


def test_choices_in_a_table_are_choices_and_other_tables_belong_to_the_question() -> None:
    document = paper("1. 按下表，普通会员积几分？")
    table = document.add_table(2, 2)
    for place, text in enumerate(("等级", "积分", "普通", "10")):
        table.cell(place // 2, place % 2).text = text
    layout = document.add_table(2, 4)
    for place, text in enumerate(("A", "5", "B.", "10", "C", "15", "D", "20")):
        layout.cell(place // 4, place % 4).text = text
    document.add_paragraph("答案：B")
    (question,) = questions(document)
    assert question.stem == "按下表，普通会员积几分？\n等级 | 积分\n普通 | 10"
    assert (texts(question), keys(question)) == (["5", "10", "15", "20"], "B")


def test_keys_in_a_table_go_to_their_section_even_from_above() -> None:
    document = Document()
    for heading, given in (("一、单选题", "AB"), ("二、单选题", "BA")):
        document.add_paragraph(heading)
        table = document.add_table(2, 3)
        for column, (number, key) in enumerate((("题号", "答案"), ("1", given[0]), ("2", given[1]))):
            table.cell(0, column).text, table.cell(1, column).text = number, key
        for number in (1, 2):
            document.add_paragraph(f"{number}. 哪个？\nA. 一\nB. 二")
    assert [keys(one) for one in questions(document)] == ["A", "B", "B", "A"]


def test_a_table_to_fill_in_is_told_and_passed_over() -> None:
    document = paper("1. 甲（√）")
    table = document.add_table(2, 2)
    table.cell(0, 0).text, table.cell(0, 1).text, table.cell(1, 0).text = "题号", "1", "得分"
    reading = read(document)
    assert [one.stem for one in reading.questions] == ["甲（　　）"]
    assert [one.code for one in reading.problems] == [ReadCode.NOT_A_QUESTION]


@pytest.mark.parametrize("look", ["coloured", "highlighted", "bold", "underlined", "ticked"])
def test_a_key_that_only_looks_like_one_is_taken_with_a_warning(look: str) -> None:
    document = paper("1. 哪个？", "A. 一")
    paragraph = document.add_paragraph("B. ")
    run = paragraph.add_run("二" + (" √" if look == "ticked" else ""))
    if look == "coloured":
        run.font.color.rgb = RGBColor(255, 0, 0)
    run.font.highlight_color = WD_COLOR_INDEX.YELLOW if look == "highlighted" else None
    run.bold, run.underline = look == "bold" or None, look == "underlined" or None
    reading = read(document)
    assert [(keys(one), texts(one)) for one in reading.questions] == [("B", ["一", "二"])]
    assert [(one.code, one.detail) for one in reading.problems] == [(ReadCode.KEY_BY_LOOKS, look)]
    document.add_paragraph("答案：A")
    assert [keys(one) for one in read(document).questions] == ["A"]


def test_no_key_is_taken_where_all_choices_stand_out_or_two_looks_disagree() -> None:
    document = paper("1. 哪个？")
    for letter in "AB":
        document.add_paragraph().add_run(f"{letter}. 一").bold = True
    document.add_paragraph("2. 哪个？")
    document.add_paragraph("A. ").add_run("一").bold = True
    document.add_paragraph("B. ").add_run("二").underline = True
    reading = read(document)
    assert [keys(one) for one in reading.questions] == ["", ""]
    assert [one.code for one in reading.problems] == [ReadCode.NO_KEY] * 2


def test_text_boxes_are_read_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>1. 甲（√）</w:t></w:r></w:p></w:txbxContent>"
    more = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    document = Document()
    raw(document, f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>"
        f"{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>", more)  # fmt: skip
    assert [one.stem for one in questions(document)] == ["甲（　　）"]


def test_the_file_to_fill_in_has_a_question_of_each_kind() -> None:
    reading = docx.read(Source(docx.template()))
    assert [one.kind for one in reading.questions] == list(Kind)
    assert {one.code for one in reading.problems} == {ReadCode.NOT_A_QUESTION}


def test_a_table_with_headings_is_read_by_rows_and_stands_where_it_stood() -> None:
    document = paper("一、判断题", "1. 甲（√）", "二、单选题")
    rows = (
        ("题目", "选项A", "选项B", "答案", "知识点"),
        ("乙？", "一", "二", "B", "投诉"),
        ("丙？", "一", "二", "A", ""),
    )
    table = document.add_table(3, 5)
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(1, 4).merge(table.cell(2, 4))
    document.add_paragraph("三、判断题")
    document.add_paragraph("1. 丁（×）")
    found = questions(document)
    assert [(one.stem, one.kind, one.place) for one in found] == [
        ("甲（　　）", Kind.TRUE_FALSE, "paragraph 2"), ("乙？", Kind.SINGLE_CHOICE, "paragraph 4, row 2"),
        ("丙？", Kind.SINGLE_CHOICE, "paragraph 4, row 3"), ("丁（　　）", Kind.TRUE_FALSE, "paragraph 21"),
    ]  # fmt: skip
    assert [(keys(one), one.topic) for one in found[1:3]] == [("B", "投诉"), ("A", "投诉")]


def test_questions_of_mixed_kinds_say_theirs_and_others_stand_below_headings() -> None:
    alike = questions(paper("1. 【判断题】甲（√）", "2. 【判断题】乙（×）", "3. 【单选题】丙？\nA.一\nB.二\n答案：B"))
    for order in (alike, alike[1:] * 6):
        written = docx.write(order)
        assert written.problems == ()
        shown = [one.text for one in Document(io.BytesIO(written.content)).paragraphs]
        assert ("一、判断题（共 2 题）" in shown) is (order == alike)
        assert [one.stem for one in docx.read(Source(written.content)).questions] == [one.stem for one in order]


def test_what_word_cannot_show_is_lost_by_name() -> None:
    (question,) = questions(paper("1. 听录音 ![录音](call.mp3)（√）"))
    sound = replace(question, media=(Medium("call.mp3", b"ID3"),))
    written = docx.write([sound])
    assert [(one.code, one.detail) for one in written.problems] == [(ReadCode.NOT_KEPT, "pictures and sounds (of 1)")]
    assert docx.read(Source(written.content)).questions[0].stem == question.stem


def test_words_that_stand_out_in_a_question_are_told_once() -> None:
    document = Document()
    for number in (1, 2):
        document.add_paragraph(f"{number}. 下列说法").add_run("错误").bold = True
        document.paragraphs[-1].add_run("的是（√）")
    document.add_paragraph().add_run("3. 甲（√）").bold = True
    document.add_paragraph("二、").add_run("单选题").bold = True
    document.add_paragraph("4. 乙？")
    document.add_paragraph("☑ ").add_run("A. 一").bold = True
    document.add_paragraph("□ B. 二\n答案：A")
    reading = read(document)
    assert len(reading.questions) == 4
    assert [(one.code, one.detail) for one in reading.problems] == [
        (ReadCode.NOT_KEPT, "emphasis of single words (of 2)")
    ]  # fmt: skip
