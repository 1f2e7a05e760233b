"""The record of one attempt: everything that happened, in order of time, from all the tables that know of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts.models import Attempt, LateAnswer, RoomEvent, RoomMessage, Statement, TimeCredit
from exam.attempts.queries import OPENED, TIME_GIVEN, anybodys_attempt
from exam.beats import Outage
from exam.invigilation import rules
from exam.invigilation.queries.around import fell_into_run
from exam.receipts.queries import Revision, revisions
from exam.receipts.rules import Receipt

TOLD_ELSEWHERE = (TIME_GIVEN, "voided")
"""Events of which another table knows more: by whom, and why."""


@dataclass(frozen=True)
class Line:
    """One thing that happened. `what` is a code that the page words; `by` a person's name, None for the site itself."""

    at: datetime
    what: str
    by: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """An attempt with its sitting, exam and person, and its lines."""

    attempt: Attempt
    lines: Sequence[Line]
    receipt: Receipt | None
    """The one that holds."""
    given: timedelta

    @property
    def running(self) -> bool:
        return self.attempt.closed_at is None and self.attempt.voided_at is None


def record(session: Session, attempt_id: int, now: datetime) -> Record | None:
    """The record of whomever's attempt: nine statements."""
    attempt = anybodys_attempt(session, attempt_id)
    if attempt is None:
        return None
    events = sorted(_of(session, RoomEvent, attempt_id), key=lambda event: event.at)
    credits, messages = _of(session, TimeCredit, attempt_id), _of(session, RoomMessage, attempt_id)
    late, statements = _of(session, LateAnswer, attempt_id), _of(session, Statement, attempt_id)
    outages = session.scalars(select(Outage).where(*fell_into_run(attempt, now)).order_by(Outage.id)).all()
    names = _names(session, attempt, credits, messages, late)
    receipts = [one for one in revisions(session, attempt_id) if one.readable]
    lines = [
        *_events(events, receipts[-1].receipt if receipts else None),
        *_outages(outages, attempt, now),
        *_credits(credits, names),
        *_messages(messages, names),
        *_late(late, attempt.deadline, names),
        *_revised(receipts),
        *(Line(one.written_at, "statement", None, {"text": one.text}) for one in statements),
    ]
    if attempt.voided_at:
        by = names.get(attempt.voided_by or 0)
        lines.append(Line(attempt.voided_at, "voided", by, {"text": attempt.void_reason}))
    return Record(
        attempt=attempt,
        lines=sorted(lines, key=lambda line: line.at),
        receipt=receipts[0].receipt if receipts else None,
        given=timedelta(seconds=sum(one.seconds for one in credits)),
    )


def _of(session: Session, table: Any, attempt_id: int) -> list[Any]:
    return list(session.scalars(select(table).where(table.attempt_id == attempt_id).order_by(table.id)))


def _names(
    session: Session,
    attempt: Attempt,
    credits: Iterable[TimeCredit],
    messages: Iterable[RoomMessage],
    late: Iterable[LateAnswer],
) -> dict[int, str]:
    ids = {attempt.voided_by, *(one.given_by for one in credits), *(one.decided_by for one in late)}
    ids |= {one.sent_by for one in messages}
    found = select(Person.id, Person.full_name).where(Person.id.in_([id for id in ids if id]))
    return dict(session.execute(found).all())


def _events(events: Sequence[RoomEvent], receipt: Receipt | None) -> Iterator[Line]:
    lasted, page = rules.lengths(events), None
    for event in events:
        facts = {**event.detail, "lasted": lasted.get(event.id)}
        if event.kind == OPENED:
            facts["again"] = None if page is None else page == event.detail.get("page")
            page = event.detail.get("page") or ""
        if event.kind in ("submitted", "time_up"):
            facts["receipt"] = receipt
        if event.kind not in TOLD_ELSEWHERE:
            yield Line(event.at, event.kind, None, facts)


def _revised(receipts: Sequence[Revision]) -> Iterator[Line]:
    for one in receipts[:-1]:
        facts = {"receipt": one.receipt, "position": one.position}
        yield Line(one.receipt.written_at, "receipt_revised", None, facts)


def _outages(outages: Iterable[Outage], attempt: Attempt, now: datetime) -> Iterator[Line]:
    for one in outages:
        lost = rules.lost(one.began_at, one.ended_at, attempt.started_at, attempt.closed_at or now)
        yield Line(one.began_at, "outage", None, {"until": one.ended_at, "lost": lost})


def _credits(credits: Iterable[TimeCredit], names: Mapping[int, str]) -> Iterator[Line]:
    for one in credits:
        facts = {"given": timedelta(seconds=one.seconds), "text": one.reason, "outage": one.outage_id is not None}
        yield Line(one.given_at, "time_given", names.get(one.given_by or 0), facts)


def _messages(messages: Iterable[RoomMessage], names: Mapping[int, str]) -> Iterator[Line]:
    for one in messages:
        yield Line(one.sent_at, "message", names[one.sent_by], {"text": one.text, "seen": one.seen_at})


def _late(late: Iterable[LateAnswer], deadline: datetime, names: Mapping[int, str]) -> Iterator[Line]:
    decided: dict[tuple[int, datetime], Line] = {}
    for one in late:
        facts = {
            "position": one.position,
            "delay": one.arrived_at - deadline,
            "written": one.written_at,
            "left": _span(one.left_ms),
            "offline": _span(one.offline_ms),
        }
        yield Line(one.arrived_at, "late_answer", None, facts)
        if one.decided_at:
            key = (one.position, one.decided_at)
            accepted = bool(one.accepted) or (key in decided and decided[key].facts["accepted"])
            decided[key] = Line(
                one.decided_at,
                "late_decided",
                names.get(one.decided_by or 0),
                {"position": one.position, "accepted": accepted, "text": one.reason},
            )
    yield from decided.values()


def _span(milliseconds: int | None) -> timedelta | None:
    return None if milliseconds is None else timedelta(milliseconds=milliseconds)
