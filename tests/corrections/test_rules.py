"""What a correction does to one attempt, and what it amounts to: tables an examiner can read."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam.corrections.rules import (
    Figures,
    NothingLeft,
    Opinion,
    Policy,
    Sat,
    Standing,
    adds_key_points,
    digest,
    effect,
    figures,
    policies,
    standing,
)
from exam.results.rules import Outcome
from question_bank.items import Choice, CreditRule, KeyPoint, ShortAnswer, SingleChoice, TrueFalse

TWO = Fraction(2)
A_RIGHT = SingleChoice("哪句可用？", (Choice("a", "甲", True), Choice("b", "乙"), Choice("c", "丙")))
C_RIGHT = SingleChoice("哪句可用？", (Choice("a", "甲"), Choice("b", "乙"), Choice("c", "丙", True)))
RUBRIC = ShortAnswer("先做什么？", (KeyPoint("p", "倾听", TWO), KeyPoint("q", "道歉", Fraction(3))))


def chose(choice, earned=79, number=1, **more):
    """Somebody who chose, marked by A, with this score."""
    now = Standing(TWO if choice == "a" else Fraction())
    answer = {"choices": [choice]} if choice else None
    return sat(answer=answer, now=now, earned=Fraction(earned), attempt_id=number, **more)


def sat(**facts):
    usual = {
        "attempt_id": 1, "position": 17, "worth": TWO, "credit_rule": CreditRule.ALL_OR_NOTHING, "answer": None,
        "now": None, "earned": None, "possible": Fraction(100), "pass_percent": 80, "distinction_percent": 90,
    }  # fmt: skip
    return Sat(**usual | facts)


@pytest.mark.parametrize(
    ("choice", "policy", "points"),
    [
        ("a", Policy.ALL, 0), ("c", Policy.ALL, 2), ("b", Policy.ALL, 0), (None, Policy.ALL, 0),
        ("a", Policy.ONLY_UP, 2), ("c", Policy.ONLY_UP, 2), ("b", Policy.ONLY_UP, 0),
        ("a", Policy.FULL_MARKS, 2), ("b", Policy.FULL_MARKS, 2), (None, Policy.FULL_MARKS, 2),
    ],
)  # fmt: skip
def test_the_right_choice_was_a_and_becomes_c(choice, policy, points):
    assert standing(chose(choice), C_RIGHT, policy) == Standing(Fraction(points), given=policy is Policy.FULL_MARKS)


@pytest.mark.parametrize(
    ("earned", "choice", "policy", "before", "after"),
    [
        (78, "c", Policy.ALL, Outcome.FAIL, Outcome.PASS),
        (Fraction(7799, 100), "c", Policy.ALL, Outcome.FAIL, Outcome.FAIL),
        (81, "a", Policy.ALL, Outcome.PASS, Outcome.FAIL),
        (88, "c", Policy.ONLY_UP, Outcome.PASS, Outcome.DISTINCTION),
        (79, "a", Policy.TAKE_OUT, Outcome.FAIL, Outcome.FAIL),  # 77 of 98
        (79, "b", Policy.TAKE_OUT, Outcome.FAIL, Outcome.PASS),  # 79 of 98
    ],
)
def test_who_passes_by_it(earned, choice, policy, before, after):
    (move,) = effect([chose(choice, earned)], C_RIGHT, policy)
    assert (move.sat.outcome, move.outcome) == (before, after)
    assert move.flips is (before is not after)


def test_a_question_taken_out_is_neither_earned_nor_possible():
    (move,) = effect([chose("a", 79)], None, Policy.TAKE_OUT)
    assert (move.earned, move.possible, move.percent) == (77, 98, Fraction(7700, 98))


def test_a_paper_with_no_other_question_cannot_lose_it():
    with pytest.raises(NothingLeft):
        effect([chose("a", 2, possible=TWO)], None, Policy.TAKE_OUT)


def test_what_waits_for_its_marker_is_left_to_them_by_a_key_and_not_by_a_gift():
    waiting = sat(answer={"text": "倾听"})
    mended = ShortAnswer("先做什么？", (KeyPoint("p", "倾听", TWO),))
    assert effect([waiting], mended, Policy.ALL) == []
    (move,) = effect([waiting], None, Policy.FULL_MARKS)
    assert (move.then, move.earned, move.outcome) == (Standing(TWO, given=True), None, None)


def judged(p, q, worth=5, **facts):
    opinion = Opinion({"p": Fraction(p), "q": Fraction(q)}, RUBRIC)
    now = Standing(Fraction(worth) * (Fraction(p) + Fraction(q)) / 5)
    return sat(worth=Fraction(worth), answer={"text": "倾听"}, opinions=[opinion], now=now, **facts)


@pytest.mark.parametrize(
    ("points", "given", "share"),
    [
        ({"p": 2, "q": 2}, (2, 0), Fraction(1, 2)),  # q is worth less
        ({"p": 2, "q": 2}, (0, Fraction(3, 2)), Fraction(1, 4)),  # half of it stays half of it
        ({"p": 2}, (2, 0), 1),  # q is taken out
        ({"p": 2}, (0, 3), 0),
    ],
)
def test_a_rubric_of_other_points_keeps_what_was_judged(points, given, share):
    mended = ShortAnswer("先做什么？", tuple(KeyPoint(id, id, Fraction(worth)) for id, worth in points.items()))
    assert standing(judged(*given), mended, Policy.ALL) == Standing(5 * Fraction(share))


def test_two_markers_count_as_their_mean():
    two = [Opinion({"p": TWO}, RUBRIC), Opinion({"p": Fraction(1)}, RUBRIC)]
    both = sat(worth=Fraction(4), answer={"text": "倾听"}, opinions=two, now=Standing(Fraction(1)))
    mended = ShortAnswer("先做什么？", (KeyPoint("p", "倾听", TWO), KeyPoint("q", "道歉", TWO)))
    assert standing(both, mended, Policy.ALL) == Standing(Fraction(3, 2))


def test_a_new_key_point_sends_answers_back_to_the_desk_and_leaves_results_until_then():
    mended = ShortAnswer("先做什么？", (*RUBRIC.key_points, KeyPoint("r", "跟进", TWO)))
    assert adds_key_points(RUBRIC, mended)
    assert policies(mended, marked_anew=True) == (Policy.ALL, Policy.FULL_MARKS, Policy.TAKE_OUT)
    written = judged(2, 3, earned=Fraction(85))
    blank = sat(attempt_id=2, worth=Fraction(5), now=Standing(Fraction()), earned=Fraction(60))
    (move,) = effect([written, blank], mended, Policy.ALL)
    assert (move.sat, move.then, move.outcome) == (written, None, Outcome.PASS)
    assert figures([written, blank], [move]).anew == 1


def test_taking_back_gives_what_was_before_and_only_where_nothing_came_between():
    touched, untouched, waited = (chose("a", 81, number) for number in (1, 2, 3))
    touched = replace(touched, touched=True, before=Standing(Fraction()))
    waited = replace(waited, touched=True)
    found = effect([touched, untouched, waited], A_RIGHT, Policy.RESTORE)
    assert [(move.sat.attempt_id, move.then) for move in found] == [(1, Standing(Fraction())), (3, None)]


def test_the_figures():
    people = [chose("a", 80), chose("c", 78, 2), chose("c", 88, 3), chose("b", 60, 4)]
    found = figures(people, effect(people, C_RIGHT, Policy.ALL))
    assert found == Figures(
        sat=4, moved=3, anew=0, rise=2, fall=1, to_pass=1, to_fail=1, gain_distinction=1, lose_distinction=0,
        share_before=Fraction(1, 4), share_after=Fraction(1, 2), score_before=Fraction(153, 2),
        score_after=Fraction(77), passed_before=2, passed_after=2,
    )  # fmt: skip


choosing = st.builds(
    chose,
    st.sampled_from(["a", "b", "c", None]),
    st.integers(4, 98),
    st.integers(1, 10**6),
)


@settings(max_examples=50)
@given(st.lists(choosing, unique_by=lambda one: one.attempt_id, max_size=8), st.sampled_from(Policy))
def test_any_effect_keeps_its_promise(people, policy):
    moves = effect(people, C_RIGHT, policy)
    assert digest(moves) == digest(effect(reversed(people), C_RIGHT, policy))
    after = {move.sat.attempt_id: move for move in moves}
    for one in people:
        move = after.get(one.attempt_id)
        assert move is None or move.then != one.now
        if policy is Policy.ONLY_UP:
            assert move is None or move.percent > one.percent
        if policy is Policy.FULL_MARKS:
            assert move is not None
            assert move.then == Standing(TWO, given=True)
            assert move.counts is (one.now != Standing(TWO))
        if policy is Policy.ALL:
            again = TrueFalse("", True) if move is None else move.then
            assert again == Standing(TWO if one.answer == {"choices": ["c"]} else Fraction()) or move is None
        if policy is Policy.RESTORE:
            assert move is None
    found = figures(people, moves)
    assert (found.sat, found.moved) == (len(people), sum(move.counts for move in moves))
    assert found.passed_after - found.passed_before == found.to_pass - found.to_fail
