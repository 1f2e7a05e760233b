"""A half hour booked, changed and cancelled, and recalled beforehand: first as it should go, then each refusal."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts.rules import Role
from exam.errors import Conflict
from exam.sittings import actions, queries
from exam.sittings.models import Booking, Sitting
from tests.builders import NOW, make_person
from tests.sittings.builders import (
    at,
    kinds,
    make_attempt,
    make_booking,
    make_enrolment,
    make_plain_exam,
    make_sitting,
    notices,
)
from tests.support.refusals import refused

# Booking


def test_a_half_hour_is_booked(session):
    sitting = make_sitting(session)
    booking = actions.book(session, sitting, at(4, 10, 30), NOW)
    assert (booking.starts_at, booking.place, booking.exam_id) == (at(4, 10, 30), 1, sitting.exam_id)
    assert notices(session) == [("booking_made", "2026-03-04T10:30:00+08:00")]


def test_a_sitting_just_opened_can_be_booked(session):
    exam = make_plain_exam(session)
    (sitting,) = actions.open_first(session, make_enrolment(session, course=exam.course), NOW)
    assert actions.book(session, sitting, at(4, 10), NOW).place == 1
    session.expunge_all()
    again = session.get(Sitting, sitting.id)
    assert actions.book(session, again, at(4, 11), NOW).place == 1


def test_places_are_numbered_and_the_smallest_free_one_is_taken(session):
    exam = make_plain_exam(session, places=3)
    first, second, third, fourth = (make_sitting(session, exam) for _ in range(4))
    assert [actions.book(session, one, at(4, 10), NOW).place for one in (first, second, third)] == [1, 2, 3]
    with refused("full", Conflict):
        actions.book(session, fourth, at(4, 10), NOW)
    actions.cancel_booking(session, second, NOW)
    assert actions.book(session, fourth, at(4, 10), NOW).place == 2


def test_another_exam_has_its_own_places(session):
    for _ in range(2):
        assert actions.book(session, make_sitting(session), at(4, 10), NOW).place == 1


def test_a_booking_is_changed_in_one_act(session):
    sitting = make_sitting(session)
    old = actions.book(session, sitting, at(4, 10), NOW)
    new = actions.book(session, sitting, at(5, 9), NOW + timedelta(hours=1))
    assert (old.cancelled_at, new.cancelled_at) == (NOW + timedelta(hours=1), None)
    assert kinds(session) == ["booking_made", "booking_changed"]


def test_the_same_time_again_changes_nothing(session):
    sitting = make_sitting(session)
    assert actions.book(session, sitting, at(4, 10), NOW) is actions.book(session, sitting, at(4, 10), NOW)
    assert kinds(session) == ["booking_made"]


def test_a_change_to_a_full_time_keeps_the_old_one(session):
    exam = make_plain_exam(session, places=1)
    make_booking(session, make_sitting(session, exam), at(5, 9))
    sitting = make_sitting(session, exam)
    old = actions.book(session, sitting, at(4, 10), NOW)
    with refused("full", Conflict):
        actions.book(session, sitting, at(5, 9), NOW)
    assert old.cancelled_at is None


def test_a_place_lost_at_the_last_moment_keeps_the_old_time(session, monkeypatch):
    exam = make_plain_exam(session, places=1)
    make_booking(session, make_sitting(session, exam), at(5, 9))
    sitting = make_sitting(session, exam)
    old = actions.book(session, sitting, at(4, 10), NOW)
    # As if both had looked before either booked.
    monkeypatch.setattr(queries, "booked_by_others", lambda *_: {})
    with refused("full", Conflict):
        actions.book(session, sitting, at(5, 9), NOW)
    session.expire_all()
    assert old.cancelled_at is None


@pytest.mark.parametrize(
    ("starts_at", "code"),
    [
        (at(4, 10, 15), "not_a_time"),
        (at(4, 8, 30), "not_a_time"),
        (at(4, 18), "not_a_time"),
        (at(4, 10, 0, 1), "not_a_time"),
        (at(2, 9, 30), "past"),
        (at(2, 9), "past"),
        (at(1, 10), "past"),
        (at(9, 9), "outside"),
        (datetime(9999, 1, 1, 1, tzinfo=NOW.tzinfo), "outside"),
        (datetime.max.replace(tzinfo=NOW.tzinfo), "outside"),
        (datetime.min.replace(tzinfo=NOW.tzinfo), "past"),
    ],
)
def test_a_time_that_is_none_is_refused(session, starts_at, code):
    with refused(code):
        actions.book(session, make_sitting(session), starts_at, NOW)


def test_extra_time_brings_the_latest_start_forward(session):
    exam = make_plain_exam(session, opens_at=at(2, 20).time(), shuts_at=at(2, 23, 30).time())
    person = make_person(session, time_factor=Fraction(3, 2))
    with refused("outside"):
        actions.book(session, make_sitting(session, exam, person), at(8, 23), NOW)
    assert actions.book(session, make_sitting(session, exam), at(8, 22, 30), NOW)


def test_a_no_show_may_book_again(session):
    sitting = make_sitting(session)
    missed = make_booking(session, sitting, at(3, 10))
    with refused("begun"):
        actions.book(session, sitting, at(4, 10), at(3, 10, 29))
    assert actions.book(session, sitting, at(4, 10), at(3, 10, 30))
    assert missed.cancelled_at == at(3, 10, 30)
    assert kinds(session) == ["booking_made"]


@pytest.mark.parametrize("closed", [True, False])
def test_a_started_test_has_nothing_to_book(session, closed):
    sitting = make_sitting(session)
    make_attempt(session, sitting, at(3, 10), closed=closed)
    with refused("already_sat"):
        actions.book(session, sitting, at(4, 10), at(3, 10, 20))


def test_a_void_attempt_does_not_stand_in_the_way_of_booking(session):
    sitting = make_sitting(session)
    make_attempt(session, sitting, at(3, 10), voided_at=at(3, 11), void_reason="停电")
    assert actions.book(session, sitting, at(4, 10), at(3, 12))


@pytest.mark.parametrize(("moment", "code"), [(at(9, 0), "window_over"), (at(8, 23), "too_late")])
def test_a_window_that_is_over_has_nothing_to_book(session, moment, code):
    with refused(code):
        actions.book(session, make_sitting(session), at(9, 9), moment)


def test_a_booking_is_cancelled(session):
    sitting = make_sitting(session)
    booking = actions.book(session, sitting, at(4, 10), NOW)
    actions.cancel_booking(session, sitting, at(4, 9, 59))
    assert booking.cancelled_at == at(4, 9, 59)
    assert kinds(session) == ["booking_made", "booking_cancelled"]
    with refused("not_booked"):
        actions.cancel_booking(session, sitting, at(4, 9, 59))


@pytest.mark.parametrize("moment", [at(4, 10), at(4, 10, 20), at(4, 12)])
def test_a_booking_whose_time_has_begun_is_not_cancelled(session, moment):
    sitting = make_sitting(session)
    make_booking(session, sitting, at(4, 10))
    with refused("begun"):
        actions.cancel_booking(session, sitting, moment)


def test_a_booking_of_a_started_test_is_not_cancelled(session):
    sitting = make_sitting(session)
    make_booking(session, sitting, at(4, 10))
    make_attempt(session, sitting, at(3, 10), closed=False)
    with refused("not_booked"):
        actions.cancel_booking(session, sitting, at(3, 11))


# Reminders


def test_a_booking_is_recalled_a_day_and_an_hour_ahead_each_once(session):
    sitting = make_sitting(session)
    actions.book(session, sitting, at(4, 10), NOW)
    for moment in (at(3, 9, 59), at(3, 10), at(3, 10, 1), at(4, 8, 59), at(4, 9), at(4, 9, 30), at(4, 10), at(4, 11)):
        actions.remind(session, moment)
    assert kinds(session) == ["booking_made", "reminder_day", "reminder_hour"]


def test_a_changed_booking_is_recalled_at_its_new_time(session):
    sitting = make_sitting(session)
    actions.book(session, sitting, at(4, 10), NOW)
    actions.book(session, sitting, at(5, 10), at(2, 10))
    for moment in (at(3, 10), at(4, 9), at(4, 10), at(5, 9)):
        actions.remind(session, moment)
    assert notices(session)[2:] == [
        ("reminder_day", "2026-03-05T02:00:00+00:00"),
        ("reminder_hour", "2026-03-05T02:00:00+00:00"),
    ]


def test_nobody_who_has_started_is_recalled(session):
    sitting = make_sitting(session)
    make_booking(session, sitting, at(8, 10), booked_at=at(2, 10))
    make_attempt(session, sitting, at(3, 10))
    for moment in (at(7, 11), at(8, 9, 30), at(10, 9)):
        actions.remind(session, moment)
    assert kinds(session) == []


def test_an_unbooked_window_is_recalled_twice_and_then_missed(session):
    sitting = make_sitting(session)
    for moment in (at(6, 23), at(7, 0), at(7, 9), at(8, 0), at(8, 20), at(9, 0), at(9, 1), at(20, 9)):
        actions.remind(session, moment)
    assert kinds(session) == ["unbooked_running_out", "unbooked_running_out", "window_missed"]
    hr = make_person(session, Role.HR)
    actions.reopen(session, sitting, at(12, 23, 59, 59), "住院", hr.id, at(9, 9))
    actions.remind(session, at(12, 9))
    assert kinds(session)[3:] == ["window_reopened", "unbooked_running_out"]


def test_a_no_show_is_recalled_as_unbooked(session):
    make_booking(session, make_sitting(session), at(6, 10))
    actions.remind(session, at(7, 9))
    assert kinds(session) == ["unbooked_running_out"]


def test_somebody_booked_is_not_told_that_time_is_running_out(session):
    make_booking(session, make_sitting(session), at(8, 17), booked_at=at(8, 16, 30))
    for moment in (at(7, 9), at(8, 10)):
        actions.remind(session, moment)
    assert kinds(session) == []


def test_somebody_closed_out_is_told_nothing(session):
    person = make_person(session, active=False)
    sitting = make_sitting(session, person=person)
    make_booking(session, sitting, at(4, 10))
    for moment in (at(3, 10), at(7, 9), at(9, 9)):
        actions.remind(session, moment)
    assert kinds(session) == []


def test_a_cancelled_booking_stays_as_history(session):
    sitting = make_sitting(session)
    actions.book(session, sitting, at(4, 10), NOW)
    actions.book(session, sitting, at(4, 11), NOW)
    actions.cancel_booking(session, sitting, NOW)
    assert session.scalars(select(Booking).where(Booking.cancelled_at.is_(None))).all() == []
    assert len(session.scalars(select(Booking)).all()) == 2
