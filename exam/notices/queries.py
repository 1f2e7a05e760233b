"""Reading the outbox: one person's inbox, and how deliveries stand."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from exam.notices.models import Delivery, DeliveryState, Notice


def unread(session: Session, person_id: int) -> int:
    """How many notices wait to be read; asked on every page, answered from an index."""
    found = select(func.count(Notice.id)).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    return session.scalar(found) or 0


def inbox(session: Session, person_id: int, limit: int, offset: int) -> tuple[Sequence[Notice], int]:
    """One page of somebody's notices with their deliveries, unread ones first, then the newest; and how many in all."""
    mine = Notice.person_id == person_id
    total = session.scalar(select(func.count(Notice.id)).where(mine)) or 0
    found = (
        select(Notice)
        .where(mine)
        .options(selectinload(Notice.deliveries))
        .order_by(Notice.read_at.is_not(None), Notice.created_at.desc(), Notice.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return session.scalars(found).all(), total


def own_notice(session: Session, person_id: int, notice_id: int) -> Notice | None:
    """One of this person's notices; somebody else's isn't there."""
    return session.scalar(select(Notice).where(Notice.id == notice_id, Notice.person_id == person_id))


def deliveries(
    session: Session, state: DeliveryState | None, limit: int, offset: int
) -> tuple[Sequence[Delivery], int]:
    """One page of mails with their notices and people, the newest first, and how many in all."""
    conditions = [Delivery.state == state] if state else []
    total = session.scalar(select(func.count(Delivery.id)).where(*conditions)) or 0
    found = (
        select(Delivery)
        .where(*conditions)
        .options(joinedload(Delivery.notice).joinedload(Notice.person))
        .order_by(Delivery.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return session.scalars(found).all(), total


def delivery(session: Session, delivery_id: int) -> Delivery | None:
    """The mail of this number."""
    return session.get(Delivery, delivery_id)
