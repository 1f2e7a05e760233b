"""The short way of a start, an answer and a handing in, in front of Flask: where nothing speaks against it.

That is nearly always. It asks what the routes ask: the session's signature and the token's, whose attempt it is,
whether its page is live and the attempt open. It differs in two things: what can't change is remembered, such as an
attempt's layout; and those who come in the same moment share one look at the database and one commit.

Whatever isn't plainly right, it leaves as it came to the routes of Flask, `attempts.start`, `attempts.answer` and
`attempts.submit`, which know each refusal and its words. They alone would do; this makes a hall of a thousand fit on a
small server.
"""

import json
import logging
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from exam import clock
from exam.accounts.tickets import Tickets
from exam.attempts import forms, queries
from exam.attempts.actions import (
    Entry,
    Kept,
    Leaving,
    SaveOutcome,
    Starting,
    hand_in_together,
    save_together,
    start_together,
)
from exam.attempts.rules import Layout, remaining_ms
from exam.availability import is_away
from exam.db import db
from exam.errors import Refused
from exam.gathering import Gathering
from exam.memory import Memory
from exam.security import headers_past_flask
from question_bank.items import response_data

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Entrant = TypeVar("Entrant")
Outcome = TypeVar("Outcome")

log = logging.getLogger(__name__)

ADDRESS = re.compile(
    r"PUT /attempts/(?P<saved>[1-9][0-9]{0,8})/answers/(?P<position>[1-9][0-9]{0,5})"
    r"|POST /attempts/(?P<left>[1-9][0-9]{0,8})/submit"
    r"|POST /sittings/(?P<begun>[1-9][0-9]{0,8})/start"
)
LONGEST = 64 * 1024
"""Bytes of a body that is read here: more than the longest answer has."""
MOST_STARTING = 32
"""How many begin in one transaction."""
MOST_LEAVING = 16
"""How many are handed in by one transaction, some 30 ms, during which each waits for the others."""
LAYOUTS = 1000
"""How many layouts a process remembers, some 25 KB each: about as many candidates as one process serves at once."""


