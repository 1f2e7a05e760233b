"""The course's pages as each person meets them."""

from html import unescape

import pytest
from sqlalchemy import func, select

from exam.accounts.rules import Role
from exam.courses import actions, queries
from exam.courses.models import CheckAnswer, PageProgress
from question_bank.items import Choice, MultipleChoice, TrueFalse
from tests.builders import make_person
from tests.courses.builders import make_check, make_course, make_enrolment, make_page, pages_of
from tests.courses.test_actions import SEED
from tests.support.database import count_statements


@pytest.fixture
def person(session):
    return make_person(session)


@pytest.fixture
def course(session):
    return make_course(session)


@pytest.fixture
def enrolment(session, person, course):
    return make_enrolment(session, person, course)


@pytest.fixture
def learner(client, person, enrolment):
    """The client, signed in as somebody who takes the course."""
    return client.sign_in(person)


def text_of(response, status=200):
    assert response.status_code == status, response.status
    return unescape(response.get_data(as_text=True))


def test_the_outline_names_what_is_missing(session, learner, course, enrolment, now):
    first, *_rest = pages_of(session, course)
    make_check(session, first)
    actions.finish_page(session, enrolment, first, now)
    text = text_of(learner.get("/course"))
    assert "还差：第一章 1\u00a0页、1\u00a0道小测，第二章 2\u00a0页" in text
    assert f'href="/course/{first.slug}"' in text


def test_somebody_without_a_course_is_told_who_assigns_it(client, session):
    assert "还没有给你安排课程" in text_of(client.sign_in(make_person(session)).get("/course"))


def test_a_completed_course_says_so(session, learner, course, enrolment, now):
    for page in pages_of(session, course):
        actions.finish_page(session, enrolment, page, now)
    assert "4 页全部学完" in text_of(learner.get("/course"))


def test_two_courses_lead_to_each_other(session, learner, person, course, now):
    other = make_course(session)
    make_enrolment(session, person, other)
    assert f"/course?course={course.slug}" in text_of(learner.get("/course"))
    assert course.description in text_of(learner.get(f"/course?course={course.slug}"))
    assert learner.get("/course?course=nowhere").status_code == 404


def test_a_course_without_pages_is_empty(session, client):
    make_course(session, 0)
    assert "这门课还没有内容" in text_of(client.sign_in(make_person(session, Role.TRAINER)).get("/course"))


# Reading


def test_finishing_a_page_leads_to_the_next(session, learner, course, enrolment):
    first, second, *_rest = pages_of(session, course)
    text = text_of(learner.get(f"/course/{first.slug}"))
    assert "学完，下一页" in text
    assert "第一章" in text
    response = learner.post(f"/course/{first.slug}/finish")
    assert (response.status_code, response.location) == (302, f"/course/{second.slug}")
    assert session.scalar(select(func.count()).select_from(PageProgress)) == 1
    assert "学完，下一页" not in text_of(learner.get(f"/course/{first.slug}"))


def test_finishing_the_last_page_leads_home(session, learner, course, enrolment, now):
    *before, last = pages_of(session, course)
    for page in before:
        actions.finish_page(session, enrolment, page, now)
    assert "学完这一页" in text_of(learner.get(f"/course/{last.slug}"))
    response = learner.post(f"/course/{last.slug}/finish")
    assert (response.status_code, response.location) == (302, "/")
    session.refresh(enrolment)
    assert enrolment.completed_at is not None


def test_a_page_finished_with_an_open_check_says_so(session, learner, course):
    page = pages_of(session, course)[0]
    page.title = '<b>引号"与标签</b>'
    make_check(session, page)
    text = text_of(learner.post(f"/course/{page.slug}/finish", follow_redirects=True))
    assert "上一页还有 1 道小测没做" in text
    assert f'href="/course/{page.slug}#checks"' in text


def test_the_last_page_with_a_gap_elsewhere_leads_to_the_outline(session, learner, course):
    last = pages_of(session, course)[-1]
    response = learner.post(f"/course/{last.slug}/finish")
    assert response.location == f"/course?course={course.slug}"


