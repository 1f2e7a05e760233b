"""The Rasch model by conditional maximum likelihood: how hard each item is, whoever the persons were, and how it fits.

P(x_vi = 1) = e^{θ_v − β_i} / (1 + e^{θ_v − β_i}). Given how many items a person got right, the chance of which
doesn't depend on θ_v; the product of these chances over the persons is maximised over β with Σ β = 0. Persons may
have been shown different items: each counts within the items they were shown. Source: Andersen 1970, JRSS B 32;
Fischer & Molenaar 1995, Rasch Models, ch. 3; Molenaar, ibid., for missing by design.
"""

from dataclasses import dataclass

import numpy as np

from question_bank.statistics.figures import Figure, WhyNot, known, unknown
from question_bank.statistics.matrix import Bools, Floats, Ints, Marks
from question_bank.statistics.symmetric import expectations, pair_expectations

MOST_STEPS = 200
SETTLED = 1e-9
"""The largest step of a difficulty at which the estimation ends."""
EXACT = 60_000_000
"""Steps that an exact information matrix may take; above, its close approximation gives the standard errors."""


@dataclass(frozen=True, slots=True)
class RaschItem:
    """One item: how hard it is in logits, above 0 harder than the others together, and how well it fits."""

    difficulty: Figure
    se: Figure
    """Standard error, from the inverse of the information of the conditional likelihood."""
    infit: Figure
    """Weighted mean square of residuals, 1 expected: Σ (x − π)² / Σ π (1 − π) over persons with neither all nor
    nothing right. π is the chance given the person's score, so that no person has to be estimated: Christensen &
    Kreiner 2013, in Rasch Models in Health, ch. 5; Müller 2020, Journal of Statistical Distributions and Applications
    7:5."""
    outfit: Figure
    """The same unweighted: the mean of (x − π)² / (π (1 − π))."""


@dataclass(frozen=True, eq=False)
class _Units:
    """Persons with the same items and the same score, of which neither all nor none: they count together."""

    items: Ints
    """The numbers of their items, filled up to the length of the longest paper."""
    shown: Bools
    """Which of these are items they were shown, and not filled up."""
    scores: Ints
    persons: Floats
    right: Floats
    """For each of their items, how many of them got it right."""
    count: int
    """How many items there are in all."""

    def added(self, values: Floats) -> Floats:
        """Values of each unit's items, added up by item."""
        found = np.zeros(self.count)
        np.add.at(found, self.items[self.shown], values[self.shown])
        return found

    def chances(self, difficulties: Floats) -> Floats:
        """The chance of each item, for a person of ability 0, to be right; 0 where there is none."""
        return np.where(self.shown, 1 / (1 + np.exp(np.clip(difficulties[self.items], -30, 30))), 0.0)


def rasch(data: Marks) -> list[RaschItem]:
    """Estimate all items, in their order; those that can't be say why.

    An item takes part if each mark on it is 0 or the full one, somebody got it right and somebody wrong, and the data
    connect it: from each item to each other leads a chain of persons who got the one right and the next wrong (Fischer
    1981, Psychometrika 46). If they do so for most of the items only, these are estimated.
    """
    found: list[RaschItem | None] = [None] * data.items
    right = _right(data)
    binary = ~((right != 0) & (right != 1) & ~np.isnan(right)).any(axis=0)
    for item in range(data.items):
        why = _unfit(right[:, item], bool(binary[item]))
        if why:
            found[item] = _without(why)
    rest = np.array([item for item in range(data.items) if found[item] is None], dtype=np.int64)
    if len(rest) < 2:
        return [one or _without(WhyNot.ONE_ITEM) for one in found]
    together = _connected(right[:, rest])
    fitted = _estimate(right[:, rest[together]]) if together.any() else []
    for item, estimate in zip(rest[together], fitted, strict=True):
        found[item] = estimate
    return [one or _without(WhyNot.DISCONNECTED) for one in found]


