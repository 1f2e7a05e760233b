"""Where a question is used: which exams have shown it, which may draw it, and how it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from exam.attempts.models import Attempt
from exam.marking.models import Mark
from exam.marking.queries import worth
from exam.marking.rules import NOT_MEASURED
from exam.papers.models import BlueprintRow, Exam, Slot
from exam.papers.rules import ExamState
from question_bank.models import Question, QuestionVersion, VersionState

FEWEST = 10
"""Marks below which a share of the points says nothing."""


@dataclass(frozen=True, slots=True)
class Use:
    """What one exam did with a question, whatever the version; attempts set aside don't count.

    `marked` of the times it was seen have a mark; `facility` is the share of the points that these earned, from 0 to 1,
    None below `FEWEST`.
    """

    exam_id: int
    title: str
    seen: int
    marked: int
    facility: Fraction | None


def where_used(session: Session, question_id: int) -> list[Use]:
    """The exams that have shown a question, the newest first: two statements."""
    shown = (
        select(Attempt.id, Attempt.exam_id, Slot.position, worth().label("points"))
        .join(Slot, Slot.paper_id == Attempt.paper_id)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .where(QuestionVersion.question_id == question_id, Attempt.voided_at.is_(None))
        .subquery()
    )
    seen = session.execute(
        select(Exam.id, Exam.title, func.count())
        .join(shown, shown.c.exam_id == Exam.id)
        .group_by(Exam.id, Exam.title)
        .order_by(Exam.id.desc())
    ).all()
    last = (
        select(func.max(Mark.id))
        .join(shown, and_(shown.c.id == Mark.attempt_id, shown.c.position == Mark.position))
        .group_by(Mark.attempt_id, Mark.position)
    )
    # By kind of mark instead of each: thousands of candidates have a handful of different points.
    rows = session.execute(
        select(shown.c.exam_id, shown.c.points, Mark.points, func.count())
        .join(Mark, and_(shown.c.id == Mark.attempt_id, shown.c.position == Mark.position))
        .where(Mark.id.in_(last), Mark.source.not_in(NOT_MEASURED))
        .group_by(shown.c.exam_id, shown.c.points, Mark.points)
    ).all()
    found = []
    for exam_id, title, number in seen:
        own = [(most, points, count) for exam, most, points, count in rows if exam == exam_id]
        marked = sum(count for _most, _points, count in own)
        found.append(Use(exam_id, title, number, marked, _share(own) if marked >= FEWEST else None))
    return found


def _share(rows: list[tuple[Fraction, Fraction, int]]) -> Fraction:
    possible = sum((most * count for most, _points, count in rows), Fraction())
    return sum((points * count for _most, points, count in rows), Fraction()) / possible


def may_draw(session: Session, question: Question) -> Sequence[tuple[int, str]]:
    """The exams, not retired, whose blueprint draws questions like its published version: id and title."""
    published = (
        select(QuestionVersion.difficulty)
        .where(QuestionVersion.question_id == question.id, QuestionVersion.state == VersionState.PUBLISHED)
        .scalar_subquery()
    )
    like_it = and_(
        BlueprintRow.topic_id == question.topic_id,
        BlueprintRow.kind == question.kind,
        or_(BlueprintRow.difficulty.is_(None), BlueprintRow.difficulty == published),
    )
    found = (
        select(Exam.id, Exam.title)
        .join(BlueprintRow, BlueprintRow.exam_id == Exam.id)
        .where(like_it, Exam.state != ExamState.RETIRED, published.is_not(None))
        .distinct()
        .order_by(Exam.id.desc())
    )
    return [(id, title) for id, title in session.execute(found)]
