"""Reading corrections: what one would do, and what was done."""

from exam.corrections.queries.effect import Preview, mended_item, preview, sitters
from exam.corrections.queries.force import InForce, in_force, standing_of, stands_on
from exam.corrections.queries.lists import (
    Changed,
    Row,
    changes,
    item_before,
    listed,
    one,
    open_one,
    policies_of,
    taken_back,
    waiting_for,
)
from exam.corrections.queries.measured import ExamChange, statistics
from exam.corrections.queries.worths import ExamWorth, WorthChange, worths, worths_asked

__all__ = [
    "Changed",
    "ExamChange",
    "ExamWorth",
    "InForce",
    "Preview",
    "Row",
    "WorthChange",
    "changes",
    "in_force",
    "item_before",
    "listed",
    "mended_item",
    "one",
    "open_one",
    "policies_of",
    "preview",
    "sitters",
    "standing_of",
    "stands_on",
    "statistics",
    "taken_back",
    "waiting_for",
    "worths",
    "worths_asked",
]
