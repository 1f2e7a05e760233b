"""A candidate's own appeals in one attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.appeals.models import Appeal, AppealWindow
from exam.appeals.rules import AppealState, Closed, closed, left
from exam.attempts.models import Attempt
from exam.papers.models import Exam
from exam.papers.queries import SlotView, slots
from exam.papers.rules import ReviewPolicy


@dataclass(frozen=True)
class OwnAppeals:
    """What a candidate has appealed in an attempt, and what they still may."""

    attempt: Attempt
    exam: Exam
    window: AppealWindow | None
    appeals: Sequence[Appeal]
    """In their order, withdrawn ones too."""
    slots: Sequence[SlotView]
    closed: Closed | None

    @property
    def most(self) -> int:
        """How many appeals there are in all."""
        return self.window.appeals if self.window else self.exam.appeals

    @property
    def left(self) -> int:
        """How many are left."""
        return left(self.most, [one.state for one in self.appeals])

    def at(self, position: int) -> Appeal | None:
        """The appeal of a question that wasn't withdrawn."""
        found = (one for one in self.appeals if one.position == position)
        return next((one for one in found if one.state is not AppealState.WITHDRAWN), None)

    def slot(self, position: int) -> SlotView | None:
        """The question at a position."""
        return next((slot for slot in self.slots if slot.position == position), None)


def own_appeals(session: Session, person_id: int, attempt_id: int, now: datetime) -> OwnAppeals | None:
    """For one's own closed attempt that isn't void, else None: four statements."""
    row = session.execute(
        select(Attempt, Exam, AppealWindow)
        .join(Exam, Exam.id == Attempt.exam_id)
        .outerjoin(AppealWindow, AppealWindow.attempt_id == Attempt.id)
        .where(
            Attempt.id == attempt_id,
            Attempt.person_id == person_id,
            Attempt.counts,
        )
    ).one_or_none()
    if row is None:
        return None
    attempt, exam, window = row
    appeals = session.scalars(select(Appeal).where(Appeal.attempt_id == attempt_id).order_by(Appeal.id)).all()
    opens_at, closes_at = (window.opens_at, window.closes_at) if window else (None, None)
    # Where the questions are never shown there is no day on which one could appeal.
    offered = 0 if exam.review_policy is ReviewPolicy.SCORE_ONLY else exam.appeals
    why = closed(offered, opens_at, closes_at, now)
    # What the questions are is told together with the right to appeal, never before.
    shown = slots(session, attempt.paper_id) if window else []
    return OwnAppeals(attempt, exam, window, appeals, shown, why)
