"""What a trainer can release, and what is still missing of the others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts.models import Attempt, LateAnswer
from exam.marking.queries import second_left, unmarked, waits_for_second
from exam.papers.models import Exam, Slot
from exam.results.models import Release, Result
from exam.sittings.models import Sitting


@dataclass(frozen=True)
class Unreleased:
    """One attempt whose result its candidate can't see yet."""

    attempt: Attempt
    person: Person
    exam: Exam
    try_number: int
    result: Result | None
    unmarked: int
    """Slots without a mark."""
    late: int
    """Late answers nobody has decided on."""
    second: int
    """Answers that wait for a second or third marker."""

    @property
    def ready(self) -> bool:
        return self.result is not None and not self.unmarked and not self.late and not self.second


def unreleased(session: Session, *, offset: int, limit: int) -> tuple[list[Unreleased], int]:
    """One page of the attempts that wait for their release, ready ones first, and how many there are."""
    found = _unreleased(
        Attempt, Person, Exam, Sitting.try_number, Result, _missing_marks(), _undecided_late(), second_left()
    ).outerjoin(Result, and_(Result.attempt_id == Attempt.id, Result.superseded_at.is_(None)))
    total = session.scalar(_unreleased(func.count())) or 0
    rows = session.execute(
        found.order_by(Result.id.is_(None), Attempt.closed_at, Attempt.id).offset(offset).limit(limit)
    )
    return [Unreleased(*row) for row in rows], total


def ready_ids(session: Session) -> Sequence[int]:
    """The attempts that can be released now."""
    return session.scalars(_unreleased(Attempt.id).where(_is_ready()).order_by(Attempt.closed_at, Attempt.id)).all()


def releasable(session: Session, attempt_id: int) -> bool:
    """Whether every slot has a mark, and neither a late answer nor a second marking waits."""
    found = select(Attempt.id).where(Attempt.id == attempt_id, Attempt.voided_at.is_(None), _is_ready())
    return session.scalar(found) is not None


def attempts_to_release(session: Session, attempt_ids: Iterable[int]) -> Sequence[Attempt]:
    """These attempts, as far as they have been handed in and aren't void."""
    return session.scalars(
        select(Attempt).where(Attempt.id.in_(list(attempt_ids)), Attempt.counts).order_by(Attempt.closed_at, Attempt.id)
    ).all()


def _is_ready() -> ColumnElement[bool]:
    return and_(
        exists().where(Result.attempt_id == Attempt.id, Result.superseded_at.is_(None)),
        ~exists().where(Slot.paper_id == Attempt.paper_id, unmarked()),
        ~exists().where(LateAnswer.attempt_id == Attempt.id, LateAnswer.decided_at.is_(None)),
        ~waits_for_second(),
    )


def _missing_marks() -> Any:
    missing = select(func.count(Slot.id)).where(Slot.paper_id == Attempt.paper_id, unmarked())
    return missing.correlate(Attempt).scalar_subquery()


def _undecided_late() -> Any:
    late = select(func.count(LateAnswer.id)).where(LateAnswer.attempt_id == Attempt.id, LateAnswer.decided_at.is_(None))
    return late.correlate(Attempt).scalar_subquery()


def _unreleased(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Attempt)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(Person, Person.id == Attempt.person_id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .where(
            Attempt.counts,
            ~exists().where(Release.attempt_id == Attempt.id),
        )
    )
