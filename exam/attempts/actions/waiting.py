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

Key = tuple[int, int]
"""Position and number: what names an answer of one page."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One answer that was waiting, in the bank's ids; None empties the slot."""

    position: int
    number: int
    response: Response | None
    told: Told = NOTHING_TOLD

    @property
    def key(self) -> Key:
        return self.position, self.number


def keep_waiting(session: Session, attempt: Attempt, waiting: Iterable[Waiting], epoch: int, now: datetime) -> None:
    """Keep answers under the rules of `answering.save`, with its refusals; those known already change nothing.

    Expects the attempt locked: nobody else answers it meanwhile.
    """
    fresh: dict[Key, Waiting] = {}
    for one in waiting:
        refuse_unanswerable(attempt, one.position, epoch, one.response)
        twin = fresh.setdefault(one.key, one)
        refuse_other_content(response_data(twin.response), response_data(one.response))
    _drop_known(session, attempt, epoch, fresh)
    if not fresh:
        return
    if door_of(attempt, now) is Door.AFTER_DEADLINE:
        for one in fresh.values():
            place = {"attempt_id": attempt.id, "position": one.position, "epoch": epoch, "number": one.number}
            keep_late(session, attempt, place, response_data(one.response), now, one.told)
    else:
        refuse_unless_open(attempt, now)
        _append(session, attempt, epoch, fresh, now)


def _drop_known(session: Session, attempt: Attempt, epoch: int, fresh: dict[Key, Waiting]) -> None:
    """Take out what is on disk already; refuses other content under the same key."""
    if not fresh:
        return
    known = session.execute(
        select(Answer.position, Answer.number, Answer.response).where(
            Answer.attempt_id == attempt.id,
            Answer.epoch == epoch,
            Answer.position.in_({position for position, _number in fresh}),
        )
    )
    for position, number, data in known:
        if one := fresh.pop((position, number), None):
            refuse_other_content(data, response_data(one.response))


def _append(session: Session, attempt: Attempt, epoch: int, fresh: dict[Key, Waiting], now: datetime) -> None:
    rows = [
        {
            "attempt_id": attempt.id,
            "position": one.position,
            "epoch": epoch,
            "number": one.number,
            "response": response_data(one.response),
            "saved_at": now,
        }
        for one in fresh.values()
    ]
    session.execute(insert(Answer), rows)
