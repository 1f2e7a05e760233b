"""Answers over HTTP: what a candidate's browser may send, and what it is told."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.attempts import queries
from exam.attempts.models import Answer, Attempt, LateAnswer
from exam.attempts.rules import CloseReason
from question_bank.items import Kind
from tests.attempts.builders import AFTER, JSON, LATER, SetClock, places, post, put, token
from tests.support.client import CheckingClient


def test_answers_of_all_kinds_are_saved_and_come_back_as_they_were_sent(
    session: Session, client: CheckingClient, attempt: Attempt
) -> None:
    sent: dict[int, Any] = {}
    for kind in Kind:
        position = places(attempt, kind)[0]
        match kind:
            case Kind.SINGLE_CHOICE:
                sent[position] = {"choices": [token(attempt, position, "c")]}
            case Kind.MULTIPLE_CHOICE:
                sent[position] = {"choices": sorted(token(attempt, position, id) for id in "ad")}
            case Kind.TRUE_FALSE:
                sent[position] = {"truth": False}
            case Kind.SHORT_ANSWER:
                sent[position] = {"text": "  ＡＢＣ <b>粗</b>\n🙂 "}
    for position, response in sent.items():
        saved = put(client, attempt, position, response)
        assert saved.status_code == 200
        assert saved.json == {
            "code": "saved",
            "remaining_ms": 59 * 60_000,
            "saved_at": LATER.isoformat(),
            "saved_clock": "09:31:00",
        }
    opened = post(client, attempt, "epoch", page="first", take_over=False)
    assert {int(position): one["response"] for position, one in opened.json["answers"].items()} == sent
    kept = session.scalars(select(Answer).where(Answer.position == places(attempt, Kind.SINGLE_CHOICE)[0])).one()
    assert kept.response == {"choices": ["c"]}


def test_an_answer_sent_twice_is_acknowledged_twice_and_other_content_refused(
    client: CheckingClient, attempt: Attempt
) -> None:
    text = places(attempt, Kind.SHORT_ANSWER)[0]
    assert put(client, attempt, text, {"text": "一"}).status_code == 200
    assert put(client, attempt, text, {"text": "一"}).status_code == 200
    other = put(client, attempt, text, {"text": "二"})
    assert (other.status_code, other.json["code"]) == (409, "number_reused")


def test_an_earlier_page_is_told_and_its_answer_kept(
    session: Session, client: CheckingClient, attempt: Attempt
) -> None:
    post(client, attempt, "epoch", page="phone", take_over=True)
    text = places(attempt, Kind.SHORT_ANSWER)[0]
    late = put(client, attempt, text, {"text": "在电脑上"})
    assert (late.status_code, late.json["code"]) == (409, "taken_over")
    assert session.scalars(select(Answer)).one().response == {"text": "在电脑上"}


def test_an_answer_after_the_grace_is_refused_and_kept_late(
    session: Session, client: CheckingClient, attempt: Attempt, set_clock: SetClock
) -> None:
    set_clock(AFTER)
    late = put(client, attempt, places(attempt, Kind.SHORT_ANSWER)[0], {"text": "晚了"})
    assert (late.status_code, late.json["code"]) == (409, "after_deadline")
    assert session.scalars(select(LateAnswer)).one().response == {"text": "晚了"}
    # The owner's request has closed it, whether the job came by or not.
    assert session.get_one(Attempt, attempt.id).close_reason is CloseReason.DEADLINE


def test_an_answer_after_handing_in_is_refused(client: CheckingClient, attempt: Attempt) -> None:
    post(client, attempt, "submit", epoch=1, waiting=[])
    late = put(client, attempt, 1, None)
    assert (late.status_code, late.json["code"]) == (409, "closed")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"epoch": 1, "number": 1},
        {"epoch": "1", "number": 1, "response": None},
        {"epoch": True, "number": 1, "response": None},
        {"epoch": 1, "number": 0, "response": None},
        {"epoch": 1, "number": 2**31, "response": None},
        {"epoch": 1, "number": 1.5, "response": None},
        {"epoch": 1, "number": 1, "response": {"choices": ["a"]}},
        {"epoch": 1, "number": 1, "response": {"choices": "a"}},
        {"epoch": 1, "number": 1, "response": {"text": "x"}},
        {"epoch": 1, "number": 1, "response": {"choices": [], "text": ""}},
    ],
)
def test_what_is_no_answer_is_refused(session: Session, client: CheckingClient, attempt: Attempt, body: Any) -> None:
    position = places(attempt, Kind.SINGLE_CHOICE)[0]
    refused = client.put(f"/attempts/{attempt.id}/answers/{position}", json=body, headers=JSON)
    assert (refused.status_code, refused.json["code"]) == (422, "unreadable")
    assert session.scalars(select(Answer)).all() == []


def test_a_text_too_long_or_no_json_at_all_is_refused(client: CheckingClient, attempt: Attempt) -> None:
    text = places(attempt, Kind.SHORT_ANSWER)[0]
    assert put(client, attempt, text, {"text": "长" * 5000}).status_code == 200
    for response in ({"text": "长" * 5001}, {"text": "a\0b"}, {"text": "\ud83d"}):
        assert put(client, attempt, text, response, number=2).status_code == 422
    for data in ("text", "[" * 200_000):
        plain = client.put(
            f"/attempts/{attempt.id}/answers/{text}", data=data, content_type="application/json", headers=JSON
        )
        assert (plain.status_code, plain.json["code"]) == (422, "unreadable")


def test_an_unknown_question_or_page_is_refused(client: CheckingClient, attempt: Attempt) -> None:
    assert put(client, attempt, 9, None).status_code == 422
    unknown = put(client, attempt, 1, None, epoch=2)
    assert (unknown.status_code, unknown.json["code"]) == (422, "unknown_page")


def test_flags_are_set_by_the_live_page_only(session: Session, client: CheckingClient, attempt: Attempt) -> None:
    address = f"/attempts/{attempt.id}/flags/3"
    assert client.put(address, json={"epoch": 1, "flagged": True}, headers=JSON).status_code == 200
    assert queries.flags(session, attempt.id) == {3}
    assert client.put(address, json={"epoch": 1, "flagged": "no"}, headers=JSON).status_code == 422
    post(client, attempt, "epoch", page="phone", take_over=True)
    taken = client.put(address, json={"epoch": 1, "flagged": False}, headers=JSON)
    assert (taken.status_code, taken.json["code"]) == (409, "taken_over")
