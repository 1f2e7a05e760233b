"""Whether an item gets easier as time passes, beyond what the persons' ability on the other items explains."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from question_bank.statistics.matrix import Floats, varies


@dataclass(frozen=True, slots=True)
class Drift:
    """How an item changed from the first half of the persons to the second, by when they began."""

    persons: int
    before: float
    """Mean share of the points of the earlier half, from 0 to 1."""
    after: float
    z: float
    """Rank correlation of what is left of the share with the time, × √(n − 1): about normal where nothing leaks."""


def drift(shares: Sequence[float], rest: Sequence[float], moments: Sequence[float]) -> Drift | None:
    """Compare marks on an item with when they were earned; None where there is nothing to compare.

    From the shares the part that the total on the other items explains is taken away (least squares); what is left is
    correlated by ranks with the time (Spearman 1904; z by Hotelling & Pabst 1936).
    """
    marks, totals, times = (np.asarray(one, dtype=np.float64) for one in (shares, rest, moments))
    if marks.size < 4 or not varies(times - times.min()) or not varies(marks):
        return None
    left = marks - marks.mean()
    if varies(totals):
        away = totals - totals.mean()
        left = left - away * float(away @ left) / float(away @ away)
    first, second = _ranks(left), _ranks(times)
    if not varies(first):
        return None
    z = float(np.corrcoef(first, second)[0, 1]) * float(np.sqrt(marks.size - 1))
    order = np.argsort(times, kind="stable")
    half = marks.size // 2
    return Drift(marks.size, float(marks[order[:half]].mean()), float(marks[order[half:]].mean()), z)


def _ranks(values: Floats) -> Floats:
    """Ranks, those of equal values their mean."""
    _, inverse, counts = np.unique(np.round(values, 9), return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[inverse.reshape(-1)], dtype=np.float64)
