"""Automatic numbers: Word keeps them out of the text, so they are counted here as it counts them (ECMA-376 §17.9)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lxml.etree import _Element

from question_bank.formats.docx.parts import is_on, value
from question_bank.formats.docx.styles import Style, Styles
from question_bank.formats.trees import child, children

_DIGITS = "〇一二三四五六七八九"
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
          (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
MOST_LEVELS = 9


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list. `text` has %1 for the number of the first level, and so on."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    restarts_after: int | None = None
    """The level, from 1, whose numbers let this one begin anew; 0 for none, None for any above."""
    plain_digits: bool = False
    """Whether the numbers of the levels above are shown in plain digits."""
    style: str = ""


@dataclass
class Lists:
    """The lists of a file and how far each has got. One that shares its definition with another goes on from it."""

    styles: Styles
    levels: Mapping[str, Mapping[int, Level]] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)
    anew: dict[str, dict[int, int]] = field(default_factory=dict)
    """Per list, the levels that begin anew where it is first used, and with what."""
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: _Element | None, styles: Styles) -> "Lists":
        """From the part that defines them; none without."""
        made = cls(styles)
        if root is None:
            return made
        abstract = {value(one, "abstractNumId"): one for one in children(root, "abstractNum")}
        named = {
            value(child(one, "styleLink")): id for id, one in abstract.items() if child(one, "styleLink") is not None
        }
        levels, definitions = {}, {}
        for one in children(root, "num"):
            id, definition = value(one, "numId"), value(child(one, "abstractNumId"))
            linked = value(child(abstract.get(definition), "numStyleLink"))
            definition = named.get(linked, definition) if linked else definition
            definitions[id] = definition
            levels[id] = _levels(abstract.get(definition))
            for override in children(one, "lvlOverride"):
                at = _number(value(override, "ilvl"), 0)
                levels[id] |= _levels(override)
                start = child(override, "startOverride")
                if start is not None:
                    made.anew.setdefault(id, {})[at] = _number(value(start), 1)
                    levels[id][at] = replace(levels[id].get(at, Level()), start=made.anew[id][at])
        made.levels, made.definitions = levels, definitions
        return made

    def next(self, properties: _Element | None, style: Style, style_id: str) -> str:
        """The number of a paragraph with these properties, such as "1." or "（一）"; empty for none."""
        own = child(properties, "numPr")
        id = value(child(own, "numId")) or style.list_id
        levels = self.levels.get(id)
        if not levels:
            return ""
        at = value(child(own, "ilvl")) or (style.level if not value(child(own, "numId")) else "")
        linked = next((place for place, level in levels.items() if style_id and level.style == style_id), 0)
        place = _number(at, linked)
        level = levels.get(place)
        if level is None:
            return ""
        counts = self._counts.setdefault(self.definitions[id], {})
        for start_at, start in self.anew.pop(id, {}).items():
            counts[start_at] = start - 1
        counts[place] = counts.get(place, level.start - 1) + 1
        for below in [one for one in counts if one > place]:
            after = levels[below].restarts_after if below in levels else None
            if after is None or after > place:
                del counts[below]
        return _shown(level, levels, counts)


def _levels(element: _Element | None) -> dict[int, Level]:
    found = {}
    for one in () if element is None else children(element, "lvl"):
        after = child(one, "lvlRestart")
        found[_number(value(one, "ilvl"), 0)] = Level(
            _number(value(child(one, "start")), 1),
            value(child(one, "numFmt")) or _format_within(one),
            value(child(one, "lvlText")),
            None if after is None else _number(value(after), 0),
            is_on(child(one, "isLgl")),
            value(child(one, "pStyle")),
        )
    return found


def _format_within(level: _Element) -> str:
    """The format of a level that newer Word keeps beside a fallback."""
    return next((value(one) for one in level.iter("{*}numFmt")), "") or "decimal"


def _shown(level: Level, levels: Mapping[int, Level], counts: Mapping[int, int]) -> str:
    if level.format == "none" or level.format == "bullet":
        return ""

    def number(found: re.Match[str]) -> str:
        of = int(found[1]) - 1
        its = levels.get(of, Level())
        return in_format(counts.get(of, its.start), "decimal" if level.plain_digits else its.format)

    return re.sub("%([1-9])", number, level.text)


def _number(text: str, otherwise: int) -> int:
    return int(text) if re.fullmatch("[0-9]{1,6}", text) else otherwise


def in_format(number: int, format: str) -> str:
    """A number in one of Word's formats. Small letters become capitals: they stand before choices."""
    match format:
        case "upperLetter" | "lowerLetter":
            return chr(ord("A") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9) if number > 0 else "0"
        case "upperRoman" | "lowerRoman":
            return _roman(number) if format == "upperRoman" else _roman(number).lower()
        case "decimalZero":
            return f"{number:02}"
        case "decimalFullWidth" | "decimalFullWidth2":
            return str(number).translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
        case "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if 1 <= number <= 20:
            return chr(ord("①") + number - 1)
        case "decimalEnclosedParen":
            return f"({number})"
        case "decimalEnclosedFullstop":
            return f"{number}."
        case "ideographDigital" | "japaneseDigitalTenThousand":
            return "".join(_DIGITS[int(digit)] for digit in str(number))
        case _ if format.startswith(("chinese", "japanese", "taiwanese", "ideograph")) and 0 < number < 100:
            return _chinese(number)
    return str(number)


def _chinese(number: int) -> str:
    """A number below 100 in words: 十二."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    written = ""
    for worth, sign in _ROMAN:
        written += sign * (number // worth)
        number %= worth
    return written
