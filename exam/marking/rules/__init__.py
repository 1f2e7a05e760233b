"""Marking as pure decisions: values in, values out. Moments and databases play no part here."""

from exam.marking.rules.marks import (
    BLANK,
    HALF,
    LONGEST_COMMENT,
    LONGEST_REASON,
    MOST_SNIPPETS,
    MarkRefusal,
    MarkSource,
    Ruling,
    Undoing,
    by_rule,
    counting,
    mark_refusal,
    parts,
    points_of,
)
from exam.marking.rules.names import alias, attempt_behind, in_order
from exam.marking.rules.pointing import Followed, Segment, followed, given, proposal_data, segments

__all__ = [
    "BLANK",
    "HALF",
    "LONGEST_COMMENT",
    "LONGEST_REASON",
    "MOST_SNIPPETS",
    "Followed",
    "MarkRefusal",
    "MarkSource",
    "Ruling",
    "Segment",
    "Undoing",
    "alias",
    "attempt_behind",
    "by_rule",
    "counting",
    "followed",
    "given",
    "in_order",
    "mark_refusal",
    "parts",
    "points_of",
    "proposal_data",
    "segments",
]
