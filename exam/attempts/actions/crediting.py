"""Giving time: by a trainer, or back by the site itself for what an outage of its own has cost.

Locks are taken in one order, so that nobody waits in a circle: first the beat, then attempts, by their number.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam.accounts.actions import unsaved_audit
from exam.accounts.queries import people_with_role
from exam.accounts.rules import Role
from exam.attempts import queries
from exam.attempts.actions.guards import locked, refuse_unless_open
from exam.attempts.models import Attempt, RoomEvent, TimeCredit
from exam.attempts.rules import CloseReason, credit_seconds, time_lost
from exam.beats import SHORTEST_OUTAGE, Beat, Outage
from exam.errors import Forbidden, Refused, _l
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind

RUNNING_NOW = "/invigilation"
"""The trainers' page of attempts under way."""


def give_time(
    session: Session,
    attempt: Attempt,
    seconds: int,
    now: datetime,
    *,
    actor_id: int | None = None,
    outage: Outage | None = None,
    reason: str = "",
) -> TimeCredit:
    """Move the deadline of a running attempt; its candidate is told in the room. Twice is two times.

    Either a person gives it, with a reason, or an outage gives it back. To several: `give_time_to_all`.
    Refuses: no time (`no_time`), no reason (`no_reason`), one's own attempt (`own_attempt`), and an attempt that isn't
    running, with its door as the code.
    """
    if seconds <= 0:
        raise Refused(_l("Give at least one minute."), code="no_time")
    if actor_id is not None:
        settle_outages(session, now)
        _refuse_person(attempt, actor_id, reason)
    attempt = locked(session, attempt)
    if outage is None:
        refuse_unless_open(attempt, now)
    credit = _add(session, attempt, seconds, now, actor_id, outage, reason.strip())
    session.flush()
    return credit


def give_time_to_all(
    session: Session,
    attempts: Iterable[Attempt],
    seconds: int,
    now: datetime,
    *,
    actor_id: int,
    reason: str,
    tutees: Collection[int] = (),
    made_for: Outage | None = None,
    form_key: str | None = None,
) -> None:
    """Give the same time to attempts that the caller has locked and found running; a few statements, however many.

    `tutees` are persons whose tutor the giver is: the trail says so. `made_for` is the outage that the giver means to
    make good. Refuses as `give_time` does, before any has time.
    """
    attempts = list(attempts)
    if seconds <= 0:
        raise Refused(_l("Give at least one minute."), code="no_time")
    for attempt in attempts:
        _refuse_person(attempt, actor_id, reason)
    for attempt in attempts:
        own = attempt.person_id in tutees
        credit = _add(session, attempt, seconds, now, actor_id, None, reason.strip(), own_tutee=own, made_for=made_for)
        credit.form_key = form_key
    session.flush()


def _refuse_person(attempt: Attempt, actor_id: int, reason: str) -> None:
    if attempt.person_id == actor_id:
        raise Forbidden(_l("Nobody gives themselves time."), code="own_attempt")
    if not reason.strip():
        raise Refused(_l("Say why this time is given."), code="no_reason")


def _add(
    session: Session,
    attempt: Attempt,
    seconds: int,
    now: datetime,
    actor_id: int | None,
    outage: Outage | None,
    reason: str,
    own_tutee: bool = False,
    made_for: Outage | None = None,
) -> TimeCredit:
    """The credit with its deadline, its event and its line in the trail, unflushed: there may be a thousand of them."""
    before = attempt.deadline
    attempt.deadline = before + timedelta(seconds=seconds)
    credit = TimeCredit(
        attempt_id=attempt.id,
        seconds=seconds,
        outage_id=outage.id if outage else None,
        for_outage_id=made_for.id if made_for else None,
        given_by=actor_id,
        reason=reason,
        given_at=now,
    )
    detail = {"seconds": seconds, "outage": credit.outage_id, "reason": reason}
    why: dict[str, object] = {"reason": reason} if outage is None else {}
    if cause := outage or made_for:
        why |= {"began_at": cause.began_at, "ended_at": cause.ended_at}
    tutee = {"own_tutee": True} if own_tutee else {}
    entry = unsaved_audit(
        actor_id=actor_id,
        action="attempt.time_given",
        subject_type="attempt",
        subject_id=attempt.id,
        about_id=attempt.person_id,
        now=now,
        seconds=seconds,
        before=before,
        after=attempt.deadline,
        **why,
        **tutee,
    )
    session.add_all([credit, entry, RoomEvent(attempt_id=attempt.id, at=now, kind=queries.TIME_GIVEN, detail=detail)])
    return credit


def beat(session: Session, now: datetime) -> Outage | None:
    """Note that the site is well now, after giving back what it cost if it wasn't; gives the outage that ends now.

    For serving processes only: what else runs knows nothing of whether candidates reach the site.
    """
    outage = settle_outages(session, now)
    renewed = session.scalar(update(Beat).where(Beat.at <= now).values(at=now).returning(Beat.id))
    if renewed is None and session.scalar(select(Beat.id)) is None:
        try:
            with session.begin_nested():
                session.add(Beat(id=1, at=now))
        except IntegrityError:  # another process began in the same moment
            return outage
    return outage


def settle_outages(session: Session, now: datetime) -> Outage | None:
    """Give back what a gap in the site's pulse has cost that ends now, before anything is closed or refused.

    Gives the outage; None when there is none, in one statement and without a lock. However many come at once, one
    records it. Call it before locking an attempt. A site that has never beaten has no outages.
    """
    last = session.scalar(select(Beat.at))
    if last is None or now - last <= SHORTEST_OUTAGE:
        return None
    pulse = session.scalars(select(Beat).with_for_update().execution_options(populate_existing=True)).one()
    if now - pulse.at <= SHORTEST_OUTAGE:
        return None
    outage = Outage(began_at=pulse.at, ended_at=now)
    pulse.at = now
    session.add(outage)
    session.flush()
    owing = _give_back(session, outage, now)
    session.flush()
    if owing:
        _alert(session, outage, owing, now)
    return outage


def _give_back(session: Session, outage: Outage, now: datetime) -> int:
    """Credit every attempt that the outage hit; gives how many that doesn't make good, closed ones among them."""
    attempts = session.scalars(
        select(Attempt)
        .where(
            Attempt.voided_at.is_(None),
            or_(
                Attempt.closed_at.is_(None),
                and_(Attempt.close_reason == CloseReason.DEADLINE, Attempt.closed_at > outage.began_at),
            ),
        )
        .order_by(Attempt.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    given = queries.given_back(session, [attempt.id for attempt in attempts])
    owing = 0
    for attempt in attempts:
        lost = time_lost(outage.began_at, outage.ended_at, attempt.started_at, attempt.deadline)
        seconds = 0
        if attempt.closed_at is None and attempt.outage_credit:
            seconds = credit_seconds(lost, outage.ended_at - outage.began_at, given.get(attempt.id, 0))
        if seconds:
            _add(session, attempt, seconds, now, None, outage, "")
        owing += timedelta(seconds=seconds) < lost
    return owing


def _alert(session: Session, outage: Outage, count: int, now: datetime) -> None:
    """Tell the trainers of attempts that the site can't make good by itself: they may give minutes by hand."""
    for trainer in people_with_role(session, Role.TRAINER):
        notify(
            session,
            trainer.id,
            NoticeKind.OUTAGE,
            key=str(outage.id),
            now=now,
            link=RUNNING_NOW,
            began_at=outage.began_at,
            ended_at=outage.ended_at,
            count=count,
        )
