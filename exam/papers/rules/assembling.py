"""Parallel papers as integer programmes: of one blueprint, alike in difficulty and time, with few common questions.

One programme over all papers at once has a variable for each question, row and paper, and the papers can change places
in it: 1,000 questions and 10 papers take minutes. So it is taken in two steps, each an integer programme of its own.

1. *How often is each question used?* Papers don't come into it. This leaves constraints out, so nothing can be better
   than what it finds: the least that the most used question is used, and then the fewest common questions.
2. *Which paper gets which of them?* The papers are split off one by one, each as close as can be to the mean of what
   is left. Where that fails, all papers at once.

If the second step finds papers, they are as good as the first allows: that is a proof. If it doesn't, the programme
over all papers is tried with the questions free, and then with one use more; what comes is told with its distance from
the proven bounds. Whatever is found is checked in exact arithmetic before anybody sees it. After van der Linden,
Linear Models for Optimal Test Design, Springer 2005, chapters 3 and 6 (several forms, overlap, enemies).
"""

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil
from random import Random
from time import monotonic

from exam.papers.rules.candidates import Chosen, Weight, weigh
from exam.papers.rules.constraints import SLACK, is_a_paper, limit_uses, within_band, worn
from exam.papers.rules.programme import INFINITE, Programme, Solution
from exam.papers.rules.tasks import Task, breaches, overlaps

SECONDS = 20.0
"""How long an assembly may take."""
CLOSE = 0.15
"""How close a paper split off has to come to the mean, as a part of the limits, before the next is split off."""


class Stage(StrEnum):
    """What an assembly is doing."""

    COUNTING = "counting"
    SPLITTING = "splitting"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an assembly is: `done` papers of `papers`, or no paper yet."""

    stage: Stage
    done: int
    papers: int


class Unfit(StrEnum):
    """Why no parallel papers can be had."""

    TOO_FEW = "too_few"
    """Not even one paper, or not so many within the caps: `rules.feasibility` says what is missing."""
    UNLIKE = "unlike"
    """Papers there are, but proven: none that are alike enough."""
    OUT_OF_TIME = "out_of_time"
    """None was found in time, and it isn't proven that there are none."""


class NoPapers(ValueError):
    """No parallel papers: never unbalanced ones instead."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(f"no parallel papers: {why}")
        self.why = why


@dataclass(frozen=True)
class Assembly:
    """Parallel papers that meet everything asked, and how good they are.

    `most_uses` is in how many papers the most used question stands, `common` how many questions each two papers share,
    added up over the pairs; `least_most_uses` and `least_common` what the bank allows at best, as far as is proven
    (`least_common` at the `most_uses` of the first step).
    """

    papers: tuple[tuple[Chosen, ...], ...]
    weights: tuple[Weight, ...]
    most_uses: int
    least_most_uses: int
    common: int
    least_common: int

    @property
    def optimal(self) -> bool:
        """Whether nothing better is possible."""
        return (self.most_uses, self.common) <= (self.least_most_uses, self.least_common)


@dataclass(frozen=True, slots=True)
class _Uses:
    """How many papers take each place; the fewest common questions that the most uses allow."""

    most: int
    taken: list[int]
    common: int


@dataclass(frozen=True, slots=True)
class _Found:
    """The places of each paper, and the proven bounds."""

    papers: list[list[int]]
    least_most_uses: int
    least_common: int


Steps = Generator[Progress, None, Assembly]


def assemble(task: Task, seed: int, seconds: float = SECONDS) -> Steps:
    """Assemble `task.papers` parallel papers, saying how far it is. The same seed gives the same, if time suffices.

    Refuses with NoPapers. Never gives papers that break a limit: see `tasks.breaches`.
    """
    until = monotonic() + seconds
    rng = Random(seed)
    yield Progress(Stage.COUNTING, 0, task.papers)
    bound = _fewest_uses(task, rng, until)
    split = yield from _split(task, bound.taken, seed, until)
    found = _Found(split, bound.most, bound.common) if split else (yield from _together(task, bound, seed, until))
    papers = tuple(task.chosen(numbers, rng) for numbers in found.papers)
    if broken := breaches(task, papers):  # pragma: no cover  # the programme is wrong, or its arithmetic
        raise AssertionError(f"assembled papers break {broken}")
    return Assembly(
        papers,
        tuple(weigh(slots, task.known) for slots in papers),
        most_uses=most_uses(papers),
        least_most_uses=found.least_most_uses,
        common=sum(overlaps(papers).values()),
        least_common=found.least_common,
    )


def assemble_beside(
    task: Task, seed: int, seconds: float = SECONDS
) -> Generator[Progress, None, tuple[Assembly, bool]]:
    """The same, and whether the papers lie in the task's band: where none do, they are alike among themselves."""
    begun = monotonic()
    try:
        return (yield from assemble(task, seed, seconds if task.band is None else seconds / 2)), True
    except NoPapers:
        if task.band is None:
            raise
    made = yield from assemble(replace(task, band=None), seed, seconds - (monotonic() - begun))
    return made, False


