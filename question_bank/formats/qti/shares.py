"""What each choice is worth, found by marking answers with the item's own rules, and which feedback belongs to it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction

from lxml.etree import _Element

from question_bank.formats.codes import ReadCode
from question_bank.formats.qti.processing import Marked
from question_bank.formats.qti.values import Unscorable
from question_bank.formats.reading import EVERYTHING, NOTHING, Noted, Unreadable
from question_bank.formats.trees import child, children, descendants, text_of

Mark = Callable[[Sequence[str], bool], Marked]
"""Marks an answer to the item's one response, within the bounds of its points or without. Raises Unscorable."""
MOST_WORDINGS = 500
MOST_LISTS = 50
"""Of right answers, in an item's rules."""
OTHER = "\x01no such answer"
"""An answer that no item can expect."""


def names_of(choices: Sequence[_Element], attribute: str) -> list[str]:
    """The names of choices. Raises Unreadable if there are too few or too many, or two are called alike."""
    names = [one.get(attribute, "").strip() for one in choices]
    if len(names) < 2:
        raise Unreadable(ReadCode.TOO_FEW_CHOICES)
    if len(names) > 26:
        raise Unreadable(ReadCode.TOO_MANY_CHOICES)
    if len({*names}) < len(names):
        raise Unreadable(ReadCode.BAD_KEY, "several choices by one name")
    return names


def refuse_many(wordings: Sequence[object]) -> None:
    """Refuse a gap that accepts more than anybody looks through: each wording is marked by all the rules."""
    if len(wordings) > MOST_WORDINGS:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, f"a gap with more than {MOST_WORDINGS} accepted answers")


@dataclass(frozen=True)
class Key:
    """The right choices and the share of each, by the item's own names for them."""

    correct: frozenset[str]
    shares: Mapping[str, Fraction]
    noted: Noted = field(default_factory=list)


def single_key(names: Sequence[str], declared: Sequence[str], mark: Mark) -> Key:
    """The key of a question with one answer: every choice's points as a share of the best one's."""
    try:
        worth = {name: mark([name], False).score for name in names}
        best = max((mark([name], True).score for name in names), default=NOTHING)
    except Unscorable as error:
        return _declared_key(names, declared, 1, error)
    if best <= 0:
        return _declared_key(names, declared, 1, Unscorable("it gives none"))
    shares, noted = _clipped({name: one / best for name, one in worth.items()})
    correct = frozenset(name for name, share in shares.items() if share == EVERYTHING)
    if declared and not correct & set(declared):
        noted.append((ReadCode.KEYS_DIFFER, "what is declared as right, and what gets the points"))
    if len(correct) > 1:
        noted.append((ReadCode.SEVERAL_KEYS, "its own rule for points"))
    return Key(correct, shares, noted)


def asked_for(item: _Element, names: Sequence[str]) -> list[list[str]]:
    """The answers that an item's rules ask for: each list of values, and all those that have to be among the given."""
    lists = [{_value(one) for one in children(several, "baseValue")} for several in descendants(item, "multiple")]
    members = {
        _value(child(one, "baseValue")) for one in descendants(item, "member")
        if not any(above.tag == "not" for above in one.iterancestors())
    }  # fmt: skip
    found = ([name for name in names if name in wanted] for wanted in (*lists[:MOST_LISTS], members))
    return [one for one in found if one]


def _value(element: _Element | None) -> str:
    return text_of(element).strip()


def multiple_key(
    names: Sequence[str], declared: Sequence[str], candidates: Sequence[Sequence[str]], most: int, mark: Mark
) -> Key:
    """The key of a question with several answers.

    Where each choice has points of its own they are its share; where only all together have, each has an equal one.
    `candidates` are answers that may be the best besides the declared one; `most` choices may be ticked, 0 for any.
    """
    try:
        nothing = mark([], False).score
        worth = {name: mark([name], False).score - nothing for name in names}
        adding = sorted((name for name in names if worth[name] > 0), key=lambda name: -worth[name])
        tried = [declared] if declared else [*candidates, adding[: most or None]]
        marked = [(mark(one, True).score, tuple(one)) for one in tried]
        best, key = max(marked, key=lambda pair: pair[0])
        ways = {frozenset(one) for score, one in marked if score == best}
    except Unscorable as error:
        return _declared_key(names, declared, len(declared), error)
    correct = frozenset(declared) & set(names) or frozenset(key if len(key) > len(adding) else adding)
    if best <= 0 or not correct:
        return _declared_key(names, declared, len(declared), Unscorable("it gives none"))
    if not any(worth[name] > 0 for name in correct):
        said: Noted = [(ReadCode.NOT_KEPT, f"{len(ways) - 1} more ways to be right")] if len(ways) > 1 else []
        return Key(correct, {name: Fraction(int(name in correct), len(correct)) for name in names}, said)
    if max(worth.values()) > best:
        # Respondus has what each adds in per cent, and the most in points.
        best, key = sum((worth[name] for name in adding), NOTHING), tuple(adding)
    shares, noted = _clipped({name: one / best for name, one in worth.items()})
    if sum((worth[name] for name in key if name in worth), NOTHING) < best:
        noted.append((ReadCode.NOT_KEPT, "points for the right choices together, beyond those of each"))
    return Key(correct, shares, noted)


