"""The contact an open page seeks every few seconds: what it tells, what it is told, and what is kept of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.rules import Role
from exam.attempts import actions, queries
from exam.attempts.models import Attempt, Contact, LateAnswer, RoomEvent, RoomMessage, TimeCredit
from exam.attempts.rules import MOST_EVENTS
from question_bank.items import Kind, TextResponse
from tests.attempts.builders import LATER, SetClock, answer, begin, places
from tests.builders import NOW, make_person
from tests.support.client import CheckingClient
from tests.support.database import count_statements


def ask(client: CheckingClient, attempt: Attempt, **word: Any) -> Any:
    body = {"epoch": 1, "waiting": 0, **word}
    return client.post(f"/attempts/{attempt.id}/contact", json=body, headers={"Accept": "application/json"})


def left(**other: Any) -> dict[str, Any]:
    return {"kind": "left", "cause": "passive", "ago_ms": 5000, "key": "a", "detail": {"position": 3}, **other}


def noticed(session: Session, attempt: Attempt) -> list[RoomEvent]:
    kinds = ("left", "returned", "paste", "events_not_kept")
    found = select(RoomEvent).where(RoomEvent.attempt_id == attempt.id, RoomEvent.kind.in_(kinds))
    return list(session.scalars(found.order_by(RoomEvent.at, RoomEvent.id)))


def say(session: Session, attempt: Attempt, text: str) -> RoomMessage:
    message = RoomMessage(
        attempt_id=attempt.id, text=text, sent_by=make_person(session, Role.TRAINER).id, sent_at=LATER
    )
    session.add(message)
    session.flush()
    return message


# What the page is told


def test_it_is_told_how_the_attempt_stands(client: CheckingClient, attempt: Attempt) -> None:
    told = ask(client, attempt)
    assert told.status_code == 200
    assert {name: told.json[name] for name in told.json if name != "csrf_token"} == {
        "remaining_ms": 59 * 60_000, "total_ms": 60 * 60_000, "deadline_clock": "10:30", "door": "open", "epoch": 1,
        "overtaken": {}, "messages": [], "credits": [],
    }  # fmt: skip


def test_given_time_is_told_with_its_reason_once(session: Session, client: CheckingClient, attempt: Attempt) -> None:
    trainer = make_person(session, Role.TRAINER)
    attempt.deadline += timedelta(minutes=5)
    credit = {"seconds": 300, "given_by": trainer.id, "reason": "停电", "given_at": LATER}
    session.add(TimeCredit(attempt_id=attempt.id, **credit))
    told = ask(client, attempt).json
    assert told["credits"] == [{"seconds": 300, "reason": "停电", "given_clock": "09:31"}]
    assert (told["deadline_clock"], told["total_ms"], told["remaining_ms"]) == ("10:35", 65 * 60_000, 64 * 60_000)
    assert ask(client, attempt, credits=1).json["credits"] == []


def test_a_message_is_told_until_it_has_been_read(session: Session, client: CheckingClient, attempt: Attempt) -> None:
    first, second = say(session, attempt, "请检查网线"), say(session, attempt, "好了")
    shown = [{"id": first.id, "text": "请检查网线", "sent_clock": "09:31"}]
    shown += [{"id": second.id, "text": "好了", "sent_clock": "09:31"}]
    assert ask(client, attempt).json["messages"] == shown
    assert ask(client, attempt, after=first.id).json["messages"] == shown[1:]
    assert ask(client, attempt, seen=[first.id]).json["messages"] == shown[1:]
    assert (session.get_one(RoomMessage, first.id).seen_at, second.seen_at) == (LATER, None)
    assert ask(client, attempt).json["messages"] == shown[1:]


def test_the_time_of_reading_stays_and_others_messages_are_not_touched(
    session: Session, client: CheckingClient, attempt: Attempt, set_clock: SetClock
) -> None:
    mine, others = say(session, attempt, "你好"), say(session, begin(session), "别人的")
    ask(client, attempt, seen=[mine.id, others.id])
    set_clock(LATER + timedelta(minutes=1))
    ask(client, attempt, seen=[mine.id])
    assert (mine.seen_at, others.seen_at) == (LATER, None)


def test_what_another_page_delivered_is_told_to_the_live_one(
    session: Session, client: CheckingClient, attempt: Attempt
) -> None:
    text = places(attempt, Kind.SHORT_ANSWER)[0]
    actions.open_room(session, attempt, NOW, page="phone")
    answer(session, attempt, text, TextResponse("断网时写的"), LATER)
    told = ask(client, attempt, epoch=2).json["overtaken"]
    written = {"response": {"text": "断网时写的"}, "saved_clock": "09:31:00", "epoch": 1, "number": 1}
    assert told == {str(text): written}


def test_a_due_attempt_is_closed_by_the_contact(
    session: Session, client: CheckingClient, attempt: Attempt, set_clock: SetClock
) -> None:
    set_clock(NOW + timedelta(minutes=60, seconds=11))
    told = ask(client, attempt).json
    assert (told["door"], told["remaining_ms"]) == ("after_deadline", 0)
    assert session.get_one(Attempt, attempt.id).closed_at == NOW + timedelta(minutes=60)


# What is kept


def test_the_last_contact_is_kept_and_not_written_at_each(
    session: Session, client: CheckingClient, attempt: Attempt, set_clock: SetClock
) -> None:
    def after(seconds: float, **word: Any) -> tuple[int, datetime, int]:
        set_clock(LATER + timedelta(seconds=seconds))
        ask(client, attempt, **word)
        kept = session.get_one(Contact, attempt.id)
        return kept.epoch, kept.at, kept.waiting

    first = (1, LATER, 0)
    assert after(0) == first
    assert after(4) == first
    assert after(5, waiting=2) == (1, LATER + timedelta(seconds=5), 2)
    assert after(9, waiting=2) == (1, LATER + timedelta(seconds=5), 2)
    assert after(13, waiting=2) == (1, LATER + timedelta(seconds=13), 2)


@pytest.mark.parametrize("epoch", [0, 1, 3])
def test_only_the_live_page_counts_as_in_contact(
    session: Session, client: CheckingClient, attempt: Attempt, epoch: int
) -> None:
    actions.open_room(session, attempt, NOW, page="phone")
    assert ask(client, attempt, epoch=epoch).json["epoch"] == 2
    assert session.get(Contact, attempt.id) is None


def test_a_page_in_contact_is_asked_about_however_long_ago_it_saved(
    session: Session, client: CheckingClient, attempt: Attempt, set_clock: SetClock
) -> None:
    set_clock(NOW + timedelta(minutes=30))
    ask(client, attempt)
    body = {"page": "phone", "take_over": False}
    refused = client.post(f"/attempts/{attempt.id}/epoch", json=body, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json["code"]) == (409, "in_use")


def test_a_quiet_contact_takes_two_statements(client: CheckingClient, session: Session, attempt: Attempt) -> None:
    ask(client, attempt)
    session.refresh(attempt)
    with count_statements(session) as statements:
        ask(client, attempt)
    # Who asks, and how the attempt stands.
    assert len(statements) == 2


# Events


def test_events_are_kept_once_with_their_time_and_cause(
    session: Session, client: CheckingClient, attempt: Attempt
) -> None:
    paste = {"kind": "paste", "cause": "candidate", "ago_ms": 1000, "key": "b", "detail": {"position": 8, "length": 40}}
    ask(client, attempt, events=[left(), paste])
    ask(client, attempt, events=[left(), paste])  # the answer to the first was lost on its way
    assert [(one.kind, LATER - one.at, one.detail) for one in noticed(session, attempt)] == [
        ("left", timedelta(seconds=5), {"position": 3, "cause": "passive", "epoch": 1, "key": "a"}),
        ("paste", timedelta(seconds=1), {"position": 8, "length": 40, "cause": "candidate", "epoch": 1, "key": "b"}),
    ]


def test_an_event_lies_inside_the_run_whatever_the_page_says(
    session: Session, client: CheckingClient, attempt: Attempt
) -> None:
    ask(client, attempt, events=[left(ago_ms=2**31 - 1)])
    assert [one.at for one in noticed(session, attempt)] == [NOW]


def test_the_same_event_twice_in_one_contact_is_one(session: Session, client: CheckingClient, attempt: Attempt) -> None:
    ask(client, attempt, events=[left(), left(), left(key=""), left(key="")])
    assert [one.detail["key"] for one in noticed(session, attempt)] == ["a", "", ""]


@pytest.mark.parametrize(("epoch", "kept"), [(0, 1), (1, 1), (2, 0), (999, 0)])
def test_events_under_an_epoch_that_no_page_was_given_are_not_recorded(
    session: Session, client: CheckingClient, attempt: Attempt, epoch: int, kept: int
) -> None:
    assert ask(client, attempt, epoch=epoch, events=[left()]).status_code == 200
    assert len(noticed(session, attempt)) == kept


def test_after_handing_in_events_are_kept_until_the_result_is_released(
    session: Session, client: CheckingClient, attempt: Attempt
) -> None:
    actions.submit(session, attempt, [], 1, LATER)
    ask(client, attempt, events=[left()])
    actions.on_result_released(attempt, session=session, now=LATER)
    assert ask(client, attempt, events=[left(key="b")]).status_code == 200
    assert [one.detail["key"] for one in noticed(session, attempt)] == ["a"]


def test_events_change_nothing_but_the_record(session: Session, client: CheckingClient, attempt: Attempt) -> None:
    before = (attempt.deadline, attempt.epoch, attempt.closed_at)
    ask(client, attempt, events=[left(key=str(n)) for n in range(200)])
    assert (attempt.deadline, attempt.epoch, attempt.closed_at) == before


def test_an_attempt_keeps_only_so_many_and_says_so(session: Session, client: CheckingClient, attempt: Attempt) -> None:
    rows = [{"attempt_id": attempt.id, "at": NOW, "kind": "paste", "detail": {"key": f"k{n}"}} for n in range(1, 2000)]
    session.add_all(RoomEvent(**row) for row in rows)
    for n in range(2):
        ask(client, attempt, events=[left(key=f"{n}-{m}") for m in range(3)])
    kept = noticed(session, attempt)
    assert [one.kind for one in kept].count("left") == 1
    assert [one.kind for one in kept].count("events_not_kept") == 1
    assert len(kept) == MOST_EVENTS + 1


UNREADABLE: list[dict[str, Any]] = [
    {"epoch": -1}, {"epoch": True}, {"waiting": "2"}, {"waiting": 2**31}, {"after": None}, {"credits": -1},
    {"seen": [0.5]}, {"seen": "1"}, {"seen": [1] * 201},
]  # fmt: skip


@pytest.mark.parametrize("word", UNREADABLE)
def test_what_no_page_of_ours_sends_is_refused(
    session: Session, client: CheckingClient, attempt: Attempt, word: dict[str, Any]
) -> None:
    refused = ask(client, attempt, **word)
    assert (refused.status_code, refused.json["code"]) == (422, "unreadable")
    assert noticed(session, attempt) == []
    assert session.get(Contact, attempt.id) is None


UNFIT = ("\0", "\ud800", "\n", "\x7f", "名")
"""What names of a page don't have: PostgreSQL keeps neither of the first two."""


