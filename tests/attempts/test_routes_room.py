"""The room over HTTP: starting, the page and its devices, handing in and the receipt."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts import actions, queries
from exam.attempts.models import Answer, Attempt
from question_bank.items import Kind
from tests.attempts.builders import AFTER, LATER, SetClock, make_ready_sitting, places, post, put
from tests.builders import NOW, make_person
from tests.receipts.builders import receipt_of
from tests.support.client import CheckingClient
from tests.support.database import count_statements

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
