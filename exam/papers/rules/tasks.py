"""What papers are to be assembled from and how alike they have to be; and whether papers meet it, exactly."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from random import Random

from exam.papers.rules.blueprint import KIND_ORDER, BlueprintLine
from exam.papers.rules.candidates import Candidate, Chosen, Pair, Weight, clashes, weigh

MOST_PAPERS = 20
"""Parallel papers of one set."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far parallel papers may lie apart."""

    points: Fraction = Fraction(1, 2)
    seconds: int = 120


ALIKE = Limits()


@dataclass(frozen=True, slots=True)
class Band:
    """Where the expected points and seconds of a paper have to lie."""

    points: tuple[Fraction, Fraction]
    seconds: tuple[int, int]

    def holds(self, weight: Weight) -> bool:
        """Whether a paper lies in it."""
        least, most = self.points
        shortest, longest = self.seconds
        return least <= weight.points <= most and shortest <= weight.seconds <= longest


def band_beside(papers: Sequence[Weight], limits: Limits = ALIKE) -> Band:
    """Where a further paper has to lie to be parallel to each of these, one or more.

    By what is known today they may lie apart more than they did when they were assembled, so that nothing is parallel
    to each: then half a limit around their middle.
    """
    points, seconds = [one.points for one in papers], [one.seconds for one in papers]
    low, high = max(points) - limits.points, min(points) + limits.points
    short, long = max(seconds) - limits.seconds, min(seconds) + limits.seconds
    if low > high:
        middle = (low + high) / 2
        low, high = middle - limits.points / 2, middle + limits.points / 2
    if short > long:
        centre = (short + long) // 2
        short, long = centre - limits.seconds // 2, centre + limits.seconds // 2
    return Band((low, high), (short, long))


@dataclass(frozen=True)
class Task:
    """Papers to be assembled: so many of one blueprint from these questions, beside those that a `band` stands for."""

    rows: Sequence[BlueprintLine]
    candidates: Sequence[Candidate]
    papers: int = 1
    enemies: Collection[Pair] = frozenset()
    band: Band | None = None
    limits: Limits = ALIKE

    @cached_property
    def known(self) -> dict[int, Candidate]:
        """The questions by id."""
        return {one.question_id: one for one in self.candidates}

    @cached_property
    def places(self) -> list[tuple[Candidate, int]]:
        """Each question at each row that may take it, the row by its number: what a paper chooses from."""
        ordered = sorted(self.candidates, key=lambda one: one.question_id)
        return [(one, at) for at, row in enumerate(self.rows) for one in ordered if takes(row, one)]

    @cached_property
    def of_row(self) -> list[list[int]]:
        """The places of each row, by number."""
        return [[n for n, (_one, row) in enumerate(self.places) if row == at] for at in range(len(self.rows))]

    @cached_property
    def of_question(self) -> dict[int, list[int]]:
        """The places of each question."""
        found: dict[int, list[int]] = {}
        for number, (one, _row) in enumerate(self.places):
            found.setdefault(one.question_id, []).append(number)
        return found

    @cached_property
    def at_most_one(self) -> list[list[int]]:
        """Places of which a paper may take one: of the same question, of a family, of two enemies."""
        families: dict[str, list[int]] = {}
        for number, (one, _row) in enumerate(self.places):
            if one.family:
                families.setdefault(one.family, []).append(number)
        pairs = [
            self.of_question[first] + self.of_question[second]
            for first, second in sorted(self.enemies)
            if first in self.of_question and second in self.of_question
        ]
        groups = [*self.of_question.values(), *families.values(), *pairs]
        return [group for group in groups if len(group) > 1]

    @cached_property
    def points(self) -> list[float]:
        """The points that each place is expected to bring."""
        return [float(self.rows[row].points * one.share) for one, row in self.places]

    @cached_property
    def seconds(self) -> list[float]:
        """The seconds that each place is expected to take."""
        return [float(one.seconds) for one, _row in self.places]

    def chosen(self, numbers: Iterable[int], rng: Random) -> tuple[Chosen, ...]:
        """A paper from its places, in the order of papers: by kind, within a kind by chance."""
        slots = []
        for number in numbers:
            one, row = self.places[number]
            slots.append(Chosen(one.question_id, one.version_id, one.kind, self.rows[row].points))
        rng.shuffle(slots)
        return tuple(sorted(slots, key=lambda one: KIND_ORDER.index(one.kind)))


def takes(row: BlueprintLine, one: Candidate) -> bool:
    """Whether a row may take a question."""
    return (row.topic, row.kind) == (one.topic, one.kind) and row.difficulty in (None, one.difficulty)


class Breach(StrEnum):
    """What papers may not do."""

    BLUEPRINT = "blueprint"
    TWICE = "twice"
    CLASH = "clash"
    ROOM = "room"
    POINTS = "points"
    SECONDS = "seconds"
    BAND = "band"


def breaches(task: Task, papers: Sequence[Sequence[Chosen]]) -> set[Breach]:
    """What assembled papers break, in exact arithmetic, whoever made them; empty when they may be used.

    A row's worth stands for the row: which of two rows of the same worth, topic and kind has a question can't matter
    unless one of them asks for a difficulty. Then enough questions of it must be there.
    """
    found = set()
    weights = [weigh(slots, task.known) for slots in papers]
    used = Counter(slot.question_id for slots in papers for slot in slots)
    for slots in papers:
        if not meets_blueprint(task.rows, [(task.known[slot.question_id], slot.points) for slot in slots]):
            found.add(Breach.BLUEPRINT)
        if len({slot.question_id for slot in slots}) < len(slots):
            found.add(Breach.TWICE)
        if clashes(slots, task.known, task.enemies):
            found.add(Breach.CLASH)
    if any((room := task.known[id].room) is not None and number > room for id, number in used.items()):
        found.add(Breach.ROOM)
    if _span(one.points for one in weights) > task.limits.points:
        found.add(Breach.POINTS)
    if _span(Fraction(one.seconds) for one in weights) > task.limits.seconds:
        found.add(Breach.SECONDS)
    if task.band and not all(map(task.band.holds, weights)):
        found.add(Breach.BAND)
    return found


def meets_blueprint(rows: Sequence[BlueprintLine], slots: Iterable[tuple[Candidate, Fraction]]) -> bool:
    """Whether the questions, each with its worth, fill every row exactly."""
    left = Counter((one.topic, one.kind, one.difficulty, worth) for one, worth in slots)
    for row in sorted(rows, key=lambda row: row.difficulty is None):
        need = row.count
        for key in [key for key in left if key[:2] == (row.topic, row.kind) and key[3] == row.points]:
            if row.difficulty in (None, key[2]):
                taken = min(need, left[key])
                left[key] -= taken
                need -= taken
        if need:
            return False
    return not +left


def overlaps(papers: Sequence[Sequence[Chosen]]) -> dict[tuple[int, int], int]:
    """How many questions each two papers share, by their places in the list."""
    ids = [{slot.question_id for slot in slots} for slots in papers]
    return {(a, b): len(ids[a] & ids[b]) for a, b in combinations(range(len(ids)), 2)}


def _span(values: Iterable[Fraction]) -> Fraction:
    found = list(values)
    return max(found) - min(found) if found else Fraction()
