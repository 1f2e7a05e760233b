"""The pages of sittings: what each stage shows, who may see it, and what bad input leads to."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts.rules import Role
from exam.courses.models import Course, Module, Page
from exam.papers.rules import LateStart
from exam.sittings.models import Booking
from tests.builders import NOW, make_course, make_exam, make_person
from tests.sittings.builders import (
    at,
    make_attempt,
    make_booking,
    make_enrolment,
    make_plain_exam,
    make_sitting,
)
from tests.support.database import count_statements


def slot(moment: datetime) -> str:
    """A start time as the calendar's form sends it."""
    return (moment - timedelta(hours=8)).strftime("%Y-%m-%dT%H:%MZ")


@pytest.fixture
def sitting(session, client, set_clock):
    """The sitting of a new hire who is signed in with the client, looked at when its window has just opened."""
    made = make_sitting(session, make_plain_exam(session, places=3))
    client.sign_in(made.person)
    set_clock(NOW)
    return made


def live(session) -> list[Booking]:
    return list(session.scalars(select(Booking).where(Booking.cancelled_at.is_(None))))


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


# Booking


def test_booking_a_time(session, client, sitting):
    answer = client.post(f"/sittings/{sitting.id}/book", data={"starts_at": slot(at(4, 10, 30))})
    assert answer.status_code == 302
    assert [one.starts_at for one in live(session)] == [at(4, 10, 30)]
    assert "10:30–11:30" in client.get(answer.location).text


def test_full_width_digits_are_read(session, client, sitting):
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    answer = client.post(f"/sittings/{sitting.id}/book", data={"starts_at": slot(at(4, 10)).translate(wide)})
    assert answer.status_code == 302
    assert [one.starts_at for one in live(session)] == [at(4, 10)]


NO_TIMES = [
    None,
    "",
    "   ",
    "明天上午",
    "😀",
    "<script>alert(1)</script>",
    "2026-03-04T02:00",
    "2026-03-04T02:00:00Z",
    "2026-03-04 02:00Z",
    "2026-13-04T02:00Z",
    "2026-03-04T02:15Z",
    "2026-03-02T01:00Z",
    "2026-03-04T20:00Z",
    "2026-03-09T02:00Z",
    "9999-12-31T23:30Z",
    "0001-01-01T00:00Z",
    "2026-03-04T02:00Z" * 1000,
    "\x00",
]


def test_what_is_no_bookable_time_is_refused_on_the_page(session, client, sitting):
    for starts_at in NO_TIMES:
        answer = client.post(f"/sittings/{sitting.id}/book", data={} if starts_at is None else {"starts_at": starts_at})
        assert answer.status_code == 422, starts_at
        assert 'role="alert"' in answer.text, starts_at
        assert "<script>alert" not in answer.text
        assert live(session) == [], starts_at


def test_a_time_that_is_full_by_now_is_refused_and_the_calendar_stays(session, client, sitting):
    for place in range(1, 4):
        make_booking(session, make_sitting(session, sitting.exam), at(4, 10), place)
    answer = client.post(f"/sittings/{sitting.id}/book", data={"starts_at": slot(at(4, 10))})
    assert answer.status_code == 409
    assert 'type="radio"' in answer.text


def test_a_change_that_fails_keeps_the_booked_time_chosen(session, client, sitting):
    make_booking(session, sitting, at(5, 9))
    for place in range(1, 4):
        make_booking(session, make_sitting(session, sitting.exam), at(4, 10), place)
    answer = client.post(f"/sittings/{sitting.id}/book", data={"starts_at": slot(at(4, 10))})
    assert answer.status_code == 409
    assert answer.text.count(" checked") == 1
    assert [one.starts_at for one in session.scalars(select(Booking).where(Booking.sitting_id == sitting.id))] == [
        at(5, 9)
    ]
    assert live(session)[0].cancelled_at is None


def test_another_exams_time_is_refused(session, client, sitting):
    sitting.exam.shuts_at = at(2, 10).time()
    answer = client.post(f"/sittings/{sitting.id}/book", data={"starts_at": slot(at(4, 14))})
    assert answer.status_code == 422


def test_a_booking_is_cancelled(session, client, sitting):
    make_booking(session, sitting, at(4, 10))
    assert client.post(f"/sittings/{sitting.id}/cancel").status_code == 302
    assert live(session) == []
    assert client.post(f"/sittings/{sitting.id}/cancel").status_code == 422


@pytest.mark.parametrize("act", ["book", "cancel", "reopen"])
def test_without_the_token_nothing_happens(session, client, sitting, act):
    make_booking(session, sitting, at(4, 10))
    client.sign_in(make_person(session, Role.NEW_HIRE, Role.HR)) if act == "reopen" else None
    answer = client.post(f"/sittings/{sitting.id}/{act}", data={"starts_at": slot(at(4, 11))}, csrf=False)
    assert answer.status_code == 400
    assert [one.starts_at for one in live(session)] == [at(4, 10)]


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


# Reopening


@pytest.fixture
def hr(session, clients):
    return clients().sign_in(make_person(session, Role.HR))


