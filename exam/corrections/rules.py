"""What a correction does, before it does it: which marks move, and who passes or fails by that.

Pure and exact. The preview and the act take the same road (`effect`), so what is shown is what happens.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from exam.marking.rules import points_of
from exam.results.rules import Outcome, outcome, percent
from question_bank.items import CreditRule, Item, ShortAnswer, is_blank, parse_response

LONGEST_REASON = 500
"""Characters of the reason; candidates read it."""
NOTHING = Fraction()


class Policy(StrEnum):
    """Whom a correction helps or hurts."""

    ONLY_UP = "only_up"
    """Whoever gains by the new key gains; nobody loses a point."""
    ALL = "all"
    """The new key for everybody."""
    FULL_MARKS = "full_marks"
    """The question's whole worth to everybody, answered or not."""
    TAKE_OUT = "take_out"
    """The question counts for nobody; the score is the share of the rest."""
    RESTORE = "restore"
    """What an earlier correction changed is as it was before it."""


WITH_KEY = frozenset({Policy.ONLY_UP, Policy.ALL})
"""Policies that mark by a mended key."""
STANDING = frozenset({Policy.FULL_MARKS, Policy.TAKE_OUT})
"""Policies that hold as well for whoever hands in later."""


class State(StrEnum):
    """Where a correction stands."""

    DRAFT = "draft"
    """Somebody looks at what it would do."""
    PROPOSED = "proposed"
    """A second person is to look through it."""
    APPLIED = "applied"
    REFUSED = "refused"
    """By the second person."""
    DROPPED = "dropped"
    """By whoever began it."""


OPEN = frozenset({State.DRAFT, State.PROPOSED})


class Opinion(NamedTuple):
    """What a marker gave by key point, in the points of the item it was given against."""

    given: Mapping[str, Fraction]
    item: ShortAnswer


class Standing(NamedTuple):
    """What a question counts for in an attempt: `points` of its worth, or nothing either way when it is `out`.

    `given`: whatever was answered, so that it says nothing about what the candidate could do.
    """

    points: Fraction
    out: bool = False
    given: bool = False


@dataclass(frozen=True)
class Sat:
    """One attempt that has the question, as it stands.

    `now` is None while a person has still to mark the answer. `earned` and `possible` are the sums of the current
    result, None without one. `opinions` are those that made the mark of a short answer. `touched`: a correction that is
    to be taken back gave the mark that counts; it replaced `before`, None where a person had still to mark.
    """

    attempt_id: int
    position: int
    worth: Fraction
    credit_rule: CreditRule
    answer: Mapping[str, Any] | None
    now: Standing | None
    earned: Fraction | None
    possible: Fraction | None
    pass_percent: int
    distinction_percent: int
    released: bool = False
    opinions: Sequence[Opinion] = ()
    touched: bool = False
    before: Standing | None = None

    @cached_property
    def outcome(self) -> Outcome | None:
        """Of the whole attempt as it stands; None without a result."""
        return None if self.earned is None or not self.possible else outcome(self.earned, self.possible, self)

    @cached_property
    def percent(self) -> Fraction | None:
        """The score as it stands, exactly."""
        return None if self.earned is None or not self.possible else percent(self.earned, self.possible)


