"""Reading receipts: the ones an attempt was given, and what a check of them finds."""

from exam.receipts.queries.checking import Check, check, check_attempts, check_signed, closed_after
from exam.receipts.queries.issued import Revision, facts_of, late_left, newest, revision, revisions

__all__ = [
    "Check",
    "Revision",
    "check",
    "check_attempts",
    "check_signed",
    "closed_after",
    "facts_of",
    "late_left",
    "newest",
    "revision",
    "revisions",
]
