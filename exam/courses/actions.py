"""Giving courses to people, and noting what they have done in them. Nothing here commits."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam import events
from exam.accounts.actions import audit
from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.courses import queries
from exam.courses.models import (
    CheckAnswer,
    Cohort,
    Course,
    Enrolment,
    KnowledgeCheck,
    Module,
    Page,
    PageProgress,
)
from exam.courses.rules import RESERVED_SLUGS, is_complete
from exam.courses.rules.files import (
    CheckFile,
    CourseFile,
    FileProblem,
    ModuleFile,
    PageFile,
    parse_checks,
    parse_course,
    parse_page,
)
from exam.errors import Conflict, NotFound, Refused, _l
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind
from question_bank.items import CreditRule, Response, ShortAnswer, from_data, is_blank, response_data, to_data

LONGEST_COHORT_NAME = 80


# A course from its files


def seed_course(session: Session, folder: Path, now: datetime) -> Course:
    """Load a course from its folder; what is already there stays as its trainers have made it.

    A chapter or page is known by its slug. A known page is left alone, with its checks, even when it was taken out of
    the course; a new one comes with its checks, at the end of its chapter. Refuses unreadable files: FileProblem.
    """
    what, chapters = read_course(folder)
    course = session.scalar(select(Course).where(Course.slug == what.slug))
    if course is None:
        course = Course(slug=what.slug, title=what.title, description=what.description)
        session.add(course)
        session.flush()
    modules = {module.slug: module for module in session.scalars(select(Module).where(Module.course_id == course.id))}
    known = set(session.scalars(select(Page.slug)))
    for chapter, pages, checks in chapters:
        module = modules.get(chapter.slug)
        if module is None:
            module = _add_module(session, course, chapter)
        for page in pages:
            if page.slug not in known:
                _add_page(session, module, page, [check for check in checks if check.page == page.slug], now)
    return course


def _add_module(session: Session, course: Course, chapter: ModuleFile) -> Module:
    last = session.scalar(select(func.max(Module.position)).where(Module.course_id == course.id)) or 0
    module = Module(
        course_id=course.id, position=last + 1, slug=chapter.slug, title=chapter.title, summary=chapter.summary
    )
    session.add(module)
    session.flush()
    return module


def _add_page(session: Session, module: Module, page: PageFile, checks: list[CheckFile], now: datetime) -> None:
    last = session.scalar(select(func.max(Page.position)).where(Page.module_id == module.id)) or 0
    row = Page(
        module_id=module.id,
        position=last + 1,
        slug=page.slug,
        title=page.title,
        standfirst=page.standfirst,
        body=page.body,
        minutes=page.minutes,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    for position, check in enumerate(checks, 1):
        session.add(KnowledgeCheck(page_id=row.id, position=position, content=to_data(check.item)))
    session.flush()


Chapter = tuple[ModuleFile, list[PageFile], tuple[CheckFile, ...]]


def read_course(folder: Path) -> tuple[CourseFile, list[Chapter]]:
    """Read course.toml, and for each of its chapters a folder NN-slug with pages NN-slug.md and checks.toml."""
    course = parse_course("course.toml", _read(folder / "course.toml", "course.toml"))
    chapters: list[Chapter] = []
    seen: set[str] = set()
    for number, module in enumerate(course.modules, 1):
        name = f"{number:02}-{module.slug}"
        pages = []
        for path in sorted((folder / name).glob("*.md")):
            page = parse_page(f"{name}/{path.name}", _read(path, f"{name}/{path.name}"))
            if page.slug in seen | RESERVED_SLUGS:
                raise FileProblem(f"{name}/{path.name}", 1, f"the slug {page.slug!r} is taken")
            seen.add(page.slug)
            pages.append(page)
        if not pages:
            raise FileProblem("course.toml", 1, f"there is no page in {name}/")
        checks, checks_name = folder / name / "checks.toml", f"{name}/checks.toml"
        text = _read(checks, checks_name) if checks.exists() else ""
        chapters.append((module, pages, parse_checks(checks_name, text, [page.slug for page in pages])))
    return course, chapters


def _read(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileProblem(name, 1, str(error)) from error


# Who takes it


def make_cohort(session: Session, course: Course, name: str, actor_id: int | None, now: datetime) -> Cohort:
    """Begin a run of a course. Refuses an empty, too long or taken name."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_COHORT_NAME:
        raise Refused(
            _l("A cohort has a name of at most %(most)d characters.", most=LONGEST_COHORT_NAME), "cohort_name"
        )
    if session.scalar(select(Cohort.id).where(Cohort.name == name)) is not None:
        raise Conflict(_l("There is already a cohort of this name."), "cohort_exists")
    cohort = Cohort(course_id=course.id, name=name, created_at=now)
    session.add(cohort)
    session.flush()
    audit(
        session, actor_id=actor_id, action="cohort.made", subject_type="cohort", subject_id=cohort.id, now=now,
        name=name,
    )  # fmt: skip
    return cohort


