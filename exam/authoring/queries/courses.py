"""Reading exams and courses for trainers' pages. A fixed number of statements each, however long the list."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from exam.courses.models import Course, KnowledgeCheck, Module, Page, PageRevision
from exam.papers.models import Exam


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


def exam(session: Session, exam_id: int) -> tuple[Exam, Course] | None:
    """An exam with its course."""
    found = session.execute(
        select(Exam, Course).join(Course, Course.id == Exam.course_id).where(Exam.id == exam_id)
    ).first()
    return (found[0], found[1]) if found else None


def courses(session: Session) -> Sequence[Course]:
    """All courses in the order they were made."""
    return session.scalars(select(Course).order_by(Course.id)).all()


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
