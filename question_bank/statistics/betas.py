"""Beta distributions of true scores: fitted by moments, and integrated."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from question_bank.statistics.matrix import Floats

NODES = 48
"""Of one panel of an integral."""
LEAST_SPREAD = 1e-8
"""A variance of true shares below which they count as all the same."""


@dataclass(frozen=True, slots=True)
class FourBeta:
    """A beta distribution between `low` and `high` instead of 0 and 1."""

    alpha: float
    beta: float
    low: float = 0.0
    high: float = 1.0


def fitted(moments: Sequence[float]) -> tuple[FourBeta, bool] | None:
    """The four-parameter beta with these four raw moments; where there is none within 0 to 1, the two-parameter one.

    Gives whether it has four parameters. With σ², skewness γ and kurtosis κ (3 for a normal): r = 6 (κ − γ² − 1) / (6
    + 3 γ² − 2 κ), the shapes r/2 × (1 ± √(1 − 24 (r + 1) / ((r + 2)(r + 3) κ − 3 (r − 6)(r + 1)))). Source: Hanson
    1991, ACT Research Report 91-5; Lord 1965, Psychometrika 30. Falling back to mean and variance on 0 to 1 is what
    the R package betafunctions does as well; so it is with fewer moments, and, other than there, where both shapes are
    below 1: truth that is densest at both its ends is what few persons' kurtosis makes of chance, and decisions would
    look surer than they are. None where even that has no distribution: no variance, or more than any on 0 to 1 has.
    """
    m1, m2 = moments[:2]
    variance = m2 - m1 * m1
    if variance <= LEAST_SPREAD or not 0 < m1 < 1 or variance >= m1 * (1 - m1):
        return None
    if len(moments) == 4:
        m3, m4 = moments[2:]
        skew = (m3 - 3 * m1 * m2 + 2 * m1**3) / variance**1.5
        kurtosis = (m4 - 4 * m1 * m3 + 6 * m1 * m1 * m2 - 3 * m1**4) / variance**2
        four = _four(m1, variance, skew, kurtosis)
        if four:
            return four, True
    size = m1 * (1 - m1) / variance - 1
    return FourBeta(m1 * size, (1 - m1) * size), False


def _four(mean: float, variance: float, skew: float, kurtosis: float) -> FourBeta | None:
    below = 6 + 3 * skew * skew - 2 * kurtosis
    if below == 0:
        return None
    r = 6 * (kurtosis - skew * skew - 1) / below
    under = (r + 2) * (r + 3) * kurtosis - 3 * (r - 6) * (r + 1)
    if r <= 0 or under == 0:
        return None
    inner = 1 - 24 * (r + 1) / under
    if inner < 0:
        return None
    lesser, greater = r / 2 * (1 - math.sqrt(inner)), r / 2 * (1 + math.sqrt(inner))
    if lesser <= 0 or greater < 1:
        return None
    alpha, beta = (lesser, greater) if skew >= 0 else (greater, lesser)
    span = math.sqrt(variance * (r + 1)) * r / math.sqrt(alpha * beta)
    low = mean - span * alpha / r
    return FourBeta(alpha, beta, low, low + span) if low >= 0 and low + span <= 1 else None


def expected(of: FourBeta, values: Callable[[Floats], Floats], start: float = 0.0, end: float = 1.0) -> Floats:
    """∫ f(τ) g(τ) dτ from `start` to `end`, g the density; `values` gives f for an array of τ along its last axis.

    By Gauss–Jacobi quadrature in panels, closer where the density is high. The weights of the first and the last panel
    take in what the density does at its bounds, where it may rise without end.
    """
    mean = of.low + (of.high - of.low) * of.alpha / (of.alpha + of.beta)
    both = of.alpha + of.beta
    sd = (of.high - of.low) * math.sqrt(of.alpha * of.beta / (both + 1)) / both
    left, right = max(start, of.low), min(end, of.high)
    inner = [mean + times * sd for times in (-9, -4, 0, 4, 9)]
    edges = [left, *(one for one in inner if left + sd / 9 < one < right - sd / 9), right]
    nothing = np.asarray(0.0 * values(np.array([mean])).sum(axis=-1), dtype=np.float64)
    if left >= right:
        return nothing
    return sum((_panel(of, values, low, high) for low, high in pairwise(edges)), nothing)


def _panel(of: FourBeta, values: Callable[[Floats], Floats], left: float, right: float) -> Floats:
    a = of.beta - 1 if right >= of.high else 0.0
    b = of.alpha - 1 if left <= of.low else 0.0
    nodes, weights, log_mass = _jacobi(NODES, a, b)
    half, span = (right - left) / 2, of.high - of.low
    points = left + half * (1 + nodes)
    log_beta = math.lgamma(of.alpha) + math.lgamma(of.beta) - math.lgamma(of.alpha + of.beta)
    # The weights hold (1 − x)^a (1 + x)^b of the panel, x from −1 to 1; what they don't is added here.
    logs = np.full(NODES, log_mass - log_beta + (1 + a + b) * math.log(half / span))
    if left > of.low:
        logs = logs + (of.alpha - 1) * np.log((points - of.low) / span)
    if right < of.high:
        logs = logs + (of.beta - 1) * np.log((of.high - points) / span)
    return np.asarray((values(points) * (weights * np.exp(logs))).sum(axis=-1), dtype=np.float64)


@lru_cache(64)
def _jacobi(count: int, a: float, b: float) -> tuple[Floats, Floats, float]:
    """Nodes and weights for ∫ (1 − x)^a (1 + x)^b f(x) dx from −1 to 1; the weights add up to 1, times e to the third.

    Source: Golub & Welsch 1969, Mathematics of Computation 23.
    """
    n = np.arange(1, count, dtype=np.float64)
    both = a + b
    middle = np.empty(count)
    middle[0] = (b - a) / (both + 2)
    middle[1:] = (b - a) * both / ((2 * n + both) * (2 * n + both + 2))
    beside = np.empty(count - 1)
    beside[0] = 4 * (a + 1) * (b + 1) / ((both + 2) ** 2 * (both + 3))
    k = n[1:]
    beside[1:] = (
        4 * k * (k + a) * (k + b) * (k + both) / ((2 * k + both) ** 2 * (2 * k + both + 1) * (2 * k + both - 1))
    )
    nodes, vectors = np.linalg.eigh(np.diag(middle) + np.diag(np.sqrt(beside), 1) + np.diag(np.sqrt(beside), -1))
    mass = (both + 1) * math.log(2) + math.lgamma(a + 1) + math.lgamma(b + 1) - math.lgamma(both + 2)
    return nodes, vectors[0] ** 2, mass


def binomial(length: int, chances: Floats) -> Floats:
    """P(0 … length right of `length`), by row, for chances in columns; in logarithms, so that long tests don't
    overflow."""
    right = np.arange(length + 1)[:, None]
    ways = np.array([log_ways(length, int(one)) for one in right[:, 0]])[:, None]
    inside = np.clip(chances, 1e-300, 1.0)
    outside = np.clip(1 - chances, 1e-300, 1.0)
    return np.asarray(np.exp(ways + right * np.log(inside) + (length - right) * np.log(outside)), dtype=np.float64)


def log_ways(length: int, right: int) -> float:
    """ln of the number of ways to get `right` of `length`."""
    return math.lgamma(length + 1) - math.lgamma(right + 1) - math.lgamma(length - right + 1)
