"""Changing course pages and knowledge checks. What a page said before is kept; who has read it, has read it."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.authoring.actions.refusals import BANK_REFUSALS, CHANGED_MEANWHILE
from exam.courses.actions import complete_where_done
from exam.courses.models import KnowledgeCheck, KnowledgeCheckMedia, Page, PageRevision
from exam.errors import Conflict, Refused
from question_bank.bank import BankCode
from question_bank.items import Item, to_data
from question_bank.models import Media
from question_bank.problems import problems
from question_bank.tokens import all_names


def edit_page(
    session: Session,
    page: Page,
    *,
    title: str,
    standfirst: str,
    body: str,
    minutes: int,
    actor_id: int,
    now: datetime,
    based_on: int | None = None,
) -> bool:
    """Change a page; what it said before is kept. Returns whether anything was changed.

    Who has read it, has read it: progress stays. Refuses an edit that began from an older revision (`based_on`).
    """
    session.refresh(page, with_for_update=True)
    if based_on is not None and based_on != page.revision:
        raise Conflict(CHANGED_MEANWHILE, code="changed_meanwhile")
    new = {"title": title, "standfirst": standfirst, "body": body, "minutes": minutes}
    changed = sorted(name for name, value in new.items() if getattr(page, name) != value)
    if not changed:
        return False
    session.add(
        PageRevision(
            page_id=page.id,
            revision=page.revision,
            title=page.title,
            standfirst=page.standfirst,
            body=page.body,
            changed_at=page.changed_at,
            changed_by=page.changed_by,
        )
    )
    for name, value in new.items():
        setattr(page, name, value)
    page.revision, page.changed_at, page.changed_by = page.revision + 1, now, actor_id
    session.flush()
    _audit_page(session, "course.page_edited", page.id, actor_id, now, revision=page.revision, changed=changed)
    return True


def add_check(session: Session, page: Page, item: Item, *, actor_id: int, now: datetime) -> KnowledgeCheck:
    """Put a knowledge check at the end of a page. Refuses an item that isn't complete."""
    _refuse_incomplete(item)
    last = session.scalar(select(func.max(KnowledgeCheck.position)).where(KnowledgeCheck.page_id == page.id))
    check = KnowledgeCheck(page_id=page.id, position=(last or 0) + 1, content=to_data(item))
    session.add(check)
    session.flush()
    _tie_media(session, check, item)
    _audit_page(session, "course.check_added", page.id, actor_id, now, check=check.id)
    return check


def edit_check(session: Session, check: KnowledgeCheck, item: Item, *, actor_id: int, now: datetime) -> None:
    """Change a knowledge check. Who has answered it, has answered it. Refuses an item that isn't complete."""
    _refuse_incomplete(item)
    before = check.content
    check.content = to_data(item)
    session.flush()
    _tie_media(session, check, item)
    _audit_page(session, "course.check_edited", check.page_id, actor_id, now, check=check.id, before=before)


def retire_check(session: Session, check: KnowledgeCheck, *, actor_id: int, now: datetime) -> None:
    """Take a knowledge check out of its page; who lacked only this has completed the course.

    Doing it twice changes nothing.
    """
    if check.retired_at is None:
        check.retired_at = now
        session.flush()
        _audit_page(session, "course.check_retired", check.page_id, actor_id, now, check=check.id)
        complete_where_done(session, check.page_id, now)


def _tie_media(session: Session, check: KnowledgeCheck, item: Item) -> None:
    """Say which of the bank's pictures and sounds a check shows: whoever may read it may see them."""
    session.execute(delete(KnowledgeCheckMedia).where(KnowledgeCheckMedia.check_id == check.id))
    for media_id in session.scalars(select(Media.id).where(Media.name.in_(all_names([item])))).all():
        session.add(KnowledgeCheckMedia(check_id=check.id, media_id=media_id))
    session.flush()


def _refuse_incomplete(item: Item) -> None:
    if problems(item):
        raise Refused(BANK_REFUSALS[BankCode.UNPUBLISHABLE], code=BankCode.UNPUBLISHABLE.value)


def _audit_page(session: Session, action: str, page_id: int, actor_id: int, now: datetime, **detail: Any) -> None:
    audit(session, actor_id=actor_id, action=action, subject_type="page", subject_id=page_id, now=now, **detail)
