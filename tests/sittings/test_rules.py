"""Windows, half hours and who may start, as tables."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from exam.papers.rules import LateStart
from exam.sittings.rules import (
    DayState,
    OpeningHours,
    Refusal,
    Run,
    SlotState,
    Stage,
    Window,
    bookable_slots,
    booking_reminder,
    deadline,
    free_place,
    half_hour_of,
    is_start_time,
    latest_start,
    minutes_left_by_window,
    slot_state,
    stage,
    start_refusal,
    start_times,
    time_given,
    tries_left,
    unbooked_warning,
    window_end,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
HOURS = OpeningHours(time(9), time(18))


def at(day: int, hour: int, minute: int = 0, second: int = 0, zone: ZoneInfo = SHANGHAI) -> datetime:
    """A moment of March 2026."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=zone).astimezone(UTC)


WINDOW = Window(at(2, 9, 30), at(8, 23, 59, 59))
LATEST = at(8, 22, 59, 59)


@pytest.mark.parametrize(
    ("opened", "days", "zone", "end"),
    [
        # The day of opening is the first of the seven, whatever the hour.
        ("2026-11-23T09:00", 7, SHANGHAI, "2026-11-29T23:59:59"),
        ("2026-11-23T00:00", 7, SHANGHAI, "2026-11-29T23:59:59"),
        ("2026-11-23T23:59:59", 7, SHANGHAI, "2026-11-29T23:59:59"),
        ("2026-11-24T00:00", 7, SHANGHAI, "2026-11-30T23:59:59"),
        ("2026-11-23T09:00", 1, SHANGHAI, "2026-11-23T23:59:59"),
        ("2026-12-30T09:00", 7, SHANGHAI, "2027-01-05T23:59:59"),
        ("2028-02-26T09:00", 7, SHANGHAI, "2028-03-03T23:59:59"),
        # Over a change of clocks the end is still 23:59:59 there.
        ("2026-03-24T10:00", 7, BERLIN, "2026-03-30T23:59:59"),
        ("2026-03-23T10:00", 7, BERLIN, "2026-03-29T23:59:59"),
        ("2026-10-20T10:00", 7, BERLIN, "2026-10-26T23:59:59"),
        ("2026-10-26T10:00", 7, NEW_YORK, "2026-11-01T23:59:59"),
        ("2026-03-02T10:00", 7, KATHMANDU, "2026-03-08T23:59:59"),
    ],
)
def test_a_window_ends_with_its_last_day_by_the_companys_clocks(opened, days, zone, end):
    opened = datetime.fromisoformat(opened).replace(tzinfo=zone).astimezone(UTC)
    assert window_end(opened, days, zone) == datetime.fromisoformat(end).replace(tzinfo=zone)


def test_the_day_is_the_companys_not_that_of_utc():
    late_evening_utc = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)  # half past midnight of 2 March in Shanghai
    assert window_end(late_evening_utc, 7, SHANGHAI) == at(8, 23, 59, 59)


def test_a_day_whose_midnight_comes_twice_ends_with_the_second():
    # Havana goes back from 1:00 to 0:00; Azores from 1:00 to 0:00: the last second of the day before is unambiguous.
    # Asuncion went back from 0:00 to 23:00 of the same day until 2024.
    end = window_end(datetime(2024, 3, 23, 12, tzinfo=UTC), 1, ZoneInfo("America/Asuncion"))
    assert end == datetime(2024, 3, 24, 3, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "factor", "policy", "latest"),
    [
        (60, Fraction(1), LateStart.REFUSE, at(8, 22, 59, 59)),
        (60, Fraction(3, 2), LateStart.REFUSE, at(8, 22, 29, 59)),
        (60, Fraction(5, 4), LateStart.REFUSE, at(8, 22, 44, 59)),
        (45, Fraction(4, 3), LateStart.REFUSE, at(8, 22, 59, 59)),
        (60, Fraction(1), LateStart.SHORTEN, at(8, 23, 59, 59)),
        (60, Fraction(3, 2), LateStart.SHORTEN, at(8, 23, 59, 59)),
    ],
)
def test_the_latest_start_leaves_the_whole_time_or_is_the_windows_end(minutes, factor, policy, latest):
    assert latest_start(WINDOW.closes_at, minutes, factor, policy) == latest


