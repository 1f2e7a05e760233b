"""The XHTML of an item as plain text, with the pictures and sounds that its package has."""

import base64
import binascii
import posixpath
import re
from copy import deepcopy
from html import escape
from urllib.parse import unquote

from lxml import etree
from lxml.etree import _Element

from question_bank.formats.codes import ReadCode
from question_bank.formats.markup import medium_name, plain, token
from question_bank.formats.qti.contents import Files
from question_bank.formats.qti.vocabulary import cut
from question_bank.formats.reading import Medium, Noted, Unreadable
from question_bank.formats.trees import children, descendants, text_of

_INLINE = re.compile(r"data:([a-z]+)/([a-z0-9.+-]{1,40});base64,(.*)", re.DOTALL | re.IGNORECASE)
_CANVAS = re.compile(r"^(\$|%24)IMS[-_]CC[-_]FILE_?BASE(\$|%24)/*", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_SHOWS = ("object", "audio", "video", "embed", "picture", "iframe")
_MARKUP = re.compile(r"</[a-zA-Z]+\s*>|<br\s*/?>")
MOST_MEDIA = 200
"""Pictures and sounds that are looked for in one item."""
FORMULAS = "the layout of formulas"


class Texts:
    """The texts of one item, in the order in which they are asked for; what they lose gathers here."""

    def __init__(self, files: Files, folder: str) -> None:
        self._files = files
        self._folder = folder
        self._named: dict[str, Medium] = {}
        self.lost: set[str] = set()

    @property
    def media(self) -> tuple[Medium, ...]:
        """The pictures and sounds that the texts so far refer to."""
        return tuple({one.name: one for one in self._named.values()}.values())

    @property
    def noted(self) -> Noted:
        """What has to be said of the texts so far."""
        return [(ReadCode.NOT_KEPT, what) for what in sorted(self.lost)]

    def of(self, element: _Element | None) -> str:
        """The text in an element; empty for none."""
        if element is None:
            return ""
        if not len(element):
            # Most choices are plain words, and there may be many thousands.
            return _SPACES.sub(" ", element.text or "").strip(" ").replace("\xa0", " ")
        inner = deepcopy(element)
        inner.tail = None
        for formula in list(descendants(inner, "math")):
            self.lost.add(FORMULAS)
            _put(formula, f"<span>{_spelled(formula)}</span>")
        for shown in list(descendants(inner, *_SHOWS)):
            self._simplify(shown)
        for drawing in list(descendants(inner, "svg")):
            self.lost.add("drawings within the text")
            cut(drawing)
        return self.of_html(etree.tostring(inner, encoding="unicode"))

    def of_html(self, html: str) -> str:
        """The text of a piece of HTML."""
        text, lost = plain(html, self._picture)
        self.lost |= lost
        return text

    def of_materials(self, *materials: _Element) -> str:
        """The text of materials of QTI 1.2."""
        return self.of_html("".join(f"<div>{_material(one)}</div>" for one in materials))

    def _simplify(self, shown: _Element) -> None:
        """Make one element of a picture or sound that has its address and its words further in."""
        inside = [shown, *descendants(shown, "source", "img", "param")]
        address = next(filter(None, (one.get("src") or one.get("data") for one in inside)), "")
        words = shown.get("alt") or next(filter(None, (one.get("alt") for one in inside)), "") or text_of(shown)
        _put(shown, f'<img src="{escape(address)}" alt="{escape(" ".join(words.split()))}"/>')

    def _picture(self, address: str, alt: str) -> str:
        medium = self._named.get(address)
        if medium is None and len(self._named) < MOST_MEDIA:
            medium = self._found(address)
        if medium is None:
            self.lost.add(f"the picture or sound {address[:80]}, which isn't in the package")
            return f"[{alt}]" if alt else ""
        self._named[address] = medium
        return token(alt, medium.name)

    def _found(self, address: str) -> Medium | None:
        if inline := _INLINE.match(address):
            try:
                content = base64.b64decode(inline[3], validate=False)
            except (binascii.Error, ValueError):
                return None
            suffix = inline[2].lower().partition("+")[0].replace("jpeg", "jpg").replace("mpeg", "mp3")
            return Medium(medium_name(f"{inline[1].lower()}.{suffix}", self.media), content)
        plain_address = _CANVAS.sub("", address)
        for folder in (self._folder, "", "web_resources", f"{self._folder}/.."):
            name = self._files.find(folder, plain_address)
            if name is not None:
                break
        else:
            name = self._files.find_end(posixpath.normpath(unquote(plain_address.partition("?")[0])))
        if name is None:
            return None
        if name in self._named:
            return self._named[name]
        try:
            medium = Medium(medium_name(name.replace("\\", "/"), self.media), self._files.read(name, keep=True))
        except Unreadable:
            return None
        self._named[name] = medium
        return medium


def _put(element: _Element, html: str) -> None:
    """Put this in the place of an element."""
    instead = etree.fromstring(html)
    instead.tail = element.tail
    parent = element.getparent()
    if parent is not None:
        parent.replace(element, instead)


def _spelled(formula: _Element) -> str:
    """MathML in one line of HTML."""
    parts = [_spelled(one) for one in children(formula) if one.tag not in ("annotation", "annotation-xml")]
    if not parts:
        return escape(" ".join((formula.text or "").split()))
    match formula.tag, len(parts):
        case "mfrac", 2:
            return "/".join(_grouped(one) for one in parts)
        case "msup", 2:
            return f"{parts[0]}<sup>{parts[1]}</sup>"
        case "msub", 2:
            return f"{parts[0]}<sub>{parts[1]}</sub>"
        case "msubsup", 3:
            return f"{parts[0]}<sub>{parts[1]}</sub><sup>{parts[2]}</sup>"
        case "msqrt", _:
            return "√" + _grouped("".join(parts))
        case "mroot", 2:
            return f"<sup>{parts[1]}</sup>√{_grouped(parts[0])}"
        case "mfenced", _:
            return escape(formula.get("open", "(")) + ", ".join(parts) + escape(formula.get("close", ")"))
        case "mtr", _:
            return " ".join(parts) + "; "
    return "".join(parts)


def _grouped(part: str) -> str:
    return part if re.fullmatch(r"[\w.]+", part) else f"({part})"


def _material(material: _Element) -> str:
    """A material of QTI 1.2 as HTML."""
    parts = []
    for one in descendants(material, "mattext", "mat_formattedtext", "matimage", "mataudio", "matvideo", "matbreak"):
        if one.tag == "matbreak":
            parts.append("<br/>")
        elif one.tag in ("mattext", "mat_formattedtext"):
            parts.append(_mattext(one))
        else:
            address = one.get("uri", "")
            if not address and text_of(one).strip():
                kind = one.get("imagtype") or one.get("audiotype") or "image/png"
                address = f"data:{kind};base64,{''.join(text_of(one).split())}"
            words = one.get("label") or ("" if one.get("embedded") else text_of(one))
            parts.append(f'<img src="{escape(address)}" alt="{escape(" ".join(words.split()))}"/>')
    return "".join(parts)


def _mattext(one: _Element) -> str:
    if len(one):
        return etree.tostring(one, encoding="unicode", with_tail=False)
    text = one.text or ""
    kind = one.get("texttype", one.get("type", "")).lower()
    if "html" in kind or (kind in ("", "smart_text") and _MARKUP.search(text)):
        return text
    return "<br/>".join(escape(line, quote=False) for line in text.strip().split("\n"))