@pytest.mark.parametrize("how", ["not enrolled", "retired", "unknown"])
def test_a_page_that_is_not_there_for_somebody_is_not_found(session, learner, course, now, how):
    page = pages_of(session, make_course(session) if how == "not enrolled" else course)[0]
    check = make_check(session, page)
    page.retired_at = now if how == "retired" else None
    slug, number = ("nowhere", 999_999) if how == "unknown" else (page.slug, check.id)
    for answer in (
        learner.get(f"/course/{slug}"),
        learner.post(f"/course/{slug}/finish"),
        learner.post(f"/course/checks/{number}", data={"choice": "b"}),
    ):
        assert answer.status_code == 404
    assert session.scalar(select(func.count(CheckAnswer.id))) == 0
    assert session.scalar(select(func.count()).select_from(PageProgress)) == 0


# Knowledge checks


def test_a_check_gives_its_feedback_and_can_be_tried_again(session, learner, course, enrolment):
    page = pages_of(session, course)[0]
    check = make_check(session, page)
    where = f"/course/checks/{check.id}"
    assert "先听，再说。" not in text_of(learner.get(f"/course/{page.slug}"))

    response = learner.post(where, data={"choice": "a"})
    assert (response.status_code, response.location) == (302, f"/course/{page.slug}#check-{check.id}")
    text = text_of(learner.get(f"/course/{page.slug}"))
    assert "还不对。" in text
    assert "先听，再说。" in text
    assert 'value="a" checked' in text
    assert "不计分" in text

    learner.post(where, data={"choice": "b"})
    assert "答对了。" in text_of(learner.get(f"/course/{page.slug}"))
    assert session.scalars(select(CheckAnswer.right).order_by(CheckAnswer.id)).all() == [False, True]


@pytest.mark.parametrize(
    ("item", "ticked", "right"),
    [
        (TrueFalse("对吗？", False, "因为。"), ["false"], True),
        (TrueFalse("对吗？", False, "因为。"), ["true"], False),
        (MultipleChoice("哪些？", (Choice("a", "甲", True), Choice("b", "乙", True)), "因为。"), ["a", "b"], True),
        (MultipleChoice("哪些？", (Choice("a", "甲", True), Choice("b", "乙", True)), "因为。"), ["a"], False),
    ],
)
def test_every_kind_of_check_can_be_answered(session, learner, course, enrolment, item, ticked, right):
    page = pages_of(session, course)[0]
    check = make_check(session, page, item)
    assert learner.post(f"/course/checks/{check.id}", data={"choice": ticked}).status_code == 302
    assert session.scalar(select(CheckAnswer.right)) is right
    text_of(learner.get(f"/course/{page.slug}"))


@pytest.mark.parametrize(
    ("ticked", "message"),
    [
        ([], "先选一个答案。"),
        (["z"], "这道小测刚刚改过"),
        (["a", "b"], "这道小测刚刚改过"),
        (["b", "b"], "这道小测刚刚改过"),
        (["Ｂ"], "这道小测刚刚改过"),
        (["<script>"], "这道小测刚刚改过"),
        (["b" * 5000], "这道小测刚刚改过"),
        (["🙂\x00"], "这道小测刚刚改过"),
    ],
)
def test_an_answer_that_cannot_be_taken_is_explained_beside_the_check(session, learner, course, ticked, message):
    check = make_check(session, pages_of(session, course)[0])
    text = text_of(learner.post(f"/course/checks/{check.id}", data={"choice": ticked}), 422)
    assert message in text
    assert f'id="check-{check.id}-problem"' in text
    assert session.scalar(select(func.count(CheckAnswer.id))) == 0


@pytest.mark.parametrize("ticked", [["yes"], ["true", "false"], ["True"]])
def test_a_statement_is_answered_by_true_or_false(session, learner, course, ticked):
    check = make_check(session, pages_of(session, course)[0], TrueFalse("对吗？", True, "因为。"))
    assert learner.post(f"/course/checks/{check.id}", data={"choice": ticked}).status_code == 422
    assert session.scalar(select(func.count(CheckAnswer.id))) == 0


# Those who only look


