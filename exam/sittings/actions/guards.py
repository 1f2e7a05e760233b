"""What the verbs of a sitting share: its present standing, what refuses a start, telling its candidate, the trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.errors import NotFound, _l
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind
from exam.sittings import queries, rules
from exam.sittings.models import Sitting
from exam.sittings.queries import Standing
from exam.sittings.rules import Refusal

EXAM_PAGE = "/exam"

REFUSALS: Mapping[Refusal, Any] = {
    Refusal.NOT_OPEN: _l("The window for this test hasn't opened yet."),
    Refusal.WINDOW_OVER: _l("The window for this test is over. HR can reopen it."),
    Refusal.TOO_LATE: _l("It is too late to start: the whole time no longer fits into the window. HR can reopen it."),
    Refusal.ALREADY_CLOSED: _l("You have already handed in this test."),
    Refusal.NO_PLACE: _l("All places of this half hour are taken. Wait for the next one, or book a time."),
}
"""What a candidate reads who can't start now."""


def load(session: Session, sitting: Sitting, now: datetime) -> Standing:
    """The sitting with all that rules need, as the database has it now."""
    found = queries.sitting(session, sitting.id)
    if found is None:
        raise NotFound
    return queries.standing(session, found, now)


def minutes(sitting: Sitting) -> int:
    """How long this candidate has, in whole minutes."""
    return int(rules.time_given(sitting.exam.minutes, sitting.person.time_factor).total_seconds() // 60)


def tell(session: Session, sitting: Sitting, kind: NoticeKind, key: object, now: datetime, **params: Any) -> None:
    facts = {"exam": sitting.exam.title, "closes_at": sitting.closes_at, **params}
    notify(session, sitting.person_id, kind, key=str(key), now=now, link=EXAM_PAGE, **facts)


def note(session: Session, action: str, sitting: Sitting, actor_id: int | None, now: datetime, **detail: Any) -> None:
    audit(
        session, actor_id=actor_id, action=action, subject_type="sitting", subject_id=sitting.id,
        about_id=sitting.person_id, now=now, **detail,
    )  # fmt: skip
