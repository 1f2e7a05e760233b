"""How figures are said in the file: with their interval, or why there is none."""

from datetime import datetime
from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import pgettext

from exam.defence.queries import Interval
from exam.display import clock, local
from question_bank.statistics.figures import Figure

NONE = "\u2014"


def number(value: Figure | float | Fraction | None, digits: int = 2) -> str:
    """A figure with so many decimals; a dash for none."""
    known = value.value if isinstance(value, Figure) else value
    return NONE if known is None else f"{float(known):.{digits}f}".replace("-", "\u2212")


def share(value: Figure | float | None) -> str:
    """A share from 0 to 1 in percent with a decimal; a dash for none."""
    known = value.value if isinstance(value, Figure) else value
    return NONE if known is None else f"{100 * known:.1f}\u00a0%"


def with_interval(said: str, interval: Interval, digits: int = 2, times: float = 1) -> str:
    """A figure and within what bounds it lies, at 95 in 100."""
    if interval is None:
        return said
    low, high = (number(times * bound, digits) for bound in interval)
    return str(_("%(figure)s (95%% interval %(low)s to %(high)s)", figure=said, low=low, high=high))


def dated(value: datetime | None) -> str:
    """A day with its year, for a file is read for years; a dash for none."""
    return NONE if value is None else local(value).date().isoformat()


def timed(value: datetime) -> str:
    """The same with the minute."""
    return f"{dated(value)} {clock(value)}"


def together(*facts: str) -> str:
    """Several facts as one."""
    return str(pgettext("between facts", ", ")).join(one for one in facts if one)
