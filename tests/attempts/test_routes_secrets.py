"""What the room keeps to itself: nobody else gets in, nothing goes without a token, and no key leaves the server."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from exam.attempts import queries
from exam.attempts.models import Attempt
from exam.papers.models import BlueprintRow
from question_bank.items import Choice, KeyPoint, Kind, MultipleChoice, ShortAnswer, SingleChoice, TrueFalse
from question_bank.models import Question
from tests.attempts.builders import JSON, LATER, SetClock, begin, places, post, put, token
from tests.builders import make_exam, make_person, make_question, make_topic
from tests.support.client import CheckingClient

# Who may


PATHS = ["", "/receipt"]


@pytest.mark.parametrize("path", PATHS)
def test_somebody_elses_attempt_is_not_there(
    session: Session, client: CheckingClient, attempt: Attempt, path: str
) -> None:
    client.sign_in(make_person(session))
    assert client.get(f"/attempts/{attempt.id}{path}").status_code == 404


def test_nobody_else_can_act_in_an_attempt(session: Session, client: CheckingClient, attempt: Attempt) -> None:
    client.sign_in(make_person(session))
    refused = [
        put(client, attempt, 1, None),
        post(client, attempt, "epoch", page="theirs", take_over=True),
        post(client, attempt, "submit", epoch=1, waiting=[]),
        post(client, attempt, "contact", epoch=1, waiting=0),
        client.put(f"/attempts/{attempt.id}/flags/1", json={"epoch": 1, "flagged": True}, headers=JSON),
    ]
    assert [(one.status_code, one.json["code"]) for one in refused] == [(404, "not_found")] * 5
    untouched = session.get_one(Attempt, attempt.id)
    assert (untouched.epoch, untouched.closed_at, queries.flags(session, attempt.id)) == (1, None, set())


def test_who_is_signed_out_is_told_so_in_json(client: CheckingClient, attempt: Attempt) -> None:
    client.sign_out()
    refused = put(client, attempt, 1, None)
    assert (refused.status_code, refused.json["code"]) == (401, "signed_out")


def test_without_a_token_nothing_is_taken(client: CheckingClient, attempt: Attempt) -> None:
    body = {"epoch": 1, "number": 1, "response": None}
    address = f"/attempts/{attempt.id}"
    refused = [
        client.put(f"{address}/answers/1", json=body, headers=JSON, csrf=False),
        client.put(f"{address}/flags/1", json={"epoch": 1, "flagged": True}, headers=JSON, csrf=False),
        client.post(f"{address}/epoch", json={"page": "a", "take_over": True}, headers=JSON, csrf=False),
        client.post(f"{address}/submit", json={"epoch": 1, "waiting": []}, headers=JSON, csrf=False),
        client.post(f"{address}/contact", json={"epoch": 1, "waiting": 0}, headers=JSON, csrf=False),
    ]
    assert [(one.status_code, one.json["code"]) for one in refused] == [(400, "csrf")] * 5


def test_the_refusal_of_an_old_token_brings_one_that_fits(client: CheckingClient, attempt: Attempt) -> None:
    body = {"epoch": 1, "waiting": 0}
    address = f"/attempts/{attempt.id}/contact"
    refused = client.post(address, json=body, headers=JSON, csrf=False)
    token = {"X-CSRFToken": refused.json["csrf_token"]}
    assert client.post(address, json=body, headers={**JSON, **token}, csrf=False).status_code == 200


# Nothing of the key


SECRETS = [
    "SECRET-ID", "SECRET-EXPLANATION", "SECRET-POINT", "SECRET-ACCEPTED", "SECRET-REFERENCE", "SECRET-KEY",
    "SECRET-SOURCE", "SECRET-TOPIC", "correct", "explanation", "difficulty", "accepted", "key_point",
]  # fmt: skip


def secret_items() -> list[Any]:
    choices = tuple(Choice(f"SECRET-ID-{letter}", f"Choice {letter}", correct=letter in "AB") for letter in "ABCD")
    one = tuple(replace(choice, correct=choice is choices[0]) for choice in choices)
    points = (KeyPoint("SECRET-ID-p1", "SECRET-POINT", Fraction(5), ("SECRET-ACCEPTED",)),)
    return [
        SingleChoice("Which one?", one, "SECRET-EXPLANATION"),
        MultipleChoice("Which ones?", choices, "SECRET-EXPLANATION"),
        TrueFalse("Is it so?", True, "SECRET-EXPLANATION"),
        ShortAnswer("Why?", points, "SECRET-REFERENCE", "SECRET-EXPLANATION"),
    ]


def test_nothing_of_the_key_is_in_any_byte_the_browser_gets(
    session: Session, client: CheckingClient, set_clock: SetClock
) -> None:
    set_clock(LATER)
    exam, topic = make_exam(session, questions=1), make_topic(session, "SECRET-TOPIC")
    session.execute(update(BlueprintRow).where(BlueprintRow.exam_id == exam.id).values(topic_id=topic.id))
    for item in secret_items():
        version = make_question(session, item, topic=topic)
        version.source = "SECRET-SOURCE"
        session.get_one(Question, version.question_id).key = f"SECRET-KEY-{item.kind}"
    person = make_person(session)
    attempt = begin(session, person, exam)
    client.sign_in(person)
    text = places(attempt, Kind.SHORT_ANSWER)[0]
    choice = places(attempt, Kind.SINGLE_CHOICE)[0]
    got = [
        client.get(f"/attempts/{attempt.id}"),
        put(client, attempt, choice, {"choices": [token(attempt, choice, "SECRET-ID-B")]}),
        put(client, attempt, text, {"text": "因为"}),
        put(client, attempt, choice, {"choices": ["SECRET"]}, number=2),
        post(client, attempt, "contact", epoch=1, waiting=0),
        post(client, attempt, "epoch", page="first", take_over=True),
        put(client, attempt, text, {"text": "late"}, number=2),
        post(client, attempt, "contact", epoch=1, waiting=0),
        post(client, attempt, "submit", epoch=2, waiting=[]),
        client.get(f"/attempts/{attempt.id}/receipt"),
    ]
    assert [one.status_code for one in got] == [200, 200, 200, 422, 200, 200, 409, 200, 200, 200]
    assert "Choice A" in got[0].text
    for answer in got:
        sent = answer.text + str(answer.headers)
        assert [secret for secret in SECRETS if secret in sent] == []
