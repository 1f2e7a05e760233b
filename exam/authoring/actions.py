"""What trainers change: questions, course pages and knowledge checks. Flushed, never committed; all of it audited.

What the bank refuses comes out as a refusal in words. Nothing here may leave a published exam that can't be sat.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.courses.actions import complete_where_done
from exam.courses.models import KnowledgeCheck, Page, PageRevision
from exam.errors import Conflict, Refused, _l
from exam.papers.models import Exam
from exam.papers.queries import broken_exams
from question_bank import bank
from question_bank.bank import BankCode, BankError
from question_bank.items import Item, to_data
from question_bank.models import Question, QuestionVersion, Topic
from question_bank.problems import problems

BANK_REFUSALS: dict[BankCode, Any] = {
    BankCode.UNPUBLISHABLE: _l("This question isn't complete yet. Look at the marked fields."),
    BankCode.NOT_A_DRAFT: _l("This version is no draft any more."),
    BankCode.STILL_A_DRAFT: _l("This version is still a draft."),
    BankCode.VERSION_IN_USE: _l("Somebody has sat this version; it can't be changed any more."),
    BankCode.ONLY_VERSION: _l("This draft is all there is of the question. Retire the question instead."),
    BankCode.RETIRED: _l("This question is retired. Restore it first."),
    BankCode.KIND_CHANGED: _l("A question keeps its kind. Write a new one."),
    BankCode.TOPIC_FIXED: _l("This question has been sat, and results by topic count it; its topic stays."),
    BankCode.SEEN_PART_CHANGED: _l("A correction can change the key only, not what candidates have seen."),
    BankCode.NOTHING_CHANGED: _l("Nothing has been changed."),
}
CHANGED_MEANWHILE = _l(
    "A colleague saved this while you were writing. Yours is still here; saving again replaces theirs."
)


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn what the bank refuses into a refusal of the site."""
    try:
        yield
    except BankError as error:
        if error.code is BankCode.CHANGED_MEANWHILE:
            raise Conflict(CHANGED_MEANWHILE, code=error.code.value) from error
        raise Refused(BANK_REFUSALS[error.code], code=error.code.value) from error


# The bank


def make_topic(session: Session, name: str, *, actor_id: int, now: datetime) -> Topic:
    """The topic of this name, made when there is none yet; it comes last."""
    known = bank.topics(session)
    for topic in known:
        if topic.name == name:
            return topic
    slugs = {topic.slug for topic in known}
    number = len(known) + 1
    while f"topic-{number}" in slugs:
        number += 1
    topic = bank.ensure_topic(session, f"topic-{number}", name)
    audit(
        session,
        actor_id=actor_id,
        action="topic.created",
        subject_type="topic",
        subject_id=topic.id,
        now=now,
        name=name,
    )
    return topic


def save_question(
    session: Session,
    question: Question | None,
    item: Item,
    *,
    topic: Topic,
    difficulty: int,
    source: str | None,
    actor_id: int,
    now: datetime,
    unchanged_since: datetime | None = None,
) -> QuestionVersion:
    """Keep what was written: a new question, the open draft, or a new draft over what is published.

    Saving what is there already makes no version.
    """
    if question is None:
        version = bank.draft(session, topic, item, difficulty=difficulty, source=source, author_id=actor_id, now=now)
        _audit_question(session, "question.created", version, actor_id, now)
        return version
    current = bank.current_version(session, question.id)
    placed = (current.difficulty, current.source, question.topic_id)
    same = bank.item_of(current) == item and placed == (difficulty, source, topic.id)
    if same and unchanged_since in (None, current.changed_at):
        return current
    with _in_words(), _keeping_exams_whole(session):
        version = bank.revise(
            session,
            question,
            item,
            topic=topic,
            difficulty=difficulty,
            source=source,
            author_id=actor_id,
            now=now,
            unchanged_since=unchanged_since,
        )
    _audit_question(session, "question.revised", version, actor_id, now)
    return version


def publish_question(session: Session, version: QuestionVersion, *, actor_id: int, now: datetime) -> None:
    """Let papers draw this draft. Refuses one with problems, and one that would leave an exam short of questions."""
    with _in_words(), _keeping_exams_whole(session):
        bank.publish(session, version, now=now)
    _audit_question(session, "question.published", version, actor_id, now)


def discard_draft(session: Session, version: QuestionVersion, *, actor_id: int, now: datetime) -> None:
    """Throw a draft away and go on with what was published. Refuses the only version."""
    with _in_words():
        bank.discard(session, version)
    _audit_question(session, "question.draft_discarded", version, actor_id, now)


def retire_question(session: Session, question: Question, *, actor_id: int, now: datetime) -> None:
    """Draw a question no longer. Refuses one without which a published exam couldn't be sat."""
    with _keeping_exams_whole(session):
        bank.retire(session, question, now=now, author_id=actor_id)
    audit(
        session, actor_id=actor_id, action="question.retired", subject_type="question", subject_id=question.id, now=now
    )


def restore_question(session: Session, question: Question, *, actor_id: int, now: datetime) -> None:
    """Take a retirement back."""
    bank.restore(session, question)
    audit(
        session, actor_id=actor_id, action="question.restored", subject_type="question", subject_id=question.id, now=now
    )


@contextmanager
def _keeping_exams_whole(session: Session) -> Iterator[None]:
    """Refuse what would leave a published exam without enough questions; one that was short before doesn't count."""
    before = broken_exams(session)
    yield
    session.flush()
    short = [exam_id for exam_id in broken_exams(session) if exam_id not in before]
    if short:
        titles = session.scalars(select(Exam.title).where(Exam.id.in_(short))).all()
        raise Refused(
            _l(
                "Without this question the exam %(title)s couldn't be taken any more. Publish one like it first.",
                title=titles[0],
            ),
            code="exam_needs_it",
        )


def _audit_question(session: Session, action: str, version: QuestionVersion, actor_id: int, now: datetime) -> None:
    audit(
        session,
        actor_id=actor_id,
        action=action,
        subject_type="question",
        subject_id=version.question_id,
        now=now,
        version=version.number,
    )


# Courses


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
    _audit_page(session, "course.check_added", page.id, actor_id, now, check=check.id)
    return check


def edit_check(session: Session, check: KnowledgeCheck, item: Item, *, actor_id: int, now: datetime) -> None:
    """Change a knowledge check. Who has answered it, has answered it. Refuses an item that isn't complete."""
    _refuse_incomplete(item)
    before = check.content
    check.content = to_data(item)
    session.flush()
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


def _refuse_incomplete(item: Item) -> None:
    if problems(item):
        raise Refused(BANK_REFUSALS[BankCode.UNPUBLISHABLE], code=BankCode.UNPUBLISHABLE.value)


def _audit_page(session: Session, action: str, page_id: int, actor_id: int, now: datetime, **detail: Any) -> None:
    audit(session, actor_id=actor_id, action=action, subject_type="page", subject_id=page_id, now=now, **detail)
