"""Booking a start time in one's window, changing it and giving it back."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam.company import zone
from exam.errors import Conflict, Refused, _l
from exam.notices.rules import NoticeKind
from exam.sittings import queries, rules
from exam.sittings.actions.guards import REFUSALS, load, minutes, tell
from exam.sittings.models import Booking, Sitting
from exam.sittings.queries import Standing
from exam.sittings.rules import Refusal, SlotState, Stage


def slot_just_taken() -> Conflict:
    """Somebody was faster; the other times are untouched."""
    return Conflict(_l("This time has just been booked up. All other times are still there."), "full")


def book(session: Session, sitting: Sitting, starts_at: datetime, now: datetime) -> Booking:
    """Book a start time; another one booked before is given back in the same act.

    Refuses what isn't a half hour of the exam, is past, leaves no time before the window's end or is full; also once
    the test has been started, the window is over, or the time booked before has just begun. The same time again
    changes nothing.
    """
    standing = load(session, sitting, now)
    _check_may_book(standing)
    if standing.stage is Stage.BOOKED and standing.booking and standing.booked == starts_at:
        return standing.booking
    _check_slot(session, standing, starts_at)
    booking = _take_place(session, standing, starts_at, now)
    kind = NoticeKind.BOOKING_CHANGED if standing.stage is Stage.BOOKED else NoticeKind.BOOKING_MADE
    tell(session, sitting, kind, booking.id, now, starts_at=starts_at, minutes=minutes(sitting))
    return booking


def _check_may_book(standing: Standing) -> None:
    """Refuse when the sitting is past booking."""
    match standing.stage:
        case Stage.RUNNING | Stage.DONE:
            raise Refused(_l("You have started this test, so there is nothing to book."), "already_sat")
        case Stage.MISSED:
            raise Refused(REFUSALS[Refusal.WINDOW_OVER], Refusal.WINDOW_OVER)
        case Stage.TOO_LATE:
            raise Refused(REFUSALS[Refusal.TOO_LATE], Refusal.TOO_LATE)
        case Stage.BEGUN:
            raise _time_has_begun()


def _check_slot(session: Session, standing: Standing, starts_at: datetime) -> None:
    """Refuse a start time that can't be booked."""
    taken = queries.booked_by_others(session, standing.sitting).get(starts_at, 0)
    state = rules.slot_state(
        starts_at, standing.now, standing.window, standing.latest_start, taken, standing.exam.places
    )
    # Whether it lies in the window comes first: far from it, time zones overflow.
    if state is SlotState.PAST:
        raise Refused(_l("This time has passed. Choose a later one."), "past")
    if state is SlotState.TOO_LATE:
        raise Refused(_l("This time lies outside your window. Choose another one."), "outside")
    if not rules.is_start_time(starts_at, standing.hours, zone()):
        raise Refused(_l("This isn't one of the times of this test. Choose one from the calendar."), "not_a_time")
    if state is SlotState.FULL:
        raise slot_just_taken()


def _take_place(session: Session, standing: Standing, starts_at: datetime, now: datetime) -> Booking:
    """Take the smallest free place, giving back the one held before.

    Two candidates may reach for the same place: the unique index lets one have it, and the other tries the next. When
    none is left, the place held before is kept.
    """
    sitting = standing.sitting
    for _ in range(standing.exam.places + 1):
        try:
            with session.begin_nested():
                held = queries.live_booking(session, sitting.id)
                if held:
                    held.cancelled_at = now
                    session.flush()
                taken = queries.places_taken(session, sitting.exam_id, starts_at)
                place = rules.free_place(taken, standing.exam.places)
                if place is None:
                    raise slot_just_taken()
                booking = Booking(
                    sitting=sitting, exam_id=sitting.exam_id, starts_at=starts_at, place=place, booked_at=now
                )
                session.add(booking)
            return booking
        except IntegrityError:
            continue
    raise slot_just_taken()


def cancel_booking(session: Session, sitting: Sitting, now: datetime) -> None:
    """Give a booked time back. Refuses without one, and once its time has begun."""
    standing = load(session, sitting, now)
    if standing.booking is None or standing.run is not None:
        raise Refused(_l("There is no booking to cancel."), "not_booked")
    if now >= standing.booking.starts_at:
        raise _time_has_begun()
    standing.booking.cancelled_at = now
    session.flush()
    booking = standing.booking
    tell(session, sitting, NoticeKind.BOOKING_CANCELLED, booking.id, now, starts_at=booking.starts_at)


def _time_has_begun() -> Refused:
    return Refused(_l("Your booked time has begun: you can start now, with the whole time."), "begun")
