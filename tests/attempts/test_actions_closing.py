"""Handing in, closing when time is up, and voiding, in verbs: first that it works, then each refusal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from blinker import Signal
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.models import AuditEvent
from exam.attempts import actions, queries
from exam.attempts.actions import Waiting
from exam.attempts.models import Answer, Attempt, LateAnswer
from exam.attempts.rules import CloseReason
from exam.errors import Refused
from exam.events import attempt_voided, attempts_closed
from exam.receipts.queries import revisions
from question_bank.items import Kind, TextResponse
from tests.attempts.builders import DEADLINE, LAST, LATER, SECOND, answer, begin, count, places, right_answers
from tests.builders import NOW, make_person
from tests.receipts.builders import receipt_of
from tests.support.refusals import refused


@contextmanager
def heard(signal: Signal) -> Iterator[list[Attempt]]:
    """Which attempts a signal tells of."""
    told: list[Attempt] = []

    def note(sender: Attempt | Sequence[Attempt], **_: Any) -> None:
        told.extend([sender] if isinstance(sender, Attempt) else sender)

    with signal.connected_to(note):
        yield told


# Hand in and close


def test_handing_in_carries_what_waits_and_gives_a_receipt(session: Session) -> None:
    attempt = begin(session)
    answers = right_answers(attempt)
    answer(session, attempt, 1, answers[1], NOW)
    waiting = [Waiting(position, position, answers[position]) for position in (1, 2, 3)]
    with heard(attempts_closed) as told:
        actions.submit(session, attempt, waiting, 1, LATER)
    receipt = receipt_of(session, attempt)
    assert (attempt.closed_at, attempt.close_reason) == (LATER, CloseReason.SUBMITTED)
    assert (receipt.facts.attempt, receipt.facts.closed_at) == (attempt.id, LATER)
    assert (receipt.slots, receipt.answered, receipt.revision) == (8, 3, 1)
    assert told == [attempt]
    assert count(session, Answer) == 3


def test_handing_in_twice_is_once(session: Session) -> None:
    attempt = begin(session)
    waiting = [Waiting(1, 1, right_answers(attempt)[1])]
    with heard(attempts_closed) as told:
        actions.submit(session, attempt, waiting, 1, LATER)
        first = receipt_of(session, attempt)
        actions.submit(session, attempt, waiting, 1, LATER + SECOND)
    assert [one.receipt for one in revisions(session, attempt.id)] == [first]
    assert (len(told), attempt.closed_at) == (1, LATER)


def test_what_an_earlier_page_could_not_deliver_goes_along_under_its_own_epoch(session: Session) -> None:
    attempt = begin(session)
    text, other = places(attempt, Kind.SHORT_ANSWER)
    actions.open_room(session, attempt, LATER, page="phone")
    answer(session, attempt, other, TextResponse("在手机上"), LATER, epoch=2)
    waiting = [
        Waiting(text, 1, TextResponse("只在电脑上"), epoch=1),
        Waiting(other, 2, TextResponse("在电脑上"), epoch=1),
        Waiting(1, 1, right_answers(attempt)[1]),
    ]
    for _twice in range(2):
        actions.submit(session, attempt, waiting, 2, LATER)
    final = queries.final_answers(session, [attempt.id])[attempt.id]
    assert (final[text], final[other]) == ({"text": "只在电脑上"}, {"text": "在手机上"})
    epochs = session.scalars(select(Answer.epoch).order_by(Answer.id)).all()
    assert epochs == [2, 1, 1, 2]
    with refused("number_reused"):
        actions.submit(session, attempt, [Waiting(text, 1, TextResponse("别的"), epoch=1)], 2, LATER)


def test_handing_in_after_the_grace_keeps_what_an_earlier_page_had_as_late(session: Session) -> None:
    attempt = begin(session)
    text, other = places(attempt, Kind.SHORT_ANSWER)
    actions.open_room(session, attempt, LATER, page="phone")
    answer(session, attempt, other, TextResponse("在手机上"), LATER, epoch=2)
    waiting = [Waiting(place, 3, TextResponse("在电脑上"), epoch=1) for place in (text, other)]
    actions.submit(session, attempt, waiting, 2, LAST + SECOND)
    kept = session.scalars(select(LateAnswer).order_by(LateAnswer.position)).all()
    assert [(one.position, one.epoch, one.accepted) for one in kept] == [(text, 1, None), (other, 1, False)]


def test_handing_in_with_an_answer_of_a_page_that_never_was_is_refused(session: Session) -> None:
    attempt = begin(session)
    with refused("unknown_page"):
        actions.submit(session, attempt, [Waiting(1, 1, None, epoch=2)], 1, LATER)
    assert attempt.closed_at is None


def test_handing_in_from_an_earlier_page_is_refused(session: Session) -> None:
    attempt = begin(session)
    actions.open_room(session, attempt, LATER, page="phone")
    with refused("taken_over"):
        actions.submit(session, attempt, [], 1, LATER)
    assert attempt.closed_at is None


def test_handing_in_within_the_grace_ends_at_the_deadline(session: Session) -> None:
    attempt = begin(session)
    actions.submit(session, attempt, [Waiting(1, 1, right_answers(attempt)[1])], 1, LAST)
    receipt = receipt_of(session, attempt)
    assert (attempt.closed_at, attempt.close_reason) == (DEADLINE, CloseReason.DEADLINE)
    assert (receipt.answered, receipt.facts.closed_at) == (1, DEADLINE)


def test_handing_in_after_the_grace_keeps_what_waits_as_late(session: Session) -> None:
    attempt = begin(session)
    actions.submit(session, attempt, [Waiting(1, 1, right_answers(attempt)[1])], 1, LAST + SECOND)
    assert attempt.close_reason is CloseReason.DEADLINE
    assert (receipt_of(session, attempt).answered, queries.late_count(session, attempt.id)) == (0, 1)


def test_due_attempts_close_once_as_of_their_deadline(session: Session) -> None:
    due, running = begin(session), begin(session, now=LATER)
    answer(session, due, 1, right_answers(due)[1], LATER)
    assert actions.close_due(session, LAST) == 0
    with heard(attempts_closed) as told:
        assert actions.close_due(session, LAST + SECOND) == 1
        assert actions.close_due(session, LAST + 2 * SECOND) == 0
    assert (due.closed_at, due.close_reason, running.closed_at) == (DEADLINE, CloseReason.DEADLINE, None)
    assert receipt_of(session, due).answered == 1
    assert told == [due]


def test_an_attempt_that_cannot_be_closed_does_not_keep_the_others_open(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = begin(session), begin(session)

    def fail(attempts: Sequence[Attempt], **_: Any) -> None:
        if broken in attempts:
            raise RuntimeError("a listener refuses")

    with attempts_closed.connected_to(fail):
        assert actions.close_due(session, LAST + SECOND) == 1
    assert (broken.closed_at, sound.closed_at) == (None, DEADLINE)
    assert f"attempt {broken.id} could not be closed" in caplog.text


def test_a_listener_that_fails_takes_the_handing_in_back(session: Session) -> None:
    attempt = begin(session)
    session.commit()

    def fail(_attempts: Sequence[Attempt], **_: Any) -> None:
        raise Refused("no", code="no")

    with attempts_closed.connected_to(fail), refused("no"):
        actions.submit(session, attempt, [], 1, LATER)
    session.rollback()
    assert attempt.closed_at is None


# Void


def test_voiding_is_audited_and_told(session: Session) -> None:
    attempt, trainer = begin(session), make_person(session)
    answer(session, attempt, 1, right_answers(attempt)[1], LATER)
    with heard(attempt_voided) as told:
        actions.void(session, attempt, trainer.id, " 考场停电 ", LATER)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "attempt.voided")).one()
    assert (event.actor_id, event.about_id, event.subject_id) == (trainer.id, attempt.person_id, attempt.id)
    assert event.detail["reason"] == attempt.void_reason == "考场停电"
    assert told == [attempt]
    assert count(session, Answer) == 1
    assert actions.close_due(session, LAST + SECOND) == 0


def test_voiding_twice_or_without_a_reason_is_refused(session: Session) -> None:
    attempt, trainer = begin(session), make_person(session)
    with refused("no_reason"):
        actions.void(session, attempt, trainer.id, "  ", LATER)
    actions.void(session, attempt, trainer.id, "停电", LATER)
    with refused("voided"):
        actions.void(session, attempt, trainer.id, "停电", LATER)
