"""A database that is away: how long it is waited for, what counts as away, and what is answered meanwhile.

Whatever is asked is answered 503 with Retry-After, within some five seconds, and nothing is said to be saved. A page
keeps what it has and tries again; the same answer sent twice is kept once. Nothing has to be restarted afterwards.
"""

import logging
import random
import time
from collections.abc import Callable, Iterable
from selectors import EVENT_READ, DefaultSelector
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, g, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from exam.db import db
from exam.errors import wants_json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)

POOL = {"pool_size": 12, "max_overflow": 3, "pool_timeout": 3}
"""Connections of a process: as many kept as a server's threads and the jobs need at once; seconds to wait for one."""
ON_POSTGRESQL = {
    "connect_timeout": 3,
    # A host that is gone without a word: milliseconds until what was sent, seconds until what is silent, is given up.
    "tcp_user_timeout": 3000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}
RETRY_AFTER = (2, 5)
"""Seconds; a random number between them, so that a whole hall doesn't come back in the same moment."""
SLOW = 0.5
"""Seconds after which a connection that couldn't be made was waited for in vain…"""
PAUSE = 1.0
"""…and seconds for which nobody else then waits."""

SQLITE_AWAY = frozenset({5, 6, 7, 8, 10, 13, 14, 15})
"""Busy, locked, out of memory, read-only, an error of the disk, full, can't be opened, a protocol of locks that failed:
https://sqlite.org/rescode.html. A statement that is wrong (1) is our fault, not the database's."""
READ_ONLY = "25006"
"""PostgreSQL's word for a standby, or a primary that has just become one."""
MUST_ROLL_BACK = "8s2b"
"""SQLAlchemy's word for a session whose connection broke earlier in the request."""


def engine_options(database_url: str) -> dict[str, Any]:
    """How the engine connects: never for long, so that a database that is away makes an answer and not a hang."""
    options: dict[str, Any] = {}
    if database_url != "sqlite://":
        options |= POOL
    if database_url.startswith("postgresql"):
        options["connect_args"] = dict(ON_POSTGRESQL)
    return options


def is_away(error: SQLAlchemyError) -> bool:
    """Whether the database is to blame and trying again may help: away, full, out of connections, locked, deadlocked.

    A deadlock and a serialization failure count as well: what was undone can be asked for again.
    """
    if isinstance(error, PoolTimeout) or error.code == MUST_ROLL_BACK:
        return True
    if not isinstance(error, DBAPIError):
        return False
    sqlite_code = getattr(error.orig, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return sqlite_code & 0xFF in SQLITE_AWAY
    operational = isinstance(error, OperationalError | InterfaceError)
    return operational or error.connection_invalidated or getattr(error.orig, "sqlstate", None) == READ_ONLY


def refuse_broken(connection: Any, _record: Any, _proxy: Any) -> None:
    """Replace a kept connection that the database has closed, for SQLAlchemy's event `checkout`.

    A database that stops says so, and a lost host is noticed by the system (`ON_POSTGRESQL`): either way there is
    something to read on a connection that nobody has asked anything. To ask would cost each request a turn of both.
    """
    with DefaultSelector() as selector:
        if connection.closed or not selector.register(connection.fileno(), EVENT_READ) or selector.select(0):
            raise InvalidatePoolError


class Patience:
    """Lets nobody wait again for what somebody has just waited for in vain; says once a second what is the matter."""

    def __init__(self) -> None:
        self.waits_from = 0.0
        self.says_from = 0.0

    def connect(self, dialect: Any, _record: Any, arguments: Any, keywords: Any) -> Any:
        """Connect, for SQLAlchemy's event `do_connect`."""
        began = time.monotonic()
        if began < self.waits_from:
            raise dialect.loaded_dbapi.OperationalError("the database did not answer a moment ago")
        try:
            return dialect.connect(*arguments, **keywords)
        except dialect.loaded_dbapi.Error:
            if time.monotonic() - began > SLOW:
                self.waits_from = time.monotonic() + PAUSE
            raise

    def say(self, error: SQLAlchemyError) -> None:
        """One line for the log, not one for each of a hundred requests."""
        if time.monotonic() >= self.says_from:
            self.says_from = time.monotonic() + PAUSE
            log.warning("the database is away: %s", str(getattr(error, "orig", None) or error).partition("\n")[0])


def ask_nothing() -> None:
    """Let nothing more in this request ask the database, not even who is asking."""
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]  # Flask-Login's own
    try:
        db.session.rollback()
    except SQLAlchemyError:  # whatever is left of its connection
        db.session.remove()


def unavailable(error: SQLAlchemyError) -> ResponseReturnValue:
    """Say that the site is out of reach for a moment; raises an error again that isn't of that kind."""
    if not is_away(error):
        raise error
    patience: Patience = current_app.extensions["patience"]
    patience.say(error)
    ask_nothing()
    if wants_json():
        message = _("The site is out of reach for a moment. Try again in a few seconds.")
        response = jsonify(code="unavailable", message=message)
    else:
        response = make_response(render_template("errors/broken.html", status=503))
    response.headers["Retry-After"] = str(random.randint(*RETRY_AFTER))
    return response, 503


def init_availability(app: Flask) -> None:
    """Answer 503 instead of 500 while the database is away. Call it after the database is connected."""
    patience = app.extensions["patience"] = Patience()
    with app.app_context():
        event.listen(db.engine, "do_connect", patience.connect)
        if db.engine.dialect.name == "postgresql":
            event.listen(db.engine, "checkout", refuse_broken)
    app.register_error_handler(SQLAlchemyError, unavailable)


def hold_back(app: Flask, until_later: Callable[[], bool]) -> None:
    """As long as this says so, answer whatever is asked as if the database were away. Call it before serving."""

    def refuse() -> None:
        if until_later():
            raise OperationalError("", None, Exception("this process's clock has not been looked at yet"))

    onward = app.wsgi_app

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # The short way in front of Flask asks nobody: it is left out.
        return (Flask.wsgi_app.__get__(app) if until_later() else onward)(environ, start_response)

    app.before_request_funcs.setdefault(None, []).insert(0, refuse)
    app.wsgi_app = serve  # type: ignore[method-assign]  # Flask's own way
