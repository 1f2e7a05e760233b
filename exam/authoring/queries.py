"""Reading the bank, exams and courses for trainers' pages. A fixed number of statements each, however long the list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session, selectinload

from exam.accounts.models import Person
from exam.attempts.models import Attempt
from exam.courses.models import Course, KnowledgeCheck, Module, Page, PageRevision
from exam.papers.models import Exam, Slot
from question_bank.catalogue import QuestionState
from question_bank.models import Question, QuestionVersion, Topic, VersionState


@dataclass(frozen=True)
class PageRow:
    """One page of a course in the list, with how many knowledge checks stand on it."""

    page: Page
    checks: int


@dataclass(frozen=True)
class CourseView:
    """A course with its chapters and their pages, in order."""

    course: Course
    chapters: Sequence[tuple[Module, Sequence[PageRow]]]


# The bank


def state_counts(session: Session) -> dict[QuestionState, int]:
    """How many questions stand in each state; a published one with a draft besides counts as published."""
    published = exists().where(
        QuestionVersion.question_id == Question.id, QuestionVersion.state == VersionState.PUBLISHED
    )
    state = case(
        (Question.retired_at.is_not(None), QuestionState.RETIRED.value),
        (published, QuestionState.PUBLISHED.value),
        else_=QuestionState.DRAFT.value,
    ).label("state")
    found = session.execute(select(state, func.count()).select_from(Question).group_by(state))
    return {QuestionState(word): number for word, number in found}


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


# Exams


def exam(session: Session, exam_id: int) -> tuple[Exam, Course] | None:
    """An exam with its course."""
    found = session.execute(
        select(Exam, Course).join(Course, Course.id == Exam.course_id).where(Exam.id == exam_id)
    ).first()
    return (found[0], found[1]) if found else None


def courses(session: Session) -> Sequence[Course]:
    """All courses in the order they were made."""
    return session.scalars(select(Course).order_by(Course.id)).all()


# Courses


def course_views(session: Session) -> list[CourseView]:
    """All courses with chapters and pages: four statements."""
    numbers = session.execute(
        select(KnowledgeCheck.page_id, func.count())
        .where(KnowledgeCheck.retired_at.is_(None))
        .group_by(KnowledgeCheck.page_id)
    )
    checks = dict(iter(numbers))
    found = session.scalars(
        select(Course).options(selectinload(Course.modules).selectinload(Module.pages)).order_by(Course.id)
    )
    return [
        CourseView(
            course,
            [
                (module, [PageRow(page, checks.get(page.id, 0)) for page in module.pages if page.retired_at is None])
                for module in course.modules
            ],
        )
        for course in found
    ]


def page(session: Session, page_id: int) -> Page | None:
    """A page with its chapter, course and knowledge checks."""
    return session.scalar(
        select(Page)
        .options(selectinload(Page.module).selectinload(Module.course), selectinload(Page.checks))
        .where(Page.id == page_id)
    )


def revisions(session: Session, page_id: int) -> Sequence[PageRevision]:
    """What a page said before, the last first."""
    return session.scalars(
        select(PageRevision).where(PageRevision.page_id == page_id).order_by(PageRevision.revision.desc())
    ).all()


def check(session: Session, check_id: int) -> KnowledgeCheck | None:
    """A knowledge check with its page."""
    return session.scalar(
        select(KnowledgeCheck)
        .options(selectinload(KnowledgeCheck.page).selectinload(Page.module))
        .where(KnowledgeCheck.id == check_id)
    )
