"""When a window ends, which half hours can be booked, who may start and why not. Times in, decisions out.

Moments are aware and in UTC; `zone` is the company's time zone, in which days, opening hours and windows are meant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from exam.papers.rules import LateStart

HALF_HOUR = timedelta(minutes=30)
FEW = 3
"""Free places are only shown below this."""
LONGEST_REOPENING = timedelta(days=90)
"""How far ahead HR may put the end of a reopened window."""
LONGEST_REASON = 500
"""Characters of the reason for reopening a window."""
DAY_BEFORE = timedelta(days=1)
HOUR_BEFORE = timedelta(hours=1)
UNBOOKED_WARNINGS = (timedelta(days=2), timedelta(days=1))
"""How long before its end an unbooked window is recalled."""
MISSED_LATELY = timedelta(days=3)
"""How long after its end a missed window is still told of; the job may have been down."""

NETWORK_KEPT = timedelta(days=180)
"""From the opening of a room on, the digest of its network: a hint for as long as papers are compared and queried,
which with the longest reopening, retakes and days for appeals is over by then. Candidates read so before they start."""


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when a sitting may be begun; both ends belong to it."""

    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """The attempt of a sitting that counts: a void one doesn't."""

    attempt_id: int
    started_at: datetime
    deadline: datetime
    closed_at: datetime | None


class Refusal(StrEnum):
    """Why a candidate may not start now."""

    NOT_OPEN = "not_open"
    WINDOW_OVER = "window_over"
    TOO_LATE = "too_late"
    ALREADY_CLOSED = "already_closed"
    NO_PLACE = "no_place"


class Stage(StrEnum):
    """How far a sitting has come."""

    NOT_OPEN = "not_open"
    OPEN = "open"
    BOOKED = "booked"
    BEGUN = "begun"
    """The booked half hour is running, its candidate hasn't started."""
    NO_SHOW = "no_show"
    """The booked half hour has passed unused; another may be booked."""
    TOO_LATE = "too_late"
    """The window is still open, but no longer for a whole test."""
    MISSED = "missed"
    RUNNING = "running"
    DONE = "done"


class SlotState(StrEnum):
    """Whether a half hour can be booked."""

    PAST = "past"
    OPEN = "open"
    FEW = "few"
    FULL = "full"
    TOO_LATE = "too_late"
    """A whole test begun then would pass the window's end; or the window hasn't opened by then."""


class DayState(StrEnum):
    """What a day of the calendar offers."""

    OPEN = "open"
    FULL = "full"
    PAST = "past"
    SHUT = "shut"


@dataclass(frozen=True, slots=True)
class HalfHour:
    """A start time; `left` is how many may still book it."""

    starts_at: datetime
    state: SlotState
    left: int

    @property
    def bookable(self) -> bool:
        return self.state in (SlotState.OPEN, SlotState.FEW)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the window with its half hours."""

    date: date
    half_hours: tuple[HalfHour, ...]

    @property
    def state(self) -> DayState:
        states = {one.state for one in self.half_hours}
        if states & {SlotState.OPEN, SlotState.FEW}:
            return DayState.OPEN
        if SlotState.FULL in states:
            return DayState.FULL
        return DayState.PAST if SlotState.PAST in states else DayState.SHUT


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Times of day, in the company's time, between which a booked test may begin; `shuts_at` itself is too late."""

    opens_at: time
    shuts_at: time


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last second of a day, 23:59:59 by the company's clocks."""
    # A midnight that the clocks pass twice belongs to the day until its second passing.
    return datetime.combine(day, time(23, 59, 59, fold=1), zone).astimezone(UTC)


