"""Ending an attempt: handed in, closed at its deadline, or set aside."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.attempts import queries
from exam.attempts.actions.crediting import settle_outages
from exam.attempts.actions.guards import is_due, locked, note, refuse_unless_open, taken_over
from exam.attempts.actions.waiting import Waiting, keep_waiting
from exam.attempts.models import Attempt, RoomEvent
from exam.attempts.rules import LONGEST_CREDITED, CloseReason, ending
from exam.beats import SHORTEST_OUTAGE, Beat
from exam.errors import Conflict, Forbidden, Refused, _l
from exam.events import attempt_voided, attempts_closed
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind
from exam.papers.models import Exam
from question_bank.orm import Base

log = logging.getLogger(__name__)

NOTED_AS: dict[CloseReason | None, str] = {CloseReason.SUBMITTED: "submitted", CloseReason.DEADLINE: "time_up"}
"""How the record of the room calls an end."""

BATCH = 20
"""How many attempts the job closes in one transaction: on SQLite every save waits for it."""


def submit(session: Session, attempt: Attempt, waiting: Iterable[Waiting], epoch: int, now: datetime) -> None:
    """Hand in: keep what the page still had waiting, and close; twice is once.

    After the deadline the waiting answers are kept as late. Refuses a page that another has taken over from.
    """
    close_if_due(session, attempt, now)
    attempt = locked(session, attempt)
    if attempt.closed_at is None:
        refuse_unless_open(attempt, now)
        if epoch != attempt.epoch:
            raise taken_over()
    keep_waiting(session, attempt, waiting, epoch, now)
    if attempt.closed_at is None:
        close(session, [attempt], now)


def close_due(session: Session, now: datetime) -> int:
    """Close every attempt whose time and grace are over, each exactly once, as of its deadline; gives how many."""
    return sum(close_due_in_batches(session, now))


def close_due_in_batches(session: Session, now: datetime) -> Iterator[int]:
    """The same as a job that yields how many it has closed after each batch, to be committed there.

    While the site may be away nothing is closed: what an outage has cost is given back first, by the site itself once
    it beats again. After the longest outage that is given back there is nothing left to wait for.
    """
    last = session.scalar(select(Beat.at))
    if last is not None and SHORTEST_OUTAGE < now - last <= LONGEST_CREDITED:
        return
    due = session.scalars(_due(now).with_only_columns(Attempt.id).order_by(Attempt.deadline)).all()
    for start in range(0, len(due), BATCH):
        batch = _due(now).where(Attempt.id.in_(due[start : start + BATCH])).order_by(Attempt.id)
        locked_by_us = batch.with_for_update(skip_locked=True).execution_options(populate_existing=True)
        yield _close_batch(session, session.scalars(locked_by_us).all(), now)


def _due(now: datetime) -> Select[Attempt]:
    return select(Attempt).where(Attempt.closed_at.is_(None), Attempt.voided_at.is_(None), Attempt.deadline < now)


def _close_batch(session: Session, attempts: Sequence[Attempt], now: datetime) -> int:
    """Close attempts whose rows are locked. One that can't be closed must not keep all others open."""
    due = [attempt for attempt in attempts if is_due(attempt, now)]
    try:
        with session.begin_nested():
            close(session, due, now)
    except Exception:
        if len(due) > 1:
            return sum(_close_batch(session, [attempt], now) for attempt in due)
        log.exception("attempt %d could not be closed and will be tried again", due[0].id)
        return 0
    return len(due)


def close_if_due(session: Session, attempt: Attempt, now: datetime) -> bool:
    """Close this attempt if its time and grace are over, also after what an outage has cost is given back.

    Whether it was closed now. Expects an attempt that isn't locked yet: see `settle_outages`.
    """
    if not is_due(attempt, now):
        return False
    settle_outages(session, now)
    if not is_due(locked(session, attempt), now):
        return False
    close(session, [attempt], now)
    return True


def void(session: Session, attempt: Attempt, actor_id: int, reason: str, now: datetime) -> None:
    """Set an attempt aside after a technical failure: it uses no try, its answers stay, its candidate is told.

    Refuses without a reason, one's own attempt, a second time, and once the result has been released.
    """
    attempt = locked(session, attempt)
    if attempt.person_id == actor_id:
        raise Forbidden(_l("Nobody sets their own attempt aside."), code="own_attempt")
    if not reason.strip():
        raise Refused(_l("Say why this attempt is set aside."), code="no_reason")
    if attempt.voided_at is not None:
        raise Conflict(_l("This attempt has been set aside already."), code="voided")
    attempt.voided_at, attempt.voided_by, attempt.void_reason = now, actor_id, reason.strip()
    session.flush()
    note(session, attempt, "voided", now)
    audit(
        session,
        actor_id=actor_id,
        action="attempt.voided",
        subject_type="attempt",
        subject_id=attempt.id,
        now=now,
        about_id=attempt.person_id,
        reason=reason.strip(),
    )
    notify(
        session,
        attempt.person_id,
        NoticeKind.ATTEMPT_VOIDED,
        key=str(attempt.id),
        now=now,
        link="/exam",
        exam=session.get_one(Exam, attempt.exam_id).title,
        reason=attempt.void_reason,
    )
    attempt_voided.send(attempt, session=session, now=now)


def close(session: Session, attempts: Sequence[Attempt], now: datetime) -> None:
    """Close attempts whose rows are locked, in as many statements as one: no answer can come after this look."""
    if not attempts:
        return
    for attempt in attempts:
        attempt.closed_at, attempt.close_reason = ending(attempt.deadline, now)
    session.flush()
    session.execute(
        insert(Base.metadata.tables[RoomEvent.__tablename__]),
        [{"attempt_id": one.id, "at": now, "kind": NOTED_AS[one.close_reason], "detail": {}} for one in attempts],
    )
    final = queries.final_answers(session, [attempt.id for attempt in attempts])
    attempts_closed.send(attempts, session=session, now=now, answers=final)
