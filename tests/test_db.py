"""The session of the site: what it asks of the engine."""

import pytest
from sqlalchemy import NullPool, create_engine, select, text, update
from sqlalchemy.pool import QueuePool

from exam.db import begin_writing, db
from exam.jobs import Lease
from tests.builders import NOW
from tests.support.database import make_site


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_page_reads_on_one_connection(kind, new_database):
    with make_site(new_database(kind)) as site, site.app.test_request_context("/"):
        for _ in range(3):
            db.session.execute(text("SELECT 1"))
        assert isinstance(site.engine.pool, QueuePool)
        assert site.engine.pool.checkedout() == 1
        begin_writing()
        db.session.execute(text("SELECT 1"))
        assert site.engine.pool.checkedout() == 1


def lease(name):
    return Lease(name=name, holder="", held_until=NOW, due_at=NOW)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_page_is_refused_to_write_until_it_has_said_so(kind, new_database):
    with make_site(new_database(kind)) as site, site.app.test_request_context("/"):
        db.session.add(lease("one"))
        with pytest.raises(RuntimeError, match="a GET writes"):
            db.session.flush()
        with pytest.raises(RuntimeError, match="a GET writes"):
            db.session.execute(update(Lease).values(due_at=NOW))
        begin_writing()
        db.session.add(lease("two"))
        db.session.flush()
        db.session.rollback()
        assert not db.session.scalars(select(Lease.name)).all()


def test_the_first_visitor_after_a_restart_of_the_database_notices_nothing(new_database):
    address = new_database("postgresql")
    with make_site(address) as site:
        with site.engine.connect() as kept:
            number = kept.scalar(text("SELECT pg_backend_pid()"))
        with create_engine(address, poolclass=NullPool).connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
        assert site.app.test_client().get("/healthz").status_code == 200


def test_a_connection_that_broke_after_its_last_statement_spoils_no_answer(new_database):
    address = new_database("postgresql")
    with make_site(address) as site, site.app.app_context():
        number = db.session.scalar(text("SELECT pg_backend_pid()"))
        with create_engine(address, poolclass=NullPool).connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
        db.session.remove()
        assert db.session.scalar(text("SELECT 1")) == 1
        assert site.engine.pool.checkedout() == 1
