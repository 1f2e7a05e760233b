"""The parallel papers of cohorts: which may be given out, and all that a page says of them."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, column, exists, func, or_, select, table
from sqlalchemy.orm import Session, aliased

from exam.accounts.models import Person
from exam.courses.models import Cohort, Enrolment
from exam.papers.models import Exam, Paper, PaperSet, Slot
from exam.papers.queries.exams import SlotView, slots_of
from exam.papers.rules import ExamState, Origin, SetState
from question_bank.models import Question, QuestionVersion, VersionState
from question_bank.orm import UtcDateTime

_attempt = table("attempt", column("id"), column("paper_id"), column("exam_id"), column("sitting_id"))
_sitting = table("sitting", column("id"), column("enrolment_id"), column("exam_id"), column("closes_at", UtcDateTime()))


@dataclass(frozen=True)
class CurrentSet:
    """Parallel papers that may be given out: the ids of the questions of each, in the order of the papers."""

    id: int
    papers: dict[int, frozenset[int]]


def undrawable(paper_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Whether a question of this paper was retired or has a newer version: a condition for a statement."""
    return exists().where(
        Slot.paper_id == paper_id,
        QuestionVersion.id == Slot.question_version_id,
        Question.id == QuestionVersion.question_id,
        or_(QuestionVersion.state != VersionState.PUBLISHED, Question.retired_at.is_not(None)),
    )


def broken() -> ColumnElement[bool]:
    """Whether one paper of a `PaperSet` can't be given out any more."""
    paper = aliased(Paper)
    return exists().where(paper.set_id == PaperSet.id, paper.origin == Origin.PARALLEL, undrawable(paper.id))


def _current() -> ColumnElement[bool]:
    return and_(PaperSet.state == SetState.READY, PaperSet.outdated_at.is_(None), ~broken())


def current_sets(session: Session, exam: Exam, cohort_ids: Collection[int]) -> dict[int, CurrentSet]:
    """The set of each of these cohorts that may be given out, by cohort; two statements."""
    latest = (
        select(PaperSet.cohort_id, func.max(PaperSet.id))
        .where(
            PaperSet.exam_id == exam.id,
            PaperSet.cohort_id.in_(cohort_ids),
            PaperSet.edition == exam.blueprint_edition,
            _current(),
        )
        .group_by(PaperSet.cohort_id)
    )
    found = {set_id: cohort_id for cohort_id, set_id in session.execute(latest)}
    papers: dict[int, dict[int, set[int]]] = {set_id: {} for set_id in found}
    rows = session.execute(
        select(PaperSet.id, Paper.id, QuestionVersion.question_id)
        .join(Paper, Paper.set_id == PaperSet.id)
        .join(Slot, Slot.paper_id == Paper.id)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .where(PaperSet.id.in_(found), Paper.origin == Origin.PARALLEL)
        .order_by(Paper.id)
    )
    for set_id, paper_id, question_id in rows:
        papers[set_id].setdefault(paper_id, set()).add(question_id)
    return {
        cohort_id: CurrentSet(set_id, {paper: frozenset(ids) for paper, ids in papers[set_id].items()})
        for set_id, cohort_id in found.items()
    }


def sat_papers(session: Session, exam_id: int, cohort_id: int) -> list[int]:
    """The papers of sets of this cohort that somebody has begun: what a further set has to lie beside."""
    begun = exists().where(_attempt.c.paper_id == Paper.id)
    return list(
        session.scalars(
            select(Paper.id)
            .join(PaperSet, PaperSet.id == Paper.set_id)
            .where(PaperSet.exam_id == exam_id, PaperSet.cohort_id == cohort_id, begun)
            .order_by(Paper.id)
        )
    )


def cohort_of(session: Session, exam: Exam, cohort_id: int) -> Cohort | None:
    """A cohort of the exam's course; None for another one."""
    return session.scalar(select(Cohort).where(Cohort.id == cohort_id, Cohort.course_id == exam.course_id))


def people_of(session: Session, cohort_id: int) -> int:
    """How many people are in a cohort."""
    return session.scalar(select(func.count()).where(Enrolment.cohort_id == cohort_id)) or 0


