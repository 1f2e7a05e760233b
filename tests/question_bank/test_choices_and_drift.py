"""Who chose what by fifths, and whether an item gets easier as time passes."""

import numpy as np
import pytest

from question_bank.statistics.choices import choice_table, fifths, mean_by_fifth
from question_bank.statistics.drift import drift


def test_fifths_keep_equal_totals_together():
    assert fifths([10, 20, 30, 40, 50]).tolist() == [0, 1, 2, 3, 4]
    assert fifths([5] * 7).tolist() == [2] * 7
    assert fifths([1, 1, 1, 1, 9]).tolist() == [2, 2, 2, 2, 4]
    assert fifths([0.1 + 0.2, 0.3]).tolist() == [2, 2]
    assert fifths([]).tolist() == []


def test_a_table_counts_choices_by_fifth():
    chosen = [["b"], ["b"], ["a", "b"], ["a"], []]
    table = choice_table(["a", "b", "c"], chosen, [1, 2, 3, 4, 5])
    assert table.fifths == (1, 1, 1, 1, 1)
    assert [(row.id, row.by_fifth, row.total) for row in table.rows] == [
        ("a", (0, 0, 1, 1, 0), 2), ("b", (1, 1, 1, 0, 0), 3), ("c", (0, 0, 0, 0, 0), 0),
    ]  # fmt: skip
    assert table.rows[1].correlation.value == pytest.approx(np.corrcoef([1, 1, 1, 0, 0], [1, 2, 3, 4, 5])[0, 1])
    assert table.rows[2].correlation.value is None
    assert choice_table(["a"], [["a"], []], [3, 3]).rows[0].correlation.why_not == "same_rest"


def test_the_points_of_each_fifth():
    found = mean_by_fifth([0, 0.5, 1, 1], [1, 1, 2, 3])
    assert [one.value for one in found] == [None, pytest.approx(0.25), None, 1, 1]


def test_what_gets_easier_with_time_stands_out_and_what_ability_explains_does_not():
    chance = np.random.default_rng(8)
    ability, times = chance.normal(size=200), np.arange(200.0)
    rest = ability + chance.normal(scale=0.3, size=200)
    still = (ability + chance.logistic(size=200) > 0).astype(float)
    leaking = (ability + chance.logistic(size=200) + (times - 60) / 20 > 0).astype(float)
    assert abs(drift(still, rest, times).z) < 3
    assert drift(leaking, rest, times).z > 5
    assert drift(leaking, rest, times).after > drift(leaking, rest, times).before + 0.2
    order = np.argsort(ability)  # the later ones are simply the better ones
    assert abs(drift(still[order], rest[order], times).z) < 3


@pytest.mark.parametrize(
    ("shares", "moments"), [([], []), ([1, 0, 1], [1, 2, 3]), ([1, 1, 1, 1], [1, 2, 3, 4]), ([1, 0, 1, 0], [5] * 4)]
)
def test_nothing_to_compare(shares, moments):
    assert drift(shares, [0.5] * len(shares), moments) is None
