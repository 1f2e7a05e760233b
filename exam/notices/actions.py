"""Telling people, and keeping book of how far each telling has come. Nothing here commits or talks to a mail server."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from exam.accounts.actions import audit, make_sign_in_link
from exam.accounts.actions.audit import plain
from exam.accounts.models import Person
from exam.accounts.rules import RESET_LASTS
from exam.errors import Refused, _l
from exam.notices.models import Delivery, DeliveryState, Notice
from exam.notices.rules import CLAIM, Failed, Letter, NoticeKind, Sent, missing, next_try

MAIL = "mail"


def notify(
    session: Session,
    person_id: int,
    kind: NoticeKind,
    *,
    key: str,
    now: datetime,
    link: str | None = None,
    **params: Any,
) -> Notice | None:
    """Tell a person something once, in the site and by mail.

    `key` names the event within its kind and person: the same key again changes nothing and gives None, so does a
    person who was closed out. `link` is a path of the site. `params` must hold what `PARAMS` asks for; moments may be
    datetimes.
    """
    lacking = missing(kind, params)
    if lacking:
        raise ValueError(f"a notice {kind.value} needs {', '.join(sorted(lacking))}")
    person = session.get(Person, person_id)
    whole_key = f"{kind.value}:{person_id}:{key}"
    if person is None or not person.active or _is_told(session, whole_key):
        return None
    notice = Notice(
        person_id=person_id,
        kind=kind.value,
        key=whole_key,
        params=plain(params),
        link=link,
        created_at=now,
        deliveries=[],
    )
    try:
        with session.begin_nested():
            session.add(notice)
    except IntegrityError:  # another process told it in the same moment
        return None
    session.add(_new_delivery(notice, person, now))
    session.flush()
    return notice


def _is_told(session: Session, key: str) -> bool:
    return session.scalar(select(Notice.id).where(Notice.key == key)) is not None


def _new_delivery(notice: Notice, person: Person, now: datetime) -> Delivery:
    has_address = bool(person.email)
    return Delivery(
        notice=notice,
        channel=MAIL,
        address=person.email,
        state=DeliveryState.WAITING if has_address else DeliveryState.KEPT,
        next_try_at=now if has_address else None,
    )


def mark_read(session: Session, notice: Notice, now: datetime) -> None:
    """Note that the person has read it; the first time stays."""
    notice.read_at = notice.read_at or now
    session.flush()


def mark_all_read(session: Session, person_id: int, now: datetime) -> None:
    """Note that the person has read everything until now."""
    session.execute(update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None)).values(read_at=now))


# Mail


def claim(session: Session, now: datetime) -> Letter | None:
    """Take the mail that has been due longest, so that no other process sends it too; None when nothing is due.

    Commit before sending: the try is counted, and should the process die the mail is due again after a while.
    """
    delivery = session.scalar(
        select(Delivery)
        .where(Delivery.state == DeliveryState.WAITING, Delivery.next_try_at <= now)
        .options(joinedload(Delivery.notice).joinedload(Notice.person))
        .order_by(Delivery.next_try_at, Delivery.id)
        .limit(1)
        .with_for_update(of=Delivery, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if delivery is None:
        return None
    delivery.tries += 1
    delivery.next_try_at = now + CLAIM
    notice, person = delivery.notice, delivery.notice.person
    link = notice.link
    if notice.kind == NoticeKind.SIGN_IN_LINK and person.active:
        # Made only now: a token that waits in the outbox could be read there.
        link = f"/welcome/{make_sign_in_link(session, person, None, now, lasts=RESET_LASTS)}"
    session.flush()
    return Letter(
        delivery_id=delivery.id,
        address=delivery.address or "",
        kind=notice.kind,
        params=notice.params,
        link=link,
        name=person.full_name,
        locale=person.locale,
        created_at=notice.created_at,
    )


def record(session: Session, letter: Letter, outcome: Sent | Failed, now: datetime) -> Delivery:
    """Write down how a try to send went, and when the next one is."""
    delivery = session.get_one(Delivery, letter.delivery_id)
    if isinstance(outcome, Sent):
        delivery.state, delivery.sent_at = DeliveryState.SENT, now
        delivery.next_try_at, delivery.last_error = None, None
    else:
        delivery.last_error = outcome.error
        delivery.next_try_at = next_try(delivery.tries, outcome.permanent, now)
        if delivery.next_try_at is None:
            delivery.state = DeliveryState.FAILED
    session.flush()
    return delivery


def keep_waiting(session: Session) -> None:
    """Where no mail server is configured, keep what waits instead of trying for ever."""
    session.execute(
        update(Delivery)
        .where(Delivery.state == DeliveryState.WAITING)
        .values(state=DeliveryState.KEPT, next_try_at=None)
    )


def try_again(session: Session, delivery: Delivery, actor_id: int, now: datetime) -> None:
    """Send a failed or kept mail again, to the person's present address. Refuses one that is sent or waits."""
    if delivery.state in (DeliveryState.SENT, DeliveryState.WAITING):
        raise Refused(_l("This mail has been sent or is about to be."), "not_failed")
    notice = session.get_one(Notice, delivery.notice_id)
    person = session.get_one(Person, notice.person_id)
    if not person.email:
        raise Refused(_l("This person has no mail address. Add one first."), "no_address")
    delivery.address = person.email
    delivery.state, delivery.tries, delivery.next_try_at = DeliveryState.WAITING, 0, now
    session.flush()
    audit(
        session, actor_id=actor_id, action="mail.tried_again", subject_type="delivery", subject_id=delivery.id,
        about_id=person.id, now=now, kind=notice.kind,
    )  # fmt: skip


def on_sign_in_link_asked(person: Person, *, session: Session, now: datetime) -> None:
    """Listens to `sign_in_link_asked`: mail the person a link."""
    notify(session, person.id, NoticeKind.SIGN_IN_LINK, key=now.isoformat(), now=now)
