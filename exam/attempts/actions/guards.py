"""What the verbs of an attempt share: its lock, its door, the record of what happened, and one INSERT."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from exam.attempts.models import Attempt, RoomEvent
from exam.attempts.rules import Door, door, is_over
from exam.errors import Conflict, _l

REFUSALS = {
    Door.CLOSED: _l("You have handed in; answers can't be changed any more."),
    Door.AFTER_DEADLINE: _l("The time is up; answers can't be changed any more."),
    Door.VOIDED: _l("This attempt has been set aside. Ask your trainer what happens next."),
}


def taken_over() -> Conflict:
    """The refusal of a page that is no longer the live one."""
    return Conflict(_l("The exam goes on on another page or device."), code="taken_over")


CHANGING = ("epoch", "deadline", "closed_at", "close_reason", "voided_at", "voided_by", "void_reason")
"""What may change of an attempt once it has begun. The layout, some 10 KB, isn't read again."""


def locked(session: Session, attempt: Attempt) -> Attempt:
    """The attempt as the database has it now; nobody else closes it or answers it before this transaction ends."""
    session.refresh(attempt, CHANGING, with_for_update=True)
    return attempt


def door_of(attempt: Attempt, now: datetime) -> Door:
    """Whether an answer to this attempt that arrives now is taken."""
    return door(attempt.deadline, attempt.grace_seconds, attempt.close_reason, attempt.voided_at, now)


def is_due(attempt: Attempt, now: datetime) -> bool:
    """Whether nobody has ended the attempt although its time and grace are over."""
    ended = attempt.closed_at is not None or attempt.voided_at is not None
    return not ended and is_over(attempt.deadline, attempt.grace_seconds, now)


def refuse_unless_open(attempt: Attempt, now: datetime) -> None:
    """Refuse, with the reason as its code, whatever may only be done while answers are taken."""
    found = door_of(attempt, now)
    if found is not Door.OPEN:
        raise Conflict(REFUSALS[found], code=found.value)


def note(
    session: Session, attempt: Attempt, kind: str, now: datetime, *, network: str | None = None, **detail: Any
) -> None:
    """Record what happened in the room."""
    record(session, attempt.id, kind, now, network=network, **detail)


def record(
    session: Session, attempt_id: int, kind: str, now: datetime, *, network: str | None = None, **detail: Any
) -> None:
    """The same for an attempt known by its id: one statement."""
    event = {"attempt_id": attempt_id, "at": now, "kind": kind, "detail": detail, "network": network}
    session.execute(_RECORD, event)


def record_each(session: Session, attempt_ids: Collection[int], kind: str, now: datetime) -> None:
    """The same thing that happened in several rooms: one statement."""
    if attempt_ids:
        session.execute(_RECORD, [{"attempt_id": id, "at": now, "kind": kind, "detail": {}} for id in attempt_ids])


_RECORD = insert(cast(Table, RoomEvent.__table__))


def upsert(session: Session) -> Any:
    """The INSERT that knows ON CONFLICT: both databases write it alike, SQLAlchemy has one for each."""
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
