"""Courses for tests: chapters of pages, some with a knowledge check."""

from itertools import count

from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.courses.models import Cohort, Course, Enrolment, KnowledgeCheck, Module, Page
from question_bank.items import Choice, Item, SingleChoice, to_data
from tests.builders import NOW

number = count(1)

QUESTION = SingleChoice("先做什么？", (Choice("a", "先解释"), Choice("b", "先倾听", correct=True)), "先听，再说。")


def make_course(session: Session, *pages_of_chapters: int, **columns: object) -> Course:
    """A course with so many pages in each chapter; two chapters of two unless said."""
    n = next(number)
    course = Course(**{"slug": f"course{n}", "title": f"课程{n}", "description": "说明", **columns})
    session.add(course)
    session.flush()
    for position, count_of_pages in enumerate(pages_of_chapters or (2, 2), 1):
        module = Module(
            course_id=course.id, position=position, slug=f"m{position}", title=f"章{position}", summary="摘要"
        )
        session.add(module)
        session.flush()
        for place in range(1, count_of_pages + 1):
            make_page(session, module, position=place)
    return course


def make_page(session: Session, module: Module, **columns: object) -> Page:
    """A page at the end of a chapter."""
    n = next(number)
    values = {"slug": f"page{n}", "title": f"第 {n} 页", "standfirst": "一句话。", "body": "正文。", "position": n}
    page = Page(module_id=module.id, changed_at=NOW, **{**values, **columns})
    session.add(page)
    session.flush()
    return page


def make_check(session: Session, page: Page, item: Item = QUESTION, **columns: object) -> KnowledgeCheck:
    """A knowledge check on a page; `b` is right unless another item is given."""
    check = KnowledgeCheck(page_id=page.id, content=to_data(item), **{"position": next(number), **columns})
    session.add(check)
    session.flush()
    return check


def make_enrolment(session: Session, person: Person, course: Course, **columns: object) -> Enrolment:
    """Somebody in a course, in a cohort of their own."""
    cohort = Cohort(course_id=course.id, name=f"批次{next(number)}", created_at=NOW)
    session.add(cohort)
    session.flush()
    values = {"person_id": person.id, "course_id": course.id, "cohort_id": cohort.id, "assigned_at": NOW, **columns}
    enrolment = Enrolment(**values)
    session.add(enrolment)
    session.flush()
    return enrolment


def pages_of(session: Session, course: Course) -> list[Page]:
    """The pages of a course in order."""
    return (
        session.query(Page)
        .join(Module, Module.id == Page.module_id)
        .filter(Module.course_id == course.id)
        .order_by(Module.position, Page.position)
        .all()
    )
