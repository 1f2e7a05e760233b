"""Starting and opening the room, in verbs: first that it works, then each refusal."""

from datetime import timedelta
from fractions import Fraction
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.attempts import actions, queries
from exam.attempts.models import Attempt, RoomEvent
from exam.papers.rules import LateStart
from question_bank.items import CreditRule
from tests.attempts.builders import LATER, SECOND, answer, begin, count, make_ready_sitting
from tests.builders import NOW, make_exam, make_person
from tests.support.refusals import refused


def kinds_of_events(session: Session, attempt: Attempt) -> list[str]:
    found = select(RoomEvent.kind).where(RoomEvent.attempt_id == attempt.id).order_by(RoomEvent.id)
    return list(session.scalars(found))


# Start


def test_starting_copies_the_terms_and_sets_the_deadline(session: Session) -> None:
    exam = make_exam(session, minutes=45, pass_percent=70, credit_rule=CreditRule.PROPORTIONAL, grace_seconds=3)
    attempt = begin(session, exam=exam, opened=False)
    exam.minutes, exam.pass_percent = 5, 1
    assert attempt.deadline == NOW + timedelta(minutes=45)
    assert (attempt.minutes, attempt.pass_percent, attempt.distinction_percent) == (45, 70, 90)
    assert (attempt.credit_rule, attempt.grace_seconds) == (CreditRule.PROPORTIONAL, 3)
    assert sorted(attempt.layout) == [str(position) for position in range(1, 9)]
    assert kinds_of_events(session, attempt) == ["started"]


def test_extra_time_applies_by_itself(session: Session) -> None:
    person = make_person(session, time_factor=Fraction(5, 4))
    attempt = begin(session, person)
    assert attempt.deadline == NOW + timedelta(minutes=75)
    assert attempt.minutes == 75


def test_starting_twice_gives_the_same_attempt(session: Session) -> None:
    sitting = make_ready_sitting(session)
    first = actions.start(session, sitting, NOW)
    assert actions.start(session, sitting, LATER) is first
    actions.submit(session, first, [], first.epoch, LATER)
    assert actions.start(session, sitting, LATER) is first


def test_a_start_outside_the_window_is_refused(session: Session) -> None:
    sitting = make_ready_sitting(session)
    with refused("not_open"):
        actions.start(session, sitting, sitting.opens_at - SECOND)
    with refused("too_late"):
        actions.start(session, sitting, sitting.closes_at - timedelta(minutes=59))
    assert count(session, Attempt) == 0


def test_a_late_start_is_shortened_where_the_exam_says_so(session: Session) -> None:
    sitting = make_ready_sitting(session, exam=make_exam(session, late_start=LateStart.SHORTEN))
    attempt = actions.start(session, sitting, sitting.closes_at - timedelta(minutes=20))
    assert attempt.deadline == sitting.closes_at
    assert attempt.minutes == 20


def test_a_void_attempt_makes_room_for_another_with_other_questions(session: Session) -> None:
    sitting = make_ready_sitting(session, exam=make_exam(session, questions=2))
    first = actions.start(session, sitting, NOW)
    seen = queries.seen_question_ids(session, sitting.person_id, sitting.exam_id)
    actions.void(session, first, make_person(session).id, "停电", LATER)
    second = actions.start(session, sitting, LATER)
    assert second.id != first.id
    assert len(seen) == 8
    assert queries.of_sitting(session, sitting.id) is second


def test_the_layout_of_an_attempt_is_its_own(session: Session) -> None:
    exam = make_exam(session)
    one = actions.start(session, make_ready_sitting(session, exam=exam), NOW, Random(1))
    two = actions.start(session, make_ready_sitting(session, exam=exam), NOW, Random(2))
    assert one.layout != two.layout


# Open the room


def test_each_page_gets_a_higher_epoch(session: Session) -> None:
    attempt = begin(session, opened=False)
    assert actions.open_room(session, attempt, NOW, page="a") == 1
    assert actions.open_room(session, attempt, NOW, page="a") == 2
    assert attempt.epoch == 2
    assert kinds_of_events(session, attempt) == ["started", "opened", "opened"]


def test_an_opening_whose_answer_was_lost_is_the_same_when_asked_again(session: Session) -> None:
    attempt = begin(session, opened=False)
    assert actions.open_room(session, attempt, NOW, page="a", opening="first") == 1
    assert actions.open_room(session, attempt, NOW, page="a", opening="first") == 1
    assert actions.open_room(session, attempt, NOW, page="a", opening="after a reload") == 2
    assert actions.open_room(session, attempt, NOW, page="b", opening="elsewhere") == 3
    assert kinds_of_events(session, attempt) == ["started", "opened", "opened", "opened"]


def test_another_page_asks_before_it_takes_over(session: Session) -> None:
    attempt = begin(session)
    with refused("in_use"):
        actions.open_room(session, attempt, LATER, page="second", take_over=False)
    assert attempt.epoch == 1
    assert actions.open_room(session, attempt, LATER, page="first", take_over=False) == 2
    assert actions.open_room(session, attempt, LATER, page="second", take_over=True) == 3


def test_a_page_not_heard_from_for_long_is_not_asked_about(session: Session) -> None:
    attempt = begin(session)
    answer(session, attempt, 1, None, NOW + timedelta(minutes=9))
    with refused("in_use"):
        actions.open_room(session, attempt, NOW + timedelta(minutes=18), page="second", take_over=False)
    assert actions.open_room(session, attempt, NOW + timedelta(minutes=19), page="second", take_over=False) == 2


def test_a_closed_attempt_opens_for_nobody(session: Session) -> None:
    attempt = begin(session)
    actions.submit(session, attempt, [], 1, LATER)
    with refused("closed"):
        actions.open_room(session, attempt, LATER)
