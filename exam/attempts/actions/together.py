"""The way nearly every answer takes: many kept in one step and, by the caller, one commit.

It keeps what nothing speaks against and leaves the rest alone: whoever is refused, and why, is said by `answering.save`
and the guards of the site, once, for all ways.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, tuple_
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.accounts.queries import may_act
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


def save_together(session: Session, entries: Sequence[Entry]) -> list[Kept | None]:
    """Append the answers of live pages to their open attempts; None for each that `save` has to look at by itself.

    Those are: another person's attempt, a signed-out page, a page that another took over from, an attempt that has
    ended or is being closed this moment, and an answer under a number already used. Of two alike in one group the first
    is kept, and `save` compares the other with it.
    """
    keep = _at_once if session.get_bind().dialect.name == "postgresql" else _in_two_steps
    deadlines = keep(session, entries)
    return [Kept(one.came_at, deadlines[place]) if place in deadlines else None for place, one in enumerate(entries)]


# On PostgreSQL: one statement for everything. Each word between a busy process and its database costs both their turn.

AT_ONCE = """
WITH sent AS (
    SELECT * FROM jsonb_to_recordset(%s::jsonb) AS one (
        place int, attempt_id int, person_id int, session_epoch int,
        position int, epoch int, number int, data jsonb, came_at timestamptz)
), fitting AS (
    SELECT sent.*, attempt.deadline
    FROM sent
    JOIN attempt ON attempt.id = sent.attempt_id AND attempt.person_id = sent.person_id AND attempt.epoch = sent.epoch
    JOIN person ON person.id = attempt.person_id AND person.session_epoch = sent.session_epoch
    JOIN person_role ON person_role.person_id = person.id AND person_role.role = 'new_hire'
    WHERE person.active AND NOT person.must_change_password
      AND attempt.closed_at IS NULL AND attempt.voided_at IS NULL
      AND sent.came_at <= attempt.deadline + make_interval(secs => attempt.grace_seconds)
    -- Whoever closes the attempt locks its row first, so that no answer slips in between the last look at the answers
    -- and the receipt over them. One that is being closed is left to `save`, which waits: the others here must not.
    FOR KEY SHARE OF attempt SKIP LOCKED
), kept AS (
    INSERT INTO answer (attempt_id, position, epoch, number, response, saved_at)
    SELECT attempt_id, position, epoch, number, data, came_at FROM fitting ORDER BY place
    ON CONFLICT DO NOTHING
    RETURNING attempt_id, position, epoch, number
)
SELECT min(place) AS place, deadline
FROM fitting JOIN kept USING (attempt_id, position, epoch, number)
GROUP BY attempt_id, position, epoch, number, deadline
"""


def _at_once(session: Session, entries: Sequence[Entry]) -> dict[int, datetime]:
    """The deadline of each answer that was kept, by its place among the entries."""
    sent = [
        {
            "place": place,
            "attempt_id": one.attempt_id,
            "person_id": one.person_id,
            "session_epoch": one.session_epoch,
            "position": one.position,
            "epoch": one.epoch,
            "number": one.number,
            "data": one.data,
            "came_at": one.came_at.isoformat(),
        }
        for place, one in enumerate(entries)
    ]
    kept = session.connection().exec_driver_sql(AT_ONCE, (json.dumps(sent),))
    return {row.place: row.deadline for row in kept}


# On SQLite, which has one writer at a time: the same in two steps, whose decisions are those of `rules.door`.

ATTEMPT, PERSON, ANSWER = (Base.metadata.tables[model.__tablename__] for model in (Attempt, Person, Answer))
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
    .where(ATTEMPT.c.id.in_(bindparam("attempts", expanding=True)), may_act(Role.NEW_HIRE))
)
"""The running attempts of people who may answer. Nobody else writes before this transaction ends."""

KEY = (ANSWER.c.attempt_id, ANSWER.c.position, ANSWER.c.epoch, ANSWER.c.number)
TAKEN = select(*KEY).where(tuple_(*KEY).in_(bindparam("keys", expanding=True)))


def _in_two_steps(session: Session, entries: Sequence[Entry]) -> dict[int, datetime]:
    wanted = {one.attempt_id for one in entries}
    seats: dict[int, Any] = {seat.id: seat for seat in session.execute(SEATS, {"attempts": list(wanted)})}
    fitting = {place: one for place, one in enumerate(entries) if _fits(one, seats)}
    new = _new(session, fitting) if fitting else {}
    if new:
        _append(session, new.values())
    return {place: seats[one.attempt_id].deadline for place, one in new.items()}


def _fits(one: Entry, seats: Mapping[int, Any]) -> bool:
    seat = seats.get(one.attempt_id)
    return (
        seat is not None
        and (seat.person_id, seat.session_epoch, seat.epoch) == (one.person_id, one.session_epoch, one.epoch)
        and door(seat.deadline, seat.grace_seconds, seat.close_reason, seat.voided_at, one.came_at) is Door.OPEN
    )


def _new(session: Session, entries: Mapping[int, Entry]) -> dict[int, Entry]:
    """Those whose key is free, of two alike the first. Of others the table won't even be told: see `only_added_to`."""
    taken = {tuple(row) for row in session.execute(TAKEN, {"keys": [one.key for one in entries.values()]})}
    new: dict[tuple[int, ...], int] = {}
    for place, one in entries.items():
        if one.key not in taken:
            new.setdefault(one.key, place)
    return {place: entries[place] for place in new.values()}


def _append(session: Session, entries: Iterable[Entry]) -> None:
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
    session.execute(insert(ANSWER), rows)
