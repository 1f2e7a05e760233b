"""The room over HTTP: what a candidate's browser gets, what it may send, and what never leaves the server."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts import actions, queries
from exam.attempts.models import Answer, Attempt, LateAnswer
from exam.attempts.rules import CloseReason
from exam.papers.models import BlueprintRow
from question_bank.items import Choice, KeyPoint, Kind, MultipleChoice, ShortAnswer, SingleChoice, TrueFalse
from question_bank.models import Question
from tests.attempts.builders import begin, make_ready_sitting, places, token
from tests.builders import NOW, make_exam, make_person, make_question, make_topic
from tests.receipts.builders import receipt_of
from tests.support.client import CheckingClient
from tests.support.database import count_statements

JSON = {"Accept": "application/json"}
LATER = NOW + timedelta(minutes=1)
AFTER = NOW + timedelta(minutes=60, seconds=11)
SetClock = Callable[[datetime], None]


@pytest.fixture
def attempt(session: Session, client: CheckingClient, set_clock: SetClock) -> Attempt:
    """A running attempt of whom `client` is signed in as; its room has been opened once."""
    set_clock(LATER)
    person = make_person(session)
    client.sign_in(person)
    return begin(session, person)


def put(client: CheckingClient, attempt: Attempt, position: int, response: Any, **key: Any) -> Any:
    body = {"epoch": 1, "number": 1, "response": response, **key}
    return client.put(f"/attempts/{attempt.id}/answers/{position}", json=body, headers=JSON)


def post(client: CheckingClient, attempt: Attempt, path: str, **body: Any) -> Any:
    return client.post(f"/attempts/{attempt.id}/{path}", json=body, headers=JSON)


# Start


def test_starting_leads_to_the_room_and_twice_to_the_same(
    session: Session, client: CheckingClient, set_clock: SetClock
) -> None:
    set_clock(LATER)
    sitting = make_ready_sitting(session)
    client.sign_in(sitting.person)
    first = client.post(f"/sittings/{sitting.id}/start", data={"honest": "yes"})
    again = client.post(f"/sittings/{sitting.id}/start", data={"honest": "yes"})
    assert first.status_code == 302
    assert first.location == again.location == f"/attempts/{queries.of_sitting(session, sitting.id).id}"


def test_a_refused_start_says_why(session: Session, client: CheckingClient, set_clock: SetClock) -> None:
    sitting = make_ready_sitting(session)
    set_clock(sitting.closes_at + timedelta(days=1))
    client.sign_in(sitting.person)
    refused = client.post(f"/sittings/{sitting.id}/start", data={"honest": "yes"})
    assert refused.status_code == 422
    assert "HR" in refused.text or "人事" in refused.text


def test_somebody_elses_sitting_cannot_be_started(session: Session, client: CheckingClient) -> None:
    sitting = make_ready_sitting(session)
    client.sign_in(make_person(session))
    assert client.post(f"/sittings/{sitting.id}/start", data={"honest": "yes"}).status_code == 404
    assert queries.of_sitting(session, sitting.id) is None


def test_without_ones_word_nothing_starts(session, client):
    sitting = make_ready_sitting(session)
    client.sign_in(session.get_one(Person, sitting.person_id))
    sent_back = client.post(f"/sittings/{sitting.id}/start")
    assert sent_back.location == f"/exam/{sitting.id}/start"
    assert "确认是你本人" in client.get(sent_back.location).text
    assert session.scalars(select(Attempt)).all() == []


# The room


def test_the_room_shows_every_question_in_few_statements(
    session: Session, client: CheckingClient, attempt: Attempt
) -> None:
    session.commit()
    with count_statements(session) as statements:
        page = client.get(f"/attempts/{attempt.id}")
    assert page.status_code == 200
    for position in range(1, 9):
        assert f'id="q{position}"' in page.text
        assert f'data-cell="{position}"' in page.text
    assert len(statements) <= 12


def test_opening_the_room_tells_what_is_answered_so_far(
    session: Session, client: CheckingClient, attempt: Attempt
) -> None:
    text = places(attempt, Kind.SHORT_ANSWER)[0]
    put(client, attempt, text, {"text": "因为"})
    actions.set_flag(session, attempt, 2, True, LATER)
    opened = post(client, attempt, "epoch", page="first", take_over=False)
    assert opened.status_code == 200
    assert opened.json["epoch"] == 2
    kept = {"response": {"text": "因为"}, "saved_clock": "09:31:00", "epoch": 1, "number": 1}
    assert opened.json["answers"] == {str(text): kept}
    assert opened.json["flags"] == [2]
    assert opened.json["remaining_ms"] == 59 * 60_000


def test_a_second_device_is_asked_first(client: CheckingClient, attempt: Attempt) -> None:
    asked = post(client, attempt, "epoch", page="phone", take_over=False)
    assert (asked.status_code, asked.json["code"]) == (409, "in_use")
    taken = post(client, attempt, "epoch", page="phone", take_over=True)
    assert (taken.status_code, taken.json["epoch"]) == (200, 2)


# Answers


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


# Handing in and the receipt


def test_handing_in_gives_the_receipt_and_twice_is_once(
    session: Session, client: CheckingClient, attempt: Attempt
) -> None:
    text = places(attempt, Kind.SHORT_ANSWER)[0]
    waiting = [{"position": text, "number": 1, "response": {"text": "还没送出"}}]
    first = post(client, attempt, "submit", epoch=1, waiting=waiting)
    again = post(client, attempt, "submit", epoch=1, waiting=waiting)
    assert first.status_code == again.status_code == 200
    assert first.json == again.json == {"receipt_url": f"/attempts/{attempt.id}/receipt", "late": 0}
    page = client.get(first.json["receipt_url"])
    receipt = receipt_of(session, attempt)
    assert receipt.answered == 1
    assert receipt.code in page.text
    assert receipt.number in page.text


def test_an_answer_goes_along_under_the_epoch_of_the_page_that_wrote_it(
    session: Session, client: CheckingClient, attempt: Attempt
) -> None:
    text = places(attempt, Kind.SHORT_ANSWER)[0]
    post(client, attempt, "epoch", page="phone", take_over=True)
    waiting = [{"position": text, "number": 1, "response": {"text": "还没送出"}, "epoch": 1}]
    assert post(client, attempt, "submit", epoch=2, waiting=waiting).status_code == 200
    kept = session.scalars(select(Answer)).one()
    assert (kept.epoch, kept.response) == (1, {"text": "还没送出"})


def test_handing_in_what_cannot_be_read_closes_nothing(
    session: Session, client: CheckingClient, attempt: Attempt
) -> None:
    answer = {"position": 1, "number": 1}
    of_no_page = {**answer, "response": None, "epoch": 0}
    for body in ({}, {"waiting": [1]}, {"waiting": [answer]}, {"waiting": [of_no_page]}):
        assert post(client, attempt, "submit", epoch=1, **body).status_code == 422
    assert session.get_one(Attempt, attempt.id).closed_at is None


def test_room_and_receipt_lead_to_each_other(client: CheckingClient, attempt: Attempt) -> None:
    assert client.get(f"/attempts/{attempt.id}/receipt").location == f"/attempts/{attempt.id}"
    post(client, attempt, "submit", epoch=1, waiting=[])
    assert client.get(f"/attempts/{attempt.id}").location == f"/attempts/{attempt.id}/receipt"


def test_a_due_attempt_is_closed_by_a_look_at_it(
    session: Session, client: CheckingClient, attempt: Attempt, set_clock: SetClock
) -> None:
    set_clock(AFTER)
    assert client.get(f"/attempts/{attempt.id}").location == f"/attempts/{attempt.id}/receipt"
    assert client.get(f"/attempts/{attempt.id}/receipt").status_code == 200
    assert post(client, attempt, "contact", epoch=1, waiting=0).json["door"] == "after_deadline"
    assert session.get_one(Attempt, attempt.id).closed_at == NOW + timedelta(minutes=60)


def test_a_void_attempt_says_so(session: Session, client: CheckingClient, attempt: Attempt) -> None:
    actions.void(session, attempt, make_person(session).id, "停电", LATER)
    assert client.get(f"/attempts/{attempt.id}", follow_redirects=True).status_code == 200
    assert post(client, attempt, "contact", epoch=1, waiting=0).json["door"] == "voided"


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
