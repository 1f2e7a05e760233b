"""The figures of the charts: what the SVG macros draw. Percent across, pixels down."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

BIN = 5  # points
TALLEST = 120  # pixels
LEAST_SPAN = 40  # points shown below the full score, at least


@dataclass(frozen=True)
class Bar:
    """One bin of a distribution: scores from `low` up to below `high` (the last one includes the full score)."""

    low: int
    high: int
    count: int
    look: str
    """open below the pass line, bar from it on, deep from distinction on."""
    left: float
    width: float
    height: int

    @property
    def middle(self) -> float:
        return round(self.left + self.width / 2, 2)


@dataclass(frozen=True)
class Histogram:
    """A distribution of scores with both cut lines; the three counts add up to all scores."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[int, float], ...]
    pass_at: float
    distinction_at: float
    failed: int
    passed: int
    distinguished: int


def histogram(scores: Iterable[Fraction], pass_score: int, distinction_score: int, full: int = 100) -> Histogram:
    """Count scores (0 to `full`) into bins of 5; the cut lines are always edges, so that no bar is on both sides."""
    known = list(scores)
    lowest = min((math.floor(score) for score in known), default=full)
    start = max(0, min(lowest, full - LEAST_SPAN, pass_score - BIN) // BIN * BIN)
    ticks = [*range(start, full, BIN), full]
    edges = sorted({*ticks, pass_score, distinction_score})
    bins = list(pairwise(edges))
    counts = [sum(low <= score < high or score == high == full for score in known) for low, high in bins]
    tallest = max(counts, default=0) or 1

    def across(value: int) -> float:
        return round(100 * (value - start) / (full - start), 2)

    return Histogram(
        bars=tuple(
            Bar(
                low,
                high,
                count,
                "open" if low < pass_score else "bar" if low < distinction_score else "deep",
                across(low),
                round(across(high) - across(low), 2),
                TALLEST * count // tallest,
            )
            for (low, high), count in zip(bins, counts, strict=True)
        ),
        ticks=tuple((tick, across(tick)) for tick in (ticks if len(ticks) <= 12 else [*ticks[:-1:2], full])),
        pass_at=across(pass_score),
        distinction_at=across(distinction_score),
        failed=sum(score < pass_score for score in known),
        passed=sum(pass_score <= score < distinction_score for score in known),
        distinguished=sum(score >= distinction_score for score in known),
    )
