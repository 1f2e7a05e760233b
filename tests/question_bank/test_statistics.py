"""Statistics of items and totals against the formulas worked out one person at a time, and what can't be computed."""

import math
import os
import statistics as plain
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from question_bank.statistics.figures import SENTENCES, WhyNot
from question_bank.statistics.items import item_statistics
from question_bank.statistics.matrix import Marks
from question_bank.statistics.reliability import alpha, kr21, stratified_alpha
from question_bank.statistics.report import ITEM_FIELDS, TEST_FIELDS
from question_bank.statistics.totals import total_statistics

ROWS = [
    (1, 0.5, 2, 0),
    (1, 1, 3, 1),
    (0, 0.5, 1, 1),
    (1, 0, 3, 0),
    (0, 0, 0, 1),
    (1, 1, 2.5, 0),
    (1, 0.5, 3, 1),
]
FULL = (1, 1, 3, 1)


def values(found, fields):
    return {field: getattr(found, field).value for field in fields}


def by_hand(item):
    """The item's statistics by their definitions, with the standard library."""
    own = [row[item] for row in ROWS]
    total = [sum(row) for row in ROWS]
    rest = [whole - mark for whole, mark in zip(total, own, strict=True)]
    highest = plain.covariance(sorted(own), sorted(rest))
    roots = [plain.covariance([row[i] for row in ROWS], total) for i in range(4)]
    others = [i for i in range(4) if i != item]
    spread = sum(plain.variance([row[i] for row in ROWS]) for i in others)
    return {
        "facility": plain.mean(own) / FULL[item],
        "sd": plain.stdev(own),
        "discrimination_index": 100 * plain.correlation(own, rest),
        "discriminative_efficiency": 100 * plain.covariance(own, rest) / highest,
        "item_rest": plain.correlation(own, rest),
        "point_biserial": plain.correlation(own, total),
        "alpha_if_deleted": 3 / 2 * (1 - spread / plain.variance(rest)),
        "effective_weight": 100 * math.sqrt(roots[item]) / sum(math.sqrt(one) for one in roots if one >= 0)
        if roots[item] >= 0
        else None,
        "intended_weight": 100 * FULL[item] / sum(FULL),
    }


@pytest.mark.parametrize("item", range(4))
def test_an_item_is_what_its_definitions_say(item):
    found = item_statistics(Marks.of(ROWS, FULL))[item]
    assert found.persons == 7
    assert values(found, ITEM_FIELDS) == pytest.approx(by_hand(item), abs=1e-12)


def test_an_item_that_goes_against_the_total_has_no_weight():
    against = item_statistics(Marks.of([(1, 0), (2, 0), (3, 0), (0, 1)], (3, 1)))[1]
    assert against.effective_weight.why_not is WhyNot.NEGATIVE_WITH_TOTAL
    assert against.discrimination_index.value == pytest.approx(-100 * 0.6**0.5)


def test_a_test_is_what_its_definitions_say():
    total = [sum(row) for row in ROWS]
    n, mean = 7, plain.mean(total)
    m2, m3, m4 = (sum((one - mean) ** power for one in total) / n for power in (2, 3, 4))
    k2 = n / (n - 1) * m2
    reliability = 4 / 3 * (1 - sum(plain.variance([row[i] for row in ROWS]) for i in range(4)) / k2)
    assert values(total_statistics(Marks.of(ROWS, FULL)), TEST_FIELDS) == pytest.approx(
        {
            "mean": mean,
            "sd": math.sqrt(k2),
            "skewness": n * n * m3 / 30 / k2**1.5,
            "kurtosis": n * n * (8 * m4 - 18 * m2**2) / 120 / k2**2,
            "alpha": reliability,
            "cic": 100 * reliability,
            "error_ratio": 100 * math.sqrt(1 - reliability),
            "standard_error": math.sqrt(k2 * (1 - reliability)),
            "sem": math.sqrt(k2 * (1 - reliability)),
        },
        abs=1e-12,
    )


