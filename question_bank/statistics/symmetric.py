"""Elementary symmetric functions of the Rasch model, and what the conditional likelihood needs of them.

γ_r, the sum over all ways to get r of the items right of the products of e^{−β_i}, overflows for long tests. Divided
by Π (1 + e^{−β_i}) it is the probability of r right answers of independent items with p_i = 1 / (1 + e^{β_i}), whose
recursion only adds positive numbers up to 1: nothing cancels, nothing overflows. What is conditional on r stays the
same. Source: the summation algorithm of Andersen 1972, JRSS B 34; its stability: Verhelst, Glas & van der Sluis 1984,
Computational Statistics Quarterly 1.
"""

from collections.abc import Iterator

import numpy as np

from question_bank.statistics.matrix import Floats, Ints

AT_ONCE = 4_000_000
"""Numbers held at a time while working in batches: 32 MB."""


def expectations(chances: Floats, scores: Ints) -> tuple[Floats, Floats]:
    """For each row, the chance of each item to be right given that `scores` items are, and ln P(score).

    `chances` are p_i per row (0 for an item that isn't there); π_i = P(x_i = 1 | score). By going forward over the
    items and back again: O(items × scores) a row, without subtracting anywhere.
    """
    given, logs = np.empty_like(chances), np.empty(len(scores))
    for rows in _batches(len(scores), chances.shape[1] * (chances.shape[1] + 1)):
        given[rows], logs[rows] = _expectations(chances[rows], scores[rows])
    return given, logs


def _expectations(chances: Floats, scores: Ints) -> tuple[Floats, Floats]:
    rows, items = chances.shape
    forward = np.zeros((items + 1, rows, items + 1))
    forward[0, :, 0] = 1.0
    for item in range(items):
        p = chances[:, item, None]
        forward[item + 1] = forward[item] * (1 - p)
        forward[item + 1, :, 1:] += forward[item, :, :-1] * p
    reached = forward[items][np.arange(rows), scores]
    # back[s]: the chance to end at the score, having s right among the items before this one.
    back = np.zeros((rows, items + 1))
    back[np.arange(rows), scores] = 1.0
    given = np.empty_like(chances)
    for item in range(items - 1, -1, -1):
        p = chances[:, item, None]
        given[:, item] = p[:, 0] * (forward[item, :, :-1] * back[:, 1:]).sum(axis=1) / reached
        step = back * (1 - p)
        step[:, :-1] += back[:, 1:] * p
        back = step
    return given, np.log(reached)


def pair_expectations(chances: Floats, weights: Floats) -> Floats:
    """For each row, Σ_r w_r P(x_i = 1, x_j = 1, r) / P(r) for all pairs i ≠ j; on the diagonal that of x_i = 1.

    `weights` has w_r = persons with r right, per row. O(items³) a row: forward with each item in turn held right.
    """
    rows, items = chances.shape
    found = np.empty((rows, items, items))
    for part in _batches(rows, items * items * (items + 1)):
        found[part] = _pairs(chances[part], weights[part])
    return found


def _pairs(chances: Floats, weights: Floats) -> Floats:
    rows, items = chances.shape
    own = np.arange(items)
    forward = np.zeros((items + 1, rows, items, items + 1))  # third: the item held right
    forward[0, :, :, 0] = 1.0
    reached = np.zeros((rows, items + 1))
    reached[:, 0] = 1.0
    for item in range(items):
        p = np.repeat(chances[:, item, None, None], items, axis=1)
        q = 1 - p
        q[:, item] = 0.0
        forward[item + 1] = forward[item] * q
        forward[item + 1, :, :, 1:] += forward[item, :, :, :-1] * p
        plain = chances[:, item, None]
        reached = reached * (1 - plain) + np.pad(reached[:, :-1] * plain, ((0, 0), (1, 0)))
    with np.errstate(divide="ignore", invalid="ignore"):
        goal = np.where(weights > 0, weights / reached, 0.0)
    back = np.repeat(goal[:, None, :], items, axis=1)
    found = np.empty((rows, items, items))
    for item in range(items - 1, -1, -1):
        p = np.repeat(chances[:, item, None, None], items, axis=1)
        q = 1 - p
        q[:, item] = 0.0
        found[:, :, item] = p[:, :, 0] * (forward[item, :, :, :-1] * back[:, :, 1:]).sum(axis=2)
        step = back * q
        step[:, :, :-1] += back[:, :, 1:] * p
        back = step
    found[:, own, own] = np.einsum("rii->ri", found)
    return found


def _batches(rows: int, size: int) -> Iterator[slice]:
    """Slices of rows, each of which needs `size` numbers, that fit into memory together."""
    step = max(1, AT_ONCE // max(size, 1))
    for start in range(0, rows, step):
        yield slice(start, start + step)
