"""Many reach for the last place at once: real transactions in threads, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.errors import Conflict
from exam.sittings import actions, queries
from exam.sittings.models import Booking
from tests.builders import NOW
from tests.sittings.builders import at, make_booking, make_plain_exam, make_sitting
from tests.support.database import Site, make_site

CANDIDATES = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def own_site(request, new_database):
    """A site whose commits are real."""
    with make_site(new_database(request.param)) as made:
        yield made


def book_at_once(site: Site, sitting_ids: list[int], times: list) -> list[str]:
    """Book for each sitting at its time, all at the same moment; says for each what came of it."""
    together = Barrier(len(sitting_ids))

    def one(sitting_id: int, starts_at: object) -> str:
        with Session(site.engine) as session:
            together.wait()
            try:
                actions.book(session, queries.sitting(session, sitting_id), starts_at, NOW)
            except Conflict as conflict:
                session.rollback()
                return conflict.code
            session.commit()
            return "booked"

    with ThreadPoolExecutor(len(sitting_ids)) as pool:
        return sorted(pool.map(one, sitting_ids, times))


def live(session: Session) -> list[Booking]:
    return list(session.scalars(select(Booking).where(Booking.cancelled_at.is_(None)).order_by(Booking.place)))


def test_the_last_places_go_to_as_many_as_there_are(own_site):
    with Session(own_site.engine) as session:
        exam = make_plain_exam(session, places=3)
        make_booking(session, make_sitting(session, exam), at(4, 10), place=2)
        ids = [make_sitting(session, exam).id for _ in range(CANDIDATES)]
        session.commit()
    assert book_at_once(own_site, ids, [at(4, 10)] * CANDIDATES) == ["booked"] * 2 + ["full"] * (CANDIDATES - 2)
    with Session(own_site.engine) as session:
        assert [one.place for one in live(session)] == [1, 2, 3]


def test_who_is_too_late_for_the_last_place_keeps_the_time_held_before(own_site):
    with Session(own_site.engine) as session:
        exam = make_plain_exam(session, places=1)
        sittings = [make_sitting(session, exam) for _ in range(2)]
        for hour, sitting in enumerate(sittings, 9):
            make_booking(session, sitting, at(5, hour))
        ids = [one.id for one in sittings]
        session.commit()
    assert book_at_once(own_site, ids, [at(4, 10)] * 2) == ["booked", "full"]
    with Session(own_site.engine) as session:
        assert sorted({one.sitting_id for one in live(session)}) == ids
        assert sum(one.starts_at == at(4, 10) for one in live(session)) == 1


def test_one_candidate_in_two_windows_ends_with_one_booking(own_site):
    with Session(own_site.engine) as session:
        sitting_id = make_sitting(session, make_plain_exam(session)).id
        session.commit()
    assert book_at_once(own_site, [sitting_id] * 2, [at(4, 10), at(4, 11)]) == ["booked"] * 2
    with Session(own_site.engine) as session:
        assert len(live(session)) == 1
