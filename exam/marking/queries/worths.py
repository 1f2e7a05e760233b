"""What the questions of an attempt count for: what the paper says, or what a correction has made of it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from exam.attempts.models import Attempt
from exam.marking.models import Reweighing
from exam.papers.models import Slot
from exam.papers.queries import SlotView, slots

_slot, _reweighing = Slot.__table__.c, Reweighing.__table__.c


@cache
def worth() -> ColumnElement[Fraction]:
    """What a slot (`Slot`) counts for in an attempt (`Attempt`), as a column of a statement that has both."""
    other = select(_reweighing.worth).where(
        _reweighing.attempt_id == Attempt.__table__.c.id, _reweighing.position == _slot.position
    )
    return func.coalesce(other.correlate(Attempt.__table__, Slot.__table__).scalar_subquery(), _slot.points)


def reweighed(session: Session, attempt_ids: Iterable[int]) -> dict[tuple[int, int], Fraction]:
    """By attempt and position what counts instead of the paper's points, only where something else does."""
    found = select(Reweighing).where(Reweighing.attempt_id.in_(list(attempt_ids)))
    return {(one.attempt_id, one.position): one.worth for one in session.scalars(found)}


def counted_slots(session: Session, attempt: Attempt) -> Sequence[SlotView]:
    """The places of an attempt's paper, each with the points it counts for: two statements."""
    other = reweighed(session, [attempt.id])
    return [
        replace(slot, points=other.get((attempt.id, slot.position), slot.points))
        for slot in slots(session, attempt.paper_id)
    ]
