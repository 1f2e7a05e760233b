"""What a candidate says to what the room has recorded of their run."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam.attempts.models import Attempt, Statement
from exam.attempts.rules import LONGEST_STATEMENT, MOST_STATEMENTS
from exam.errors import Conflict, Refused, _l


def state(session: Session, attempt: Attempt, text: str, now: datetime) -> Statement:
    """Append what the candidate says; it stays beside the record and changes nothing.

    Refuses while the exam runs (`still_open`), once the result has been released (`released`), nothing (`no_text`),
    more than `LONGEST_STATEMENT` characters (`too_long`), and more than `MOST_STATEMENTS` of them (`too_many`).
    """
    if attempt.closed_at is None and attempt.voided_at is None:
        raise Conflict(_l("This exam is still running. Say it once you have handed in."), code="still_open")
    if attempt.record_closed_at is not None:
        raise Conflict(_l("The result is out; nothing can be added to the record any more."), code="released")
    if not text.strip():
        raise Refused(_l("Write what you want to say."), code="no_text")
    if len(text) > LONGEST_STATEMENT:
        raise Refused(_l("A statement has at most 2,000 characters."), code="too_long")
    if session.query(Statement).filter_by(attempt_id=attempt.id).count() >= MOST_STATEMENTS:
        raise Conflict(_l("You have added 20 statements; no more fit in the record."), code="too_many")
    said = Statement(attempt_id=attempt.id, text=text.strip(), written_at=now)
    session.add(said)
    session.flush()
    return said


def on_result_released(attempt: Attempt, *, session: Session, now: datetime) -> None:
    """Listens to `result_released`: whoever decided has read what the candidate had to say."""
    if attempt.record_closed_at is None:
        attempt.record_closed_at = now
        session.flush()
