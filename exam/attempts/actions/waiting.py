"""Answers that come with the handing in, because they hadn't been acknowledged yet: all of them in one go."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from exam.attempts.actions.answering import NOTHING_TOLD, Told, keep_late, refuse_other_content, refuse_unanswerable
from exam.attempts.actions.guards import door_of, refuse_unless_open
from exam.attempts.models import Answer, Attempt
from exam.attempts.rules import Door
from question_bank.items import Response, response_data

Key = tuple[int, int, int]
"""Position, epoch and number: what names an answer of one attempt."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One answer that was waiting, in the bank's ids; None empties the slot."""

    position: int
    number: int
    response: Response | None
    told: Told = NOTHING_TOLD
    epoch: int | None = None
    """The page that wrote it, if that isn't the one that hands in: it was never delivered from there."""


def keep_waiting(session: Session, attempt: Attempt, waiting: Iterable[Waiting], epoch: int, now: datetime) -> None:
    """Keep answers under the rules of `answering.save`, with its refusals; those known already change nothing.

    Each goes under the epoch of the page that wrote it, which is `epoch` where it names no other. Expects the attempt
    locked: nobody else answers it meanwhile.
    """
    fresh: dict[Key, Waiting] = {}
    for one in waiting:
        key = one.position, one.epoch or epoch, one.number
        refuse_unanswerable(attempt, one.position, key[1], one.response)
        twin = fresh.setdefault(key, one)
        refuse_other_content(response_data(twin.response), response_data(one.response))
    _drop_known(session, attempt, fresh)
    if not fresh:
        return
    if door_of(attempt, now) is Door.AFTER_DEADLINE:
        for key, one in fresh.items():
            keep_late(session, attempt, _columns(attempt, key), response_data(one.response), now, one.told)
    else:
        refuse_unless_open(attempt, now)
        _append(session, attempt, fresh, now)


def _columns(attempt: Attempt, key: Key) -> dict[str, int]:
    position, epoch, number = key
    return {"attempt_id": attempt.id, "position": position, "epoch": epoch, "number": number}


def _drop_known(session: Session, attempt: Attempt, fresh: dict[Key, Waiting]) -> None:
    """Take out what is on disk already; refuses other content under the same key."""
    if not fresh:
        return
    known = session.execute(
        select(Answer.position, Answer.epoch, Answer.number, Answer.response).where(
            Answer.attempt_id == attempt.id,
            Answer.position.in_({position for position, _epoch, _number in fresh}),
        )
    )
    for position, epoch, number, data in known:
        if one := fresh.pop((position, epoch, number), None):
            refuse_other_content(data, response_data(one.response))


def _append(session: Session, attempt: Attempt, fresh: dict[Key, Waiting], now: datetime) -> None:
    rows = [
        {**_columns(attempt, key), "response": response_data(one.response), "saved_at": now}
        for key, one in fresh.items()
    ]
    session.execute(insert(Answer), rows)
