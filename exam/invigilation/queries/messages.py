"""What was said to candidates, by whom, when, and who has read it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from exam.accounts.models import Person
from exam.attempts.models import Attempt, RoomMessage
from exam.invigilation import rules
from exam.papers.models import Exam

Sender = aliased(Person, name="sender")


@dataclass(frozen=True)
class Said:
    """One thing said at one moment, to one candidate or to many. `first_id`: the lowest of its rows."""

    first_id: int
    text: str
    sent_by: str
    sent_at: datetime
    to: int
    read: int
    only: str | None
    """The candidate, where it was said to one."""
    read_at: datetime | None
    """When the last of them read it."""


@dataclass(frozen=True)
class Reader:
    """One candidate to whom it was said."""

    attempt_id: int
    name: str
    exam: str
    seen_at: datetime | None


def said_page(session: Session, now: datetime, *, offset: int, limit: int) -> tuple[list[Said], int]:
    """One page of what was said in the last days, the latest first, and how much there is: two statements."""
    found = _said().where(RoomMessage.sent_at > now - rules.MESSAGES_SHOWN)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(found.order_by(func.min(RoomMessage.id).desc()).offset(offset).limit(limit))
    return [_read(row) for row in rows], total


def said(session: Session, message_id: int) -> Said | None:
    """What was said in one step, by any of its rows: two statements."""
    one = session.get(RoomMessage, message_id)
    row = session.execute(_said().where(*_same(one))).one_or_none() if one else None
    return _read(row) if row else None


def reader_page(session: Session, message_id: int, *, offset: int, limit: int) -> list[Reader]:
    """One page of those to whom it was said, first those who haven't read it: one statement."""
    one = session.get_one(RoomMessage, message_id)
    rows = session.execute(
        select(RoomMessage.attempt_id, Person.full_name, Exam.title, RoomMessage.seen_at)
        .join(Attempt, Attempt.id == RoomMessage.attempt_id)
        .join(Person, Person.id == Attempt.person_id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .where(*_same(one))
        .order_by(RoomMessage.seen_at.is_not(None), Person.name_key, RoomMessage.id)
        .offset(offset)
        .limit(limit)
    )
    return [Reader(*row) for row in rows]


def _same(one: RoomMessage) -> tuple[ColumnElement[bool], ...]:
    """What was said in the same step has the same author, moment and text."""
    return (
        RoomMessage.sent_at == one.sent_at,
        RoomMessage.sent_by == one.sent_by,
        RoomMessage.text == one.text,
    )


def _said() -> Select[Any]:
    columns: tuple[Any, ...] = (
        func.min(RoomMessage.id), RoomMessage.text, Sender.full_name, RoomMessage.sent_at, func.count(),
        func.count(RoomMessage.seen_at), func.min(Person.full_name), func.max(RoomMessage.seen_at),
    )  # fmt: skip
    return (
        select(*columns)
        .select_from(RoomMessage)
        .join(Sender, Sender.id == RoomMessage.sent_by)
        .join(Attempt, Attempt.id == RoomMessage.attempt_id)
        .join(Person, Person.id == Attempt.person_id)
        .group_by(RoomMessage.sent_at, RoomMessage.sent_by, RoomMessage.text, Sender.full_name)
    )


def _read(row: Any) -> Said:
    first_id, text, sent_by, sent_at, to, read, name, read_at = row
    return Said(first_id, text, sent_by, sent_at, to, read, name if to == 1 else None, read_at)
