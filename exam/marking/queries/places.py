"""The places of papers as marking by rule and adding up see them: many attempts in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import bindparam, case, select
from sqlalchemy.orm import Session, aliased

from exam.attempts.models import Attempt
from exam.marking.models import Mark
from exam.marking.rules import MarkSource
from exam.papers.models import Slot
from question_bank import bank
from question_bank.items import Item
from question_bank.models import QuestionVersion


@dataclass(frozen=True, slots=True)
class Place:
    """One slot of an attempt: its worth, and the version by whose key its answer counts."""

    attempt_id: int
    position: int
    worth: Fraction
    version_id: int
    item: Item


@dataclass(frozen=True, slots=True)
class Earned:
    """What one slot brought: the points of the mark that counts, None without one, and its worth."""

    points: Fraction | None
    worth: Fraction


_attempt, _slot, _mark = Attempt.__table__.c, Slot.__table__.c, Mark.__table__.c
_seen, _counting = aliased(QuestionVersion), aliased(QuestionVersion)

# Made once: they are needed for every attempt that closes, and making a statement costs more than sending it.

PLACES = (
    select(_attempt.id, _slot.position, _slot.points, _counting.id.label("version_id"), _counting.changed_at)
    .join_from(Attempt.__table__, Slot.__table__, _slot.paper_id == _attempt.paper_id)
    .join(_seen, _seen.id == _slot.question_version_id)
    .join(_counting, _counting.id == bank.counting_version_id(_seen))
    .where(_attempt.id.in_(bindparam("attempt_ids", expanding=True)))
    .order_by(_attempt.id, _slot.position)
)
UNMARKED_PLACES = PLACES.where(
    ~select(_mark.id).where(_mark.attempt_id == _attempt.id, _mark.position == _slot.position).exists()
)
EARNED = (
    select(
        select(case((_mark.source != MarkSource.WITHDRAWN, _mark.points)))
        .where(_mark.attempt_id == _attempt.id, _mark.position == _slot.position)
        .order_by(_mark.id.desc())
        .limit(1)
        .scalar_subquery(),
        _slot.points,
    )
    .join_from(Attempt.__table__, Slot.__table__, _slot.paper_id == _attempt.paper_id)
    .where(_attempt.id == bindparam("attempt_id"))
)


def unmarked_places(session: Session, attempt_ids: Iterable[int]) -> list[Place]:
    """The places of these attempts that were never marked, in the order of the papers."""
    return _places(session, session.execute(UNMARKED_PLACES, {"attempt_ids": list(attempt_ids)}).all())


def place(session: Session, attempt_id: int, position: int) -> Place:
    """One place of an attempt, marked or not."""
    rows = session.execute(PLACES.where(_slot.position == position), {"attempt_ids": [attempt_id]})
    return _places(session, rows.all())[0]


def earned(session: Session, attempt_id: int) -> list[Earned]:
    """What each slot of an attempt brought, in no order: one statement."""
    return [Earned(points, worth) for points, worth in session.execute(EARNED, {"attempt_id": attempt_id})]


def _places(session: Session, rows: Iterable[Any]) -> list[Place]:
    found = list(rows)
    items = bank.items(session, {(row.version_id, row.changed_at) for row in found})
    return [Place(row.id, row.position, row.points, row.version_id, items[row.version_id]) for row in found]
