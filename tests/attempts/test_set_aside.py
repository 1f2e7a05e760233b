"""Setting an attempt aside after a technical failure: what it does, who may, and when not."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.attempts import actions
from exam.attempts.models import Answer, Attempt
from exam.errors import Conflict, Forbidden
from exam.notices.models import Notice
from exam.results.models import Release
from exam.sittings.models import Sitting
from question_bank.items import Kind, TruthResponse
from tests.attempts.builders import answer, begin, places
from tests.builders import NOW, make_person

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def trainer(session):
    return make_person(session, Role.TRAINER)


def test_the_candidate_starts_again_with_no_try_used_and_the_answers_stay(session, client, trainer):
    attempt = begin(session)
    answer(session, attempt, places(attempt, Kind.TRUE_FALSE)[0], TruthResponse(True), NOW)
    client.sign_in(trainer)
    answered = client.post(f"/attempts/{attempt.id}/set-aside", data={"reason": "整栋楼停电", "next": "/bookings"})
    assert answered.status_code == 302
    assert answered.location == "/bookings"
    assert session.scalars(select(Answer).where(Answer.attempt_id == attempt.id)).all()
    told = session.scalars(select(Notice).where(Notice.kind == "attempt_voided")).one()
    assert (told.person_id, told.params["reason"]) == (attempt.person_id, "整栋楼停电")
    sitting = session.get_one(Sitting, attempt.sitting_id)
    again = actions.start(session, sitting, LATER)
    assert again.id != attempt.id
    assert session.get_one(Sitting, again.sitting_id).try_number == 1


@pytest.mark.parametrize(("typed", "said"), [("", "写清楚出了什么问题"), ("电" * 501, "最多 500")])
def test_a_reason_is_asked_and_what_was_typed_comes_back(session, client, trainer, typed, said):
    attempt = begin(session)
    client.sign_in(trainer)
    page = client.post(f"/attempts/{attempt.id}/set-aside", data={"reason": typed})
    assert page.status_code == 422
    assert said in page.text
    assert typed in page.text
    assert session.get_one(Attempt, attempt.id).voided_at is None


def test_an_address_of_another_site_is_no_way_back(session, client, trainer):
    attempt = begin(session)
    client.sign_in(trainer)
    assert '="javascript:' not in client.get(f"/attempts/{attempt.id}/set-aside?next=javascript:alert(1)").text


def test_nobody_sets_their_own_attempt_aside(session):
    both = make_person(session, Role.NEW_HIRE, Role.TRAINER)
    with pytest.raises(Forbidden):
        actions.void(session, begin(session, both), both.id, "停电", LATER)


def test_a_released_result_stays(session, trainer):
    attempt = begin(session)
    actions.submit(session, attempt, [], 1, LATER)
    session.add(Release(attempt_id=attempt.id, released_at=LATER, released_by=trainer.id))
    session.flush()
    with pytest.raises(Conflict):
        actions.void(session, attempt, trainer.id, "停电", LATER)


def test_a_paper_with_questions_seen_before_says_so_on_its_receipt(app, session, client):
    attempt = begin(session)
    actions.void(session, attempt, make_person(session, Role.TRAINER).id, "停电", NOW)
    again = actions.start(session, session.get_one(Sitting, attempt.sitting_id), LATER)
    actions.open_room(session, again, LATER, page="first")
    with app.app_context():
        actions.submit(session, again, [], 1, LATER)
    client.sign_in(session.get_one(Person, again.person_id))
    assert "有 8 题你以前见过" in client.get(f"/attempts/{again.id}/receipt").text
