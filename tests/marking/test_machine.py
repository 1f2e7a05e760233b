"""Marking by rule: exactly what the items say, and in as many statements for a hall as for one candidate."""

from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam.accounts.rules import Role
from exam.attempts import actions as attempts
from exam.attempts.actions import Leaving, Waiting, hand_in_together
from exam.marking import queries
from exam.marking.rules import BLANK, Ruling, by_rule
from exam.papers.queries import slots
from exam.results.queries import current_result
from question_bank.items import (
    ChoiceResponse,
    CreditRule,
    Item,
    Kind,
    MultipleChoice,
    ShortAnswer,
    SingleChoice,
    TextResponse,
    TrueFalse,
    TruthResponse,
    response_data,
)
from tests.attempts.builders import begin
from tests.builders import make_exam, make_person
from tests.marking.builders import LATER, hand_in
from tests.question_bank.strategies import items
from tests.support.database import count_statements

MARKABLE = items.filter(lambda item: not isinstance(item, MultipleChoice) or bool(item.keys))


def responses(item: Item) -> st.SearchStrategy:
    """What can be said to an item, nothing included."""
    match item:
        case SingleChoice(choices=choices) | MultipleChoice(choices=choices):
            most = 1 if isinstance(item, SingleChoice) else len(choices)
            ids = st.frozensets(st.sampled_from([one.id for one in choices]), max_size=most) if choices else st.none()
            return st.none() | ids.map(lambda some: ChoiceResponse(some or frozenset()))
        case TrueFalse():
            return st.none() | st.booleans().map(TruthResponse)
        case ShortAnswer():
            return st.none() | st.sampled_from(["", " 　\n", "先倾听"]).map(TextResponse)


@given(st.data(), MARKABLE, st.sampled_from(CreditRule), st.fractions(0, 10))
def test_a_ruling_is_the_items_own_mark_of_the_slots_worth(data, item, credit_rule, worth):
    response = data.draw(responses(item))
    ruling = by_rule(item, response_data(response), credit_rule, worth)
    if not isinstance(item, ShortAnswer):
        assert ruling == Ruling(item.mark(response, credit_rule) * worth, credit_rule.value)
    elif response and response.text.strip():
        assert ruling is None
    else:
        assert ruling == Ruling(Fraction(0), BLANK)


ANSWERS = {
    Kind.SINGLE_CHOICE: [None, *(ChoiceResponse(frozenset(id)) for id in "abcd")],
    Kind.MULTIPLE_CHOICE: [None, *(ChoiceResponse(frozenset(ids)) for ids in ("a", "ab", "abc", "c", "bd", "abcd"))],
    Kind.TRUE_FALSE: [None, TruthResponse(True), TruthResponse(False)],
    Kind.SHORT_ANSWER: [None, TextResponse("  "), TextResponse("先倾听")],
}


@pytest.mark.parametrize("credit_rule", CreditRule)
def test_what_is_kept_is_what_the_items_say(session, credit_rule):
    rng, exam = Random(7), make_exam(session, questions=5, credit_rule=credit_rule)
    for _ in range(3):
        attempt = begin(session, exam=exam)
        places = slots(session, attempt.paper_id)
        answers = {slot.position: rng.choice(ANSWERS[slot.item.kind]) for slot in places}
        waiting = [Waiting(position, 1, said) for position, said in answers.items() if said]
        attempts.submit(session, attempt, waiting, 1, LATER)
        marks = queries.counting_marks(session, [attempt.id])[attempt.id]
        for slot in places:
            said, mark = answers[slot.position], marks.get(slot.position)
            if isinstance(slot.item, ShortAnswer):
                assert (mark is None) == bool(said and said.text.strip())
            else:
                assert mark.points == slot.item.mark(said, credit_rule) * slot.points
                assert (mark.question_version_id, mark.reason) == (slot.version.id, credit_rule.value)


def leaving(attempt, person, **changes):
    values = {"attempt_id": attempt.id, "person_id": person.id, "session_epoch": person.session_epoch, "epoch": 1}
    return Leaving(**{**values, **changes})


def test_a_hall_hands_in_together_as_one_by_one(session):
    people = [make_person(session) for _ in range(3)]
    exam = make_exam(session)
    entries = [leaving(begin(session, person, exam), person) for person in people]
    assert hand_in_together(session, [*entries, entries[0]], LATER) == [True] * 4
    for entry in entries:
        marks = queries.counting_marks(session, [entry.attempt_id])[entry.attempt_id]
        assert (len(marks), sum(mark.points for mark in marks.values())) == (8, 0)
        assert current_result(session, entry.attempt_id).earned == 0
    assert hand_in_together(session, entries, LATER) == [False] * 3


def test_whoever_is_not_plainly_right_is_left_alone(session):
    one, other, out = make_person(session), make_person(session), make_person(session, active=False)
    exam = make_exam(session)
    attempt, closed_out = begin(session, one, exam), begin(session, out, exam)
    wrong = [
        leaving(attempt, other),
        leaving(attempt, one, session_epoch=one.session_epoch + 1),
        leaving(attempt, one, epoch=2),
        leaving(closed_out, out),
        leaving(attempt, one, attempt_id=2**30),
    ]
    assert hand_in_together(session, wrong, LATER) == [False] * len(wrong)
    assert hand_in_together(session, [leaving(attempt, one)], attempt.deadline) == [False]
    assert (attempt.closed_at, closed_out.closed_at) == (None, None)


def test_handing_in_takes_as_many_statements_whatever_trainers_and_work_there_are(session):
    exam = make_exam(session)
    hand_in(session, exam=exam)  # reads the questions, which the process then remembers
    counts = []
    for _ in range(2):
        attempt = begin(session, exam=exam)
        waiting = [Waiting(place, 1, said) for place, said in zip((1, 2), (None, None), strict=True)]
        session.expire_all()
        with count_statements(session) as statements:
            attempts.submit(session, attempt, waiting, 1, LATER)
        counts.append(len(statements))
        for _ in range(3):
            make_person(session, Role.TRAINER)
            hand_in(session, exam=exam)
    assert counts[0] == counts[1] <= 16


def test_a_hall_takes_no_more_statements_than_one(session):
    exam = make_exam(session)
    counts = []
    for size in (1, 1, 8):  # the first reads the questions, which the process then remembers
        people = [make_person(session) for _ in range(size)]
        entries = [leaving(attempt_of(session, person, exam), person) for person in people]
        with count_statements(session) as statements:
            assert all(hand_in_together(session, entries, LATER))
        counts.append(len(statements))
    assert counts[1] == counts[2] <= 8


def attempt_of(session, person, exam):
    """An attempt with a text in it, so that trainers have something to do."""
    attempt = begin(session, person, exam)
    text = next(slot.position for slot in slots(session, attempt.paper_id) if slot.item.kind is Kind.SHORT_ANSWER)
    attempts.save(session, attempt, text, 1, 1, TextResponse("先倾听"), LATER - timedelta(minutes=1))
    return attempt
