"""Reading courses and how far somebody is. A fixed number of statements each, however long the course."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from exam.courses.models import CheckAnswer, Course, Enrolment, KnowledgeCheck, Module, Page, PageProgress
from exam.courses.rules import ModuleState, Outline, PageState
from exam.paging import PAGE_SIZE
from exam.paging import Page as ListPage
from question_bank.items import Item, Response, from_data, parse_response


@dataclass(frozen=True)
class CheckView:
    """A knowledge check and this person's last try at it, where there is one."""

    id: int
    item: Item
    response: Response | None = None
    right: bool | None = None


@dataclass(frozen=True)
class CheckScore:
    """How the knowledge checks went: the last try at each counts."""

    answered: int
    right: int
    wrong_pages: Sequence[PageState]
    """Pages with a check whose last answer was wrong."""


def courses(session: Session) -> Sequence[Course]:
    """All courses in the order they were made."""
    return session.scalars(select(Course).order_by(Course.id)).all()


def enrolment(session: Session, enrolment_id: int) -> Enrolment | None:
    """Anybody's enrolment with its person, course and cohort, for those who may see everybody's."""
    loaded = (joinedload(Enrolment.person), joinedload(Enrolment.course), joinedload(Enrolment.cohort))
    return session.scalar(select(Enrolment).where(Enrolment.id == enrolment_id).options(*loaded))


def enrolments(session: Session, person_id: int) -> Sequence[Enrolment]:
    """A person's enrolments with their courses, the last assigned first."""
    return session.scalars(
        select(Enrolment)
        .where(Enrolment.person_id == person_id)
        .options(joinedload(Enrolment.course))
        .order_by(Enrolment.assigned_at.desc(), Enrolment.id.desc())
    ).all()


def own_enrolment(session: Session, person_id: int, course_id: int) -> Enrolment | None:
    """This person's enrolment in a course."""
    return session.scalar(select(Enrolment).where(Enrolment.person_id == person_id, Enrolment.course_id == course_id))


def outline(session: Session, enrolment: Enrolment) -> Outline:
    """The course of an enrolment with what is done and what is missing: four statements."""
    course = session.get_one(Course, enrolment.course_id)
    read = set(session.scalars(select(PageProgress.page_id).where(PageProgress.enrolment_id == enrolment.id)))
    answered = select(CheckAnswer.check_id).where(CheckAnswer.enrolment_id == enrolment.id)
    unanswered = session.execute(
        select(KnowledgeCheck.page_id, func.count().label("number"))
        .join(Page, Page.id == KnowledgeCheck.page_id)
        .join(Module, Module.id == Page.module_id)
        .where(Module.course_id == course.id, KnowledgeCheck.retired_at.is_(None), KnowledgeCheck.id.not_in(answered))
        .group_by(KnowledgeCheck.page_id)
    )
    return Outline(
        course.slug,
        course.title,
        course.description,
        _modules(session, course.id, read, {row.page_id: row.number for row in unanswered}),
        last_page_id=enrolment.last_page_id,
        completed_at=enrolment.completed_at,
    )


def preview(session: Session, course: Course) -> Outline:
    """A course as those read it who don't take it: nothing is ever done. One statement."""
    return Outline(
        course.slug, course.title, course.description, _modules(session, course.id, set(), {}), tracked=False
    )


def _modules(session: Session, course_id: int, read: set[int], unanswered: dict[int, int]) -> tuple[ModuleState, ...]:
    """The chapters that have pages, numbered without holes."""
    rows = session.execute(
        select(Module.id, Module.slug, Module.title, Module.summary, Page.id, Page.slug, Page.title, Page.minutes)
        .join(Page, Page.module_id == Module.id)
        .where(Module.course_id == course_id, Page.retired_at.is_(None))
        .order_by(Module.position, Module.id, Page.position, Page.id)
    ).all()
    found = []
    for number, (chapter, pages) in enumerate(groupby(rows, key=lambda row: row[:4]), 1):
        states = tuple(
            PageState(page[4], page[5], page[6], page[7], page[4] in read, unanswered.get(page[4], 0)) for page in pages
        )
        found.append(ModuleState(number, chapter[1], chapter[2], chapter[3], states))
    return tuple(found)


