"""QTI's response processing, followed to the letter: what an answer to an item of 2.x or 3.0 comes to."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from lxml.etree import _Element

from question_bank.formats.qti.declarations import Declared, Response
from question_bank.formats.qti.expressions import evaluated, same
from question_bank.formats.qti.values import MOST_PARTS, NULL, Unscorable, Value, the_number
from question_bank.formats.trees import child, children

SCORE = "SCORE"
_BUILT_IN = frozenset(["completionStatus", "completion_status"])


class _Over(Exception):
    """The rules end here."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What an answer comes to: its raw points, and which of the item's feedback is shown, by its place among all."""

    score: Fraction
    shown: frozenset[int]


def marked(item: Declared, given: Mapping[str, Sequence[str]], bounded: bool = True) -> Marked:
    """Mark an answer: for each response what was given. Raises Unscorable.

    Without bounds a mapping gives what each choice is worth, even where the item never goes below or above something.
    """
    run = _Run(item, given, bounded)
    with suppress(_Over):
        run.follow()
    score = run.outcomes.get(SCORE, NULL)
    if score.is_null:
        raise Unscorable("it sets no SCORE")
    return Marked(the_number(score), shown(item, run.outcomes))


def shown_without_rules(item: Declared) -> frozenset[int]:
    """Which feedback is shown whatever is answered, of an item that has no rules."""
    return shown(item, {one.identifier: one.default for one in item.outcomes.values()})


def shown(item: Declared, outcomes: Mapping[str, Value]) -> frozenset[int]:
    """Which feedback these outcomes show."""
    found = set()
    for number, element in enumerate(item.feedback):
        value = outcomes.get(element.get("outcomeIdentifier", ""), NULL)
        if (element.get("identifier") in value.items) == (element.get("showHide", "show") == "show"):
            found.add(number)
    return frozenset(found)


class _Run:
    """One going through the rules."""

    def __init__(self, item: Declared, given: Mapping[str, Sequence[str]], bounded: bool) -> None:
        self.item = item
        self.bounded = bounded
        if unknown := set(given) - set(item.responses):
            raise Unscorable(f"it asks for no {min(unknown)}")
        self.given = {name: one.value(tuple(given.get(name, ()))) for name, one in item.responses.items()}
        self.outcomes = {one.identifier: one.default for one in item.outcomes.values()}

    # What expressions ask for.

    def variable(self, identifier: str) -> Value:
        if identifier in self.given:
            return self.given[identifier]
        if identifier in self.outcomes:
            return self.outcomes[identifier]
        if identifier == "numAttempts":
            return Value("integer", (Fraction(1),))
        raise Unscorable(f"it uses {identifier or 'something without a name'}, which isn't declared here")

    def default(self, identifier: str) -> Value:
        outcome = self.item.outcomes.get(identifier)
        return outcome.default if outcome else NULL

    def correct(self, identifier: str) -> Value:
        return self._response(identifier).key

    def mapped(self, identifier: str) -> Value:
        response = self._response(identifier)
        return Value("float", (response.worth(self.variable(identifier), self.item.default_case, self.bounded),))

    def _response(self, identifier: str) -> Response:
        if identifier not in self.item.responses:
            raise Unscorable(f"it uses {identifier or 'a response without a name'}, which isn't declared")
        return self.item.responses[identifier]

    # Rules.

    def follow(self) -> None:
        """Go through the item's rules, or those of the template that it names."""
        if child(self.item.element, "templateProcessing") is not None:
            raise Unscorable("its numbers are drawn afresh for everybody")
        rules = child(self.item.element, "responseProcessing")
        if rules is None:
            raise Unscorable("it has no rules; a person marks it")
        if self.item.is_too_long:
            raise Unscorable(f"its rules have more than {MOST_PARTS} parts")
        if len(rules):
            self._rules(list(children(rules)))
        else:
            self._template(rules.get("template", "") or rules.get("templateLocation", ""))

    def _template(self, address: str) -> None:
        name = address.rstrip("/").rpartition("/")[2].removesuffix(".xml")
        response = "RESPONSE"
        if response not in self.item.responses and len(self.item.responses) == 1:
            # Some tools give their one response another name, and name the template all the same.
            (response,) = self.item.responses
        if name in ("match_correct", "CC2_match", "CC2_match_basic"):
            is_right = same(self.variable(response), self.correct(response)).is_true
            points = Value("float", (Fraction(int(is_right)),))
            if name == "CC2_match_basic":
                points = self.outcomes.get("MAXSCORE", points) if is_right else points
                self.outcomes["FEEDBACKBASIC"] = Value("identifier", ("correct" if is_right else "incorrect",))
            self.outcomes[SCORE] = points
        elif name in ("map_response", "CC2_map_response"):
            nothing = self.variable(response).is_null
            self.outcomes[SCORE] = Value("float", (Fraction(),)) if nothing else self.mapped(response)
        else:
            raise Unscorable(f"it goes by the template {name or 'that it doesn’t name'}")

    def _rules(self, rules: Sequence[_Element]) -> None:
        for rule in rules:
            match rule.tag:
                case "setOutcomeValue":
                    self._set(rule)
                case "responseCondition":
                    self._condition(rule)
                case "responseProcessingFragment":
                    self._rules(list(children(rule)))
                case "exitResponse":
                    raise _Over
                case _:
                    raise Unscorable(f"it uses {rule.tag}")

    def _set(self, rule: _Element) -> None:
        identifier, parts = rule.get("identifier", ""), list(children(rule))
        if identifier not in self.outcomes and identifier not in _BUILT_IN:
            raise Unscorable(f"it sets {identifier or 'something'}, which isn't declared")
        if len(parts) != 1:
            raise Unscorable(f"{rule.tag} has {len(parts)} parts instead of one")
        self.outcomes[identifier] = evaluated(parts[0], self)

    def _condition(self, condition: _Element) -> None:
        for branch in children(condition):
            parts = list(children(branch))
            if branch.tag == "responseElse":
                self._rules(parts)
                return
            if not parts:
                raise Unscorable(f"{branch.tag} has no condition")
            if evaluated(parts[0], self).is_true:
                self._rules(parts[1:])
                return
