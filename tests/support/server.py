"""A real server for the browser tests: one process with the test, so that a test can set the clock and look inside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any

from flask import Flask, got_request_exception
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Page
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from exam.db import db
from tests.support.database import make_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class QuietHandler(WSGIRequestHandler):
    """Serves without a log line for each request; each has a connection of its own, so that none outlives `stop`."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


def closing(app: Flask) -> WSGIApplication:
    """Close what an answer reads from even when its reader has gone; werkzeug's server forgets a file then."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        body = app(environ, start_response)
        try:
            yield from body
        finally:
            getattr(body, "close", lambda: None)()

    return answer


class LiveServer:
    """The site on a free port, on a database of its own that outlives `stop` and `start`."""

    def __init__(self, database_url: str, **settings: object) -> None:
        self._database_url, self._settings, self._port = database_url, settings, 0
        self._server: BaseWSGIServer | None = None
        self._engine: Engine | None = None
        self.errors: list[str] = []
        """What went wrong in routes; the fixture fails the test for it. Clear it where a failure is wanted."""
        self.start()

    @property
    def url(self) -> str:
        """Where the site is, without a slash at the end; the same after a restart."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Build the app afresh, as a new process would, and serve it."""
        self.app = make_app(self._database_url, **self._settings)
        with self.app.app_context():
            db.create_all()
            self._engine = db.engine
        got_request_exception.connect(self._note, self.app)
        self._server = make_server(
            "127.0.0.1", self._port, closing(self.app), threaded=True, request_handler=QuietHandler
        )
        self._port = self._server.server_port
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def _note(self, _app: Flask, exception: BaseException) -> None:
        self.errors.append(repr(exception))

    def stop(self) -> None:
        """Stop answering; whoever asks now is refused the connection."""
        assert self._server
        assert self._engine
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._engine.dispose()

    def restart(self) -> None:
        """Stop, and start again on the same address."""
        self.stop()
        self.start()

    def sign_in(self, page: Page, person: Any) -> None:
        """Make this page's browser the person's, without the cost of a password."""
        serializer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert serializer
        value = serializer.dumps({"_user_id": person.get_id(), "_fresh": True})
        page.context.add_cookies([{"name": self.app.config["SESSION_COOKIE_NAME"], "value": value, "url": self.url}])

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session on the server's database; what the block did is committed at its end."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session
            session.commit()
