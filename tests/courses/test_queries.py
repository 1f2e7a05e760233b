"""What is read of a course, in how many statements."""

from datetime import timedelta

from exam.courses import actions, queries
from question_bank.items import ChoiceResponse
from tests.builders import make_person
from tests.courses.builders import make_check, make_course, make_enrolment, make_page, pages_of
from tests.support.database import count_statements


def test_an_outline_shows_what_is_done_by_this_person_alone(session, now):
    course = make_course(session)
    mine, other = (make_enrolment(session, make_person(session), course) for _ in range(2))
    first, second, *_rest = pages_of(session, course)
    check = make_check(session, second)
    actions.finish_page(session, mine, first, now)
    actions.finish_page(session, mine, second, now)
    actions.finish_page(session, other, second, now)
    actions.answer_check(session, other, check, ChoiceResponse(frozenset({"a"})), now)
    outline = queries.outline(session, mine)
    assert [(page.read, page.open_checks) for page in outline.pages] == [(True, 0), (True, 1), (False, 0), (False, 0)]
    assert outline.current == outline.pages[1]
    theirs = queries.outline(session, other)
    assert [page.settled for page in theirs.pages] == [False, True, False, False]


def test_pages_and_checks_taken_out_are_not_shown(session, now):
    course = make_course(session)
    enrolment = make_enrolment(session, make_person(session), course)
    first, second, *rest = pages_of(session, course)
    make_check(session, first, retired_at=now)
    for page in (second, *rest):
        page.retired_at = now
    session.flush()
    outline = queries.outline(session, enrolment)
    assert [page.id for page in outline.pages] == [first.id]
    assert outline.pages[0].open_checks == 0
    assert [module.number for module in outline.modules] == [1]
    assert queries.page_by_slug(session, second.slug) is None


def test_an_outline_takes_as_many_statements_for_a_long_course(session, now):
    counts = []
    for pages in ((1, 1), (12, 12, 12, 12)):
        course = make_course(session, *pages)
        enrolment = make_enrolment(session, make_person(session), course)
        for page in pages_of(session, course)[:-1]:
            make_check(session, page)
            actions.finish_page(session, enrolment, page, now)
        session.expire_all()
        session.refresh(enrolment)
        with count_statements(session) as statements:
            queries.outline(session, enrolment)
        counts.append(len(statements))
    assert counts == [4, 4]


def test_the_course_assigned_last_comes_first(session, now):
    person = make_person(session)
    early, late = make_course(session), make_course(session)
    make_enrolment(session, person, late, assigned_at=now)
    make_enrolment(session, person, early, assigned_at=now - timedelta(days=1))
    assert [one.course for one in queries.enrolments(session, person.id)] == [late, early]


def test_the_last_try_at_a_check_is_shown_unless_the_check_has_changed(session, now):
    course = make_course(session)
    enrolment = make_enrolment(session, make_person(session), course)
    page = pages_of(session, course)[0]
    check = make_check(session, page)
    for choice in ("b", "a"):
        actions.answer_check(session, enrolment, check, ChoiceResponse(frozenset({choice})), now)
    (shown,) = queries.checks(session, page.id, enrolment.id)
    assert (shown.response, shown.right) == (ChoiceResponse(frozenset({"a"})), False)
    assert [one.id for one in queries.check_score(session, enrolment).wrong_pages] == [page.id]
    assert queries.checks(session, page.id, None)[0].response is None

    check.content = {**check.content, "choices": [{"id": "x", "text": "新", "correct": True}]}
    session.flush()
    (shown,) = queries.checks(session, page.id, enrolment.id)
    assert (shown.response, shown.right) == (None, None)


def test_search_finds_pages_with_every_word_titles_first(session, now):
    course, other = make_course(session, 1), make_course(session, 1)
    module_id = pages_of(session, course)[0].module_id
    module = type("Chapter", (), {"id": module_id})
    in_body = make_page(session, module, title="投诉", body="积分 100% 补回，Excel 登记")
    in_title = make_page(session, module, title="办卡与积分", body="补回")
    gone = make_page(session, module, title="积分旧页", retired_at=now)
    pages_of(session, other)[0].title = "积分"
    session.flush()

    def found(*words):
        return [page.id for page in queries.search(session, course.id, words, 1).items]

    assert found("积分") == [in_title.id, in_body.id]
    assert found("积分", "补回") == [in_title.id, in_body.id]
    assert found("100%") == [in_body.id]
    assert found("excel") == [in_body.id]
    assert found("_") == []
    assert gone.id not in found("积分")
    assert queries.search(session, course.id, ["积分"], 2).items == []
    assert queries.search(session, course.id, ["积分"], 2).total == 2
