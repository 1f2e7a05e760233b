"""What trainers do with questions: write, publish, retire. Flushed, never committed; all of it audited.

What the bank refuses comes out as a refusal in words. Nothing here may leave a published exam that can't be sat.
"""

from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.authoring.actions.refusals import in_words
from exam.authoring.rules import may_approve
from exam.errors import Refused, _l
from exam.papers.models import Exam
from exam.papers.queries import broken_exams, wants_second_person
from question_bank import bank, review, tags
from question_bank.items import Item
from question_bank.models import Question, QuestionVersion, Topic, VersionState


def make_topic(session: Session, name: str, *, actor_id: int | None, now: datetime) -> Topic:
    """The topic of this name, made when there is none yet; it comes last."""
    topic = None
    while topic is None:
        known = bank.topics(session)
        for one in known:
            if one.name == name:
                return one
        topic = _make_topic(session, name, {one.slug for one in known})
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


def _make_topic(session: Session, name: str, slugs: Container[str]) -> Topic | None:
    """The topic, under the first slug that is free; None where a colleague took that at the same moment."""
    slug = next(slug for number in count(1) if (slug := f"topic-{number}") not in slugs)
    try:
        with session.begin_nested():
            return bank.ensure_topic(session, slug, name)
    except IntegrityError:
        if slug in {topic.slug for topic in bank.topics(session)}:
            return None
        raise


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
    reason: str = "",
) -> QuestionVersion:
    """Keep what was written: a new question, the open draft, or a new draft over what is published.

    Saving what is there already makes no version. `reason`: why, where an earlier version had been published.
    """
    if question is None:
        version = bank.draft(session, topic, item, difficulty=difficulty, source=source, author_id=actor_id, now=now)
        audit_question(session, "question.created", version, actor_id, now)
        return version
    current = bank.current_version(session, question.id)
    placed = (current.difficulty, current.source, question.topic_id)
    same = bank.item_of(current) == item and placed == (difficulty, source, topic.id)
    if same and current.state is VersionState.DRAFT:
        same = current.reason == reason
    if same and unchanged_since in (None, current.changed_at):
        return current
    with in_words(), keeping_exams_whole(session):
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
            reason=reason,
        )
    audit_question(session, "question.revised", version, actor_id, now)
    return version


def set_tags(session: Session, question: Question, wanted: Sequence[str], *, actor_id: int, now: datetime) -> None:
    """Give a question exactly these tags. They aren't part of a version: changing them makes none."""
    if tags.set_tags(session, question, wanted):
        kept = tags.tags_of(session, [question.id]).get(question.id, [])
        _audit_placed(session, question, actor_id, now, tags=kept)


def set_review_due(session: Session, question: Question, day: date | None, *, actor_id: int, now: datetime) -> None:
    """Say by which day somebody should look whether the question is still right; None for no such day."""
    if day != question.review_due:
        review.set_due(session, question, day)
        _audit_placed(session, question, actor_id, now, review_due=day)


def duplicate_question(session: Session, question: Question, *, actor_id: int, now: datetime) -> QuestionVersion:
    """Begin a new question from what this one says now: a draft of its own, with the same place and tags."""
    current = bank.current_version(session, question.id)
    topic = session.get_one(Topic, question.topic_id)
    version = bank.draft(
        session,
        topic,
        bank.item_of(current),
        difficulty=current.difficulty,
        source=current.source,
        author_id=actor_id,
        now=now,
    )
    copy = session.get_one(Question, version.question_id)
    tags.set_tags(session, copy, tags.tags_of(session, [question.id]).get(question.id, ()))
    audit_question(session, "question.duplicated", version, actor_id, now, duplicate_of=question.id)
    return version


def publish_question(session: Session, version: QuestionVersion, *, actor_id: int, now: datetime) -> None:
    """Let papers draw this draft.

    Refuses one with problems, one that would leave an exam short of questions, and whoever had a hand in it, unless the
    exams' terms let trainers publish their own.
    """
    refuse_own(session, version, actor_id)
    with in_words(), keeping_exams_whole(session):
        bank.publish(session, version, now=now, approved_by=actor_id)
    own = {"own": True} if actor_id in version.writers else {}
    audit_question(session, "question.published", version, actor_id, now, **own)


def refuse_own(session: Session, version: QuestionVersion, actor_id: int) -> None:
    """Refuse somebody who had a hand in a version to be its second person, where an exam wants one."""
    session.refresh(version)
    exam = wants_second_person(session)
    if not may_approve(actor_id, version.writers, own_questions=exam is None):
        raise Refused(
            _l(
                "You had a hand in this version, so another trainer publishes it. In a firm with one trainer, the "
                "terms of %(exam)s can allow it.",
                exam=exam,
            ),
            code="second_person",
        )


def discard_draft(session: Session, version: QuestionVersion, *, actor_id: int, now: datetime) -> None:
    """Throw a draft away and go on with what was published. Refuses the only version."""
    with in_words():
        bank.discard(session, version)
    audit_question(session, "question.draft_discarded", version, actor_id, now)


def retire_question(session: Session, question: Question, *, actor_id: int, now: datetime) -> None:
    """Draw a question no longer. Refuses one without which a published exam couldn't be sat."""
    with keeping_exams_whole(session):
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
def keeping_exams_whole(session: Session) -> Iterator[None]:
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


def audit_question(
    session: Session, action: str, version: QuestionVersion, actor_id: int, now: datetime, **detail: Any
) -> None:
    """Put a line about a version of a question into the trail."""
    audit(
        session,
        actor_id=actor_id,
        action=action,
        subject_type="question",
        subject_id=version.question_id,
        now=now,
        version=version.number,
        **detail,
    )


def _audit_placed(session: Session, question: Question, actor_id: int, now: datetime, **detail: Any) -> None:
    audit(
        session,
        actor_id=actor_id,
        action="question.placed",
        subject_type="question",
        subject_id=question.id,
        now=now,
        **detail,
    )
