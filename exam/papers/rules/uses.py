"""The first step of an assembly: how often each question is used, whichever paper gets it."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from time import monotonic

from exam.papers.rules.constraints import within_band, worn
from exam.papers.rules.programme import Programme
from exam.papers.rules.steps import NoPapers, Unfit
from exam.papers.rules.tasks import Task


@dataclass(frozen=True, slots=True)
class Uses:
    """How many papers take each place; the fewest common questions that the most uses allow."""

    most: int
    taken: list[int]
    common: int


def fewest_uses(task: Task, rng: Random, until: float) -> Uses:
    """The first step. The least `most` for which the rows can be filled is a bound for every set of papers."""
    chance = [rng.random() for _place in task.places]
    for most in range(1, task.papers + 1):
        found = _uses(task, most, chance, until)
        if found is not None:
            return found
    raise NoPapers(Unfit.OUT_OF_TIME if monotonic() >= until else Unfit.TOO_FEW)


def _uses(task: Task, most: int, chance: Sequence[float], until: float) -> Uses | None:
    """How often each place is taken when no question is used more than `most` times; None when that can't be.

    Two papers share a question once, three of them thrice, and so on: its second use costs 1, its third 2. Among equals
    the questions that fewer candidates have seen come first, then chance: all that together weighs less than 1.
    """
    programme = Programme()
    shown = worn(task)
    total = task.papers * sum(row.count for row in task.rows) + 1
    variables = [
        programme.variable(cost=(shown[one.question_id] + luck) / (2 * total), most=_cap(task, number, most))
        for number, ((one, _row), luck) in enumerate(zip(task.places, chance, strict=True))
    ]
    for places, row in zip(task.of_row, task.rows, strict=True):
        need = task.papers * row.count
        programme.limit([(variables[n], 1.0) for n in places], need, need)
    for group in task.at_most_one:
        programme.limit([(variables[n], 1.0) for n in group], most=task.papers)
    for id, places in task.of_question.items():
        room = task.known[id].room
        again = [programme.variable(cost=use, whole=False) for use in range(1, most)]
        terms = [(variables[n], 1.0) for n in places]
        programme.limit([*terms, *((one, -1.0) for one in again)], most=1)
        if room is not None and room < most:
            programme.limit(terms, most=room)
    within_band(programme, task, dict(enumerate(variables)), task.papers)
    solution = programme.solve(until - monotonic(), seed=0)
    if solution.values is None:
        return None
    taken = [round(solution.values[one]) for one in variables]
    return Uses(most, taken, int(solution.bound + 1e-6))


def _cap(task: Task, place: int, most: int) -> int:
    room = task.places[place][0].room
    return most if room is None else min(room, most)
