"""Beside the room: who will start soon, who has just finished, and when the site itself was away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts.models import Attempt, LateAnswer, TimeCredit
from exam.attempts.rules import CloseReason, time_lost
from exam.beats import Outage
from exam.courses.models import Enrolment
from exam.invigilation import rules
from exam.invigilation.queries.live import IS_RUNNING, InRoom, Wanted
from exam.papers.models import Exam
from exam.receipts.models import IssuedReceipt
from exam.sittings.models import Booking, Sitting
from exam.sittings.rules import HALF_HOUR


@dataclass(frozen=True)
class Coming:
    """Somebody who has booked a start and hasn't started."""

    name: str
    exam: str
    starts_at: datetime

    @property
    def place_until(self) -> datetime:
        """As long as the booking holds a place."""
        return self.starts_at + HALF_HOUR


@dataclass(frozen=True)
class Closed:
    """An attempt that has just ended, with how many questions were answered and how many answers came late."""

    attempt_id: int
    name: str
    exam: str
    closed_at: datetime
    reason: CloseReason
    answered: int
    slots: int
    late: int
    """Questions with a late answer nobody has decided on."""


@dataclass(frozen=True)
class Hit:
    """An outage of the site with how many attempts it fell into, and how many of these still run."""

    outage: Outage
    hit: int
    running: int
    owed: int
    """Running ones that have not had all of that time back, by the site or by a person."""

    @property
    def length(self) -> timedelta:
        return self.outage.ended_at - self.outage.began_at


def coming(
    session: Session, wanted: Wanted, now: datetime, limit: int, ahead: timedelta | None = rules.SOON
) -> tuple[list[Coming], int]:
    """Who has booked a start within the coming hour, or the running half hour, and hasn't started; and how many.

    `ahead=None` looks as far as there are bookings. One statement.
    """
    started = exists().where(Attempt.sitting_id == Sitting.id, Attempt.voided_at.is_(None))
    found = (
        select(Person.full_name, Exam.title, Booking.starts_at, func.count().over())
        .join(Sitting, Sitting.id == Booking.sitting_id)
        .join(Person, Person.id == Sitting.person_id)
        .join(Exam, Exam.id == Booking.exam_id)
        .where(Booking.cancelled_at.is_(None), Booking.starts_at > now - HALF_HOUR, Person.active, ~started)
    )
    if ahead is not None:
        found = found.where(Booking.starts_at <= now + ahead)
    found = _narrowed(found, wanted, Booking.exam_id)
    rows = session.execute(found.order_by(Booking.starts_at, Person.name_key, Booking.id).limit(limit)).all()
    return [Coming(*row[:3]) for row in rows], rows[0][3] if rows else 0


def closed_lately(session: Session, wanted: Wanted, now: datetime, limit: int) -> tuple[list[Closed], int]:
    """Who has finished in the last half hour, the latest first, and how many: one statement."""
    late = (
        select(func.count(LateAnswer.position.distinct()))
        .where(LateAnswer.attempt_id == Attempt.id, LateAnswer.decided_at.is_(None))
        .scalar_subquery()
    )
    found = (
        select(
            Attempt.id, Person.full_name, Exam.title, Attempt.closed_at, Attempt.close_reason, IssuedReceipt, late,
            func.count().over(),
        )
        .join(Person, Person.id == Attempt.person_id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .outerjoin(IssuedReceipt, and_(IssuedReceipt.attempt_id == Attempt.id, IssuedReceipt.revision == 1))
        .where(Attempt.closed_at > now - rules.LATELY, Attempt.voided_at.is_(None))
    )  # fmt: skip
    found = _narrowed(found, wanted, Attempt.exam_id)
    rows = session.execute(found.order_by(Attempt.closed_at.desc(), Attempt.id).limit(limit)).all()
    return [_closed(row) for row in rows], rows[0][-1] if rows else 0


def _closed(row: Any) -> Closed:
    receipt = row.IssuedReceipt.receipt if row.IssuedReceipt else None
    answered, slots = (receipt.answered, receipt.slots) if receipt else (0, 0)
    return Closed(row.id, row.full_name, row.title, row.closed_at, row.close_reason, answered, slots, row[6])


def _narrowed(found: Any, wanted: Wanted, exam_id: Any) -> Any:
    if wanted.exam_id is not None:
        found = found.where(exam_id == wanted.exam_id)
    if wanted.cohort_id is not None:
        inside = select(Enrolment.id).where(Enrolment.cohort_id == wanted.cohort_id)
        found = found.where(Sitting.enrolment_id.in_(inside))
    return found


def fell_into(outage: Any) -> ColumnElement[bool]:
    """Whether an outage and an attempt have time in common."""
    return and_(
        Attempt.voided_at.is_(None),
        Attempt.started_at < outage.ended_at,
        or_(Attempt.closed_at.is_(None), Attempt.closed_at > outage.began_at),
    )


def still_owed(session: Session, outages: Iterable[Outage]) -> dict[int, dict[int, timedelta]]:
    """By outage, the running attempts that haven't had all of their time back, each with what is missing.

    Only what was given for this very outage counts, by the site or by a person: one statement.
    """
    by_id = {outage.id: outage for outage in outages}
    for_it = or_(TimeCredit.outage_id == Outage.id, TimeCredit.for_outage_id == Outage.id)
    run = (Outage.id, Attempt.id, Attempt.started_at, Attempt.deadline)
    rows = session.execute(
        select(*run, func.coalesce(func.sum(TimeCredit.seconds), 0))
        .select_from(Outage)
        .join(Attempt, fell_into(Outage))
        .outerjoin(TimeCredit, and_(TimeCredit.attempt_id == Attempt.id, for_it))
        .where(Outage.id.in_(list(by_id)), IS_RUNNING)
        .group_by(*run)
        .order_by(Attempt.id)
    )
    found: dict[int, dict[int, timedelta]] = {id: {} for id in by_id}
    for outage_id, attempt_id, started_at, deadline, seconds in rows:
        outage = by_id[outage_id]
        lost = time_lost(outage.began_at, outage.ended_at, started_at, deadline)
        if timedelta(seconds=int(seconds)) < lost:
            found[outage_id][attempt_id] = lost - timedelta(seconds=int(seconds))
    return found


def fell_into_run(attempt: Attempt, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The outages that have time in common with this attempt."""
    return Outage.ended_at > attempt.started_at, Outage.began_at < (attempt.closed_at or now)


def lost_to(hits: Iterable[Hit], one: InRoom) -> timedelta:
    """How much of a running attempt's time these outages took."""
    spans = (rules.lost(hit.outage.began_at, hit.outage.ended_at, one.started_at, one.now) for hit in hits)
    return sum(spans, timedelta())


def outages(session: Session, now: datetime) -> Sequence[Hit]:
    """The outages of the last hours that fell into somebody's exam, the latest first: one or two statements."""
    hit = select(func.count()).select_from(Attempt).where(fell_into(Outage)).correlate(Outage)
    running = hit.where(Attempt.closed_at.is_(None))
    rows = session.execute(
        select(Outage, hit.scalar_subquery(), running.scalar_subquery())
        .where(Outage.ended_at > now - rules.OUTAGES_SHOWN)
        .order_by(Outage.id.desc())
        .limit(20)
    ).all()
    owed = still_owed(session, during) if (during := [outage for outage, _hit, inside in rows if inside]) else {}
    return [Hit(outage, all, inside, len(owed.get(outage.id, ()))) for outage, all, inside in rows if all]
