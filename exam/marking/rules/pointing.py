"""What the machine points out in an answer, what a filled form means, and how often a marker followed the machine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from question_bank.items import Found, KeyPoint, Proposal

ENOUGH_FOLLOWED = 20
"""Judgements on key points below which nothing is said of how often a marker followed the machine."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of an answer, and the numbers (from 1) of the key points that the machine sees said in it."""

    text: str
    numbers: tuple[int, ...] = ()
    doubtful: bool = False


def segments(text: str, proposal: Proposal) -> list[Segment]:
    """Cut an answer where a recognised phrase begins or ends, so that the page can tint it."""
    spans = [
        (*finding.span, number, finding.found is Found.DOUBTFUL)
        for number, finding in enumerate(proposal.findings, start=1)
        if finding.span
    ]
    edges = sorted({0, len(text), *(edge for start, end, _, _ in spans for edge in (start, end))})
    pieces = []
    for start, end in pairwise(edges):
        over = [(number, doubtful) for first, last, number, doubtful in spans if first <= start and end <= last]
        numbers = tuple(number for number, _ in over)
        pieces.append(Segment(text[start:end], numbers, bool(over) and all(doubtful for _, doubtful in over)))
    return pieces


def proposal_data(proposal: Proposal) -> dict[str, object]:
    """What the machine pointed out, kept with the marker's opinion: by key point, what was found and the phrase."""
    return {
        finding.key_point.id: {"found": finding.found.value, "phrase": finding.phrase} for finding in proposal.findings
    }


def given(key_points: Iterable[KeyPoint], full: Iterable[str], partly: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The points per key point that a filled form means: a part, where one is chosen, goes before the tick."""
    ticked = set(full)
    return {one.id: partly.get(one.id, one.points if one.id in ticked else Fraction(0)) for one in key_points}


@dataclass(frozen=True, slots=True)
class Followed:
    """On how many key points the machine had an opinion, and on how many of them the marker had the same."""

    agreed: int
    judged: int

    @property
    def enough(self) -> bool:
        return self.judged >= ENOUGH_FOLLOWED


def followed(
    key_points: Iterable[KeyPoint], decisions: Iterable[tuple[Mapping[str, str], Mapping[str, Any]]]
) -> Followed:
    """Compare decisions, each the points per key point (exact text) and what the machine had pointed out then.

    A key point that was found and got everything, or wasn't found and got nothing, is one on which they agree. What the
    machine called doubtful is left out.
    """
    worth = {one.id: one.points for one in key_points}
    agreed = judged = 0
    for points, proposal in decisions:
        for id, most in worth.items():
            found = (proposal.get(id) or {}).get("found")
            if found in (Found.FOUND, Found.MISSING):
                judged += 1
                agreed += Fraction(points.get(id, "0")) == (most if found == Found.FOUND else 0)
    return Followed(agreed, judged)
