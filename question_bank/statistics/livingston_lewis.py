"""Consistency and accuracy of decisions for any test: Livingston & Lewis 1995.

Source: Journal of Educational Measurement 32, p. 179–197.

The total is seen as the number of right answers of a test of `length` right-or-wrong items that would be as reliable:
n* = ((m − min)(max − m) − ρ s²) / (s² (1 − ρ)), rounded (s² with n − 1). On that scale the true scores τ are
given a beta distribution whose moments are those of the observed totals freed from binomial error (falling
factorials: E τ^r = E[x (x − 1) … (x − r + 1)] / (n* (n* − 1) … (n* − r + 1)), Lord & Novick 1968, ch. 23), and a
second total is binomial given τ.

Left out of the original: the last step, which stretches the table until its margins are those observed; without it,
consistency and accuracy are those of one model throughout.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from question_bank.statistics.betas import FourBeta, binomial, expected, fitted
from question_bank.statistics.decisions import agreement_beyond
from question_bank.statistics.figures import Figure, WhyNot, known, unknown
from question_bank.statistics.matrix import Floats, varies

LONGEST = 2000
"""The longest effective test that is worked with: above, decisions hardly ever differ."""


@dataclass(frozen=True, slots=True)
class Classification:
    """How well one cut, or all cuts together, sort persons."""

    consistency: Figure
    """Share whom two such tests would sort alike."""
    kappa: Figure
    accuracy: Figure
    """Share sorted as their true score would have it."""


@dataclass(frozen=True, slots=True)
class LivingstonLewis:
    """The figures at each cut alone, and with all cuts at once."""

    length: Figure
    """The effective test length n*."""
    four_parameters: bool
    """Whether the four-parameter beta fitted; else the two-parameter one stands in (`betas.fitted`)."""
    at: tuple[Classification, ...]
    together: Classification


def livingston_lewis(totals: Floats, reliability: Figure, maximum: float, cuts: Sequence[float]) -> LivingstonLewis:
    """The figures of totals from 0 to `maximum` with cuts in the same marks, ascending; pass ≥ cut."""
    if totals.size < 2:
        return _nothing(WhyNot.ONE_PERSON if totals.size else WhyNot.NOBODY, len(cuts))
    if not varies(totals):
        return _nothing(WhyNot.SAME_TOTAL, len(cuts))
    if reliability.value is None:
        return _nothing(reliability.why_not or WhyNot.NOBODY, len(cuts))
    if reliability.value <= 0:
        return _nothing(WhyNot.NEGATIVE_RELIABILITY, len(cuts))
    length = _length(totals, reliability.value, maximum)
    if isinstance(length, WhyNot):
        return _nothing(length, len(cuts))
    fit = fitted(_true_moments(totals / maximum * length, length))
    if fit is None:
        return _nothing(WhyNot.NO_SPREAD_OF_TRUTH, len(cuts))
    truth, four = fit
    shares = [cut / maximum for cut in cuts]
    return LivingstonLewis(
        length=known(length),
        four_parameters=four,
        at=tuple(_classification(truth, length, [share]) for share in shares),
        together=_classification(truth, length, shares),
    )


def _length(totals: Floats, reliability: float, maximum: float) -> int | WhyNot:
    mean, variance = float(totals.mean()), float(totals.var(ddof=1))
    if reliability >= 1:
        return WhyNot.PERFECT_RELIABILITY
    if totals.min() < 0 or totals.max() > maximum + 1e-9:
        return WhyNot.OUT_OF_BOUNDS
    length = round((mean * (maximum - mean) - reliability * variance) / (variance * (1 - reliability)))
    if length < 2:
        return WhyNot.TOO_SHORT
    return length if length <= LONGEST else WhyNot.TOO_LONG


def _true_moments(scores: Floats, length: int) -> list[float]:
    """E τ, E τ² and so on up to the fourth, or as many as the length has."""
    found, product, below = [], np.ones_like(scores), 1.0
    for step in range(min(4, length)):
        product = product * (scores - step)
        below *= length - step
        found.append(float(product.mean()) / below)
    return found


def _classification(truth: FourBeta, length: int, shares: Sequence[float]) -> Classification:
    edges = [0, *(min(max(math.ceil(share * length - 1e-9), 0), length + 1) for share in shares), length + 1]

    def chances(points: Floats) -> Floats:
        """For each class (row), the chance of a person with this true score to be sorted into it."""
        all_scores = binomial(length, points)
        return np.array([all_scores[low:high].sum(axis=0) for low, high in pairwise(edges)])

    twice = float(expected(truth, lambda points: (chances(points) ** 2).sum(axis=0)))
    each = expected(truth, chances)
    bounds = [0.0, *shares, 1.0]
    rightly = sum(float(expected(truth, chances, low, high)[row]) for row, (low, high) in enumerate(pairwise(bounds)))
    alike = agreement_beyond(twice, float((each**2).sum()))
    return Classification(alike.agreement, alike.kappa, known(min(rightly, 1.0)))


def _nothing(why_not: WhyNot, cuts: int) -> LivingstonLewis:
    none = Classification(unknown(why_not), unknown(why_not), unknown(why_not))
    return LivingstonLewis(unknown(why_not), False, (none,) * cuts, none)