@dataclass(frozen=True)
class Move:
    """What a correction does to one attempt. `then` is None where a person has to mark the answer anew."""

    sat: Sat
    then: Standing | None

    @cached_property
    def earned(self) -> Fraction | None:
        """The points of the whole attempt afterwards; None without a result, and while the answer waits for marking."""
        if self.sat.earned is None or self.sat.now is None or self.then is None:
            return None
        return self.sat.earned - self.sat.now.points + self.then.points

    @cached_property
    def possible(self) -> Fraction | None:
        """The points that count afterwards."""
        if self.sat.possible is None or self.sat.now is None or self.then is None:
            return None
        return self.sat.possible + self.sat.worth * (self.sat.now.out - self.then.out)

    @cached_property
    def outcome(self) -> Outcome | None:
        """Of the whole attempt afterwards; as it was where the answer waits for marking."""
        earned, possible = self.earned, self.possible
        if earned is None or not possible:
            return self.sat.outcome
        return outcome(earned, possible, self.sat)

    @cached_property
    def percent(self) -> Fraction | None:
        """The score afterwards, exactly; as it was where the answer waits for marking."""
        earned, possible = self.earned, self.possible
        return self.sat.percent if earned is None or not possible else percent(earned, possible)

    @property
    def counts(self) -> bool:
        """Whether anything that is added up changes; else only what the points stand for does."""
        now, then = self.sat.now, self.then
        return now is None or then is None or (now.points, now.out) != (then.points, then.out)

    @property
    def flips(self) -> bool:
        """Whether the outcome changes."""
        return self.outcome is not self.sat.outcome


class NothingLeft(ValueError):
    """Taking the question out would leave an attempt without any question that counts."""


def standing(sat: Sat, item: Item | None, policy: Policy) -> Standing | None:
    """What the question counts for under a policy, by the mended item where the policy marks by one.

    None: a person has to mark the answer, now as before or anew. An unmarked answer is left to its marker, who sees
    the mended key points; only the policies that ask for no judgement reach it.
    """
    match policy:
        case Policy.FULL_MARKS:
            return Standing(sat.worth, given=True)
        case Policy.TAKE_OUT:
            return Standing(NOTHING, out=True)
        case Policy.RESTORE:
            return sat.before if sat.touched else sat.now
    if sat.now is None or item is None:
        return sat.now
    points = _by_key(sat, item)
    if points is None:
        return None
    if policy is Policy.ONLY_UP:
        return sat.now if sat.now.out or sat.now.points >= points else Standing(points)
    return Standing(points)


def effect(sats: Iterable[Sat], item: Item | None, policy: Policy) -> list[Move]:
    """The attempts that a correction moves, in the order of their ids: everything else stays as it is.

    Refuses with NothingLeft what would leave an attempt nothing to count.
    """
    moves = []
    for sat in sorted(sats, key=lambda sat: sat.attempt_id):
        then = standing(sat, item, policy)
        if then == sat.now:
            continue
        move = Move(sat, then)
        if move.possible == 0:
            raise NothingLeft(f"attempt {sat.attempt_id} has no other question")
        moves.append(move)
    return moves


def adds_key_points(old: Item, new: Item | None) -> bool:
    """Whether a mended rubric asks for something no marker has looked for: their answers have to be marked anew."""
    if not (isinstance(old, ShortAnswer) and isinstance(new, ShortAnswer)):
        return False
    return bool({one.id for one in new.key_points} - {one.id for one in old.key_points})


def policies(mended: Item | None, *, marked_anew: bool) -> tuple[Policy, ...]:
    """What can be chosen: with a mended key all, but not ONLY_UP where persons mark anew and may give less."""
    with_key: tuple[Policy, ...] = ()
    if mended is not None:
        with_key = (Policy.ALL,) if marked_anew else (Policy.ONLY_UP, Policy.ALL)
    return (*with_key, Policy.FULL_MARKS, Policy.TAKE_OUT)


def _by_key(sat: Sat, item: Item) -> Fraction | None:
    """The points by the mended item; None where a key point is new."""
    if not isinstance(item, ShortAnswer):
        return points_of(item.mark(parse_response(item.kind, sat.answer), sat.credit_rule), sat.worth)
    if is_blank(parse_response(item.kind, sat.answer)):
        return NOTHING
    if not sat.opinions:
        return sat.now.points if sat.now else None
    shares = [_reshared(opinion, item) for opinion in sat.opinions]
    known = [share for share in shares if share is not None]
    # Two markers within tolerance: the mean, as marking itself counts them.
    return None if len(known) < len(shares) else points_of(sum(known, NOTHING) / len(known), sat.worth)


