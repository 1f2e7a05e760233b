"""Second marking: what an attempt's score is so far, how exactly its exam measures, and what still waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from exam.attempts.models import Attempt
from exam.marking.models import Mark, MeasuredError, SecondMarking
from exam.marking.queries.marks import counting_marks
from exam.marking.queries.work import wholly_marked
from exam.marking.queries.worths import worth
from exam.marking.rules import ENOUGH_ATTEMPTS, NOT_MEASURED, MarkSource, Stage, counting_worth
from exam.papers.models import Exam, Slot
from question_bank.models import QuestionVersion
from question_bank.statistics.matrix import Marks
from question_bank.statistics.totals import total_statistics

MOST_MEASURED = 400
"""The latest attempts from which the standard error of measurement is worked out: more hardly change it."""


@dataclass(frozen=True)
class Total:
    """What an attempt brought so far, and the positions that a person has marked."""

    score: Fraction
    """In per cent of what was possible."""
    by_person: tuple[int, ...]


def totals(session: Session, attempt_ids: Iterable[int]) -> dict[int, Total]:
    """The scores of wholly marked attempts: two statements."""
    wanted = list(attempt_ids)
    rows = session.execute(
        select(Attempt.id, Slot.position, worth())
        .join(Slot, Slot.paper_id == Attempt.paper_id)
        .where(Attempt.id.in_(wanted))
    )
    found = counting_marks(session, wanted)
    possible: dict[int, Fraction] = {}
    for attempt_id, position, points in rows:
        counts_for = counting_worth(found[attempt_id].get(position), points)
        possible[attempt_id] = possible.get(attempt_id, Fraction()) + counts_for
    return {
        attempt_id: Total(
            100 * sum((mark.points for mark in found[attempt_id].values()), Fraction()) / possible[attempt_id],
            tuple(sorted(position for position, mark in found[attempt_id].items() if mark.source is MarkSource.PERSON)),
        )
        for attempt_id in possible
    }


def measured_error(session: Session, exam_id: int) -> MeasuredError | None:
    """What was worked out last of how exactly an exam measures."""
    return session.get(MeasuredError, exam_id)


def attempts_to_measure(session: Session, exam_id: int) -> list[int]:
    """The latest wholly marked attempts at an exam, as many as are looked at; too few to say anything is none."""
    found = select(Attempt.id).where(Attempt.exam_id == exam_id, Attempt.counts)
    latest = session.scalars(found.order_by(Attempt.closed_at.desc(), Attempt.id.desc()).limit(MOST_MEASURED)).all()
    return sorted(wholly_marked(session, latest)) if len(latest) >= ENOUGH_ATTEMPTS else []


def closed_attempts(session: Session, exam_id: int) -> int:
    """How many attempts at an exam have been handed in."""
    found = select(func.count(Attempt.id)).where(Attempt.exam_id == exam_id, Attempt.counts)
    return session.scalar(found) or 0


def standard_error(session: Session, attempt_ids: Iterable[int]) -> Fraction | None:
    """SD · √(1 − alpha) of these attempts in points of 100, rounded up to tenths; None where it can't be worked out.

    A question that a paper doesn't have is missing, not 0: `question_bank.statistics`. Source: Lord & Novick 1968,
    Statistical Theories of Mental Test Scores, eq. 7.4.1, with alpha for the reliability.
    """
    later = aliased(Mark)
    rows = session.execute(
        select(Mark.attempt_id, QuestionVersion.question_id, Mark.points, worth())
        .join(Attempt, Attempt.id == Mark.attempt_id)
        .join(Slot, and_(Slot.paper_id == Attempt.paper_id, Slot.position == Mark.position))
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .where(
            Mark.attempt_id.in_(list(attempt_ids)),
            Mark.source.not_in(NOT_MEASURED),
            ~exists().where(later.attempt_id == Mark.attempt_id, later.position == Mark.position, later.id > Mark.id),
        )
    ).all()
    columns = {question_id: place for place, question_id in enumerate(sorted({row[1] for row in rows}))}
    maxima = [0.0] * len(columns)
    table: dict[int, list[float | None]] = {}
    for attempt_id, question_id, points, most in rows:
        table.setdefault(attempt_id, [None] * len(columns))[columns[question_id]] = float(points)
        maxima[columns[question_id]] = max(maxima[columns[question_id]], float(most))
    error = total_statistics(Marks.of(list(table.values()), maxima)).sem.value if table else None
    return Fraction(ceil(10 * error), 10) if error is not None else None


def waits_for_second() -> ColumnElement[bool]:
    """An attempt has answers that wait for a second or third marker, and its exam still wants that."""
    return exists(_open()).correlate(Attempt)


def second_left() -> Any:
    """How many answers of an attempt wait for a second or third marker, as a subquery."""
    return _open().with_only_columns(func.count(SecondMarking.id)).correlate(Attempt).scalar_subquery()


def is_second_waiting(session: Session, attempt_id: int) -> bool:
    """Whether an attempt waits for a second or third marker: its result can't be released before."""
    return session.scalar(select(Attempt.id).where(Attempt.id == attempt_id, waits_for_second())) is not None


def _open() -> Any:
    wanting = aliased(Exam)
    return select(SecondMarking.id).where(
        SecondMarking.attempt_id == Attempt.id,
        SecondMarking.stage != Stage.SETTLED,
        wanting.id == Attempt.exam_id,
        wanting.second_marking,
    )
