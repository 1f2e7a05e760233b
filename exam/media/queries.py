"""Who may see a picture or sound of the bank: those who may see a question that shows it, and nobody else."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from exam.attempts.models import Attempt
from exam.courses.models import Enrolment, KnowledgeCheck, KnowledgeCheckMedia, Module, Page
from exam.papers.models import Exam, Slot
from exam.results import rules
from exam.results.models import Release
from exam.results.queries import cohort_has_closed
from exam.sittings.models import Sitting
from question_bank.models import Media, QuestionVersion, QuestionVersionMedia


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: trainers may see the whole bank, readers the checks of any course, everybody what is theirs."""

    person_id: int
    is_trainer: bool
    is_reader: bool


@dataclass(frozen=True, slots=True)
class Visible:
    """A medium that this viewer may see; its content is read by `content`."""

    id: int
    name: str
    content_type: str


def visible(session: Session, name: str, viewer: Viewer, now: datetime) -> Visible | None:
    """The medium of this name, if this person may see it now; else None, as if there were none."""
    found = select(Media.id, Media.name, Media.content_type).where(Media.name == name)
    if not viewer.is_trainer:
        found = found.where(or_(_in_own_room(viewer.person_id), _in_a_check(viewer)))
    row = session.execute(found).one_or_none()
    if row is None and not viewer.is_trainer and _in_a_review(session, name, viewer.person_id, now):
        row = session.execute(select(Media.id, Media.name, Media.content_type).where(Media.name == name)).one()
    return Visible(*row) if row else None


def content(session: Session, medium_id: int) -> bytes:
    """What a medium consists of."""
    return session.scalars(select(Media.content).where(Media.id == medium_id)).one()


def _in_own_room(person_id: int) -> ColumnElement[bool]:
    """In a stem or choice of the paper that this person is sitting just now."""
    return (
        exists()
        .where(
            Attempt.person_id == person_id,
            Attempt.closed_at.is_(None),
            Attempt.voided_at.is_(None),
            Slot.paper_id == Attempt.paper_id,
            QuestionVersionMedia.question_version_id == Slot.question_version_id,
            QuestionVersionMedia.media_id == Media.id,
            QuestionVersionMedia.seen,
        )
        .correlate(Media)
    )


def _in_a_check(viewer: Viewer) -> ColumnElement[bool]:
    """In a knowledge check of a course that this person takes, or may read without taking it."""
    shown = (
        select(KnowledgeCheckMedia.check_id)
        .join(KnowledgeCheck, KnowledgeCheck.id == KnowledgeCheckMedia.check_id)
        .where(KnowledgeCheckMedia.media_id == Media.id, KnowledgeCheck.retired_at.is_(None))
    )
    if not viewer.is_reader:
        shown = (
            shown.join(Page, Page.id == KnowledgeCheck.page_id)
            .join(Module, Module.id == Page.module_id)
            .join(Enrolment, Enrolment.course_id == Module.course_id)
            .where(Enrolment.person_id == viewer.person_id)
        )
    return shown.correlate(Media).exists()


def _in_a_review(session: Session, name: str, person_id: int, now: datetime) -> bool:
    """In what this person may see again of an attempt whose result is released: the questions, or their keys as well.

    A key belongs to the version that was seen or to one that corrects it; the questions are those that were seen.
    """
    seen, showing = aliased(QuestionVersion), aliased(QuestionVersion)
    was_seen = (QuestionVersionMedia.seen & (seen.id == showing.id)).label("was_seen")
    rows = session.execute(
        select(Exam.review_policy, Enrolment.cohort_id, was_seen)
        .select_from(Attempt)
        .join(Release, Release.attempt_id == Attempt.id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(Enrolment, Enrolment.id == Sitting.enrolment_id)
        .join(Slot, Slot.paper_id == Attempt.paper_id)
        .join(seen, seen.id == Slot.question_version_id)
        .join(showing, showing.question_id == seen.question_id)
        .join(QuestionVersionMedia, QuestionVersionMedia.question_version_id == showing.id)
        .join(Media, Media.id == QuestionVersionMedia.media_id)
        .where(
            Attempt.person_id == person_id,
            Attempt.counts,
            Media.name == name,
            func.coalesce(showing.corrects_id, showing.id) == func.coalesce(seen.corrects_id, seen.id),
        )
        .distinct()
    ).all()
    closed = {cohort_id: cohort_has_closed(session, cohort_id, now) for cohort_id in {row.cohort_id for row in rows}}
    for policy, cohort_id, was_seen_there in rows:
        may = rules.review(policy, released=True, closed_for_all=closed[cohort_id])
        if may.keys or (may.questions and was_seen_there):
            return True
    return False