def _reshared(opinion: Opinion, item: ShortAnswer) -> Fraction | None:
    """The share that the same judgement is worth by mended key points: each keeps the part that was given of it."""
    worth = {one.id: one.points for one in opinion.item.key_points}
    if any(one.id not in worth for one in item.key_points):
        return None
    parts = [one.points * opinion.given.get(one.id, NOTHING) / worth[one.id] for one in item.key_points]
    return Fraction(sum(parts, NOTHING)) / item.points


class Progress(NamedTuple):
    """How many of the attempts that a correction moves have been gone through."""

    done: int
    of: int


# What it amounts to


@dataclass(frozen=True, slots=True)
class Figures:
    """What a correction amounts to, in people. Shares are of the question's worth, from 0 to 1."""

    sat: int
    """Attempts that have the question."""
    moved: int
    """Whose points for it change."""
    anew: int
    """Whose answers a person has to mark anew."""
    rise: int
    fall: int
    """Whose whole score rises or falls."""
    to_pass: int
    to_fail: int
    gain_distinction: int
    lose_distinction: int
    share_before: Fraction | None
    share_after: Fraction | None
    """The mean share of the question; None without a mark that counts."""
    score_before: Fraction | None
    score_after: Fraction | None
    """The mean score in per cent of those who have a result."""
    passed_before: int
    passed_after: int
    """How many of them pass, with distinction or without."""


def figures(sats: Collection[Sat], moves: Sequence[Move]) -> Figures:
    """Count what `effect` found."""
    moved = {move.sat.attempt_id: move.then for move in moves}
    unmoved = [sat for sat in sats if sat.attempt_id not in moved]
    outcomes = [(move.sat.outcome, move.outcome) for move in moves if move.sat.outcome and move.outcome]
    scores = [(move.sat.percent, move.percent) for move in moves]
    both = [(before, after) for before, after in scores if before is not None and after is not None]
    stays = [sat.percent for sat in unmoved if sat.percent is not None]
    passed = sum(sat.outcome in PASSED for sat in unmoved)
    return Figures(
        sat=len(sats),
        moved=sum(move.counts for move in moves),
        anew=sum(move.then is None for move in moves),
        rise=sum(after > before for before, after in both),
        fall=sum(after < before for before, after in both),
        to_pass=sum(before is Outcome.FAIL and after is not Outcome.FAIL for before, after in outcomes),
        to_fail=sum(before is not Outcome.FAIL and after is Outcome.FAIL for before, after in outcomes),
        gain_distinction=sum(
            after is Outcome.DISTINCTION and before is not Outcome.DISTINCTION for before, after in outcomes
        ),
        lose_distinction=sum(
            before is Outcome.DISTINCTION and after is not Outcome.DISTINCTION for before, after in outcomes
        ),
        share_before=_mean(_share(sat, sat.now) for sat in sats),
        share_after=_mean(_share(sat, moved.get(sat.attempt_id, sat.now)) for sat in sats),
        score_before=_mean([*stays, *(before for before, _after in both)]),
        score_after=_mean([*stays, *(after for _before, after in both)]),
        passed_before=passed + sum(before in PASSED for before, _after in outcomes),
        passed_after=passed + sum(after in PASSED for _before, after in outcomes),
    )


PASSED = (Outcome.PASS, Outcome.DISTINCTION)


def digest(moves: Iterable[Move]) -> str:
    """A name for exactly this effect: two previews have the same one when they say the same of everybody."""
    text = "|".join(
        f"{move.sat.attempt_id}:{move.sat.now}:{move.then}:{move.sat.earned}/{move.sat.possible}" for move in moves
    )
    return sha256(text.encode()).hexdigest()[:32]


def _share(sat: Sat, counted: Standing | None) -> Fraction | None:
    return None if counted is None or counted.out or not sat.worth else counted.points / sat.worth


def _mean(values: Iterable[Fraction | None]) -> Fraction | None:
    # Ten thousand people have a few hundred different scores, and adding fractions is slow.
    known = Counter(value for value in values if value is not None)
    return sum((value * count for value, count in known.items()), NOTHING) / known.total() if known else None
