"""How well two markers agree who didn't see each other's marks, and whether one drifts in the course of a session."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from math import sqrt

ENOUGH_PAIRS = 20
"""Answers with two opinions below which nothing is said of agreement."""
ENOUGH_DECISIONS = 30
"""Decisions of a session below which nothing is said of drift."""
PARTS = 6
"""Into which a session is cut to be drawn."""
SESSION_BREAK = timedelta(hours=2)
"""A pause after which another session begins."""
SURELY = 2
"""Standard errors from which a trend is told: some 95 of 100 sessions without drift are below."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `n` answers with two independent opinions: how many agree. Shares from 0 to 1."""

    n: int
    exact: Fraction
    within_one: Fraction
    """At most one point apart."""
    kappa: float | None
    """Quadratic-weighted; None where both gave all answers the same."""

    @property
    def enough(self) -> bool:
        return self.n >= ENOUGH_PAIRS


def agreement(pairs: Iterable[tuple[Fraction, Fraction]]) -> Agreement:
    """Exact agreement, within one point, and quadratic-weighted kappa of pairs of points.

    Kappa is 1 − Σ v p_o / Σ v p_e with v = (a − b)² (Cohen 1968, Psychological Bulletin 70, p. 213–220). With squares
    for weights the denominator is s²_a + s²_b + (mean_a − mean_b)², variances over n (Fleiss & Cohen 1973, Educational
    and Psychological Measurement 33, p. 613–619), so that no categories are needed.
    """
    known = list(pairs)
    n = len(known)
    if not n:
        return Agreement(0, Fraction(), Fraction(), None)
    gaps = [abs(one - two) for one, two in known]
    means = [sum((pair[side] for pair in known), Fraction()) / n for side in (0, 1)]
    spread = [sum(((pair[side] - means[side]) ** 2 for pair in known), Fraction()) / n for side in (0, 1)]
    by_chance = sum(spread) + (means[0] - means[1]) ** 2
    observed = sum((gap**2 for gap in gaps), Fraction()) / n
    return Agreement(
        n=n,
        exact=Fraction(sum(not gap for gap in gaps), n),
        within_one=Fraction(sum(gap <= 1 for gap in gaps), n),
        kappa=float(1 - observed / by_chance) if by_chance else None,
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a marker: when, and how much more than usual of the question's worth, in per cent."""

    at: datetime
    above: float


@dataclass(frozen=True, slots=True)
class Drift:
    """A session in the order of its decisions: the mean of each part, and the straight line through all."""

    decisions: int
    began: datetime
    parts: tuple[float, ...]
    """In per cent of an answer's worth above what all markers give on average."""
    change: float
    """From the first decision to the last, along the line."""
    error: float
    """Of the change: its standard error."""

    @property
    def is_sure(self) -> bool:
        return abs(self.change) >= SURELY * self.error and abs(self.change) >= 1


def last_session(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions since the last long pause, in their order."""
    order = sorted(decisions, key=lambda one: one.at)
    start = 0
    for place, (one, two) in enumerate(pairwise(order), start=1):
        if two.at - one.at > SESSION_BREAK:
            start = place
    return order[start:]


def drift(decisions: Sequence[Decision]) -> Drift | None:
    """Whether somebody became milder or stricter during a session; None below `ENOUGH_DECISIONS`.

    The order of answers is random, so that nothing but the marker changes with it. The line is that of least squares
    over the order (0 to 1), its error the usual one of a slope with n − 2 degrees of freedom.
    """
    n = len(decisions)
    if n < ENOUGH_DECISIONS:
        return None
    values = [one.above for one in decisions]
    places = [place / (n - 1) for place in range(n)]
    mean = sum(values) / n
    spread = sum((place - 0.5) ** 2 for place in places)
    slope = sum((place - 0.5) * (value - mean) for place, value in zip(places, values, strict=True)) / spread
    rest = sum((value - mean - slope * (place - 0.5)) ** 2 for place, value in zip(places, values, strict=True))
    edges = [round(part * n / PARTS) for part in range(PARTS + 1)]
    parts = tuple(sum(values[start:end]) / (end - start) for start, end in pairwise(edges))
    return Drift(n, decisions[0].at, parts, slope, sqrt(rest / (n - 2) / spread))
