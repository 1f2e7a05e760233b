"""The values that QTI reckons with: numbers are exact, and NULL is a value without anything in it."""

import re
from dataclasses import dataclass
from fractions import Fraction

Item = str | bool | Fraction
_NUMBER = re.compile(r"\s*([+-]?)([0-9]{0,15})(?:\.([0-9]{0,15}))?(?:[eE]([+-]?[0-9]{1,2}))?\s*")
LARGEST_BITS = 400
"""Of a numerator or denominator: a file that multiplies on and on is refused, not followed."""
MOST_POINTS = 100_000
NUMERIC = ("integer", "float")
MOST_PARTS = 2000
"""Elements that the rules of one item may have: an item is marked dozens of times to find what each choice is worth."""


class Unscorable(Exception):
    """The rules of an item can't be followed; its text says why, in words for a person."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value, or several that are "multiple" or "ordered". `base` is their type, such as "identifier"."""

    base: str
    items: tuple[Item, ...]
    cardinality: str = "single"

    @property
    def is_null(self) -> bool:
        return not self.items

    @property
    def is_true(self) -> bool:
        """Whether a condition holds: NULL doesn't."""
        return self.items == (True,) and self.base == "boolean"


NULL = Value("", ())


def number(text: str) -> Fraction:
    """A number as a file has it. Raises Unscorable for anything else."""
    found = _NUMBER.fullmatch(text)
    if not found or not (found[2] or found[3]):
        raise Unscorable(f"“{text[:40]}” is no number")
    sign, whole, part, exponent = found.groups()
    tens: int = 10 ** len(part or "")
    size = Fraction(int((whole or "0") + (part or "")), tens)
    power = int(exponent or 0)
    tens = 10 ** abs(power)
    size = size * tens if power >= 0 else size / tens
    return -size if sign == "-" else size


def as_points(size: Fraction | None) -> Fraction | None:
    """A number as a question's points; None for one that can't be meant as such."""
    return size if size is not None and 0 < size <= MOST_POINTS else None


def truth(value: bool) -> Value:
    """A condition's result."""
    return Value("boolean", (value,))


def reckoned(size: Fraction, base: str = "float") -> Value:
    """The result of a sum. Raises Unscorable where it has grown out of hand."""
    if max(size.numerator.bit_length(), size.denominator.bit_length()) > LARGEST_BITS:
        raise Unscorable("its numbers grow without end")
    return Value(base, (size,))


def parsed(base: str, text: str) -> Item:
    """A value's text as what it means. Raises Unscorable."""
    match base:
        case "integer" | "float":
            return number(text)
        case "boolean":
            if text.strip() not in ("true", "false", "1", "0"):
                raise Unscorable(f"“{text[:40]}” is neither true nor false")
            return text.strip() in ("true", "1")
        case "string":
            return text
        case "pair":
            return " ".join(sorted(text.split()))
        case "directedPair" | "point":
            return " ".join(text.split())
    return text.strip()


def the_number(value: Value) -> Fraction:
    """The one number of a value. Raises Unscorable if it is something else."""
    if value.base not in NUMERIC or len(value.items) != 1:
        raise Unscorable("it reckons with something that is no number")
    size = value.items[0]
    assert isinstance(size, Fraction)
    return size
