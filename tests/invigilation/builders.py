"""What happens around running attempts, as tests of invigilation need it."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam.attempts.models import Attempt, Contact, RoomEvent
from exam.beats import Outage


def make_outage(session: Session, began_at: datetime, ended_at: datetime) -> Outage:
    """A time in which the site was away."""
    outage = Outage(began_at=began_at, ended_at=ended_at)
    session.add(outage)
    session.flush()
    return outage


def make_contact(session: Session, attempt: Attempt, at: datetime, waiting: int = 0) -> Contact:
    """The last word of an attempt's page."""
    contact = session.get(Contact, attempt.id) or Contact(attempt_id=attempt.id)
    contact.at, contact.epoch, contact.waiting = at, attempt.epoch, waiting
    session.add(contact)
    session.flush()
    return contact


def make_events(session: Session, attempt: Attempt, cause: str = "candidate", **events: datetime) -> None:
    """What the page noticed: `left=moment, returned=moment`."""
    for kind, at in events.items():
        session.add(RoomEvent(attempt_id=attempt.id, at=at, kind=kind, detail={"cause": cause}))
    session.flush()
