"""The timed run in verbs: first that it works, then each refusal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from blinker import Signal
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.accounts.models import AuditEvent
from exam.attempts import actions, queries
from exam.attempts.actions import SaveOutcome, Waiting
from exam.attempts.models import Answer, Attempt, LateAnswer, RoomEvent
from exam.attempts.rules import CloseReason
from exam.errors import Conflict, Refused
from exam.events import attempt_voided, attempts_closed
from exam.papers.rules import LateStart
from exam.receipts.queries import revisions
from question_bank.items import ChoiceResponse, CreditRule, Kind, TextResponse, TruthResponse, response_data
from tests.attempts.builders import answer, begin, make_ready_sitting, places, right_answers
from tests.builders import NOW, make_exam, make_person
from tests.receipts.builders import receipt_of

SECOND = timedelta(seconds=1)
LATER = NOW + 60 * SECOND
DEADLINE = NOW + timedelta(minutes=60)
LAST = DEADLINE + 10 * SECOND


@contextmanager
def heard(signal: Signal) -> Iterator[list[Attempt]]:
    """Which attempts a signal tells of."""
    told: list[Attempt] = []

    def note(sender: Attempt | Sequence[Attempt], **_: Any) -> None:
        told.extend([sender] if isinstance(sender, Attempt) else sender)

    with signal.connected_to(note):
        yield told


def refused(code: str) -> Any:
    return pytest.raises(Refused, check=lambda error: error.code == code)


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def kinds_of_events(session: Session, attempt: Attempt) -> list[str]:
    found = select(RoomEvent.kind).where(RoomEvent.attempt_id == attempt.id).order_by(RoomEvent.id)
    return list(session.scalars(found))


# Start


def test_starting_copies_the_terms_and_sets_the_deadline(session: Session) -> None:
    exam = make_exam(session, minutes=45, pass_percent=70, credit_rule=CreditRule.PROPORTIONAL, grace_seconds=3)
    attempt = begin(session, exam=exam, opened=False)
    exam.minutes, exam.pass_percent = 5, 1
    assert attempt.deadline == NOW + timedelta(minutes=45)
    assert (attempt.minutes, attempt.pass_percent, attempt.distinction_percent) == (45, 70, 90)
    assert (attempt.credit_rule, attempt.grace_seconds) == (CreditRule.PROPORTIONAL, 3)
    assert sorted(attempt.layout) == [str(position) for position in range(1, 9)]
    assert kinds_of_events(session, attempt) == ["started"]


def test_extra_time_applies_by_itself(session: Session) -> None:
    person = make_person(session, time_factor=Fraction(5, 4))
    attempt = begin(session, person)
    assert attempt.deadline == NOW + timedelta(minutes=75)
    assert attempt.minutes == 75


def test_starting_twice_gives_the_same_attempt(session: Session) -> None:
    sitting = make_ready_sitting(session)
    first = actions.start(session, sitting, NOW)
    assert actions.start(session, sitting, LATER) is first
    actions.submit(session, first, [], first.epoch, LATER)
    assert actions.start(session, sitting, LATER) is first


def test_a_start_outside_the_window_is_refused(session: Session) -> None:
    sitting = make_ready_sitting(session)
    with refused("not_open"):
        actions.start(session, sitting, sitting.opens_at - SECOND)
    with refused("too_late"):
        actions.start(session, sitting, sitting.closes_at - timedelta(minutes=59))
    assert count(session, Attempt) == 0


def test_a_late_start_is_shortened_where_the_exam_says_so(session: Session) -> None:
    sitting = make_ready_sitting(session, exam=make_exam(session, late_start=LateStart.SHORTEN))
    attempt = actions.start(session, sitting, sitting.closes_at - timedelta(minutes=20))
    assert attempt.deadline == sitting.closes_at
    assert attempt.minutes == 20


def test_a_void_attempt_makes_room_for_another_with_other_questions(session: Session) -> None:
    sitting = make_ready_sitting(session, exam=make_exam(session, questions=2))
    first = actions.start(session, sitting, NOW)
    seen = queries.seen_question_ids(session, sitting.person_id, sitting.exam_id)
    actions.void(session, first, make_person(session).id, "停电", LATER)
    second = actions.start(session, sitting, LATER)
    assert second.id != first.id
    assert len(seen) == 8
    assert queries.of_sitting(session, sitting.id) is second


# Open the room


def test_each_page_gets_a_higher_epoch(session: Session) -> None:
    attempt = begin(session, opened=False)
    assert actions.open_room(session, attempt, NOW, page="a") == 1
    assert actions.open_room(session, attempt, NOW, page="a") == 2
    assert attempt.epoch == 2
    assert kinds_of_events(session, attempt) == ["started", "opened", "opened"]


def test_an_opening_whose_answer_was_lost_is_the_same_when_asked_again(session: Session) -> None:
    attempt = begin(session, opened=False)
    assert actions.open_room(session, attempt, NOW, page="a", opening="first") == 1
    assert actions.open_room(session, attempt, NOW, page="a", opening="first") == 1
    assert actions.open_room(session, attempt, NOW, page="a", opening="after a reload") == 2
    assert actions.open_room(session, attempt, NOW, page="b", opening="elsewhere") == 3
    assert kinds_of_events(session, attempt) == ["started", "opened", "opened", "opened"]


def test_another_page_asks_before_it_takes_over(session: Session) -> None:
    attempt = begin(session)
    with refused("in_use"):
        actions.open_room(session, attempt, LATER, page="second", take_over=False)
    assert attempt.epoch == 1
    assert actions.open_room(session, attempt, LATER, page="first", take_over=False) == 2
    assert actions.open_room(session, attempt, LATER, page="second", take_over=True) == 3


def test_a_page_not_heard_from_for_long_is_not_asked_about(session: Session) -> None:
    attempt = begin(session)
    answer(session, attempt, 1, None, NOW + timedelta(minutes=9))
    with refused("in_use"):
        actions.open_room(session, attempt, NOW + timedelta(minutes=18), page="second", take_over=False)
    assert actions.open_room(session, attempt, NOW + timedelta(minutes=19), page="second", take_over=False) == 2


def test_a_closed_attempt_opens_for_nobody(session: Session) -> None:
    attempt = begin(session)
    actions.submit(session, attempt, [], 1, LATER)
    with refused("closed"):
        actions.open_room(session, attempt, LATER)


# Save


def test_answers_of_all_kinds_are_kept_and_the_last_counts(session: Session) -> None:
    attempt = begin(session)
    for position, response in right_answers(attempt).items():
        saved = answer(session, attempt, position, response, LATER)
        assert (saved.outcome, saved.saved_at) == (SaveOutcome.SAVED, LATER)
    text = places(attempt, Kind.SHORT_ANSWER)[0]
    answer(session, attempt, text, TextResponse("改过 🙂\n"), LATER, number=2)
    session.commit()
    final = queries.final_answers(session, [attempt.id])[attempt.id]
    assert final == {**{p: response_data(r) for p, r in right_answers(attempt).items()}, text: {"text": "改过 🙂\n"}}


def test_an_answer_can_be_emptied_again(session: Session) -> None:
    attempt = begin(session)
    answer(session, attempt, 1, right_answers(attempt)[1], LATER)
    answer(session, attempt, 1, None, LATER, number=2)
    assert queries.final_answers(session, [attempt.id])[attempt.id][1] is None
    assert queries.written(session, attempt)[1].response is None


def test_reordered_answers_end_the_same(session: Session) -> None:
    attempt = begin(session)
    text = places(attempt, Kind.SHORT_ANSWER)[0]
    for number in (3, 1, 2):
        answer(session, attempt, text, TextResponse(f"第 {number} 稿"), LATER, number=number)
    assert queries.final_answers(session, [attempt.id])[attempt.id][text] == {"text": "第 3 稿"}


def test_the_same_answer_again_is_acknowledged_again_and_kept_once(session: Session) -> None:
    attempt = begin(session)
    answer(session, attempt, 1, right_answers(attempt)[1], NOW)
    again = answer(session, attempt, 1, right_answers(attempt)[1], LATER)
    assert (again.outcome, again.saved_at) == (SaveOutcome.SAVED, NOW)
    assert count(session, Answer) == 1
    long_after = answer(session, attempt, 1, right_answers(attempt)[1], LAST + SECOND)
    assert (long_after.outcome, long_after.saved_at) == (SaveOutcome.SAVED, NOW)


def test_the_same_number_with_other_content_is_refused(session: Session) -> None:
    attempt = begin(session)
    answer(session, attempt, 1, right_answers(attempt)[1], NOW)
    with pytest.raises(Conflict) as refusal:
        answer(session, attempt, 1, None, LATER)
    assert (refusal.value.code, refusal.value.status) == ("number_reused", 409)


def test_an_earlier_page_is_told_that_it_was_taken_over_and_loses_nothing(session: Session) -> None:
    attempt = begin(session)
    text, other = places(attempt, Kind.SHORT_ANSWER)
    actions.open_room(session, attempt, LATER, page="phone")
    answer(session, attempt, text, TextResponse("在手机上"), LATER, epoch=2)
    saved = answer(session, attempt, text, TextResponse("在电脑上，晚到"), LATER + SECOND, epoch=1, number=9)
    answer(session, attempt, other, TextResponse("只在电脑上"), LATER + SECOND, epoch=1, number=10)
    assert saved.outcome is SaveOutcome.TAKEN_OVER
    final = queries.final_answers(session, [attempt.id])[attempt.id]
    assert (final[text], final[other]) == ({"text": "在手机上"}, {"text": "只在电脑上"})
    overtaken = queries.overtaken(session, attempt.id)
    assert {position: one.response for position, one in overtaken.items()} == {
        text: {"text": "在电脑上，晚到"}, other: {"text": "只在电脑上"},
    }  # fmt: skip


def offered(session: Session, attempt: Attempt) -> dict[int, Any]:
    """What the live page is told of other pages' answers."""
    return {position: one.response for position, one in queries.overtaken(session, attempt.id).items()}


