"""The figures of a parity sheet: what stands in each paper of a set, and how the papers compare."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from exam import words
from exam.authoring.forms.questions import plain
from exam.authoring.routes.papers_wording import (
    letters,
    outdated_words,
    spread_sentence,
    too_long_sentence,
    uses_sentence,
)
from exam.papers.models import Paper
from exam.papers.queries import Sheet, SlotView
from exam.papers.rules import KIND_ORDER, Origin


@dataclass(frozen=True)
class Column:
    """One parallel paper."""

    name: str
    paper: Paper
    slots: list[SlotView]
    begun: int


class Parity:
    """A set, as the sheet shows it."""

    def __init__(self, sheet: Sheet, minutes: int) -> None:
        self.sheet = sheet
        self.minutes = minutes
        parallel = [paper for paper in sheet.papers if paper.origin is Origin.PARALLEL]
        self.columns = [
            Column(name, paper, sheet.slots[paper.id], sheet.begun.get(paper.id, 0))
            for name, paper in zip(letters(len(parallel)), parallel, strict=True)
        ]
        self.own = [paper for paper in sheet.papers if paper.origin is Origin.OWN]

    @cached_property
    def sentences(self) -> list[str]:
        """How alike they are, in words."""
        points = [one.paper.expected_points or Fraction() for one in self.columns]
        seconds = [one.paper.expected_seconds or 0 for one in self.columns]
        apart = max(points) - min(points)
        # Rounded up: the sheet may not promise more than there is.
        shown = plain(Fraction(-(-apart * 100 // 1), 100))
        return [spread_sentence(shown, max(seconds) - min(seconds)), uses_sentence(self.sheet.set)]

    @cached_property
    def too_long(self) -> str | None:
        """That they are expected to take longer than the exam, in words."""
        return too_long_sentence(max(one.paper.expected_seconds or 0 for one in self.columns), self.minutes)

    def state(self, edition: int) -> str | None:
        """Why the set isn't given out any more; None while it is."""
        return None if self.sheet.current else outdated_words(self.sheet.set, edition)

    @cached_property
    def groups(self) -> dict[str, list[tuple[str, list[str]]]]:
        """How many questions of each topic, kind and difficulty each paper has: rows of cells."""
        levels = self._rows(lambda slot: slot.version.difficulty)
        kinds = self._rows(lambda slot: KIND_ORDER.index(slot.item.kind))
        topics = self._rows(lambda slot: (slot.topic.position, slot.topic.id, slot.topic.name))
        return {
            "topic": [(key[2], cells) for key, cells in topics],
            "kind": [(words.label(KIND_ORDER[key], "kind"), cells) for key, cells in kinds],
            "difficulty": [(words.label(key, "difficulty"), cells) for key, cells in levels],
        }

    def _rows(self, of: Callable[[SlotView], Any]) -> list[tuple[Any, list[str]]]:
        counts = [Counter(of(slot) for slot in one.slots) for one in self.columns]
        return [(key, [str(count[key]) for count in counts]) for key in sorted(set().union(*counts))]

    @cached_property
    def overlap(self) -> list[tuple[str, list[int | None]]]:
        """How many questions each two papers share; None for a paper with itself."""
        ids = [{slot.question_id for slot in one.slots} for one in self.columns]
        return [
            (one.name, [None if a == b else len(ids[a] & ids[b]) for b in range(len(ids))])
            for a, one in enumerate(self.columns)
        ]
