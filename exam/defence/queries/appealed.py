"""The appeals against the marking of a period's attempts, in numbers: one statement."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from exam.appeals.models import Appeal
from exam.appeals.rules import AppealState
from exam.attempts.models import Attempt


@dataclass(frozen=True, slots=True)
class Appealed:
    """How many appeals stand where."""

    attempts: int = 0
    """Against whose marking there was one that wasn't withdrawn."""
    granted: int = 0
    denied: int = 0
    waiting: int = 0
    withdrawn: int = 0
    late: int = 0
    """Answered after their deadline."""

    @property
    def answered(self) -> int:
        """Those that somebody has decided on."""
        return self.granted + self.denied

    @property
    def made(self) -> int:
        """All, those withdrawn too."""
        return self.answered + self.waiting + self.withdrawn


def appealed(session: Session, within: ColumnElement[bool]) -> Appealed:
    """Those of the attempts of a period (`closed_within`)."""
    late = func.sum(case((Appeal.answered_at > Appeal.due_at, 1), else_=0))
    rows = session.execute(
        select(Appeal.state, Appeal.attempt_id, func.count(), late)
        .join(Attempt, Attempt.id == Appeal.attempt_id)
        .where(within, Attempt.voided_at.is_(None))
        .group_by(Appeal.state, Appeal.attempt_id)
    ).all()
    by_state: Counter[AppealState] = Counter()
    for state, _attempt, count, _late in rows:
        by_state[state] += count
    return Appealed(
        attempts=len({attempt for state, attempt, _count, _late in rows if state is not AppealState.WITHDRAWN}),
        granted=by_state[AppealState.GRANTED],
        denied=by_state[AppealState.DENIED],
        waiting=by_state[AppealState.WAITING],
        withdrawn=by_state[AppealState.WITHDRAWN],
        late=sum(late for *_known, late in rows),
    )