def _right(data: Marks) -> Floats:
    """1 for the full mark, 0 for none, a half for anything between, NaN for what wasn't shown."""
    marks, full = data.marks, data.maxima
    return np.select([np.isnan(marks), marks == 0, (marks == full) & (full > 0)], [np.nan, 0.0, 1.0], 0.5)


def _unfit(right: Floats, binary: bool) -> WhyNot | None:
    known_marks = right[~np.isnan(right)]
    if not known_marks.size:
        return WhyNot.NOBODY
    if not binary:
        return WhyNot.BETWEEN_MARKS
    if known_marks.all():
        return WhyNot.ALL_RIGHT
    return None if known_marks.any() else WhyNot.ALL_WRONG


def _without(why_not: WhyNot) -> RaschItem:
    nothing = unknown(why_not)
    return RaschItem(nothing, nothing, nothing, nothing)


def _connected(right: Floats) -> Bools:
    """The largest set of items connected in both directions, if it has more than half of them; else none."""
    beats = (np.nan_to_num(right, nan=0.0).T @ (1 - np.nan_to_num(right, nan=1.0))) > 0
    left, best = np.ones(len(beats), dtype=np.bool_), np.zeros(len(beats), dtype=np.bool_)
    while left.any():
        item = int(np.flatnonzero(left)[0])
        component = _reached(beats, item) & _reached(beats.T, item)
        if component.sum() > best.sum():
            best = component
        left &= ~component
    return best if best.sum() >= 2 and 2 * best.sum() > len(best) else np.zeros(len(best), dtype=np.bool_)


def _reached(beats: Bools, item: int) -> Bools:
    seen = np.zeros(len(beats), dtype=np.bool_)
    seen[item] = True
    edge = seen
    while edge.any():
        edge = beats[edge].any(axis=0) & ~seen
        seen = seen | edge
    return seen


def _estimate(right: Floats) -> list[RaschItem]:
    units = _units(right)
    difficulties = _difficulties(units)
    if difficulties is None:
        return [_without(WhyNot.NOT_CONVERGED)] * right.shape[1]
    given, _ = expectations(units.chances(difficulties), units.scores)
    errors = _errors(_information(units, difficulties, given))
    infits, outfits = _fits(units, given)
    return [
        RaschItem(known(one), known(error), infit, outfit)
        for one, error, infit, outfit in zip(difficulties, errors, infits, outfits, strict=True)
    ]


def _units(right: Floats) -> _Units:
    shown = ~np.isnan(right)
    answers = np.nan_to_num(right, nan=0.0)
    scores = answers.sum(axis=1).astype(np.int64)
    telling = (scores > 0) & (scores < shown.sum(axis=1))
    shown, answers, scores = shown[telling], answers[telling], scores[telling]
    keys = np.column_stack([np.packbits(shown, axis=1), scores.astype(">u4").view(np.uint8).reshape(-1, 4)])
    whole = np.ascontiguousarray(keys).view(np.dtype((np.void, keys.shape[1]))).ravel()
    _, first, unit = np.unique(whole, return_index=True, return_inverse=True)
    right_of = np.zeros((len(first), right.shape[1]))
    np.add.at(right_of, unit, answers)
    shown = shown[first]
    items = np.argsort(~shown, axis=1, kind="stable")[:, : int(shown.sum(axis=1).max())]
    return _Units(
        items=items,
        shown=np.take_along_axis(shown, items, axis=1),
        scores=scores[first],
        persons=np.bincount(unit).astype(np.float64),
        right=np.take_along_axis(right_of, items, axis=1),
        count=right.shape[1],
    )


