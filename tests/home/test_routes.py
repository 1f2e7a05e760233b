"""The landing page of everybody, in every state between the first day and confirmation."""

from datetime import timedelta
from fractions import Fraction
from html import unescape

import pytest

from exam.accounts.rules import Role
from exam.courses import actions as courses
from exam.courses.models import Enrolment
from exam.papers.models import Exam
from exam.results.models import Decision, Release, Result
from exam.results.rules import Outcome, Verdict
from exam.retakes.models import PlanStep, TutoringPlan
from tests.builders import NOW, make_person, make_question
from tests.courses.builders import make_check, make_course, make_enrolment, pages_of
from tests.sittings.builders import at, make_attempt, make_booking, make_plain_exam, make_sitting
from tests.support.database import count_statements
from tests.support.story import numbers, read, words


@pytest.fixture(autouse=True)
def _at_now(set_clock):
    set_clock(NOW)


@pytest.fixture
def tutor(session):
    return make_person(session, Role.TRAINER, full_name="周敏", email="zhoumin@example.com")


@pytest.fixture
def person(session, tutor):
    return make_person(session, tutor_id=tutor.id)


@pytest.fixture
def home(client, person):
    """Read the new hire's home page."""

    def read():
        response = client.sign_in(person).get("/")
        assert response.status_code == 200
        return unescape(response.get_data(as_text=True)).replace("\u00a0", " ")

    return read


@pytest.fixture
def sitting(session, person):
    course = make_course(session)
    enrolment = make_enrolment(session, person, course, completed_at=NOW)
    return make_sitting(session, make_plain_exam(session, course), enrolment=enrolment)


def finish(session, sitting, earned=None, outcome=None, released=True):
    """A test handed in an hour ago; with a result if there are points."""
    attempt = make_attempt(session, sitting, NOW - timedelta(hours=2))
    if earned is not None:
        session.add(
            Result(
                attempt_id=attempt.id, revision=1, earned=Fraction(earned), possible=Fraction(100),
                score_tenths=int(Fraction(earned) * 10), outcome=outcome, computed_at=NOW,
            )
        )  # fmt: skip
        if released:
            session.add(Release(attempt_id=attempt.id, released_at=NOW))
        session.flush()
    return attempt


def make_retake(session, sitting, number):
    """A later try of the same person at the same exam."""
    enrolment, exam = session.get_one(Enrolment, sitting.enrolment_id), session.get_one(Exam, sitting.exam_id)
    values = {"enrolment": enrolment, "try_number": number, "created_at": NOW + timedelta(minutes=number)}
    return make_sitting(session, exam, **values)


def test_a_visitor_is_asked_to_sign_in(client):
    response = client.get("/")
    assert (response.status_code, response.location) == (302, "/sign-in")


def test_before_a_course_is_assigned(home):
    text = home()
    assert "还没有给你安排课程" in text
    assert "周敏" in text
    assert "mailto:zhoumin@example.com" in text


def test_on_the_way_through_the_course(session, person, home, now):
    course = make_course(session)
    enrolment = make_enrolment(session, person, course)
    first, second, *_rest = pages_of(session, course)
    assert f"从“{first.title}”开始" in home()
    make_check(session, first)
    courses.finish_page(session, enrolment, first, now)
    text = home()
    assert "还差 3 页、1 道小测就能预约考试" in text
    assert f'href="/course/{first.slug}#checks"' in text
    assert "第一章第 1 页" in text
    assert "共 4 页，已学 0 页" in text
    assert second.title not in text


def test_a_course_without_anything_to_read_asks_nothing(session, person, home):
    make_enrolment(session, person, make_course(session, 0))
    assert "课程内容正在调整" in home()


def test_the_course_done_but_no_test_published(session, person, home):
    make_enrolment(session, person, make_course(session), completed_at=NOW)
    assert "考试还没有开放" in home()


def test_the_window_is_open(sitting, home):
    text = home()
    assert "课程学完了，可以预约考试" in text
    assert "窗口到 3 月 8 日 周日 23:59 为止" in text
    assert "最晚 3 月 8 日 周日 22:59 开始" in text
    assert 'href="/exam"' in text
    assert "预约时间" in text
    assert "60 分钟" in text


