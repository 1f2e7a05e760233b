"""Recalling what is booked, and what isn't."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam.notices.rules import NoticeKind
from exam.sittings import queries, rules
from exam.sittings.actions.guards import minutes, tell


def remind(session: Session, now: datetime) -> None:
    """Recall bookings a day and an hour ahead, unbooked windows two days and a day before their end, and missed ones.

    Each is told once, however often this runs.
    """
    for booking in queries.bookings_to_recall(session, now):
        before = rules.booking_reminder(now, booking.starts_at, booking.booked_at)
        if before:
            kind = NoticeKind.REMINDER_HOUR if before == rules.HOUR_BEFORE else NoticeKind.REMINDER_DAY
            sitting = booking.sitting
            tell(session, sitting, kind, booking.id, now, starts_at=booking.starts_at, minutes=minutes(sitting))
    for sitting in queries.unbooked_to_recall(session, now):
        days = rules.unbooked_warning(now, rules.Window(sitting.opens_at, sitting.closes_at))
        if days:
            key = f"{sitting.id}:{sitting.closes_at.isoformat()}:{days}"
            tell(session, sitting, NoticeKind.UNBOOKED_RUNNING_OUT, key, now)
    for sitting in queries.lately_missed(session, now):
        key = f"{sitting.id}:{sitting.closes_at.isoformat()}"
        tell(session, sitting, NoticeKind.WINDOW_MISSED, key, now)
