"""What is kept of who looked at what: statistics change nothing, but looking at persons leaves a line."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.analysis.rules import ALIKE_SEEN
from exam.papers.models import Exam


def look_at_alike(session: Session, exam: Exam, actor_id: int, now: datetime) -> None:
    """Open the list of answers that are alike to this trainer for a while; the trail says so."""
    audit(session, actor_id=actor_id, action=ALIKE_SEEN, subject_type="exam", subject_id=exam.id, now=now)