def test_a_window_that_opens_later(session, sitting, home):
    sitting.opens_at = at(3, 9)
    assert "考试窗口 3 月 3 日 周二 09:00 开放" in home()


def test_booked_with_the_time_to_go(session, sitting, home):
    make_booking(session, sitting, at(4, 10, 30))
    text = home()
    assert "考试时间：3 月 4 日 周三 10:30" in text
    assert "还有 2 天 1 小时" in text


def test_the_booked_time_has_come(session, sitting, home):
    make_booking(session, sitting, at(2, 9, 30))
    assert "现在可以开始考试" in home()


def test_the_booked_time_has_passed(session, sitting, home, set_clock):
    make_booking(session, sitting, at(2, 9, 30))
    set_clock(at(2, 10, 5))
    assert "预约的时间过了，可以另约" in home()


def test_the_rest_of_the_window_is_too_short(sitting, home, set_clock):
    set_clock(at(8, 23, 30))
    text = home()
    assert "剩下的时间不够考一场了" in text
    assert "人事可以重新开放窗口" in text


def test_the_window_was_missed(sitting, home, set_clock):
    set_clock(at(9, 0, 0))
    text = home()
    assert "记为缺考" in text
    assert "缺考不占考试次数" in text


def test_a_running_test_leads_back_into_the_room(session, sitting, home):
    attempt = make_attempt(session, sitting, NOW - timedelta(minutes=25), closed=False)
    text = home()
    assert "考试正在进行" in text
    assert "10:05 截止，还有 35 分钟" in text
    assert f'href="/attempts/{attempt.id}"' in text


def test_the_time_is_over_and_the_answers_not_collected_yet(session, sitting, home):
    make_attempt(session, sitting, NOW - timedelta(minutes=61), closed=False)
    assert "正在收卷" in home()


def test_handed_in_and_waiting_for_marks(session, sitting, home):
    attempt = finish(session, sitting)
    text = home()
    assert "客观题已评，简答题待评阅" in text
    assert f'href="/attempts/{attempt.id}/receipt"' in text


def test_marked_but_not_released_shows_no_score(session, sitting, home):
    finish(session, sitting, 92, Outcome.DISTINCTION, released=False)
    text = home()
    assert "等培训师发布成绩" in text
    assert "92" not in numbers(words(next(read(text).iter("main"))))
    assert "考试优秀" not in text


@pytest.mark.parametrize(
    ("earned", "outcome", "words"),
    [
        (88, Outcome.PASS, ("考试合格，等待转正", "88 分，合格")),
        (Fraction(7995, 100), Outcome.PASS, ("79.9 分，合格",)),
        (95, Outcome.DISTINCTION, ("考试优秀，等待转正", "95 分，优秀")),
    ],
)
def test_passed_and_released(session, sitting, home, earned, outcome, words):
    attempt = finish(session, sitting, earned, outcome)
    text = home()
    assert all(word in text for word in words)
    assert f'href="/attempts/{attempt.id}/result"' in text


def test_failed_then_tutored_then_signed(session, person, sitting, home):
    attempt = finish(session, sitting, 74, Outcome.FAIL)
    text = home()
    assert "这次没有合格，可以补考" in text
    assert "这次 74 分，合格需要 80 分。还可以补考 2 次。" in text

    plan = TutoringPlan(attempt_id=attempt.id, person_id=person.id, created_at=NOW)
    session.add(plan)
    session.flush()
    steps = [PlanStep(plan_id=plan.id, position=n, what="重读") for n in (1, 2)]
    session.add_all(steps)
    session.flush()
    text = home()
    assert "补考前还有 2 件事" in text
    assert 'href="/tutoring"' in text
    for step in steps:
        step.done_at = NOW
    session.flush()
    assert "辅导做完了，等导师签字" in home()

    plan.signed_at = NOW
    retake = make_retake(session, sitting, 2)
    text = home()
    assert "可以预约补考了" in text
    assert "预约补考" in text
    make_booking(session, retake, at(4, 10, 30))
    assert "补考时间：3 月 4 日 周三 10:30" in home()


