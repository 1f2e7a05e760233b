"""How reliable a total is: alpha, alpha by parts, KR-21."""

from collections.abc import Sequence

import numpy as np

from question_bank.statistics.figures import Figure, WhyNot, known, unknown
from question_bank.statistics.matrix import Bools, Covariances, Floats, Marks, varies


def alpha(data: Marks) -> Figure:
    """Cronbach's alpha: k / (k − 1) × (1 − Σ s²_i / s²_X), variances with n − 1; KR-20 where marks are 0 or 1.

    Source: Cronbach 1951, Psychometrika 16, p. 297–334. Where persons were shown different items it is that of the
    paper an average person was shown (`Covariances.expected`), so that it doesn't fall with the size of the bank.
    """
    return _alpha(data, data.covariances, np.ones(data.items, dtype=np.bool_))


def alpha_if_deleted(data: Marks) -> list[Figure]:
    """For each item: alpha of the others."""
    spread = data.covariances
    everything = np.ones(data.items, dtype=np.bool_)
    found = []
    for item in range(data.items):
        others = everything.copy()
        others[item] = False
        found.append(_alpha(data, spread, others))
    return found


def stratified_alpha(data: Marks, parts: Sequence[str]) -> Figure:
    """Reliability of a total of several parts, such as kinds of questions: 1 − Σ s²_p (1 − alpha_p) / s²_X.

    `parts` names the part of each item; s²_p is the variance of the sum of a part. Source: Cronbach, Schönemann &
    McKie 1965, Educational and Psychological Measurement 25, p. 291–312. Alpha alone is too low where parts measure
    unlike things.
    """
    spread = data.covariances
    everything = np.ones(data.items, dtype=np.bool_)
    whole = _alpha(data, spread, everything)
    if whole.value is None:
        return whole
    _, variances, pairs = spread.expected(everything)
    error = 0.0
    for part in sorted(set(parts)):
        items = np.array([one == part for one in parts], dtype=np.bool_)
        own = _alpha(data, spread, items)
        _, own_variances, own_pairs = spread.expected(items)
        if own.value is not None:
            error += (own_variances + own_pairs) * (1 - own.value)
        elif own.why_not is not WhyNot.SAME_TOTAL:  # such a part adds no variance, and so no error
            return unknown(WhyNot.ONE_ITEM_IN_PART) if own.why_not is WhyNot.ONE_ITEM else own
    return known(1 - error / (variances + pairs))


def _alpha(data: Marks, spread: Covariances, items: Bools) -> Figure:
    if not data.persons:
        return unknown(WhyNot.NOBODY)
    length, variances, pairs = spread.expected(items)
    if int(items.sum()) < 2 or length <= 1:
        return unknown(WhyNot.ONE_ITEM)
    if data.persons < 2:
        return unknown(WhyNot.ONE_PERSON)
    if not (spread.persons[np.ix_(items, items)][~np.eye(int(items.sum()), dtype=np.bool_)] > 1).any():
        return unknown(WhyNot.NEVER_TOGETHER)
    # What rounding leaves of a variance of 0 isn't one.
    if variances + pairs <= max(1e-10 * variances, 1e-18 * float(data.maxima.max()) ** 2):
        return unknown(WhyNot.SAME_TOTAL)
    found = length / (length - 1) * pairs / (variances + pairs)
    # Covariances of different persons can contradict each other.
    return known(min(found, 1.0)) if data.complete or found <= 1 else unknown(WhyNot.NEVER_TOGETHER)


def kr21(totals: Floats, length: int) -> Figure:
    """KR-21 of totals from 0 to `length`: n / (n − 1) × (1 − m (n − m) / (n s²)), s² with n.

    Source: Kuder & Richardson 1937, Psychometrika 2, p. 151–160, eq. 21. It takes all items for equally hard, so that
    it is at most KR-20. The variance is that with n because the beta-binomial is fitted by the moments of these very
    persons.
    """
    if totals.size < 2:
        return unknown(WhyNot.ONE_PERSON if totals.size else WhyNot.NOBODY)
    if length < 2:
        return unknown(WhyNot.ONE_ITEM)
    if not varies(totals):
        return unknown(WhyNot.SAME_TOTAL)
    mean, variance = float(totals.mean()), float(totals.var())
    return known(length / (length - 1) * (1 - mean * (length - mean) / (length * variance)))


def standard_error(sd: Figure, reliability: Figure) -> Figure:
    """Standard error of measurement in marks: s_X √(1 − reliability). Source: Lord & Novick 1968, Statistical
    Theories of Mental Test Scores, ch. 3.

    Below a reliability of 0 it exceeds the SD, and Moodle shows it so.
    """
    if sd.value is None:
        return sd
    if reliability.value is None:
        return reliability
    return known(sd.value * float(np.sqrt(max(0.0, 1 - reliability.value))))


def binomial_error(share: float, length: float, maximum: float) -> float:
    """The standard error of measurement where the true score is this share of the maximum, in marks of the maximum.

    maximum × √(τ (1 − τ) / n), the binomial error model. Source: Lord 1957, Educational and Psychological Measurement
    17, p. 510-521; with the effective test length of Livingston & Lewis 1995 for n it agrees with the reliability.
    """
    return maximum * float(np.sqrt(share * (1 - share) / length))