def test_what_another_page_delivered_late_is_offered_until_it_is_decided(session: Session) -> None:
    attempt = begin(session)
    text, other = places(attempt, Kind.SHORT_ANSWER)
    actions.open_room(session, attempt, LATER, page="phone")
    for position in (text, other):
        answer(session, attempt, position, TextResponse("在手机上"), LATER, epoch=2, number=position)
        answer(session, attempt, position, TextResponse("在电脑上"), LATER, epoch=1, number=position)
    late = {"text": "在电脑上"}
    for epoch in (3, 4):
        assert offered(session, attempt) == {text: late, other: late}
        assert actions.open_room(session, attempt, LATER, page="phone") == epoch  # a reload decides nothing
    answer(session, attempt, text, TextResponse("在手机上"), LATER, epoch=4)
    assert offered(session, attempt) == {other: late}
    actions.open_room(session, attempt, LATER, page="phone")
    assert offered(session, attempt) == {other: late}


def test_what_counts_when_a_page_opens_is_not_offered_to_it(session: Session) -> None:
    attempt = begin(session)
    text, other = places(attempt, Kind.SHORT_ANSWER)
    answer(session, attempt, text, TextResponse("先写的"), NOW)
    actions.open_room(session, attempt, LATER, page="phone")
    answer(session, attempt, other, TextResponse("只在电脑上"), LATER)
    assert offered(session, attempt) == {other: {"text": "只在电脑上"}}
    actions.open_room(session, attempt, LATER, page="phone")  # now both are shown
    assert offered(session, attempt) == {}
    answer(session, attempt, text, TextResponse("改过"), LATER, epoch=3)
    assert offered(session, attempt) == {}


