"""Drawing one paper by chance: for a preview, and where no parallel paper can be had."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from exam.papers.rules.blueprint import (
    KIND_ORDER,
    BlueprintLine,
    NotEnough,
    disjoint_papers,
    grouped,
    questions,
    shortfalls,
    wanted_by_difficulty,
)
from exam.papers.rules.candidates import Candidate, Chosen


@dataclass(frozen=True, slots=True)
class Choice:
    """The questions of a paper in their order; how many of them the candidate had seen, for want of others."""

    slots: tuple[Chosen, ...]
    repeats: int


def choose(rows: Sequence[BlueprintLine], available: Sequence[Candidate], seen: Collection[int], rng: Random) -> Choice:
    """Draw the questions of one paper: unseen ones as far as the bank has any, none twice, by chance otherwise.

    `seen` holds question ids. Kinds follow `KIND_ORDER`; within a kind the order is by chance. A row that takes any
    difficulty leaves, where it can, what later papers of the same person need for the others. Refuses with
    NotEnough what `shortfalls` reports.
    """
    short = shortfalls(rows, Counter((one.topic, one.kind, one.difficulty) for one in available))
    if short:
        raise NotEnough(short)
    seen = frozenset(seen)
    chosen: list[Chosen] = []
    for (topic, kind), group in grouped(rows).items():
        pool = [one for one in available if (one.topic, one.kind) == (topic, kind)]
        chosen += _draw(group, pool, seen, rng)
    rng.shuffle(chosen)
    chosen.sort(key=lambda one: KIND_ORDER.index(one.kind))
    return Choice(tuple(chosen), repeats=sum(one.question_id in seen for one in chosen))


def _draw(rows: Sequence[BlueprintLine], pool: list[Candidate], seen: frozenset[int], rng: Random) -> list[Chosen]:
    """Draw for the rows of one topic and kind: first for those with a difficulty, then for the others together."""
    # Chance first, then the unseen to the front: sorting keeps the order of equals.
    pool = sorted(rng.sample(pool, len(pool)), key=lambda one: one.question_id in seen)
    open_rows = [row for row in rows if row.difficulty is None]
    drawn: list[Chosen] = []
    for row in rows:
        if row.difficulty is not None:
            taken = [one for one in pool if one.difficulty == row.difficulty][: row.count]
            drawn += [_chosen(one, row.points) for one in taken]
            pool = [one for one in pool if one not in taken]
    worths = [row.points for row in open_rows for _ in range(row.count)]
    drawn += [_chosen(one, points) for one, points in zip(_spare_first(rows, pool, seen), worths, strict=False)]
    return drawn


def _spare_first(rows: Sequence[BlueprintLine], pool: Sequence[Candidate], seen: frozenset[int]) -> list[Candidate]:
    """Put behind the other unseen questions those that the rows with a difficulty will need in later papers.

    `pool` is what those rows have left in this paper; how many papers can still follow decides how many are kept.
    """
    unseen = Counter((one.topic, one.kind, one.difficulty) for one in pool if one.question_id not in seen)
    now_wanted = questions(row for row in rows if row.difficulty is None)
    later = disjoint_papers(rows, unseen)
    while later and unseen.total() < later * questions(rows) + now_wanted:
        later -= 1
    keep = Counter({difficulty: later * number for difficulty, number in wanted_by_difficulty(rows).items()})
    spare: list[Candidate] = []
    kept: list[Candidate] = []
    for one in pool:
        needed = one.question_id not in seen and keep[one.difficulty] > 0
        keep[one.difficulty] -= needed
        (kept if needed else spare).append(one)
    return sorted([*spare, *kept], key=lambda one: one.question_id in seen)


def _chosen(one: Candidate, points: Fraction) -> Chosen:
    return Chosen(one.question_id, one.version_id, one.kind, points)
