"""Which paper a candidate gets: a parallel one of their cohort, one of their own beside those, or a drawn one."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from random import Random

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from exam.errors import Refused, _l
from exam.papers import queries
from exam.papers.models import Exam, Paper, Slot
from exam.papers.rules import (
    Band,
    Chosen,
    NoPapers,
    NotEnough,
    Origin,
    Task,
    Weight,
    assemble_own,
    band_beside,
    draw_one,
    next_paper,
    with_room,
)
from question_bank import bank

HUNDREDTH = 100
"""Errors of expected points are kept in these: they are estimates themselves."""


@dataclass(frozen=True, slots=True)
class Want:
    """Somebody who needs a paper: their cohort, and the questions they have met."""

    cohort_id: int
    seen: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class NewPaper:
    """A paper to be kept."""

    slots: Sequence[Chosen]
    origin: Origin
    repeats: int = 0
    set_id: int | None = None
    weight: Weight | None = None


def papers_for(
    session: Session, exam: Exam, wants: Sequence[Want], used: Mapping[int, int], now: datetime, rng: Random
) -> list[Paper]:
    """A paper for each of these candidates, in their order: a fixed number of statements, whatever their number.

    `used` says how many people have each paper already. Of the parallel papers of a cohort each is given about as
    often; whoever has met questions gets one without them, or else one of their own that is as hard and long as those.
    Where a cohort has no parallel papers, or none like them can be had, it is drawn. Refuses when the bank can no
    longer fill the blueprint.
    """
    sets = queries.current_sets(session, exam, {want.cohort_id for want in wants})
    count = Counter(used)
    given: list[int | None] = []
    for want in wants:
        own = sets.get(want.cohort_id)
        paper_id = next_paper(own.papers, count, want.seen) if own else None
        given.append(paper_id)
        if paper_id is not None:
            count[paper_id] += 1
    left = [want for want, paper_id in zip(wants, given, strict=True) if paper_id is None]
    made = iter(keep_papers(session, exam, _make(session, exam, left, sets, rng), now) if left else ())
    shared = {paper.id: paper for paper in session.scalars(select(Paper).where(Paper.id.in_({*given} - {None})))}
    return [shared[paper_id] if paper_id is not None else next(made) for paper_id in given]


def _make(
    session: Session, exam: Exam, wants: Sequence[Want], sets: Mapping[int, queries.CurrentSet], rng: Random
) -> list[NewPaper]:
    """A new paper for each of these: beside the parallel ones of their cohort, or drawn."""
    task = _task(session, exam)
    weights = queries.weights_of(session, [paper for one in sets.values() for paper in one.papers])
    papers = []
    for want in wants:
        own = sets.get(want.cohort_id)
        beside = _beside(task, want, own.id, band_beside([weights[id] for id in own.papers]), rng) if own else None
        papers.append(beside or _drawn(task, want, rng))
    return papers


def _task(session: Session, exam: Exam) -> Task:
    """What one paper of an exam may be made of; refuses an exam without a blueprint."""
    rows = queries.lines(session, exam.id)
    if not rows:
        raise Refused(_l("This exam has no questions yet."), code="no_rows")
    available = queries.candidates(session, rows)
    return Task(rows, with_room(available, exam.exposure_cap, 1, 1), enemies=queries.enemies(session, available))


def _beside(task: Task, want: Want, set_id: int, band: Band, rng: Random) -> NewPaper | None:
    try:
        own = assemble_own(replace(task, band=band), want.seen, rng)
    except NoPapers:
        return None
    return NewPaper(own.slots, Origin.OWN, own.repeats, set_id, own.weight)


def _drawn(task: Task, want: Want, rng: Random) -> NewPaper:
    try:
        choice = draw_one(task, want.seen, rng)
    except NotEnough as short:
        raise Refused(
            _l("The question bank no longer has enough questions for this exam. Tell your trainer."),
            code="not_enough_questions",
            rows=len(short.shortfalls),
        ) from short
    return NewPaper(choice.slots, Origin.DRAWN, choice.repeats)


def assemble(
    session: Session, exam: Exam, seen_question_ids: Collection[int], now: datetime, rng: Random | None = None
) -> Paper:
    """Draw and freeze a paper for one candidate: questions not in `seen_question_ids` as far as the bank has any.

    The versions drawn are locked from now on. Refuses when the bank can no longer fill the blueprint.
    """
    return assemble_each(session, exam, [seen_question_ids], now, rng)[0]


def assemble_each(
    session: Session, exam: Exam, seen: Sequence[Collection[int]], now: datetime, rng: Random | None = None
) -> list[Paper]:
    """Draw and freeze a paper for each of several candidates, given what each has seen: so many statements."""
    task, chance = _task(session, exam), rng or Random()
    drawn = [_drawn(task, Want(0, frozenset(one)), chance) for one in seen]
    return keep_papers(session, exam, drawn, now)


def keep_papers(session: Session, exam: Exam, wanted: Sequence[NewPaper], now: datetime) -> list[Paper]:
    """Freeze papers: a fixed number of statements."""
    papers = [
        Paper(
            exam_id=exam.id,
            created_at=now,
            origin=one.origin,
            set_id=one.set_id,
            repeats=one.repeats,
            expected_points=one.weight.points if one.weight else None,
            expected_error=Fraction(round(one.weight.error * HUNDREDTH), HUNDREDTH) if one.weight else None,
            expected_seconds=one.weight.seconds if one.weight else None,
        )
        for one in wanted
    ]
    session.add_all(papers)
    session.flush()
    rows = [
        {"paper_id": paper.id, "position": position, "question_version_id": slot.version_id, "points": slot.points}
        for paper, one in zip(papers, wanted, strict=True)
        for position, slot in enumerate(one.slots, start=1)
    ]
    session.execute(insert(Slot), rows)
    bank.mark_used(session, {slot.version_id for one in wanted for slot in one.slots}, now=now)
    return papers


def throw_away(session: Session, paper_ids: Collection[int]) -> None:
    """Delete papers that nobody has been shown, but not those of a cohort. The versions they locked stay locked."""
    apart = select(Paper.id).where(Paper.id.in_(paper_ids), Paper.origin != Origin.PARALLEL)
    gone = list(session.scalars(apart))
    session.execute(delete(Slot).where(Slot.paper_id.in_(gone)))
    session.execute(delete(Paper).where(Paper.id.in_(gone)))
