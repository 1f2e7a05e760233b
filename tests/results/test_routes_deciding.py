"""Results over HTTP: released by trainers, decided on by HR."""

import pytest
from sqlalchemy import select

from exam.accounts.rules import Role
from exam.results.models import Decision, Release
from tests.builders import make_person
from tests.marking.builders import LATER, hand_in
from tests.results.builders import enrolment_of, make_marked, plain

# Release


@pytest.fixture
def trainer(session, client, set_clock):
    set_clock(LATER)
    person = make_person(session, Role.TRAINER)
    client.sign_in(person)
    return person


def test_the_release_list_says_what_is_ready_and_what_is_missing(session, client, trainer):
    assert "成绩都已发布" in client.get("/marking/release").text
    ready, waiting = make_marked(session), hand_in(session)
    text = plain(client.get("/marking/release"))
    assert "还有 2 题待评" in text
    assert text.count('name="attempt"') == 1
    assert f'value="{ready.id}"' in text
    assert client.post("/marking/release", data={"attempt": waiting.id}).status_code == 409
    client.post("/marking/release", data={"attempt": ready.id})
    assert session.scalars(select(Release.attempt_id)).all() == [ready.id]


def test_all_that_are_ready_are_released_together(session, client, trainer):
    for attempt in (make_marked(session), make_marked(session), hand_in(session)):
        assert attempt
    assert "发布 2 份成绩" in plain(client.get("/marking/release"))
    client.post("/marking/release")
    assert session.query(Release).count() == 2
    assert client.post("/marking/release").status_code == 302
    assert client.post("/marking/release", data={"attempt": 999}).status_code == 404


def test_only_trainers_release(session, client):
    for role in (Role.NEW_HIRE, Role.HR, Role.ADMIN):
        client.sign_in(make_person(session, role))
        assert client.get("/marking/release").status_code == 403
        assert client.post("/marking/release").status_code == 403


# Decisions


def test_the_drawer_and_the_page_offer_the_decision_by_name(session, client, people):
    enrolment = enrolment_of(session, people["best"])
    for address in (f"/results?open={enrolment.id}", f"/results/{enrolment.id}"):
        text = client.get(address).text
        assert "确认何嘉宁转正" in text
        assert 'name="outstanding"' in text
    other = enrolment_of(session, people["good"])
    assert 'name="outstanding"' not in client.get(f"/results/{other.id}").text
    third = enrolment_of(session, people["bad"])
    assert 'name="verdict"' not in client.get(f"/results/{third.id}").text
    assert client.get("/results?open=99999").status_code == 404


def test_a_confirmation_leads_back_to_the_table(session, client, people):
    enrolment = enrolment_of(session, people["best"])
    back = f"/results?open={enrolment.id}"
    data = {"verdict": "confirmed", "outstanding": "y", "reason": "", "next": back}
    response = client.post(f"/results/{enrolment.id}/decision", data=data)
    assert response.location == back
    assert [(one.verdict, one.outstanding) for one in session.query(Decision)] == [("confirmed", True)]
    assert "何嘉宁" in client.get("/results/outstanding").text
    assert "已转正" in client.get(back).text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"verdict": "not_confirmed"}, "请写明理由"),
        ({"verdict": "not_confirmed", "reason": "　 "}, "请写明理由"),
        ({"verdict": "not_confirmed", "reason": "长" * 501}, "理由最多 500 字"),
        ({"verdict": "confirmed", "outstanding": "y", "reason": "成绩好"}, "没有完成"),
        ({"verdict": "one_more_try", "reason": "x"}, "没有完成"),
        ({"verdict": "promoted"}, ""),
        ({}, ""),
    ],
)
def test_bad_decisions_come_back_with_what_was_typed(session, client, people, data, message):
    enrolment = enrolment_of(session, people["good"])
    response = client.post(f"/results/{enrolment.id}/decision", data=data)
    assert response.status_code == 422
    assert message in plain(response)
    if "500" in message:
        assert data["reason"] in response.text
    assert session.query(Decision).count() == 0


def test_a_decision_that_was_not_seen_is_not_overruled(session, client, people):
    url = f"/results/{enrolment_of(session, people['good']).id}/decision"
    assert client.post(url, data={"verdict": "confirmed", "seen": "0"}).status_code == 302
    late = client.post(url, data={"verdict": "not_confirmed", "reason": "迟到的想法", "seen": "0"})
    assert late.status_code == 409
    assert "同事刚刚做了决定" in plain(late)
    assert "迟到的想法" in late.text
    standing = session.query(Decision).one()
    assert f'name="seen" value="{standing.id}"' in late.text
    again = {"verdict": "not_confirmed", "reason": "迟到的想法", "seen": str(standing.id)}
    assert client.post(url, data=again).status_code == 302


def test_a_next_outside_the_site_is_not_followed(session, client, people):
    enrolment = enrolment_of(session, people["best"])
    data = {"verdict": "confirmed", "next": "https://example.org/"}
    assert client.post(f"/results/{enrolment.id}/decision", data=data).location == "/"
    assert client.post(f"/results/{enrolment.id}/decision", data=data, csrf=False).status_code == 400
    assert client.post("/results/99999/decision", data=data).status_code == 404
