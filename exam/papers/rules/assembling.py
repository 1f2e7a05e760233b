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
from random import Random
from time import monotonic

from exam.papers.rules.candidates import Chosen, Weight, weigh
from exam.papers.rules.splitting import split
from exam.papers.rules.steps import NoPapers, Progress, Stage
from exam.papers.rules.tasks import Task, breaches, overlaps
from exam.papers.rules.together import Found, together
from exam.papers.rules.uses import fewest_uses

SECONDS = 20.0
"""How long an assembly may take."""


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


Steps = Generator[Progress, None, Assembly]


def assemble(task: Task, seed: int, seconds: float = SECONDS) -> Steps:
    """Assemble `task.papers` parallel papers, saying how far it is. The same seed gives the same, if time suffices.

    Refuses with NoPapers. Never gives papers that break a limit: see `tasks.breaches`.
    """
    until = monotonic() + seconds
    rng = Random(seed)
    yield Progress(Stage.COUNTING, 0, task.papers)
    bound = fewest_uses(task, rng, until)
    places = yield from split(task, bound, seed, until)
    found = Found(places, bound.most, bound.common) if places else (yield from together(task, bound, seed, until))
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


def outlook(task: Task, seconds: float = 2.0) -> tuple[int, int] | None:
    """What the bank allows at best: in how many papers the most used question stands, and how many common questions.

    None where there are too few questions, or no time. How alike papers can be is not looked at.
    """
    try:
        bound = fewest_uses(task, Random(0), monotonic() + seconds)
    except NoPapers:
        return None
    return bound.most, bound.common


def most_uses(papers: Sequence[Sequence[Chosen]]) -> int:
    """In how many papers the most used question stands."""
    return max(Counter(slot.question_id for slots in papers for slot in slots).values(), default=0)
