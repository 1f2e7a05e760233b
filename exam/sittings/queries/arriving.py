"""Who stands at the door of an exam: all that letting them in needs, in one statement.

A hall starts at once, so the statement is built once, and names its columns instead of loading objects.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.papers.models import Exam
from exam.papers.rules import LateStart
from exam.sittings import rules
from exam.sittings.models import Booking, Sitting
from exam.sittings.queries.progress import attempt
from exam.sittings.rules import OpeningHours, Run, Window
from question_bank.items import CreditRule


@dataclass(frozen=True, slots=True)
class Arrival:
    """One who wants to start their sitting now, with what the exam promises them."""

    sitting_id: int
    person_id: int
    exam_id: int
    window: Window
    hours: OpeningHours
    places: int
    latest_start: datetime
    deadline: datetime
    """When a test begun now would end."""
    booking_id: int | None
    booked: datetime | None
    run: Run | None
    pass_percent: int
    distinction_percent: int
    credit_rule: CreditRule
    grace_seconds: int
    outage_credit: bool


_exam, _sitting, _booking = Exam.__table__.c, Sitting.__table__.c, Booking.__table__.c
_ARRIVALS = (
    select(
        _sitting.id.label("sitting_id"),
        _sitting.person_id,
        _sitting.exam_id,
        _sitting.opens_at,
        _sitting.closes_at,
        Person.__table__.c.time_factor,
        _exam.minutes,
        _exam.late_start,
        _exam.opens_at.label("day_begins"),
        _exam.shuts_at.label("day_ends"),
        _exam.places,
        _exam.pass_percent,
        _exam.distinction_percent,
        _exam.credit_rule,
        _exam.grace_seconds,
        _exam.outage_credit,
        _booking.id.label("booking_id"),
        _booking.starts_at.label("booked"),
        attempt.c.id.label("attempt_id"),
        attempt.c.started_at,
        attempt.c.deadline,
        attempt.c.closed_at,
    )
    .select_from(Sitting.__table__)
    .join(Person.__table__, Person.__table__.c.id == _sitting.person_id)
    .join(Exam.__table__, _exam.id == _sitting.exam_id)
    .outerjoin(Booking.__table__, and_(_booking.sitting_id == _sitting.id, _booking.cancelled_at.is_(None)))
    .outerjoin(attempt, and_(attempt.c.sitting_id == _sitting.id, attempt.c.voided_at.is_(None)))
    .where(_sitting.id.in_(bindparam("sitting_ids", expanding=True)))
)


def arrival(session: Session, person_id: int, sitting_id: int, now: datetime) -> Arrival | None:
    """This person before their sitting; None before somebody else's."""
    found = arrivals(session, [sitting_id], now).get(sitting_id)
    return found if found and found.person_id == person_id else None


def arrivals(session: Session, sitting_ids: Collection[int], now: datetime) -> dict[int, Arrival]:
    """Whoever these sittings belong to, before them, by sitting: one statement."""
    rows: Any = session.execute(_ARRIVALS, {"sitting_ids": list(sitting_ids)})
    return {row.sitting_id: _arrival(row, now) for row in rows}


def _arrival(row: Any, now: datetime) -> Arrival:
    times = (row.closes_at, row.minutes, row.time_factor, LateStart(row.late_start))
    return Arrival(
        sitting_id=row.sitting_id,
        person_id=row.person_id,
        exam_id=row.exam_id,
        window=Window(row.opens_at, row.closes_at),
        hours=OpeningHours(row.day_begins, row.day_ends),
        places=row.places,
        latest_start=rules.latest_start(*times),
        deadline=rules.deadline(now, *times),
        booking_id=row.booking_id,
        booked=row.booked,
        run=Run(row.attempt_id, row.started_at, row.deadline, row.closed_at) if row.attempt_id else None,
        pass_percent=row.pass_percent,
        distinction_percent=row.distinction_percent,
        credit_rule=row.credit_rule,
        grace_seconds=row.grace_seconds,
        outage_credit=row.outage_credit,
    )


def hold_places(session: Session, exam_id: int) -> None:
    """Make others who want this lock wait until our transaction ends; attempts and bookings of the exam don't."""
    session.execute(select(Exam.id).where(Exam.id == exam_id).with_for_update(key_share=True))


def taken_now(session: Session, exam_id: int, sitting_id: int | None, half_hour: datetime) -> int:
    """How many hold a place of a half hour, this sitting left out: booked for it, or started unbooked within it."""
    booked = select(Booking.sitting_id).where(
        Booking.exam_id == exam_id, Booking.starts_at == half_hour, Booking.cancelled_at.is_(None)
    )
    started = select(attempt.c.sitting_id).where(
        attempt.c.exam_id == exam_id,
        attempt.c.started_at >= half_hour,
        attempt.c.started_at < half_hour + rules.HALF_HOUR,
        attempt.c.voided_at.is_(None),
    )
    holders = booked.union(started).subquery()
    return session.scalar(select(func.count()).where(holders.c.sitting_id.is_distinct_from(sitting_id))) or 0
