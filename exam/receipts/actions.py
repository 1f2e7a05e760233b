"""Giving receipts: on closing, and anew when a late answer counts after all. The earlier ones stay."""

import secrets
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam import signing
from exam.attempts.models import Answer, Attempt
from exam.attempts.queries import final_answers
from exam.receipts.models import IssuedReceipt
from exam.receipts.queries import facts_of
from exam.receipts.rules import Answers, Receipt


def on_attempt_closed(attempt: Attempt, *, session: Session, now: datetime, answers: Answers) -> None:
    """Listens to `attempt_closed`."""
    _issue(session, attempt, answers, now)


def revise(session: Session, attempt: Attempt, added: Answer, now: datetime) -> IssuedReceipt:
    """Write the receipt anew because of an answer that counts now and didn't before. The attempt must be locked."""
    return _issue(session, attempt, final_answers(session, [attempt.id])[attempt.id], now, added)


def _issue(
    session: Session, attempt: Attempt, answers: Answers, now: datetime, added: Answer | None = None
) -> IssuedReceipt:
    keys, salt = signing.keyring(), secrets.token_hex(16)
    receipt = Receipt.write(
        facts_of(attempt),
        answers,
        salt=salt,
        revision=_last_revision(session, attempt) + 1 if added else 1,
        key=keys.id,
        now=now,
    )
    text = receipt.to_text()
    issued = IssuedReceipt(
        attempt_id=attempt.id,
        revision=receipt.revision,
        content=text,
        signature=keys.sign(text),
        salt=salt,
        added_answer_id=added.id if added else None,
    )
    session.add(issued)
    session.flush()
    return issued


def _last_revision(session: Session, attempt: Attempt) -> int:
    return session.scalar(select(func.max(IssuedReceipt.revision)).where(IssuedReceipt.attempt_id == attempt.id)) or 0
