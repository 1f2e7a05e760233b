"""Second marking: which attempts get a second marker, and what counts when two or three have given their opinion."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256

LEAST_MARGIN = Fraction(3)
"""Points on either side of a cut score within which an attempt gets a second marker, whatever the standard error."""
ENOUGH_ATTEMPTS = 50
"""Attempts below which nothing is said of an exam's standard error of measurement."""
_LOTS = 10_000


class SecondReason(StrEnum):
    """Why an attempt got a second marker. Markers aren't told."""

    LOT = "lot"
    NEAR_CUT = "near_cut"


class Stage(StrEnum):
    """Where the second marking of an answer stands."""

    SECOND = "second"
    """Waits for a second marker."""
    THIRD = "third"
    """The two are too far apart: a third decides."""
    SETTLED = "settled"


class Task(StrEnum):
    """What a marker has to do with an answer, or may."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    CORRECT = "correct"
    """Nothing, but they may correct what they gave."""
    NOTHING = "nothing"


def task(*, marked: bool, gave: bool, stage: Stage | None) -> Task:
    """What is left to do for somebody who may mark the paper: `gave` whether an opinion of theirs stands."""
    if gave:
        return Task.CORRECT
    if not marked:
        return Task.FIRST
    return {Stage.SECOND: Task.SECOND, Stage.THIRD: Task.THIRD}.get(stage or Stage.SETTLED, Task.NOTHING)


def drawn(attempt_id: int, lot: str, share: int) -> bool:
    """Whether the lot falls on an attempt: on `share` per cent of them, always on the same.

    `lot` is the exam's secret: without it nobody can tell beforehand.
    """
    number = int.from_bytes(sha256(f"{lot}|second|{attempt_id}".encode()).digest()[:8], "big")
    return number % _LOTS < share * _LOTS // 100


def margin(error: Fraction | None) -> Fraction:
    """The points around a cut score: 3, or one standard error of measurement where it is known and greater."""
    return max(LEAST_MARGIN, error) if error is not None else LEAST_MARGIN


def is_near(score: Fraction, cuts: Iterable[int], within: Fraction) -> bool:
    """Whether a score (per cent) is so near to a cut score, itself included, that it may cross it."""
    return any(abs(score - cut) <= within for cut in cuts)


def why_second(
    score: Fraction, cuts: Iterable[int], error: Fraction | None, *, attempt_id: int, lot: str, share: int
) -> SecondReason | None:
    """Why an attempt gets a second marker; None where it gets none."""
    if is_near(score, cuts, margin(error)):
        return SecondReason.NEAR_CUT
    return SecondReason.LOT if drawn(attempt_id, lot, share) else None


@dataclass(frozen=True, slots=True)
class Said:
    """An opinion that stands: later ones have greater ids."""

    id: int
    marker_id: int
    share: Fraction


@dataclass(frozen=True, slots=True)
class Counts:
    """What counts for a slot, and by which opinions: of one person, or of two whose mean it is."""

    share: Fraction | None
    """Of the slot's worth; None while nobody has marked it."""
    opinions: tuple[int, ...]
    stage: Stage | None
    """None where no second marker was asked for."""


def what_counts(said: Sequence[Said], tolerance: int | None, worth: Fraction) -> Counts:
    """Which opinions count: of one marker theirs; of two within the tolerance the mean; else the third's.

    `tolerance` in points of the slot, None where no second marker was asked for; the last opinion of each marker is
    theirs, and who began first is the first. While a third is needed the first's counts for the time being.
    """
    theirs: dict[int, Said] = {}
    for one in sorted(said, key=lambda one: one.id):
        theirs[one.marker_id] = one  # keeps the place of the first
    order = list(theirs.values())
    if not order:
        return Counts(None, (), Stage.SECOND if tolerance is not None else None)
    first = order[0]
    if tolerance is None:
        return Counts(first.share, (first.id,), None)
    if len(order) == 1:
        return Counts(first.share, (first.id,), Stage.SECOND)
    second = order[1]
    if abs(first.share - second.share) * worth <= tolerance:
        return Counts((first.share + second.share) / 2, (first.id, second.id), Stage.SETTLED)
    if len(order) == 2:
        return Counts(first.share, (first.id,), Stage.THIRD)
    return Counts(order[2].share, (order[2].id,), Stage.SETTLED)
