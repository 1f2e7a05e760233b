"""Who is let in to start, booked or not, and whose place that takes."""

import pytest

from exam.errors import Conflict
from exam.papers.rules import ExamState, LateStart
from tests.builders import NOW
from tests.sittings.builders import admit, at, make_attempt, make_booking, make_plain_exam, make_sitting
from tests.support.refusals import refused


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
