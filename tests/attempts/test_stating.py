"""What a candidate may say to the record of their run, and until when."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.attempts import actions
from exam.attempts.models import Attempt, Statement
from exam.attempts.rules import MOST_STATEMENTS
from exam.errors import Refused
from exam.results import actions as results
from tests.attempts.builders import begin
from tests.builders import NOW, make_person
from tests.marking.builders import hand_in

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def attempt(session: Session) -> Attempt:
    return hand_in(session, make_person(session), text="", right=0)


def refused(session: Session, attempt: Attempt, text: str = "有电话打进来。") -> str:
    with pytest.raises(Refused) as refusal:
        actions.state(session, attempt, text, LATER)
    return refusal.value.code


def test_statements_are_appended(session: Session, attempt: Attempt) -> None:
    for text in ("有电话打进来。", " 9:40 停电。\n"):
        actions.state(session, attempt, text, LATER)
    kept = session.scalars(select(Statement).order_by(Statement.id)).all()
    assert [(one.attempt_id, one.text, one.written_at) for one in kept] == [
        (attempt.id, "有电话打进来。", LATER),
        (attempt.id, "9:40 停电。", LATER),
    ]


def test_a_running_exam_has_no_room_for_statements(session: Session) -> None:
    assert refused(session, begin(session)) == "still_open"


def test_after_a_void_something_may_be_said(session: Session) -> None:
    attempt = begin(session)
    actions.void(session, attempt, make_person(session).id, "停电", NOW)
    assert actions.state(session, attempt, "确实停电了。", LATER).id


def test_once_the_result_is_released_nothing_can_be_added(session: Session, attempt: Attempt) -> None:
    results.release(session, [attempt], None, LATER)
    assert attempt.record_closed_at == LATER
    assert refused(session, attempt) == "released"


@pytest.mark.parametrize(("text", "code"), [("", "no_text"), (" \n", "no_text"), ("长" * 2001, "too_long")])
def test_nothing_and_too_much_are_refused(session: Session, attempt: Attempt, text: str, code: str) -> None:
    assert refused(session, attempt, text) == code


def test_a_record_takes_only_so_many_statements(session: Session, attempt: Attempt) -> None:
    other = hand_in(session)
    for number in range(MOST_STATEMENTS):
        actions.state(session, attempt, f"第 {number} 次。", LATER)
    assert refused(session, attempt) == "too_many"
    assert session.query(Statement).count() == MOST_STATEMENTS
    assert actions.state(session, other, "有电话打进来。", LATER).id
