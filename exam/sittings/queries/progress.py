"""Sittings with what has become of each: booking, attempt, stage. Two statements, however long the list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Select, column, func, select, table
from sqlalchemy.orm import Session, joinedload

from exam.papers.models import Exam
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

    def cut_from(self, start: datetime) -> int | None:
        """The minutes that are left of a test begun then, if the window's end cuts it; None if it is whole."""
        factor = self.sitting.person.time_factor
        return rules.minutes_left_by_window(start, self.deadline_from(start), self.exam.minutes, factor)


def own_sitting(session: Session, person_id: int, sitting_id: int) -> Sitting | None:
    """This person's sitting with its exam, person and enrolment; None for somebody else's."""
    return session.scalar(loaded().where(Sitting.id == sitting_id, Sitting.person_id == person_id))


def sitting(session: Session, sitting_id: int) -> Sitting | None:
    """Anybody's sitting with its exam, person and enrolment, for those who may see everybody's."""
    return session.scalar(loaded().where(Sitting.id == sitting_id))


def of_person(session: Session, person_id: int) -> Sequence[Sitting]:
    """All sittings of a person, the latest first."""
    return session.scalars(
        loaded().where(Sitting.person_id == person_id).order_by(Sitting.created_at.desc(), Sitting.id.desc())
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


def last_try(session: Session, enrolment_id: int, exam_id: int) -> int:
    """The number of the latest try opened; 0 for none."""
    wanted = select(func.max(Sitting.try_number)).where(
        Sitting.enrolment_id == enrolment_id, Sitting.exam_id == exam_id
    )
    return session.scalar(wanted) or 0


def loaded() -> Select[Sitting]:
    return select(Sitting).options(joinedload(Sitting.exam), joinedload(Sitting.person), joinedload(Sitting.enrolment))
