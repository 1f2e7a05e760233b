"""Answering, in verbs: what is kept and what counts, whichever page wrote it and whenever it came; and flags."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from exam.attempts import actions, queries
from exam.attempts.actions import SaveOutcome
from exam.attempts.models import Answer, Attempt, LateAnswer
from exam.errors import Conflict
from question_bank.items import ChoiceResponse, Kind, TextResponse, TruthResponse, response_data
from tests.attempts.builders import LAST, LATER, SECOND, answer, begin, count, places, right_answers
from tests.builders import NOW, make_person
from tests.support.refusals import refused


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
