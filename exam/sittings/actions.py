"""Opening windows, booking start times in them, letting candidates in, and reminding them. Nothing here commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.accounts.models import Person
from exam.company import zone
from exam.courses.models import Enrolment
from exam.errors import Conflict, NotFound, Refused, _l
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind
from exam.papers.models import Exam
from exam.sittings import queries, rules
from exam.sittings.models import Booking, Sitting
from exam.sittings.queries import Arrival, Standing
from exam.sittings.rules import Refusal, SlotState, Stage

EXAM_PAGE = "/exam"
BATCH = 200
"""How many enrolments one run of the job looks after."""
AT_ONCE = 200
"""More starts than can be under way at one moment: each has a connection to the database."""

REFUSALS: Mapping[Refusal, Any] = {
    Refusal.NOT_OPEN: _l("The window for this test hasn't opened yet."),
    Refusal.WINDOW_OVER: _l("The window for this test is over. HR can reopen it."),
    Refusal.TOO_LATE: _l("It is too late to start: the whole time no longer fits into the window. HR can reopen it."),
    Refusal.ALREADY_CLOSED: _l("You have already handed in this test."),
    Refusal.NO_PLACE: _l("All places of this half hour are taken. Wait for the next one, or book a time."),
}
"""What a candidate reads who can't start now."""


def slot_just_taken() -> Conflict:
    """Somebody was faster; the other times are untouched."""
    return Conflict(_l("This time has just been booked up. All other times are still there."), "full")


# Windows


def open_first(session: Session, enrolment: Enrolment, now: datetime) -> list[Sitting]:
    """Open the window of the first try at each published exam of a course that is now completed.

    An exam that has been opened for this enrolment before is left as it is, so doing it twice changes nothing.
    """
    found = queries.published_exams(session, enrolment.course_id)
    opened = [_open_try(session, enrolment, exam, 1, None, now) for exam in found]
    for sitting in filter(None, opened):
        _tell(session, sitting, NoticeKind.WINDOW_OPEN, sitting.id, now, minutes=_minutes(sitting))
    return [sitting for sitting in opened if sitting]


def on_course_completed(enrolment: Enrolment, *, session: Session, now: datetime) -> None:
    """Listens to `course_completed`."""
    open_first(session, enrolment, now)


def open_missing(session: Session, now: datetime) -> int:
    """Open windows for those who completed a course before its exam was published; gives how many."""
    return sum(len(open_first(session, enrolment, now)) for enrolment in queries.without_sitting(session, BATCH))


def on_exam_published(_exam: Exam, *, session: Session, now: datetime) -> None:
    """Listens to `exam_published`: who has been waiting for it is let in at once, the rest by the job."""
    open_missing(session, now)


def _open_try(
    session: Session, enrolment: Enrolment, exam: Exam, try_number: int, actor_id: int | None, now: datetime
) -> Sitting | None:
    """A new sitting with a whole window from now; None if this try has been opened already."""
    if queries.last_try(session, enrolment.id, exam.id) >= try_number:
        return None
    sitting = Sitting(
        person=session.get_one(Person, enrolment.person_id),
        exam=exam,
        enrolment=enrolment,
        try_number=try_number,
        opens_at=now,
        closes_at=rules.window_end(now, exam.window_days, zone()),
        created_at=now,
        created_by=actor_id,
    )
    try:
        with session.begin_nested():
            session.add(sitting)
    except IntegrityError:  # another process opened it in the same moment
        return None
    return sitting


