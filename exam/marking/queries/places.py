"""The places of papers as marking by rule and adding up see them: many attempts in one statement."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, literal, select
from sqlalchemy.orm import Session, aliased

from exam.attempts.models import Attempt
from exam.attempts.queries import padded
from exam.marking.models import Mark
from exam.marking.queries.worths import worth
from exam.marking.rules import MarkSource
from exam.papers.models import Slot
from question_bank import bank
from question_bank.items import Item
from question_bank.models import QuestionVersion


class Place(NamedTuple):
    """One slot of an attempt: its worth, and the version by whose key its answer counts."""

    attempt_id: int
    position: int
    worth: Fraction
    version_id: int
    item: Item


class Earned(NamedTuple):
    """What one slot brought: the points of the mark that counts, None without one, and its worth, 0 if taken out."""

    points: Fraction | None
    worth: Fraction


_attempt, _slot, _mark = Attempt.__table__.c, Slot.__table__.c, Mark.__table__.c
_seen, _counting = aliased(QuestionVersion), aliased(QuestionVersion)

# Made once: they are needed for every attempt that closes, and making a statement costs more than sending it.

PLACES = (
    bank.with_counting(
        select(_attempt.id, _slot.position, worth(), _counting.id.label("version_id"), _counting.changed_at)
        .join_from(Attempt.__table__, Slot.__table__, _slot.paper_id == _attempt.paper_id)
        .join(_seen, _seen.id == _slot.question_version_id),
        _seen,
        _counting,
    )
    .where(_attempt.id.in_(bindparam("attempt_ids", expanding=True)))
    .order_by(_attempt.id, _slot.position)
)
_OUT = Fraction(-1)
"""Stands for the points of a slot that was taken out: one look at the marks of a slot tells both."""
_TOLD = case(
    (_mark.source == MarkSource.TAKEN_OUT, literal(_OUT, _mark.points.type)),
    (_mark.source != MarkSource.WITHDRAWN, _mark.points),
)
EARNED = (
    select(
        select(_TOLD)
        .where(_mark.attempt_id == _attempt.id, _mark.position == _slot.position)
        .order_by(_mark.id.desc())
        .limit(1)
        .scalar_subquery(),
        worth(),
    )
    .join_from(Attempt.__table__, Slot.__table__, _slot.paper_id == _attempt.paper_id)
    .where(_attempt.id == bindparam("attempt_id"))
)


def places(session: Session, attempt_ids: Iterable[int]) -> list[Place]:
    """The places of these attempts, in the order of their papers."""
    return _places(session, session.execute(PLACES, {"attempt_ids": padded(attempt_ids)}).all())


def place(session: Session, attempt_id: int, position: int) -> Place:
    """One place of an attempt."""
    rows = session.execute(PLACES.where(_slot.position == position), {"attempt_ids": [attempt_id]})
    return _places(session, rows)[0]


def earned(session: Session, attempt_id: int) -> list[Earned]:
    """What each slot of an attempt brought, in no order: one statement."""
    rows = session.execute(EARNED, {"attempt_id": attempt_id})
    return [Earned(Fraction(), Fraction()) if points == _OUT else Earned(points, worth) for points, worth in rows]


def _places(session: Session, rows: Iterable[Any]) -> list[Place]:
    found = [tuple(row) for row in rows]
    items = bank.items(session, {(version_id, changed_at) for *_, version_id, changed_at in found})
    return [Place._make((*columns, version_id, items[version_id])) for *columns, version_id, _changed_at in found]
