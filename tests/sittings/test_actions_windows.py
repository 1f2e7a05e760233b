"""Windows opened, reopened and opened again for a retake: first as it should go, then each refusal."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.errors import Conflict
from exam.events import course_completed, exam_published
from exam.papers.rules import ExamState
from exam.sittings import actions
from exam.sittings.models import Sitting
from tests.builders import NOW, make_course, make_person
from tests.sittings.builders import admit, at, kinds, make_attempt, make_enrolment, make_plain_exam, make_sitting
from tests.support.refusals import refused

WINDOW_ENDS = at(8, 23, 59, 59)


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
