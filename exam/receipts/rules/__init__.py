"""The receipt as pure decisions: what it says, and what a later check finds."""

from exam.receipts.rules.checking import Differences, Examine, Seal, Verdict, differences, seal, verdict, verdict_among
from exam.receipts.rules.receipt import (
    LARGEST,
    LONGEST,
    Answers,
    Facts,
    NotAReceipt,
    Receipt,
    Signed,
    digests,
    number_of,
    read_code,
    read_number,
)

__all__ = [
    "LARGEST",
    "LONGEST",
    "Answers",
    "Differences",
    "Examine",
    "Facts",
    "NotAReceipt",
    "Receipt",
    "Seal",
    "Signed",
    "Verdict",
    "differences",
    "digests",
    "number_of",
    "read_code",
    "read_number",
    "seal",
    "verdict",
    "verdict_among",
]