def _declared_key(names: Sequence[str], declared: Sequence[str], parts: int, error: Unscorable) -> Key:
    """The key as it is declared, of an item whose points can't be reckoned."""
    correct = frozenset(declared) & set(names)
    if not correct:
        return Key(correct, dict.fromkeys(names, NOTHING), [(ReadCode.NO_KEY, "")])
    noted: Noted = [] if "no rules" in str(error) else [(ReadCode.NOT_KEPT, f"its own rule for points: {error}")]
    return Key(correct, {name: Fraction(int(name in correct), parts) for name in names}, noted)


def _clipped(shares: Mapping[str, Fraction]) -> tuple[dict[str, Fraction], Noted]:
    clipped = {name: max(-EVERYTHING, min(EVERYTHING, share)) for name, share in shares.items()}
    lost = any(shares[name] != share for name, share in clipped.items())
    return clipped, [(ReadCode.NOT_KEPT, "a share of more than the whole question")] if lost else []


@dataclass(frozen=True)
class Feedback:
    """Which feedback belongs to which choice, to every answer, and to something else, by its place in the item."""

    always: tuple[int, ...] = ()
    of_choice: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    elsewhere: tuple[int, ...] = ()


def feedback(count: int, names: Sequence[str], key: frozenset[str], several: bool, mark: Mark) -> Feedback:
    """Sort an item's feedback by marking answers and seeing what is shown. Raises Unscorable."""
    alone = {name: mark([name], True).shown for name in names}
    tried = dict(alone)
    tried["\x02"] = mark([], True).shown
    if several:
        tried["\x03"] = mark(sorted(key), True).shown
    always = [number for number in range(count) if all(number in one for one in tried.values())]
    if not several:
        # Nothing ticked may show less: what every choice shows is said to everybody who answers.
        always = [number for number in range(count) if alone and all(number in one for one in alone.values())]
    of_choice: dict[str, tuple[int, ...]] = {}
    for name in names:
        own = [number for number in sorted(alone[name]) if number not in always]
        if several:
            own = [number for number in own if _is_of(number, name, alone, tried, name in key)]
        of_choice[name] = tuple(own)
    placed = {*always, *(number for one in of_choice.values() for number in one)}
    return Feedback(tuple(always), of_choice, tuple(number for number in range(count) if number not in placed))


def _is_of(number: int, name: str, alone: Mapping[str, frozenset[int]], tried: Mapping[str, frozenset[int]],
           is_right: bool) -> bool:  # fmt: skip
    """Whether a feedback is shown for this choice and no other one, with others ticked or not."""
    others = [shown for other, shown in alone.items() if other != name]
    if number in tried["\x02"] or any(number in shown for shown in others):
        return False
    return (number in tried["\x03"]) == is_right


def wordings_worth(wordings: Sequence[str], mark: Mark) -> tuple[dict[str, Fraction], Fraction, Noted]:
    """Every wording's share of the best one's points, and that of anything else. Raises Unscorable."""
    worth = {one: mark([one], False).score for one in wordings}
    best = max((mark([one], True).score for one in wordings), default=NOTHING)
    if best <= 0:
        return dict.fromkeys(wordings, NOTHING), NOTHING, [(ReadCode.NO_KEY, "")]
    shares, noted = _clipped({one: size / best for one, size in worth.items()})
    otherwise = NOTHING
    with suppress(Unscorable):
        otherwise = mark([OTHER], True).score / best
    return shares, otherwise, noted
