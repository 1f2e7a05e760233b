"""Who chose what: the choices of one question by how well people do on the rest of the paper."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from question_bank.statistics.figures import Figure, WhyNot, known, unknown
from question_bank.statistics.matrix import Floats, Ints, varies

FIFTHS = 5


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One choice: how many chose it in each fifth, the weakest first, and in all."""

    id: str
    by_fifth: tuple[int, ...]
    total: int
    correlation: Figure
    """Point-biserial of having chosen it with the rest: above 0 where the stronger ones choose it."""


@dataclass(frozen=True, slots=True)
class ChoiceTable:
    """The choices of a question, in its own order; `fifths` has how many persons each fifth holds."""

    fifths: tuple[int, ...]
    rows: tuple[ChoiceRow, ...]


def fifths(totals: Sequence[float] | Floats) -> Ints:
    """The fifth of each person by total, 0 the weakest: ⌊5 × (share below + half of those with the same total)⌋.

    Persons with the same total are in the same fifth, so that fifths may differ in size.
    """
    values = np.asarray(totals, dtype=np.float64)
    _, inverse, counts = np.unique(np.round(values, 9), return_inverse=True, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2) / max(values.size, 1)
    return np.minimum((FIFTHS * middle).astype(np.int64), FIFTHS - 1)[inverse.reshape(-1)]


def choice_table(ids: Sequence[str], chosen: Sequence[Collection[str]], rest: Sequence[float]) -> ChoiceTable:
    """Count the choices of each person by the fifth of their total on the other items."""
    group, totals = fifths(rest), np.asarray(rest, dtype=np.float64)
    rows = []
    for id in ids:
        took = np.array([id in one for one in chosen], dtype=np.bool_)
        by_fifth = np.bincount(group[took], minlength=FIFTHS)
        rows.append(
            ChoiceRow(id, tuple(map(int, by_fifth)), int(took.sum()), _correlation(took.astype(np.float64), totals))
        )
    return ChoiceTable(tuple(map(int, np.bincount(group, minlength=FIFTHS))), tuple(rows))


def mean_by_fifth(values: Sequence[float], rest: Sequence[float]) -> tuple[Figure, ...]:
    """The mean of values, such as shares of the points, in each fifth; none where a fifth is empty."""
    group, all_values = fifths(rest), np.asarray(values, dtype=np.float64)
    found = []
    for fifth in range(FIFTHS):
        own = all_values[group == fifth]
        found.append(known(own.mean()) if own.size else unknown(WhyNot.NOBODY))
    return tuple(found)


def _correlation(one: Floats, other: Floats) -> Figure:
    if not varies(one):
        return unknown(WhyNot.SAME_MARK if one.size else WhyNot.NOBODY)
    if not varies(other):
        return unknown(WhyNot.SAME_REST)
    return known(np.corrcoef(one, other)[0, 1])
