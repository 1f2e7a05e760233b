"""The last two gaps closed in the same moment: real transactions in threads, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam import events
from exam.courses import actions
from exam.courses.models import Enrolment, Page, PageProgress
from tests.builders import NOW, make_person
from tests.courses.builders import make_course, make_enrolment, pages_of
from tests.support.database import make_site


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, new_database):
    """A database whose commits are real."""
    with make_site(new_database(request.param)) as made:
        yield made.engine


@pytest.mark.parametrize("same_page", [False, True], ids=["two last pages", "the last page twice"])
def test_two_last_acts_at_once_complete_the_course_once(engine, same_page):
    with Session(engine) as session:
        course = make_course(session, 1 if same_page else 2)
        enrolment_id = make_enrolment(session, make_person(session), course).id
        page_ids = [page.id for page in pages_of(session, course)] * (2 if same_page else 1)
        session.commit()
    told: list[int] = []
    together = Barrier(len(page_ids))

    def listen(enrolment, **_rest):
        told.append(enrolment.id)

    def finish(page_id: int) -> bool:
        with Session(engine) as session:
            together.wait()
            enrolment, page = session.get_one(Enrolment, enrolment_id), session.get_one(Page, page_id)
            completed = actions.finish_page(session, enrolment, page, NOW)
            session.commit()
            return completed

    with events.course_completed.connected_to(listen), ThreadPoolExecutor(len(page_ids)) as pool:
        assert sorted(pool.map(finish, page_ids)) == [False, True]
    assert told == [enrolment_id]
    with Session(engine) as session:
        assert session.get_one(Enrolment, enrolment_id).completed_at == NOW
        assert session.scalar(select(func.count()).select_from(PageProgress)) == len(set(page_ids))
