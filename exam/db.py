"""One engine and session holder for the site, with the settings that make SQLite safe for several processes."""

from pathlib import Path
from typing import Any

from flask import Flask, has_request_context, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import ORMExecuteState

from question_bank.orm import Base

READING: dict[str, dict[str, Any]] = {"sqlite": {"reading": True}, "postgresql": {"isolation_level": "AUTOCOMMIT"}}
"""How an engine is used by a request that only reads. PostgreSQL needs no transaction for it: each statement sees what
was committed before, inside of one or not, and one costs two more words with the database."""


class SiteSession(FlaskSession):
    """A session that tells the engine when a request only reads: on SQLite readers then never wait for a writer.

    A GET only reads, until it says `begin_writing`; before, it is refused to write.
    """

    @property
    def only_reads(self) -> bool:
        """Whether this is the session of a GET that hasn't said that it writes."""
        return has_request_context() and request.method in ("GET", "HEAD") and "writing" not in self.info

    def get_bind(
        self,
        mapper: Any | None = None,
        clause: Any | None = None,
        bind: Engine | Connection | None = None,
        **keywords: Any,
    ) -> Engine | Connection:
        """The engine for a statement; for a GET, its reading variant."""
        bound = super().get_bind(mapper, clause, bind, **keywords)
        if isinstance(bound, Engine) and self.only_reads:
            # One variant a session: each is an engine of its own to the session, with a connection of its own.
            variants: dict[Engine, Engine] = self.info.setdefault("reading", {})
            if bound not in variants:
                variants[bound] = bound.execution_options(**READING[bound.dialect.name])
            return variants[bound]
        return bound

    def close(self) -> None:
        """End the session. A connection that broke after its last statement has nothing left to undo: the answer that
        was made with it is good, and isn't spoilt by an error now."""
        try:
            super().close()
        except DBAPIError:
            self.invalidate()


@event.listens_for(SiteSession, "before_flush")
def refuse_flush(session: SiteSession, *_unused: object) -> None:
    """Refuse what a GET would write without having said so: on PostgreSQL nothing could undo it."""
    changed = session.new or session.deleted or any(map(session.is_modified, session.dirty))
    if changed and session.only_reads:
        raise RuntimeError("a GET writes without begin_writing()")


@event.listens_for(SiteSession, "do_orm_execute")
def refuse_statement(state: ORMExecuteState) -> None:
    """The same for a statement that writes."""
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and isinstance(state.session, SiteSession) and state.session.only_reads:
        raise RuntimeError("a GET writes without begin_writing()")


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": SiteSession, "expire_on_commit": False})
migrate = Migrate(directory=str(Path(__file__).parent.parent / "migrations"), compare_type=True, render_as_batch=True)


def make_sqlite_safe(engine: Engine) -> None:
    """Make every transaction on SQLite take its write lock at the start, on a durable write-ahead log.

    With the driver's own transaction mode two processes that read, then write, silently lose updates: the second write
    goes through on a stale read. `BEGIN IMMEDIATE` makes the second one wait instead.
    """

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def begin_writing() -> None:
    """Start this request's transaction anew as one that writes: for a GET that finds something to do.

    What was loaded before is read again. On SQLite a transaction that began as a reading one can't always become one.
    """
    db.session.rollback()
    db.session().info["writing"] = True


def make_folder(engine: Engine) -> None:
    """Make the folder of a new SQLite file."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)


def init_db(app: Flask) -> None:
    """Connect the app to its database."""
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            make_sqlite_safe(db.engine)
