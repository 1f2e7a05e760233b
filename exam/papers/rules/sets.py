"""The parallel papers of a cohort: what became of them, whose turn a paper is, how many may be shown a question."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from exam.papers.rules.candidates import Candidate

PARALLEL_PAPERS = 4
"""Of a cohort, unless its exam says otherwise."""

MOST_CAP = 1_000_000
"""People who may be shown a question."""


def paper_name(place: int) -> str:
    """What the paper at a place of its set, from 1, is called everywhere: A, B, C."""
    return chr(ord("A") + place - 1)


class SetState(StrEnum):
    """What came of assembling."""

    READY = "ready"
    REFUSED = "refused"
    """No parallel papers could be had: candidates get papers drawn one by one, and the exam's page says so."""


class Outdated(StrEnum):
    """Why no more candidates get papers of a set."""

    BLUEPRINT = "blueprint"
    QUESTION = "question"
    """One of its questions was retired, has a new version, or was given another family, enemy or time."""
    SETTINGS = "settings"
    REPLACED = "replaced"
    """Somebody had a new one assembled."""


class Origin(StrEnum):
    """How a paper came about."""

    PARALLEL = "parallel"
    """One of the parallel papers of a cohort."""
    OWN = "own"
    """Assembled for one person who had seen questions before, beside the parallel ones."""
    DRAWN = "drawn"
    """Drawn by chance from the blueprint: not balanced against any other."""


def room(cap: int | None, shown: int, people: int, papers: int) -> int | None:
    """In how many of so many papers a question may be, when `people` will share them evenly.

    `cap`: how many people may ever be shown a question; None for any number.
    """
    if cap is None:
        return None
    each = max(1, -(-people // papers))
    return max(0, cap - shown) // each


def with_room(known: Sequence[Candidate], cap: int | None, people: int, papers: int) -> list[Candidate]:
    """The same questions, each with its room."""
    return [replace(one, room=room(cap, one.shown, people, papers)) for one in known]


def next_paper(papers: Mapping[int, frozenset[int]], used: Mapping[int, int], seen: Collection[int]) -> int | None:
    """The paper whose turn it is: of those without a question this person has seen, the one fewest people have.

    `papers` gives the question ids of each paper in their order, `used` how many people have it; of equals the first.
    None when each has something they have seen.
    """
    fresh = [paper for paper, questions in papers.items() if questions.isdisjoint(seen)]
    return min(fresh, key=lambda paper: used.get(paper, 0), default=None)