def page_by_slug(session: Session, slug: str) -> Page | None:
    """A page with its chapter and course; not one that was taken out of the course."""
    return session.scalar(
        select(Page)
        .where(Page.slug == slug, Page.retired_at.is_(None))
        .options(joinedload(Page.module).joinedload(Module.course))
    )


def check_with_page(session: Session, check_id: int) -> KnowledgeCheck | None:
    """A knowledge check with its page and chapter, neither it nor its page taken out of the course."""
    return session.scalar(
        select(KnowledgeCheck)
        .join(Page, Page.id == KnowledgeCheck.page_id)
        .where(KnowledgeCheck.id == check_id, KnowledgeCheck.retired_at.is_(None), Page.retired_at.is_(None))
        .options(joinedload(KnowledgeCheck.page).joinedload(Page.module).joinedload(Module.course))
    )


def checks(session: Session, page_id: int, enrolment_id: int | None) -> list[CheckView]:
    """The knowledge checks of a page, each with the last try of this enrolment: two statements."""
    rows = session.scalars(
        select(KnowledgeCheck)
        .where(KnowledgeCheck.page_id == page_id, KnowledgeCheck.retired_at.is_(None))
        .order_by(KnowledgeCheck.position, KnowledgeCheck.id)
    ).all()
    tries = session.scalars(
        select(CheckAnswer)
        .where(CheckAnswer.enrolment_id == enrolment_id, CheckAnswer.check_id.in_([row.id for row in rows]))
        .order_by(CheckAnswer.id)
    )
    last = {answer.check_id: answer for answer in tries}
    return [_check_view(row, last.get(row.id)) for row in rows]


def _check_view(check: KnowledgeCheck, answer: CheckAnswer | None) -> CheckView:
    item = from_data(check.content)
    if answer is None:
        return CheckView(check.id, item)
    try:
        response = parse_response(item.kind, answer.response)
        item.check(response)
    except ValueError:  # its trainer has changed it since
        return CheckView(check.id, item)
    return CheckView(check.id, item, response, answer.right)


def check_score(session: Session, enrolment: Enrolment) -> CheckScore:
    """How the knowledge checks of an enrolment went: one statement."""
    last = (
        select(func.max(CheckAnswer.id)).where(CheckAnswer.enrolment_id == enrolment.id).group_by(CheckAnswer.check_id)
    )
    rows = session.execute(
        select(CheckAnswer.right, Page.id, Page.slug, Page.title, Page.minutes)
        .join(KnowledgeCheck, KnowledgeCheck.id == CheckAnswer.check_id)
        .join(Page, Page.id == KnowledgeCheck.page_id)
        .join(Module, Module.id == Page.module_id)
        .where(CheckAnswer.id.in_(last), KnowledgeCheck.retired_at.is_(None), Page.retired_at.is_(None))
        .order_by(Module.position, Page.position, KnowledgeCheck.position)
    ).all()
    wrong = {row[1]: PageState(*row[1:]) for row in rows if not row[0]}
    return CheckScore(len(rows), sum(row[0] for row in rows), tuple(wrong.values()))


def search(session: Session, course_id: int, words: Sequence[str], number: int) -> ListPage[Page]:
    """Pages of a course in which every word occurs, those with the first word in their title first: two statements.

    `words` holds at least one.
    """
    text = func.lower(Page.title + "\n" + Page.standfirst + "\n" + Page.body)
    title = func.lower(Page.title)
    matching = (
        select(Page)
        .join(Module, Module.id == Page.module_id)
        .where(Module.course_id == course_id, Page.retired_at.is_(None))
        .where(*(text.contains(word.lower(), autoescape=True) for word in words))
    )
    total = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    in_title = case((title.contains(words[0].lower(), autoescape=True), 0), else_=1)
    pages = session.scalars(
        matching.order_by(in_title, Module.position, Page.position, Page.id)
        .options(joinedload(Page.module))
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    return ListPage(pages, total, number)
