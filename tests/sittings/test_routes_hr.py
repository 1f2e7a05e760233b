"""HR's pages of sittings: reopening a missed window, and who starts when."""

import pytest

from exam.accounts.rules import Role
from tests.builders import NOW, make_person
from tests.sittings.builders import at, make_attempt, make_booking, make_plain_exam, make_sitting
from tests.support.database import count_statements

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
