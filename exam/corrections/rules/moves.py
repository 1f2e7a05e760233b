"""Which marks a correction moves, and by how much."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from exam.corrections.rules.ways import Policy
from exam.marking.rules import points_of
from exam.results.rules import Outcome, Terms, outcome, percent
from question_bank.items import CreditRule, Item, ShortAnswer, is_blank, parse_response

NOTHING = Fraction()


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
    to be taken back gave the mark that counts; it replaced `before`, None where a person had still to mark. `since`:
    its key marked the answer for the first time. `asked` is the worth that a correction of it asks for here, None where
    it asks for none.
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
    since: bool = False
    before: Standing | None = None
    asked: Fraction | None = None

    @cached_property
    def outcome(self) -> Outcome | None:
        """Of the whole attempt as it stands; None without a result."""
        return None if self.earned is None or not self.possible else _outcome(self.earned, self.possible, self)

    @cached_property
    def percent(self) -> Fraction | None:
        """The score as it stands, exactly."""
        return None if self.earned is None or not self.possible else _percent(self.earned, self.possible)


@dataclass(frozen=True)
class Move:
    """What a correction does to one attempt.

    `then` is None where a person has to mark the answer, now as before or anew. `reweighed` is what the question counts
    for from now on, None where that stays.
    """

    sat: Sat
    then: Standing | None
    reweighed: Fraction | None = None

    @property
    def worth(self) -> Fraction:
        """What the question counts for afterwards."""
        return self.sat.worth if self.reweighed is None else self.reweighed

    @property
    def anew(self) -> bool:
        """Whether a mark that counted doesn't any more, so that a person marks once more."""
        return self.then is None and self.sat.now is not None

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
        before, after = self.sat.worth * (not self.sat.now.out), self.worth * (not self.then.out)
        return self.sat.possible - before + after

    @cached_property
    def outcome(self) -> Outcome | None:
        """Of the whole attempt afterwards; as it was where the answer waits for marking."""
        earned, possible = self.earned, self.possible
        if earned is None or not possible:
            return self.sat.outcome
        return _outcome(earned, possible, self.sat)

    @cached_property
    def percent(self) -> Fraction | None:
        """The score afterwards, exactly; as it was where the answer waits for marking."""
        earned, possible = self.earned, self.possible
        return self.sat.percent if earned is None or not possible else _percent(earned, possible)

    @property
    def counts(self) -> bool:
        """Whether anything that is added up changes; else only what the points stand for does."""
        now, then = self.sat.now, self.then
        if now is None or then is None or self.reweighed is not None:
            return True
        return (now.points, now.out) != (then.points, then.out)

    @property
    def flips(self) -> bool:
        """Whether the outcome changes."""
        return self.outcome is not self.sat.outcome


# Ten thousand people have a few hundred different scores, and dividing fractions is slow.


def _percent(earned: Fraction, possible: Fraction) -> Fraction:
    return _score(earned.as_integer_ratio(), possible.as_integer_ratio())


def _outcome(earned: Fraction, possible: Fraction, terms: Terms) -> Outcome:
    cuts = (terms.pass_percent, terms.distinction_percent)
    return _graded(earned.as_integer_ratio(), possible.as_integer_ratio(), cuts)


@lru_cache(10_000)
def _score(earned: tuple[int, int], possible: tuple[int, int]) -> Fraction:
    return percent(Fraction(*earned), Fraction(*possible))


class _Cuts(NamedTuple):
    pass_percent: int
    distinction_percent: int


@lru_cache(10_000)
def _graded(earned: tuple[int, int], possible: tuple[int, int], cuts: tuple[int, int]) -> Outcome:
    return outcome(Fraction(*earned), Fraction(*possible), _Cuts(*cuts))


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
            if sat.touched or not sat.since:
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
        move = _reweighed(sat, policy) if sat.asked is not None else Move(sat, standing(sat, item, policy))
        if move.then == sat.now and move.reweighed is None:
            continue
        if move.possible == 0:
            raise NothingLeft(f"attempt {sat.attempt_id} has no other question")
        moves.append(move)
    return moves


def _reweighed(sat: Sat, policy: Policy) -> Move:
    """The same share of the worth that is asked for; nothing where it counts for that already.

    Only upwards, an attempt without a result and one whose answer waits for a marker keep their worth: nobody can say
    yet whether the score would rise.
    """
    stays = Move(sat, sat.now)
    if sat.asked is None or sat.asked == sat.worth:
        return stays
    now = sat.now
    then = None if now is None else now._replace(points=now.points * sat.asked / sat.worth)
    move = Move(sat, then, sat.asked)
    if policy is not Policy.WORTH_ONLY_UP:
        return move
    if now is None or sat.percent is None or move.percent is None:
        return stays
    return move if move.percent >= sat.percent else stays


def adds_key_points(old: Item, new: Item | None) -> bool:
    """Whether a mended rubric asks for something no marker has looked for: their answers have to be marked anew."""
    if not (isinstance(old, ShortAnswer) and isinstance(new, ShortAnswer)):
        return False
    return bool({one.id for one in new.key_points} - {one.id for one in old.key_points})


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
