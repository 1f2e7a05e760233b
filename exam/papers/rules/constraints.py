"""What the integer programmes have in common. `variables` give the variable of each place of a task by its number."""

from collections.abc import Mapping, Sequence

from exam.papers.rules.programme import Programme
from exam.papers.rules.tasks import Task

SLACK = 1e-4
"""By how much limits in points are narrowed for arithmetic that isn't exact; what comes out is checked exactly."""


def is_a_paper(programme: Programme, task: Task, variables: Mapping[int, int]) -> None:
    """Fill the rows, without a question twice, two of a family, or enemies."""
    for places, row in zip(task.of_row, task.rows, strict=True):
        programme.limit([(variables[n], 1.0) for n in places if n in variables], row.count, row.count)
    for group in task.at_most_one:
        terms = [(variables[n], 1.0) for n in group if n in variables]
        if len(terms) > 1:
            programme.limit(terms, most=1)


def limit_uses(programme: Programme, task: Task, papers: Sequence[Mapping[int, int]], most: int) -> None:
    """Use no question more than `most` times; each use after the first costs as many common
    questions as it adds: the second 1, the third 2."""
    for id, places in task.of_question.items():
        room = task.known[id].room
        terms = [(variables[n], 1.0) for n in places for variables in papers]
        again = [programme.variable(cost=use, whole=False) for use in range(1, most)]
        programme.limit([*terms, *((one, -1.0) for one in again)], most=1)
        if room is not None and room < most:
            programme.limit(terms, most=room)


def within_band(programme: Programme, task: Task, variables: Mapping[int, int], papers: int) -> None:
    """Keep the points and seconds of so many papers together where the band wants each. `variables`: by place."""
    if task.band is None:
        return
    (least, most), (shortest, longest) = task.band.points, task.band.seconds
    points = [(one, task.points[n]) for n, one in variables.items()]
    seconds = [(one, task.seconds[n]) for n, one in variables.items()]
    programme.limit(points, papers * (float(least) + SLACK), papers * (float(most) - SLACK))
    programme.limit(seconds, papers * shortest, papers * longest)


def worn(task: Task) -> dict[int, float]:
    """How much each question has been shown, 0 to 1 beside the others."""
    most = max((one.shown for one in task.candidates), default=0) or 1
    return {one.question_id: one.shown / most for one in task.candidates}
