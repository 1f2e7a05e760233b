"""What a correction amounts to, in people, and a name for exactly that."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256

from exam.corrections.rules.moves import NOTHING, Move, Sat, Standing
from exam.results.rules import Outcome


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
    moved = {move.sat.attempt_id: move for move in moves}
    every = [moved.get(sat.attempt_id, Move(sat, sat.now)) for sat in sats]
    unmoved = [sat for sat in sats if sat.attempt_id not in moved]
    outcomes = [(move.sat.outcome, move.outcome) for move in moves if move.sat.outcome and move.outcome]
    scores = [(move.sat.percent, move.percent) for move in moves]
    both = [(before, after) for before, after in scores if before is not None and after is not None]
    stays = [sat.percent for sat in unmoved if sat.percent is not None]
    passed = sum(sat.outcome in PASSED for sat in unmoved)
    return Figures(
        sat=len(sats),
        moved=sum(move.counts for move in moves),
        anew=sum(move.anew for move in moves),
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
        share_before=_mean(_share(sat.now, sat.worth) for sat in sats),
        share_after=_mean(_share(move.then, move.worth) for move in every),
        score_before=_mean([*stays, *(before for before, _after in both)]),
        score_after=_mean([*stays, *(after for _before, after in both)]),
        passed_before=passed + sum(before in PASSED for before, _after in outcomes),
        passed_after=passed + sum(after in PASSED for _before, after in outcomes),
    )


PASSED = (Outcome.PASS, Outcome.DISTINCTION)


def digest(moves: Iterable[Move]) -> str:
    """A name for exactly this effect: two previews have the same one when they say the same of everybody."""
    text = "|".join(
        f"{move.sat.attempt_id}:{move.sat.now}:{move.then}:{move.worth}:{move.sat.earned}/{move.sat.possible}"
        for move in moves
    )
    return sha256(text.encode()).hexdigest()[:32]


def _share(counted: Standing | None, worth: Fraction) -> Fraction | None:
    return None if counted is None or counted.out or not worth else counted.points / worth


def _mean(values: Iterable[Fraction | None]) -> Fraction | None:
    # Ten thousand people have a few hundred different scores, and adding fractions is slow.
    # By numerator and denominator: a fraction's own hash and equality are slow as well.
    known = Counter(value.as_integer_ratio() for value in values if value is not None)
    return sum((Fraction(*value) * count for value, count in known.items()), NOTHING) / known.total() if known else None
