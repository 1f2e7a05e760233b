"""Attempts whose days for appeals begin, and those whose end is near."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from exam.appeals.models import Appeal, AppealWindow
from exam.appeals.rules import REMIND_BEFORE, SPENT, AppealState
from exam.attempts.models import Attempt
from exam.courses.models import Enrolment
from exam.papers.models import Exam
from exam.papers.rules import ReviewPolicy
from exam.results.models import Release
from exam.results.queries import cohort_has_closed
from exam.sittings.models import Sitting

MOST = 200
"""Attempts of one run."""


def newly_visible(session: Session, now: datetime) -> list[tuple[Attempt, Exam]]:
    """Released attempts whose candidates can see their questions, and whose days for appeals haven't begun.

    Under KEYS_AFTER_CLOSE that is once the whole cohort has finished: a few statements for each cohort in question.
    """
    rows = session.execute(
        select(Attempt, Exam, Enrolment.cohort_id)
        .join(Release, Release.attempt_id == Attempt.id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(Enrolment, Enrolment.id == Sitting.enrolment_id)
        .where(
            Attempt.voided_at.is_(None),
            Exam.appeals > 0,
            Exam.review_policy != ReviewPolicy.SCORE_ONLY,
            ~exists().where(AppealWindow.attempt_id == Attempt.id),
        )
        .order_by(Attempt.id)
    ).all()
    waits = {cohort for _attempt, exam, cohort in rows if exam.review_policy is ReviewPolicy.KEYS_AFTER_CLOSE}
    done = {cohort for cohort in waits if cohort_has_closed(session, cohort, now)}
    visible = [
        (attempt, exam)
        for attempt, exam, cohort in rows
        if exam.review_policy is ReviewPolicy.OWN_ANSWERS or cohort in done
    ]
    return visible[:MOST]


def ending(session: Session, now: datetime) -> Sequence[tuple[Attempt, Exam, AppealWindow]]:
    """Attempts whose days for appeals end within a day, and whose candidates have an appeal left."""
    spent = select(func.count()).where(Appeal.attempt_id == Attempt.id, Appeal.state.in_(SPENT)).scalar_subquery()
    found = (
        select(Attempt, Exam, AppealWindow)
        .join(Exam, Exam.id == Attempt.exam_id)
        .join(AppealWindow, AppealWindow.attempt_id == Attempt.id)
        .where(AppealWindow.closes_at > now, AppealWindow.closes_at <= now + REMIND_BEFORE)
        .where(spent < AppealWindow.appeals)
    )
    return [(attempt, exam, window) for attempt, exam, window in session.execute(found)]


def pressing(session: Session, now: datetime) -> Sequence[Appeal]:
    """Unanswered appeals whose deadline is within a day or has passed."""
    found = select(Appeal).where(Appeal.state == AppealState.WAITING, Appeal.due_at <= now + REMIND_BEFORE)
    return session.scalars(found.order_by(Appeal.due_at)).all()
