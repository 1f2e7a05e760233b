"""What an item of QTI 2.x or 3.0 declares: its responses with their key and points, and its outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from lxml.etree import _Element

from question_bank.formats.qti.values import MOST_PARTS, NULL, NUMERIC, Item, Unscorable, Value, number, parsed
from question_bank.formats.trees import child, children, descendants, text_of

TOOL = "Jieye"
"""How our own files name who wrote them."""


@dataclass(frozen=True, slots=True)
class MapEntry:
    """What one answer is worth. `case_sensitive` is None where the file doesn't say."""

    key: str
    worth: Fraction
    case_sensitive: bool | None


@dataclass(frozen=True, slots=True)
class Points:
    """A mapping of answers to points."""

    entries: tuple[MapEntry, ...]
    otherwise: Fraction
    lower: Fraction | None
    upper: Fraction | None


@dataclass(frozen=True, slots=True)
class Response:
    """What is asked for."""

    identifier: str
    cardinality: str
    base: str
    correct: tuple[str, ...]
    points: Points | None

    @property
    def key(self) -> Value:
        """The declared right answer. Raises Unscorable."""
        return self.value(self.correct)

    def value(self, given: tuple[str, ...]) -> Value:
        """An answer in its type. Raises Unscorable."""
        if self.cardinality not in ("single", "multiple", "ordered"):
            raise Unscorable(f"responses of cardinality {self.cardinality} are not followed")
        if self.cardinality == "single" and len(given) > 1:
            raise Unscorable("it takes one answer, and there are several")
        items = tuple(parsed(self.base, one) for one in given if one)
        return Value(self.base, items, self.cardinality) if items else NULL

    def worth(self, value: Value, default_case: bool, bounded: bool) -> Fraction:
        """What an answer is worth by the mapping, within its bounds or without them. Raises Unscorable."""
        points = self.points
        if points is None:
            raise Unscorable(f"{self.identifier} has no mapping")
        if value.is_null:
            total = points.otherwise
        elif value.cardinality == "single":
            total = self._worth_of(value.items[0], points, default_case)
        else:
            # What stands twice counts once.
            total = sum((self._worth_of(one, points, default_case) for one in dict.fromkeys(value.items)), Fraction())
        if bounded and points.lower is not None:
            total = max(total, points.lower)
        if bounded and points.upper is not None:
            total = min(total, points.upper)
        return total

    def _worth_of(self, item: Item, points: Points, default_case: bool) -> Fraction:
        for entry in points.entries:
            sensitive = default_case if entry.case_sensitive is None else entry.case_sensitive
            key = parsed(self.base, entry.key)
            if key == item:
                return entry.worth
            if self.base == "string" and not sensitive and str(key).casefold() == str(item).casefold():
                return entry.worth
        return points.otherwise


@dataclass(frozen=True, slots=True)
class Outcome:
    """A variable that the rules set."""

    identifier: str
    cardinality: str
    base: str
    default: Value
    maximum: Fraction | None


@dataclass(frozen=True)
class Declared:
    """An item with what it declares. Raises Unscorable when made of one whose numbers are none."""

    element: _Element
    version: int
    responses: Mapping[str, Response]
    outcomes: Mapping[str, Outcome]

    @cached_property
    def feedback(self) -> Sequence[_Element]:
        """Its feedback: in its text, in its choices, and after it."""
        return list(descendants(self.element, "feedbackInline", "feedbackBlock", "modalFeedback"))

    @cached_property
    def is_too_long(self) -> bool:
        """Whether there is more to go through than any item needs."""
        rules = child(self.element, "responseProcessing")
        return len(self.feedback) + (0 if rules is None else sum(1 for _ in rules.iter())) > MOST_PARTS

    @property
    def is_ours(self) -> bool:
        return self.element.get("toolName") == TOOL

    @property
    def default_case(self) -> bool:
        """Whether capitals matter where a mapping doesn't say: by 2.x they do, by the schema of 3.0 they don't."""
        return self.version < 3


def declared(element: _Element, version: int) -> Declared:
    """The declarations of an item. Raises Unscorable."""
    responses = (_response(one) for one in children(element, "responseDeclaration"))
    outcomes = (_outcome(one) for one in children(element, "outcomeDeclaration"))
    return Declared(
        element,
        version,
        {one.identifier: one for one in responses},
        {one.identifier: one for one in outcomes},
    )


def _response(element: _Element) -> Response:
    correct = child(element, "correctResponse")
    mapping = child(element, "mapping")
    base = element.get("baseType", "identifier")
    return Response(
        element.get("identifier", ""),
        element.get("cardinality", "single"),
        base,
        _values(correct, base),
        None if mapping is None else _points(mapping),
    )


def _values(element: _Element | None, base: str) -> tuple[str, ...]:
    texts = [text_of(one) for one in children(element, "value")] if element is not None else []
    # A string keeps its spaces, but not those of a file that was laid out in lines.
    return tuple(one if base == "string" and one[:1] not in ("\n", "\r") else one.strip() for one in texts)


def _points(mapping: _Element) -> Points:
    entries = (
        MapEntry(one.get("mapKey", ""), number(one.get("mappedValue", "")), _flag(one.get("caseSensitive")))
        for one in children(mapping, "mapEntry")
    )
    return Points(
        tuple(entries),
        number(mapping.get("defaultValue", "0")),
        _maybe(mapping.get("lowerBound")),
        _maybe(mapping.get("upperBound")),
    )


def _outcome(element: _Element) -> Outcome:
    base, cardinality = element.get("baseType", ""), element.get("cardinality", "single")
    items = tuple(parsed(base, one) for one in _values(child(element, "defaultValue"), base))
    if not items and base in NUMERIC and cardinality == "single":
        items = (Fraction(),)
    default = Value(base, items, cardinality) if items else NULL
    return Outcome(element.get("identifier", ""), cardinality, base, default, _maybe(element.get("normalMaximum")))


def _maybe(text: str | None) -> Fraction | None:
    return None if text is None else number(text)


def _flag(text: str | None) -> bool | None:
    return None if text is None else text.strip() in ("true", "1")
