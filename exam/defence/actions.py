"""Writing into the trail that somebody took an exam's evidence out."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from exam.accounts.actions import audit


def note_taken(session: Session, exam_id: int, first: date, last: date, *, actor_id: int, now: datetime) -> None:
    """Say who took the file of an exam, and for which days."""
    audit(
        session,
        actor_id=actor_id,
        action="evidence.taken",
        subject_type="exam",
        subject_id=exam_id,
        now=now,
        first_day=first,
        last_day=last,
    )
