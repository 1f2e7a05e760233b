"""Starts of many at once: what is plainly right goes together, and all else is left to a start of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fractions import Fraction
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.attempts import actions
from exam.attempts.actions import Starting, start_together
from exam.attempts.models import Attempt, RoomEvent
from exam.db import db
from exam.papers.models import Exam
from exam.sittings.models import Booking, Sitting
from tests.attempts.builders import make_ready_sitting
from tests.builders import NOW, make_exam, make_person
from tests.sittings.builders import make_booking
from tests.support.client import CheckingClient
from tests.support.database import count_statements, make_site

LATER = NOW + timedelta(minutes=1)
MANY = 12


@pytest.fixture
def exam(session: Session) -> Exam:
    return make_exam(session, places=1000)


def ready(session: Session, exam: Exam) -> Sitting:
    sitting = make_ready_sitting(session, exam=exam)
    actions.prepare(session, NOW)
    return sitting


def pressed(sitting: Sitting) -> Starting:
    """A start there is nothing against."""
    return Starting(sitting.id, sitting.person_id, 0)


def test_each_begins_with_their_own_paper_and_time(session: Session, exam: Exam) -> None:
    plain, slow, booked = ready(session, exam), ready(session, exam), ready(session, exam)
    slow.person.time_factor = Fraction(5, 4)
    make_booking(session, booked, NOW)
    ids = start_together(session, [pressed(plain), pressed(slow), pressed(booked), pressed(plain)], LATER)
    assert ids[0] == ids[3]
    attempts = [session.get_one(Attempt, id) for id in ids[:3]]
    assert [one.sitting_id for one in attempts] == [plain.id, slow.id, booked.id]
    assert [one.minutes for one in attempts] == [60, 75, 60]
    assert [one.deadline - LATER for one in attempts] == [timedelta(minutes=minutes) for minutes in (60, 75, 60)]
    assert {one.started_at for one in attempts} == {LATER}
    assert len({one.paper_id for one in attempts}) == 3
    alone = session.get_one(Attempt, actions.start_own(session, *ids_of(ready(session, exam)), LATER))
    for name in ("pass_percent", "distinction_percent", "credit_rule", "grace_seconds", "outage_credit", "exam_id"):
        assert {getattr(one, name) for one in attempts} == {getattr(alone, name)}
    rooms = session.scalars(select(RoomEvent.attempt_id).where(RoomEvent.kind == "started"))
    assert sorted(rooms) == sorted([*ids[:3], alone.id])


def ids_of(sitting: Sitting) -> tuple[int, int]:
    return sitting.person_id, sitting.id


def test_many_take_as_many_statements_as_one(session: Session, exam: Exam) -> None:
    sittings = [ready(session, exam) for _ in range(9)]
    numbers = []
    for some in (sittings[:1], sittings[1:]):
        with count_statements(session) as statements:
            assert all(start_together(session, [pressed(one) for one in some], LATER))
        numbers.append(len(statements))
    assert numbers == [5, 5]


def begun(session: Session, sitting: Sitting) -> Starting:
    actions.start_own(session, *ids_of(sitting), NOW)
    return pressed(sitting)


def of_somebody_else(session: Session, sitting: Sitting) -> Starting:
    return Starting(sitting.id, make_person(session).id, 0)


def signed_out_since(_session: Session, sitting: Sitting) -> Starting:
    return Starting(sitting.id, sitting.person_id, 1)


def closed_out(session: Session, sitting: Sitting) -> Starting:
    sitting.person.active = False
    session.flush()
    return pressed(sitting)


def without_own_password(session: Session, sitting: Sitting) -> Starting:
    sitting.person.must_change_password = True
    session.flush()
    return pressed(sitting)


def without_the_role(session: Session, sitting: Sitting) -> Starting:
    sitting.person.role_rows = []
    session.flush()
    return pressed(sitting)


def unknown(_session: Session, sitting: Sitting) -> Starting:
    return Starting(0, sitting.person_id, 0)


def not_open_yet(session: Session, sitting: Sitting) -> Starting:
    sitting.opens_at = LATER + timedelta(seconds=1)
    session.flush()
    return pressed(sitting)


def too_late(session: Session, sitting: Sitting) -> Starting:
    sitting.closes_at = LATER + timedelta(minutes=59)
    session.flush()
    return pressed(sitting)


def booked_for_later(session: Session, sitting: Sitting) -> Starting:
    make_booking(session, sitting, NOW + timedelta(hours=2))
    return pressed(sitting)


def without_a_fresh_paper(session: Session, sitting: Sitting) -> Starting:
    sitting.exam.blueprint_edition += 1
    session.flush()
    return pressed(sitting)


@pytest.mark.parametrize(
    "change",
    [
        begun, of_somebody_else, signed_out_since, closed_out, without_own_password, without_the_role, unknown,
        not_open_yet, too_late, booked_for_later, without_a_fresh_paper,
    ],
    ids=lambda change: change.__name__,
)  # fmt: skip
def test_what_is_unusual_is_left_alone(session: Session, change: Callable[[Session, Sitting], Starting]) -> None:
    one = change(session, ready(session, make_exam(session, places=1000)))
    other = ready(session, make_exam(session, places=1000))
    bookings = select(func.count()).where(Booking.cancelled_at.is_not(None))
    ids = start_together(session, [one, pressed(other)], LATER)
    assert ids[0] is None
    assert ids[1]
    assert session.scalar(bookings) == 0


def test_a_nearly_full_room_is_left_to_those_who_come_one_by_one(session: Session) -> None:
    exam = make_exam(session, places=150)
    unbooked, booked = ready(session, exam), ready(session, exam)
    make_booking(session, booked, NOW)
    assert [bool(id) for id in start_together(session, [pressed(unbooked), pressed(booked)], LATER)] == [False, True]


def test_a_hall_that_presses_at_once_is_let_in_by_the_short_way(
    database: str,
    new_database: Callable[[str], str],
    set_clock: Callable[[object], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_clock(NOW)
    monkeypatch.delattr(actions, "start_own")  # the long way would answer 500
    with make_site(new_database(database)) as site:
        with Session(site.engine, expire_on_commit=False) as session:
            exam = make_exam(session, places=1000)
            sittings = [make_ready_sitting(session, exam=exam) for _ in range(MANY)]
            actions.prepare(session, NOW)
            session.commit()
            clients = [CheckingClient(site.app, response_wrapper=site.app.response_class) for _ in sittings]
            for client, sitting in zip(clients, sittings, strict=True):
                client.sign_in(sitting.person)
        together = Barrier(MANY)

        def press(number: int) -> str:
            form = {"csrf_token": clients[number].csrf_token(), "honest": "yes"}
            together.wait(timeout=10)
            answer = clients[number].post(f"/sittings/{sittings[number].id}/start", data=form, csrf=False)
            return f"{answer.status_code} {answer.location}"

        with ThreadPoolExecutor(MANY) as threads:
            said = list(threads.map(press, range(MANY)))
        with site.app.app_context(), Session(db.engine) as session:
            found = dict(session.execute(select(Attempt.sitting_id, Attempt.id)).all())
        assert said == [f"302 /attempts/{found[one.id]}" for one in sittings]