def window_end(opened: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The end of a window: 23:59:59 of its last day, the day of opening being the first of `days`.

    So a window of 7 days opened on a Monday ends on Sunday night, and the calendar of a week shows all of it.
    """
    first = opened.astimezone(zone).date()
    return end_of_day(first + timedelta(days=days - 1), zone)


def time_given(minutes: int, factor: Fraction) -> timedelta:
    """How long a candidate has: the exam's minutes times the person's factor, to the microsecond."""
    return timedelta(microseconds=round(minutes * factor * 60_000_000))


def latest_start(closes_at: datetime, minutes: int, factor: Fraction, policy: LateStart = LateStart.REFUSE) -> datetime:
    """The last moment to start: so that the whole time fits into the window, or its very end where time is cut."""
    if policy is LateStart.SHORTEN:
        return closes_at
    return closes_at - time_given(minutes, factor)


def deadline(start: datetime, closes_at: datetime, minutes: int, factor: Fraction, policy: LateStart) -> datetime:
    """When a test begun at `start` ends: after the whole time, or at the window's end where the exam cuts it."""
    end = start + time_given(minutes, factor)
    return min(end, closes_at) if policy is LateStart.SHORTEN else end


def minutes_left_by_window(start: datetime, end: datetime, minutes: int, factor: Fraction) -> int | None:
    """The whole minutes of a test from start to end, where the window's end cuts it; None where it is uncut."""
    return (end - start) // timedelta(minutes=1) if end - start < time_given(minutes, factor) else None


def start_refusal(
    now: datetime,
    *,
    window: Window,
    latest: datetime,
    closed: bool,
    booked: datetime | None,
    taken: int,
    places: int,
) -> Refusal | None:
    """Why a sitting can't be started now; None when it can.

    `closed`: an attempt of it has ended (a void one doesn't count). `booked` is the candidate's own booked start,
    `taken` how many others hold a place of the present half hour. Somebody booked has a place from their time on for
    half an hour; earlier or later, and unbooked, they start while there is room. Whoever starts late still has the
    whole time.
    """
    if closed:
        return Refusal.ALREADY_CLOSED
    if now < window.opens_at:
        return Refusal.NOT_OPEN
    if now > window.closes_at:
        return Refusal.WINDOW_OVER
    if now > latest:
        return Refusal.TOO_LATE
    if place_is_kept(booked, now):
        return None
    return Refusal.NO_PLACE if taken >= places else None


def place_is_kept(booked: datetime | None, now: datetime) -> bool:
    """Whether somebody's own booked half hour is running: they start in it however many others are here."""
    return booked is not None and booked <= now < booked + HALF_HOUR


def is_running(run: Run, now: datetime) -> bool:
    """Whether an attempt may still be gone on with: the deadline ends it, even if no job has closed it yet."""
    return run.closed_at is None and now <= run.deadline


def stage(now: datetime, window: Window, latest: datetime, booked: datetime | None, run: Run | None) -> Stage:
    """How far a sitting has come, for pages and lists."""
    if run is not None:
        return Stage.RUNNING if is_running(run, now) else Stage.DONE
    if now > window.closes_at:
        return Stage.MISSED
    if now < window.opens_at:
        return Stage.NOT_OPEN
    if now > latest:
        return Stage.TOO_LATE
    if booked is None:
        return Stage.OPEN
    if now < booked:
        return Stage.BOOKED
    return Stage.BEGUN if now < booked + HALF_HOUR else Stage.NO_SHOW


def half_hour_of(now: datetime, hours: OpeningHours, zone: ZoneInfo) -> datetime:
    """The beginning of the half hour that `now` lies in, on the grid that begins at the opening time."""
    shown = now.astimezone(zone)
    since_opening = (shown.hour - hours.opens_at.hour) * 60 + shown.minute - hours.opens_at.minute
    into = timedelta(minutes=since_opening % 30, seconds=shown.second, microseconds=shown.microsecond)
    return now - into


def start_times(day: date, hours: OpeningHours, zone: ZoneInfo) -> list[datetime]:
    """The half hours of a day; a time that the change to summer time skips isn't one."""
    wall = datetime.combine(day, hours.opens_at)
    end = datetime.combine(day, hours.shuts_at)
    found = []
    while wall < end:
        moment = wall.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            found.append(moment)
        wall += HALF_HOUR
    return found


def slot_state(
    starts_at: datetime, now: datetime, window: Window, latest: datetime, taken: int, places: int
) -> SlotState:
    """Whether one start time can be booked; `taken` counts the bookings of others."""
    if starts_at <= now:
        return SlotState.PAST
    if not window.opens_at <= starts_at <= latest:
        return SlotState.TOO_LATE
    if taken >= places:
        return SlotState.FULL
    return SlotState.FEW if places - taken < FEW else SlotState.OPEN


def bookable_slots(
    window: Window,
    hours: OpeningHours,
    zone: ZoneInfo,
    *,
    now: datetime,
    latest: datetime,
    taken: Mapping[datetime, int],
    places: int,
) -> list[Day]:
    """Every day of a window with its half hours. `taken`: by start time, how many others have booked it."""
    day = window.opens_at.astimezone(zone).date()
    last = window.closes_at.astimezone(zone).date()
    days = []
    while day <= last:
        days.append(
            Day(
                day,
                tuple(
                    HalfHour(
                        starts_at,
                        slot_state(starts_at, now, window, latest, taken.get(starts_at, 0), places),
                        max(0, places - taken.get(starts_at, 0)),
                    )
                    for starts_at in start_times(day, hours, zone)
                ),
            )
        )
        day += timedelta(days=1)
    return days


def is_start_time(moment: datetime, hours: OpeningHours, zone: ZoneInfo) -> bool:
    """Whether a moment is one of the half hours that can be booked on its day."""
    return moment in start_times(moment.astimezone(zone).date(), hours, zone)


def free_place(taken: set[int], places: int) -> int | None:
    """The smallest free place of a half hour, from 1; None when it is full."""
    return next((place for place in range(1, places + 1) if place not in taken), None)


def booking_reminder(now: datetime, starts_at: datetime, booked_at: datetime) -> timedelta | None:
    """Which reminder a booking is due: an hour or a day ahead; None when none is, or it was booked later than that."""
    for before in (HOUR_BEFORE, DAY_BEFORE):
        if starts_at - before <= now < starts_at:
            return before if booked_at <= starts_at - before else None
    return None


def unbooked_warning(now: datetime, window: Window) -> int | None:
    """Which reminder an unbooked window is due: 2 or 1 days before its end; None when none is.

    A window shorter than that was announced in time by its opening.
    """
    left = window.closes_at - now
    due = [before for before in UNBOOKED_WARNINGS if timedelta() < left <= before]
    fitting = [before for before in due if window.opens_at < window.closes_at - before]
    return min(fitting).days if fitting else None


def tries_left(try_number: int, max_retakes: int) -> int:
    """How many retakes remain after this try."""
    return max(0, 1 + max_retakes - try_number)
