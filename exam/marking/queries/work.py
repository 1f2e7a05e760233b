"""Which short answers are left for a marker, question by question, and which one comes next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, exists, func, select
from sqlalchemy.orm import Session

from exam.attempts.models import Attempt
from exam.marking.models import Opinion, SecondMarking
from exam.marking.queries.conditions import left_for_anybody, left_for_me, left_for_nobody, short_answers, unmarked
from exam.marking.rules import Stage, in_order
from exam.papers.models import Exam, Slot
from question_bank.models import Question, QuestionVersion, Topic


@dataclass(frozen=True)
class QuestionWork:
    """One question of the desk's list: how many answers there are, and how many are left."""

    question_id: int
    stem: str
    topic: str
    total: int
    left: int
    """For this marker."""
    for_others: int
    """Left as well, but another trainer has to mark them, as the first or as the second."""
    for_nobody: int
    """Of these, those that no trainer there is may mark: all have, or only the author's tutor hasn't."""

    @property
    def done(self) -> int:
        return self.total - self.left - self.for_others


def left(session: Session, person_id: int) -> int:
    """How many short answers this person has still to mark: one statement."""
    return session.scalar(_left(), {"me": person_id}) or 0


@cache
def _left() -> Select[Any]:
    return short_answers(func.count()).where(left_for_me())


def exams_with_new_work(session: Session, since: datetime) -> Sequence[tuple[int, str, datetime]]:
    """The exams with unmarked short answers in attempts that ended since: id, title, and when the last one ended."""
    found = short_answers(Exam.id, Exam.title, func.max(Attempt.closed_at, type_=Attempt.closed_at.type))
    found = found.where(Attempt.closed_at >= since, unmarked()).group_by(Exam.id, Exam.title).order_by(Exam.id)
    return [tuple(row) for row in session.execute(found)]


def exams_with_second_work(session: Session, since: datetime) -> Sequence[tuple[int, str, Stage, datetime]]:
    """The exams with answers that wait since then for a second, or for a third marker, and since when the last does."""
    own = Opinion.attempt_id == SecondMarking.attempt_id, Opinion.position == SecondMarking.position
    parted = select(func.max(Opinion.given_at)).where(*own).correlate(SecondMarking).scalar_subquery()
    at = case((SecondMarking.stage == Stage.SECOND, SecondMarking.asked_at), else_=parted)
    found = (
        select(Exam.id, Exam.title, SecondMarking.stage, func.max(at, type_=SecondMarking.asked_at.type))
        .join(Attempt, Attempt.exam_id == Exam.id)
        .join(SecondMarking, SecondMarking.attempt_id == Attempt.id)
        .where(Exam.second_marking, Attempt.voided_at.is_(None), SecondMarking.stage != Stage.SETTLED, at >= since)
        .group_by(Exam.id, Exam.title, SecondMarking.stage)
        .order_by(Exam.id, SecondMarking.stage)
    )
    return [tuple(row) for row in session.execute(found)]


def second_left_for(session: Session, person_id: int, exam_id: int, stage: Stage) -> int:
    """How many answers of an exam wait at this stage for this person, among others: one statement."""
    return session.scalar(_second_left_for(), {"me": person_id, "exam_id": exam_id, "stage": stage}) or 0


@cache
def _second_left_for() -> Select[Any]:
    stage = bindparam("stage", type_=SecondMarking.stage.type)
    at_stage = exists().where(
        SecondMarking.attempt_id == Attempt.id, SecondMarking.position == Slot.position, SecondMarking.stage == stage
    )
    wanted = ~unmarked(), at_stage.correlate(Attempt, Slot), left_for_me()
    return _within(short_answers(func.count()).where(*wanted), True)


def work(session: Session, person_id: int, exam_id: int | None = None) -> list[QuestionWork]:
    """Every short-answer question that has been answered, with what is left of it: two statements."""
    rows = session.execute(_work(exam_id is not None), {"me": person_id, "exam_id": exam_id})
    figures = {version_id: (question_id, *counts) for question_id, version_id, *counts in rows}
    words = session.execute(
        select(QuestionVersion.id, QuestionVersion.stem, Topic.name)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Topic, Topic.id == Question.topic_id)
        .where(QuestionVersion.id.in_(figures))
        .order_by(Topic.position, Topic.id, Question.id)
    )
    return [
        QuestionWork(question_id, stem, topic, total, *map(int, left))
        for version_id, stem, topic in words
        for question_id, total, *left in [figures[version_id]]
    ]


@cache
def _work(of_exam: bool) -> Select[Any]:
    mine = case((left_for_me(), 1), else_=0)
    others = case((and_(left_for_anybody(), ~left_for_me()), 1), else_=0)
    nobodys = case((left_for_nobody(), 1), else_=0)
    version, sums = QuestionVersion, map(func.sum, (mine, others, nobodys))
    found = short_answers(version.question_id, func.max(version.id), func.count(), *sums)
    return _within(found, of_exam).group_by(version.question_id)


@cache
def _waiting(of_exam: bool) -> Select[Any]:
    found = short_answers(Attempt.id, QuestionVersion.id.label("version_id")).where(
        QuestionVersion.question_id == bindparam("question_id"), left_for_me()
    )
    return _within(found, of_exam)


def _within(found: Select[Any], of_exam: bool) -> Select[Any]:
    return found.where(Attempt.exam_id == bindparam("exam_id")) if of_exam else found


def wholly_marked(session: Session, attempt_ids: Iterable[int]) -> set[int]:
    """Those of these attempts of which every slot has a mark that counts: one statement."""
    found = select(Attempt.id).where(
        Attempt.id.in_(list(attempt_ids)), ~exists().where(Slot.paper_id == Attempt.paper_id, unmarked())
    )
    return set(session.scalars(found))


def waiting(session: Session, person_id: int, question_id: int, exam_id: int | None = None) -> dict[int, int]:
    """The attempts whose answer to this question the marker has still to mark, each with the version that was seen."""
    wanted = {"me": person_id, "question_id": question_id, "exam_id": exam_id}
    return {row.id: row.version_id for row in session.execute(_waiting(exam_id is not None), wanted)}


def next_attempt(
    session: Session, person_id: int, question_id: int, exam_id: int | None = None, after: int | None = None
) -> int | None:
    """The attempt whose answer to this question the marker gets next, in their own order; None when none is left.

    `after`: the one that was just looked at; it comes again only when all others are done.
    """
    left_over = waiting(session, person_id, question_id, exam_id)
    order = in_order(left_over.keys() | ({after} if after is not None else set()), person_id, question_id)
    if after is not None:
        here = order.index(after)
        order = order[here + 1 :] + order[: here + 1]
    return next((one for one in order if one in left_over), None)