def enrol(
    session: Session, person: Person, course: Course, cohort: Cohort, actor_id: int | None, now: datetime
) -> Enrolment:
    """Give a new hire a course, within a cohort of that course, and tell them.

    Refuses somebody closed out or no new hire, another course's cohort, and a course the person already has.
    """
    if not (person.active and person.has_role(Role.NEW_HIRE)):
        raise Refused(_l("Only new hires who may sign in take a course."), "not_a_new_hire")
    if cohort.course_id != course.id:
        raise Refused(_l("This cohort belongs to another course."), "other_course")
    if queries.own_enrolment(session, person.id, course.id) is not None:
        raise Conflict(_l("%(name)s already takes this course.", name=person.full_name), "already_enrolled")
    enrolment = Enrolment(person_id=person.id, course_id=course.id, cohort_id=cohort.id, assigned_at=now)
    session.add(enrolment)
    session.flush()
    audit(
        session, actor_id=actor_id, action="course.assigned", subject_type="enrolment", subject_id=enrolment.id,
        about_id=person.id, now=now, course=course.title, cohort=cohort.name,
    )  # fmt: skip
    notify(
        session, person.id, NoticeKind.COURSE_ASSIGNED, key=str(enrolment.id), now=now, link="/course",
        course=course.title,
    )  # fmt: skip
    return enrolment


# Learning


def finish_page(session: Session, enrolment: Enrolment, page: Page, now: datetime) -> bool:
    """Note that somebody has finished a page; True when that completes the course. The first time stays.

    Refuses a page of another course, or one taken out of it.
    """
    _lock(session, enrolment)
    _require_in_course(session, enrolment, page)
    if session.get(PageProgress, (enrolment.id, page.id)) is None:
        session.add(PageProgress(enrolment_id=enrolment.id, page_id=page.id, done_at=now))
    enrolment.last_page_id = page.id
    session.flush()
    return complete_if_done(session, enrolment, now)


def answer_check(
    session: Session, enrolment: Enrolment, check: KnowledgeCheck, response: Response | None, now: datetime
) -> bool:
    """Keep a try at a knowledge check; True when it was right. It counts towards nothing but the gate.

    Refuses a check of another course, a blank, and a response to other choices than the check has now.
    """
    _lock(session, enrolment)
    _require_in_course(session, enrolment, session.get_one(Page, check.page_id))
    item = from_data(check.content)
    if isinstance(item, ShortAnswer) or check.retired_at is not None:
        raise NotFound()
    if is_blank(response):
        raise Refused(_l("Choose an answer first."), "blank")
    try:
        right = item.mark(response, CreditRule.ALL_OR_NOTHING) == 1
    except ValueError as error:
        raise Conflict(_l("This check has just been changed. Choose again."), "changed") from error
    session.add(
        CheckAnswer(
            enrolment_id=enrolment.id,
            check_id=check.id,
            response=response_data(response),
            right=right,
            answered_at=now,
        )
    )
    enrolment.last_page_id = check.page_id
    session.flush()
    complete_if_done(session, enrolment, now)
    return right


def complete_if_done(session: Session, enrolment: Enrolment, now: datetime) -> bool:
    """Complete the course once nothing is missing, and tell so; True only that one time. Nothing ever revokes it."""
    if enrolment.completed_at is not None or not is_complete(queries.outline(session, enrolment).modules):
        return False
    enrolment.completed_at = now
    session.flush()
    events.course_completed.send(enrolment, session=session, now=now)
    return True


def complete_where_done(session: Session, page_id: int, now: datetime) -> int:
    """After a page, or a check on it, was taken out: complete its course for those who now lack nothing; how many."""
    course_id = select(Module.course_id).join(Page, Page.module_id == Module.id).where(Page.id == page_id)
    waiting = session.scalars(
        select(Enrolment)
        .where(Enrolment.course_id == course_id.scalar_subquery(), Enrolment.completed_at.is_(None))
        .order_by(Enrolment.id)
        .with_for_update()
    ).all()
    return sum(complete_if_done(session, enrolment, now) for enrolment in waiting)


def _lock(session: Session, enrolment: Enrolment) -> None:
    """One act at a time for each enrolment: two last acts at once would each miss the other, and none complete it."""
    session.flush()
    session.refresh(enrolment, ["completed_at", "last_page_id"], with_for_update=True)


def _require_in_course(session: Session, enrolment: Enrolment, page: Page) -> None:
    course_id = session.scalar(select(Module.course_id).where(Module.id == page.module_id))
    if course_id != enrolment.course_id or page.retired_at is not None:
        raise NotFound()
