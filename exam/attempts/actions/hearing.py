"""What an open page tells every few seconds: that it is there, how much it has waiting, what it has noticed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from exam.attempts.actions.guards import upsert
from exam.attempts.models import Attempt, Contact, RoomEvent, RoomMessage
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
    """Record what a page has noticed, each once, at a time inside the run; an attempt keeps `MOST_EVENTS`.

    Of a void attempt, after the result's release, or under an epoch that no page was given, nothing is recorded.
    """
    noticed = list(noticed)
    if not noticed:
        return
    latest = _end_of_record(session, standing.attempt_id, epoch, now)
    if latest is None:
        return
    kept = session.execute(
        select(RoomEvent.kind, RoomEvent.detail).where(
            RoomEvent.attempt_id == standing.attempt_id, RoomEvent.kind.in_([*PageEvent, NOT_KEPT])
        )
    ).all()
    new = _unknown(noticed, {detail.get("key") for _kind, detail in kept})
    for one in new[: max(0, MOST_EVENTS - len(kept))]:
        at = max(standing.started_at, min(one.at, latest))
        detail = {**one.detail, "cause": one.cause.value, "epoch": epoch, "key": one.key}
        session.add(RoomEvent(attempt_id=standing.attempt_id, at=at, kind=one.kind.value, detail=detail))
    if len(kept) + len(new) > MOST_EVENTS and NOT_KEPT not in {kind for kind, _detail in kept}:
        session.add(RoomEvent(attempt_id=standing.attempt_id, at=latest, kind=NOT_KEPT, detail={}))
    session.flush()


def _end_of_record(session: Session, attempt_id: int, epoch: int, now: datetime) -> datetime | None:
    """The latest moment that an event may have; None if this page may not add any.

    The row is locked, so that the same event sent twice at once is recorded once; answers don't wait for that.
    """
    run = session.execute(
        select(Attempt.epoch, Attempt.closed_at, Attempt.record_closed_at, Attempt.voided_at)
        .where(Attempt.id == attempt_id)
        .with_for_update(key_share=True)
    ).one()
    if run.voided_at or run.record_closed_at or not 0 <= epoch <= run.epoch:
        return None
    return min(now, run.closed_at or now)


def _unknown(noticed: Iterable[Noticed], known: set[str | None]) -> list[Noticed]:
    """Those whose key isn't among the known, each key once; one without a key is never known."""
    new = []
    for one in noticed:
        if not one.key or one.key not in known:
            known.add(one.key)
            new.append(one)
    return new


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
