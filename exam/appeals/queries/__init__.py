"""Reading appeals: one's own, those to answer, and counts."""

from exam.appeals.queries.desk import AppealRow, AppealView, Counted, answerers, counts, listed, view, waiting
from exam.appeals.queries.own import OwnAppeals, own_appeals
from exam.appeals.queries.windows import ending, newly_visible, pressing

__all__ = [
    "AppealRow",
    "AppealView",
    "Counted",
    "OwnAppeals",
    "answerers",
    "counts",
    "ending",
    "listed",
    "newly_visible",
    "own_appeals",
    "pressing",
    "view",
    "waiting",
]
