"""HTML and the plain text that the bank keeps, both ways. A picture in a text is `![what it shows](its name)`."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from html import escape
from html.parser import HTMLParser

from question_bank.formats.reading import Medium, ReadQuestion
from question_bank.tokens import PICTURE, token

__all__ = ["PICTURE", "Picture", "html", "in_texts", "medium_name", "plain", "token"]

_SPACES = re.compile(r"[ \t\r\n\f]+")
_BLOCKS = frozenset(
    "address article aside blockquote body caption dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header"
    " hr li main ol p pre prompt section table tbody tfoot thead tr ul itemBody".lower().split()
)
_DROPPED = frozenset(["script", "style", "head", "template", "noscript"])
_LOOKS = frozenset(["b", "strong", "i", "em", "u", "s", "del", "mark", "font", "big"])
_RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


def medium_name(name: str, taken: Iterable[Medium] = ()) -> str:
    """A file's name as it can stand in a text, other than those that are taken."""
    plain = re.sub(r"[()\s\[\]\\/]+", "-", name.rpartition("/")[2]).strip("-")[-120:] or "picture"
    stem, dot, suffix = plain.rpartition(".")
    names, number = {one.name for one in taken}, 1
    found = plain
    while found in names:
        number += 1
        found = f"{stem}-{number}{dot}{suffix}" if dot else f"{plain}-{number}"
    return found


def in_texts(question: ReadQuestion, change: Callable[[str], str]) -> ReadQuestion:
    """The question with each of its texts that may have pictures changed."""
    return replace(
        question,
        stem=change(question.stem),
        choices=tuple(replace(one, text=change(one.text), feedback=change(one.feedback)) for one in question.choices),
        key_points=tuple(replace(one, text=change(one.text)) for one in question.key_points),
        answers=tuple(replace(one, text=change(one.text)) for one in question.answers),
        explanation=change(question.explanation),
    )


Picture = Callable[[str, str], str]
"""What a picture becomes in the text, by its address and what it shows."""


def _as_words(_address: str, alt: str) -> str:
    return f"[{alt}]" if alt else ""


def plain(html: str, picture: Picture = _as_words) -> tuple[str, set[str]]:
    """The text of a piece of HTML, and what it loses: looks, addresses of links, formulas.

    Lines end where blocks and breaks do, rows of a table have bars between their cells, lists have signs or numbers.
    """
    reader = _Reader(picture)
    reader.feed(html)
    reader.close()
    return reader.text(), reader.lost


class _Reader(HTMLParser):
    def __init__(self, picture: Picture) -> None:
        super().__init__(convert_charrefs=True)
        self.picture = picture
        self.lost: set[str] = set()
        self.parts: list[str] = []
        self.dropped = 0
        self.preserved = 0
        self.lists: list[int | None] = []
        self.shifted: list[tuple[str, int]] = []
        self.link: tuple[str, int] | None = None

    def text(self) -> str:
        lines = [line.strip(" ") for line in "".join(self.parts).split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n").replace("\xa0", " ").replace("\v", "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _DROPPED:
            self.dropped += 1
        elif tag == "br":
            self.parts.append("\n")
        elif tag in ("img", "audio", "source", "video", "object", "embed"):
            address = given.get("src") or given.get("data", "")
            if address:
                self.parts.append(self.picture(address, given.get("alt", given.get("title", ""))))
        elif tag in _BLOCKS:
            self._begin_block(tag)
        elif tag in ("td", "th"):
            if self.parts and not self.parts[-1].endswith("\n"):
                self.parts.append(" | ")
        elif tag in ("sup", "sub"):
            self.shifted.append((tag, len(self.parts)))
        elif tag == "a":
            self.link = (given.get("href", ""), len(self.parts))
        elif tag in _LOOKS or "style" in given:
            self.lost.add("bold, italics and colours")
        elif tag == "math":
            self.lost.add("the layout of formulas")

    def _begin_block(self, tag: str) -> None:
        self._end_line()
        if tag in ("ul", "ol"):
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            number = self.lists[-1] if self.lists else None
            if number is not None:
                self.lists[-1] = number + 1
            self.parts.append("• " if number is None else f"{number + 1}. ")
        elif tag == "pre":
            self.preserved += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self.dropped = max(0, self.dropped - 1)
        elif tag in _BLOCKS:
            if tag == "pre":
                self.preserved = max(0, self.preserved - 1)
            if tag in ("ul", "ol") and self.lists:
                self.lists.pop()
            self._end_line()
        elif tag in ("sup", "sub") and self.shifted:
            self._shift(*self.shifted.pop())
        elif tag == "a" and self.link:
            address, start = self.link
            self.link = None
            if address.startswith(("http:", "https:", "mailto:")) and address not in "".join(self.parts[start:]):
                self.lost.add("addresses of links")

    def handle_data(self, data: str) -> None:
        if self.dropped:
            return
        if self.preserved:
            # Spaces at the ends of lines are cut in the end; those of a listing are not.
            self.parts.append(re.sub(r"(?m)^ ", "\v ", data))
            return
        data = _SPACES.sub(" ", data)
        if not self.parts or self.parts[-1].endswith((" ", "\n")):
            data = data.lstrip(" ")
        if data:
            self.parts.append(data)

    def _end_line(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")

    def _shift(self, tag: str, start: int) -> None:
        self.parts[start:] = [shifted("".join(self.parts[start:]), raised=tag == "sup")]


def shifted(text: str, raised: bool) -> str:
    """Raised or lowered text as plain text: x², H₂O, and ^(…) or _(…) for what has no such characters."""
    table = _RAISED if raised else _LOWERED
    if all(ord(sign) in table for sign in text):
        return text.translate(table)
    return f"{'^' if raised else '_'}({text})"


def html(text: str, picture: Callable[[str, str], str] | None = None) -> str:
    """HTML that `plain` reads back. `picture` writes one, by its name and what it shows; else it stays as it is."""
    written, end = [], 0
    for found in PICTURE.finditer(text) if picture else ():
        written += [_escaped(text[end : found.start()]), picture(found["name"], found["alt"]) if picture else ""]
        end = found.end()
    return "".join([*written, _escaped(text[end:])])


def _escaped(text: str) -> str:
    """Text as HTML: spaces that would be lost are kept."""
    text = escape(text, quote=False).replace("\n", "<br/>")
    text = re.sub(r" (?= |$|<br/>)", "&#160;", text)
    return re.sub(r"(^|<br/>) ", r"\1&#160;", text)
