"""How text looks: by its own properties, and by the styles that it goes by."""

from dataclasses import dataclass

from lxml.etree import _Element

from question_bank.formats.docx.parts import is_on, value
from question_bank.formats.trees import child, children, name_of

PLAIN_COLOURS = frozenset(["", "auto", "000000"])
Looks = frozenset[str]
"""In the words that a trainer is told of them, such as "bold"; besides, "hidden", "raised" and "lowered"."""
PLAIN: Looks = frozenset()


@dataclass(frozen=True, slots=True)
class Style:
    """What a style gives: looks, and the list that its paragraphs are numbered by."""

    looks: Looks = PLAIN
    list_id: str = ""
    level: str = ""


class Styles:
    """The styles of a file by id; each is worked out when something first goes by it."""

    def __init__(self, root: _Element | None) -> None:
        self._elements = {} if root is None else {value(one, "styleId"): one for one in children(root, "style")}
        self._known: dict[str, Style] = {}

    def get(self, id: str) -> Style:
        """The style of this id, or one that gives nothing."""
        if id not in self._known:
            self._known[id] = self._resolved(id, frozenset())
        return self._known[id]

    def _resolved(self, id: str, seen: frozenset[str]) -> Style:
        """A style with what it has from the one that it is based on; a circle ends where it closes."""
        element = self._elements.get(id)
        if element is None or id in seen or len(seen) > 20:
            return Style()
        base = self._resolved(value(child(element, "basedOn")), seen | {id})
        numbers = child(element, "pPr", "numPr")
        return Style(
            with_properties(base.looks, child(element, "rPr")),
            value(child(numbers, "numId")) or base.list_id,
            value(child(numbers, "ilvl")) or base.level,
        )


def with_properties(looks: Looks, properties: _Element | None) -> Looks:
    """The looks of text that has these properties besides."""
    if properties is None or not len(properties):
        return looks
    found = set(looks)
    for one in children(properties):
        word, on = _look(one)
        if word:
            (found.add if on else found.discard)(word)
            if word in ("raised", "lowered") and on:
                found.discard("lowered" if word == "raised" else "raised")
    shift, size = child(properties, "position"), child(properties, "sz")
    if shift is not None and size is not None and value(shift) not in ("", "0"):
        # LibreOffice raises text by moving it and making it smaller.
        found.add("lowered" if value(shift).startswith("-") else "raised")
    return frozenset(found)


def _look(one: _Element) -> tuple[str, bool]:
    """The look that a property speaks of, and whether it gives it or takes it away."""
    match name_of(one):
        case "b":
            return "bold", is_on(one)
        case "u":
            return "underlined", is_on(one)
        case "color":
            return "coloured", value(one).lower() not in PLAIN_COLOURS and value(one, "themeColor") not in ("text1",)
        case "highlight":
            return "highlighted", is_on(one)
        case "shd":
            return "highlighted", value(one, "fill").lower() not in ("", "auto", "ffffff")
        case "vanish":
            return "hidden", is_on(one)
        case "vertAlign":
            said = value(one)
            return "lowered" if said == "subscript" else "raised", said in ("superscript", "subscript")
    return "", False
