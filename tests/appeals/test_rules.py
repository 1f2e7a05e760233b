"""When somebody may appeal, how often, and who answers: tables."""

from datetime import timedelta

import pytest

from exam.appeals.rules import AppealState, Barred, Closed, Urgency, barred, closed, due, left, urgency
from tests.builders import NOW

W, G, D, X = AppealState.WAITING, AppealState.GRANTED, AppealState.DENIED, AppealState.WITHDRAWN
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("states", "number"),
    [([], 3), ([W], 2), ([G], 3), ([D], 2), ([X], 3), ([D, D, D], 0), ([D, W, G], 1), ([D] * 5, 0)],
)
def test_a_granted_and_a_withdrawn_one_are_given_back(states, number):
    assert left(3, states) == number


@pytest.mark.parametrize(
    ("most", "opened", "ends", "why"),
    [
        (0, None, None, Closed.NOT_OFFERED),
        (3, None, None, Closed.NOT_YET),
        (3, NOW + HOUR, NOW + 2 * HOUR, Closed.NOT_YET),
        (3, NOW, NOW, None),
        (0, NOW - HOUR, NOW + HOUR, None),  # the terms of the day on which it opened hold
        (3, NOW - 2 * HOUR, NOW - timedelta(seconds=1), Closed.OVER),
    ],
)
def test_the_days_for_it(most, opened, ends, why):
    assert closed(most, opened, ends, NOW) is why


@pytest.mark.parametrize(
    ("person", "tutor", "markers", "trainers", "why"),
    [
        (9, None, [3], [3, 4, 9], Barred.OWN_PAPER),
        (4, 3, [3], [3, 4], None),
        (3, 4, [3], [3, 4], Barred.HAS_MARKED),
        (4, 4, [3], [3, 4], None),  # the tutor, where the only other one has marked it
        (4, 4, [3], [3, 4, 5], Barred.OWN_TUTEE),
        (3, None, [3], [3], None),  # a firm with one trainer
        (3, None, [3], [3, 9], None),  # the other trainer is the candidate
    ],
)
def test_who_answers(person, tutor, markers, trainers, why):
    assert barred(person, candidate_id=9, tutor_id=tutor, markers=markers, trainers=trainers) is why


def test_an_answer_is_due_in_three_days_and_pressing_a_day_before():
    deadline = due(NOW)
    assert deadline - NOW == timedelta(days=3)
    assert [urgency(deadline, NOW + timedelta(days=number)) for number in (1, 2, 3, 4)] == [
        Urgency.NONE, Urgency.SOON, Urgency.SOON, Urgency.LATE,
    ]  # fmt: skip
