"""Which rows of a blueprint the bank can't fill, why not, and the smallest changes that would do.

Counting is not enough: of a family a paper takes one, of two enemies one, and a question that enough people have been
shown none at all. So it is an integer programme in which a row may lack questions, and as few as possible lack.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from exam.papers.rules.blueprint import BlueprintLine
from exam.papers.rules.candidates import Pair
from exam.papers.rules.programme import Programme
from exam.papers.rules.sets import with_room
from exam.papers.rules.tasks import Task, takes

SECONDS = 2.0


class Cause(StrEnum):
    """Why a row lacks questions that a paper could have."""

    COUNT = "count"
    """There aren't enough; the rows before it may have taken what this one could use as well."""
    FAMILIES = "families"
    ENEMIES = "enemies"
    FAMILIES_AND_ENEMIES = "families_and_enemies"
    CAP = "cap"
    """Enough for a paper, but too many of them have been shown to as many people as the exam allows."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A row that the bank can't fill, and what would do. Each change does by itself.

    `write`: write so many questions of it, in no family and without enemies; `lower_to`: ask for so many, none at 0;
    `any_difficulty`: let it take any difficulty, if that would do.
    """

    number: int
    """Of the row, from 1."""
    row: BlueprintLine
    has: int
    """Questions of the bank that it may take, whatever else takes them."""
    write: int
    cause: Cause
    any_difficulty: bool = False
    families: tuple[str, ...] = ()
    """Where they are the cause: the families with several of its questions."""
    pairs: tuple[Pair, ...] = ()
    """Where they are the cause: the enemies among its questions."""

    @property
    def lower_to(self) -> int:
        """How many questions the row could ask for instead."""
        return self.row.count - self.write


def lacks(task: Task) -> list[Lack]:
    """The rows that can't be filled, in their order; empty when a paper can be made, and the caps leave room for all.

    How alike papers can be is not looked at here.
    """
    single = replace(task, papers=1, candidates=[replace(one, room=None) for one in task.candidates])
    missing = _missing(single)
    if not missing:
        return [
            Lack(number + 1, task.rows[number], _has(task, number), write, Cause.CAP)
            for number, write in _missing(task).items()
        ]
    without = {
        Cause.FAMILIES: _missing(_without_families(single)),
        Cause.ENEMIES: _missing(replace(single, enemies=frozenset())),
        Cause.FAMILIES_AND_ENEMIES: _missing(_without_families(replace(single, enemies=frozenset()))),
    }
    return [_lack(single, number, write, without) for number, write in missing.items()]


def fewest_repeats(task: Task, seen: Collection[int]) -> int:
    """How many questions of `seen` (ids) a paper for somebody who has met them must have, for want of others."""
    fresh = [replace(one, room=None) for one in task.candidates if one.question_id not in seen]
    return sum(_missing(replace(task, papers=1, candidates=fresh)).values())


def least_cap(task: Task, cap: int, people: int) -> int | None:
    """The least cap above this one, on the people who may be shown a question, that leaves room for all papers.

    `people` will share them. None where no cap does, for something else is missing.
    """

    def does(cap: int) -> bool:
        return not _missing(replace(task, candidates=with_room(task.candidates, cap, people, task.papers)))

    low, high = cap, max((one.shown for one in task.candidates), default=0) + people + task.papers
    if not does(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if does(middle) else (middle, high)
    return high


def _lack(task: Task, number: int, write: int, without: dict[Cause, dict[int, int]]) -> Lack:
    row = task.rows[number]
    cause = next((cause for cause, missing in without.items() if missing.get(number, 0) < write), Cause.COUNT)
    own = [one for one in task.candidates if takes(row, one)]
    families = [one.family for one in own if one.family]
    ids = {one.question_id for one in own}
    return Lack(
        number + 1,
        row,
        len(own),
        write,
        cause,
        any_difficulty=row.difficulty is not None and _would_do(task, number, write),
        families=_several(families) if cause in (Cause.FAMILIES, Cause.FAMILIES_AND_ENEMIES) else (),
        pairs=_within(ids, task.enemies) if cause in (Cause.ENEMIES, Cause.FAMILIES_AND_ENEMIES) else (),
    )


def _several(families: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({one for one in families if families.count(one) > 1}))


def _within(ids: Collection[int], enemies: Collection[Pair]) -> tuple[Pair, ...]:
    return tuple(sorted(pair for pair in enemies if pair[0] in ids or pair[1] in ids))


def _has(task: Task, number: int) -> int:
    return sum(takes(task.rows[number], one) for one in task.candidates)


def _would_do(task: Task, number: int, write: int) -> bool:
    """Whether taking any difficulty fills this row without emptying another."""
    rows = list(task.rows)
    rows[number] = replace(rows[number], difficulty=None)
    before, after = _missing(task), _missing(replace(task, rows=rows))
    return sum(before.values()) - sum(after.values()) >= write


def _without_families(task: Task) -> Task:
    return replace(task, candidates=[replace(one, family="") for one in task.candidates])


def _missing(task: Task) -> dict[int, int]:
    """How many questions each row lacks in a paper, by its number from 0; without those that lack none.

    Of several ways to lack as few, one in which the rows that take any difficulty lack before the others, and later
    ones before earlier.
    """
    programme = Programme()
    variables = [
        programme.variable(most=task.papers if one.room is None else min(one.room, task.papers))
        for one, _row in task.places
    ]
    lacking = []
    for number, row in enumerate(task.rows):
        cost = 1 + 1e-3 * (row.difficulty is not None) - 1e-6 * number
        lacking.append(programme.variable(cost=cost, most=task.papers * row.count))
        need = task.papers * row.count
        programme.limit([*((variables[n], 1.0) for n in task.of_row[number]), (lacking[-1], 1.0)], need, need)
    for group in task.at_most_one:
        programme.limit([(variables[n], 1.0) for n in group], most=task.papers)
    for id, places in task.of_question.items():
        if (room := task.known[id].room) is not None:
            programme.limit([(variables[n], 1.0) for n in places], most=room)
    solution = programme.solve(SECONDS, seed=0)
    if solution.values is None:
        return {}
    found = {number: round(solution.values[one]) for number, one in enumerate(lacking)}
    # Uses are of papers; what is missing is said of the bank, where one question may serve all of them.
    return {number: -(-short // task.papers) for number, short in found.items() if short}
