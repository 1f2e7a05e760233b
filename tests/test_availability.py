"""A database that is away makes a 503 with Retry-After, never a fault, a hang or a word too much."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg import errors
from sqlalchemy import create_engine, event, exc, select, text
from sqlalchemy.orm import Session

from exam.app import create_app
from exam.attempts.models import Answer
from exam.availability import RETRY_AFTER, Patience, engine_options, hold_back, is_away
from exam.db import db
from question_bank.items import Kind
from tests.attempts.builders import begin, places
from tests.builders import NOW, make_person
from tests.support.client import CheckingClient
from tests.support.database import testing_config
from tests.support.postgres import Cluster, postgres_cluster

AS_SCRIPT = {"Accept": "application/json"}


def of_sqlite(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("…")
    error.sqlite_errorcode = code
    return error


def wrapped(cause: Exception, kind: type[exc.DBAPIError] = exc.OperationalError, gone: bool = False) -> exc.DBAPIError:
    return kind("SELECT 1", {}, cause, connection_invalidated=gone)


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (exc.TimeoutError("no connection in the pool"), True),
        (exc.PendingRollbackError("…", code="8s2b"), True),
        (exc.PendingRollbackError("…", code="7s2a"), False),
        (exc.NoResultFound("…"), False),
        (wrapped(errors.TooManyConnections()), True),
        (wrapped(errors.DiskFull()), True),
        (wrapped(errors.AdminShutdown()), True),
        (wrapped(errors.CannotConnectNow()), True),
        (wrapped(errors.DeadlockDetected()), True),
        (wrapped(errors.SerializationFailure()), True),
        (wrapped(errors.LockNotAvailable()), True),
        (wrapped(errors.ReadOnlySqlTransaction(), exc.InternalError), True),
        (wrapped(psycopg.InterfaceError("the connection is closed"), exc.InterfaceError), True),
        (wrapped(psycopg.DatabaseError(), exc.DatabaseError, gone=True), True),
        (wrapped(errors.UndefinedTable(), exc.ProgrammingError), False),
        (wrapped(errors.UniqueViolation(), exc.IntegrityError), False),
        (wrapped(of_sqlite(sqlite3.SQLITE_BUSY)), True),
        (wrapped(of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT)), True),
        (wrapped(of_sqlite(sqlite3.SQLITE_FULL)), True),
        (wrapped(of_sqlite(sqlite3.SQLITE_IOERR_WRITE)), True),
        (wrapped(of_sqlite(sqlite3.SQLITE_CANTOPEN)), True),
        (wrapped(of_sqlite(sqlite3.SQLITE_READONLY)), True),
        (wrapped(of_sqlite(sqlite3.SQLITE_ERROR)), False),
    ],
    ids=lambda value: type(getattr(value, "orig", value)).__name__,
)
def test_what_counts_as_away(error: exc.SQLAlchemyError, away: bool) -> None:
    assert is_away(error) is away


def test_an_engine_never_waits_for_long() -> None:
    options = engine_options("postgresql+psycopg://somewhere")
    assert options["pool_timeout"] + options["connect_args"]["connect_timeout"] <= 6
    assert options["pool_size"] + options["max_overflow"] == 15
    assert "connect_args" not in engine_options("sqlite:////somewhere")
    assert "pool_size" not in engine_options("sqlite://")


class Slow:
    """A dialect whose connecting takes a second by a clock of the test's own."""

    loaded_dbapi = SimpleNamespace(Error=psycopg.Error, OperationalError=psycopg.OperationalError)

    def __init__(self, monkeypatch: pytest.MonkeyPatch, takes: float) -> None:
        self.time, self.takes, self.tries = 100.0, takes, 0
        monkeypatch.setattr("exam.availability.time.monotonic", lambda: self.time)

    def connect(self) -> None:
        self.tries += 1
        self.time += self.takes
        raise psycopg.OperationalError("timeout")


@pytest.mark.parametrize(("takes", "tries"), [(3, 1), (0.1, 5)])
def test_nobody_waits_again_for_what_was_just_waited_for(
    monkeypatch: pytest.MonkeyPatch, takes: float, tries: int
) -> None:
    slow, patience = Slow(monkeypatch, takes), Patience()
    for _ in range(5):
        with pytest.raises(psycopg.OperationalError):
            patience.connect(slow, None, (), {})
    assert slow.tries == tries
    slow.time += 1
    with pytest.raises(psycopg.OperationalError):
        patience.connect(slow, None, (), {})
    assert slow.tries == tries + 1


def test_a_refused_connection_is_an_error_of_the_database() -> None:
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:9/nothing")
    patience = Patience()
    patience.waits_from = float("inf")
    event.listen(engine, "do_connect", patience.connect)
    with pytest.raises(exc.OperationalError, match="a moment ago"), engine.connect():
        pass