def test_skewness_and_kurtosis_are_those_of_a_spreadsheet():
    """The example in Microsoft's help for SKEW and KURT: 3, 4, 5, 2, 3, 4, 5, 6, 4, 7."""
    found = total_statistics(Marks.of([[one] for one in (3, 4, 5, 2, 3, 4, 5, 6, 4, 7)], [10]))
    assert found.skewness.value == pytest.approx(0.359543071)
    assert found.kurtosis.value == pytest.approx(-0.151799637)


def test_a_negative_alpha_is_told_with_an_error_above_the_spread():
    found = total_statistics(Marks.of([(1, 0), (0, 1), (1, 0), (0, 2)], (1, 2)))
    assert found.alpha.value < 0
    assert found.error_ratio.value > 100
    assert found.sem.value > found.sd.value


def test_kr21_is_kr20_of_items_equally_hard():
    rows = [(1, 1, 1, 0), (1, 0, 1, 1), (0, 1, 0, 1), (0, 0, 0, 0), (1, 1, 1, 1), (0, 0, 0, 0)]
    data = Marks.of(rows, (1,) * 4)
    # Alpha is the same with either variance, where that of the items has the same divisor: p (1 − p) is that with n.
    assert kr21(data.totals, 4).value == pytest.approx(alpha(data).value)


def test_alpha_by_parts():
    """Two pairs of items that agree within and not between: alpha sees half of what is there."""
    rows = [(1, 1, 1, 1), (1, 1, 0, 0), (0, 0, 1, 1), (0, 0, 0, 0)]
    data = Marks.of(rows, (1,) * 4)
    assert alpha(data).value == pytest.approx(2 / 3)
    assert stratified_alpha(data, ["a", "a", "b", "b"]).value == pytest.approx(1)
    assert stratified_alpha(data, ["a"] * 4).value == pytest.approx(2 / 3)
    assert stratified_alpha(data, ["a", "a", "a", "b"]).why_not is WhyNot.ONE_ITEM_IN_PART


# Parallel papers: not shown is missing, never 0


def test_what_was_not_shown_is_no_wrong_answer():
    rows = [(1, 1, None), (0, 0, None), (1, None, 1), (0, None, 0), (1, None, 1)]
    found = item_statistics(Marks.of(rows, (1, 1, 1)))
    assert [one.persons for one in found] == [5, 2, 3]
    assert [one.facility.value for one in found] == pytest.approx([0.6, 0.5, 2 / 3])
    assert [one.item_rest.value for one in found] == pytest.approx([1, 1, 1])
    assert [one.intended_weight.value for one in found] == pytest.approx([50, 50, 50])


def test_papers_worth_unlike_sums_are_put_on_one_scale():
    data = Marks.of([(1, 4, None), (1, None, 2)], (1, 4, 2))
    assert data.worth == 4
    assert data.totals.tolist() == pytest.approx([4, 4])


def test_alpha_does_not_depend_on_the_size_of_the_bank():
    """Of 40 items each person sees 10: about the alpha that these 10 have for everybody, not that of 40."""
    chance = np.random.default_rng(5)
    ability = chance.normal(size=(3000, 1))
    marks = (ability + chance.logistic(size=(3000, 40)) > 0).astype(float)
    shown = np.array([chance.permutation(40) < 10 for _ in range(3000)])
    ten = alpha(Marks.of(marks[:, :10], [1] * 10)).value
    assert alpha(Marks.of(np.where(shown, marks, np.nan), [1] * 40)).value == pytest.approx(ten, abs=0.03)


# What can't be computed

EMPTY = np.empty((0, 2))


