"""What a tutoring plan begins with, by when, and when it may be signed."""

from datetime import date
from fractions import Fraction

import pytest

from exam.retakes.rules import Lost, Proposal, SignRefusal, due_dates, first_steps, sign_refusal, weak_topics

POINTS, COMPLAINTS, PHONE = 1, 2, 3


def lost(topic: int, page: int | None, earned: float, possible: int = 2) -> Lost:
    return Lost(topic, page, Fraction(earned), Fraction(possible))


@pytest.mark.parametrize(
    ("earned", "weak"),
    [(80, False), (Fraction(7999, 100), True), (0, True), (100, False)],
)
def test_a_topic_is_weak_below_the_pass_line(earned, weak):
    assert bool(weak_topics([lost(POINTS, None, earned, 100)], 80)) is weak


def test_the_weakest_topic_comes_first():
    slots = [lost(PHONE, 9, 1), lost(POINTS, 7, 0), lost(COMPLAINTS, 8, 2)]
    assert weak_topics(slots, 80) == [POINTS, PHONE]


def test_a_page_stands_in_one_step_only_and_the_dearest_loss_comes_first():
    slots = [lost(POINTS, 7, 1), lost(POINTS, 8, 0, 5), lost(POINTS, 7, 1), lost(PHONE, 8, 1)]
    assert first_steps(slots, 80) == [Proposal(POINTS, 8), Proposal(POINTS, 7)]


def test_pages_whose_questions_lost_nothing_are_not_read_again():
    assert first_steps([lost(POINTS, 7, 0), lost(POINTS, 8, 2)], 80) == [Proposal(POINTS, 7)]


def test_a_topic_without_a_page_gets_a_step_of_its_own():
    assert first_steps([lost(POINTS, None, 0), lost(PHONE, None, 0)], 80) == [
        Proposal(POINTS, None),
        Proposal(PHONE, None),
    ]


def test_steps_are_due_on_working_days():
    friday = date(2026, 3, 6)
    assert due_dates(friday, 3) == [date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11)]


@pytest.mark.parametrize(
    ("signed", "open_steps", "refusal"),
    [
        (False, 0, None),
        (False, 1, SignRefusal.STEPS_OPEN),
        (True, 0, SignRefusal.SIGNED),
        (True, 2, SignRefusal.SIGNED),
    ],
)
def test_a_plan_is_signed_once_and_only_when_all_is_done(signed, open_steps, refusal):
    assert sign_refusal(signed=signed, open_steps=open_steps) is refusal
