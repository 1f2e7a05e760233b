"""Questions that papers may draw, and what is known of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from question_bank.items import Kind


@dataclass(frozen=True, slots=True)
class Candidate:
    """A published question that a paper may draw."""

    question_id: int
    version_id: int
    topic: int
    kind: Kind
    difficulty: int
    share: Fraction = Fraction(4, 5)
    """Of its points, that it is expected to earn: 0 to 1."""
    error: float = 0.0
    """The standard error of that."""
    seconds: int = 60
    """That it is expected to take."""
    family: str = ""
    """Of one family a paper has at most one; empty for none."""
    shown: int = 0
    """How many candidates have been shown it."""
    room: int | None = None
    """In how many of the papers now assembled it may be; None: in any number."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A question drawn for a paper, with its worth."""

    question_id: int
    version_id: int
    kind: Kind
    points: Fraction


@dataclass(frozen=True, slots=True)
class Weight:
    """What a paper is expected to ask of candidates: points they get, the standard error of that, seconds."""

    points: Fraction
    error: float
    seconds: int


Pair = tuple[int, int]
"""Two question ids, the smaller first."""


def weigh(slots: Iterable[Chosen], known: dict[int, Candidate]) -> Weight:
    """What a paper is expected to ask. `known` gives each of its questions by id.

    Questions are taken to err independently: the error is the root of the sum of their squares, in points.
    """
    points, square, seconds = Fraction(), 0.0, 0
    for slot in slots:
        one = known[slot.question_id]
        points += slot.points * one.share
        square += (float(slot.points) * one.error) ** 2
        seconds += one.seconds
    return Weight(points, sqrt(square), seconds)


def clashes(slots: Sequence[Chosen], known: dict[int, Candidate], enemies: Iterable[Pair]) -> int:
    """How often two questions of a paper are of one family or give each other away."""
    ids = {slot.question_id for slot in slots}
    families = [known[id].family for id in ids if known[id].family]
    return len(families) - len(set(families)) + sum(first in ids and second in ids for first, second in enemies)
