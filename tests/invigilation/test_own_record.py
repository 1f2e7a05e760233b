"""What a candidate reads of what the room recorded of them, and what they may say to it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from exam.attempts import actions as attempts
from exam.attempts.models import LateAnswer, RoomEvent, Statement
from exam.results import actions as results
from question_bank.items import Kind
from tests.attempts.builders import begin, places
from tests.builders import NOW, make_person
from tests.marking.builders import hand_in
from tests.support.story import read, words

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def person(session, client, set_clock):
    set_clock(LATER)
    made = make_person(session, locale="en")
    client.sign_in(made)
    return made


def record(client, attempt):
    return words(read(client.get(f"/attempts/{attempt.id}/record").get_data(as_text=True)))


def say(client, attempt, text):
    return client.post(f"/attempts/{attempt.id}/record", data={"text": text})


def test_the_record_is_told_in_plain_words(session, client, person):
    attempt = hand_in(session, person)
    session.add(RoomEvent(attempt_id=attempt.id, at=NOW, kind="left", detail={"cause": "passive"}))
    page = record(client, attempt)
    assert "Opened the room." in page
    assert "Handed in." in page
    assert "without your doing that it knows of" in page
    assert "without the candidate" not in page


def test_an_old_draft_that_came_late_is_explained(session, client, person):
    attempt = hand_in(session, person)
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    late = {"position": position, "epoch": 1, "number": 1, "response": {"text": "旧"}, "arrived_at": LATER}
    decided = {"decided_at": LATER, "accepted": False, "reason": "superseded"}
    session.add(LateAnswer(attempt_id=attempt.id, **late, **decided))
    assert f"older than the answer to question {position}" in record(client, attempt)


def test_a_statement_is_added_and_shown(session, client, person):
    attempt = hand_in(session, person)
    assert say(client, attempt, "9:30 有电话打进来。").status_code == 302
    assert session.scalars(select(Statement.text)).all() == ["9:30 有电话打进来。"]
    assert "You wrote:9:30 有电话打进来。" in record(client, attempt)


@pytest.mark.parametrize("text", ["", "长" * 2001])
def test_nothing_and_too_much_are_answered_beside_the_field(session, client, person, text):
    answer = say(client, hand_in(session, person), text)
    assert answer.status_code == 422
    assert 'class="invalid-feedback' in answer.get_data(as_text=True)


def test_while_the_exam_runs_there_is_no_form(session, client, person, set_clock):
    set_clock(NOW)
    attempt = begin(session, person)
    assert "Back to the exam" in record(client, attempt)
    assert say(client, attempt, "我有话说").status_code == 409


def test_once_the_result_is_out_nothing_can_be_added(session, client, person):
    attempt = hand_in(session, person, text="", right=0)
    results.release(session, [attempt], None, LATER)
    assert "nothing can be added to the record any more" in record(client, attempt)
    assert say(client, attempt, "太晚了").status_code == 409


def test_after_a_void_it_can_be_read(session, client, person):
    attempt = begin(session, person)
    attempts.void(session, attempt, make_person(session).id, "停电", LATER)
    assert "停电" in record(client, attempt)
