"""How much of its points a question is expected to earn, and how long it is expected to take.

Trainers' estimates first, moved towards what candidates really got as attempts come in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from question_bank.items import Kind

SHARE_BY_DIFFICULTY: Mapping[int, Fraction] = {1: Fraction(9, 10), 2: Fraction(4, 5), 3: Fraction(13, 20)}
"""What share of its points a question of each difficulty earns on average, until somebody has estimated or sat it.

A convention, not a finding: middling questions at the usual passing score of 80, easy ones above it, hard ones below.
"""
PRIOR_WEIGHT = 20
"""How many candidates' marks an estimate is worth: with as many, estimate and data count alike."""
SECONDS: Mapping[Kind, int] = {
    Kind.SINGLE_CHOICE: 60,
    Kind.MULTIPLE_CHOICE: 90,
    Kind.TRUE_FALSE: 30,
    Kind.SHORT_ANSWER: 240,
}
"""How long a candidate needs for a question of a kind, where nobody has said anything else of it."""
SHORTEST_TIME, LONGEST_TIME = 5, 3600
"""Seconds that may be said of a question."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What candidates got for a question: how many have a mark, and the sum of their shares of its worth (0 to 1)."""

    number: int = 0
    shares: Fraction = Fraction()


@dataclass(frozen=True, slots=True)
class Expected:
    """The share of its points that a question is expected to earn, 0 to 1, and the standard error of that."""

    share: Fraction
    error: float


def expected_share(difficulty: int, estimate: Fraction | None = None, marked: Marked | None = None) -> Expected:
    """What a question will probably earn: the trainers' word moved towards the data.

    `estimate` is the share that the trainers expect (from an Angoff round); without one, their difficulty stands for
    it. Beta-binomial shrinkage: with the prior Beta(wm, w(1 - m)) of mean m and weight w = `PRIOR_WEIGHT`, and n marks
    with the sum of shares y, the posterior is Beta(wm + y, w(1 - m) + n - y): mean (wm + y) / (w + n), variance
    mean(1 - mean) / (w + n + 1). Source: Gelman, Carlin, Stern, Dunson, Vehtari and Rubin, Bayesian Data Analysis, 3rd
    ed. 2013, §2.4. Marks between 0 and 1 count as that part of a success, which keeps the mean and, since their
    variance is smaller than a binomial's, makes the error a cautious one.
    """
    prior = SHARE_BY_DIFFICULTY[difficulty] if estimate is None else estimate
    data = marked or Marked()
    weight = PRIOR_WEIGHT + data.number
    share = (PRIOR_WEIGHT * prior + data.shares) / weight
    return Expected(share, sqrt(share * (1 - share) / (weight + 1)))


def expected_seconds(kind: Kind, said: int | None) -> int:
    """How long a question takes: what was said of it, else what its kind usually takes."""
    return SECONDS[kind] if said is None else said
