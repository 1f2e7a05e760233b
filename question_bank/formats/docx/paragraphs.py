"""A paragraph of a Word file as lines of text, and how each character of them looks."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import _Element

from question_bank.formats.docx.formulas import linear
from question_bank.formats.docx.parts import is_on, value
from question_bank.formats.docx.pictures import Pictures, chosen
from question_bank.formats.docx.styles import PLAIN, Looks, Style, Styles, with_properties
from question_bank.formats.markup import shifted
from question_bank.formats.trees import child, children, name_of

Piece = tuple[str, Looks]
BLANK = "____"
_SYMBOLS = {
    "wingdings": {0xFC: "√", 0xFB: "×", 0xFE: "☑", 0xFD: "☒", 0xA8: "□", 0xA3: "□", 0x6F: "□", 0xAB: "★"},
    "wingdings 2": {0x50: "√", 0x4F: "×", 0x52: "☑", 0x51: "☒", 0x53: "☒", 0xA3: "□"},
    "symbol": {0xB4: "×", 0xB8: "÷", 0xB1: "±", 0xA3: "≤", 0xB3: "≥", 0xB9: "≠", 0xB0: "°", 0xD6: "√", 0xAE: "→"},
}
"""What the letters of Word's fonts of signs show, by font."""
_SEEN_THROUGH = frozenset(["hyperlink", "ins", "moveTo", "smartTag", "customXml", "fldSimple", "sdt", "sdtContent",
                           "dir", "bdo", "rubyBase"])  # fmt: skip


@dataclass
class Paragraph:
    """What was found in a paragraph. `boxes` are text boxes that hang on it; `lost` is what isn't kept of it."""

    pieces: list[Piece] = field(default_factory=list)
    boxes: list[_Element] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


class Reader:
    """Reads paragraphs. It knows the styles, and collects the pictures."""

    def __init__(self, styles: Styles, pictures: Pictures) -> None:
        self._styles = styles
        self._pictures = pictures

    def read(self, element: _Element, style: Style) -> Paragraph:
        """The text of a paragraph that has this style."""
        found = Paragraph()
        self._inline(element, style.looks, found)
        return found

    def _inline(self, element: _Element, looks: Looks, found: Paragraph) -> None:
        for one in children(element):
            match name_of(one):
                case "r":
                    self._run(one, looks, found)
                case "oMath" | "oMathPara":
                    found.pieces.append((linear(one), looks))
                    found.lost.append("the layout of formulas")
                case "AlternateContent":
                    for inner in chosen(one):
                        self._in_run(inner, looks, found)
                case "sdt" if is_on(child(one, "sdtPr", "showingPlcHdr")):
                    pass  # "Click here to enter text"
                case name if name in _SEEN_THROUGH:
                    self._inline(one, looks, found)

    def _run(self, run: _Element, looks: Looks, found: Paragraph) -> None:
        properties = child(run, "rPr")
        if properties is not None:
            looks |= self._styles.get(value(child(properties, "rStyle"))).looks
            looks = with_properties(looks, properties)
        if "hidden" in looks:
            return
        for one in children(run):
            self._in_run(one, looks, found)

    def _in_run(self, one: _Element, looks: Looks, found: Paragraph) -> None:
        match name_of(one):
            case "t":
                text = one.text or ""
                blank = "underlined" in looks and not text.strip() and (len(text) > 1 or text == "\u3000")
                found.pieces.append((BLANK, PLAIN) if blank else (text, looks))
            case "tab" | "ptab":
                found.pieces.append((BLANK if "underlined" in looks else "  ", PLAIN))
            case "br" | "cr":
                found.pieces.append(("\n", PLAIN))
            case "noBreakHyphen":
                found.pieces.append(("-", looks))
            case "sym":
                found.pieces.append((_symbol(one), looks))
            case "ruby":
                self._inline(one, looks, found)
            case "drawing" | "pict" | "object":
                self._drawing(one, looks, found)
            case "AlternateContent":
                for inner in chosen(one):
                    self._in_run(inner, looks, found)
            case "instrText" if (one.text or "").strip().upper().startswith("EQ"):
                found.lost.append("a formula in a field")
            case "footnoteReference" | "endnoteReference":
                found.lost.append("a footnote")
            case "r":
                self._run(one, looks, found)

    def _drawing(self, drawing: _Element, looks: Looks, found: Paragraph) -> None:
        boxes = list(outermost(drawing, "txbxContent"))
        if boxes:
            found.boxes += boxes
            return
        tokens, lost = self._pictures.tokens(drawing)
        found.pieces.append((tokens, looks))
        is_object = name_of(drawing) == "object"
        found.lost += ["an object of another program, such as a formula (save it as a picture)"] if is_object else lost


def outermost(element: _Element, name: str) -> Iterator[_Element]:
    """The elements of this name below, without those that are within one of them."""
    for one in children(element):
        if name_of(one) == name:
            yield one
        else:
            yield from outermost(one, name)


def _symbol(element: _Element) -> str:
    try:
        code = int(value(element, "char"), 16) & 0xFF
    except ValueError:
        return ""
    return _SYMBOLS.get(value(element, "font").lower(), {}).get(code, "")


def merged(pieces: list[Piece]) -> Iterator[Piece]:
    """The pieces with raised and lowered text as plain text, which goes over runs of the same height at once."""
    height, held = "", ""
    looks: Looks = PLAIN
    for text, its in [*pieces, ("", PLAIN)]:
        now = next((one for one in ("raised", "lowered") if one in its and text.strip()), "")
        if held and now != height:
            yield shifted(held, raised=height == "raised"), looks
            held = ""
        if now:
            height, held, looks = now, held + text, its
        else:
            height = ""
            yield text, its