def open_retake(
    session: Session, failed_sitting: Sitting, actor_id: int, now: datetime, *, extra: bool = False
) -> Sitting:
    """Open the next try with a new window. `extra` lets HR give one more than the exam allows.

    Refuses while the earlier try hasn't been sat to its end, when a later one is open already, and when no retake is
    left. Whether the try was failed and its tutoring signed is for `retakes` to know. An exam that has been retired
    since still owes its candidates their retakes.
    """
    before = _load(session, failed_sitting, now)
    if before.stage is not Stage.DONE:
        raise Refused(_l("This try hasn't been sat to its end, so there is nothing to retake."), "not_sat")
    sitting = before.sitting
    number = queries.last_try(session, sitting.enrolment_id, sitting.exam_id) + 1
    if number != sitting.try_number + 1:
        raise Conflict(_l("The next try has been opened already."), "already_open")
    if not rules.tries_left(sitting.try_number, before.exam.max_retakes) and not extra:
        raise Refused(_l("No retake is left. HR decides how it goes on."), "no_retake_left")
    opened = _open_try(session, sitting.enrolment, before.exam, number, actor_id, now)
    if opened is None:
        raise Conflict(_l("The next try has been opened already."), "already_open")
    _audit(session, "retake.opened", opened, actor_id, now, try_number=number, closes_at=opened.closes_at, extra=extra)
    _tell(session, opened, NoticeKind.RETAKE_OPEN, opened.id, now)
    return opened


def reopen(
    session: Session, sitting: Sitting, closes_at: datetime, reason: str, actor_id: int, now: datetime
) -> Sitting:
    """Give a window that was missed, or is about to be, a later end.

    Refuses a sitting that has been sat, an end that isn't later or leaves no time for the test, one too far ahead, and
    no reason.
    """
    standing = _load(session, sitting, now)
    before = standing.sitting.closes_at
    if standing.run is not None:
        raise Refused(_l("This test has been started, so its window can't be reopened."), "already_sat")
    if not reason.strip():
        raise Refused(_l("Say why, so that others understand it later."), "no_reason")
    if closes_at <= before:
        raise Refused(_l("The new end must be later than the present one."), "not_later")
    latest = rules.latest_start(closes_at, standing.exam.minutes, sitting.person.time_factor)
    if latest <= now:
        raise Refused(_l("That end leaves no time for the whole test."), "too_short")
    if closes_at > now + rules.LONGEST_REOPENING:
        raise Refused(_l("The new end is too far ahead: at most 90 days from now."), "too_far")
    sitting.closes_at, sitting.reopened_at, sitting.reopened_by = closes_at, now, actor_id
    sitting.reopen_reason = reason.strip()
    session.flush()
    _audit(session, "window.reopened", sitting, actor_id, now, before=before, closes_at=closes_at, reason=reason)
    _tell(
        session,
        sitting,
        NoticeKind.WINDOW_REOPENED,
        f"{sitting.id}:{closes_at.isoformat()}",
        now,
        reason=reason.strip(),
    )
    return sitting


# Booking


def book(session: Session, sitting: Sitting, starts_at: datetime, now: datetime) -> Booking:
    """Book a start time; another one booked before is given back in the same act.

    Refuses what isn't a half hour of the exam, is past, leaves no time before the window's end or is full; also once
    the test has been started, the window is over, or the time booked before has just begun. The same time again
    changes nothing.
    """
    standing = _load(session, sitting, now)
    _check_may_book(standing)
    if standing.stage is Stage.BOOKED and standing.booking and standing.booked == starts_at:
        return standing.booking
    _check_slot(session, standing, starts_at)
    booking = _take_place(session, standing, starts_at, now)
    kind = NoticeKind.BOOKING_CHANGED if standing.stage is Stage.BOOKED else NoticeKind.BOOKING_MADE
    _tell(session, sitting, kind, booking.id, now, starts_at=starts_at, minutes=_minutes(sitting))
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
    standing = _load(session, sitting, now)
    if standing.booking is None or standing.run is not None:
        raise Refused(_l("There is no booking to cancel."), "not_booked")
    if now >= standing.booking.starts_at:
        raise _time_has_begun()
    standing.booking.cancelled_at = now
    session.flush()
    booking = standing.booking
    _tell(session, sitting, NoticeKind.BOOKING_CANCELLED, booking.id, now, starts_at=booking.starts_at)


def _time_has_begun() -> Refused:
    return Refused(_l("Your booked time has begun: you can start now, with the whole time."), "begun")


# Starting


