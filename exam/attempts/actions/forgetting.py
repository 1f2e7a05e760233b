"""Forgetting what has had its time."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from exam.attempts.models import RoomEvent
from exam.sittings.rules import NETWORK_KEPT
from question_bank.orm import rows_changed


def forget_networks(session: Session, now: datetime) -> int:
    """Clear the digests of networks that have been kept for `NETWORK_KEPT`; gives how many. A job.

    The events stay. Nobody's doing, so not on the trail; what is left of it is that the list says "not known".
    """
    old = RoomEvent.network.is_not(None) & (RoomEvent.at < now - NETWORK_KEPT)
    cleared = update(RoomEvent).where(old).values(network=None).execution_options(synchronize_session=False)
    return rows_changed(session, cleared)
