"""Classical statistics of each item, with the figures and the names of Moodle's quiz statistics report.

Source of what Moodle has: https://docs.moodle.org/dev/Quiz_statistics_calculations and `question/classes/statistics/
questions/calculator.php` of Moodle 4.5. Over the persons who were shown the item: x is their mark on it, y their
total on the other items, t on all; sums of squares and products are divided by n − 1.
"""

from dataclasses import dataclass

import numpy as np

from question_bank.statistics.figures import Figure, WhyNot, known, unknown
from question_bank.statistics.matrix import Floats, Marks, varies
from question_bank.statistics.reliability import alpha_if_deleted


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """The statistics of one item over `persons`, those who were shown it."""

    persons: int
    facility: Figure
    """Mean of x / full mark, from 0 to 1."""
    sd: Figure
    """√s²_x in marks."""
    discrimination_index: Figure
    """Moodle's: 100 s_xy / √(s²_x s²_y) percent; 100 times `item_rest`."""
    discriminative_efficiency: Figure
    """Moodle's: 100 s_xy / s_max percent, s_max being the covariance after sorting both x and y: the most it could
    be."""
    item_rest: Figure
    """Correlation of x with y, corrected for the item being part of the total (Henrysson 1963, Psychometrika 28)."""
    point_biserial: Figure
    """Correlation of x with t, the item included (Lord & Novick 1968, ch. 15)."""
    alpha_if_deleted: Figure
    """Alpha of the other items."""
    effective_weight: Figure
    """Moodle's: 100 √s_xt / Σ √s_xt percent, items that go against the total left out."""
    intended_weight: Figure
    """Moodle's: 100 × full mark / sum of full marks, percent."""


def item_statistics(data: Marks) -> list[ItemStatistics]:
    """The statistics of all items, in their order."""
    deleted = alpha_if_deleted(data)
    weights = _effective_weights(data)
    return [_item(data, item, deleted[item], weights[item]) for item in range(data.items)]


def facility(data: Marks, item: int) -> Figure:
    """Mean of the marks on an item / full mark, over those who were shown it: 0 to 1."""
    return _facility(data.marks[data.shown[:, item], item], float(data.maxima[item]))


def item_rest(data: Marks, item: int) -> Figure:
    """Correlation of the marks on an item with the total on the others."""
    return _correlation(data.marks[data.shown[:, item], item], data.rest(item), WhyNot.SAME_REST)


def _item(data: Marks, item: int, deleted: Figure, weight: Figure) -> ItemStatistics:
    of = data.shown[:, item]
    own, rest = data.marks[of, item], data.rest(item)
    full = float(data.maxima[item])
    correlation = _correlation(own, rest, WhyNot.SAME_REST)
    return ItemStatistics(
        persons=int(of.sum()),
        facility=_facility(own, full),
        sd=known(own.std(ddof=1)) if own.size > 1 else _too_few(own),
        discrimination_index=known(100 * correlation.value) if correlation.value is not None else correlation,
        discriminative_efficiency=_efficiency(own, rest),
        item_rest=correlation,
        point_biserial=_correlation(own, data.totals[of], WhyNot.SAME_TOTAL),
        alpha_if_deleted=deleted,
        effective_weight=weight,
        intended_weight=known(100 * full / data.worth) if data.worth else unknown(WhyNot.NO_MAXIMUM),
    )


def _too_few(values: Floats) -> Figure:
    return unknown(WhyNot.ONE_PERSON if values.size else WhyNot.NOBODY)


def _facility(own: Floats, full: float) -> Figure:
    if not own.size:
        return unknown(WhyNot.NOBODY)
    return known(float(own.mean()) / full) if full else unknown(WhyNot.NO_MAXIMUM)


def _correlation(own: Floats, other: Floats, same: WhyNot) -> Figure:
    """Pearson's correlation; persons without `other` are left out."""
    pairs = ~np.isnan(other)
    own, other = own[pairs], other[pairs]
    if own.size < 2:
        return _too_few(own)
    if not varies(own):
        return unknown(WhyNot.SAME_MARK)
    if not varies(other):
        return unknown(same)
    own, other = own - own.mean(), other - other.mean()
    return known(float(own @ other / np.sqrt((own @ own) * (other @ other))))


def _efficiency(own: Floats, rest: Floats) -> Figure:
    pairs = ~np.isnan(rest)
    own, rest = own[pairs], rest[pairs]
    if own.size < 2:
        return _too_few(own)
    if not varies(own):
        return unknown(WhyNot.SAME_MARK)
    if not varies(rest):
        return unknown(WhyNot.SAME_REST)
    own, rest = own - own.mean(), rest - rest.mean()
    return known(100 * float((own @ rest) / (np.sort(own) @ np.sort(rest))))


def _effective_weights(data: Marks) -> list[Figure]:
    """Where papers differ, an item's share is that among the persons who were shown it."""
    found: list[float | WhyNot] = []
    for item in range(data.items):
        of = data.shown[:, item]
        own, totals = data.marks[of, item], data.totals[of]
        if own.size < 2:
            found.append(WhyNot.ONE_PERSON if own.size else WhyNot.NOBODY)
            continue
        if not (varies(own) and varies(totals)):
            found.append(0.0)
            continue
        x, t = own - own.mean(), totals - totals.mean()
        # What rounding leaves of a 0 is a 0, and neither a weight nor against the total.
        least = 1e-12 * float(np.sqrt((x @ x) * (t @ t)))
        product = float(x @ t)
        found.append(
            WhyNot.NEGATIVE_WITH_TOTAL if product < -least else product / (own.size - 1) if product > least else 0.0
        )
    roots = [0.0 if isinstance(one, WhyNot) else float(np.sqrt(one)) for one in found]
    shares = data.shown.sum(axis=0) / max(data.persons, 1)
    # Of the paper an average person was shown, as the intended weights are.
    whole = sum(root * share for root, share in zip(roots, shares, strict=True))
    return [
        unknown(one) if isinstance(one, WhyNot) else known(100 * root / whole) if whole else unknown(WhyNot.SAME_TOTAL)
        for one, root in zip(found, roots, strict=True)
    ]
