"""The result of one attempt, its release, and the decision that counts."""

from collections.abc import Iterable
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.attempts.models import Attempt
from exam.results.models import Decision, Release, Result
from exam.sittings.models import Sitting


def current_results(session: Session, attempt_ids: Iterable[int]) -> dict[int, Result]:
    """By attempt, the result that counts; an attempt not wholly marked yet is left out."""
    found = select(Result).where(Result.attempt_id.in_(list(attempt_ids)), Result.superseded_at.is_(None))
    return {result.attempt_id: result for result in session.scalars(found)}


def current_result(session: Session, attempt_id: int) -> Result | None:
    """The result that counts, released or not."""
    return current_results(session, [attempt_id]).get(attempt_id)


def told_changes(session: Session, enrolment_id: int) -> dict[int, list[tuple[Result, Result]]]:
    """By attempt how its result changed after it was known: each time what it was before, and what it became."""
    rows = session.execute(
        select(Result, Release.released_at)
        .join(Release, Release.attempt_id == Result.attempt_id)
        .join(Attempt, Attempt.id == Result.attempt_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(Sitting.enrolment_id == enrolment_id)
        .order_by(Result.attempt_id, Result.revision)
    ).all()
    found: dict[int, list[tuple[Result, Result]]] = {}
    for (before, released_at), (after, _same) in pairwise(rows):
        if before.attempt_id == after.attempt_id and after.computed_at >= released_at:
            found.setdefault(after.attempt_id, []).append((before, after))
    return found


def is_released(session: Session, attempt_id: int) -> bool:
    """Whether the candidate may see the result."""
    return session.get(Release, attempt_id) is not None


def last_decision(session: Session, enrolment_id: int) -> Decision | None:
    """The decision that counts."""
    return session.scalar(
        select(Decision).where(Decision.enrolment_id == enrolment_id).order_by(Decision.id.desc()).limit(1)
    )