def test_the_last_moment_of_grace_counts(session: Session) -> None:
    attempt = begin(session)
    assert answer(session, attempt, 1, right_answers(attempt)[1], LAST).outcome is SaveOutcome.SAVED


def test_an_answer_one_second_after_the_grace_is_kept_late_and_does_not_count(session: Session) -> None:
    attempt = begin(session)
    for _ in range(2):
        saved = answer(session, attempt, 1, right_answers(attempt)[1], LAST + SECOND)
        assert saved.outcome is SaveOutcome.LATE
    actions.close_due(session, LAST + SECOND)
    assert answer(session, attempt, 2, None, LAST + SECOND, number=2).outcome is SaveOutcome.LATE
    assert (count(session, Answer), count(session, LateAnswer), queries.late_count(session, attempt.id)) == (0, 2, 2)
    assert queries.final_answers(session, [attempt.id])[attempt.id][1] is None
    with refused("number_reused"):
        answer(session, attempt, 1, None, LAST + 2 * SECOND)


def test_after_handing_in_nothing_more_is_taken(session: Session) -> None:
    attempt = begin(session)
    actions.submit(session, attempt, [], 1, LATER)
    with refused("closed"):
        answer(session, attempt, 1, None, LATER)
    with refused("closed"):
        actions.set_flag(session, attempt, 1, True, LATER)
    assert count(session, Answer) == count(session, LateAnswer) == 0


def test_a_void_attempt_takes_nothing(session: Session) -> None:
    attempt = begin(session)
    actions.void(session, attempt, make_person(session).id, "停电", LATER)
    with refused("voided"):
        answer(session, attempt, 1, None, LATER)


@pytest.mark.parametrize(
    ("kind", "response"),
    [
        (Kind.SINGLE_CHOICE, ChoiceResponse(frozenset("z"))),
        (Kind.TRUE_FALSE, TextResponse("对")),
        (Kind.SHORT_ANSWER, TruthResponse(True)),
    ],
)
def test_an_answer_that_cannot_be_one_to_its_slot_is_refused(session: Session, kind: Kind, response: Any) -> None:
    attempt = begin(session)
    with refused("unreadable"):
        answer(session, attempt, places(attempt, kind)[0], response, LATER)


def test_an_unknown_slot_or_page_is_refused(session: Session) -> None:
    attempt = begin(session)
    with refused("unreadable"):
        answer(session, attempt, 9, None, LATER)
    with refused("unreadable"):
        actions.set_flag(session, attempt, 0, True, LATER)
    for epoch in (0, 2):
        with refused("unknown_page"):
            answer(session, attempt, 1, None, LATER, epoch=epoch)


def test_flags_are_set_and_taken_back(session: Session) -> None:
    attempt = begin(session)
    for position in (3, 3, 5):
        actions.set_flag(session, attempt, position, True, LATER)
    actions.set_flag(session, attempt, 5, False, LATER, epoch=1)
    assert queries.flags(session, attempt.id) == {3}
    actions.open_room(session, attempt, LATER, page="phone")
    with refused("taken_over"):
        actions.set_flag(session, attempt, 3, False, LATER, epoch=1)


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


def test_the_layout_of_an_attempt_is_its_own(session: Session) -> None:
    exam = make_exam(session)
    one = actions.start(session, make_ready_sitting(session, exam=exam), NOW, Random(1))
    two = actions.start(session, make_ready_sitting(session, exam=exam), NOW, Random(2))
    assert one.layout != two.layout