def admit(session: Session, arrival: Arrival, now: datetime) -> None:
    """Let a candidate in who is about to start: refuses, saying why, or gives back a later time they had booked."""
    if arrival.run is not None and rules.is_running(arrival.run, now):
        return
    refusal = _refusal(arrival, now, taken=0)
    if refusal is None and not rules.place_is_kept(arrival.booked, now):
        refusal = _refusal(arrival, now, taken=_taken(session, arrival, now))
    if refusal is Refusal.NO_PLACE:
        raise Conflict(REFUSALS[refusal], refusal)
    if refusal:
        raise Refused(REFUSALS[refusal], refusal)
    if arrival.booked is not None and arrival.booked > now:
        session.execute(update(Booking).where(Booking.id == arrival.booking_id).values(cancelled_at=now))


def _refusal(arrival: Arrival, now: datetime, taken: int) -> Refusal | None:
    return rules.start_refusal(
        now,
        window=arrival.window,
        latest=arrival.latest_start,
        closed=arrival.run is not None,
        booked=arrival.booked,
        taken=taken,
        places=arrival.places,
    )


def _taken(session: Session, arrival: Arrival, now: datetime) -> int:
    """How many others hold a place of this half hour.

    Where the room is nearly full, those who start without a booking come in one by one: nobody sees a start that
    isn't committed, so two could take the last place. Where it isn't, a hall may start at once.
    """
    half_hour = rules.half_hour_of(now, arrival.hours, zone())
    taken = queries.taken_now(session, arrival.exam_id, arrival.sitting_id, half_hour)
    if taken < arrival.places <= taken + AT_ONCE:
        queries.hold_places(session, arrival.exam_id)
        taken = queries.taken_now(session, arrival.exam_id, arrival.sitting_id, half_hour)
    return taken


# Reminders


def remind(session: Session, now: datetime) -> None:
    """Recall bookings a day and an hour ahead, unbooked windows two days and a day before their end, and missed ones.

    Each is told once, however often this runs.
    """
    for booking in queries.bookings_to_recall(session, now):
        before = rules.booking_reminder(now, booking.starts_at, booking.booked_at)
        if before:
            kind = NoticeKind.REMINDER_HOUR if before == rules.HOUR_BEFORE else NoticeKind.REMINDER_DAY
            sitting = booking.sitting
            _tell(session, sitting, kind, booking.id, now, starts_at=booking.starts_at, minutes=_minutes(sitting))
    for sitting in queries.unbooked_to_recall(session, now):
        days = rules.unbooked_warning(now, rules.Window(sitting.opens_at, sitting.closes_at))
        if days:
            key = f"{sitting.id}:{sitting.closes_at.isoformat()}:{days}"
            _tell(session, sitting, NoticeKind.UNBOOKED_RUNNING_OUT, key, now)
    for sitting in queries.lately_missed(session, now):
        key = f"{sitting.id}:{sitting.closes_at.isoformat()}"
        _tell(session, sitting, NoticeKind.WINDOW_MISSED, key, now)


def _load(session: Session, sitting: Sitting, now: datetime) -> Standing:
    """The sitting with all that rules need, as the database has it now."""
    found = queries.sitting(session, sitting.id)
    if found is None:
        raise NotFound()
    return queries.standing(session, found, now)


def _minutes(sitting: Sitting) -> int:
    """How long this candidate has, in whole minutes."""
    return int(rules.time_given(sitting.exam.minutes, sitting.person.time_factor).total_seconds() // 60)


def _tell(session: Session, sitting: Sitting, kind: NoticeKind, key: object, now: datetime, **params: Any) -> None:
    facts = {"exam": sitting.exam.title, "closes_at": sitting.closes_at, **params}
    notify(session, sitting.person_id, kind, key=str(key), now=now, link=EXAM_PAGE, **facts)


def _audit(session: Session, action: str, sitting: Sitting, actor_id: int | None, now: datetime, **detail: Any) -> None:
    audit(
        session, actor_id=actor_id, action=action, subject_type="sitting", subject_id=sitting.id,
        about_id=sitting.person_id, now=now, **detail,
    )  # fmt: skip
