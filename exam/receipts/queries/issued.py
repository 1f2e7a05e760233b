"""Reading receipts: the ones an attempt has been given."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.attempts.models import Answer, Attempt, LateAnswer
from exam.receipts.models import IssuedReceipt
from exam.receipts.rules import Facts, Receipt


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a receipt, and the question whose late answer made it; None for the first."""

    issued: IssuedReceipt
    position: int | None

    @property
    def receipt(self) -> Receipt:
        """What it says. Raises NotAReceipt where it isn't `readable`."""
        return self.issued.signed.receipt

    @property
    def readable(self) -> bool:
        return self.issued.receipt is not None


def facts_of(attempt: Attempt) -> Facts:
    """What a receipt says of a closed attempt besides its answers."""
    if attempt.closed_at is None:
        raise ValueError("only a closed attempt has a receipt")
    return Facts(attempt.id, attempt.person_id, attempt.exam_id, attempt.paper_id, attempt.closed_at)


def revisions(session: Session, attempt_id: int) -> Sequence[Revision]:
    """All receipts of an attempt, the one that holds first; none while it runs, or once somebody has destroyed them."""
    rows = session.execute(
        select(IssuedReceipt, Answer.position)
        .outerjoin(Answer, Answer.id == IssuedReceipt.added_answer_id)
        .where(IssuedReceipt.attempt_id == attempt_id)
        .order_by(IssuedReceipt.revision.desc())
    )
    return [Revision(issued, position) for issued, position in rows]


def newest(session: Session, attempt_id: int) -> Receipt | None:
    """The receipt that holds; None where there is none, or one that can't be read any more."""
    last = session.scalar(
        select(IssuedReceipt).filter_by(attempt_id=attempt_id).order_by(IssuedReceipt.revision.desc()).limit(1)
    )
    return last.receipt if last else None


def revision(session: Session, attempt_id: int, number: int) -> IssuedReceipt | None:
    """One revision of an attempt's receipt."""
    return session.scalar(select(IssuedReceipt).filter_by(attempt_id=attempt_id, revision=number))


def late_left(session: Session, attempt_id: int) -> int:
    """How many questions of an attempt have late answers that nobody has decided on yet."""
    places = func.count(LateAnswer.position.distinct())
    undecided = LateAnswer.attempt_id == attempt_id, LateAnswer.decided_at.is_(None)
    return session.scalar(select(places).where(*undecided)) or 0
