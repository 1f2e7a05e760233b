"""The way nearly every answer takes: many kept in one look, one insert and, by the caller, one commit.

It keeps what nothing speaks against and leaves the rest alone: whoever is refused, and why, is said by `answering.save`
and the guards of the site, once, for all ways.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from exam.accounts.models import Person, PersonRole
from exam.accounts.rules import Role
from exam.attempts.models import Answer, Attempt
from exam.attempts.rules import Door, door
from question_bank.orm import Base


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer that has come in, in the bank's ids, and who is signed in where it came from."""

    attempt_id: int
    person_id: int
    session_epoch: int
    position: int
    epoch: int
    number: int
    data: dict[str, Any] | None
    came_at: datetime

    @property
    def key(self) -> tuple[int, int, int, int]:
        """What no two answers may share."""
        return self.attempt_id, self.position, self.epoch, self.number


@dataclass(frozen=True, slots=True)
class Kept:
    """The acknowledgement of one answer that counts."""

    saved_at: datetime
    deadline: datetime


ATTEMPT, PERSON, ROLE, ANSWER = (
    Base.metadata.tables[model.__tablename__] for model in (Attempt, Person, PersonRole, Answer)
)
"""The tables themselves: what is read and written thousands of times a second needs no objects."""

SEATS = (
    select(
        ATTEMPT.c.id,
        ATTEMPT.c.person_id,
        ATTEMPT.c.epoch,
        ATTEMPT.c.deadline,
        ATTEMPT.c.grace_seconds,
        ATTEMPT.c.close_reason,
        ATTEMPT.c.voided_at,
        PERSON.c.session_epoch,
    )
    .join(PERSON, PERSON.c.id == ATTEMPT.c.person_id)
    .join(ROLE, and_(ROLE.c.person_id == PERSON.c.id, ROLE.c.role == Role.NEW_HIRE))
    .where(
        ATTEMPT.c.id.in_(bindparam("attempts", expanding=True)),
        PERSON.c.active.is_(True),
        PERSON.c.must_change_password.is_(False),
    )
    # Whoever closes the attempt locks its row first, so that no answer slips in between the last look at the answers
    # and the receipt over them. One that is being closed is left to `save`, which waits: the others here must not.
    .with_for_update(read=True, key_share=True, skip_locked=True, of=ATTEMPT)
    .order_by(ATTEMPT.c.id)
)
"""The running attempts of people who may answer; see `docs/architecture.md`, "The exam room"."""

KEY = (ANSWER.c.attempt_id, ANSWER.c.position, ANSWER.c.epoch, ANSWER.c.number)
INSERT = {
    "postgresql": postgresql.insert(ANSWER).on_conflict_do_nothing().returning(*KEY),
    "sqlite": sqlite.insert(ANSWER).on_conflict_do_nothing().returning(*KEY),
}
"""Both databases write ON CONFLICT alike, SQLAlchemy has an INSERT for each."""


def save_together(session: Session, entries: Sequence[Entry]) -> list[Kept | None]:
    """Append the answers of live pages to their open attempts; None for each that `save` has to look at by itself.

    Those are: another person's attempt, a signed-out page, a page that another took over from, an attempt that has
    ended or is being closed this moment, and an answer under a number already used.
    """
    wanted = {one.attempt_id for one in entries}
    seats: dict[int, Any] = {seat.id: seat for seat in session.execute(SEATS, {"attempts": list(wanted)})}
    fitting = [one for one in entries if _fits(one, seats)]
    kept = _append(session, fitting) if fitting else set()
    # Twins in one group: the first was kept, and its key stands for both until `save` has compared them.
    return [Kept(one.came_at, seats[one.attempt_id].deadline) if _take(kept, one.key) else None for one in entries]


def _fits(one: Entry, seats: Mapping[int, Any]) -> bool:
    seat = seats.get(one.attempt_id)
    return (
        seat is not None
        and (seat.person_id, seat.session_epoch, seat.epoch) == (one.person_id, one.session_epoch, one.epoch)
        and door(seat.deadline, seat.grace_seconds, seat.close_reason, seat.voided_at, one.came_at) is Door.OPEN
    )


def _append(session: Session, entries: Sequence[Entry]) -> set[tuple[int, ...]]:
    rows = [
        {
            "attempt_id": one.attempt_id,
            "position": one.position,
            "epoch": one.epoch,
            "number": one.number,
            "response": one.data,
            "saved_at": one.came_at,
        }
        for one in entries
    ]
    return {tuple(row) for row in session.execute(INSERT[session.get_bind().dialect.name], rows)}


def _take(keys: set[tuple[int, ...]], key: tuple[int, ...]) -> bool:
    if key not in keys:
        return False
    keys.remove(key)
    return True
