"""The second step of an assembly: papers split off one by one from the questions that are to be used."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from math import ceil
from random import Random
from time import monotonic

from exam.papers.rules.programme import Programme
from exam.papers.rules.steps import Progress, Stage
from exam.papers.rules.tasks import Task, breaches
from exam.papers.rules.uses import Uses

CLOSE = 0.15
"""How close a paper split off has to come to the mean, as a part of the limits, before the next is split off."""


def split(task: Task, uses: Uses, seed: int, until: float) -> Generator[Progress, None, list[list[int]] | None]:
    """The second step, paper by paper; None when it comes to nothing.

    Where it can be, each has about as many questions of a difficulty, and shares about as many with each other one.
    """
    left = list(uses.taken)
    papers: list[list[int]] = []
    pairs = task.papers * (task.papers - 1) // 2
    while len(papers) < task.papers - 1:
        yield Progress(Stage.SPLITTING, len(papers), task.papers)
        others = task.papers - len(papers)
        evenly = [*_of_difficulties(task, left, others), _of_repeated(task, uses, left, others)]
        evenly += [(one, 0, ceil(uses.common / pairs)) for one in papers]
        numbers = _one_of(task, left, others, evenly, seed, until) or _one_of(task, left, others, (), seed, until)
        if numbers is None:
            return None
        for number in numbers:
            left[number] -= 1
        papers.append(numbers)
    papers.append([number for number, uses_left in enumerate(left) if uses_left])
    alike = not breaches(task, [task.chosen(numbers, Random(0)) for numbers in papers])
    return papers if alike else None


Evenly = tuple[Sequence[int], int, int]
"""Places of which a paper should take between two numbers."""


def _of_difficulties(task: Task, left: Sequence[int], papers: int) -> Iterator[Evenly]:
    """The places of each difficulty, and their part of what is left for so many papers, rounded down and up."""
    for level in sorted({one.difficulty for one in task.candidates}):
        places = [n for n, (one, _row) in enumerate(task.places) if one.difficulty == level and left[n]]
        number = sum(left[n] for n in places)
        yield places, number // papers, -(-number // papers)


def _of_repeated(task: Task, uses: Uses, left: Sequence[int], papers: int) -> Evenly:
    """The same of the questions that stand in several papers: else the last two would share what is left of them."""
    repeated = [places for places in task.of_question.values() if sum(uses.taken[n] for n in places) > 1]
    places = [n for group in repeated for n in group if left[n]]
    number = sum(left[n] for n in places)
    return places, number // papers, -(-number // papers)


def _one_of(
    task: Task, left: Sequence[int], papers: int, evenly: Iterable[Evenly], seed: int, until: float
) -> list[int] | None:
    """Split one of so many papers off what is left, close to the mean, such that the others can still be made."""
    programme = Programme()
    variables = {n: programme.variable(least=float(uses == papers)) for n, uses in enumerate(left) if uses}
    for places, row in zip(task.of_row, task.rows, strict=True):
        programme.limit([(variables[n], 1.0) for n in places if n in variables], row.count, row.count)
    for some, least, most in evenly:
        programme.limit([(variables[n], 1.0) for n in some if n in variables], least, most)
    for group in task.at_most_one:
        terms = [(variables[n], 1.0) for n in group if n in variables]
        if len(terms) > 1:
            # The others take at most one each, so this one may not leave them more.
            programme.limit(terms, sum(left[n] for n in group) - (papers - 1), 1)
    for each, limit in ((task.points, float(task.limits.points)), (task.seconds, float(task.limits.seconds))):
        mean = sum(uses * each[n] for n, uses in enumerate(left)) / papers
        off = programme.variable(cost=1 / limit, most=limit / 2, whole=False)
        terms = [(variable, each[n]) for n, variable in variables.items()]
        programme.limit([*terms, (off, -1.0)], most=mean)
        programme.limit([*terms, (off, 1.0)], least=mean)
    solution = programme.solve(until - monotonic(), seed, enough=CLOSE)
    if solution.values is None:
        return None
    return [n for n, variable in variables.items() if round(solution.values[variable])]
