"""Within what bounds a figure lies: intervals of reliabilities, shares and means, at 95 in 100."""

from math import exp, lgamma, log, sqrt

LEVEL = 0.95
NORMAL = 1.959963984540054
"""Standard errors either side that hold 95 in 100 of a normal distribution."""
_STEPS = 300
_SMALL = 1e-300


def alpha_interval(alpha: float, persons: int, items: float) -> tuple[float, float] | None:
    """The interval of an alpha: 1 − (1 − alpha) F_{0.975} to 1 − (1 − alpha) F_{0.025}; None for too little of either.

    F with n − 1 and (n − 1)(k − 1) degrees of freedom. Source: Feldt 1965, Psychometrika 30, p. 357-370, for items
    taken as fixed and normal errors; approximate where papers differ, k being the length of one. It may go below 0.
    """
    if persons < 3 or items < 2 or alpha >= 1:
        return None
    one, other = persons - 1.0, (persons - 1.0) * (items - 1.0)
    high, low = f_quantile((1 + LEVEL) / 2, one, other), f_quantile((1 - LEVEL) / 2, one, other)
    return 1 - (1 - alpha) * high, 1 - (1 - alpha) * low


def share_interval(count: int, of: int) -> tuple[float, float] | None:
    """Wilson's interval of a share; None of nobody. Source: Wilson 1927, JASA 22, p. 209-212."""
    if not of:
        return None
    share, z = count / of, NORMAL
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def mean_interval(mean: float, sd: float, persons: int) -> tuple[float, float] | None:
    """Student's interval of a mean; None of less than two. t² with ν degrees of freedom is F with 1 and ν."""
    if persons < 2:
        return None
    half = sqrt(f_quantile(LEVEL, 1, persons - 1)) * sd / sqrt(persons)
    return mean - half, mean + half


def f_quantile(share: float, one: float, other: float) -> float:
    """The value below which `share` of an F distribution lies, with these degrees of freedom; by halving."""
    low, high = 0.0, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        if beta_share(middle, one / 2, other / 2) < share:
            low = middle
        else:
            high = middle
    x = (low + high) / 2
    return other * x / (one * (1 - x))


def beta_share(x: float, a: float, b: float) -> float:
    """The share of a beta distribution below x: the regularised incomplete beta function, by its continued fraction.

    Source: Press, Teukolsky, Vetterling & Flannery 2007, Numerical Recipes, 3rd ed., §6.4 (Lentz's method).
    """
    if not 0 < x < 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        before = found
        for term in (even, odd):
            d, c = 1 / _away(1 + term * d), _away(1 + term / c)
            found *= c * d
        if abs(found - before) < 1e-14 * abs(found):
            break
    return found


def _away(value: float) -> float:
    return value if abs(value) > _SMALL else _SMALL
