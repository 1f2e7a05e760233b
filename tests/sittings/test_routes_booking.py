"""Booking over HTTP: a time is chosen, changed and given back, and what bad input leads to."""

import pytest
from sqlalchemy import select

from exam.accounts.rules import Role
from exam.sittings.models import Booking
from tests.builders import make_person
from tests.sittings.builders import at, live, make_booking, make_sitting, slot


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
