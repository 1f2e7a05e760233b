"""Intervals, held against published values and tables."""

import pytest

from question_bank.statistics.intervals import alpha_interval, beta_share, f_quantile, mean_interval, share_interval
from question_bank.statistics.reliability import binomial_error


@pytest.mark.parametrize(
    ("share", "one", "other", "value"),
    [(0.95, 5, 2, 19.296), (0.975, 10, 20, 2.774), (0.95, 1, 9, 5.117), (0.025, 10, 20, 1 / 3.419)],
)
def test_quantiles_of_f_are_those_of_printed_tables(share, one, other, value):
    assert f_quantile(share, one, other) == pytest.approx(value, rel=3e-4)


def test_a_beta_distribution_has_all_of_it_below_its_end():
    assert (beta_share(0, 2, 3), beta_share(1, 2, 3)) == (0, 1)
    assert beta_share(0.5, 2, 2) == pytest.approx(0.5)
    assert beta_share(0.3, 2, 1) == pytest.approx(0.09)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_shares_lie_where_newcombe_has_them(count, of, low, high):
    """Newcombe 1998, Statistics in Medicine 17, p. 857-872, table I, method 3."""
    assert share_interval(count, of) == pytest.approx((low, high), abs=5e-5)


def test_a_mean_lies_within_students_bounds():
    """t of 9 degrees of freedom is 2.262: 80 ± 2.262 × 10 / √10."""
    assert mean_interval(80, 10, 10) == pytest.approx((72.847, 87.153), abs=1e-3)
    assert mean_interval(80, 0, 1) is None


def test_an_alpha_lies_within_feldts_bounds():
    """1 − 0.21 F, F of 40 and 1,000 degrees of freedom at 97.5 and 2.5 in 100."""
    low, high = alpha_interval(0.79, 41, 26)
    assert (1 - low) / 0.21 == pytest.approx(f_quantile(0.975, 40, 1000))
    assert (1 - high) / 0.21 == pytest.approx(f_quantile(0.025, 40, 1000))
    assert (low, high) == pytest.approx((0.685, 0.873), abs=1e-3)
    assert alpha_interval(0.79, 2, 26) is None
    assert alpha_interval(0.79, 41, 1) is None


def test_nobody_has_no_share():
    assert share_interval(0, 0) is None


def test_the_error_near_a_cut_is_binomial():
    """Of 100 points on 64 items, at 80 %: 100 √(0.8 × 0.2 / 64) = 5."""
    assert binomial_error(0.8, 64, 100) == pytest.approx(5)
