"""How consistent decisions at a cut are: against the models worked out by brute force, and what can't be told."""

import math

import numpy as np
import pytest

from question_bank.statistics.betas import FourBeta, expected, fitted
from question_bank.statistics.decisions import huynh, livingston, subkoviak
from question_bank.statistics.figures import WhyNot, known, unknown
from question_bank.statistics.livingston_lewis import livingston_lewis
from question_bank.statistics.matrix import Marks
from question_bank.statistics.reliability import alpha, kr21

ROWS = [
    (1, 1, 1, 1, 1), (1, 1, 1, 1, 0), (1, 1, 0, 1, 1), (1, 1, 1, 0, 0), (1, 0, 1, 0, 0), (0, 1, 0, 0, 0),
    (0, 0, 0, 0, 0), (1, 0, 0, 0, 0), (1, 1, 1, 1, 1), (1, 1, 0, 0, 0), (0, 0, 1, 0, 0), (1, 1, 1, 1, 0),
]  # fmt: skip
DATA = Marks.of(ROWS, (1,) * 5)


def at_least(length, chance, least):
    return sum(math.comb(length, x) * chance**x * (1 - chance) ** (length - x) for x in range(least, length + 1))


def test_livingston_sees_how_far_the_cut_is_from_the_mean():
    """At the mean it is alpha, and nothing is less; by hand from alpha, variance and mean elsewhere."""
    reliability, totals = alpha(DATA).value, DATA.totals
    variance, mean = totals.var(ddof=1), totals.mean()
    assert livingston(DATA, float(mean)).value == pytest.approx(reliability)
    assert livingston(DATA, 4).value == pytest.approx(
        (reliability * variance + (mean - 4) ** 2) / (variance + (mean - 4) ** 2)
    )


@pytest.mark.parametrize(("cut", "least"), [(3, 3), (2.5, 3), (4.0, 4)])
def test_subkoviak_by_hand(cut, least):
    reliability, mean = alpha(DATA).value, float(DATA.totals.mean())
    passing = [at_least(5, (reliability * x + (1 - reliability) * mean) / 5, least) for x in DATA.totals]
    agreement = sum(p * p + (1 - p) ** 2 for p in passing) / 12
    passed = sum(passing) / 12
    chance = passed**2 + (1 - passed) ** 2
    found = subkoviak(DATA, cut)
    assert found.agreement.value == pytest.approx(agreement)
    assert found.kappa.value == pytest.approx((agreement - chance) / (1 - chance))


def test_huynh_by_adding_up_over_true_scores():
    """The beta-binomial as what it is: binomial tests of persons whose share is beta distributed, in 20,000 steps."""
    reliability, mean = kr21(DATA.totals, 5).value, float(DATA.totals.mean())
    a = (1 / reliability - 1) * mean
    b = 5 / reliability - 5 - a
    shares = (np.arange(20_000) + 0.5) / 20_000
    density = shares ** (a - 1) * (1 - shares) ** (b - 1)
    density /= density.sum()
    passing = at_least(5, shares, 3)
    both, passed = float(density @ passing**2), float(density @ passing)
    found = huynh(DATA, 3)
    assert found.agreement.value == pytest.approx(both + float(density @ (1 - passing) ** 2), abs=1e-5)
    assert found.kappa.value == pytest.approx((both - passed**2) / (passed - passed**2), abs=1e-5)


def test_items_worth_more_than_a_point_are_decided_the_same():
    more = Marks.of(np.array(ROWS) * 4.0, (4,) * 5)
    assert subkoviak(more, 12).agreement.value == pytest.approx(subkoviak(DATA, 3).agreement.value)
    assert huynh(more, 12).kappa.value == pytest.approx(huynh(DATA, 3).kappa.value)
    assert livingston(more, 12).value == pytest.approx(livingston(DATA, 3).value)


AGAINST = [(1, 0), (0, 1), (1, 0), (1, 1), (0, 1)]
NARROW = [(1, 1, 0, 0), (1, 0, 1, 0), (0, 1, 1, 0), (1, 1, 1, 0), (0, 0, 0, 1)]


@pytest.mark.parametrize(
    ("rows", "cut", "reasons"),
    [
        ([(1, 0)], 1, ["one_person"] * 5),
        ([(1, 1), (1, 1)], 1, ["same_total"] * 5),
        ([[1], [0]], 1, ["one_item"] * 5),
        (AGAINST, 1, [None, "negative_reliability", "negative_reliability"] + ["negative_reliability"] * 2),
        (NARROW, 2, [None, "negative_reliability", "negative_reliability"] + ["negative_reliability"] * 2),
        ([(1, 1), (0, 0)], 1, [None, None, None, "perfect_reliability", "perfect_reliability"]),
        (ROWS, 0, [None, None, "all_decided_alike", None, "all_decided_alike"]),
        (ROWS, 6, [None, None, "all_decided_alike", None, "all_decided_alike"]),
        (np.empty((0, 2)), 1, ["nobody"] * 5),
    ],
)
def test_what_can_not_be_told_says_why(rows, cut, reasons):
    data = Marks.of(rows, (1,) * (len(rows[0]) if len(rows) else 2))
    by_subkoviak, by_huynh = subkoviak(data, cut), huynh(data, cut)
    figures = [
        livingston(data, cut), by_subkoviak.agreement, by_subkoviak.kappa, by_huynh.agreement, by_huynh.kappa
    ]  # fmt: skip
    assert [one.why_not for one in figures] == reasons


