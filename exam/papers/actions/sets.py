"""Parallel papers of a cohort: looking at the bank, keeping what was assembled, and setting aside what is out of date.

Assembling itself takes seconds and needs no database: `survey`, then `rules.assemble_beside` outside of any
transaction, then `keep_set`, which refuses when the bank has changed meanwhile.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random, SystemRandom
from time import monotonic
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.errors import Conflict, Refused, _l
from exam.papers import queries
from exam.papers.actions.giving import NewPaper, keep_papers
from exam.papers.models import Exam, Experience, Paper, PaperSet, Slot
from exam.papers.rules import (
    MOST_CAP,
    MOST_PAPERS,
    Assembly,
    Candidate,
    NoPapers,
    Origin,
    Outdated,
    SetState,
    Task,
    Unfit,
    assemble_beside,
    band_beside,
    with_room,
)
from question_bank.models import Question, QuestionVersion

RETRY = timedelta(minutes=10)
"""How long after a refusal the site tries again by itself."""
AT_A_TIME = 3
"""Cohorts of one run of the job, for others wait in its thread."""
AT_ONCE = 25
"""Questions whose marks are added up in one go."""
MOST_SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class Making:
    """How papers were assembled: with which seed, in how many seconds, for whom; None: by the site itself."""

    seed: int
    seconds: float
    actor_id: int | None = None


@dataclass(frozen=True)
class Survey:
    """What the papers of a cohort are to be made of, as the bank was when it was looked at."""

    exam_id: int
    cohort_id: int
    edition: int
    task: Task


def survey(session: Session, exam: Exam, cohort_id: int) -> Survey:
    """Look at the bank for a cohort's parallel papers. Refuses an exam without a blueprint."""
    session.refresh(exam)
    rows = queries.lines(session, exam.id)
    if not rows:
        raise Refused(_l("The blueprint is empty. Add its rows first."), code="no_rows")
    number = exam.parallel_papers
    people = queries.people_of(session, cohort_id)
    available = with_room(queries.candidates(session, rows), exam.exposure_cap, people, number)
    sat = queries.weights_of(session, queries.sat_papers(session, exam.id, cohort_id))
    band = band_beside(list(sat.values())) if sat else None
    task = Task(rows, available, number, queries.enemies(session, available), band)
    return Survey(exam.id, cohort_id, exam.blueprint_edition, task)


def keep_set(session: Session, looked: Survey, made: Assembly, how: Making, *, beside: bool, now: datetime) -> PaperSet:
    """Freeze parallel papers in place of those that the cohort had; who has begun one of these keeps it.

    Refuses (`bank_changed`) when the blueprint or one of their questions isn't what it was when the bank was looked at.
    """
    # Two who keep papers of one exam wait for each other; starts, whose attempts refer to it, wait for neither.
    exam = session.get_one(Exam, looked.exam_id, with_for_update={"key_share": True}, populate_existing=True)
    _refuse_changed(session, exam, looked, made)
    _outdate(session, exam.id, looked.cohort_id, Outdated.REPLACED, now)
    kept = PaperSet(
        **_columns(looked, how, now),
        state=SetState.READY,
        most_uses=made.most_uses,
        least_most_uses=made.least_most_uses,
        common=made.common,
        least_common=made.least_common,
        beside=beside,
    )
    session.add(kept)
    session.flush()
    papers = [
        NewPaper(slots, Origin.PARALLEL, set_id=kept.id, weight=weight)
        for slots, weight in zip(made.papers, made.weights, strict=True)
    ]
    keep_papers(session, exam, papers, now)
    _audit(session, "exam.papers_assembled", exam, how.actor_id, now, cohort=looked.cohort_id, papers=len(papers))
    return kept


def keep_refusal(session: Session, looked: Survey, why: Unfit, how: Making, *, now: datetime) -> PaperSet:
    """Remember that no parallel papers could be had, so that the exam's page says so: papers will be drawn."""
    _outdate(session, looked.exam_id, looked.cohort_id, Outdated.REPLACED, now)
    kept = PaperSet(**_columns(looked, how, now), state=SetState.REFUSED, why=why)
    session.add(kept)
    session.flush()
    return kept


def _columns(looked: Survey, how: Making, now: datetime) -> dict[str, object]:
    return {
        "exam_id": looked.exam_id,
        "cohort_id": looked.cohort_id,
        "edition": looked.edition,
        "number": looked.task.papers,
        "seed": how.seed,
        "took_ms": round(1000 * how.seconds),
        "made_at": now,
        "made_by": how.actor_id,
    }


def _refuse_changed(session: Session, exam: Exam, looked: Survey, made: Assembly) -> None:
    now_known = {one.question_id: one for one in queries.candidates(session, looked.task.rows)}
    used = {slot.question_id for slots in made.papers for slot in slots}
    same = all(id in now_known and _facts(now_known[id]) == _facts(looked.task.known[id]) for id in used)
    pairs = queries.enemies(session, now_known.values())
    together = any({a, b} <= {slot.question_id for slot in slots} for slots in made.papers for a, b in pairs)
    if not same or together or exam.blueprint_edition != looked.edition or exam.parallel_papers != looked.task.papers:
        raise Conflict(
            _l("The bank or the blueprint was changed while papers were assembled. Assemble them again."),
            code="bank_changed",
        )


