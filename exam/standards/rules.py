"""The Angoff method: what a panel's judgements say of questions, of papers, and of the pass mark.

Each judge says of each question how many of 100 just-good-enough newcomers get it right (of a question with partial
credit: what share of its points they earn on average). Source: Angoff 1971, Scales, norms, and equivalent scores, in
Thorndike (ed.), Educational Measurement, 2nd ed., p. 515; with two rounds, the panel's spread shown between them:
Hambleton & Pitoniak 2006, Setting performance standards, in Brennan (ed.), Educational Measurement, 4th ed., ch. 12.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import sqrt

from exam.papers.rules import BlueprintLine
from question_bank.items import Kind

OF = 100
"""Newcomers that a judge thinks of."""
FEW_JUDGES = 10
"""Below so many judges the error across judges is itself hardly known, and the page says so.

Source: Brandon 2004, Applied Measurement in Education 17, p. 59-88: at least 10, better 15 to 20.
"""


class Stage(StrEnum):
    """Where a panel stands."""

    FIRST = "first"
    SECOND = "second"
    FINISHED = "finished"
    DROPPED = "dropped"


OPEN = (Stage.FIRST, Stage.SECOND)
ROUND = {Stage.FIRST: 1, Stage.SECOND: 2}


class Scope(StrEnum):
    """Which questions a panel judges."""

    PAPERS = "papers"
    """Those of the parallel papers that are given out now."""
    BANK = "bank"
    """All that the blueprint may draw."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that a panel judges, as far as a blueprint cares."""

    topic: int
    kind: Kind
    difficulty: int


Judgements = Mapping[int, Mapping[int, int]]
"""By judge and question what they said, 0 to 100."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What a panel said of one question, in ascending order."""

    values: tuple[int, ...]

    @property
    def lowest(self) -> int:
        """The least of them."""
        return self.values[0]

    @property
    def highest(self) -> int:
        """The greatest of them."""
        return self.values[-1]

    @property
    def median(self) -> Fraction:
        """The middle one, or the mean of the two in the middle."""
        middle = len(self.values) // 2
        return Fraction(self.values[middle] + self.values[~middle], 2)

    @property
    def mean(self) -> Fraction:
        """Their mean, exactly."""
        return Fraction(sum(self.values), len(self.values))


def spreads(said: Judgements) -> dict[int, Spread]:
    """What the panel said of each question that anybody judged."""
    by_question: dict[int, list[int]] = {}
    for own in said.values():
        for question, value in own.items():
            by_question.setdefault(question, []).append(value)
    return {question: Spread(tuple(sorted(values))) for question, values in by_question.items()}


def complete(said: Judgements, questions: Iterable[int]) -> dict[int, Mapping[int, int]]:
    """The judges who have judged every question; the others can't count, for their sums would lack something."""
    wanted = set(questions)
    return {judge: own for judge, own in said.items() if wanted <= own.keys()}


@dataclass(frozen=True, slots=True)
class Weights:
    """How much of a paper each question is, adding up to 1; `squares` is the sum of a paper's squared shares."""

    of: Mapping[int, Fraction]
    squares: Fraction


def paper_weights(points: Mapping[int, Fraction]) -> Weights:
    """The weights of one paper whose questions are worth so many points."""
    whole = sum(points.values(), Fraction())
    of = {question: worth / whole for question, worth in points.items()}
    return Weights(of, sum((share * share for share in of.values()), Fraction()))


def blueprint_weights(rows: Sequence[BlueprintLine], asked: Mapping[int, Asked]) -> Weights | None:
    """The weights of a paper as the blueprint draws it: a row's questions share its points evenly.

    None where a row has no question that was judged, or there is no row.
    """
    whole = sum((row.worth for row in rows), Fraction())
    of: dict[int, Fraction] = {}
    squares = Fraction()
    for row in rows:
        fitting = [question for question, one in asked.items() if _fits(row, one)]
        if not fitting:
            return None
        for question in fitting:
            of[question] = of.get(question, Fraction()) + row.worth / whole / len(fitting)
        squares += row.count * (row.points / whole) ** 2
    return Weights(of, squares) if of else None


