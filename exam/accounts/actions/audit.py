"""The trail of who changed what."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from exam.accounts.models import AuditEvent


def audit(
    session: Session,
    *,
    actor_id: int | None,
    action: str,
    subject_type: str,
    subject_id: int | None,
    now: datetime,
    about_id: int | None = None,
    **detail: Any,
) -> AuditEvent:
    """Append to the trail: this person (None: the site itself) did this to that; `about_id` is whom it concerns."""
    event = unsaved_audit(
        actor_id=actor_id,
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        now=now,
        about_id=about_id,
        **detail,
    )
    session.add(event)
    session.flush()
    return event


def unsaved_audit(
    *,
    actor_id: int | None,
    action: str,
    subject_type: str,
    subject_id: int | None,
    now: datetime,
    about_id: int | None = None,
    **detail: Any,
) -> AuditEvent:
    """A line of the trail, to be added by whoever writes many at once."""
    return AuditEvent(
        at=now,
        actor_id=actor_id,
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        about_id=about_id,
        detail=plain(detail),
    )


def plain(value: Any) -> Any:
    """A value as JSON can keep it: moments in ISO, fractions as 7/2, members of an enum as words, sets in order."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(inner) for key, inner in value.items()}
    if isinstance(value, AbstractSet):
        return sorted((plain(inner) for inner in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Fraction) else value
