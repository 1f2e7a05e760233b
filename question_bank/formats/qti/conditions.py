"""The response processing of QTI 1.2, as Canvas, Respondus and others write it.

Where they leave the standard, they are followed: several `varequal` side by side about one single answer are
alternatives; `other` holds wherever it is reached; and a condition that doesn't say whether the next ones are looked
at ends the rules if it sets points, and lets them go on if it adds to them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from lxml.etree import _Element

from question_bank.formats.qti.processing import Marked
from question_bank.formats.qti.values import LARGEST_BITS, MOST_PARTS, Unscorable, number
from question_bank.formats.trees import children, descendants, text_of

RESPONSES = ("response_lid", "response_str", "response_num", "response_grp", "response_xy", "response_extension")


@dataclass(frozen=True)
class OldItem:
    """An item of QTI 1.2."""

    element: _Element

    @cached_property
    def responses(self) -> list[_Element]:
        """What it asks for."""
        return list(descendants(self.element, *RESPONSES))

    @cached_property
    def feedback(self) -> list[_Element]:
        """Its feedback, in its order."""
        return list(descendants(self.element, "itemfeedback"))

    @cached_property
    def rules(self) -> list[_Element]:
        """Its conditions with their consequences."""
        return list(descendants(self.element, "respcondition"))

    @cached_property
    def variable(self) -> _Element | None:
        """The declaration of its points: the first, or that of SCORE."""
        found = list(descendants(self.element, "decvar"))
        return next((one for one in found if one.get("varname", "SCORE") == "SCORE"), found[0] if found else None)

    @cached_property
    def is_too_long(self) -> bool:
        """Whether there is more to go through than any item needs."""
        return len(self.feedback) + sum(1 for rule in self.rules for _ in rule.iter()) > MOST_PARTS

    @cached_property
    def is_scored(self) -> bool:
        """Whether any condition sets points."""
        return any(True for rule in self.rules for _ in children(rule, "setvar"))


def marked(item: OldItem, given: Mapping[str, Sequence[str]], bounded: bool = True) -> Marked:
    """Mark an answer: for each response what was given. Raises Unscorable."""
    known = {one.get("ident", ""): one for one in item.responses}
    if unknown := set(given) - set(known):
        raise Unscorable(f"it asks for no {min(unknown)}")
    if not item.is_scored:
        raise Unscorable("it has no rules; a person marks it")
    if item.is_too_long:
        raise Unscorable(f"its rules have more than {MOST_PARTS} parts")
    return _followed(item, _Answer(known, given), bounded)


def _followed(item: OldItem, answer: "_Answer", bounded: bool) -> Marked:
    declared = item.variable
    name = "SCORE" if declared is None else declared.get("varname", "SCORE")
    lowest, highest = (None if declared is None else declared.get(one) for one in ("minvalue", "maxvalue"))
    start = None if declared is None else declared.get("defaultval")
    score = number(start) if start else Fraction()
    places = {one.get("ident"): at for at, one in enumerate(item.feedback)}
    shown: set[int] = set()
    for rule in item.rules:
        if not all(answer.holds(one) for one in children(rule, "conditionvar")):
            continue
        for change in children(rule, "setvar"):
            if change.get("varname", "SCORE") == name:
                score = _changed(score, change, highest)
        shown.update(places[one.get("linkrefid")] for one in children(rule, "displayfeedback")
                     if one.get("linkrefid") in places)  # fmt: skip
        if _ends(rule):
            break
    if bounded and lowest:
        score = max(score, number(lowest))
    if bounded and highest:
        score = min(score, number(highest))
    return Marked(score, frozenset(shown))


def _changed(score: Fraction, change: _Element, highest: str | None) -> Fraction:
    said = text_of(change).strip()
    # Blackboard's way of saying all of them.
    size = number(highest or "") if said.endswith(".max") else number(said)
    operations: dict[str, Callable[[], Fraction]] = {
        "set": lambda: size,
        "add": lambda: score + size,
        "subtract": lambda: score - size,
        "multiply": lambda: score * size,
        "divide": lambda: score / size if size else score,
    }
    operation = operations.get(change.get("action", "Set").lower())
    if operation is None:
        raise Unscorable(f"it changes points by {change.get('action')}")
    result = operation()
    if max(result.numerator.bit_length(), result.denominator.bit_length()) > LARGEST_BITS:
        raise Unscorable("its numbers grow without end")
    return result


def _ends(rule: _Element) -> bool:
    """Whether the conditions after this one, which holds, are left aside."""
    said = rule.get("continue", "").lower()
    if said:
        return said == "no"
    actions = {one.get("action", "Set").lower() for one in children(rule, "setvar")}
    return actions == {"set"}


class _Answer:
    """What was answered, for conditions to ask."""

    def __init__(self, responses: Mapping[str, _Element], given: Mapping[str, Sequence[str]]) -> None:
        self.responses = responses
        self.given = given

    def holds(self, condition: _Element) -> bool:
        """Whether a condition holds. Raises Unscorable for one that isn't known."""
        parts = list(children(condition))
        match condition.tag:
            case "conditionvar":
                return self._side_by_side(parts)
            case "and":
                return all(map(self.holds, parts))
            case "or":
                return any(map(self.holds, parts))
            case "not":
                return not self._side_by_side(parts)
            case "other":
                return True
            case "unanswered":
                return not self._of(condition)
            case "varequal" | "varsubstring" | "vargt" | "vargte" | "varlt" | "varlte":
                return any(_fits(condition, one) for one in self._of(condition))
        raise Unscorable(f"it uses {condition.tag}")

    def _side_by_side(self, parts: list[_Element]) -> bool:
        """All of them; but of several wordings for one single answer, any."""
        alternatives: dict[str, list[_Element]] = {}
        for part in parts:
            if part.tag == "varequal" and not self._takes_several(part.get("respident", "")):
                alternatives.setdefault(part.get("respident", ""), []).append(part)
            elif not self.holds(part):
                return False
        return all(any(map(self.holds, group)) for group in alternatives.values())

    def _takes_several(self, identifier: str) -> bool:
        response = self.responses.get(identifier)
        return response is not None and response.get("rcardinality", "Single").lower() != "single"

    def _of(self, condition: _Element) -> Sequence[str]:
        identifier = condition.get("respident", "")
        if identifier not in self.responses:
            raise Unscorable(f"it asks about {identifier or 'something'}, which is no response")
        return [one for one in self.given.get(identifier, ()) if one]


def _fits(condition: _Element, given: str) -> bool:
    said = text_of(condition).strip()
    if condition.tag not in ("varequal", "varsubstring"):
        wanted, size = number(said), number(given)
        return {"vargt": size > wanted, "vargte": size >= wanted, "varlt": size < wanted, "varlte": size <= wanted}[
            str(condition.tag)
        ]
    given = given.strip()
    if condition.get("case", "No").lower() != "yes":
        said, given = said.casefold(), given.casefold()
    return said == given if condition.tag == "varequal" else said in given