def cohorts_waiting(session: Session, now: datetime, retry_before: datetime) -> list[tuple[int, int]]:
    """Published exams with the cohorts whose papers are still to be assembled: (exam, cohort), the newest cohort first.

    Those with somebody who learns still, or whose window is open or will be, and who hasn't begun. A refusal is tried
    again with another edition of the blueprint, or when it was made before `retry_before`.
    """
    done = aliased(PaperSet)
    settled = exists().where(
        done.exam_id == Exam.id,
        done.cohort_id == Enrolment.cohort_id,
        done.edition == Exam.blueprint_edition,
        done.outdated_at.is_(None),
        or_(done.state == SetState.READY, done.made_at >= retry_before),
    )
    begun = exists().where(_attempt.c.sitting_id == _sitting.c.id)
    may_begin = exists().where(
        _sitting.c.enrolment_id == Enrolment.id, _sitting.c.exam_id == Exam.id, _sitting.c.closes_at > now, ~begun
    )
    found = (
        select(Exam.id, Enrolment.cohort_id)
        .join(Enrolment, Enrolment.course_id == Exam.course_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Exam.state == ExamState.PUBLISHED,
            Person.active,
            or_(Enrolment.completed_at.is_(None), may_begin),
            ~settled,
        )
        .distinct()
        .order_by(Enrolment.cohort_id.desc(), Exam.id)
    )
    return [(exam_id, cohort_id) for exam_id, cohort_id in session.execute(found)]


@dataclass(frozen=True)
class CohortPapers:
    """How the papers of one cohort stand."""

    cohort: Cohort
    people: int
    latest: PaperSet | None
    """Its newest set or refusal."""
    current: bool
    """Whether that may be given out."""
    begun: Counter[Origin]
    """How many attempts were begun on papers of each origin."""


def cohort_papers(session: Session, exam: Exam) -> list[CohortPapers]:
    """The cohorts of an exam's course, the newest first, with their papers: four statements."""
    people = select(func.count()).where(Enrolment.cohort_id == Cohort.id).correlate(Cohort).scalar_subquery()
    cohorts = session.execute(
        select(Cohort, people).where(Cohort.course_id == exam.course_id).order_by(Cohort.id.desc())
    ).all()
    newest = select(func.max(PaperSet.id)).where(PaperSet.exam_id == exam.id).group_by(PaperSet.cohort_id)
    sets = {one.cohort_id: one for one in session.scalars(select(PaperSet).where(PaperSet.id.in_(newest)))}
    valid = set(session.scalars(select(PaperSet.id).where(PaperSet.id.in_([s.id for s in sets.values()]), _current())))
    begun: dict[int, Counter[Origin]] = {}
    rows = session.execute(
        select(Enrolment.cohort_id, Paper.origin, func.count())
        .select_from(_attempt)
        .join(_sitting, _sitting.c.id == _attempt.c.sitting_id)
        .join(Enrolment, Enrolment.id == _sitting.c.enrolment_id)
        .join(Paper, Paper.id == _attempt.c.paper_id)
        .where(_attempt.c.exam_id == exam.id)
        .group_by(Enrolment.cohort_id, Paper.origin)
    )
    for cohort_id, origin, number in rows:
        begun.setdefault(cohort_id, Counter())[origin] += number
    return [
        CohortPapers(
            cohort,
            number,
            latest := sets.get(cohort.id),
            latest is not None and latest.id in valid and latest.edition == exam.blueprint_edition,
            begun.get(cohort.id, Counter()),
        )
        for cohort, number in cohorts
    ]


@dataclass(frozen=True)
class Sheet:
    """A set with its papers: what the parity sheet shows."""

    set: PaperSet
    cohort: Cohort
    papers: list[Paper]
    slots: dict[int, list[SlotView]]
    begun: dict[int, int]
    """How many have begun each of them."""
    current: bool


def sheet(session: Session, exam: Exam, set_id: int) -> Sheet | None:
    """A set of an exam for its parity sheet; None when it has no such set."""
    found = session.execute(
        select(PaperSet, Cohort, _current().label("current"))
        .join(Cohort, Cohort.id == PaperSet.cohort_id)
        .where(PaperSet.id == set_id, PaperSet.exam_id == exam.id, PaperSet.state == SetState.READY)
    ).first()
    if found is None:
        return None
    papers = list(session.scalars(select(Paper).where(Paper.set_id == set_id).order_by(Paper.origin.desc(), Paper.id)))
    ids = [paper.id for paper in papers]
    begun = select(_attempt.c.paper_id, func.count()).where(_attempt.c.paper_id.in_(ids)).group_by(_attempt.c.paper_id)
    return Sheet(
        found[0],
        found[1],
        papers,
        slots_of(session, ids),
        dict(iter(session.execute(begun))),
        found[2] and found[0].edition == exam.blueprint_edition,
    )
