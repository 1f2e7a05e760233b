"""How consistent the decision at a cut is: would a second test like this decide the same?

A cut is in marks, pass ≥ cut. All figures are of one test given once. Where the models below take a number of right
answers, a total of marks counts as the same share of as many right-or-wrong items as a paper has: exact for items
that are all worth the same and right or wrong, on the safe side for marks between. Livingston & Lewis
(`livingston_lewis`) is made for the rest.
"""

import math
from dataclasses import dataclass

import numpy as np

from question_bank.statistics.betas import binomial, log_ways
from question_bank.statistics.figures import Figure, WhyNot, known, unknown
from question_bank.statistics.matrix import Floats, Marks, varies
from question_bank.statistics.reliability import alpha, kr21

NEARLY_NONE = 1e-9
"""A reliability as near as this to 0 or 1 counts as that: rounding makes such of it."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Share of persons whom two such tests would decide alike, and kappa: that share beyond chance."""

    agreement: Figure
    kappa: Figure


def livingston(data: Marks, cut: float) -> Figure:
    """Livingston's K²: (α s² + (m − c)²) / (s² + (m − c)²), s² with n − 1.

    Reliability of the distances from the cut instead of from the mean. Source: Livingston 1972, Journal of Educational
    Measurement 9, p. 13–26.
    """
    reliability = alpha(data)
    if reliability.value is None:
        return reliability
    variance = float(data.totals.var(ddof=1))
    away = (float(data.totals.mean()) - cut) ** 2
    return known((reliability.value * variance + away) / (variance + away))


def subkoviak(data: Marks, cut: float) -> Agreement:
    """Subkoviak's agreement: mean of P² + (1 − P)², P = P(Bin(n, p) ≥ c) with p = α x/n + (1 − α) m/n per person.

    Chance agreement is P̄² + (1 − P̄)². Source: Subkoviak 1976, Journal of Educational Measurement 13, p. 265–276, true
    scores by Kelley's regression with alpha. Not below a reliability of 0: the regression would turn the order round.
    """
    reliability = alpha(data)
    if reliability.value is None:
        return _neither(reliability.why_not)
    if reliability.value < 0:
        return _neither(WhyNot.NEGATIVE_RELIABILITY)
    length, scores, least = _as_right_answers(data, cut)
    chances = reliability.value * scores / length + (1 - reliability.value) * scores.mean() / length
    if chances.min() < 0 or chances.max() > 1:
        return _neither(WhyNot.OUT_OF_BOUNDS)
    values, persons = np.unique(chances, return_counts=True)
    passing = np.clip(binomial(length, values)[least:].sum(axis=0), 0, 1)
    agreement = float(np.average(passing**2 + (1 - passing) ** 2, weights=persons))
    passed = float(np.average(passing, weights=persons))
    return agreement_beyond(agreement, passed**2 + (1 - passed) ** 2)


def huynh(data: Marks, cut: float) -> Agreement:
    """Huynh's agreement under the beta-binomial, with KR-21: α = (1/KR21 − 1) m, β = n/KR21 − n − α.

    Two tests: P(x, y) = C(n, x) C(n, y) B(α + x + y, β + 2n − x − y) / B(α, β); kappa = (p11 − p1²) / (p1 − p1²),
    where p1 is the share that passes one test, p11 both. Source: Huynh 1976, Journal of Educational Measurement 13,
    p. 253–264.
    """
    length, scores, least = _as_right_answers(data, cut)
    reliability = kr21(scores, length)
    if reliability.value is None:
        return _neither(reliability.why_not)
    if reliability.value <= NEARLY_NONE:
        return _neither(WhyNot.NEGATIVE_RELIABILITY)
    if reliability.value >= 1 - NEARLY_NONE:
        return _neither(WhyNot.PERFECT_RELIABILITY)
    a = (1 / reliability.value - 1) * float(scores.mean())
    b = length / reliability.value - length - a
    if min(a, b) <= 0:
        return _neither(WhyNot.OUT_OF_BOUNDS)
    both = _both(length, a, b)
    passed, twice = float(both[least:].sum()), float(both[least:, least:].sum())
    failed_twice = float(both[:least, :least].sum())
    return agreement_beyond(twice + failed_twice, passed**2 + (1 - passed) ** 2)


def agreement_beyond(agreement: float, chance: float) -> Agreement:
    """The agreement and Cohen's kappa: (agreement − chance) / (1 − chance)."""
    share = known(min(agreement, 1.0))
    if 1 - chance <= 1e-12:
        return Agreement(share, unknown(WhyNot.ALL_DECIDED_ALIKE))
    return Agreement(share, known((agreement - chance) / (1 - chance)))


def _neither(why_not: WhyNot | None) -> Agreement:
    nothing = Figure(None, why_not)
    return Agreement(nothing, nothing)


def _as_right_answers(data: Marks, cut: float) -> tuple[int, Floats, int]:
    """Items of a paper, the totals as numbers of right answers, and the least number that passes."""
    length = max(1, round(data.length))
    scale = length / data.worth if data.worth else 1.0
    # Of 0.7 × 10 floats may make 7.000000000000001.
    least = math.ceil(cut * scale - 1e-9)
    return length, data.totals * scale, min(max(least, 0), length + 1)


def _both(length: int, a: float, b: float) -> Floats:
    """P(x, y) of two tests under the beta-binomial."""
    right = np.arange(length + 1)
    ways = np.array([log_ways(length, int(one)) for one in right])
    top = [math.lgamma(a + s) + math.lgamma(b + 2 * length - s) for s in range(2 * length + 1)]
    whole = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) - math.lgamma(a + b + 2 * length)
    logs = ways[:, None] + ways[None, :] + np.array(top)[right[:, None] + right[None, :]] + whole
    return np.asarray(np.exp(logs), dtype=np.float64)


def passes(data: Marks, cut: float) -> Figure:
    """Share of persons who passed."""
    return known((data.totals >= cut - 1e-9).mean()) if data.persons else unknown(WhyNot.NOBODY)


def decided_apart(data: Marks, cut: float) -> bool:
    """Whether some passed and some did not."""
    return varies((data.totals >= cut - 1e-9).astype(np.float64))
