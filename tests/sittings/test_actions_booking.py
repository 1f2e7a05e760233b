"""Windows, bookings, retakes and reminders: each act once as it should go, then each refusal."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.errors import Conflict, Refused
from exam.events import course_completed, exam_published
from exam.notices.models import Notice
from exam.papers.rules import ExamState, LateStart
from exam.sittings import actions, queries
from exam.sittings.models import Booking, Sitting
from tests.builders import NOW, make_course, make_person
from tests.sittings.builders import (
    at,
    make_attempt,
    make_booking,
    make_enrolment,
    make_plain_exam,
    make_sitting,
)

WINDOW_ENDS = at(8, 23, 59, 59)


def notices(session: Session) -> list[tuple[str, str | None]]:
    return [(one.kind, one.params.get("starts_at")) for one in session.scalars(select(Notice).order_by(Notice.id))]


def kinds(session: Session) -> list[str]:
    return [kind for kind, _starts_at in notices(session)]


def refused(code: str, kind: type[Refused] = Refused) -> "pytest.RaisesExc[Refused]":
    return pytest.RaisesExc(kind, check=lambda error: error.code == code)


# Windows


def test_completing_a_course_opens_the_window_of_its_exam(session):
    exam = make_plain_exam(session)
    enrolment = make_enrolment(session, course=exam.course)
    course_completed.send(enrolment, session=session, now=NOW)
    sitting = session.scalars(select(Sitting)).one()
    assert (sitting.exam_id, sitting.person_id, sitting.try_number) == (exam.id, enrolment.person_id, 1)
    assert (sitting.opens_at, sitting.closes_at) == (NOW, WINDOW_ENDS)
    assert kinds(session) == ["window_open"]


def test_each_published_exam_of_the_course_opens_and_no_other(session):
    course = make_course(session)
    wanted = [make_plain_exam(session, course, title=title) for title in ("结业测试", "数据安全")]
    for state in (ExamState.DRAFT, ExamState.RETIRED):
        make_plain_exam(session, course, state=state)
    make_plain_exam(session)
    opened = actions.open_first(session, make_enrolment(session, course=course), NOW)
    assert [one.exam_id for one in opened] == [one.id for one in wanted]


def test_opening_twice_changes_nothing(session):
    exam = make_plain_exam(session)
    enrolment = make_enrolment(session, course=exam.course)
    assert len(actions.open_first(session, enrolment, NOW)) == 1
    assert actions.open_first(session, enrolment, NOW + timedelta(days=1)) == []
    assert kinds(session) == ["window_open"]


def test_the_window_is_as_long_as_the_exam_says(session):
    exam = make_plain_exam(session, window_days=1)
    (sitting,) = actions.open_first(session, make_enrolment(session, course=exam.course), NOW)
    assert sitting.closes_at == at(2, 23, 59, 59)


def test_an_exam_published_later_opens_for_those_who_wait_for_it(session):
    course = make_course(session)
    waiting = make_enrolment(session, course=course, completed_at=NOW - timedelta(days=30))
    make_enrolment(session, course=course, completed_at=None)
    closed_out = make_enrolment(session, make_person(session, active=False), course)
    assert actions.open_missing(session, NOW) == 0
    make_plain_exam(session, course)
    make_plain_exam(session, course)
    assert actions.open_missing(session, NOW) == 2
    assert actions.open_missing(session, NOW) == 0
    sitting = session.scalars(select(Sitting)).first()
    assert (sitting.enrolment_id, sitting.opens_at) == (waiting.id, NOW)
    assert closed_out.person_id not in session.scalars(select(Sitting.person_id)).all()


def test_publishing_an_exam_opens_it_at_once(session):
    course = make_course(session)
    make_enrolment(session, course=course)
    exam_published.send(make_plain_exam(session, course), session=session, now=NOW)
    assert session.scalars(select(Sitting.opens_at)).all() == [NOW]


def test_a_later_exam_does_not_call_those_who_sat_an_earlier_one(session):
    exam = make_plain_exam(session)
    make_sitting(session, exam)
    make_plain_exam(session, exam.course)
    assert actions.open_missing(session, NOW) == 0


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


# Starting


def admit(session, sitting, now):
    """As somebody who presses start."""
    actions.admit(session, queries.arrival(session, sitting.person_id, sitting.id, now), now)


def test_unbooked_candidates_start_while_there_is_room(session):
    exam = make_plain_exam(session, places=2)
    sitting, booked, started = (make_sitting(session, exam) for _ in range(3))
    admit(session, sitting, at(4, 10, 5))
    make_booking(session, booked, at(4, 10))
    make_attempt(session, started, at(4, 10, 2), closed=False)
    with refused("no_place", Conflict):
        admit(session, sitting, at(4, 10, 5))
    admit(session, booked, at(4, 10, 5))
    admit(session, sitting, at(4, 10, 30))


def test_somebody_booked_who_has_started_holds_one_place_only(session):
    exam = make_plain_exam(session, places=2)
    sitting, other = make_sitting(session, exam), make_sitting(session, exam)
    make_booking(session, other, at(4, 10))
    make_attempt(session, other, at(4, 10, 2), closed=False)
    admit(session, sitting, at(4, 10, 5))


def test_void_and_cancelled_hold_no_place(session):
    exam = make_plain_exam(session, places=1)
    sitting, other = make_sitting(session, exam), make_sitting(session, exam)
    make_booking(session, other, at(4, 10), cancelled_at=NOW)
    make_attempt(session, other, at(4, 10, 2), voided_at=at(4, 10, 3), void_reason="停电")
    admit(session, sitting, at(4, 10, 5))


def test_starting_before_the_booked_time_gives_the_place_back(session):
    sitting = make_sitting(session)
    booking = make_booking(session, sitting, at(4, 10))
    admit(session, sitting, at(3, 9))
    session.refresh(booking)
    assert booking.cancelled_at == at(3, 9)


def test_starting_at_the_booked_time_keeps_the_booking(session):
    sitting = make_sitting(session)
    booking = make_booking(session, sitting, at(4, 10))
    admit(session, sitting, at(4, 10, 20))
    session.refresh(booking)
    assert booking.cancelled_at is None


@pytest.mark.parametrize(
    ("moment", "code"),
    [(at(2, 9), "not_open"), (at(8, 23), "too_late"), (at(9, 0), "window_over")],
)
def test_starting_outside_the_window_is_refused(session, moment, code):
    with refused(code):
        admit(session, make_sitting(session), moment)


def test_a_late_start_is_let_in_where_the_exam_shortens(session):
    exam = make_plain_exam(session, late_start=LateStart.SHORTEN)
    admit(session, make_sitting(session, exam), at(8, 23, 30))


def test_a_test_handed_in_is_not_started_again_and_a_running_one_may_go_on(session):
    sitting = make_sitting(session)
    make_attempt(session, sitting, at(3, 10))
    with refused("already_closed"):
        admit(session, sitting, at(3, 12))
    other = make_sitting(session)
    make_attempt(session, other, at(3, 10), closed=False)
    admit(session, other, at(3, 10, 30))


@pytest.mark.parametrize("state", [ExamState.RETIRED, ExamState.DRAFT])
def test_an_exam_retired_since_may_still_be_sat(session, state):
    sitting = make_sitting(session, make_plain_exam(session, state=state))
    admit(session, sitting, at(3, 10))


# Reopening


def test_hr_reopens_a_missed_window(session):
    sitting, hr = make_sitting(session), make_person(session, Role.HR)
    now = at(10, 9)
    actions.reopen(session, sitting, at(12, 23, 59, 59), " 住院 ", hr.id, now)
    assert (sitting.closes_at, sitting.reopened_at, sitting.reopened_by) == (at(12, 23, 59, 59), now, hr.id)
    assert sitting.reopen_reason == "住院"
    admit(session, sitting, now)
    assert kinds(session) == ["window_reopened"]
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "window.reopened")).one()
    assert (event.actor_id, event.about_id, event.subject_id) == (hr.id, sitting.person_id, sitting.id)
    assert event.detail["before"].startswith("2026-03-08T15:59:59")


def test_a_window_still_open_may_be_given_more_time(session):
    sitting, hr = make_sitting(session), make_person(session, Role.HR)
    actions.reopen(session, sitting, at(12, 23, 59, 59), "出差", hr.id, at(8, 9))
    assert sitting.closes_at == at(12, 23, 59, 59)


@pytest.mark.parametrize(
    ("closes_at", "reason", "code"),
    [
        (at(12, 23, 59, 59), " \n", "no_reason"),
        (at(8, 23, 59, 59), "住院", "not_later"),
        (at(8, 12), "住院", "not_later"),
        (at(10, 9, 59), "住院", "too_short"),
        (at(10, 10), "住院", "too_short"),
        (at(10, 9) + timedelta(days=91), "住院", "too_far"),
    ],
)
def test_reopening_is_refused_without_a_reason_or_a_sensible_end(session, closes_at, reason, code):
    sitting, hr = make_sitting(session), make_person(session, Role.HR)
    with refused(code):
        actions.reopen(session, sitting, closes_at, reason, hr.id, at(10, 9))


@pytest.mark.parametrize("closed", [True, False])
def test_a_sitting_that_was_sat_is_not_reopened(session, closed):
    sitting, hr = make_sitting(session), make_person(session, Role.HR)
    make_attempt(session, sitting, at(3, 10), closed=closed)
    with refused("already_sat"):
        actions.reopen(session, sitting, at(12, 23, 59, 59), "住院", hr.id, at(10, 9))


def test_a_sitting_whose_attempt_was_voided_can_be_reopened(session):
    sitting, hr = make_sitting(session), make_person(session, Role.HR)
    make_attempt(session, sitting, at(8, 10), voided_at=at(9, 9), void_reason="停电")
    actions.reopen(session, sitting, at(12, 23, 59, 59), "停电", hr.id, at(10, 9))


# Retakes


def test_a_retake_is_a_new_sitting_with_a_new_window(session):
    sitting, tutor = make_sitting(session), make_person(session, Role.TRAINER)
    make_attempt(session, sitting, at(3, 10))
    retake = actions.open_retake(session, sitting, tutor.id, at(12, 15))
    assert (retake.try_number, retake.opens_at, retake.closes_at) == (2, at(12, 15), at(18, 23, 59, 59))
    assert (retake.enrolment_id, retake.created_by) == (sitting.enrolment_id, tutor.id)
    assert kinds(session) == ["retake_open"]
    assert session.scalars(select(AuditEvent.action)).all() == ["retake.opened"]
    assert sitting.closes_at == WINDOW_ENDS


def test_a_retake_of_an_exam_retired_since_is_still_given(session):
    exam = make_plain_exam(session, state=ExamState.RETIRED)
    sitting, tutor = make_sitting(session, exam), make_person(session, Role.TRAINER)
    make_attempt(session, sitting, at(3, 10))
    assert actions.open_retake(session, sitting, tutor.id, at(12, 15)).try_number == 2


def test_a_second_retake_of_the_same_try_is_refused(session):
    sitting, tutor = make_sitting(session), make_person(session, Role.TRAINER)
    make_attempt(session, sitting, at(3, 10))
    actions.open_retake(session, sitting, tutor.id, at(12, 15))
    with refused("already_open", Conflict):
        actions.open_retake(session, sitting, tutor.id, at(12, 16))


def test_a_try_not_sat_to_its_end_has_no_retake(session):
    tutor = make_person(session, Role.TRAINER)
    missed, running, void = (make_sitting(session) for _ in range(3))
    make_attempt(session, running, at(12, 15), closed=False)
    make_attempt(session, void, at(3, 10), voided_at=at(4, 9), void_reason="停电")
    for sitting in (missed, running, void):
        with refused("not_sat"):
            actions.open_retake(session, sitting, tutor.id, at(12, 15, 30))


def test_no_more_retakes_than_the_exam_allows_unless_hr_gives_one(session):
    exam = make_plain_exam(session, max_retakes=1)
    sitting, hr = make_sitting(session, exam), make_person(session, Role.HR)
    make_attempt(session, sitting, at(3, 10))
    second = actions.open_retake(session, sitting, hr.id, at(4, 15))
    make_attempt(session, second, at(5, 10))
    with refused("no_retake_left"):
        actions.open_retake(session, second, hr.id, at(12, 15))
    assert actions.open_retake(session, second, hr.id, at(12, 15), extra=True).try_number == 3


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
