"""Who is asking, read from a request before Flask has it, for the few that `attempts/short_way.py` serves there.

That a signature is ours can't change, so it is remembered. Whether the person may still come in is asked elsewhere,
each time: a ticket only says whom the session is for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any

from flask import Flask
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.http import parse_cookie

from exam.accounts.session import Identity, read_identity
from exam.memory import Memory

REMEMBERED = 2000
"""Cookies and tokens a process remembers, less than 1 KB each."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a session cookie says, once its signature has been found to be ours."""

    identity: Identity
    csrf_token: str
    signed_at: datetime


class Tickets:
    """Reads sessions and their tokens as Flask and Flask-WTF do: the same keys, the same salts, the same lifetime."""

    def __init__(self, app: Flask) -> None:
        self._cookie = app.config["SESSION_COOKIE_NAME"]
        self._lifetime = app.permanent_session_lifetime
        self._sessions = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # SteadyCookie
        self._tokens = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token")
        self._tickets = Memory[str, Ticket](REMEMBERED)
        self._raw_tokens = Memory[str, str](REMEMBERED)

    def of(self, environ: Mapping[str, Any], now: datetime, token: str | None) -> Identity | None:
        """Whom a session is for: one of ours, not too old, sent with its own token, which no other site can send."""
        cookie = parse_cookie(environ.get("HTTP_COOKIE")).get(self._cookie)
        if not cookie or not token:
            return None
        ticket = self._tickets.recall(cookie, lambda: self._read_ticket(cookie))
        if ticket is None or now - ticket.signed_at > self._lifetime:
            return None
        raw = self._raw_tokens.recall(token, lambda: self._read_token(token))
        return ticket.identity if raw and compare_digest(raw, ticket.csrf_token) else None

    def _read_ticket(self, cookie: str) -> Ticket | None:
        try:
            data, signed_at = self._sessions.loads(cookie, return_timestamp=True)
        except BadData:
            return None
        identity, token = read_identity(data.get("_user_id", "")), data.get("csrf_token")
        return Ticket(identity, token, signed_at) if identity and token else None

    def _read_token(self, token: str) -> str | None:
        try:
            return str(self._tokens.loads(token))
        except BadData:
            return None