def test_the_deadline_is_cut_only_where_the_exam_says_so():
    start = at(8, 23, 30)
    assert deadline(start, WINDOW.closes_at, 60, Fraction(1), LateStart.SHORTEN) == WINDOW.closes_at
    assert deadline(start, WINDOW.closes_at, 60, Fraction(1), LateStart.REFUSE) == at(9, 0, 30)
    assert deadline(at(3, 10), WINDOW.closes_at, 60, Fraction(3, 2), LateStart.SHORTEN) == at(3, 11, 30)


@pytest.mark.parametrize(
    ("start", "factor", "policy", "left"),
    [
        (at(8, 22, 59, 59), Fraction(1), LateStart.SHORTEN, None),
        (at(8, 23, 0), Fraction(1), LateStart.SHORTEN, 59),
        (at(8, 22, 59, 59), Fraction(5, 4), LateStart.SHORTEN, 60),
        (at(8, 23, 59, 30), Fraction(1), LateStart.SHORTEN, 0),
        (at(8, 23, 30), Fraction(3, 2), LateStart.REFUSE, None),
    ],
)
def test_how_many_minutes_the_windows_end_leaves(start, factor, policy, left):
    end = deadline(start, WINDOW.closes_at, 60, factor, policy)
    assert minutes_left_by_window(start, end, 60, factor) == left


def test_time_given_is_exact():
    assert time_given(60, Fraction(4, 3)) == timedelta(minutes=80)
    assert time_given(100, Fraction(1, 3) + 1) == timedelta(seconds=8000)


@pytest.mark.parametrize(
    ("now", "changes", "refusal"),
    [
        (at(2, 9, 29, 59), {}, Refusal.NOT_OPEN),
        (at(2, 9, 30), {}, None),
        (at(4, 3), {}, None),  # inside the window, outside the opening hours
        (LATEST, {}, None),
        (LATEST + timedelta(microseconds=1), {}, Refusal.TOO_LATE),
        (at(8, 23, 59, 59), {}, Refusal.TOO_LATE),
        (at(8, 23, 59, 59), {"latest": WINDOW.closes_at}, None),
        (at(9, 0), {}, Refusal.WINDOW_OVER),
        (at(9, 0), {"latest": WINDOW.closes_at}, Refusal.WINDOW_OVER),
        (at(4, 10), {"closed": True}, Refusal.ALREADY_CLOSED),
        (at(9, 0), {"closed": True}, Refusal.ALREADY_CLOSED),
        (at(4, 10), {"taken": 19}, None),
        (at(4, 10), {"taken": 20}, Refusal.NO_PLACE),
        (at(4, 10), {"taken": 21}, Refusal.NO_PLACE),
        # Booked: a place is kept from the time on, for half an hour.
        (at(4, 10), {"taken": 20, "booked": at(4, 10)}, None),
        (at(4, 10, 29, 59), {"taken": 20, "booked": at(4, 10)}, None),
        (at(4, 9, 59, 59), {"taken": 20, "booked": at(4, 10)}, Refusal.NO_PLACE),
        (at(4, 9, 59, 59), {"taken": 3, "booked": at(4, 10)}, None),
        (at(4, 10, 30), {"taken": 20, "booked": at(4, 10)}, Refusal.NO_PLACE),
        (at(4, 10, 30), {"taken": 0, "booked": at(4, 10)}, None),
        (at(8, 23), {"booked": at(8, 22, 59)}, Refusal.TOO_LATE),
    ],
)
def test_who_may_start(now, changes, refusal):
    facts = {"window": WINDOW, "latest": LATEST, "closed": False, "booked": None, "taken": 0, "places": 20}
    assert start_refusal(now, **{**facts, **changes}) is refusal


