"""Giving courses to people and noting what they have done, on both databases."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from exam import events
from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.courses import actions, queries
from exam.courses.models import CheckAnswer, Course, KnowledgeCheck, Module, Page
from exam.courses.rules.files import FileProblem
from exam.errors import Conflict, NotFound, Refused
from exam.notices.models import Notice
from question_bank.items import ChoiceResponse, ShortAnswer, TextResponse, TruthResponse, from_data
from tests.builders import make_person
from tests.courses.builders import make_check, make_course, make_enrolment, make_page, pages_of

SEED = Path("exam/courses/seed/onboarding")
RIGHT, WRONG = ChoiceResponse(frozenset({"b"})), ChoiceResponse(frozenset({"a"}))


@pytest.fixture
def completions():
    """The enrolments whose completion was told."""
    told = []

    def listen(enrolment, **_rest):
        told.append(enrolment)

    with events.course_completed.connected_to(listen):
        yield told


@pytest.fixture
def course(session):
    return make_course(session)


@pytest.fixture
def enrolment(session, course):
    return make_enrolment(session, make_person(session), course)


# From files


def test_the_real_course_is_loaded(session, now):
    course = actions.seed_course(session, SEED, now)
    outline = queries.preview(session, course)
    assert [len(module.pages) >= 4 for module in outline.modules] == [True] * 6
    checks = session.scalar(select(func.count(KnowledgeCheck.id)))
    assert checks >= 18
    assert all(from_data(content).explanation for content in session.scalars(select(KnowledgeCheck.content)))


def row_counts(session):
    return [session.scalar(select(func.count()).select_from(one)) for one in (Course, Module, Page, KnowledgeCheck)]


def test_loading_again_changes_nothing_trainers_have_made(session, now):
    course = actions.seed_course(session, SEED, now)
    page = session.scalars(select(Page).where(Page.slug == "mission")).one()
    page.body, page.title = "改过的正文", "改过的标题"
    gone = session.scalars(select(Page).where(Page.slug == "scope")).one()
    gone.retired_at = now
    check = session.scalars(select(KnowledgeCheck).limit(1)).one()
    check.retired_at = now
    session.flush()
    counts = [
        session.scalar(select(func.count()).select_from(table)) for table in (Course, Module, Page, KnowledgeCheck)
    ]

    assert actions.seed_course(session, SEED, now + timedelta(days=1)) is course
    session.expire_all()
    assert (page.body, page.title, page.changed_at) == ("改过的正文", "改过的标题", now)
    assert gone.retired_at == now
    assert check.retired_at == now
    after = [
        session.scalar(select(func.count()).select_from(table)) for table in (Course, Module, Page, KnowledgeCheck)
    ]
    assert after == counts


def test_a_page_that_is_new_in_the_files_is_added_at_the_end_of_its_chapter(session, now, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(SEED, folder)
    extra = folder / "01-department" / "00-welcome.md"
    actions.seed_course(session, SEED, now)
    extra.write_text("---\nslug: welcome\ntitle: 欢迎\nstandfirst: 好。\nminutes: 2\n---\n正文\n", encoding="utf-8")
    course = actions.seed_course(session, folder, now)
    assert queries.preview(session, course).modules[0].pages[-1].slug == "welcome"


def spoil(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("course.toml", "slug = ", "course.toml:1: "),
        (
            "course.toml",
            'slug = "a"\ntitle = "b"\n[[module]]\nslug = "x"\ntitle = "y"',
            "course.toml:1: there is no page",
        ),
        ("01-department/01-mission.md", "正文", "01-department/01-mission.md:1: a page begins"),
        ("01-department/checks.toml", "[[check]]\npage = 1", "01-department/checks.toml:1: page is text"),
        (
            "01-department/01-mission.md",
            "---\nslug: scope\ntitle: a\nstandfirst: b\nminutes: 1\n---\nx",
            "01-department/03-scope.md:1: the slug 'scope' is taken",
        ),
        (
            "01-department/01-mission.md",
            "---\nslug: search\ntitle: a\nstandfirst: b\nminutes: 1\n---\nx",
            "01-department/01-mission.md:1: the slug 'search' is taken",
        ),
    ],
)
def test_files_that_cannot_be_read_are_refused_by_name_and_line(session, now, tmp_path, name, text, problem):
    folder = tmp_path / "course"
    shutil.copytree(SEED, folder)
    spoil(folder, name, text)
    with pytest.raises(FileProblem) as error:
        actions.seed_course(session, folder, now)
    assert str(error.value).startswith(problem)


def test_a_missing_folder_is_refused(session, now, tmp_path):
    with pytest.raises(FileProblem, match=r"course\.toml:1"):
        actions.seed_course(session, tmp_path, now)


# Cohorts and enrolments


def test_a_new_hire_is_given_a_course_and_told(session, now, course):
    hr, person = make_person(session, Role.HR), make_person(session)
    cohort = actions.make_cohort(session, course, "  2026 年\t春 ", hr.id, now)
    assert cohort.name == "2026 年 春"
    enrolment = actions.enrol(session, person, course, cohort, hr.id, now)
    assert (enrolment.assigned_at, enrolment.completed_at) == (now, None)
    notice = session.scalars(select(Notice).where(Notice.person_id == person.id)).one()
    assert (notice.kind, notice.params, notice.link) == ("course_assigned", {"course": course.title}, "/course")
    trail = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert trail[-2:] == ["cohort.made", "course.assigned"]


@pytest.mark.parametrize("name", ["", "   ", "字" * 81])
def test_a_cohort_without_a_usable_name_is_refused(session, now, course, name):
    with pytest.raises(Refused) as error:
        actions.make_cohort(session, course, name, None, now)
    assert error.value.code == "cohort_name"


def test_a_second_cohort_of_the_same_name_is_refused(session, now, course):
    actions.make_cohort(session, course, "春", None, now)
    with pytest.raises(Conflict):
        actions.make_cohort(session, course, " 春 ", None, now)


@pytest.mark.parametrize(
    ("roles", "active", "code"),
    [((Role.TRAINER,), True, "not_a_new_hire"), ((Role.NEW_HIRE,), False, "not_a_new_hire")],
)
def test_only_new_hires_who_may_come_in_are_enrolled(session, now, course, roles, active, code):
    person = make_person(session, *roles, active=active)
    cohort = actions.make_cohort(session, course, "春", None, now)
    with pytest.raises(Refused) as error:
        actions.enrol(session, person, course, cohort, None, now)
    assert error.value.code == "not_a_new_hire"


def test_the_cohort_of_another_course_is_refused(session, now, course):
    other = actions.make_cohort(session, make_course(session), "别的", None, now)
    with pytest.raises(Refused) as error:
        actions.enrol(session, make_person(session), course, other, None, now)
    assert error.value.code == "other_course"


def test_a_course_is_given_once(session, now, course):
    person = make_person(session)
    cohort = actions.make_cohort(session, course, "春", None, now)
    actions.enrol(session, person, course, cohort, None, now)
    with pytest.raises(Conflict):
        actions.enrol(session, person, course, cohort, None, now)


# Learning


def test_the_last_page_completes_the_course_once(session, now, course, enrolment, completions):
    *before, last = pages_of(session, course)
    for page in before:
        assert actions.finish_page(session, enrolment, page, now) is False
    later = now + timedelta(hours=1)
    assert actions.finish_page(session, enrolment, last, later) is True
    assert actions.finish_page(session, enrolment, last, later + timedelta(hours=1)) is False
    assert enrolment.completed_at == later
    assert completions == [enrolment]


def test_the_last_check_completes_the_course_right_or_wrong(session, now, course, enrolment, completions):
    pages = pages_of(session, course)
    check = make_check(session, pages[0])
    for page in pages:
        assert actions.finish_page(session, enrolment, page, now) is False
    assert [(gap.pages, gap.checks) for gap in queries.outline(session, enrolment).gaps] == [(0, 1)]
    assert actions.answer_check(session, enrolment, check, WRONG, now) is False
    assert completions == [enrolment]
    assert enrolment.completed_at == now


def test_a_page_added_after_completion_revokes_nothing(session, now, course, enrolment, completions):
    pages = pages_of(session, course)
    for page in pages:
        actions.finish_page(session, enrolment, page, now)
    new = make_page(session, session.get_one(Module, pages[0].module_id))
    outline = queries.outline(session, enrolment)
    assert outline.completed_at == now
    assert outline.current == outline.pages[2]
    assert outline.pages[2].id == new.id
    actions.finish_page(session, enrolment, new, now + timedelta(days=1))
    assert enrolment.completed_at == now
    assert len(completions) == 1


def test_taking_the_last_open_page_out_completes_the_course(session, now, course, enrolment, completions):
    *others, last = pages_of(session, course)
    for page in others:
        actions.finish_page(session, enrolment, page, now)
    last.retired_at = now
    session.flush()
    assert actions.complete_where_done(session, last.id, now) == 1
    assert completions == [enrolment]
    assert actions.complete_where_done(session, last.id, now) == 0


def test_a_page_is_finished_once(session, now, course, enrolment):
    page = pages_of(session, course)[0]
    actions.finish_page(session, enrolment, page, now)
    actions.finish_page(session, enrolment, page, now + timedelta(hours=1))
    assert queries.outline(session, enrolment).done == 1
    assert enrolment.last_page_id == page.id


def test_a_page_of_another_course_is_refused(session, now, enrolment):
    page = pages_of(session, make_course(session))[0]
    with pytest.raises(NotFound):
        actions.finish_page(session, enrolment, page, now)


def test_a_page_taken_out_is_refused(session, now, course, enrolment):
    page = pages_of(session, course)[0]
    page.retired_at = now
    session.flush()
    with pytest.raises(NotFound):
        actions.finish_page(session, enrolment, page, now)


def test_every_try_at_a_check_is_kept(session, now, course, enrolment):
    check = make_check(session, pages_of(session, course)[0])
    assert actions.answer_check(session, enrolment, check, WRONG, now) is False
    assert actions.answer_check(session, enrolment, check, RIGHT, now) is True
    assert session.scalars(select(CheckAnswer.right).order_by(CheckAnswer.id)).all() == [False, True]
    score = queries.check_score(session, enrolment)
    assert (score.answered, score.right, score.wrong_pages) == (1, 1, ())


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (None, "blank"),
        (ChoiceResponse(frozenset()), "blank"),
        (ChoiceResponse(frozenset({"z"})), "changed"),
        (ChoiceResponse(frozenset({"a", "b"})), "changed"),
        (TruthResponse(True), "changed"),
        (TextResponse("先倾听"), "changed"),
    ],
)
def test_a_response_that_does_not_fit_its_check_is_refused(session, now, course, enrolment, response, code):
    check = make_check(session, pages_of(session, course)[0])
    with pytest.raises(Refused) as error:
        actions.answer_check(session, enrolment, check, response, now)
    assert error.value.code == code
    assert session.scalar(select(func.count(CheckAnswer.id))) == 0


@pytest.mark.parametrize("how", ["other course", "check retired", "page retired", "short answer"])
def test_a_check_that_is_not_to_be_answered_is_refused(session, now, course, enrolment, how):
    page = pages_of(session, make_course(session) if how == "other course" else course)[0]
    item = {"item": ShortAnswer("为什么？", ())} if how == "short answer" else {}
    check = make_check(session, page, **item, retired_at=now if how == "check retired" else None)
    page.retired_at = now if how == "page retired" else None
    session.flush()
    with pytest.raises(NotFound):
        actions.answer_check(session, enrolment, check, RIGHT, now)
