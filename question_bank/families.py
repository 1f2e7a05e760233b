"""What may be said of a question for papers: how its family is written, and how long it may take."""

import unicodedata

LONGEST_FAMILY = 60
SHORTEST_TIME, LONGEST_TIME = 5, 3600
"""Seconds that may be said of a question."""


def family_name(typed: str) -> str:
    """A family as it is kept: full-width letters made narrow, gaps of one space."""
    return " ".join(unicodedata.normalize("NFKC", typed.replace("\0", " ")).split())
