"""Inside the room: a page opens it, answers are saved, slots are flagged.

What must not be lost although it isn't accepted (a late answer, one of an earlier page) is returned as a `Saved` with
its outcome, not raised: a raised refusal rolls back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, delete, literal, or_, select
from sqlalchemy.orm import Session

from exam.attempts import queries
from exam.attempts.actions.crediting import settle_outages
from exam.attempts.actions.guards import door_of, is_due, locked, note, refuse_unless_open, taken_over, upsert
from exam.attempts.models import Answer, Attempt, Flag, LateAnswer
from exam.attempts.rules import Door, Layout, must_ask, remaining_ms
from exam.errors import Conflict, Refused, _l
from question_bank.items import Response, response_data


class SaveOutcome(StrEnum):
    """What became of a saved answer. Each is on disk once the caller commits."""

    SAVED = "saved"
    TAKEN_OVER = "taken_over"
    """Kept under an earlier page's epoch: another page has the room now."""
    LATE = "after_deadline"
    """Kept apart; counts only if a human accepts it."""
    SUPERSEDED = "superseded"
    """Came after the end and is older than what counts: kept apart, and there is nothing to decide."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The acknowledgement of one answer."""

    outcome: SaveOutcome
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A page's word about an answer, in milliseconds: its age, what its clock showed, how long it reached nobody."""

    age_ms: int | None = None
    left_ms: int | None = None
    offline_ms: int | None = None


NOTHING_TOLD = Told()


def open_room(
    session: Session,
    attempt: Attempt,
    now: datetime,
    *,
    page: str = "",
    take_over: bool = True,
    opening: str = "",
    network: str | None = None,
) -> int:
    """Give the page that opens the room its epoch, from now on the live one.

    `page` is a name the page keeps over reloads, `opening` one of this opening: asked again under it, because the first
    answer was lost on its way, the page gets the same epoch and hasn't taken over from itself. Refuses (`in_use`) when
    another page was heard from a moment ago and the candidate hasn't said to take over, and when the attempt has ended.

    `network` is the digest of where it came from (`exam/networks.py`). It is kept here, and nowhere else: whoever has
    just started is led to a page that opens the room, and every other device comes in this way.
    """
    locked(session, attempt)  # what an earlier page is just saving is on disk before the new one reads
    refuse_unless_open(attempt, now)
    live = queries.live_page(session, attempt)
    if live is not None and opening and live.opening == opening:
        return attempt.epoch
    if live is not None and not take_over and must_ask(page, live.name, live.last_heard, now):
        raise Conflict(_l("This exam is open on another page or device."), code="in_use")
    attempt.epoch += 1
    session.flush()
    facts: dict[str, Any] = {queries.LAST_ANSWER: queries.last_answer(session, attempt.id)}
    facts |= {"opening": opening} if opening else {}
    facts |= {"page": page, "epoch": attempt.epoch, "took_over": live is not None}
    note(session, attempt, queries.OPENED, now, network=network, **facts)
    return attempt.epoch


def save(
    session: Session,
    attempt: Attempt,
    position: int,
    epoch: int,
    number: int,
    response: Response | None,
    now: datetime,
    told: Told = NOTHING_TOLD,
) -> Saved:
    """Keep one answer, in the bank's ids; None empties it. The same answer sent again is acknowledged again.

    What the page tells of it is kept only with one that comes late.

    Refuses: an answer that can't be one to this slot (`unreadable`), an epoch no page was given (`unknown_page`), other
    content under a number already used (`number_reused`), an attempt its candidate has closed (`closed`), a void one
    (`voided`).
    """
    refuse_unanswerable(attempt, position, epoch, response)
    key = {"attempt_id": attempt.id, "position": position, "epoch": epoch, "number": number}
    data = response_data(response)
    if _insert_while_open(session, attempt, key, data, now):
        return Saved(_outcome(session, attempt, epoch), now)
    known = session.scalar(select(Answer).filter_by(**key))
    if known is not None:
        refuse_other_content(known.response, data)
        return Saved(_outcome(session, attempt, epoch), known.saved_at)
    session.refresh(attempt)  # unlocked: an end is final, and two that both held the row to write it would wait forever
    if is_due(attempt, now) and settle_outages(session, now):  # this answer may have been waiting for the server
        return save(session, attempt, position, epoch, number, response, now, told)
    if door_of(attempt, now) is Door.AFTER_DEADLINE:
        return keep_late(session, attempt, key, data, now, told)
    refuse_unless_open(attempt, now)
    raise RuntimeError("an open attempt took no answer")


def _outcome(session: Session, attempt: Attempt, epoch: int) -> SaveOutcome:
    """Whether an answer that is kept is the live page's as things stand now: another page may just have opened."""
    session.refresh(attempt, ["epoch"])
    return SaveOutcome.SAVED if epoch == attempt.epoch else SaveOutcome.TAKEN_OVER


