"""Pairs whose answers are alike beyond chance."""

import math

import numpy as np
import pytest

from question_bank.statistics.copying import MOST_PAIRS, pairs


def test_a_shared_answer_weighs_by_how_rare_it_is():
    shown = [{1, 2}] * 4
    answers = [{1: "b", 2: "c"}, {1: "b", 2: "c"}, {1: "b"}, {}]
    first, *others = pairs(answers, shown, [1, 1, 1, 1])
    assert (first.one, first.other, first.items) == (0, 1, (1, 2))
    assert first.score == pytest.approx(-math.log(3 / 4) - math.log(2 / 4))
    assert [(one.one, one.other, one.items) for one in others] == [(0, 2, (1,)), (1, 2, (1,))]


def test_one_who_copied_stands_out_from_what_chance_gives():
    chance = np.random.default_rng(4)
    ability = chance.normal(size=60)
    answers = []
    for strength in ability:
        wrong = chance.random(30) > 1 / (1 + np.exp(-strength - 0.5))
        answers.append({item: int(chance.integers(3)) for item in np.flatnonzero(wrong).tolist()})
    weak = int(np.argsort(ability)[10])
    answers.append(dict(answers[weak]))
    totals = [30 - len(one) for one in answers]
    found = pairs(answers, [set(range(30))] * 61, totals)
    assert {found[0].one, found[0].other} == {weak, 60}
    assert found[0].by_chance < 0.1
    assert found[-1].by_chance > 1
    assert len(found) <= MOST_PAIRS


def test_what_is_no_answer_lifts_only_pairs_that_share_one():
    answers = [{1: "b", 2: "c"}, {1: "b", 2: "c"}, {3: "d"}, {3: "d"}, {}]
    how = ([{1, 2, 3}] * 5, [1] * 5)
    usual = [(one.one, one.other, one.score, one.by_chance) for one in pairs(answers, *how)]
    lifted = [(one.one, one.other, one.score, one.by_chance) for one in pairs(answers, *how, {(2, 3): 9, (3, 4): 9})]
    assert [one[:2] for one in usual] == [(0, 1), (2, 3)]
    assert lifted == usual[::-1]


@pytest.mark.parametrize("answers", [[], [{1: "b"}], [{}, {}], [{1: "b"}, {1: "c"}]])
def test_nobody_alike(answers):
    assert pairs(answers, [{1}] * len(answers), [0.0] * len(answers)) == []