@pytest.mark.parametrize("letter", UNFIT)
@pytest.mark.parametrize("field", ["page", "opening"])
def test_a_page_whose_name_no_page_gives_itself_is_refused(
    client: CheckingClient, attempt: Attempt, field: str, letter: str
) -> None:
    body = {"page": "one", "take_over": True, field: f"a{letter}b"}
    refused = client.post(f"/attempts/{attempt.id}/epoch", json=body, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json["code"]) == (422, "unreadable")


ODD: list[Any] = [
    left(kind="cheated"), left(cause="guilty"), left(ago_ms=-1), left(ago_ms=True), left(ago_ms=0.5),
    left(key=7), left(key="k" * 65), left(detail={"text": "words"}), left(detail={"for_ms": -1}), left(detail=[]),
    left(detail={"n" * 65: 1}), left(detail={str(n): n for n in range(7)}), {"kind": "left"}, 7, None,
    *(left(key=f"a{letter}b") for letter in UNFIT),
    *(left(detail={f"a{letter}b": 1}) for letter in UNFIT),
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_an_event_that_cant_be_read_is_left_out_and_the_contact_heard(
    session: Session, client: CheckingClient, attempt: Attempt, odd: Any
) -> None:
    assert ask(client, attempt, events=[odd, left(key="good")]).status_code == 200
    assert [one.detail["key"] for one in noticed(session, attempt)] == ["good"]
    assert session.get(Contact, attempt.id)


@pytest.mark.parametrize(("sent", "kept"), [({}, 0), ("left", 0), ([left(key=str(n)) for n in range(201)], 200)])
def test_of_what_is_no_list_or_too_long_as_much_is_kept_as_can_be(
    session: Session, client: CheckingClient, attempt: Attempt, sent: Any, kept: int
) -> None:
    assert ask(client, attempt, events=sent).status_code == 200
    assert len(noticed(session, attempt)) == kept


def test_times_of_a_clock_that_jumped_are_cut_to_what_can_be_kept(
    session: Session, client: CheckingClient, attempt: Attempt
) -> None:
    ask(client, attempt, events=[left(ago_ms=2**40, detail={"for_ms": 2**63})])
    assert [(one.at, one.detail["for_ms"]) for one in noticed(session, attempt)] == [(NOW, 2**31 - 1)]


# What comes late


def late(client: CheckingClient, attempt: Attempt, **word: Any) -> Any:
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    body = {"epoch": 1, "number": 1, "response": {"text": "断网时写的"}, **word}
    address = f"/attempts/{attempt.id}/answers/{position}"
    return client.put(address, json=body, headers={"Accept": "application/json"})


def test_a_late_answer_keeps_what_its_page_tells_of_it(
    session: Session, client: CheckingClient, attempt: Attempt, set_clock: SetClock
) -> None:
    set_clock(NOW + timedelta(minutes=70))
    refused = late(client, attempt, age_ms=15 * 60_000, left_ms=5 * 60_000, offline_ms=20 * 60_000)
    assert (refused.status_code, refused.json["code"]) == (409, "after_deadline")
    kept = session.scalars(select(LateAnswer)).one()
    assert (kept.written_at, kept.left_ms, kept.offline_ms) == (NOW + timedelta(minutes=55), 300_000, 1_200_000)
    assert kept.decided_at is None


@pytest.mark.parametrize("word", [{}, {"age_ms": -1, "left_ms": "x", "offline_ms": 1.5}, {
    "age_ms": 71 * 60_000, "left_ms": 61 * 60_000, "offline_ms": 2**40,
}])  # fmt: skip
def test_a_forged_word_about_a_late_answer_only_goes_missing(
    session: Session, client: CheckingClient, attempt: Attempt, set_clock: SetClock, word: dict[str, Any]
) -> None:
    set_clock(NOW + timedelta(minutes=70))
    assert late(client, attempt, **word).status_code == 409
    kept = session.scalars(select(LateAnswer)).one()
    assert (kept.written_at, kept.left_ms, kept.offline_ms) == (None, None, None)


def test_handing_in_late_keeps_it_too(
    session: Session, client: CheckingClient, attempt: Attempt, set_clock: SetClock
) -> None:
    set_clock(NOW + timedelta(minutes=70))
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    waiting = [{"position": position, "number": 1, "response": {"text": "断网"}, "age_ms": 60_000, "left_ms": 7}]
    body = {"epoch": 1, "waiting": waiting}
    sent = client.post(f"/attempts/{attempt.id}/submit", json=body, headers={"Accept": "application/json"})
    assert sent.json["late"] == 1
    kept = session.scalars(select(LateAnswer)).one()
    assert (kept.written_at, kept.left_ms) == (NOW + timedelta(minutes=69), 7)


def test_an_old_draft_that_comes_late_leaves_nothing_to_decide(
    session: Session, client: CheckingClient, attempt: Attempt, set_clock: SetClock
) -> None:
    """A journal that couldn't be cleared sends again what its page had long saved over."""
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    answer(session, attempt, position, TextResponse("后来的"), LATER, number=2)
    set_clock(NOW + timedelta(minutes=70))
    for _ in range(2):
        sent = late(client, attempt)
        assert (sent.status_code, sent.json["code"]) == (409, "superseded")
    kept = session.scalars(select(LateAnswer)).one()
    assert (kept.accepted, kept.decided_by, kept.reason) == (False, None, "superseded")
    assert queries.final_answers(session, [attempt.id])[attempt.id][position] == {"text": "后来的"}
    assert queries.late_count(session, attempt.id) == 0
