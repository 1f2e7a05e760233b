"""The Rasch model against its likelihood written out by enumeration, and what it can't estimate."""

import math
from itertools import combinations

import numpy as np
import pytest

from question_bank.statistics.figures import WhyNot
from question_bank.statistics.matrix import Marks
from question_bank.statistics.rasch import rasch
from question_bank.statistics.symmetric import expectations

PATTERNS = {(1, 0, 0): 9, (0, 1, 0): 5, (0, 0, 1): 3, (1, 1, 0): 12, (1, 0, 1): 7, (0, 1, 1): 4}
THREE = [pattern for pattern, persons in PATTERNS.items() for _ in range(persons)] + [(0, 0, 0)] * 6 + [(1, 1, 1)] * 8


def difficulties(rows, full=None):
    return [one.difficulty.value for one in rasch(Marks.of(rows, full or [1] * len(rows[0])))]


def log_likelihood(betas, rows):
    """Σ over persons of ln P(pattern | score), the symmetric functions by adding up all ways."""
    whole = 0.0
    for row in rows:
        shown = [item for item, mark in enumerate(row) if mark is not None]
        score = sum(row[item] for item in shown)
        ways = sum(math.exp(-sum(betas[item] for item in way)) for way in combinations(shown, score))
        whole -= sum(betas[item] for item in shown if row[item]) + math.log(ways)
    return whole


def curvature(rows, at, h=1e-3):
    """Second derivatives of −ln likelihood by differences."""
    n = len(at)
    steps = np.eye(n) * h

    def value(x):
        return -log_likelihood(list(x), rows)

    return np.array(
        [
            [
                (value(at + a + b) - value(at + a - b) - value(at - a + b) + value(at - a - b)) / (4 * h * h)
                for b in steps
            ]
            for a in steps
        ]
    )


def test_two_items_are_the_log_of_a_ratio():
    """Only who got exactly one right tells anything: β₁ − β₂ = ln(n₀₁ / n₁₀), standard error √(1/n₀₁ + 1/n₁₀)."""
    rows = [(1, 0)] * 30 + [(0, 1)] * 12 + [(1, 1)] * 50 + [(0, 0)] * 9
    easy, hard = rasch(Marks.of(rows, (1, 1)))
    assert hard.difficulty.value - easy.difficulty.value == pytest.approx(math.log(30 / 12))
    assert hard.difficulty.value + easy.difficulty.value == pytest.approx(0)
    assert easy.se.value == pytest.approx(math.sqrt(1 / 30 + 1 / 12) / 2)


@pytest.mark.parametrize(
    "rows",
    [THREE, [(*row[:2], None, row[2]) for row in THREE] + [(None, row[2], row[0], row[1]) for row in THREE[::2]]],
    ids=["complete", "two papers with items in common"],
)
def test_the_likelihood_has_its_top_and_its_curve_there(rows):
    found = rasch(Marks.of(rows, [1] * len(rows[0])))
    at = np.array([one.difficulty.value for one in found])
    assert at.sum() == pytest.approx(0, abs=1e-9)
    top = log_likelihood(at, rows)
    for one in np.eye(len(at)):
        for step in (0.01, -0.01):
            assert log_likelihood(at + step * one, rows) < top
    errors = np.sqrt(np.diag(np.linalg.pinv(curvature(rows, at), rcond=1e-6)))
    assert [one.se.value for one in found] == pytest.approx(errors, rel=1e-3)


def test_the_fit_is_that_of_residuals_given_the_score():
    found = rasch(Marks.of(THREE, (1, 1, 1)))
    betas = [one.difficulty.value for one in found]
    squares, spreads, ratios = [], [], []
    for row in THREE:
        score = sum(row)
        if 0 < score < 3:
            ways = {way: math.exp(-sum(betas[item] for item in way)) for way in combinations(range(3), score)}
            chance = sum(weight for way, weight in ways.items() if 0 in way) / sum(ways.values())
            squares.append((row[0] - chance) ** 2)
            spreads.append(chance * (1 - chance))
            ratios.append(squares[-1] / spreads[-1])
    assert found[0].infit.value == pytest.approx(sum(squares) / sum(spreads))
    assert found[0].outfit.value == pytest.approx(sum(ratios) / len(ratios))


def test_persons_with_everything_or_nothing_right_change_nothing():
    assert difficulties(THREE + [(1, 1, 1)] * 40 + [(0, 0, 0)] * 9) == pytest.approx(difficulties(THREE))


def test_right_is_the_full_mark():
    assert difficulties([[5 * mark for mark in row] for row in THREE], [5] * 3) == pytest.approx(difficulties(THREE))


def test_long_tests_with_extreme_items_stay_stable():
    """300 items from −6 to 6: symmetric functions beyond 1e300. Items and scores mirrored give mirrored chances."""
    chances = 1 / (1 + np.exp(np.linspace(-6, 6, 300)))[None, :].repeat(3, axis=0)
    given, logs = expectations(chances, np.array([1, 150, 299]))
    assert given.sum(axis=1) == pytest.approx([1, 150, 299])
    assert np.isfinite(logs).all()
    assert given[0] == pytest.approx(1 - given[2][::-1])


def test_what_was_put_in_comes_out():
    chance = np.random.default_rng(11)
    true = np.linspace(-2, 2, 25)
    marks = (chance.normal(size=(1500, 1)) - true + chance.logistic(size=(1500, 25)) > 0).astype(float)
    found = rasch(Marks.of(marks, [1] * 25))
    off = [(one.difficulty.value - beta) / one.se.value for one, beta in zip(found, true, strict=True)]
    assert 0.6 < float(np.std(off)) < 1.4
    assert all(0.85 < one.infit.value < 1.15 for one in found)


@pytest.mark.parametrize(
    ("rows", "full", "reasons"),
    [
        ([(1, row[0], row[1]) for row in THREE], (1, 1, 1), [WhyNot.ALL_RIGHT, None, None]),
        ([(0, row[0], row[1]) for row in THREE], (1, 1, 1), [WhyNot.ALL_WRONG, None, None]),
        ([(0.5 * row[2], row[0], row[1]) for row in THREE], (1, 1, 1), [WhyNot.BETWEEN_MARKS, None, None]),
        ([(None, row[0], row[1]) for row in THREE], (1, 1, 1), [WhyNot.NOBODY, None, None]),
        ([(1, 0), (1, 1), (0, 0)], (1, 1), [WhyNot.DISCONNECTED] * 2),
        ([[1], [0]], [1], [WhyNot.ONE_ITEM]),
        (np.empty((0, 2)), (1, 1), [WhyNot.NOBODY] * 2),
        ([(1, 0, None, None), (0, 1, None, None), (None, None, 1, 0), (None, None, 0, 1)], (1,) * 4,
         [WhyNot.DISCONNECTED] * 4),
        # Nobody missed the first and got another right: it can be as easy as one likes, the others stay.
        ([(1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 1), (0, 0, 0, 0)], (1,) * 4, [WhyNot.DISCONNECTED, None, None, None]),
    ],
)  # fmt: skip
def test_what_can_not_be_estimated_says_why_and_the_rest_is(rows, full, reasons):
    found = rasch(Marks.of(rows, full))
    assert [one.difficulty.why_not for one in found] == reasons
    assert sum(one.difficulty.value or 0 for one in found) == pytest.approx(0, abs=1e-9)