def _facts(one: Candidate) -> tuple[object, ...]:
    return (one.version_id, one.topic, one.difficulty, one.family, one.seconds)


def assemble_waiting(session: Session, now: datetime, rng: Random | None = None) -> Iterator[str]:
    """Assemble papers for the cohorts that have none yet, as a job; yields where what was done can be committed.

    Nothing is held while HiGHS works: on SQLite everybody who saves would wait.
    """
    set_aside_broken(session, now)
    for exam_id, cohort_id in queries.cohorts_waiting(session, now, now - RETRY)[:AT_A_TIME]:
        try:
            looked = survey(session, session.get_one(Exam, exam_id), cohort_id)
        except Refused:
            continue
        yield "looked"
        seed, begun = (rng or SystemRandom()).randrange(MOST_SEEDS), monotonic()
        made = _made(looked.task, seed)
        how = Making(seed, monotonic() - begun)
        if isinstance(made, Unfit):
            keep_refusal(session, looked, made, how, now=now)
        else:
            try:
                keep_set(session, looked, made[0], how, beside=made[1], now=now)
            except Conflict:
                continue  # the next run looks again
        yield "kept"


def _made(task: Task, seed: int) -> tuple[Assembly, bool] | Unfit:
    steps = assemble_beside(task, seed)
    try:
        while True:
            next(steps)
    except StopIteration as end:
        made: tuple[Assembly, bool] = end.value
        return made
    except NoPapers as refusal:
        return refusal.why


def set_parallel(
    session: Session, exam: Exam, *, papers: int, cap: int | None, actor_id: int | None, now: datetime
) -> None:
    """Say how many parallel papers a cohort gets, and how many people may be shown a question; sets are set aside."""
    if not (1 <= papers <= MOST_PAPERS and (cap is None or 1 <= cap <= MOST_CAP)):
        raise Refused(_l("A number of papers or people is out of range."), code="out_of_range")
    before = (exam.parallel_papers, exam.exposure_cap)
    if before == (papers, cap):
        return
    exam.parallel_papers, exam.exposure_cap = papers, cap
    session.flush()
    _outdate(session, exam.id, None, Outdated.SETTINGS, now)
    changes = {"parallel_papers": [before[0], papers], "exposure_cap": [before[1], cap]}
    _audit(session, "exam.parallel_changed", exam, actor_id, now, changes=changes)


def outdate_with(session: Session, question_ids: Collection[int], now: datetime) -> None:
    """Set aside the parallel papers in which one of these questions stands: its family, enemies or time are others."""
    sets = (
        select(Paper.set_id)
        .join(Slot, Slot.paper_id == Paper.id)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .where(QuestionVersion.question_id.in_(question_ids), Paper.origin == Origin.PARALLEL)
    )
    _set_aside(session, PaperSet.id.in_(sets), Outdated.QUESTION, now)


def set_aside_broken(session: Session, now: datetime) -> None:
    """Set aside what can't be given out any more: of another edition, or with a question that can't be drawn."""
    edition = select(Exam.blueprint_edition).where(Exam.id == PaperSet.exam_id).scalar_subquery()
    _set_aside(session, PaperSet.edition != edition, Outdated.BLUEPRINT, now)
    _set_aside(session, queries.broken(), Outdated.QUESTION, now)


def _outdate(session: Session, exam_id: int, cohort_id: int | None, why: Outdated, now: datetime) -> None:
    which = PaperSet.exam_id == exam_id
    _set_aside(session, which if cohort_id is None else which & (PaperSet.cohort_id == cohort_id), why, now)


def _set_aside(session: Session, which: ColumnElement[bool], why: Outdated, now: datetime) -> None:
    session.execute(
        update(PaperSet)
        .where(which, PaperSet.outdated_at.is_(None))
        .values(outdated_at=now, outdated_why=why)
        .execution_options(synchronize_session="fetch")
    )


def count_experience(session: Session, now: datetime) -> Iterator[int]:
    """Add up what candidates have met and earned of each question, as a job: some questions at a time, for on SQLite
    everybody who saves waits. Only what has changed is written; yields how many that is, to be committed there."""
    ids = list(session.scalars(select(Question.id).order_by(Question.id)))
    for first in range(0, len(ids), AT_ONCE):
        yield _count(session, ids[first : first + AT_ONCE], now)


def _count(session: Session, ids: Collection[int], now: datetime) -> int:
    known = {one.question_id: one for one in session.scalars(select(Experience).where(Experience.question_id.in_(ids)))}
    changed = [
        {"question_id": id, "shown": shown, "marked": got.number, "shares": got.shares, "counted_at": now}
        for id, (shown, got) in queries.experience(session, ids).items()
        if id not in known or (known[id].shown, known[id].marked, known[id].shares) != (shown, got.number, got.shares)
    ]
    session.execute(delete(Experience).where(Experience.question_id.in_([row["question_id"] for row in changed])))
    if changed:
        session.execute(insert(Experience), changed)
    return len(changed)


def _audit(session: Session, action: str, exam: Exam, actor_id: int | None, now: datetime, **detail: Any) -> None:
    audit(session, actor_id=actor_id, action=action, subject_type="exam", subject_id=exam.id, now=now, **detail)
