"""HTML followed tag by tag and written as lines of plain text."""

import re
from collections.abc import Callable

from question_bank.formats.tags import Tag

_SPACES = re.compile(r"[ \t\r\n\f]+")
_NAMES_OF_BLOCKS = """
    address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr itembody legend li main nav ol option p pre prompt section summary table tbody tfoot
    thead tr ul
"""
_BLOCKS = frozenset(_NAMES_OF_BLOCKS.split())
_LOOKS = frozenset(["b", "strong", "i", "em", "u", "s", "strike", "del", "mark", "font", "big"])
_ELSEWHERE = {"math": "the layout of formulas", "iframe": "a page within the page", "svg": "a drawing"}
_PLAYED = frozenset(["audio", "video"])
_RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_DEEPEST = 8
"""How deep tables and raised letters are followed into each other: joining their texts again costs at each level."""
_KEPT = "\v"
"""Stands before a space at the beginning of a line that has to stay."""

Picture = Callable[[str, str], str]
"""What a picture becomes in the text, by its address and what it shows."""


class HtmlReader:
    """Writes plain text while it follows the tags of a piece of HTML; gathers what is lost in `lost`."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.lost: set[str] = set()
        self.parts: list[str] = []
        self.preserved = 0
        self.lists: list[_List] = []
        self.shifted: list[tuple[str, int]] = []
        self.link: tuple[str, int] | None = None
        self.tables: list[list[int]] = []
        self.deeper = 0
        self.played: tuple[int, str, str] | None = None

    def text(self) -> str:
        """What has been read."""
        if self.played:
            self._end_playing(closed=False)
        while self.tables:
            self._end_row()
            self.tables.pop()
        lines = [line.strip(" ").rstrip(" \xa0") for line in "".join(self.parts).split("\n")]
        return "\n".join(lines).strip("\n").replace("\xa0", " ").replace(_KEPT, "")

    def write(self, data: str) -> None:
        """Put in what stands between two tags."""
        data = data.replace(_KEPT, " ")
        if self.preserved:
            if self.parts and self.parts[-1] == "":
                data = data.removeprefix("\n")
            data = data.replace("\r\n", "\n")
            self.parts.append(re.sub(r"(?m)^(?=[ \t])", _KEPT, data))
            return
        data = _SPACES.sub(" ", data)
        if not self.parts or self.parts[-1].endswith((" ", "\n")):
            data = data.lstrip(" ")
        if data:
            self.parts.append(data)

    def follow(self, tag: Tag) -> None:
        """Do what a tag asks for."""
        if tag.opens:
            self._begin(tag)
        if tag.ends:
            self._end(tag.name)

    def _begin(self, tag: Tag) -> None:
        name = tag.name
        if tag.skipped:
            if tag.attributes.get("type", "").startswith("math/tex"):
                self.parts.append(f"\\({tag.skipped.strip()}\\)")
        elif name == "br":
            self.parts.append("\n")
        elif name in _PLAYED:
            self.played = (len(self.parts), tag.attributes.get("src", ""), tag.attributes.get("title", ""))
        elif name == "source" and self.played:
            start, address, title = self.played
            said = tag.attributes
            self.played = (start, address or said.get("src", ""), title or said.get("title", ""))
        elif name in ("img", "object", "embed"):
            address = tag.attributes.get("src") or tag.attributes.get("data", "")
            if address:
                alt = tag.attributes.get("alt", tag.attributes.get("title", ""))
                self.parts.append(self.picture(address, alt))
        elif name in _BLOCKS:
            self._begin_block(tag)
        elif name in ("td", "th"):
            if not self.tables:
                self._begin_block(Tag("table", opens=True, ends=False))
            if not self.deeper:
                self.tables[-1].append(len(self.parts))
        elif name in ("sup", "sub"):
            if len(self.shifted) < _DEEPEST:
                self.shifted.append((name, len(self.parts)))
        elif name == "a":
            self.link = (tag.attributes.get("href", ""), len(self.parts))
        elif name == "q":
            self.parts.append("“")
        elif name in _ELSEWHERE:
            self.lost.add(_ELSEWHERE[name])
        elif name in _LOOKS or "style" in tag.attributes:
            self.lost.add("bold, italics and colours")

    def _begin_block(self, tag: Tag) -> None:
        self._end_line()
        if tag.name in ("ul", "ol"):
            self.lists.append(_List(tag))
        elif tag.name == "li":
            self.parts.append(self.lists[-1].sign(tag, len(self.lists)) if self.lists else "• ")
        elif tag.name == "pre":
            self.preserved += 1
            self.parts.append("")
        elif tag.name == "table":
            if len(self.tables) < _DEEPEST:
                self.tables.append([])
            else:
                self.deeper += 1
        elif tag.name == "tr":
            self._end_row()

    def _end(self, name: str) -> None:
        if name in _BLOCKS:
            if name == "pre":
                self.preserved = max(0, self.preserved - 1)
            elif name in ("ul", "ol") and self.lists:
                self.lists.pop()
            elif name in ("tr", "table"):
                self._end_row()
            if name == "table":
                self._end_table()
            self._end_line()
        elif name in _PLAYED and self.played:
            self._end_playing(closed=True)
        elif name in ("sup", "sub") and self.shifted:
            self._shift(*self.shifted.pop())
        elif name == "a" and self.link:
            address, start = self.link
            self.link = None
            if address.startswith(("http:", "https:", "mailto:")) and address not in "".join(self.parts[start:]):
                self.lost.add("addresses of links")
        elif name == "q":
            self.parts.append("”")

    def _end_line(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")

    def _end_table(self) -> None:
        if self.deeper:
            self.deeper -= 1
        elif self.tables:
            self.tables.pop()

    def _end_row(self) -> None:
        """Put the cells of a row into one line; a single one, which is there for its looks, keeps its lines."""
        if self.deeper or not self.tables or not self.tables[-1]:
            return
        starts = self.tables[-1]
        cells = [
            "".join(self.parts[start:end]).strip(" \n")
            for start, end in zip(starts, [*starts[1:], len(self.parts)], strict=True)
        ]
        if len(cells) > 1:
            self.parts[starts[0] :] = [" | ".join(re.sub(r"[ \n]+", " ", cell) for cell in cells)]
        self.tables[-1] = []
        self._end_line()

    def _end_playing(self, closed: bool) -> None:
        """A sound or film: what stands in it is for browsers that can't play it."""
        start, address, title = self.played or (0, "", "")
        self.played = None
        if address:
            self.parts[start : None if closed else start] = [self.picture(address, title)]

    def _shift(self, name: str, start: int) -> None:
        if text := "".join(self.parts[start:]):
            self.parts[start:] = [shifted(text, raised=name == "sup")]


def shifted(text: str, raised: bool) -> str:
    """Raised or lowered text as plain text: x², H₂O, and ^(…) or _(…) for what has no such characters."""
    table = _RAISED if raised else _LOWERED
    if all(ord(sign) in table for sign in text):
        return text.translate(table)
    return f"{'^' if raised else '_'}({text})"


class _List:
    """A list, and how its items are counted."""

    def __init__(self, tag: Tag) -> None:
        self.ordered = tag.name == "ol"
        self.type = tag.attributes.get("type", "1") if self.ordered else ""
        self.number = _number(tag.attributes.get("start", "")) or 1 if self.ordered else 1

    def sign(self, item: Tag, depth: int) -> str:
        """What stands before an item."""
        if not self.ordered:
            return "• " if depth == 1 else "◦ "
        number = _number(item.attributes.get("value", "")) or self.number
        self.number = number + 1
        if self.type in ("a", "A") and number <= 26:
            return f"{chr(ord(self.type) + number - 1)}. "
        return f"{number}. "


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text.strip()) else None