def most_uses(papers: Sequence[Sequence[Chosen]]) -> int:
    """In how many papers the most used question stands."""
    return max(Counter(slot.question_id for slots in papers for slot in slots).values(), default=0)


def _fewest_uses(task: Task, rng: Random, until: float) -> _Uses:
    """The first step. The least `most` for which the rows can be filled is a bound for every set of papers."""
    chance = [rng.random() for _place in task.places]
    for most in range(1, task.papers + 1):
        found = _uses(task, most, chance, until)
        if found is not None:
            return found
    raise NoPapers(Unfit.OUT_OF_TIME if monotonic() >= until else Unfit.TOO_FEW)


def _uses(task: Task, most: int, chance: Sequence[float], until: float) -> _Uses | None:
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
    return _Uses(most, taken, int(solution.bound + 1e-6))


def _cap(task: Task, place: int, most: int) -> int:
    room = task.places[place][0].room
    return most if room is None else min(room, most)


def _split(
    task: Task, taken: Sequence[int], seed: int, until: float
) -> Generator[Progress, None, list[list[int]] | None]:
    """The second step, paper by paper; None when it comes to nothing."""
    left = list(taken)
    papers: list[list[int]] = []
    while len(papers) < task.papers - 1:
        yield Progress(Stage.SPLITTING, len(papers), task.papers)
        numbers = _one_of(task, left, task.papers - len(papers), seed, until)
        if numbers is None:
            return None
        for number in numbers:
            left[number] -= 1
        papers.append(numbers)
    papers.append([number for number, uses in enumerate(left) if uses])
    alike = not breaches(task, [task.chosen(numbers, Random(0)) for numbers in papers])
    return papers if alike else None


def _one_of(task: Task, left: Sequence[int], papers: int, seed: int, until: float) -> list[int] | None:
    """Split one of so many papers off what is left, close to the mean, such that the others can still be made."""
    programme = Programme()
    variables = {n: programme.variable(least=float(uses == papers)) for n, uses in enumerate(left) if uses}
    for places, row in zip(task.of_row, task.rows, strict=True):
        programme.limit([(variables[n], 1.0) for n in places if n in variables], row.count, row.count)
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


def _together(task: Task, bound: _Uses, seed: int, until: float) -> Generator[Progress, None, _Found]:
    """All papers at once: with the uses of the first step, then with others, then with one use more, and so on."""
    proven, least_most, least_common = True, bound.most, bound.common
    tries = [(bound.most, True), *((most, False) for most in range(bound.most, task.papers + 1))]
    for rest, (most, fixed) in zip(range(len(tries), 0, -1), tries, strict=True):
        yield Progress(Stage.TOGETHER, 0, task.papers)
        seconds = (until - monotonic()) / min(rest, 3)
        papers, solution = _all(task, most, bound.taken if fixed else None, seed, seconds)
        if papers is not None:
            if not fixed and most == least_most:
                least_common = max(least_common, ceil(solution.bound - SLACK))
            return _Found(papers, least_most, least_common)
        if not fixed and proven and solution.proven:
            least_most, least_common = most + 1, 0
        proven = proven and (solution.proven or fixed)
    raise NoPapers(Unfit.UNLIKE if proven else Unfit.OUT_OF_TIME)


def _all(
    task: Task, most: int, taken: Sequence[int] | None, seed: int, seconds: float
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
    solution = programme.solve(seconds, seed, gap=0.9)
    if solution.values is None:
        return None, solution
    values = solution.values
    return [[n for n, one in variables.items() if round(values[one])] for variables in papers], solution