class Said(NamedTuple):
    """An answer to a request."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes = b""


class ShortWay:
    """Serves starts, saves and handings in where nothing speaks against them, and passes on everything else."""

    def __init__(self, app: Flask, onward: "WSGIApplication") -> None:
        self._app = app
        self._onward = onward
        self._zone: ZoneInfo = app.config["JIEYE"].zone
        self._tickets = Tickets(app)
        self._layouts = Memory[int, Layout](LAYOUTS)
        self._line: Session | None = None
        self._starting = Gathering[tuple[Starting, datetime], int | None](self._let_in, MOST_STARTING)
        self._saving = Gathering[Entry, Kept | None](self._keep)
        self._leaving = Gathering[tuple[Leaving, datetime], bool](self._let_go, MOST_LEAVING)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer, or let Flask answer."""
        address = ADDRESS.fullmatch(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        said = self._serve(environ, address) if address else None
        if said is None:
            return self._onward(environ, start_response)
        start_response(said.status, [*said.headers, ("Content-Length", str(len(said.body)))])
        return [said.body]

    def _serve(self, environ: "WSGIEnvironment", address: re.Match[str]) -> Said | None:
        """What is answered; None where nothing was done, because something is unusual or the database is away."""
        now = clock.now()
        try:
            if address["saved"]:
                return self._save(environ, int(address["saved"]), int(address["position"]), now)
            if address["left"]:
                return self._hand_in(environ, int(address["left"]), now)
            return self._start(environ, int(address["begun"]), now)
        except SQLAlchemyError as error:
            # The route meets the same, and knows what to answer.
            if not is_away(error):
                log.exception("a request had to take the long way")
        except (Refused, HTTPException, ValueError, RecursionError):
            pass
        return None

    # A start

    def _start(self, environ: "WSGIEnvironment", sitting_id: int, now: datetime) -> Said | None:
        sent = parse_qs(_body(environ).decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=2)
        who = self._tickets.of(environ, now, sent.get("csrf_token", [""])[0])
        if who is None or sent.get("honest") != ["yes"]:
            return None
        addresses = self._app.url_map.bind_to_environ(environ)  # before anything is done: a wrong Host is refused here
        attempt_id = self._starting.share((Starting(sitting_id, who.person_id, who.session_epoch), now))
        if attempt_id is None:
            return None
        room = addresses.build("attempts.room", {"attempt_id": attempt_id})
        return Said("302 FOUND", [*headers_past_flask(_is_secure(environ), "text/html"), ("Location", room)])

    def _let_in(self, entries: Sequence[tuple[Starting, datetime]]) -> list[int | None]:
        """One transaction for all, as of the last that came. If one can't begin, each goes the long way alone."""
        return self._together("begun", start_together, entries) or [None] * len(entries)

    # An answer

    def _save(self, environ: "WSGIEnvironment", attempt_id: int, position: int, now: datetime) -> Said | None:
        who = self._tickets.of(environ, now, environ.get("HTTP_X_CSRFTOKEN"))
        layout = self._layouts.recall(attempt_id, lambda: self._find_layout(attempt_id)) if who else None
        place = layout.places.get(position) if layout else None
        if who is None or place is None:
            return None
        epoch, sent = forms.read_answer(position, json.loads(_body(environ)))
        data = response_data(place.read(sent.response))
        key = (attempt_id, who.person_id, who.session_epoch, position, epoch, sent.number)
        kept = self._saving.share(Entry(*key, data, now))
        if kept is None:
            return None
        return _data(environ, acknowledgement(SaveOutcome.SAVED, kept.saved_at, kept.deadline, now, self._zone))

    def _find_layout(self, attempt_id: int) -> Layout | None:
        with Session(self._bind(), join_transaction_mode="create_savepoint") as session:
            return queries.layout(session, attempt_id)

    def _keep(self, entries: Sequence[Entry]) -> list[Kept | None]:
        """Keep them for good: an answer may be acknowledged when this has returned. One thread at a time is here."""
        session, self._line = self._line or self._open_line(), None
        try:
            kept = save_together(session, entries)
            session.commit()
        except BaseException:
            _give_up(session)
            raise
        self._line = session
        return kept

    def _open_line(self) -> Session:
        """A session kept from one group to the next. On PostgreSQL each statement is a transaction of its own."""
        bind = self._bind()
        if isinstance(bind, Engine) and bind.dialect.name == "postgresql":
            if not event.contains(bind, "engine_disposed", self._drop_line):
                event.listen(bind, "engine_disposed", self._drop_line)
            bind = bind.connect().execution_options(isolation_level="AUTOCOMMIT")
        return Session(bind, join_transaction_mode="create_savepoint")

    def _drop_line(self, _engine: Engine) -> None:
        line, self._line = self._line, None
        if line:
            _give_up(line)

    def _bind(self) -> Any:
        with self._app.app_context():
            return db.engine

    # Handing in

    def _hand_in(self, environ: "WSGIEnvironment", attempt_id: int, now: datetime) -> Said | None:
        who = self._tickets.of(environ, now, environ.get("HTTP_X_CSRFTOKEN"))
        epoch = forms.leaves_nothing(json.loads(_body(environ))) if who else None
        if who is None or epoch is None:
            return None
        addresses = self._app.url_map.bind_to_environ(environ)
        receipt_url = addresses.build("receipts.receipt", {"attempt_id": attempt_id})
        if not self._leaving.share((Leaving(attempt_id, who.person_id, who.session_epoch, epoch), now)):
            return None
        return _data(environ, {"receipt_url": receipt_url, "late": 0})

    def _let_go(self, entries: Sequence[tuple[Leaving, datetime]]) -> list[bool]:
        """One transaction for all, as of the last that came. If one can't be closed, each goes the long way alone."""
        return self._together("handed in", hand_in_together, entries) or [False] * len(entries)

    # What these share

    def _together(
        self,
        word: str,
        act: Callable[[Session, list[Entrant], datetime], list[Outcome]],
        entries: Sequence[tuple[Entrant, datetime]],
    ) -> list[Outcome] | None:
        with self._app.app_context():
            try:
                outcomes = act(db.session(), [one for one, _now in entries], max(now for _one, now in entries))
                db.session.commit()
            except Exception:
                db.session.rollback()
                log.exception("%d attempts could not be %s together; each is tried alone", len(entries), word)
                return None
        return outcomes


def _give_up(line: Session) -> None:
    line.invalidate()
    if isinstance(line.bind, Connection):
        line.bind.invalidate()
        line.bind.close()


def acknowledgement(
    outcome: SaveOutcome, saved_at: datetime, deadline: datetime, now: datetime, zone: ZoneInfo
) -> dict[str, object]:
    """What a page is told of an answer that was kept; `zone` is that of the clock it shows."""
    return {
        "code": outcome,
        "saved_at": saved_at.isoformat(),
        "saved_clock": saved_at.astimezone(zone).strftime("%H:%M:%S"),
        "remaining_ms": remaining_ms(deadline, now),
    }


def _data(environ: "WSGIEnvironment", said: dict[str, object]) -> Said:
    return Said("200 OK", headers_past_flask(_is_secure(environ), "application/json"), json.dumps(said).encode())


def _is_secure(environ: "WSGIEnvironment") -> bool:
    return bool(environ["wsgi.url_scheme"] == "https")


def _body(environ: "WSGIEnvironment") -> bytes:
    """The body, which can be read again afterwards; ValueError where it is too long, or nobody says how long."""
    length = int(environ.get("CONTENT_LENGTH") or "")
    if not 0 <= length <= LONGEST:
        raise ValueError("too long")
    body: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = BytesIO(body)
    return body


def init_short_way(app: Flask) -> None:
    """Put the short way in front of the app. Call it when the app's settings and session are complete."""
    app.wsgi_app = ShortWay(app, app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way