RUNNING = Run(1, at(4, 10), at(4, 11), None)


@pytest.mark.parametrize(
    ("now", "booked", "run", "expected"),
    [
        (at(2, 9), None, None, Stage.NOT_OPEN),
        (at(2, 9, 30), None, None, Stage.OPEN),
        (at(3, 9), at(4, 10), None, Stage.BOOKED),
        (at(4, 10), at(4, 10), None, Stage.BEGUN),
        (at(4, 10, 29, 59), at(4, 10), None, Stage.BEGUN),
        (at(4, 10, 30), at(4, 10), None, Stage.NO_SHOW),
        (at(8, 23), None, None, Stage.TOO_LATE),
        (at(9, 0), None, None, Stage.MISSED),
        (at(9, 0), at(4, 10), None, Stage.MISSED),
        (at(4, 10, 30), at(4, 10), RUNNING, Stage.RUNNING),
        (at(4, 11), None, RUNNING, Stage.RUNNING),
        (at(4, 11, 0, 1), None, RUNNING, Stage.DONE),
        (at(4, 10, 30), None, Run(1, at(4, 10), at(4, 11), at(4, 10, 20)), Stage.DONE),
        (at(20, 0), None, Run(1, at(4, 10), at(4, 11), at(4, 11)), Stage.DONE),
    ],
)
def test_how_far_a_sitting_has_come(now, booked, run, expected):
    assert stage(now, WINDOW, LATEST, booked, run) is expected


@pytest.mark.parametrize(
    ("now", "opens", "zone", "began"),
    [
        (at(4, 10), time(9), SHANGHAI, at(4, 10)),
        (at(4, 10, 29, 59), time(9), SHANGHAI, at(4, 10)),
        (at(4, 10, 30), time(9), SHANGHAI, at(4, 10, 30)),
        (at(4, 10, 10), time(9, 15), SHANGHAI, at(4, 9, 45)),
        (at(4, 3, 10), time(9, 15), SHANGHAI, at(4, 2, 45)),  # before the opening the grid goes on
        (at(4, 10, 10, 0, KATHMANDU), time(9), KATHMANDU, at(4, 10, 0, 0, KATHMANDU)),
    ],
)
def test_the_half_hour_a_moment_lies_in(now, opens, zone, began):
    assert half_hour_of(now, OpeningHours(opens, time(18)), zone) == began


def test_the_half_hours_of_a_day_begin_before_closing():
    times = start_times(date(2026, 3, 4), HOURS, SHANGHAI)
    assert (len(times), times[0], times[-1]) == (18, at(4, 9), at(4, 17, 30))


@pytest.mark.parametrize(("opens", "shuts"), [(time(18), time(9)), (time(9), time(9))])
def test_hours_that_never_open_have_no_half_hours(opens, shuts):
    assert start_times(date(2026, 3, 4), OpeningHours(opens, shuts), SHANGHAI) == []


def test_a_time_that_summer_time_skips_is_not_offered():
    night = OpeningHours(time(1), time(4))
    walls = [one.astimezone(BERLIN).strftime("%H:%M") for one in start_times(date(2026, 3, 29), night, BERLIN)]
    assert walls == ["01:00", "01:30", "03:00", "03:30"]


def test_a_time_that_comes_twice_is_offered_once():
    night = OpeningHours(time(1), time(4))
    times = start_times(date(2026, 10, 25), night, BERLIN)
    assert len(times) == len(set(times)) == 6


@pytest.mark.parametrize(
    ("moment", "good"),
    [
        (at(4, 9), True),
        (at(4, 17, 30), True),
        (at(4, 18), False),
        (at(4, 8, 30), False),
        (at(4, 9, 15), False),
        (at(4, 9, 0, 1), False),
    ],
)
def test_only_half_hours_within_the_opening_hours_are_start_times(moment, good):
    assert is_start_time(moment, HOURS, SHANGHAI) is good


