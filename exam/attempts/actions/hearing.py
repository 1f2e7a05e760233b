"""What an open page tells every few seconds: that it is there, how much it has waiting, what it has noticed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from exam.attempts.actions.guards import upsert
from exam.attempts.models import Contact, RoomEvent, RoomMessage
from exam.attempts.queries import Standing
from exam.attempts.rules import MOST_EVENTS, RENEW_CONTACT, Cause, Door, PageEvent

NOT_KEPT = "events_not_kept"
"""The event that says that a page noticed more than an attempt keeps."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something a page has noticed, and when, by its own word. `key` tells a repetition of the same."""

    kind: PageEvent
    cause: Cause
    at: datetime
    key: str
    detail: Mapping[str, int]


def hear(session: Session, standing: Standing, epoch: int, waiting: int, now: datetime) -> None:
    """Note that the live page was in contact. Written only when it says something new or the last is a while ago."""
    if epoch != standing.epoch or epoch == 0 or standing.door(now) is not Door.OPEN:
        return
    same = (standing.heard_epoch, standing.heard_waiting) == (epoch, waiting)
    if same and standing.heard_at and now - standing.heard_at < RENEW_CONTACT:
        return
    said = {"epoch": epoch, "at": now, "waiting": waiting}
    statement = upsert(session)(Contact).values(attempt_id=standing.attempt_id, **said)
    session.execute(statement.on_conflict_do_update(index_elements=[Contact.attempt_id], set_=said))


def keep_events(session: Session, standing: Standing, epoch: int, noticed: Iterable[Noticed], now: datetime) -> None:
    """Record what a page has noticed, each once, at a time inside the run; an attempt keeps `MOST_EVENTS`."""
    noticed = list(noticed)
    if not noticed or standing.voided_at is not None:
        return
    kept = session.execute(
        select(RoomEvent.kind, RoomEvent.detail).where(
            RoomEvent.attempt_id == standing.attempt_id, RoomEvent.kind.in_([*PageEvent, NOT_KEPT])
        )
    ).all()
    known = {detail.get("key") for _kind, detail in kept} - {""}
    new = [one for one in noticed if one.key not in known]
    latest = min(now, standing.closed_at or now)
    for one in new[: max(0, MOST_EVENTS - len(kept))]:
        at = max(standing.started_at, min(one.at, latest))
        detail = {**one.detail, "cause": one.cause.value, "epoch": epoch, "key": one.key}
        session.add(RoomEvent(attempt_id=standing.attempt_id, at=at, kind=one.kind.value, detail=detail))
    if len(kept) + len(new) > MOST_EVENTS and NOT_KEPT not in {kind for kind, _detail in kept}:
        session.add(RoomEvent(attempt_id=standing.attempt_id, at=latest, kind=NOT_KEPT, detail={}))
    session.flush()


def note_seen(session: Session, standing: Standing, message_ids: Iterable[int], now: datetime) -> None:
    """Note that the candidate has read these messages; the first time counts."""
    wanted = list(message_ids)
    if wanted:
        session.execute(
            update(RoomMessage)
            .where(
                RoomMessage.attempt_id == standing.attempt_id,
                RoomMessage.id.in_(wanted),
                RoomMessage.seen_at.is_(None),
            )
            .values(seen_at=now)
        )
