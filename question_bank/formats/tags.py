"""HTML from anywhere cut into tags and text, in one pass: whatever is written, the time is in proportion to its length.

The parser of the standard library takes the square of it for a tag, a comment or a quote that is never closed. And it
takes any `<` for a tag, where people write `a<b` and `#include <stdio.h>`: what can't be meant as a tag stays text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape

_NAMES = """
    a abbr acronym address annotation applet area article aside audio b base basefont bdi bdo big blockquote body br
    button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed
    fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe
    img input ins kbd label legend li link main map mark math menu meta meter nav nobr noscript object ol optgroup
    option output p param picture pre progress q rp rt ruby s samp script section select semantics small source span
    strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u
    ul var video wbr
"""
KNOWN = frozenset(_NAMES.split())
"""The elements of HTML that there are and were."""
SKIPPED = frozenset(["script", "style", "head", "template", "noscript"])
"""What they hold is never shown."""
_BARE = frozenset("abipqsu")
"""Elements without an attribute that stands without a value: `<b and c>` is none of them."""
# A quote opens a value after an equals sign only; one that isn't closed is a character like others.
_TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[A-Za-z][^\s/<>]*+)(?P<attributes>(?:[^<>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+|["'])*+)(?P<closed>>?)"""
)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s>]++))?+""")
_DECLARATION = re.compile(r"<[!?][^<>]*+>")
_CLOSING = re.compile(r"</([A-Za-z][^\s/<>]*+)")
_FAR_OUT = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9A-Fa-f]{8,});?")
"""A number of no character, which may have more digits than can be read."""


@dataclass(frozen=True)
class Tag:
    """A tag. One that closes itself opens and ends."""

    name: str
    opens: bool
    ends: bool
    source: str = ""
    skipped: str = ""
    """What stands in an element whose content isn't shown."""

    @cached_property
    def attributes(self) -> Mapping[str, str]:
        """What is said in it; the first time counts."""
        said: dict[str, str] = {}
        for found in _ATTRIBUTE.finditer(self.source):
            value = found[2] or ""
            said.setdefault(found[1].lower(), characters(value[1:-1] if value[:1] in ("'", '"') else value))
        return said


def pieces(source: str) -> Iterator[Tag | str]:
    """The tags of a piece of HTML, and the text between them with its entities resolved. Comments are left out."""
    if "<" not in source:
        yield characters(source)
        return
    text = ""
    for piece in _Cutter(source).pieces():
        if isinstance(piece, str):
            text += piece
        else:
            if text:
                yield characters(text)
            text = ""
            yield piece
    if text:
        yield characters(text)


def has_tags(text: str) -> bool:
    """Whether there is anything in a text that can only be HTML."""
    return any(isinstance(piece, Tag) and piece.name in KNOWN for piece in pieces(text))


def characters(text: str) -> str:
    """A text with its entities resolved."""
    return unescape(_FAR_OUT.sub("\ufffd", text)) if "&" in text else text


class _Cutter:
    def __init__(self, source: str) -> None:
        self.source = source
        self.lower = source.lower()
        if len(self.lower) != len(source):
            self.lower = "".join(map(_lower, source))
        self.closed = set(_CLOSING.findall(self.lower))
        self.missing: set[str] = set()

    def pieces(self) -> Iterator[Tag | str]:
        position, source = 0, self.source
        while (start := source.find("<", position)) >= 0:
            if start > position:
                yield source[position:start]
            found = _TAG.match(source, start)
            if found:
                piece, position = self._tag(found)
            elif source.startswith("<!--", start) and (end := self._find("-->", start)) >= 0:
                piece, position = "", end + 3
            elif source.startswith("<![CDATA[", start) and (end := self._find("]]>", start)) >= 0:
                piece, position = source[start + 9 : end].replace("&", "&amp;"), end + 3
            elif declared := _DECLARATION.match(source, start):
                piece, position = "", declared.end()
            else:
                piece, position = "<", start + 1
            yield piece
        yield source[position:]

    def _tag(self, found: re.Match[str]) -> tuple[Tag | str, int]:
        name, attributes = found["name"].lower(), found["attributes"]
        if not found["closed"] or not self._is_meant(name, found):
            return found[0], found.end()
        if found["end"]:
            return Tag(name, opens=False, ends=True), found.end()
        closes_itself = attributes.rstrip().endswith("/")
        if name in SKIPPED and not closes_itself and (end := self._find(f"</{name}", found.end())) >= 0:
            skipped = self.source[found.end() : end]
            return Tag(name, opens=True, ends=False, source=attributes, skipped=skipped), end
        return Tag(name, opens=True, ends=closes_itself, source=attributes), found.end()

    def _is_meant(self, name: str, found: re.Match[str]) -> bool:
        """Whether it is a tag rather than something in angle brackets. A tag of some other XML is closed somewhere."""
        said = found["attributes"].strip("/ \t\r\n\f")
        if name in _BARE:
            return not said or "=" in said
        return bool(name in KNOWN or found["end"] or said or ":" in name or "-" in name or name in self.closed
                    or found["attributes"].endswith("/"))  # fmt: skip

    def _find(self, what: str, start: int) -> int:
        """Where this stands from here on; looked for once only where it doesn't."""
        if what in self.missing:
            return -1
        found = self.lower.find(what.lower(), start)
        if found < 0:
            self.missing.add(what)
        return found


def _lower(character: str) -> str:
    """A small letter that is as long: `İ` has none."""
    small = character.lower()
    return small if len(small) == 1 else character
