"""The exam's page and the start page: what each stage shows, and to whom."""

from datetime import timedelta
from fractions import Fraction

import pytest

from exam.courses.models import Course, Module, Page
from exam.papers.rules import LateStart
from tests.builders import NOW, make_course, make_exam, make_person
from tests.sittings.builders import at, live, make_attempt, make_booking, make_enrolment, make_sitting, slot
from tests.support.database import count_statements

# The exam's page


def test_without_a_course_the_page_says_who_assigns_it(session, client):
    client.sign_in(make_person(session))
    assert "课程由人事安排" in client.get("/exam").text


def test_before_completion_the_gate_says_what_awaits(session, client):
    exam = make_exam(session)
    person, course = make_person(session), session.get_one(Course, exam.course_id)
    make_enrolment(session, person, course, completed_at=None)
    client.sign_in(person)
    page = client.get("/exam").text
    assert "结业测试" in page
    assert "90" in page


def test_before_completion_the_gate_names_what_is_missing(session, client):
    person, course = make_person(session), make_course(session)
    module = Module(course_id=course.id, position=1, slug="one", title="认识会员服务部")
    session.add(module)
    session.flush()
    for n in range(2):
        page = Page(module_id=module.id, position=n, slug=f"page-{n}", title=f"第 {n} 页", body="正文", changed_at=NOW)
        session.add(page)
    make_enrolment(session, person, course, completed_at=None)
    client.sign_in(person)
    text = client.get("/exam").text.replace("\u00a0", " ")
    assert "还差：第一章 2 页" in text
    assert 'href="/course/page-0"' in text


def test_after_completion_without_an_exam_the_page_says_so(session, client):
    person = make_person(session)
    make_enrolment(session, person)
    assert client.sign_in(person).get("/exam").status_code == 200


def test_the_open_window_shows_its_calendar_and_terms(session, client, set_clock):
    exam = make_exam(session)
    sitting = make_sitting(session, exam)
    set_clock(NOW)
    page = client.sign_in(sitting.person).get("/exam").text
    assert page.count('type="radio"') == 16 + 6 * 18  # today from 10:00 on
    assert f'value="{slot(at(8, 17, 30))}"' in page
    assert f"/exam/{sitting.id}/start" in page


def test_full_and_scarce_half_hours_say_so(session, client, sitting):
    others = [make_sitting(session, sitting.exam) for _ in range(3)]
    for place, other in enumerate(others, 1):
        make_booking(session, other, at(4, 10), place)
    page = client.get("/exam").text
    assert f'value="{slot(at(4, 10))}"' not in page
    assert "<s>10:00</s>" in page


def test_the_day_asked_for_is_the_one_a_phone_shows(client, sitting):
    page = client.get("/exam?day=2026-03-05").text
    assert 'class="day is-open" role="group" aria-labelledby="day-2026-03-05"' in page


@pytest.mark.parametrize("day", ["2026-03-20", "x", "", "２０２６-03-05", "2026-03-05'", "9999-12-31"])
def test_a_day_outside_the_window_is_ignored(client, sitting, day):
    assert 'aria-labelledby="day-2026-03-02"' in client.get("/exam", query_string={"day": day}).text


def test_a_long_window_is_shown_week_by_week(session, client, sitting):
    sitting.closes_at = at(25, 23, 59, 59)
    first = client.get("/exam").text
    assert "day=2026-03-09" in first
    assert "day-2026-03-09" not in first
    second = client.get("/exam?day=2026-03-10").text
    assert "day-2026-03-09" in second
    assert "day=2026-03-08" in second


def test_a_booked_time_is_shown_with_ways_to_change_it(session, client, sitting):
    make_booking(session, sitting, at(4, 10))
    page = client.get("/exam").text
    assert 'type="radio"' not in page
    assert f"/sittings/{sitting.id}/cancel" in page
    changing = client.get("/exam?change=1").text
    assert f'value="{slot(at(4, 10))}"' in changing
    assert changing.count(" checked") == 1


@pytest.mark.parametrize("moment", [at(4, 10), at(4, 10, 29), at(4, 10, 30), at(8, 23), at(9, 9), at(2, 9)])
def test_every_stage_of_a_booked_sitting_has_a_page(session, client, sitting, set_clock, moment):
    make_booking(session, sitting, at(4, 10))
    set_clock(moment)
    assert client.get("/exam").status_code == 200
    assert client.get(f"/exam/{sitting.id}/start").status_code == 200


def test_a_running_attempt_leads_back_into_the_room(session, client, sitting, set_clock):
    attempt = make_attempt(session, sitting, at(4, 10), closed=False)
    set_clock(at(4, 10, 20))
    assert f"/attempts/{attempt.id}" in client.get("/exam").text
    assert client.get(f"/exam/{sitting.id}/start").location == f"/attempts/{attempt.id}"


def test_a_closed_attempt_leads_to_its_receipt(session, client, sitting, set_clock):
    attempt = make_attempt(session, sitting, at(4, 10))
    set_clock(at(4, 12))
    assert f"/attempts/{attempt.id}/receipt" in client.get("/exam").text
    assert "attempts" not in client.get(f"/exam/{sitting.id}/start").text.split("<main")[1]


