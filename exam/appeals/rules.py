"""Being heard: when a candidate may appeal, how often, by when it is answered, and by whom."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_TEXT = 1000
LONGEST_ANSWER = 1000
"""Characters of an appeal, and of its answer."""
ANSWER_WITHIN = timedelta(days=3)
"""From the appeal to its answer."""
REMIND_BEFORE = timedelta(days=1)
"""How long before either end people are reminded."""


class AppealState(StrEnum):
    """Where an appeal stands."""

    WAITING = "waiting"
    GRANTED = "granted"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"


SPENT = frozenset({AppealState.WAITING, AppealState.DENIED})
"""What uses up one of the candidate's appeals: a granted one is given back, a withdrawn one was never answered."""


class Closed(StrEnum):
    """Why a candidate can't appeal now."""

    NOT_OFFERED = "not_offered"
    """The exam's terms give no appeals."""
    NOT_YET = "not_yet"
    """The questions can't be seen yet, so neither can a mistake."""
    OVER = "over"
    NONE_LEFT = "none_left"
    ALREADY = "already"
    """This question was appealed."""


def left(most: int, states: Iterable[AppealState]) -> int:
    """How many appeals a candidate has left of the exam's `most`."""
    return max(0, most - sum(state in SPENT for state in states))


def closed(most: int, opens_at: datetime | None, closes_at: datetime | None, now: datetime) -> Closed | None:
    """Why nobody can appeal in this attempt at this moment; None while they can. The last second still counts."""
    if most == 0 and opens_at is None:
        return Closed.NOT_OFFERED
    if opens_at is None or closes_at is None or now < opens_at:
        return Closed.NOT_YET
    return Closed.OVER if now > closes_at else None


class Barred(StrEnum):
    """Why a trainer may not answer an appeal."""

    OWN_PAPER = "own_paper"
    OWN_TUTEE = "own_tutee"
    """Another trainer who hasn't marked the answer is there to do it."""
    HAS_MARKED = "has_marked"
    """Somebody is there who hasn't."""


def barred(
    person_id: int, *, candidate_id: int, tutor_id: int | None, markers: Collection[int], trainers: Collection[int]
) -> Barred | None:
    """Why this trainer may not answer; None when they may.

    Whoever hasn't marked the answer and doesn't tutor the candidate answers; where nobody else is left the tutor does,
    and only in a firm where every trainer has marked it somebody who has: an appeal is never without an answer.
    """
    if person_id == candidate_id:
        return Barred.OWN_PAPER
    fresh = set(trainers) - set(markers) - {candidate_id}
    if person_id not in fresh:
        return Barred.HAS_MARKED if fresh else None
    return Barred.OWN_TUTEE if person_id == tutor_id and fresh - {person_id} else None


def due(made_at: datetime) -> datetime:
    """By when an appeal is answered."""
    return made_at + ANSWER_WITHIN


class Urgency(StrEnum):
    """How an unanswered appeal stands to its deadline."""

    NONE = "none"
    SOON = "soon"
    LATE = "late"


def urgency(due_at: datetime, now: datetime) -> Urgency:
    """Soon: within a day. Late: past it."""
    if now > due_at:
        return Urgency.LATE
    return Urgency.SOON if now >= due_at - REMIND_BEFORE else Urgency.NONE
