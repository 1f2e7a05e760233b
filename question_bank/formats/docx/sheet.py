"""A Word file being written, paragraph by paragraph: its styles, and pictures in their lines."""

import io
from collections.abc import Mapping
from functools import cache
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.image.image import Image
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.text.paragraph import Paragraph
from lxml import etree
from lxml.etree import _Element

from question_bank.formats.markup import PICTURE
from question_bank.formats.reading import Medium

QUESTION, CHOICE, ANSWER, HEADING = "Question", "Choice", "Answer", "Heading 1"
"""The styles of the lines of a question."""
_STYLES = ("Normal", "Default Paragraph Font", "Normal Table", "No List", "Title", HEADING, QUESTION, CHOICE, ANSWER)
WIDEST, HIGHEST = Cm(12), Cm(9)
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_LATIN, _SONG, _HEI = "Times New Roman", "宋体", "黑体"
_BLACK = RGBColor(0, 0, 0)
_GREY = RGBColor(0x55, 0x55, 0x55)


def can_show(medium: Medium) -> bool:
    """Whether Word can show it: a picture as PNG, JPEG, GIF, BMP or TIFF, and whole."""
    try:
        image = Image.from_blob(medium.content)
        return image.px_width > 0 and image.px_height > 0 and min(image.horz_dpi, image.vert_dpi) > 0
    except (InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError, ValueError, KeyError):
        return False


@cache
def _blank() -> bytes:
    """An empty file on A4, with the two fonts of Chinese papers and no style that isn't used."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.2)
    _set_up(document, "Normal", size=11, after=2)
    _set_up(document, "Title", size=18, after=10, font=_HEI, bold=True).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _set_up(document, HEADING, size=13, before=14, after=6, font=_HEI, bold=True)
    question = _set_up(document, QUESTION, size=11, before=8, after=2)
    question.keep_with_next = True
    question.left_indent, question.first_line_indent = Cm(0.7), Cm(-0.7)
    choice = _set_up(document, CHOICE, size=11, after=1)
    choice.keep_with_next, choice.left_indent = True, Cm(0.7)
    _set_up(document, ANSWER, size=10, after=1, colour=_GREY).left_indent = Cm(0.7)
    for style in list(document.styles):
        if style.name not in _STYLES:
            style.element.getparent().remove(style.element)
    return _saved(document)


def _set_up(
    document: DocumentObject, name: str, *, size: int, before: int = 0, after: int = 0, font: str = _SONG,
    bold: bool = False, colour: RGBColor = _BLACK,
) -> Any:  # fmt: skip
    """Set up a style of paragraphs, sizes in points; gives what else can be said of its paragraphs."""
    styles = document.styles
    style: Any = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.font.name, style.font.size, style.font.bold, style.font.color.rgb = _LATIN, Pt(size), bold, colour
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in [key for key in fonts.attrib if "Theme" in key]:
        del fonts.attrib[theme]
    # Word takes the font of Chinese letters from an attribute of its own.
    fonts.set(qn("w:eastAsia"), font)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.line_spacing = 1.25
    return style.paragraph_format


def _saved(document: DocumentObject) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


class Sheet:
    """A file to write on."""

    def __init__(self) -> None:
        self._document = Document(io.BytesIO(_blank()))
        self._body: Any = self._document.element.body
        self._end = self._body.sectPr
        self._ids = {style.name: style.style_id for style in self._document.styles}

    def title(self, text: str) -> None:
        """The title of the paper."""
        self._add_run(self._paragraph("Title"), text)

    def remark(self, text: str) -> None:
        """Something said to whoever fills it in."""
        self._add_run(self._paragraph("Normal"), text)

    def heading(self, text: str) -> None:
        """The heading of a section."""
        self._add_run(self._paragraph(HEADING), text)

    def line(self, text: str, style: str, media: Mapping[str, Medium]) -> None:
        """A line of a question, with the pictures that stand in it."""
        paragraph = self._paragraph(style)
        end = 0
        for found in PICTURE.finditer(text) if media else ():
            if found["name"] in media:
                self._add_run(paragraph, text[end : found.start()])
                self._picture(paragraph, media[found["name"]], found["alt"])
                end = found.end()
        self._add_run(paragraph, text[end:])

    def _picture(self, paragraph: Any, medium: Medium, description: str) -> None:
        shape = Paragraph(paragraph, self._document._body).add_run().add_picture(io.BytesIO(medium.content))
        share = min(WIDEST / shape.width, HIGHEST / shape.height, 1)
        shape.width, shape.height = Emu(shape.width * share), Emu(shape.height * share)
        properties = shape._inline.docPr
        properties.set("descr", description)
        properties.set("name", medium.name)

    def _paragraph(self, style: str) -> Any:
        """A new paragraph. Made by hand: ten thousand questions have eighty thousand."""
        paragraph = self._body.makeelement(qn("w:p"))
        properties = etree.SubElement(paragraph, qn("w:pPr"))
        etree.SubElement(properties, qn("w:pStyle")).set(qn("w:val"), self._ids[style])
        self._end.addprevious(paragraph)
        return paragraph

    @staticmethod
    def _add_run(paragraph: _Element, text: str) -> None:
        if text:
            words = etree.SubElement(etree.SubElement(paragraph, qn("w:r")), qn("w:t"))
            words.set(_SPACE, "preserve")
            words.text = text

    def content(self) -> bytes:
        """The file."""
        return _saved(self._document)
