"""A paper for one person, parallel to those that others have, of questions they haven't met."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from random import Random

from exam.papers.rules.blueprint import NotEnough
from exam.papers.rules.candidates import Chosen, Weight, clashes, weigh
from exam.papers.rules.constraints import is_a_paper, within_band, worn
from exam.papers.rules.drawing import Choice, choose
from exam.papers.rules.programme import Programme
from exam.papers.rules.steps import NoPapers, Unfit
from exam.papers.rules.tasks import Task, breaches

SECONDS = 2.0
"""How long one paper may take: somebody may be waiting at the start."""
MARGIN = 0.1
"""In repeated questions: how near to the best the rest has to be."""


@dataclass(frozen=True)
class Own:
    """A paper for one person; how many of its questions they have met, for want of others."""

    slots: tuple[Chosen, ...]
    weight: Weight
    repeats: int


def draw_one(task: Task, seen: Collection[int], rng: Random) -> Choice:
    """A paper by chance, as `choose` draws it, balanced against nothing; refuses with NotEnough what that refuses.

    Questions without room come in only where there are no others. Where chance brings enemies or two of a family
    together, it is assembled instead; if that can't be, they stay.
    """
    try:
        choice = choose(task.rows, [one for one in task.candidates if one.room != 0], seen, rng)
    except NotEnough:
        choice = choose(task.rows, task.candidates, seen, rng)
    if not clashes(choice.slots, task.known, task.enemies):
        return choice
    try:
        own = assemble_own(replace(task, papers=1, band=None), seen, rng)
    except NoPapers:
        return choice
    return Choice(own.slots, own.repeats)


def assemble_own(task: Task, seen: Collection[int], rng: Random, seconds: float = SECONDS) -> Own:
    """A paper within the task's band with as few questions of `seen` (ids) as possible; the rest by chance.

    Among the others those that fewer people have been shown are likelier, and those that a row with a difficulty will
    want in a later paper less. Refuses with NoPapers.
    """
    programme = Programme()
    shown = worn(task)
    wanted = {(row.topic, row.kind, row.difficulty) for row in task.rows}
    # What isn't a repeated question weighs less than half of one, all together.
    small = 1 / (6 * (1 + sum(row.count for row in task.rows)))
    variables = {}
    for number, (one, row) in enumerate(task.places):
        scarce = task.rows[row].difficulty is None and (one.topic, one.kind, one.difficulty) in wanted
        cost = (one.question_id in seen) + small * (shown[one.question_id] + rng.random() + scarce)
        variables[number] = programme.variable(cost=cost, most=0.0 if one.room == 0 else 1.0)
    is_a_paper(programme, task, variables)
    within_band(programme, task, variables, 1)
    solution = programme.solve(seconds, seed=rng.randrange(2**31), gap=MARGIN)
    if solution.values is None:
        raise NoPapers(Unfit.UNLIKE if solution.proven else Unfit.OUT_OF_TIME)
    slots = task.chosen((n for n, one in variables.items() if round(solution.values[one])), rng)
    if broken := breaches(task, [slots]):  # pragma: no cover  # the programme is wrong, or its arithmetic
        raise AssertionError(f"an assembled paper breaks {broken}")
    return Own(slots, weigh(slots, task.known), sum(slot.question_id in seen for slot in slots))
