"""The marks of persons on items, and the totals that follow from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Covariances:
    """Variances and covariances (n − 1) of the items, and how many persons each rests on.

    Where papers differ, each pair of items rests on those who were shown both.
    """

    values: Floats
    persons: Floats
    total: int
    """All persons."""

    def expected(self, items: Bools) -> tuple[float, float, float]:
        """Of the paper an average person was shown, these items only: length, sum of variances, sum of covariances.

        With S the share of persons who were shown an item (or both of a pair): length ΣS_i, variances ΣS_i s²_i,
        covariances Σ_{i≠j} S_ij s_ij. A pair that too few were shown together counts with the mean of the others,
        weighted by n − 1. Where everybody was shown everything these are the plain sums.
        """
        counts, values = self.persons[np.ix_(items, items)], self.values[np.ix_(items, items)]
        own = np.eye(len(counts), dtype=np.bool_)
        return float(counts[own].sum()) / self.total, self._sum(values, counts, own), self._sum(values, counts, ~own)

    def _sum(self, values: Floats, counts: Floats, which: Bools) -> float:
        weights = np.maximum(counts[which] - 1, 0)
        if not weights.sum():
            return 0.0
        mean = float((weights * values[which]).sum() / weights.sum())
        return mean * float(counts[which].sum()) / self.total


@dataclass(frozen=True, eq=False)
class Marks:
    """Marks of persons (rows) on items (columns). NaN: this person wasn't shown the item.

    Not shown is missing, never 0: on parallel papers most persons see part of the items. An item that was shown and
    left blank is 0, and it is for the caller to say so. Persons without any item are left out.
    """

    marks: Floats
    maxima: Floats
    """The full mark of each item."""

    @classmethod
    def of(cls, rows: Sequence[Sequence[float | None]] | Floats, maxima: Sequence[float] | Floats) -> "Marks":
        """The matrix of such rows, None or NaN for what wasn't shown."""
        full = np.asarray(maxima, dtype=np.float64)
        marks = np.asarray(rows, dtype=np.float64).reshape(len(rows), len(full))
        return cls(marks[~np.isnan(marks).all(axis=1)], full)

    @property
    def persons(self) -> int:
        """How many persons have a mark."""
        return int(self.marks.shape[0])

    @property
    def items(self) -> int:
        """How many items there are, on all papers together."""
        return int(self.marks.shape[1])

    @cached_property
    def shown(self) -> Bools:
        """Who was shown what."""
        return ~np.isnan(self.marks)

    @cached_property
    def complete(self) -> bool:
        """Whether everybody was shown everything."""
        return bool(self.shown.all())

    @cached_property
    def filled(self) -> Floats:
        """The marks with 0 for what wasn't shown: for sums."""
        return np.where(self.shown, self.marks, 0.0)

    @cached_property
    def length(self) -> float:
        """Items on a paper: how many a person was shown, on average."""
        return float(self.shown.sum()) / self.persons if self.persons else 0.0

    @cached_property
    def possible(self) -> Floats:
        """For each person, the full marks of what was shown."""
        return np.asarray(self.shown @ self.maxima, dtype=np.float64)

    @cached_property
    def worth(self) -> float:
        """Full marks of a paper, on average; on parallel papers that of each."""
        return float(self.possible.mean()) if self.persons else float(self.maxima.sum())

    @cached_property
    def sums(self) -> Floats:
        """Each person's marks added up."""
        return np.asarray(self.filled.sum(axis=1), dtype=np.float64)

    @cached_property
    def totals(self) -> Floats:
        """Each person's total, as if all papers were worth the same: sum of marks × worth / possible.

        Where all were shown items of the same worth this is the plain sum.
        """
        return _scaled(self.sums, self.possible, self.worth)

    def rest(self, item: int) -> Floats:
        """For those who were shown this item: their total on the others, on the scale of `totals`. NaN: no others."""
        of = self.shown[:, item]
        sums = self.sums[of] - self.marks[of, item]
        return _scaled(sums, self.possible[of] - self.maxima[item], self.worth - float(self.maxima[item]))

    @cached_property
    def covariances(self) -> Covariances:
        """Covariances (n − 1) of all pairs of items, each over the persons who were shown both; 0 where they are too
        few."""
        shown = self.shown.astype(np.float64)
        counts = shown.T @ shown
        own = np.maximum(np.diag(counts), 1)
        centred = np.where(self.shown, self.marks - self.filled.sum(axis=0) / own, 0.0)
        sums = centred.T @ shown
        products = centred.T @ centred - sums * sums.T / np.maximum(counts, 1)
        values = np.where(counts > 1, products / np.maximum(counts - 1, 1), 0.0)
        return Covariances(values, counts, max(self.persons, 1))


def _scaled(sums: Floats, possible: Floats, worth: float) -> Floats:
    """Sums of marks on papers worth `possible` as if they were worth `worth`; as they are where that is the same."""
    if np.allclose(possible, worth, rtol=1e-12, atol=1e-12):
        return sums
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(possible > 0, sums * (worth / possible), np.nan)


def varies(values: Floats) -> bool:
    """Whether values differ by more than what adding up decimal fractions leaves behind."""
    if values.size < 2:
        return False
    low, high = float(values.min()), float(values.max())
    return high - low > 1e-9 * max(1e-3, abs(low), abs(high))