# With a database that goes away


@pytest.fixture(autouse=True)
def during_the_test(set_clock: Callable[[datetime], None]) -> None:
    set_clock(NOW + timedelta(minutes=1))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with postgres_cluster() as started:
        yield started


def make_app(url: str) -> Flask:
    app = create_app(testing_config(url))
    with app.app_context():
        db.create_all()
    return app


def room_of_somebody(app: Flask) -> tuple[CheckingClient, str]:
    """Somebody signed in, and where the answer to a short answer goes."""
    client = CheckingClient(app, response_wrapper=app.response_class)
    with app.app_context(), Session(db.engine, expire_on_commit=False) as session:
        person = make_person(session)
        attempt = begin(session, person)
        session.commit()
        client.sign_in(person)
        return client, f"/attempts/{attempt.id}/answers/{places(attempt, Kind.SHORT_ANSWER)[0]}"


def put(client: CheckingClient, address: str, number: int = 1, words: str = "停电前写的") -> Any:
    sent = {"epoch": 1, "number": number, "response": {"text": words}}
    return client.put(address, json=sent, headers=AS_SCRIPT)


def assert_unavailable(answer: Any) -> None:
    assert answer.status_code == 503
    assert RETRY_AFTER[0] <= int(answer.headers["Retry-After"]) <= RETRY_AFTER[1]


def test_a_stopped_postgresql_is_a_503_everywhere_and_needs_no_restart(cluster: Cluster) -> None:
    app = make_app(cluster.url.replace("postgresql://", "postgresql+psycopg://"))
    client, address = room_of_somebody(app)
    assert client.get("/exam").status_code == 200
    cluster.stop()
    for _ in range(2):
        answer = put(client, address)
        assert_unavailable(answer)
        assert answer.get_json()["code"] == "unavailable"
    for path in ("/", "/exam", "/no/such/page"):
        page = client.get(path)
        assert_unavailable(page)
        assert "127.0.0.1" not in page.text
    assert_unavailable(client.post("/exam", data={}))
    assert client.get("/healthz").status_code == 503
    cluster.start()
    assert client.get("/exam").status_code == 200
    cluster.kill()
    assert_unavailable(put(client, address))
    cluster.start()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Flask]:
    app = make_app(f"sqlite:///{tmp_path / 'jieye.sqlite'}")
    yield app
    with app.app_context():
        db.engine.dispose()


def pragma(app: Flask, statement: str) -> None:
    """Set something on every connection from now on."""

    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA {statement}")

    with app.app_context():
        db.engine.dispose()
        event.listen(db.engine, "connect", configure)


@pytest.mark.parametrize("on", ["sqlite", "postgresql"])
def test_whose_clock_has_not_been_looked_at_answers_nobody(on: str, new_database: Callable[[str], str]) -> None:
    app = make_app(new_database(on))
    client, address = room_of_somebody(app)
    held = True
    hold_back(app, lambda: held)
    answer = put(client, address)
    assert_unavailable(answer)
    assert answer.get_json()["code"] == "unavailable"
    for path in ("/exam", "/healthz"):
        assert client.get(path).status_code == 503
    held = False
    assert put(client, address).status_code == 200
    assert client.get("/exam").status_code == 200
    with app.app_context():
        db.engine.dispose()


def test_a_locked_sqlite_is_a_503_for_who_writes(on_sqlite: Flask) -> None:
    client, address = room_of_somebody(on_sqlite)
    pragma(on_sqlite, "busy_timeout=1")
    with on_sqlite.app_context():
        engine = db.engine
    with engine.connect() as other:
        other.execute(text("SELECT 1"))  # which begins with the lock
        answer = put(client, address)
        assert_unavailable(answer)
        assert answer.get_json()["code"] == "unavailable"
        assert client.get("/exam").status_code == 200
    assert put(client, address).status_code == 200


def test_nothing_is_called_saved_that_a_full_disk_has_not_taken(on_sqlite: Flask) -> None:
    client, address = room_of_somebody(on_sqlite)
    with on_sqlite.app_context(), db.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    pragma(on_sqlite, f"max_page_count={pages + 8}")
    statuses = [put(client, address, number, "很长" * 1000).status_code for number in range(1, 21)]
    assert set(statuses) == {200, 503}
    with on_sqlite.app_context(), Session(db.engine) as session:
        kept = set(session.scalars(select(Answer.number)))
    assert kept == {number for number, status in enumerate(statuses, start=1) if status == 200}


def test_a_statement_that_is_wrong_stays_a_fault(on_sqlite: Flask) -> None:
    client, _address = room_of_somebody(on_sqlite)
    with on_sqlite.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE booking RENAME TO elsewhere"))
    with pytest.raises(exc.OperationalError, match="no such table"):
        client.get("/exam")
