"""From how many attempts on a figure is given, and what a period is."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from exam.analysis.rules import FEWEST, FEWEST_TO_DECIDE

ENOUGH = FEWEST_TO_DECIDE
"""Attempts below which nothing is said of how consistent decisions are: the file says "not enough data" instead."""
ENOUGH_TO_MEASURE = FEWEST
"""Attempts below which no reliability is given, not even with its interval."""
MOST_PAPERS = 40
"""Papers that are listed one by one; others are counted."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days as the company counts them, both included."""

    first: date
    last: date

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When it begins, and when it is over."""
        begin = datetime.combine(self.first, time(), zone)
        return begin, datetime.combine(self.last + timedelta(days=1), time(), zone)


def last_year(today: date) -> Period:
    """The twelve months up to today: what is offered first."""
    return Period(today - timedelta(days=364), today)
