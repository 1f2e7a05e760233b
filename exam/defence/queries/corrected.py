"""The corrections that changed marks of an exam, and what they changed: one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from exam.attempts.models import Attempt
from exam.corrections.models import Correction, CorrectionChange
from exam.corrections.rules import Policy, State
from exam.results.models import Result
from exam.results.rules import Outcome

BEST_LAST = (Outcome.FAIL, Outcome.PASS, Outcome.DISTINCTION)


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction as it touched one exam."""

    decided_at: datetime | None
    policy: Policy | None
    reason: str
    """As everybody concerned has read it."""
    attempts: int
    """Whose marks it changed."""
    better: int
    """Whose outcome rose."""
    worse: int


def corrected(session: Session, exam_id: int, begin: datetime, end: datetime) -> Sequence[Corrected]:
    """Those decided in a period, in their order."""
    before, after = aliased(Result), aliased(Result)
    rows = session.execute(
        select(
            Correction.id, Correction.decided_at, Correction.policy, Correction.reason, before.outcome, after.outcome,
            func.count(),
        )
        .join(CorrectionChange, CorrectionChange.correction_id == Correction.id)
        .join(Attempt, Attempt.id == CorrectionChange.attempt_id)
        .outerjoin(before, before.id == CorrectionChange.result_before_id)
        .outerjoin(after, after.id == CorrectionChange.result_after_id)
        .where(
            Attempt.exam_id == exam_id,
            Correction.state == State.APPLIED,
            Correction.decided_at >= begin,
            Correction.decided_at < end,
        )
        .group_by(
            Correction.id, Correction.decided_at, Correction.policy, Correction.reason, before.outcome, after.outcome
        )
        .order_by(Correction.id)
    )  # fmt: skip
    found: dict[int, Corrected] = {}
    for id, decided_at, policy, reason, was, now, count in rows:
        known = found.get(id, Corrected(decided_at, policy, reason, 0, 0, 0))
        risen = BEST_LAST.index(now) - BEST_LAST.index(was) if was and now else 0
        better, worse = known.better + count * (risen > 0), known.worse + count * (risen < 0)
        found[id] = Corrected(decided_at, policy, reason, known.attempts + count, better, worse)
    return list(found.values())