@pytest.mark.parametrize("role", [Role.TRAINER, Role.HR, Role.ADMIN])
def test_staff_read_a_course_without_a_trace(session, client, course, role):
    page = pages_of(session, course)[0]
    check = make_check(session, page)
    staff = client.sign_in(make_person(session, role))
    assert "浏览这门课" in text_of(staff.get("/course"))
    text = text_of(staff.get(f"/course/{page.slug}"))
    assert "先听，再说。" in text
    assert "学完" not in text
    assert "finish" not in text
    assert ("编辑这一页" in text) is (role is Role.TRAINER)
    assert staff.post(f"/course/{page.slug}/finish").status_code == 403
    assert staff.post(f"/course/checks/{check.id}", data={"choice": "b"}).status_code == 403


def test_a_trainer_who_is_new_too_finishes_only_their_own_course(session, client, course):
    page = pages_of(session, course)[0]
    both = client.sign_in(make_person(session, Role.TRAINER, Role.NEW_HIRE))
    assert both.get(f"/course/{page.slug}").status_code == 200
    assert both.post(f"/course/{page.slug}/finish").status_code == 404


@pytest.mark.parametrize("path", ["/course", "/course/search?q=a", "/course/figures/organisation", "/course/mission"])
def test_visitors_are_asked_to_sign_in(client, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response.location.startswith("/sign-in")


# Search, drawings, the real course


def test_search_shows_where_it_was_found(session, learner, course):
    page = pages_of(session, course)[0]
    page.body = "一些话。" * 30 + "<b>积分</b>规则 " + "后面的话。" * 30
    text = text_of(learner.get("/course/search?q=积分"))
    assert "<mark>积分</mark>" in text
    assert page.title in text
    assert "…" in text


@pytest.mark.parametrize(
    "q", ["", "   ", "没有的词", "%", "' OR 1=1 --", "<script>alert(1)</script>", "字" * 5000, "🙂", "\x00a"]
)
def test_any_search_gives_a_page(learner, q):
    response = learner.get("/course/search", query_string={"q": q, "page": "x"})
    assert response.status_code == 200
    assert "<script>alert" not in response.get_data(as_text=True)


def test_search_is_paged(session, learner, course):
    module = type("Chapter", (), {"id": pages_of(session, course)[0].module_id})
    for _ in range(21):
        make_page(session, module, body="找得到")
    assert "下一页" in text_of(learner.get("/course/search?q=找得到"))
    assert text_of(learner.get("/course/search?q=找得到&page=2")).count("<mark>") == 1
    assert learner.get("/course/search?q=找得到&page=9").status_code == 200


def test_search_without_a_course_is_not_found(session, client):
    assert client.sign_in(make_person(session)).get("/course/search?q=a").status_code == 404


def test_a_drawing_is_a_picture_and_nothing_more(learner):
    response = learner.get("/course/figures/organisation")
    assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    for name in ("nowhere", "..%2Fcourse", "organisation.svg"):
        assert learner.get(f"/course/figures/{name}").status_code == 404


def test_every_page_of_the_real_course_can_be_read(session, client, person, now):
    course = actions.seed_course(session, SEED, now)
    make_enrolment(session, person, course)
    learner = client.sign_in(person)
    outline = queries.preview(session, course)
    for page in outline.pages:
        text = text_of(learner.get(f"/course/{page.slug}"))
        assert page.title in text
    text_of(learner.get("/course"))


@pytest.mark.parametrize("path", ["/course", "/course/{slug}", "/course/search?q=正文"])
def test_a_page_takes_as_many_statements_for_a_long_course(session, client, now, path):
    counts = []
    for pages in ((1, 1), (12, 12, 12)):
        course = make_course(session, *pages)
        person = make_person(session)
        make_enrolment(session, person, course)
        slugs = [page.slug for page in pages_of(session, course)]
        for page in pages_of(session, course):
            for _ in range(len(slugs) // 10 + 1):
                make_check(session, page)
        learner = client.sign_in(person)
        learner.get(path.format(slug=slugs[0]))
        with count_statements(session) as statements:
            assert learner.get(path.format(slug=slugs[0])).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 14