@pytest.mark.parametrize(
    ("starts_at", "taken", "state"),
    [
        (at(3, 9), 0, SlotState.PAST),
        (at(3, 12), 0, SlotState.PAST),
        (at(3, 12, 30), 0, SlotState.OPEN),
        (at(3, 12, 30), 17, SlotState.OPEN),
        (at(3, 12, 30), 18, SlotState.FEW),
        (at(3, 12, 30), 19, SlotState.FEW),
        (at(3, 12, 30), 20, SlotState.FULL),
        (at(3, 12, 30), 25, SlotState.FULL),  # the exam's places were cut later
        (LATEST, 0, SlotState.OPEN),
        (LATEST + timedelta(seconds=1), 0, SlotState.TOO_LATE),
    ],
)
def test_whether_a_half_hour_can_be_booked(starts_at, taken, state):
    assert slot_state(starts_at, at(3, 12), WINDOW, LATEST, taken, 20) is state


def test_the_calendar_shows_every_day_of_the_window_with_what_it_offers():
    full = dict.fromkeys(start_times(date(2026, 3, 4), HOURS, SHANGHAI), 2)
    late = at(8, 8)
    days = bookable_slots(WINDOW, HOURS, SHANGHAI, now=at(3, 12), latest=late, taken=full, places=2)
    assert [one.date.day for one in days] == [2, 3, 4, 5, 6, 7, 8]
    states = [DayState.PAST, DayState.OPEN, DayState.FULL, DayState.OPEN, DayState.OPEN, DayState.OPEN, DayState.SHUT]
    assert [one.state for one in days] == states
    assert [one.bookable for one in days[1].half_hours].index(True) == 7  # 12:30
    assert days[2].half_hours[0].left == 0


def test_the_smallest_free_place_is_taken():
    assert [free_place(taken, 3) for taken in (set(), {1}, {2}, {1, 3}, {1, 2, 3}, {1, 2, 3, 4})] == [
        1, 2, 1, 2, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("now", "booked_at", "before"),
    [
        (at(3, 9, 59), at(2, 10), None),
        (at(3, 10), at(2, 10), timedelta(days=1)),
        (at(4, 8, 59), at(2, 10), timedelta(days=1)),
        (at(4, 9), at(2, 10), timedelta(hours=1)),
        (at(4, 9, 59), at(2, 10), timedelta(hours=1)),
        (at(4, 10), at(2, 10), None),
        (at(3, 12), at(3, 11), None),  # booked within the day: nobody has forgotten yet
        (at(4, 9, 30), at(3, 11), timedelta(hours=1)),
        (at(4, 9, 30), at(4, 9, 10), None),
    ],
)
def test_which_reminder_a_booking_is_due(now, booked_at, before):
    assert booking_reminder(now, at(4, 10), booked_at) == before


@pytest.mark.parametrize(
    ("now", "opened", "days"),
    [
        (at(6, 23, 59, 58), at(2, 9), None),
        (at(6, 23, 59, 59), at(2, 9), 2),
        (at(7, 23, 59, 58), at(2, 9), 2),
        (at(7, 23, 59, 59), at(2, 9), 1),
        (at(8, 23, 59, 58), at(2, 9), 1),
        (at(8, 23, 59, 59), at(2, 9), None),
        (at(7, 12), at(7, 9), None),  # two days only: its opening was warning enough
        (at(8, 12), at(8, 9), None),
    ],
)
def test_which_reminder_an_unbooked_window_is_due(now, opened, days):
    assert unbooked_warning(now, Window(opened, WINDOW.closes_at)) == days


@pytest.mark.parametrize(("number", "retakes", "left"), [(1, 2, 2), (2, 2, 1), (3, 2, 0), (4, 2, 0), (1, 0, 0)])
def test_how_many_retakes_are_left(number, retakes, left):
    assert tries_left(number, retakes) == left
