"""Who has booked when, and who has to be told or opened something: for the calendar, the lists and the jobs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, joinedload

from exam.accounts.models import Person
from exam.courses.models import Enrolment
from exam.papers.models import Exam
from exam.papers.rules import ExamState
from exam.sittings import rules
from exam.sittings.models import Booking, Sitting
from exam.sittings.queries.arriving import taken_now
from exam.sittings.queries.progress import Standing, attempt, loaded, runs
from exam.sittings.rules import Day, Refusal


def places_taken(session: Session, exam_id: int, starts_at: datetime) -> set[int]:
    """The numbers of the places booked for one start time."""
    return set(
        session.scalars(
            select(Booking.place).where(
                Booking.exam_id == exam_id, Booking.starts_at == starts_at, Booking.cancelled_at.is_(None)
            )
        )
    )


def booked_by_others(session: Session, mine: Sitting) -> Mapping[datetime, int]:
    """By start time inside this sitting's window, how many others have booked it."""
    rows = session.execute(
        select(Booking.starts_at, func.count().label("number"))
        .where(
            Booking.exam_id == mine.exam_id,
            Booking.sitting_id != mine.id,
            Booking.starts_at.between(mine.opens_at, mine.closes_at),
            Booking.cancelled_at.is_(None),
        )
        .group_by(Booking.starts_at)
    )
    return {row.starts_at: row.number for row in rows}


def calendar(session: Session, standing: Standing, zone: ZoneInfo) -> list[Day]:
    """Every day of a sitting's window with what can be booked: one statement."""
    return rules.bookable_slots(
        standing.window,
        standing.hours,
        zone,
        now=standing.now,
        latest=standing.latest_start,
        taken=booked_by_others(session, standing.sitting),
        places=standing.exam.places,
    )


def start_refusal(session: Session, standing: Standing, zone: ZoneInfo) -> Refusal | None:
    """Why a sitting can't be started now; None when it can: one statement."""
    half_hour = rules.half_hour_of(standing.now, standing.hours, zone)
    return rules.start_refusal(
        standing.now,
        window=standing.window,
        latest=standing.latest_start,
        closed=standing.run is not None,
        booked=standing.booked,
        taken=taken_now(session, standing.sitting.exam_id, standing.sitting.id, half_hour),
        places=standing.exam.places,
    )


# For lists and jobs


def _upcoming(since: datetime) -> Select[Any]:
    return (
        select(Booking)
        .join(Sitting, Sitting.id == Booking.sitting_id)
        .join(Person, Person.id == Sitting.person_id)
        .where(Booking.cancelled_at.is_(None), Booking.starts_at >= since, Person.active)
    )


def count_bookings(session: Session, since: datetime) -> int:
    """How many bookings begin at or after a moment."""
    return session.scalar(select(func.count()).select_from(_upcoming(since).subquery())) or 0


def bookings_from(session: Session, since: datetime, now: datetime, offset: int, limit: int) -> list[Standing]:
    """Who starts when, from a moment on, soonest first."""
    rows = session.scalars(
        _upcoming(since)
        .order_by(Booking.starts_at, Person.name_key, Booking.id)
        .options(joinedload(Booking.sitting).options(joinedload(Sitting.person), joinedload(Sitting.exam)))
        .offset(offset)
        .limit(limit)
    ).all()
    done = runs(session, [booking.sitting_id for booking in rows])
    return [Standing(booking.sitting, booking, done.get(booking.sitting_id), now) for booking in rows]


def published_exams(session: Session, course_id: int) -> Sequence[Exam]:
    """The exams that completing this course leads to."""
    return session.scalars(
        select(Exam).where(Exam.course_id == course_id, Exam.state == ExamState.PUBLISHED).order_by(Exam.id)
    ).all()


def without_sitting(session: Session, limit: int) -> Sequence[Enrolment]:
    """Completed enrolments without any sitting although their course has a published exam, at most `limit`.

    Whoever has sat one exam of a course isn't called to a later one: that would be a new test nobody asked of them.
    """
    return session.scalars(
        select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Enrolment.completed_at.is_not(None),
            Person.active,
            ~exists().where(Sitting.enrolment_id == Enrolment.id),
            exists().where(Exam.course_id == Enrolment.course_id, Exam.state == ExamState.PUBLISHED),
        )
        .order_by(Enrolment.completed_at, Enrolment.id)
        .limit(limit)
    ).all()


def _unsat() -> Any:
    return ~exists().where(attempt.c.sitting_id == Sitting.id, attempt.c.voided_at.is_(None))


def bookings_to_recall(session: Session, now: datetime) -> Sequence[Booking]:
    """Bookings within a day ahead of which no test has been begun."""
    return session.scalars(
        _upcoming(now)
        .where(Booking.starts_at > now, Booking.starts_at <= now + rules.DAY_BEFORE, _unsat())
        .options(joinedload(Booking.sitting).options(joinedload(Sitting.person), joinedload(Sitting.exam)))
    ).all()


def unbooked_to_recall(session: Session, now: datetime) -> Sequence[Sitting]:
    """Open windows about to end for which nothing is booked ahead and no test has been begun."""
    booked = exists().where(Booking.sitting_id == Sitting.id, Booking.cancelled_at.is_(None), Booking.starts_at > now)
    return session.scalars(
        loaded()
        .join(Person, Person.id == Sitting.person_id)
        .where(
            Sitting.opens_at <= now,
            Sitting.closes_at > now,
            Sitting.closes_at <= now + max(rules.UNBOOKED_WARNINGS),
            Person.active,
            ~booked,
            _unsat(),
        )
    ).all()


def lately_missed(session: Session, now: datetime) -> Sequence[Sitting]:
    """Windows that ended in the last few days without a test."""
    return session.scalars(
        loaded()
        .join(Person, Person.id == Sitting.person_id)
        .where(Sitting.closes_at < now, Sitting.closes_at >= now - rules.MISSED_LATELY, Person.active, _unsat())
    ).all()