def _insert_while_open(session: Session, attempt: Attempt, key: dict[str, int], data: Any, now: datetime) -> bool:
    """Append the answer in one statement, unless the attempt has closed or the key is used; whether it did.

    Closing locks the row, so that no answer slips in between the last look at the answers and the receipt over them:
    `FOR KEY SHARE` waits for it and then finds the attempt closed. (SQLite has one writer at a time anyway; its table
    of answers refuses even to be told of a used key, see `only_added_to`, while PostgreSQL may find one at last.)
    """
    if door_of(attempt, now) is not Door.OPEN:
        return False
    table = Answer.__table__.c
    values = {**key, "response": data, "saved_at": now}
    row = (
        select(*(literal(value, table[name].type).label(name) for name, value in values.items()))
        .select_from(Attempt)
        .where(Attempt.id == attempt.id, Attempt.closed_at.is_(None), Attempt.voided_at.is_(None))
        .where(~select(Answer.id).filter_by(**key).exists())
        .with_for_update(read=True, key_share=True)
    )
    return session.scalar(_insert_once(session, Answer, row, list(values))) is not None


def _insert_once(session: Session, model: type[Answer | LateAnswer], row: Select[Any], columns: list[str]) -> Any:
    """INSERT … SELECT … ON CONFLICT DO NOTHING, giving the new row's id."""
    return upsert(session)(model).from_select(columns, row).on_conflict_do_nothing().returning(model.id)


def keep_late(session: Session, attempt: Attempt, key: dict[str, int], data: Any, now: datetime, told: Told) -> Saved:
    newer = _has_newer(session, key)
    values = {**key, "response": data, "arrived_at": now, **_plausible(attempt, now, told)}
    if newer:
        # A draft that its page had saved over, from a journal that couldn't be cleared.
        values |= {"decided_at": now, "accepted": False, "reason": SaveOutcome.SUPERSEDED.value}
    table = LateAnswer.__table__.c
    row = select(*(literal(value, table[name].type).label(name) for name, value in values.items()))
    session.execute(_insert_once(session, LateAnswer, row, list(values)))
    known = session.scalars(select(LateAnswer).filter_by(**key)).one()
    refuse_other_content(known.response, data)
    return Saved(SaveOutcome.SUPERSEDED if newer else SaveOutcome.LATE, known.arrived_at)


def _has_newer(session: Session, key: dict[str, int]) -> bool:
    """Whether a later answer of the same slot has been saved in time."""
    later = or_(Answer.epoch > key["epoch"], and_(Answer.epoch == key["epoch"], Answer.number > key["number"]))
    found = select(Answer.id).where(Answer.attempt_id == key["attempt_id"], Answer.position == key["position"], later)
    return session.scalar(found.limit(1)) is not None


def _plausible(attempt: Attempt, now: datetime, told: Told) -> dict[str, Any]:
    """What a page tells of a late answer, as far as it can be true; a forged word informs, and decides nothing."""
    written = None if told.age_ms is None else now - timedelta(milliseconds=told.age_ms)
    left = told.left_ms
    return {
        "written_at": written if written and written >= attempt.started_at else None,
        "left_ms": left if left is not None and left <= remaining_ms(attempt.deadline, attempt.started_at) else None,
        "offline_ms": told.offline_ms,
    }


def refuse_unanswerable(attempt: Attempt, position: int, epoch: int, response: Response | None) -> None:
    """Refuse what can't be an answer to this slot (`unreadable`), and an epoch no page was given (`unknown_page`)."""
    place = Layout.place_in(attempt.layout, position)
    if place is None or not place.accepts(response):
        raise Refused(_l("This can't be read as an answer. Reload the page."), code="unreadable")
    if not 1 <= epoch <= attempt.epoch:
        raise Refused(_l("This page has not opened the exam. Reload it."), code="unknown_page")


def refuse_other_content(known: Any, sent: Any) -> None:
    """Refuse a response, in its JSON form, that isn't the one kept under the same number."""
    if known != sent:
        raise Conflict(_l("Another answer was saved under this number."), code="number_reused")


def set_flag(
    session: Session, attempt: Attempt, position: int, flagged: bool, now: datetime, *, epoch: int | None = None
) -> None:
    """Mark a slot to come back to, or no longer; doing it twice changes nothing.

    Refuses a page that another has taken over from (`epoch`), and an attempt that has ended.
    """
    refuse_unless_open(attempt, now)
    if Layout.place_in(attempt.layout, position) is None:
        raise Refused(_l("This exam has no such question."), code="unreadable")
    if epoch not in (None, attempt.epoch):
        raise taken_over()
    if flagged:
        values = {"attempt_id": attempt.id, "position": position}
        session.execute(upsert(session)(Flag).values(values).on_conflict_do_nothing())
    else:
        session.execute(delete(Flag).where(Flag.attempt_id == attempt.id, Flag.position == position))