def _difficulties(units: _Units) -> Floats | None:
    """Newton's method with a close approximation of the information, halving steps that go too far; None: no end."""
    right = units.added(units.right)
    share = (right + 0.5) / (units.added(np.repeat(units.persons[:, None], units.items.shape[1], axis=1)) + 1)
    now = -np.log(share / (1 - share))
    now -= now.mean()
    given, likelihood = _look(units, now)
    for _ in range(MOST_STEPS):
        slope = units.added(units.persons[:, None] * given) - right
        step = np.linalg.solve(_anchored(_approximate(units, given)), slope)
        step -= step.mean()
        if np.abs(step).max() < SETTLED:
            return np.asarray(now, dtype=np.float64)
        for _ in range(40):
            given, found = _look(units, now + step)
            if found >= likelihood - 1e-12 * abs(likelihood):
                break
            step = step / 2
        now, likelihood = now + step, found
    return None


def _look(units: _Units, difficulties: Floats) -> tuple[Floats, float]:
    """π of each unit, and the conditional ln likelihood: −Σ β_i s_i − Σ ln γ_r."""
    given, logs = expectations(units.chances(difficulties), units.scores)
    whole = np.where(units.shown, np.logaddexp(0, -difficulties)[units.items], 0.0).sum(axis=1)
    return given, float(-(units.added(units.right) @ difficulties) - units.persons @ (logs + whole))


def _approximate(units: _Units, given: Floats) -> Floats:
    """The information as if, within a score, covariances were those of independent answers held to their sum.

    Per unit v = π (1 − π): k / (k − 1) × (diag v − v v' / Σ v). Exact where all its items are equally hard.
    """
    spread = given * (1 - given)
    count = units.shown.sum(axis=1)
    weight = units.persons * count / (count - 1)
    by_item = _by_item(units, spread)
    found = np.diag(weight @ by_item) - (by_item * (weight / spread.sum(axis=1))[:, None]).T @ by_item
    return np.asarray(found, dtype=np.float64)


def _by_item(units: _Units, values: Floats) -> Floats:
    """Values of each unit's items as a matrix with a column for each item there is."""
    whole = np.zeros((len(values), units.count))
    np.put_along_axis(whole, units.items, np.where(units.shown, values, 0.0), axis=1)
    return whole


def _information(units: _Units, difficulties: Floats, given: Floats) -> Floats:
    """Σ over persons of the covariances of answers given the score: exact, unless that would take too long."""
    patterns, first, pattern = np.unique(units.items * units.shown - ~units.shown, axis=0, return_index=True,
                                         return_inverse=True)  # fmt: skip
    longest = units.items.shape[1]
    if len(patterns) * longest**3 > EXACT:
        return _approximate(units, given)
    weights = np.zeros((len(patterns), longest + 1))
    np.add.at(weights, (pattern.reshape(-1), units.scores), units.persons)
    pairs = pair_expectations(units.chances(difficulties)[first], weights)
    places = units.items[first]
    whole = np.zeros((units.count, units.count))
    np.add.at(whole, (places[:, :, None], places[:, None, :]), pairs)
    by_item = _by_item(units, given)
    return whole - by_item.T @ (by_item * units.persons[:, None])


def _anchored(information: Floats) -> Floats:
    """The information, which says nothing of a shift of all difficulties, with as much said of that as of the rest."""
    return np.asarray(information + np.trace(information) / len(information) ** 2, dtype=np.float64)


def _errors(information: Floats) -> Floats:
    """Standard errors under Σ β = 0: the diagonal of the pseudo-inverse, from the inverse of the anchored matrix."""
    inverse = np.linalg.inv(_anchored(information))
    return np.asarray(np.sqrt(np.maximum(np.diag(inverse) - 1 / np.trace(information), 0)), dtype=np.float64)


def _fits(units: _Units, given: Floats) -> tuple[list[Figure], list[Figure]]:
    """Infit and outfit of each item."""
    spread = given * (1 - given)
    persons = np.where(units.shown, units.persons[:, None], 0.0)
    squares = units.right * (1 - given) ** 2 + (persons - units.right) * given**2
    infit = units.added(squares) / units.added(persons * spread)
    ratios = np.divide(squares, spread, out=np.zeros_like(squares), where=spread > 0)
    outfit = units.added(ratios) / units.added(persons)
    return [known(one) for one in infit], [known(one) for one in outfit]