def test_failed_without_a_retake_left(session, sitting, home):
    sitting.exam.max_retakes = 0
    finish(session, sitting, 20, Outcome.FAIL)
    text = home()
    assert "补考次数也用完了" in text
    assert "由人事决定下一步" in text


@pytest.mark.parametrize(
    ("verdict", "words"), [(Verdict.CONFIRMED, "你已经转正"), (Verdict.NOT_CONFIRMED, "这次没有转正")]
)
def test_decided(session, person, sitting, home, verdict, words):
    finish(session, sitting, 88, Outcome.PASS)
    hr = make_person(session, Role.HR)
    values = {"person_id": person.id, "enrolment_id": sitting.enrolment_id, "decided_by": hr.id, "decided_at": NOW}
    session.add(Decision(verdict=verdict, **values))
    session.flush()
    assert words in home()


def test_a_void_attempt_leaves_the_window_as_it_was(session, person, sitting, home):
    make_attempt(session, sitting, NOW - timedelta(hours=1), voided_at=NOW, void_reason="断电")
    assert "可以预约考试" in home()


def test_checks_answered_wrong_are_worth_another_look(session, client, person, home):
    course = make_course(session)
    make_enrolment(session, person, course)
    page = pages_of(session, course)[0]
    check = make_check(session, page)
    client.sign_in(person).post(f"/course/checks/{check.id}", data={"choice": "a"})
    text = home()
    assert "1 题答对 0 题。" in text
    assert "可以回看：" in text
    assert f"/course/{page.slug}#checks" in text


# Everybody else


def test_a_trainer_sees_what_waits(session, client, tutor):
    text = unescape(client.sign_in(tutor).get("/").get_data(as_text=True))
    assert "现在没有等你处理的事。" in text
    make_question(session, published=False)
    text = unescape(client.get("/").get_data(as_text=True)).replace("\u00a0", " ")
    assert "1 道题目还是草稿" in text
    assert "转正" not in text  # that is HR's to decide


@pytest.mark.parametrize(("role", "place"), [(Role.HR, "/results/overview"), (Role.ADMIN, "/admin/people")])
def test_hr_and_administrators_begin_at_their_own_page(session, client, role, place):
    response = client.sign_in(make_person(session, role)).get("/")
    assert (response.status_code, response.location) == (302, place)


def test_somebody_with_several_roles_sees_a_part_for_each(session, client):
    client.sign_in(make_person(session, Role.TRAINER, Role.HR, Role.ADMIN))
    text = client.get("/").get_data(as_text=True)
    for role in ("trainer", "hr", "admin"):
        assert f'id="work-{role}"' in text


def test_a_new_hire_with_another_role_sees_the_course_first(session, client):
    both = make_person(session, Role.NEW_HIRE, Role.TRAINER)
    client.sign_in(both)
    assert "下一步" not in client.get("/").get_data(as_text=True)
    make_enrolment(session, both, make_course(session))
    text = client.get("/").get_data(as_text=True)
    assert "下一步" in text
    assert 'id="work-trainer"' in text


def test_somebody_elses_sitting_plays_no_part(session, person, sitting, client):
    other = make_person(session)
    make_enrolment(session, other, make_course(session))
    text = client.sign_in(other).get("/").get_data(as_text=True)
    assert "还差 4" in text


def test_the_page_takes_as_many_statements_after_many_tries(session, client, person, sitting):
    client.sign_in(person)
    finish(session, sitting, 40, Outcome.FAIL)
    client.get("/")
    with count_statements(session) as few:
        client.get("/")
    for number in range(2, 6):
        retake = make_retake(session, sitting, number)
        make_booking(session, retake, at(3, 9, 0), place=number)
        finish(session, retake, 40, Outcome.FAIL)
    with count_statements(session) as many:
        client.get("/")
    assert len(many) == len(few)
    assert len(many) <= 24


def test_a_trainers_page_takes_as_many_statements_with_much_work(session, client, tutor):
    client.sign_in(tutor).get("/")
    with count_statements(session) as few:
        client.get("/")
    for _ in range(5):
        make_question(session, published=False)
    with count_statements(session) as many:
        client.get("/")
    assert len(many) == len(few)
