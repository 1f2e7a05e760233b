"""Reading sittings and bookings, with what has become of each. A fixed number of statements, however long the list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Select, column, exists, func, select, table
from sqlalchemy.orm import Session, joinedload

from exam.accounts.models import Person
from exam.courses.models import Enrolment
from exam.papers.models import Exam
from exam.papers.rules import ExamState
from exam.sittings import rules
from exam.sittings.models import Booking, Sitting
from exam.sittings.rules import OpeningHours, Run, Stage, Window
from question_bank.orm import UtcDateTime

# Attempts are a later feature and know sittings. What has become of a sitting is read from their table by its name;
# a test holds these columns to the model's.
attempt = table(
    "attempt",
    column("id"),
    column("sitting_id"),
    column("exam_id"),
    column("started_at", UtcDateTime()),
    column("deadline", UtcDateTime()),
    column("closed_at", UtcDateTime()),
    column("voided_at", UtcDateTime()),
)


@dataclass(frozen=True)
class Standing:
    """A sitting with its booking, its attempt, and how far it has come by `now`. `person` and `exam` are loaded."""

    sitting: Sitting
    booking: Booking | None
    run: Run | None
    now: datetime

    @property
    def exam(self) -> Exam:
        return self.sitting.exam

    @property
    def window(self) -> Window:
        return Window(self.sitting.opens_at, self.sitting.closes_at)

    @property
    def hours(self) -> OpeningHours:
        return OpeningHours(self.exam.opens_at, self.exam.shuts_at)

    @cached_property
    def latest_start(self) -> datetime:
        """The last moment to start, this person's extra time counted."""
        factor = self.sitting.person.time_factor
        return rules.latest_start(self.sitting.closes_at, self.exam.minutes, factor, self.exam.late_start)

    @property
    def booked(self) -> datetime | None:
        """The booked start, if there is one."""
        return self.booking.starts_at if self.booking else None

    @cached_property
    def stage(self) -> Stage:
        return rules.stage(self.now, self.window, self.latest_start, self.booked, self.run)

    def deadline_from(self, start: datetime) -> datetime:
        """When a test begun then would end."""
        factor = self.sitting.person.time_factor
        return rules.deadline(start, self.sitting.closes_at, self.exam.minutes, factor, self.exam.late_start)


def own_sitting(session: Session, person_id: int, sitting_id: int) -> Sitting | None:
    """This person's sitting with its exam, person and enrolment; None for somebody else's."""
    return session.scalar(_loaded().where(Sitting.id == sitting_id, Sitting.person_id == person_id))


def sitting(session: Session, sitting_id: int) -> Sitting | None:
    """Anybody's sitting with its exam, person and enrolment, for those who may see everybody's."""
    return session.scalar(_loaded().where(Sitting.id == sitting_id))


def of_person(session: Session, person_id: int) -> Sequence[Sitting]:
    """All sittings of a person, the latest first."""
    return session.scalars(
        _loaded().where(Sitting.person_id == person_id).order_by(Sitting.created_at.desc(), Sitting.id.desc())
    ).all()


def current(session: Session, person_id: int, now: datetime | None = None) -> Sitting | None:
    """The sitting that counts now: the one to sit that closes first, else the latest of all; None without any.

    Without `now`, windows aren't looked at: the latest sitting.
    """
    found = of_person(session, person_id)
    if now is None:
        return found[0] if found else None
    standing = pick_current(standings(session, found, now))
    return standing.sitting if standing else None


def pick_current(found: Sequence[Standing]) -> Standing | None:
    """Of a person's sittings, the latest first: the one running, else the one to sit next, else the latest."""
    running = [one for one in found if one.stage is Stage.RUNNING]
    ahead = [one for one in found if one.run is None and one.stage not in (Stage.MISSED, Stage.TOO_LATE)]
    first = sorted(ahead, key=lambda one: one.sitting.closes_at)
    return next(iter([*running, *first, *found]), None)


def standings(session: Session, found: Iterable[Sitting], now: datetime) -> list[Standing]:
    """Each of these sittings (loaded by this module) with its booking and attempt: two statements."""
    wanted = list(found)
    ids = [one.id for one in wanted]
    bookings = live_bookings(session, ids)
    attempts = runs(session, ids)
    return [Standing(one, bookings.get(one.id), attempts.get(one.id), now) for one in wanted]


def standing(session: Session, one: Sitting, now: datetime) -> Standing:
    """One sitting with its booking and attempt."""
    return standings(session, [one], now)[0]


def runs(session: Session, sitting_ids: Sequence[int]) -> dict[int, Run]:
    """By sitting, the attempt that counts; a sitting without one, or with void ones only, is left out."""
    if not sitting_ids:
        return {}
    columns = (attempt.c.sitting_id, attempt.c.id, attempt.c.started_at, attempt.c.deadline, attempt.c.closed_at)
    rows = session.execute(select(*columns).where(attempt.c.sitting_id.in_(sitting_ids), attempt.c.voided_at.is_(None)))
    return {sitting_id: Run(*values) for sitting_id, *values in rows}


def live_bookings(session: Session, sitting_ids: Sequence[int]) -> dict[int, Booking]:
    """By sitting, its booking that is neither changed nor cancelled."""
    if not sitting_ids:
        return {}
    rows = session.scalars(
        select(Booking)
        .where(Booking.sitting_id.in_(sitting_ids), Booking.cancelled_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return {booking.sitting_id: booking for booking in rows}


def live_booking(session: Session, sitting_id: int) -> Booking | None:
    """A sitting's booking that is neither changed nor cancelled, as the database has it now."""
    return live_bookings(session, [sitting_id]).get(sitting_id)


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


def taken_now(session: Session, mine: Sitting, half_hour: datetime) -> int:
    """How many others hold a place of a half hour: booked for it, or started unbooked within it."""
    booked = select(Booking.sitting_id).where(
        Booking.exam_id == mine.exam_id, Booking.starts_at == half_hour, Booking.cancelled_at.is_(None)
    )
    started = select(attempt.c.sitting_id).where(
        attempt.c.exam_id == mine.exam_id,
        attempt.c.started_at >= half_hour,
        attempt.c.started_at < half_hour + rules.HALF_HOUR,
        attempt.c.voided_at.is_(None),
    )
    holders = booked.union(started).subquery()
    return session.scalar(select(func.count()).where(holders.c.sitting_id != mine.id)) or 0


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


def last_try(session: Session, enrolment_id: int, exam_id: int) -> int:
    """The number of the latest try opened; 0 for none."""
    wanted = select(func.max(Sitting.try_number)).where(
        Sitting.enrolment_id == enrolment_id, Sitting.exam_id == exam_id
    )
    return session.scalar(wanted) or 0


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
        _loaded()
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
        _loaded()
        .join(Person, Person.id == Sitting.person_id)
        .where(Sitting.closes_at < now, Sitting.closes_at >= now - rules.MISSED_LATELY, Person.active, _unsat())
    ).all()


def _loaded() -> Select[Sitting]:
    return select(Sitting).options(joinedload(Sitting.exam), joinedload(Sitting.person), joinedload(Sitting.enrolment))