def test_hr_reopens_a_missed_window_and_comes_back(session, hr, client, sitting, set_clock):
    set_clock(at(10, 9))
    assert hr.get(f"/sittings/{sitting.id}/reopen?next=/bookings").status_code == 200
    data = {"last_day": "２０２６-03-12", "reason": "住院三天 <b>", "next": "/bookings"}
    answer = hr.post(f"/sittings/{sitting.id}/reopen", data=data)
    assert (answer.status_code, answer.location) == (302, "/bookings")
    assert sitting.closes_at == at(12, 23, 59, 59)
    page = client.get("/exam").text
    assert "住院三天 &lt;b&gt;" in page
    assert 'type="radio"' in page


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"last_day": "2026-03-12", "reason": "  "},
        {"last_day": "2026-03-12", "reason": "长" * 501},
        {"last_day": "明天", "reason": "住院"},
        {"last_day": "2026-02-30", "reason": "住院"},
        {"last_day": "9999-12-31", "reason": "住院"},
        {"last_day": "0001-01-01", "reason": "住院"},
        {"last_day": "2026-03-08", "reason": "住院"},
        {"last_day": "2026-12-31", "reason": "住院"},
    ],
)
def test_reopening_with_bad_input_keeps_what_was_typed(session, hr, sitting, set_clock, data):
    set_clock(at(10, 9))
    answer = hr.post(f"/sittings/{sitting.id}/reopen", data=data)
    assert answer.status_code == 422
    assert "is-bad" in answer.text
    assert data.get("reason", "").strip() in answer.text
    assert data.get("last_day", "") in answer.text
    assert sitting.closes_at == at(8, 23, 59, 59)


def test_the_summary_says_the_whole_error(hr, sitting, set_clock):
    set_clock(at(10, 9))
    page = hr.post(f"/sittings/{sitting.id}/reopen", data={"last_day": "2026-03-12"}).text
    assert page.count("写明原因，以后别人才看得懂。") == 2


def test_a_test_that_was_sat_offers_no_reopening(session, hr, sitting, set_clock):
    make_attempt(session, sitting, at(4, 10))
    set_clock(at(10, 9))
    assert "<textarea" not in hr.get(f"/sittings/{sitting.id}/reopen").text
    answer = hr.post(f"/sittings/{sitting.id}/reopen", data={"last_day": "2026-03-12", "reason": "住院"})
    assert answer.status_code == 422


def test_a_way_back_to_another_site_is_not_taken(hr, sitting, set_clock):
    set_clock(at(10, 9))
    data = {"last_day": "2026-03-12", "reason": "住院", "next": "//evil.example"}
    assert hr.post(f"/sittings/{sitting.id}/reopen", data=data).location == "/"


@pytest.mark.parametrize("role", [Role.NEW_HIRE, Role.TRAINER, Role.ADMIN])
def test_only_hr_reopens(session, clients, sitting, role):
    visitor = clients().sign_in(make_person(session, role))
    assert visitor.get(f"/sittings/{sitting.id}/reopen").status_code == 403
    assert visitor.post(f"/sittings/{sitting.id}/reopen").status_code == 403


def test_reopening_what_is_not_there(hr):
    assert hr.get("/sittings/999999/reopen").status_code == 404


# Who starts when


@pytest.mark.parametrize(
    ("role", "status"), [(Role.TRAINER, 200), (Role.HR, 200), (Role.NEW_HIRE, 403), (Role.ADMIN, 403)]
)
def test_who_may_see_who_starts_when(session, clients, role, status):
    assert clients().sign_in(make_person(session, role)).get("/bookings").status_code == status


def test_bookings_are_listed_from_today_on_page_by_page(session, hr, sitting, set_clock):
    set_clock(at(3, 12))
    exam = make_plain_exam(session, places=30)
    hidden = make_sitting(session, exam, make_person(session, full_name="昨天的人"))
    make_booking(session, hidden, at(2, 17, 30))
    gone = make_sitting(session, exam, make_person(session, full_name="取消的人"))
    make_booking(session, gone, at(4, 10), 29, cancelled_at=NOW)
    early = make_sitting(session, exam, make_person(session, full_name="今早的人"))
    make_booking(session, early, at(3, 9))
    for place in range(1, 23):
        make_booking(session, make_sitting(session, exam), at(4, 10), place)
    page = hr.get("/bookings").text
    assert "今早的人" in page
    assert "昨天的人" not in page
    assert "取消的人" not in page
    assert page.count("<tr>") == 21
    assert hr.get("/bookings?page=2").text.count("<tr>") == 4
    assert hr.get("/bookings?page=99").status_code == 200


def test_the_list_asks_the_same_however_long_it_is(session, hr, sitting, set_clock):
    set_clock(NOW)
    exam = sitting.exam
    make_booking(session, sitting, at(4, 10))
    hr.get("/bookings")
    with count_statements(session) as few:
        hr.get("/bookings")
    for place in range(2, 15):
        make_booking(session, make_sitting(session, exam), at(4, 10), place)
    with count_statements(session) as many:
        hr.get("/bookings")
    assert len(many) == len(few)
