"""Giving receipts: on closing, and anew when a late answer counts after all. The earlier ones stay."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from exam import signing
from exam.attempts.models import Answer, Attempt
from exam.attempts.queries import final_answers
from exam.receipts.models import IssuedReceipt
from exam.receipts.queries import facts_of
from exam.receipts.rules import Answers, Receipt
from question_bank.orm import Base


def on_attempts_closed(
    attempts: Sequence[Attempt], *, session: Session, now: datetime, answers: Mapping[int, Answers]
) -> None:
    """Listens to `attempts_closed`."""
    table = Base.metadata.tables[IssuedReceipt.__tablename__]
    session.execute(insert(table), [_write(attempt, answers[attempt.id], now) for attempt in attempts])


def revise(session: Session, attempt: Attempt, added: Answer, now: datetime) -> IssuedReceipt:
    """Write the receipt anew because of an answer that counts now and didn't before. The attempt must be locked."""
    answers = final_answers(session, [attempt.id])[attempt.id]
    # Where the record of the first is gone, its number stays its own: a check then says what is missing.
    last = _last_revision(session, attempt) or 1
    issued = IssuedReceipt(**_write(attempt, answers, now, last + 1, added))
    session.add(issued)
    session.flush()
    return issued


def _write(
    attempt: Attempt, answers: Answers, now: datetime, revision: int = 1, added: Answer | None = None
) -> dict[str, Any]:
    """The columns of a receipt, written and signed."""
    keys, salt = signing.keyring(), secrets.token_hex(16)
    receipt = Receipt.write(
        facts_of(attempt),
        answers,
        salt=salt,
        revision=revision,
        key=keys.id,
        now=now,
    )
    text = receipt.to_text()
    return {
        "attempt_id": attempt.id,
        "revision": revision,
        "content": text,
        "signature": keys.sign(text),
        "salt": salt,
        "added_answer_id": added.id if added else None,
    }


def _last_revision(session: Session, attempt: Attempt) -> int:
    return session.scalar(select(func.max(IssuedReceipt.revision)).where(IssuedReceipt.attempt_id == attempt.id)) or 0
