"""Decisions about lists of people, pure."""

from exam.people.rules.checking import (
    Checked,
    Entry,
    Fault,
    Known,
    Problem,
    Someone,
    check,
    identifier,
    propose_username,
)
from exam.people.rules.headings import Column, column_of, is_example, plain
from exam.people.rules.sheet import MOST_LINES, Line, Sheet, SheetProblem, UnreadableSheet, read_sheet

__all__ = [
    "MOST_LINES",
    "Checked",
    "Column",
    "Entry",
    "Fault",
    "Known",
    "Line",
    "Problem",
    "Sheet",
    "SheetProblem",
    "Someone",
    "UnreadableSheet",
    "check",
    "column_of",
    "identifier",
    "is_example",
    "plain",
    "propose_username",
    "read_sheet",
]
