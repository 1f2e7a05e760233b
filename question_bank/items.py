"""The four kinds of question as frozen values, how each is marked, and their JSON form.

Objective kinds mark themselves: `item.mark(response, credit_rule)` is an exact share from 0 to 1, never a float: a
candidate may stand a hair's breadth from the pass mark. A short answer is marked by a person; the machine may only
`propose` where an accepted phrase stands.

Answers refer to the ids of choices, never to letters: each candidate sees the choices in another order.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

from question_bank import phrases
from question_bank.responses import (
    LONGEST_TEXT,
    ChoiceResponse,
    Kind,
    Response,
    TextResponse,
    TruthResponse,
    is_blank,
    is_storable,
    parse_response,
    response_data,
)

__all__ = [
    "LONGEST_TEXT",
    "Choice",
    "ChoiceResponse",
    "CreditRule",
    "Finding",
    "Found",
    "Item",
    "KeyPoint",
    "Kind",
    "MultipleChoice",
    "Proposal",
    "Response",
    "ShortAnswer",
    "SingleChoice",
    "TextResponse",
    "TrueFalse",
    "TruthResponse",
    "from_data",
    "is_blank",
    "is_storable",
    "parse_response",
    "response_data",
    "to_data",
]

NOTHING, HALF, EVERYTHING = Fraction(0), Fraction(1, 2), Fraction(1)


class CreditRule(StrEnum):
    """What an incomplete or partly wrong multiple choice is worth. An exam fixes one and tells its candidates."""

    ALL_OR_NOTHING = "all_or_nothing"
    HALF_FOR_INCOMPLETE = "half_for_incomplete"
    PROPORTIONAL = "proportional"
    CORRECT_MINUS_WRONG = "correct_minus_wrong"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the choices of a question. The id is the bank's own and is the same in every version it lives on in."""

    id: str
    text: str
    correct: bool = False


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """Something a short answer should say, what saying it is worth, and phrasings by which it may be recognised."""

    id: str
    text: str
    points: Fraction
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True)
class _ChoiceItem:
    stem: str
    choices: tuple[Choice, ...]
    explanation: str = ""

    def __post_init__(self) -> None:
        _refuse_duplicates([choice.id for choice in self.choices])

    @cached_property
    def keys(self) -> frozenset[str]:
        """The ids of the correct choices."""
        return frozenset(choice.id for choice in self.choices if choice.correct)

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of all choices."""
        return frozenset(choice.id for choice in self.choices)

    def check(self, response: Response | None) -> frozenset[str]:
        """The ids ticked in a response to this item. Refuses other kinds of response and unknown ids: ValueError."""
        if response is not None and not isinstance(response, ChoiceResponse):
            raise ValueError("a choice question is answered by choices")
        chosen = response.choices if response else frozenset()
        if unknown := chosen - self.ids:
            raise ValueError(f"this question has no choice {', '.join(sorted(unknown))}")
        return chosen


@dataclass(frozen=True)
class SingleChoice(_ChoiceItem):
    """One choice is to be ticked. Several may be accepted, once a key has been corrected or by import."""

    kind: ClassVar[Kind] = Kind.SINGLE_CHOICE

    def check(self, response: Response | None) -> frozenset[str]:
        """As for every choice question; refuses two ticks as well."""
        chosen = super().check(response)
        if len(chosen) > 1:
            raise ValueError("a single choice is answered by one choice")
        return chosen

    def mark(self, response: Response | None, credit_rule: CreditRule) -> Fraction:
        """1 for an accepted choice, else 0; the rule for partial credit plays no part."""
        return EVERYTHING if self.check(response) & self.keys else NOTHING


@dataclass(frozen=True)
class MultipleChoice(_ChoiceItem):
    """All correct choices are to be ticked, and no other."""

    kind: ClassVar[Kind] = Kind.MULTIPLE_CHOICE

    def mark(self, response: Response | None, credit_rule: CreditRule) -> Fraction:
        """The share, from 0 to 1, that the rule gives for the ticked choices; 0 for a blank."""
        chosen, keys = self.check(response), self.keys
        if not keys:
            raise ValueError("a question without a key can't be marked")
        right, wrong = len(chosen & keys), len(chosen - keys)
        if chosen == keys:
            return EVERYTHING
        match credit_rule:
            case CreditRule.ALL_OR_NOTHING:
                return NOTHING
            case CreditRule.HALF_FOR_INCOMPLETE:
                return HALF if right and not wrong else NOTHING
            case CreditRule.PROPORTIONAL:
                return NOTHING if wrong else Fraction(right, len(keys))
            case CreditRule.CORRECT_MINUS_WRONG:
                return max(NOTHING, Fraction(right - wrong, len(keys)))


@dataclass(frozen=True)
class TrueFalse:
    """A statement that is true or false."""

    kind: ClassVar[Kind] = Kind.TRUE_FALSE
    stem: str
    correct: bool
    explanation: str = ""

    def check(self, response: Response | None) -> bool | None:
        """The chosen truth; None for a blank. Refuses other kinds of response: ValueError."""
        if response is not None and not isinstance(response, TruthResponse):
            raise ValueError("a statement is answered by true or false")
        return response.truth if response else None

    def mark(self, response: Response | None, credit_rule: CreditRule) -> Fraction:
        """1 when right, 0 when wrong or blank; the rule for partial credit plays no part."""
        return EVERYTHING if self.check(response) is self.correct else NOTHING


class Found(StrEnum):
    """What the machine sees of a key point. Doubtful: the phrase is there, but a negation stands right before it."""

    FOUND = "found"
    DOUBTFUL = "doubtful"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one key point: an accepted phrase, and its place (start, end) in the candidate's own text."""

    key_point: KeyPoint
    found: Found
    phrase: str | None = None
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the machine would point out to a marker; the marker decides."""

    findings: tuple[Finding, ...]

    @property
    def points(self) -> Fraction:
        """The points of the key points that were found, in the item's own points."""
        return sum((one.key_point.points for one in self.findings if one.found is Found.FOUND), NOTHING)