# Livingston and Lewis


def test_a_beta_is_found_again_from_its_moments():
    beta = FourBeta(3.0, 1.5, 0.2, 0.95)
    moments = [float(expected(beta, lambda share, power=power: share**power)) for power in (1, 2, 3, 4)]
    found, four = fitted(moments)
    assert four
    assert (found.alpha, found.beta, found.low, found.high) == pytest.approx((3.0, 1.5, 0.2, 0.95), rel=1e-6)


@pytest.mark.parametrize("beta", [FourBeta(0.4, 0.6), FourBeta(900, 300), FourBeta(2, 5, 0.1, 0.7)])
def test_a_density_adds_up_to_1_however_it_is_cut(beta):
    whole = sum(float(expected(beta, np.ones_like, low, high)) for low, high in [(0, 0.3), (0.3, 0.75), (0.75, 1)])
    assert whole == pytest.approx(1)
    mean = beta.low + (beta.high - beta.low) * beta.alpha / (beta.alpha + beta.beta)
    assert float(expected(beta, lambda share: share)) == pytest.approx(mean)


def test_decisions_on_persons_whose_truth_is_known():
    """40 right-or-wrong items, true shares beta distributed: the length comes out as 40, and the shares as they are."""
    beta, length = FourBeta(4.0, 2.0, 0.3, 0.95), 40
    shares = beta.low + (beta.high - beta.low) * (np.arange(4000) + 0.5) / 4000
    density = (shares - beta.low) ** 3 * (beta.high - shares)
    density /= density.sum()
    scores = np.array(
        [math.comb(length, x) * (density @ (shares**x * (1 - shares) ** (length - x))) for x in range(length + 1)]
    )
    persons = np.repeat(np.arange(length + 1.0), np.round(200_000 * scores).astype(int))
    mean = float(density @ shares)
    reliability = known(length**2 * float(density @ shares**2 - mean**2) / persons.var(ddof=1))
    found = livingston_lewis(persons, reliability, length, [28, 34])
    assert (found.length.value, found.four_parameters) == (40, True)
    sorted_ = np.array([1 - at_least(40, shares, 28), at_least(40, shares, 28) - at_least(40, shares, 34),
                        at_least(40, shares, 34)])  # fmt: skip
    assert found.together.consistency.value == pytest.approx(float((density * sorted_**2).sum()), abs=2e-3)
    truly = np.digitize(shares, (0.7, 0.85))
    assert found.together.accuracy.value == pytest.approx(float((density * np.choose(truly, sorted_)).sum()), abs=2e-3)
    passing = at_least(40, shares, 28)
    assert found.at[0].consistency.value == pytest.approx(float(density @ (passing**2 + (1 - passing) ** 2)), abs=2e-3)


def test_truth_that_is_densest_at_both_its_ends_is_not_believed():
    beta = FourBeta(0.8, 0.44, 0.6, 0.9)
    moments = [float(expected(beta, lambda share, power=power: share**power)) for power in (1, 2, 3, 4)]
    found, four = fitted(moments)
    assert not four
    assert (found.low, found.high) == (0, 1)


def test_where_four_parameters_do_not_fit_two_stand_in():
    found = livingston_lewis(DATA.totals, alpha(DATA), 5, [3])
    assert not found.four_parameters
    assert 0.5 < found.at[0].consistency.value < found.at[0].accuracy.value < 1
    assert found.at[0].consistency == found.together.consistency


@pytest.mark.parametrize(
    ("totals", "reliability", "why"),
    [
        ([], known(0.5), WhyNot.NOBODY),
        ([3], known(0.5), WhyNot.ONE_PERSON),
        ([3, 3], known(0.5), WhyNot.SAME_TOTAL),
        ([1, 3], unknown(WhyNot.ONE_ITEM), WhyNot.ONE_ITEM),
        ([1, 3], known(-0.1), WhyNot.NEGATIVE_RELIABILITY),
        ([1, 3], known(1.0), WhyNot.PERFECT_RELIABILITY),
        ([1, 6], known(0.5), WhyNot.OUT_OF_BOUNDS),
        ([0, 5], known(0.5), WhyNot.TOO_SHORT),
        ([2, 3, 2.5], known(0.9999), WhyNot.TOO_LONG),
        ([2, 3, 2, 3, 2, 3], known(0.01), WhyNot.NO_SPREAD_OF_TRUTH),
    ],
)
def test_what_livingston_and_lewis_can_not_tell(totals, reliability, why):
    found = livingston_lewis(np.array(totals, dtype=float), reliability, 5, [2, 4])
    assert [one.consistency.why_not for one in (*found.at, found.together)] == [why] * 3
    assert found.length.why_not is why