def test_a_retake_comes_first_and_the_earlier_try_stays_in_the_history(session, client, sitting, set_clock):
    make_attempt(session, sitting, at(2, 10))
    retake = make_sitting(
        session, sitting.exam, enrolment=sitting.enrolment, try_number=2, opens_at=at(3, 9), created_at=at(3, 9)
    )
    set_clock(at(3, 10))
    page = client.get("/exam").text
    assert f"/sittings/{retake.id}/book" in page
    assert f"sitting={sitting.id}" in page
    assert "/receipt" in client.get(f"/exam?sitting={sitting.id}").text


def test_extra_time_is_said_and_counted(session, client, sitting):
    sitting.person.time_factor = Fraction(3, 2)
    page = client.get("/exam").text
    assert "90" in page
    assert "10:00–11:30" in page


def test_an_exam_that_shortens_says_so(session, client, sitting):
    sitting.exam.late_start = LateStart.SHORTEN
    sitting.exam.note = "请带工牌。<b>准时</b>"
    page = client.get("/exam").text
    assert "&lt;b&gt;" in page
    assert "23:59" in page


@pytest.mark.parametrize(
    ("factor", "latest"), [(Fraction(1), "22:59"), (Fraction(5, 4), "22:44"), (Fraction(2), "21:59")]
)
def test_the_latest_start_is_shown_before_the_start_with_extra_time_counted(client, sitting, factor, latest):
    sitting.person.time_factor = factor
    for path in ("/exam", f"/exam/{sitting.id}/start"):
        assert latest in client.get(path).text


def test_a_time_that_the_windows_end_cuts_is_said_before_the_start(client, sitting, set_clock):
    sitting.exam.late_start = LateStart.SHORTEN
    sitting.person.time_factor = Fraction(5, 4)
    start = f"/exam/{sitting.id}/start"
    set_clock(sitting.closes_at - timedelta(minutes=75))
    assert "只有" not in client.get(start).text
    set_clock(sitting.closes_at - timedelta(minutes=40))
    page = client.get(start).text.replace("\u00a0", " ")
    assert "只有 40 分钟，而不是 75 分钟" in page


def test_a_booking_that_the_windows_end_cuts_is_said_so(session, client, sitting, set_clock):
    sitting.exam.late_start = LateStart.SHORTEN
    sitting.closes_at = at(4, 10, 40)
    session.flush()
    client.post(f"/sittings/{sitting.id}/book", data={"starts_at": slot(at(4, 10))})
    page = client.get("/exam").text.replace("\u00a0", " ")
    assert "只有 40 分钟，而不是 60 分钟" in page
    assert "迟到也不少时间" not in page
    set_clock(at(4, 10, 5))
    assert "只有 35 分钟，而不是 60 分钟" in client.get("/exam").text.replace("\u00a0", " ")


@pytest.mark.parametrize("wanted", ["0", "x", "１", "99999999999999999999"])
def test_a_sitting_that_is_not_mine_is_not_found(client, sitting, wanted):
    assert client.get("/exam", query_string={"sitting": wanted}).status_code == 404


def test_somebody_elses_sitting_is_not_there(session, client, clients, sitting):
    other = clients().sign_in(make_person(session))
    assert other.get(f"/exam?sitting={sitting.id}").status_code == 404
    assert other.get(f"/exam/{sitting.id}/start").status_code == 404
    for act in ("book", "cancel"):
        answer = other.post(f"/sittings/{sitting.id}/{act}", data={"starts_at": slot(at(4, 10))})
        assert answer.status_code == 404
    assert live(session) == []


def test_the_page_asks_the_same_however_much_is_booked(session, client, sitting):
    exam = sitting.exam
    client.get("/exam")
    with count_statements(session) as few:
        client.get("/exam")
    for n in range(12):
        make_booking(session, make_sitting(session, exam), at(4, 9 + n % 6, 30 * (n % 2)), n // 6 + 1)
    with count_statements(session) as many:
        client.get("/exam")
    assert len(many) == len(few)


# The start page


def test_the_start_page_names_the_deadline_and_the_person(client, sitting):
    name = sitting.person.full_name
    page = client.get(f"/exam/{sitting.id}/start").text
    assert "10:30" in page
    assert name in page
    assert f'action="/sittings/{sitting.id}/start"' in page


@pytest.mark.parametrize("moment", [at(2, 9), at(8, 23, 30), at(9, 9)])
def test_who_may_not_start_reads_why_and_finds_no_button(client, sitting, set_clock, moment):
    set_clock(moment)
    page = client.get(f"/exam/{sitting.id}/start").text
    assert f'action="/sittings/{sitting.id}/start"' not in page


def test_without_room_now_the_page_offers_booking_only(session, client, sitting):
    for place in range(1, 4):
        make_booking(session, make_sitting(session, sitting.exam), at(2, 9, 30), place)
    assert f"/exam/{sitting.id}/start" not in client.get("/exam").text
    assert f'action="/sittings/{sitting.id}/start"' not in client.get(f"/exam/{sitting.id}/start").text
