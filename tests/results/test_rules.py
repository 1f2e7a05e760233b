"""Results as tables that HR could read: outcome, score, review, steps, decisions."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from exam.papers.rules import ReviewPolicy
from exam.results.rules import (
    CLOSED_STEPS,
    Facts,
    Outcome,
    Review,
    Step,
    TopicResult,
    Verdict,
    closed_for_all,
    exact,
    exam_step,
    may_be_outstanding,
    missing_to,
    needs_reason,
    outcome,
    percent,
    review,
    score_tenths,
    step,
    topic_results,
    total,
    verdicts,
)

FAIL, PASS, DISTINCTION = Outcome.FAIL, Outcome.PASS, Outcome.DISTINCTION
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
OPEN, OVER = NOW + timedelta(days=3), NOW - timedelta(seconds=1)


@dataclass(frozen=True)
class Lines:
    pass_percent: int = 80
    distinction_percent: int = 90


@pytest.mark.parametrize(
    ("earned", "expected"),
    [
        ("0", FAIL),
        ("79", FAIL),
        ("79.99", FAIL),
        ("79.999999999999999999", FAIL),
        ("80", PASS),
        ("89", PASS),
        ("89.99", PASS),
        ("90", DISTINCTION),
        ("100", DISTINCTION),
    ],
)
def test_both_lines_are_inclusive_and_exact(earned, expected):
    assert outcome(Fraction(earned), Fraction(100), Lines()) is expected


@pytest.mark.parametrize(
    ("earned", "possible", "expected"),
    [("4/5", "1", PASS), ("239/3", "100", FAIL), ("40", "50", PASS), ("45", "50", DISTINCTION), ("8/3", "10/3", PASS)],
)
def test_the_outcome_goes_by_the_share_whatever_the_paper_is_worth(earned, possible, expected):
    assert outcome(Fraction(earned), Fraction(possible), Lines()) is expected


def test_other_terms_have_other_lines():
    assert outcome(Fraction(60), Fraction(100), Lines(60, 95)) is PASS
    assert outcome(Fraction(94), Fraction(100), Lines(60, 95)) is PASS


@pytest.mark.parametrize(("earned", "possible"), [("1", "0"), ("101", "100"), ("-1", "100")])
def test_what_is_no_score_is_refused(earned, possible):
    with pytest.raises(ValueError, match="no score"):
        percent(Fraction(earned), Fraction(possible))


def test_thirds_add_up_exactly():
    assert total([Fraction(80, 3)] * 3) == 80
    assert outcome(total([Fraction(80, 3)] * 3), Fraction(100), Lines()) is PASS


@pytest.mark.parametrize(
    ("earned", "tenths", "missing", "written"),
    [
        ("79.99", 799, "0.1", "79.99"),
        ("79.95", 799, "0.1", "79.95"),
        ("74", 740, "6", "74"),
        ("239/3", 796, "0.4", "239/3"),
        ("80", 800, "0", "80"),
        ("86.5", 865, "-6.5", "86.5"),
        ("79.05", 790, "1", "79.05"),
    ],
)
def test_scores_are_shown_rounded_down_and_add_up_with_what_is_missing(earned, tenths, missing, written):
    score = Fraction(earned)
    assert score_tenths(score, Fraction(100)) == tenths
    assert missing_to(80, score, Fraction(100)) == Fraction(missing)
    assert Fraction(tenths, 10) + missing_to(80, score, Fraction(100)) == 80
    assert exact(score) == written


def test_topics_stand_weakest_first_and_the_weak_ones_are_named():
    places = [("投诉", 2, 4), ("理念", 4, 4), ("积分", 1, 4), ("投诉", 1, 1), ("安全", 3, 5), ("空", 0, 0)]
    found = topic_results((name, Fraction(earned), Fraction(possible)) for name, earned, possible in places)
    assert found == [
        TopicResult("积分", Fraction(1), Fraction(4)),
        TopicResult("投诉", Fraction(3), Fraction(5)),
        TopicResult("安全", Fraction(3), Fraction(5)),
        TopicResult("理念", Fraction(4), Fraction(4)),
    ]
    assert [topic.weak for topic in found] == [True, False, False, False]


@pytest.mark.parametrize(
    ("policy", "released", "closed", "seen"),
    [
        (ReviewPolicy.SCORE_ONLY, False, True, Review()),
        (ReviewPolicy.OWN_ANSWERS, False, True, Review()),
        (ReviewPolicy.KEYS_AFTER_CLOSE, False, True, Review()),
        (ReviewPolicy.SCORE_ONLY, True, True, Review(result=True)),
        (ReviewPolicy.OWN_ANSWERS, True, False, Review(result=True, questions=True)),
        (ReviewPolicy.OWN_ANSWERS, True, True, Review(result=True, questions=True)),
        (ReviewPolicy.KEYS_AFTER_CLOSE, True, False, Review(result=True)),
        (ReviewPolicy.KEYS_AFTER_CLOSE, True, True, Review(result=True, questions=True, keys=True)),
    ],
)
def test_what_a_candidate_may_see(policy, released, closed, seen):
    assert review(policy, released=released, closed_for_all=closed) == seen


def sat(**facts):
    return Facts(**{"completed": True, "try_number": 1, "closes_at": OPEN, "max_retakes": 2, **facts})


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(completed=False), Step.IN_COURSE),
        (Facts(completed=True), Step.COMPLETED),
        (sat(), Step.WINDOW_OPEN),
        (sat(booked=True), Step.BOOKED),
        (sat(closes_at=OVER), Step.MISSED),
        (sat(closes_at=OVER, booked=True), Step.MISSED),
        (sat(begun=True), Step.SITTING),
        (sat(begun=True, closes_at=OVER), Step.SITTING),
        (sat(begun=True, closed=True), Step.WAITING),
        (sat(begun=True, closed=True, outcome=PASS), Step.MARKED),
        (sat(begun=True, closed=True, outcome=PASS, released=True), Step.PASSED),
        (sat(begun=True, closed=True, outcome=DISTINCTION, released=True), Step.DISTINCTION),
        (sat(begun=True, closed=True, outcome=FAIL, released=True), Step.TUTORING),
        (sat(try_number=2), Step.RETAKE),
        (sat(try_number=2, booked=True), Step.RETAKE),
        (sat(try_number=2, closes_at=OVER), Step.MISSED),
        (sat(try_number=3, begun=True, closed=True, outcome=FAIL, released=True), Step.FAILED),
        (sat(try_number=4, begun=True, closed=True, outcome=FAIL, released=True), Step.FAILED),
        (sat(max_retakes=0, begun=True, closed=True, outcome=FAIL, released=True), Step.FAILED),
    ],
)
def test_where_a_person_stands(facts, expected):
    assert exam_step(facts, NOW) is expected
    assert step(facts, None, NOW) is expected
    assert step(facts, Verdict.ONE_MORE_TRY, NOW) is expected
    assert step(facts, Verdict.CONFIRMED, NOW) is Step.CONFIRMED
    assert step(facts, Verdict.NOT_CONFIRMED, NOW) is Step.NOT_CONFIRMED


@pytest.mark.parametrize("open_step", sorted(set(Step) - CLOSED_STEPS))
def test_one_who_may_still_sit_keeps_the_keys_from_everybody(open_step):
    assert closed_for_all(CLOSED_STEPS)
    assert not closed_for_all([*CLOSED_STEPS, open_step])


@pytest.mark.parametrize(
    ("reached", "decided", "offered"),
    [
        (Step.PASSED, False, ["confirmed", "not_confirmed"]),
        (Step.DISTINCTION, True, ["confirmed", "not_confirmed"]),
        (Step.FAILED, False, ["one_more_try", "not_confirmed"]),
        (Step.MISSED, False, ["not_confirmed"]),
        (Step.WAITING, False, []),
        (Step.MARKED, False, []),
        (Step.TUTORING, False, []),
        (Step.RETAKE, False, []),
        (Step.IN_COURSE, False, []),
        (Step.TUTORING, True, ["not_confirmed"]),
    ],
)
def test_what_hr_may_decide(reached, decided, offered):
    assert list(verdicts(reached, decided)) == offered


@pytest.mark.parametrize(
    ("verdict", "decided", "needed"),
    [
        (Verdict.CONFIRMED, False, False),
        (Verdict.CONFIRMED, True, True),
        (Verdict.NOT_CONFIRMED, False, True),
        (Verdict.ONE_MORE_TRY, False, True),
    ],
)
def test_which_decision_needs_a_reason(verdict, decided, needed):
    assert needs_reason(verdict, decided) is needed


@pytest.mark.parametrize(
    ("reached", "try_number", "on_retake", "may"),
    [
        (Step.DISTINCTION, 1, False, True),
        (Step.DISTINCTION, 2, False, False),
        (Step.DISTINCTION, 2, True, True),
        (Step.PASSED, 1, True, False),
        (Step.FAILED, 1, True, False),
    ],
)
def test_who_may_have_the_title(reached, try_number, on_retake, may):
    assert may_be_outstanding(reached, try_number, on_retake) is may
