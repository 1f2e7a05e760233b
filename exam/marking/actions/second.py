"""Asking for a second marker: on whom the lot falls, and whose score is near a cut."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.actions import unsaved_audit
from exam.attempts.models import Attempt
from exam.marking import queries
from exam.marking.models import MeasuredError, SecondMarking
from exam.marking.rules import ENOUGH_ATTEMPTS, Stage, why_second
from exam.papers.models import Exam


def ask_for_second(session: Session, attempts: Sequence[Attempt], now: datetime) -> None:
    """Ask for a second marker of the short answers of these wholly marked attempts, where the exam wants one.

    Once for each answer; an attempt whose result is released isn't asked for any more. Expects the attempts locked.
    """
    exams = {exam.id: exam for exam in _wanting(session, attempts)}
    seen = queries.released(session, [attempt.id for attempt in attempts]) if exams else set()
    wanted = {one.id: one for one in attempts if one.exam_id in exams and one.id not in seen}
    if not wanted:
        return
    asked = {
        tuple(row)
        for row in session.execute(
            select(SecondMarking.attempt_id, SecondMarking.position).where(SecondMarking.attempt_id.in_(wanted))
        )
    }
    errors = {exam_id: error_of(session, exam_id, now) for exam_id in {one.exam_id for one in wanted.values()}}
    for attempt_id, total in sorted(queries.totals(session, wanted).items()):
        attempt, exam = wanted[attempt_id], exams[wanted[attempt_id].exam_id]
        places = [position for position in total.by_person if (attempt_id, position) not in asked]
        cuts = (attempt.pass_percent, attempt.distinction_percent)
        lot, share = exam.second_lot, exam.second_share
        why = why_second(total.score, cuts, errors[exam.id], attempt_id=attempt_id, lot=lot, share=share)
        if why is None or not places:
            continue
        session.add_all(
            SecondMarking(
                attempt_id=attempt_id, position=position, why=why, tolerance=exam.second_tolerance,
                stage=Stage.SECOND, asked_at=now,
            )
            for position in places
        )  # fmt: skip
        session.add(
            unsaved_audit(
                actor_id=None, action="second_marking.asked", subject_type="attempt", subject_id=attempt_id,
                about_id=attempt.person_id, now=now, why=why, answers=len(places),
            )
        )  # fmt: skip
    session.flush()


def settle(session: Session, places: Mapping[int, int], now: datetime) -> None:
    """Ask no second marker of these answers any more, position by attempt: their points were decided otherwise."""
    waiting = select(SecondMarking).where(SecondMarking.attempt_id.in_(places), SecondMarking.stage != Stage.SETTLED)
    for one in session.scalars(waiting).all():
        if places[one.attempt_id] == one.position:
            one.stage, one.settled_at = Stage.SETTLED, now
    session.flush()


def error_of(session: Session, exam_id: int, now: datetime) -> Fraction | None:
    """The standard error of measurement of an exam in points; None while too few attempts are marked.

    Worked out when there are enough attempts, and again when there are twice as many.
    """
    known = queries.measured_error(session, exam_id)
    if queries.closed_attempts(session, exam_id) < (2 * known.attempts if known else ENOUGH_ATTEMPTS):
        return known.points if known else None
    marked = queries.attempts_to_measure(session, exam_id)
    if len(marked) < ENOUGH_ATTEMPTS or (known and len(marked) <= known.attempts):
        return known.points if known else None
    points = queries.standard_error(session, marked)
    if known is None:
        known = MeasuredError(exam_id=exam_id, points=points, attempts=len(marked), measured_at=now)
        session.add(known)
    else:
        known.points, known.attempts, known.measured_at = points, len(marked), now
    session.flush()
    return points


def reopen(session: Session, attempt_id: int, position: int, *, by_rule: bool, now: datetime) -> None:
    """Begin the second marking of an answer again, for another text stands there; one marked by rule needs none."""
    one = session.scalar(
        select(SecondMarking).where(SecondMarking.attempt_id == attempt_id, SecondMarking.position == position)
    )
    if one is not None:
        one.stage, one.settled_at = (Stage.SETTLED, now) if by_rule else (Stage.SECOND, None)


def _wanting(session: Session, attempts: Sequence[Attempt]) -> Sequence[Exam]:
    ids = {attempt.exam_id for attempt in attempts}
    if not ids:
        return ()
    return session.scalars(select(Exam).where(Exam.id.in_(ids), Exam.second_marking)).all()
