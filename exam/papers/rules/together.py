"""All papers in one programme: for small banks, and where splitting papers off comes to nothing."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from math import ceil
from time import monotonic

from exam.papers.rules.constraints import SLACK, is_a_paper, limit_uses, within_band
from exam.papers.rules.programme import INFINITE, Programme, Solution
from exam.papers.rules.steps import NoPapers, Progress, Stage, Unfit
from exam.papers.rules.tasks import Task
from exam.papers.rules.uses import Uses

UNEVEN = 1
"""Questions of a difficulty by which a paper may differ from its part, if that can be had."""


@dataclass(frozen=True, slots=True)
class Found:
    """The places of each paper, and the proven bounds."""

    papers: list[list[int]]
    least_most_uses: int
    least_common: int


def together(task: Task, bound: Uses, seed: int, until: float) -> Generator[Progress, None, Found]:
    """All papers at once: with the uses of the first step, then with others, then with one use more, and so on.

    With the uses of the first step first such that each paper has about as many questions of a difficulty.
    """
    proven, least_most, least_common = True, bound.most, bound.common
    tries = [(bound.most, True, True), (bound.most, True, False)]
    tries += [(most, False, False) for most in range(bound.most, task.papers + 1)]
    for rest, (most, fixed, evenly) in zip(range(len(tries), 0, -1), tries, strict=True):
        yield Progress(Stage.TOGETHER, 0, task.papers)
        seconds = (until - monotonic()) / min(rest, 3)
        papers, solution = _all(task, most, bound.taken if fixed else None, seed, seconds, evenly)
        if papers is not None:
            if not fixed and most == least_most:
                least_common = max(least_common, ceil(solution.bound - SLACK))
            return Found(papers, least_most, least_common)
        if not fixed and proven and solution.proven:
            least_most, least_common = most + 1, 0
        proven = proven and (solution.proven or fixed)
    raise NoPapers(Unfit.UNLIKE if proven else Unfit.OUT_OF_TIME)


def _all(
    task: Task, most: int, taken: Sequence[int] | None, seed: int, seconds: float, evenly: bool = False
) -> tuple[list[list[int]] | None, Solution]:
    """All papers in one programme. `taken` fixes how often each place is used; else common questions are few."""
    programme = Programme()
    wanted = [n for n in range(len(task.places)) if taken is None or taken[n]]
    papers = [{n: programme.variable() for n in wanted} for _paper in range(task.papers)]
    lowest, shortest = (programme.variable(most=INFINITE, whole=False) for _limit in range(2))
    for variables in papers:
        is_a_paper(programme, task, variables)
        within_band(programme, task, variables, 1)
        for each, least, limit in (
            (task.points, lowest, float(task.limits.points) - SLACK),
            (task.seconds, shortest, float(task.limits.seconds)),
        ):
            programme.limit([*((one, each[n]) for n, one in variables.items()), (least, -1.0)], 0, limit)
    if taken is None:
        limit_uses(programme, task, papers, most)
    else:
        for n in wanted:
            programme.limit([(variables[n], 1.0) for variables in papers], taken[n], taken[n])
        if evenly:
            _of_difficulties(programme, task, papers, taken)
    solution = programme.solve(seconds, seed, gap=0.9)
    if solution.values is None:
        return None, solution
    values = solution.values
    return [[n for n, one in variables.items() if round(values[one])] for variables in papers], solution


def _of_difficulties(programme: Programme, task: Task, papers: Sequence[dict[int, int]], taken: Sequence[int]) -> None:
    """Let no paper have more than `UNEVEN` questions of a difficulty more or less than its part of them."""
    for level in sorted({one.difficulty for one in task.candidates}):
        places = [n for n, (one, _row) in enumerate(task.places) if one.difficulty == level and taken[n]]
        number = sum(taken[n] for n in places)
        least, most = number // task.papers - UNEVEN, -(-number // task.papers) + UNEVEN
        for variables in papers:
            programme.limit([(variables[n], 1.0) for n in places], max(least, 0), most)
