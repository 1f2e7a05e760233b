"""What an invigilator does for running attempts: gives time, and says something. Nothing here commits."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from exam.accounts.actions import unsaved_audit
from exam.accounts.models import Person
from exam.attempts.actions import give_time_to_all, settle_outages
from exam.attempts.actions.guards import door_of
from exam.attempts.models import Attempt, RoomMessage
from exam.attempts.rules import Door
from exam.beats import Outage
from exam.errors import Forbidden, Refused, _l
from exam.invigilation import queries
from exam.invigilation.rules import LONGEST_MESSAGE, LONGEST_REASON, MINUTES


@dataclass(frozen=True)
class Reached:
    """Whom an act reached, whose exam had ended before it, and whether the actor's own was left out.

    Where time is given, also who had it by this very form already, and whom somebody else had served meanwhile.
    """

    attempts: Sequence[Attempt]
    ended: Sequence[Attempt]
    own_left_out: bool
    again: Sequence[Attempt] = ()
    served: Sequence[Attempt] = ()


@dataclass(frozen=True)
class TimeSlip:
    """The form by which time is given: its one-time key, the outage it is for, and the last credit for it it knew."""

    key: str = ""
    outage_id: int | None = None
    known: int = 0


def give_minutes(
    session: Session,
    attempt_ids: Collection[int],
    minutes: int,
    reason: str,
    actor: Person,
    now: datetime,
    slip: TimeSlip = TimeSlip(),
) -> Reached:
    """Give running attempts time, all the same, with a reason their candidates read; those that have ended are left.

    For an outage, whoever has had that time meanwhile is left as well; the same slip gives to nobody twice.
    Refuses: not 1 to 60 minutes (`minutes`), no reason (`no_reason`), and one's own alone (`own_attempt`).
    """
    if minutes not in MINUTES:
        raise Refused(_l("Give 1 to 60 minutes."), code="minutes", field="minutes")
    reason = _filled(reason, LONGEST_REASON, _l("Say why; the candidate reads it."), "reason")
    settle_outages(session, now)  # before any attempt is locked: the order of locks is the beat's first
    reached = _not_twice(session, _sorted(session, attempt_ids, actor, now, lock=True), slip)
    give_time_to_all(
        session,
        reached.attempts,
        60 * minutes,
        now,
        actor_id=actor.id,
        reason=reason,
        tutees=_tutees(session, reached.attempts, actor),
        made_for=session.get(Outage, slip.outage_id) if slip.outage_id else None,
        form_key=slip.key or None,
    )
    return reached


def _not_twice(session: Session, reached: Reached, slip: TimeSlip) -> Reached:
    """Set those apart whom this slip, or somebody else for its outage, has served. Their rows are locked."""
    if not slip.key and slip.outage_id is None:
        return reached
    ids = [attempt.id for attempt in reached.attempts]
    again, served = queries.given_meanwhile(session, ids, slip.key, slip.outage_id, slip.known)
    if slip.outage_id is not None:
        served |= set(ids) - again - queries.owed(session, slip.outage_id)[1].keys()
    return replace(
        reached,
        attempts=[attempt for attempt in reached.attempts if attempt.id not in again | served],
        again=[attempt for attempt in reached.attempts if attempt.id in again],
        served=[attempt for attempt in reached.attempts if attempt.id in served],
    )


def say(session: Session, attempt_ids: Collection[int], text: str, actor: Person, now: datetime) -> Reached:
    """Tell the candidates of running attempts something; their rooms show it within seconds.

    Refuses: nothing to say (`no_text`), and where there is only one's own attempt (`own_attempt`).
    """
    text = _filled(text, LONGEST_MESSAGE, _l("Write what the candidates should read."), "text")
    reached = _sorted(session, attempt_ids, actor, now, lock=False)
    tutees = _tutees(session, reached.attempts, actor)
    for attempt in reached.attempts:
        tutee = {"own_tutee": True} if attempt.person_id in tutees else {}
        message = RoomMessage(attempt_id=attempt.id, text=text, sent_by=actor.id, sent_at=now)
        entry = unsaved_audit(
            actor_id=actor.id,
            action="attempt.message_sent",
            subject_type="attempt",
            subject_id=attempt.id,
            about_id=attempt.person_id,
            now=now,
            text=text,
            **tutee,
        )
        session.add_all([message, entry])
    session.flush()
    return reached


def _filled(text: str, longest: int, refusal: object, field: str) -> str:
    if not text.strip():
        raise Refused(refusal, code=f"no_{field}", field=field)
    return text.strip()[:longest]


def _sorted(session: Session, attempt_ids: Collection[int], actor: Person, now: datetime, *, lock: bool) -> Reached:
    """Sort these attempts; locked in the order of their numbers, so that nobody waits in a circle."""
    found = select(Attempt).where(Attempt.id.in_(list(attempt_ids))).order_by(Attempt.id)
    found = found.options(defer(Attempt.layout))  # much text, and of no use here
    if lock:
        found = found.with_for_update()
    attempts = session.scalars(found.execution_options(populate_existing=True)).all()
    others = [attempt for attempt in attempts if attempt.person_id != actor.id]
    if attempts and not others:
        raise Forbidden(_l("This is your own exam: another trainer has to do that."), code="own_attempt")
    doors = [(attempt, door_of(attempt, now)) for attempt in others]
    return Reached(
        [attempt for attempt, door in doors if door is Door.OPEN],
        [attempt for attempt, door in doors if door is not Door.OPEN],
        len(others) < len(attempts),
    )


def _tutees(session: Session, attempts: Iterable[Attempt], actor: Person) -> set[int]:
    ids = [attempt.person_id for attempt in attempts]
    return set(session.scalars(select(Person.id).where(Person.id.in_(ids), Person.tutor_id == actor.id)))