@dataclass(frozen=True)
class ShortAnswer:
    """A question answered in one's own words, marked by a person along its key points."""

    kind: ClassVar[Kind] = Kind.SHORT_ANSWER
    stem: str
    key_points: tuple[KeyPoint, ...]
    reference: str = ""
    explanation: str = ""

    def __post_init__(self) -> None:
        _refuse_duplicates([key_point.id for key_point in self.key_points])

    @property
    def points(self) -> Fraction:
        """The points of all key points. A slot has its own worth: what a marker gives is turned into a share of it."""
        return sum((key_point.points for key_point in self.key_points), NOTHING)

    def check(self, response: Response | None) -> str:
        """The text of a response, empty for a blank. Refuses other kinds of response: ValueError."""
        if response is not None and not isinstance(response, TextResponse):
            raise ValueError("a short answer is answered by text")
        return response.text if response else ""

    def propose(self, text: str) -> Proposal:
        """Say for each key point whether and where the text seems to say it."""
        folded = phrases.fold(text)
        return Proposal(tuple(_finding(key_point, folded) for key_point in self.key_points))

    def award(self, points: Mapping[str, Fraction]) -> Fraction:
        """The share, from 0 to 1, for the points given per key point id; a key point left out gets nothing.

        Each is from 0 to the key point's own points, in steps of a half. Refuses anything else with ValueError.
        """
        worth = {key_point.id: key_point.points for key_point in self.key_points}
        for key_point_id, given in points.items():
            most = worth.get(key_point_id)
            if most is None or not 0 <= given <= most or not (given == most or (2 * given).denominator == 1):
                raise ValueError(f"key point {key_point_id} can't be given {given}")
        if self.points <= 0:
            raise ValueError("a short answer without points can't be marked")
        return Fraction(sum(points.values(), NOTHING)) / self.points


ObjectiveItem = SingleChoice | MultipleChoice | TrueFalse
Item = ObjectiveItem | ShortAnswer


def to_data(item: Item) -> dict[str, Any]:
    """The JSON form in which the bank keeps an item; `from_data` gives back an equal one."""
    data: dict[str, Any] = {"kind": item.kind.value, "stem": item.stem, "explanation": item.explanation}
    match item:
        case SingleChoice() | MultipleChoice():
            data["choices"] = [{"id": one.id, "text": one.text, "correct": one.correct} for one in item.choices]
        case TrueFalse():
            data["correct"] = item.correct
        case ShortAnswer():
            data["reference"] = item.reference
            data["key_points"] = [
                {"id": one.id, "text": one.text, "points": str(one.points), "accepted": list(one.accepted)}
                for one in item.key_points
            ]
    return data


def from_data(data: Mapping[str, Any]) -> Item:
    """Read the JSON form back. Refuses what `to_data` can't have written with ValueError."""
    try:
        kind, stem, explanation = Kind(data["kind"]), _text(data["stem"]), _text(data["explanation"])
        match kind:
            case Kind.SINGLE_CHOICE:
                return SingleChoice(stem, _choices(data["choices"]), explanation)
            case Kind.MULTIPLE_CHOICE:
                return MultipleChoice(stem, _choices(data["choices"]), explanation)
            case Kind.TRUE_FALSE:
                return TrueFalse(stem, _truth(data["correct"]), explanation)
            case Kind.SHORT_ANSWER:
                return ShortAnswer(stem, _key_points(data["key_points"]), _text(data["reference"]), explanation)
    except (KeyError, TypeError, ZeroDivisionError) as error:
        raise ValueError(f"this is not a question: {error!r}") from error


def _choices(data: Sequence[Mapping[str, Any]]) -> tuple[Choice, ...]:
    return tuple(Choice(_text(one["id"]), _text(one["text"]), _truth(one["correct"])) for one in data)


def _key_points(data: Sequence[Mapping[str, Any]]) -> tuple[KeyPoint, ...]:
    return tuple(
        KeyPoint(_text(one["id"]), _text(one["text"]), _points(one["points"]), tuple(map(_text, one["accepted"])))
        for one in data
    )


def _finding(key_point: KeyPoint, folded: phrases.Folded) -> Finding:
    match = phrases.find(folded, key_point.accepted)
    if match is None:
        return Finding(key_point, Found.MISSING)
    found = Found.DOUBTFUL if match.doubtful else Found.FOUND
    return Finding(key_point, found, match.phrase, (match.start, match.end))


def _text(value: object) -> str:
    if not isinstance(value, str) or not is_storable(value):
        raise TypeError(f"{value!r} is no text")
    return value


def _points(value: object) -> Fraction:
    text = _text(value)
    if not re.fullmatch(r"-?[0-9]{1,18}(/[0-9]{1,18})?", text):  # Fraction itself would read "1e999999999", for hours
        raise ValueError(f"{text!r} is no number of points")
    return Fraction(text)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def _refuse_duplicates(ids: Sequence[str]) -> None:
    if len(set(ids)) != len(ids):
        raise ValueError("an id is used twice in one question")
