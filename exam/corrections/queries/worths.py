"""What a question counts for in the exams that have it, and what a correction of that asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.attempts.models import Attempt
from exam.corrections.models import Correction, CorrectionChange
from exam.marking import queries as marking
from exam.papers.models import Exam, Slot
from question_bank.models import QuestionVersion


@dataclass(frozen=True, slots=True)
class ExamWorth:
    """What a question counts for in the attempts at an exam, more than one worth where its blueprint has changed."""

    exam_id: int
    title: str
    worths: tuple[Fraction, ...]
    attempts: int


class WorthChange(NamedTuple):
    """What a question counted for in an exam, and what it is to count for."""

    title: str
    before: list[Fraction]
    after: Fraction


def family(root: int) -> Any:
    """A version of the family that its first version names, as a condition."""
    return func.coalesce(QuestionVersion.corrects_id, QuestionVersion.id) == root


def worth_asked(session: Session, correction: Correction) -> Callable[[Any, Fraction], Fraction | None]:
    """What the question is to count for in an attempt, given its row and what it counts for now; None for no matter.

    Once decided, a correction reaches those who come later by the papers that were made before: new ones go by the
    exam's blueprint.
    """
    if correction.worths is None:
        return lambda _row, _worth: None
    if correction.undoes_id is not None:
        undone = _reweighed_by(session, correction.undoes_id)
        return lambda row, worth: undone.get((row.attempt_id, worth))
    wanted = {int(exam_id): Fraction(worth["to"]) for exam_id, worth in correction.worths.items()}
    until = correction.decided_at
    return lambda row, _worth: wanted.get(row.exam_id) if until is None or row.paper_made_at <= until else None


def _reweighed_by(session: Session, correction_id: int) -> dict[tuple[int, Fraction], Fraction]:
    """By attempt, and the worth that a correction gave its question there, the worth before it."""
    rows = session.scalars(
        select(CorrectionChange)
        .where(CorrectionChange.correction_id == correction_id, CorrectionChange.worth_after.is_not(None))
        .order_by(CorrectionChange.id.desc())
    )
    return {(one.attempt_id, one.worth_after): one.worth_before for one in rows if one.worth_after and one.worth_before}


def worths(session: Session, root: int) -> list[ExamWorth]:
    """What a question counts for in each exam whose closed attempts have it, the latest exam first: one statement."""
    rows = session.execute(
        select(Exam.id, Exam.title, marking.worth().label("worth"), func.count().label("number"))
        .select_from(Attempt)
        .join(Slot, Slot.paper_id == Attempt.paper_id)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .where(family(root), Attempt.counts)
        .group_by(Exam.id, Exam.title, "worth")
        .order_by(Exam.id.desc())
    ).all()
    found: dict[int, ExamWorth] = {}
    for exam_id, title, worth, number in rows:
        known = found.get(exam_id, ExamWorth(exam_id, title, (), 0))
        found[exam_id] = ExamWorth(exam_id, title, tuple(sorted({*known.worths, worth})), known.attempts + number)
    return list(found.values())


def worths_asked(session: Session, correction: Correction) -> list[WorthChange]:
    """What a correction lets a question count for, exam by exam; empty for one that leaves that alone."""
    wanted = correction.worths or {}
    titles = session.execute(select(Exam.id, Exam.title).where(Exam.id.in_(map(int, wanted))).order_by(Exam.id)).all()
    return [
        WorthChange(title, [Fraction(one) for one in wanted[str(id)]["from"]], Fraction(wanted[str(id)]["to"]))
        for id, title in titles
    ]