def _fits(row: BlueprintLine, one: Asked) -> bool:
    return (row.topic, row.kind) == (one.topic, one.kind) and row.difficulty in (None, one.difficulty)


@dataclass(frozen=True, slots=True)
class Implied:
    """The passing score that a panel implies, in percent of a paper, and how surely. Errors are in percent too."""

    percent: Fraction
    judges: int
    questions: int
    judge_error: float | None
    """Across judges, the questions taken as they are; None with one judge."""
    whole_error: float | None
    """Across judges and questions; None with one judge or one question."""


def implied(said: Judgements, weights: Weights) -> Implied | None:
    """The passing score of a paper: the mean over judges of their Σ w_i p_i, w the weights, p in percent.

    `said` has complete judges only (`complete`); None without any.

    Across judges: s / √n_j, s the standard deviation (n − 1) of the judges' own scores, n_j their number. Source:
    Hambleton & Pitoniak 2006 (above). Across judges and questions, both seen as samples: the square root of
    that squared + σ²(i) Σ w_i². σ²(i) = (MS_i − MS_ji) / n_j, not below 0, from the two-way table of all judges and
    questions. With equal weights this is (MS_j + MS_i − MS_ji) / (n_i n_j), the error variance of Brennan & Lockwood
    1980, Applied Psychological Measurement 4, p. 219-240. It is an upper bound where papers are balanced against each
    other, for then their questions aren't drawn by chance alone.
    """
    if not said:
        return None
    own = [sum((w * judge[question] for question, w in weights.of.items()), Fraction()) for judge in said.values()]
    mean = sum(own, Fraction()) / len(own)
    error = _error_of_mean(own, mean)
    between = _variance_of_questions(said, sorted(weights.of))
    whole = None if error is None or between is None else sqrt(error**2 + between * float(weights.squares))
    return Implied(mean, len(own), len(weights.of), error, whole)


def _error_of_mean(own: Sequence[Fraction], mean: Fraction) -> float | None:
    if len(own) < 2:
        return None
    variance = sum(((one - mean) ** 2 for one in own), Fraction()) / (len(own) - 1)
    return sqrt(variance / len(own))


def _variance_of_questions(said: Judgements, questions: Sequence[int]) -> float | None:
    """σ²(i) of the two-way table without repetition; None where it takes more judges or questions."""
    judges, items = len(said), len(questions)
    if judges < 2 or items < 2:
        return None
    rows = [[judge[question] for question in questions] for judge in said.values()]
    grand = Fraction(sum(map(sum, rows)), judges * items)
    of_judges = [Fraction(sum(row), items) for row in rows]
    of_items = [Fraction(sum(row[at] for row in rows), judges) for at in range(items)]
    ms_items = judges * sum(((one - grand) ** 2 for one in of_items), Fraction()) / (items - 1)
    left = sum(
        (
            (rows[j][i] - of_judges[j] - of_items[i] + grand) ** 2
            for j in range(judges)
            for i in range(items)
        ),
        Fraction(),
    )  # fmt: skip
    ms_left = left / ((judges - 1) * (items - 1))
    return max(0.0, float((ms_items - ms_left) / judges))


class Verdict(StrEnum):
    """How the pass mark lies beside what the panel implies."""

    NEAR = "near"
    """Within two standard errors."""
    ABOVE = "above"
    BELOW = "below"
    UNKNOWN = "unknown"
    """One judge: no error is known."""


def verdict(found: Implied, pass_percent: int) -> Verdict:
    """Whether the pass mark lies within two standard errors of the implied score, the greater error that is known."""
    error = found.whole_error if found.whole_error is not None else found.judge_error
    if error is None:
        return Verdict.UNKNOWN
    away = float(pass_percent - found.percent)
    if abs(away) <= 2 * error:
        return Verdict.NEAR
    return Verdict.ABOVE if away > 0 else Verdict.BELOW


def may_lead(person_id: int, opened_by: int, opener_active: bool) -> bool:
    """Whether somebody may close rounds: who opened it, or any trainer once that person has left."""
    return person_id == opened_by or not opener_active
