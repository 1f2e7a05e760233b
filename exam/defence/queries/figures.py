"""The statistics of the attempts of a period: how reliable their totals are, and how consistent the decisions."""

from collections.abc import Sequence
from dataclasses import dataclass

from exam.defence.rules import ENOUGH, ENOUGH_TO_MEASURE
from question_bank.statistics.decisions import Agreement, huynh, livingston, subkoviak
from question_bank.statistics.figures import Figure
from question_bank.statistics.intervals import alpha_interval, mean_interval
from question_bank.statistics.livingston_lewis import Classification, livingston_lewis
from question_bank.statistics.matrix import Marks
from question_bank.statistics.reliability import binomial_error, stratified_alpha
from question_bank.statistics.totals import TotalStatistics, total_statistics

Interval = tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class AtCut:
    """How the decision at one cut score holds: Livingston & Lewis first, the others as checks."""

    percent: int
    decided: Classification
    livingston: Figure
    subkoviak: Agreement
    huynh: Agreement


@dataclass(frozen=True, slots=True)
class Measured:
    """How the totals of a period measure, on a scale of 100 points."""

    length: float
    """Questions of a paper, on average."""
    right_or_wrong: bool
    """Whether there are no marks between: then alpha is KR-20."""
    totals: TotalStatistics
    mean_interval: Interval
    alpha_interval: Interval
    by_kinds: Figure | None
    """None with one kind."""
    near: tuple[tuple[int, float], ...]
    """By cut score, the standard error of measurement of somebody whose true score is there; empty without alpha."""
    cuts: tuple[AtCut, ...]
    """Empty below `ENOUGH`."""
    together: Classification | None


def measured(data: Marks, kinds: Sequence[str], cuts: Sequence[int]) -> Measured | None:
    """All of it; None below `ENOUGH_TO_MEASURE` attempts. `kinds` names the kind of each column."""
    if data.persons < ENOUGH_TO_MEASURE:
        return None
    totals = total_statistics(data)
    alpha, mean, sd = totals.alpha.value, totals.mean.value, totals.sd.value
    marks = [data.worth * cut / 100 for cut in cuts]
    decided = livingston_lewis(data.totals, totals.alpha, data.worth, marks)
    enough, length = data.persons >= ENOUGH, decided.length.value
    full = data.marks[data.shown] / data.maxima[data.shown.nonzero()[1]]
    return Measured(
        length=data.length,
        right_or_wrong=bool(((full < 1e-9) | (full > 1 - 1e-9)).all()),
        totals=totals,
        mean_interval=None if mean is None or sd is None else mean_interval(mean, sd, data.persons),
        alpha_interval=None if alpha is None else alpha_interval(alpha, data.persons, data.length),
        by_kinds=stratified_alpha(data, kinds) if len(set(kinds)) > 1 else None,
        near=() if length is None else tuple((cut, binomial_error(cut / 100, length, data.worth)) for cut in cuts),
        cuts=tuple(
            AtCut(cut, one, livingston(data, mark), subkoviak(data, mark), huynh(data, mark))
            for cut, mark, one in zip(cuts, marks, decided.at, strict=True)
        )
        if enough
        else (),
        together=decided.together if enough else None,
    )
