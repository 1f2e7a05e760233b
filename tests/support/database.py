"""The databases that tests run on: made once a run, and handed to each test as if untouched."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from config import Config
from exam.app import create_app
from exam.attempts import showing
from exam.db import db
from question_bank.catalogue import forget_items

SESSION = {"autoflush": True, "expire_on_commit": False, "join_transaction_mode": "create_savepoint"}


def testing_config(database_url: str, **settings: object) -> Config:
    """The settings of a site under test; `settings` replace single ones."""
    values = {"environment": "test", "secret_key": "a key of the tests", "password_hash": "cheap", "jobs": False}
    return Config(**{**values, "database_url": database_url, **settings})


TEMPLATES = FileSystemBytecodeCache()
"""Keeps compiled templates, by a digest of their source, for the apps of all processes: each would compile all anew."""


def make_app(database_url: str, **settings: object) -> Flask:
    """The site as a test has it, on any database; `settings` replace single ones of `testing_config`."""
    app = create_app(testing_config(database_url, **settings))
    app.jinja_env.bytecode_cache = TEMPLATES
    return app


@dataclass(frozen=True)
class Site:
    """An app on a database that has all tables."""

    app: Flask
    engine: Engine

    @contextmanager
    def untouched(self) -> Iterator[Connection]:
        """Lend the database for one test: whatever is committed in it, by routes too, is gone afterwards.

        All sessions share one connection, whose outer transaction is never committed; their commits are savepoints.
        """
        forget()
        # Not for the whole test: requests would share the context, and with it the person who is signed in.
        with self.app.app_context():
            engines = db.engines
        settings = dict(self.app.config)
        with self.engine.connect() as connection:
            outer = connection.begin()
            engines[None] = connection  # type: ignore[assignment]  # a session takes a connection as well
            try:
                yield connection
            finally:
                engines[None] = self.engine
                self.app.config.clear()
                self.app.config.update(settings)
                outer.rollback()


def forget() -> None:
    """What was taught this process on another database, or by an earlier test under the same numbers, is forgotten."""
    forget_items()
    showing.forget()


@contextmanager
def make_site(database_url: str) -> Iterator[Site]:
    """Build the app and its tables on an empty database.

    SQLite gives rows of which no order was asked the other way round than it usually would: who relies on it is found.
    """
    app = make_app(database_url)
    with app.app_context():
        engine = db.engine
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA reverse_unordered_selects=ON").close())
        db.create_all()
    db.session.session_factory.configure(**SESSION)
    try:
        yield Site(app, engine)
    finally:
        engine.dispose()


def statements_of(session: Session, client: Any, pages: Sequence[str]) -> list[int]:
    """How many statements each of these pages takes."""
    counts = []
    for page in pages:
        with count_statements(session) as statements:
            client.get(page)
        counts.append(len(statements))
    return counts


@contextmanager
def count_statements(on: Session | Engine | Connection) -> Iterator[list[str]]:
    """Collect the SQL sent while the block runs, savepoints left out, for tests of how a page grows with its rows."""
    bind = on.get_bind() if isinstance(on, Session) else on
    engine = bind.engine
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK TO")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
