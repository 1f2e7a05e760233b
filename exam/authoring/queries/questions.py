"""Reading the bank for trainers' pages. A fixed number of statements each, however long the list."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, defer

from exam.accounts.models import Person
from exam.attempts.models import Attempt
from exam.authoring.models import BulkEdit
from exam.courses.models import Module, Page
from exam.papers.models import Slot
from question_bank.catalogue import QuestionState
from question_bank.models import Question, QuestionVersion, Topic, VersionState


def state_counts(session: Session) -> dict[QuestionState, int]:
    """How many questions stand in each state; a published one with a next version besides counts as published."""
    published = exists().where(
        QuestionVersion.question_id == Question.id, QuestionVersion.state == VersionState.PUBLISHED
    )
    in_review = exists().where(
        QuestionVersion.question_id == Question.id, QuestionVersion.state == VersionState.IN_REVIEW
    )
    state = case(
        (Question.retired_at.is_not(None), QuestionState.RETIRED.value),
        (published, QuestionState.PUBLISHED.value),
        (in_review, QuestionState.IN_REVIEW.value),
        else_=QuestionState.DRAFT.value,
    ).label("state")
    found = session.execute(select(state, func.count()).select_from(Question).group_by(state))
    return {QuestionState(word): number for word, number in found}


def waiting_for_review(session: Session, person_id: int) -> int:
    """How many questions wait for a second person who isn't this one."""
    found = (
        select(func.count())
        .select_from(QuestionVersion)
        .join(Question)
        .where(
            QuestionVersion.state == VersionState.IN_REVIEW,
            Question.retired_at.is_(None),
            or_(QuestionVersion.author_id.is_(None), QuestionVersion.author_id != person_id),
        )
    )
    return session.scalar(found) or 0


def overdue(session: Session, today: date) -> int:
    """How many questions somebody should have looked at before this day."""
    due = and_(Question.review_due < today, Question.retired_at.is_(None))
    return session.scalar(select(func.count()).select_from(Question).where(due)) or 0


def uses(session: Session, question_ids: Iterable[int]) -> dict[int, int]:
    """In how many attempts each of these questions was shown; one that nobody has been shown is left out."""
    found = session.execute(
        select(QuestionVersion.question_id, func.count(Slot.id))
        .join(Slot, Slot.question_version_id == QuestionVersion.id)
        .join(Attempt, Attempt.paper_id == Slot.paper_id)
        .where(QuestionVersion.question_id.in_(list(question_ids)))
        .group_by(QuestionVersion.question_id)
    )
    return dict(iter(found))


def version_uses(session: Session, version_ids: Iterable[int]) -> dict[int, int]:
    """In how many attempts each of these versions was shown; one that nobody has been shown is left out."""
    found = session.execute(
        select(Slot.question_version_id, func.count())
        .join(Attempt, Attempt.paper_id == Slot.paper_id)
        .where(Slot.question_version_id.in_(list(version_ids)))
        .group_by(Slot.question_version_id)
    )
    return dict(iter(found))


def question(session: Session, question_id: int) -> tuple[Question, Topic] | None:
    """A question with its topic."""
    found = session.execute(
        select(Question, Topic).join(Topic, Topic.id == Question.topic_id).where(Question.id == question_id)
    ).first()
    return (found[0], found[1]) if found else None


def names(session: Session, person_ids: Iterable[int | None]) -> dict[int, str]:
    """The names of these people."""
    wanted = {person_id for person_id in person_ids if person_id is not None}
    if not wanted:
        return {}
    found = session.execute(select(Person.id, Person.full_name).where(Person.id.in_(wanted)))
    return dict(iter(found))


def source_pages(session: Session) -> dict[str, dict[str, str]]:
    """The pages a question can come from: title by slug, by chapter."""
    found = session.execute(
        select(Module.title, Page.slug, Page.title)
        .join(Page, Page.module_id == Module.id)
        .where(Page.retired_at.is_(None))
        .order_by(Module.course_id, Module.position, Page.position)
    )
    pages: dict[str, dict[str, str]] = {}
    for chapter, slug, title in found:
        pages.setdefault(chapter, {})[slug] = title
    return pages


def own_edit(session: Session, edit_id: int, person_id: int) -> BulkEdit | None:
    """A change of many questions that this person has made."""
    return session.scalar(select(BulkEdit).where(BulkEdit.id == edit_id, BulkEdit.actor_id == person_id))


def last_edit(session: Session, person_id: int, since: datetime) -> BulkEdit | None:
    """Their latest one, if it was made since then and not undone; without what it changed."""
    found = select(BulkEdit).where(BulkEdit.actor_id == person_id).order_by(BulkEdit.id.desc()).limit(1)
    edit = session.scalar(found.options(defer(BulkEdit.changes)))
    return edit if edit and edit.made_at >= since and edit.undone_at is None else None