@pytest.mark.parametrize(
    ("rows", "full", "reasons"),
    [
        (EMPTY, (1, 1), {"facility": "nobody", "sd": "nobody", "item_rest": "nobody", "alpha_if_deleted": "nobody"}),
        ([(1, 0)], (1, 1), {"sd": "one_person", "item_rest": "one_person", "discriminative_efficiency": "one_person"}),
        ([(1, 0), (1, 1)], (1, 1), {"item_rest": "same_mark", "point_biserial": "same_mark"}),
        ([(0, 1), (1, 1)], (1, 1), {"item_rest": "same_rest", "discriminative_efficiency": "same_rest"}),
        ([(0, 1), (1, 0)], (1, 1), {"point_biserial": "same_total"}),
        ([(0.1 * 3, 0.1), (0.3, 0.2)], (1, 1), {"item_rest": "same_mark"}),
        ([(1, 0), (0, 1)], (1, 1), {"alpha_if_deleted": "one_item"}),
        ([(0, 0), (0, 1)], (0, 1), {"facility": "no_maximum"}),
        ([(1, 1, 0), (1, 1, 0)], (1, 1, 1), {"alpha_if_deleted": "same_total", "effective_weight": "same_total"}),
    ],
)
def test_an_item_that_can_not_be_computed_says_why(rows, full, reasons):
    found = item_statistics(Marks.of(rows, full))[0]
    assert {field: getattr(found, field).why_not for field in reasons} == reasons
    assert all(getattr(found, field).reason for field in reasons)


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        (EMPTY, {"mean": "nobody", "sd": "nobody", "alpha": "nobody", "skewness": "few_persons", "sem": "nobody"}),
        ([(1, 0)], {"sd": "one_person", "alpha": "one_person", "cic": "one_person", "error_ratio": "one_person"}),
        ([(1, 0), (0, 0)], {"skewness": "few_persons", "kurtosis": "few_persons"}),
        ([(1, 0)] * 5, {"skewness": "same_total", "kurtosis": "same_total", "alpha": "same_total"}),
        ([(1, None), (None, 1), (0, None)], {"alpha": "one_item"}),
        ([(1, 1, None), (None, 1, 0), (0, None, 1)], {"alpha": "never_together"}),
    ],
)
def test_a_test_that_can_not_be_computed_says_why(rows, reasons):
    found = total_statistics(Marks.of(rows, (1,) * len(rows[0]) if len(rows) else (1, 1)))
    assert {field: getattr(found, field).why_not for field in reasons} == reasons


def test_one_item_has_no_reliability():
    found = total_statistics(Marks.of([[1], [0], [1]], [1]))
    assert (found.alpha.why_not, found.sem.why_not) == (WhyNot.ONE_ITEM, WhyNot.ONE_ITEM)
    assert found.sd.value == pytest.approx(plain.stdev([1, 0, 1]))


def test_every_reason_has_its_sentence():
    assert set(SENTENCES) == set(WhyNot)


# Whatever the marks

MATRICES = st.integers(1, 5).flatmap(
    lambda items: st.lists(
        st.lists(st.sampled_from([0, 0.5, 1, None]), min_size=items, max_size=items), min_size=1, max_size=8
    )
)


@settings(max_examples=25)
@given(MATRICES)
def test_nothing_is_ever_a_nan_and_bounds_hold(rows):
    data = Marks.of(rows, [1] * len(rows[0]))
    for found in item_statistics(data):
        for field in ITEM_FIELDS:
            figure = getattr(found, field)
            assert (figure.value is None) == (figure.why_not is not None)
            assert figure.value is None or math.isfinite(figure.value)
        assert found.facility.value is None or 0 <= found.facility.value <= 1
        assert found.item_rest.value is None or abs(found.item_rest.value) <= 1 + 1e-9
    for field in TEST_FIELDS:
        figure = getattr(total_statistics(data), field)
        assert figure.value is None or math.isfinite(figure.value)


@settings(max_examples=25)
@example([(1, 0, 0)] * 3, 0.1)  # what rounding leaves of no variance is no variance
@given(st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=2, max_size=8), st.sampled_from([0.1, 2, 7]))
def test_the_unit_of_marks_changes_no_share(rows, unit):
    before = Marks.of(rows, (3, 3, 3))
    after = Marks.of(np.array(rows) * unit, np.array((3, 3, 3)) * unit)
    for one, other in zip(item_statistics(before), item_statistics(after), strict=True):
        for field in ITEM_FIELDS:
            if field != "sd":
                assert getattr(one, field).value == pytest.approx(getattr(other, field).value, abs=1e-6)
    assert alpha(before).value == pytest.approx(alpha(after).value, abs=1e-6)


def test_linear_algebra_starts_no_threads():
    """Set before numpy is imported by whichever part of the site comes first; else a page may crash its server."""
    look = "import sys, exam.app; names = list(sys.modules); print(names.index('question_bank') < names.index('numpy'))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
