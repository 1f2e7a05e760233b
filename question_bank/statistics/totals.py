"""Statistics of a whole test, with the figures and the names of Moodle's quiz statistics report.

Source of what Moodle has: `mod/quiz/report/statistics/classes/calculator.php` of Moodle 4.5.
"""

from dataclasses import dataclass

from question_bank.statistics.figures import Figure, WhyNot, known, unknown
from question_bank.statistics.matrix import Floats, Marks, varies
from question_bank.statistics.reliability import alpha, standard_error


@dataclass(frozen=True, slots=True)
class TotalStatistics:
    """The statistics of the totals, in marks where nothing else is said."""

    persons: int
    mean: Figure
    sd: Figure
    """With n − 1."""
    skewness: Figure
    """G1 = k3 / k2^{3/2}, of the k-statistics below."""
    kurtosis: Figure
    """G2 = k4 / k2², 0 for a normal distribution."""
    alpha: Figure
    cic: Figure
    """Moodle's coefficient of internal consistency: 100 alpha, percent. Moodle shows it from three persons on, we
    from two."""
    error_ratio: Figure
    """Moodle's: 100 √(1 − alpha), percent of the SD that is error. Above 100 where alpha is negative, as Moodle has
    it."""
    standard_error: Figure
    """Moodle's: error ratio × SD / 100."""
    sem: Figure
    """Standard error of measurement: SD √(1 − alpha); the same by another name."""


def total_statistics(data: Marks) -> TotalStatistics:
    """The statistics of the totals of all persons."""
    totals = data.totals
    sd, reliability = _sd(totals), alpha(data)
    error = standard_error(sd, reliability)
    ratio = standard_error(known(100), reliability)
    return TotalStatistics(
        persons=data.persons,
        mean=known(totals.mean()) if totals.size else unknown(WhyNot.NOBODY),
        sd=sd,
        skewness=skewness(totals),
        kurtosis=kurtosis(totals),
        alpha=reliability,
        cic=known(100 * reliability.value) if reliability.value is not None else reliability,
        error_ratio=ratio,
        standard_error=error,
        sem=error,
    )


def _sd(totals: Floats) -> Figure:
    if totals.size < 2:
        return unknown(WhyNot.ONE_PERSON if totals.size else WhyNot.NOBODY)
    return known(totals.std(ddof=1)) if varies(totals) else known(0)


def skewness(totals: Floats) -> Figure:
    """k3 / k2^{3/2} with k2 = n m2 / (n − 1), k3 = n² m3 / ((n − 1)(n − 2)), m the central moments with n.

    Source: Fisher 1930, Proceedings of the London Mathematical Society 30; the same in Moodle, Excel (SKEW) and SPSS.
    """
    n = totals.size
    if n < 3:
        return unknown(WhyNot.FEW_PERSONS)
    if not varies(totals):
        return unknown(WhyNot.SAME_TOTAL)
    m2, m3, _ = _moments(totals)
    return known(n * n * m3 / ((n - 1) * (n - 2)) / (n * m2 / (n - 1)) ** 1.5)


def kurtosis(totals: Floats) -> Figure:
    """k4 / k2² with k4 = n² ((n + 1) m4 − 3 (n − 1) m2²) / ((n − 1)(n − 2)(n − 3)), k2 as for the skewness."""
    n = totals.size
    if n < 4:
        return unknown(WhyNot.FEW_PERSONS)
    if not varies(totals):
        return unknown(WhyNot.SAME_TOTAL)
    m2, _, m4 = _moments(totals)
    k4 = n * n * ((n + 1) * m4 - 3 * (n - 1) * m2 * m2) / ((n - 1) * (n - 2) * (n - 3))
    return known(k4 / (n * m2 / (n - 1)) ** 2)


def _moments(totals: Floats) -> tuple[float, float, float]:
    """The central moments m2, m3, m4, divided by n."""
    away = totals - totals.mean()
    return float((away**2).mean()), float((away**3).mean()), float((away**4).mean())
