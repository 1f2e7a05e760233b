"""Pairs of persons whose answers are more alike than chance lets them be: a triage, never a verdict.

Two persons who both know the answer are alike for the best of reasons, so only shared wrong choices, and shared
wordings of short answers (`grouping.wordings`), count; and the rarer they are, the more: S_ab = Σ −ln (share of those
shown the item who gave that answer), over the items on which both gave it. Source: the idea of counting identical wrong
answers is Bird 1927, School and Society 25; of weighing them by their rarity, Frary, Tideman & Watts 1977, Journal of
Educational Statistics 2.

What chance gives is asked of the data: the answers to each item, wordings as well, are dealt out anew among persons of
like totals, so that weak ones stay as alike as weak ones are, and pairs are counted again.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from question_bank.statistics.matrix import Floats, Ints

LEAST_IN_ONE = 10
"""Persons among whom answers are dealt out anew: few enough to be alike in ability, enough to mix."""
DEALS = 20
"""How often answers are dealt out anew."""
MOST_PAIRS = 50
MOST_PERSONS = 600
"""Persons compared at a time: 180,000 pairs, in about two seconds."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two persons by their places, the score S_ab, and the items on which they gave the same telling answer."""

    one: int
    other: int
    score: float
    items: tuple[int, ...]
    by_chance: float
    """So many pairs with this score or more does chance give, on average of the deals."""


def pairs(
    answers: Sequence[Mapping[int, Hashable]],
    shown: Sequence[set[int]],
    totals: Sequence[float],
    lifts: Mapping[tuple[int, int], float] = MappingProxyType({}),
) -> list[Pair]:
    """The pairs most alike, at most `MOST_PAIRS`, the most alike first.

    `answers` has for each person, by item, the telling answers only: wrong choices and wordings; `shown` the items each
    person was shown. Chance is the same each time: the deals are those of one seed.

    `lifts` puts a pair (the lower place first) higher by so much than its score does, for what isn't an answer; what
    chance gives is of the score alone, and a pair without a shared answer is never among them.
    """
    persons = len(answers)
    if persons < 2:
        return []
    codes, weights, items = _codes(answers, shown)
    if not weights.size:
        return []
    scores = _scores(codes, weights)
    firsts, seconds = np.triu_indices(persons, 1)
    order = np.argsort(-_lifted(scores, persons, lifts), kind="stable")[:MOST_PAIRS]
    chance = _chance(codes, weights, items, shown, _strata(totals), scores[order])
    return [
        Pair(int(firsts[at]), int(seconds[at]), float(scores[at]), _shared(answers, firsts[at], seconds[at]), expected)
        for at, expected in zip(order, chance, strict=True)
        if scores[at] > 0
    ]


def _lifted(scores: Floats, persons: int, lifts: Mapping[tuple[int, int], float]) -> Floats:
    lifted = scores.copy()
    for (one, other), lift in lifts.items():
        place = one * (2 * persons - one - 1) // 2 + other - one - 1  # in the order of the upper triangle
        lifted[place] += lift if scores[place] > 0 else 0.0
    return lifted


def _strata(totals: Sequence[float]) -> Ints:
    """Persons of like totals, by rank, `LEAST_IN_ONE` or a few more together.

    Those of equal totals may be parted, and nobody stays alone: two who copied would else be dealt each other's
    answers.
    """
    count = max(1, len(totals) // LEAST_IN_ONE)
    ranks = np.argsort(np.argsort(np.asarray(totals, dtype=np.float64), kind="stable"), kind="stable")
    return np.asarray(ranks * count // max(len(totals), 1), dtype=np.int64)


def _codes(answers: Sequence[Mapping[int, Hashable]], shown: Sequence[set[int]]) -> tuple[Floats, Floats, Ints]:
    """Who gave which telling answer (persons × answers), what each weighs, and of which item it is."""
    gave = Counter(answer for given in answers for answer in given.items())
    # What one person alone said is shared by nobody, however it is dealt.
    columns = {answer: place for place, answer in enumerate(one for one, count in gave.items() if count > 1)}
    codes = np.zeros((len(answers), len(columns)))
    for person, given in enumerate(answers):
        for answer in given.items():
            if answer in columns:
                codes[person, columns[answer]] = 1.0
    asked: dict[int, int] = {}
    for own in shown:
        for item in own:
            asked[item] = asked.get(item, 0) + 1
    items = np.array([item for item, _ in columns], dtype=np.int64)
    most = np.array([max(asked.get(item, 1), 1) for item, _ in columns], dtype=np.float64)
    return codes, -np.log(np.minimum(codes.sum(axis=0) / most, 1.0)), items


def _scores(codes: Floats, weights: Floats) -> Floats:
    """S_ab of all pairs, in the order of the upper triangle."""
    return np.asarray(((codes * weights) @ codes.T)[np.triu_indices(len(codes), 1)], dtype=np.float64)


def _shared(answers: Sequence[Mapping[int, Hashable]], one: int, other: int) -> tuple[int, ...]:
    return tuple(item for item, answer in answers[one].items() if answers[other].get(item) == answer)


def _chance(
    codes: Floats, weights: Floats, items: Ints, shown: Sequence[set[int]], strata: Ints, found: Floats
) -> list[float]:
    """For each score found, how many pairs reach it after dealing anew, on average."""
    chance = np.random.default_rng(1)
    by_stratum = np.argsort(strata, kind="stable")
    asked = {
        int(item): np.array([p for p in by_stratum if item in shown[p]], dtype=np.int64) for item in np.unique(items)
    }
    reached = np.zeros(len(found))
    for _ in range(DEALS):
        dealt = codes.copy()
        for item, persons in asked.items():
            columns = np.flatnonzero(items == item)
            others = persons[np.lexsort((chance.random(len(persons)), strata[persons]))]
            dealt[np.ix_(persons, columns)] = codes[np.ix_(others, columns)]
        scores = np.sort(_scores(dealt, weights))
        reached += len(scores) - np.searchsorted(scores, found - 1e-9)
    return [float(one) for one in reached / DEALS]
