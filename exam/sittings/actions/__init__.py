"""Opening windows, booking start times in them, letting candidates in, and reminding them. Nothing here commits."""

from exam.sittings.actions.admitting import admit, welcome
from exam.sittings.actions.booking import book, cancel_booking
from exam.sittings.actions.guards import REFUSALS
from exam.sittings.actions.reminding import remind
from exam.sittings.actions.windows import (
    on_course_completed,
    on_exam_published,
    open_first,
    open_missing,
    open_retake,
    reopen,
)

__all__ = [
    "REFUSALS",
    "admit",
    "book",
    "cancel_booking",
    "on_course_completed",
    "on_exam_published",
    "open_first",
    "open_missing",
    "open_retake",
    "remind",
    "reopen",
    "welcome",
]
