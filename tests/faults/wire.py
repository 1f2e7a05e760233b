"""One browser's way to the server, in the terms of `exam/static/room/server.js`: it answered, or it didn't."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

PATIENCE = 10.0
"""Seconds until an answer that doesn't come counts as none."""


class NoAnswer(Exception):
    """The server couldn't be reached, or is in trouble (`status`): worth trying again, not before `retry_after`."""

    def __init__(self, status: int | None = None, retry_after: float = 0) -> None:
        super().__init__(f"status {status}" if status else "nobody there")
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True)
class Answer:
    """What came back, and between which moments (this machine's clock, UTC) it was asked and heard."""

    status: int
    text: str
    sent: datetime
    heard: datetime
    location: str | None = None

    @property
    def data(self) -> dict[str, Any]:
        """The JSON; empty where the answer is none."""
        try:
            found = json.loads(self.text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def code(self) -> str:
        """The word for programs in it."""
        return str(self.data.get("code", self.status))


@dataclass
class Wire:
    """A connection that is kept, like a browser's, and made anew whenever it breaks; not for several threads."""

    url: str
    """Where requests go: the server, or something unreliable before it."""
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    patience: float = PATIENCE
    _connection: HTTPConnection | None = None

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        """Send JSON (or nothing) and give the answer, whatever it says below 500. Raises NoAnswer."""
        sends = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return self._send(method, path, sends, "application/json", "application/json")

    def page(self, path: str) -> Answer:
        """Open a page as a person does."""
        return self._send("GET", path, None, "text/html", "")

    def form(self, path: str, **fields: str) -> Answer:
        """Send a form; a redirect is given back, not followed."""
        body = urlencode({"csrf_token": self.token, **fields}).encode()
        return self._send("POST", path, body, "text/html", "application/x-www-form-urlencoded")

    def move(self, url: str) -> None:
        """Reach the site another way from now on."""
        self.close()
        self.url = url

    def close(self) -> None:
        """Hang up."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def _send(self, method: str, path: str, body: bytes | None, accept: str, kind: str) -> Answer:
        headers = {"Accept": accept, "X-CSRFToken": self.token, "Connection": "keep-alive"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = kind
        sent = datetime.now(UTC)
        try:
            response = self._reach(method, path, body, headers)
            text = response.read().decode()
        except (OSError, HTTPException, UnicodeDecodeError) as error:
            self.close()
            raise NoAnswer from error
        heard = datetime.now(UTC)
        self._remember(response)
        if response.status >= 500 or response.status == 429:
            raise NoAnswer(response.status, float(response.headers.get("Retry-After") or 0))
        return Answer(response.status, text, sent, heard, response.headers.get("Location"))

    def _reach(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> HTTPResponse:
        if self._connection is None:
            address = urlsplit(self.url)
            assert address.hostname
            self._connection = HTTPConnection(address.hostname, address.port, timeout=self.patience)
        self._connection.request(method, path, body, headers)
        return self._connection.getresponse()

    def _remember(self, response: HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or []:
            self.cookies.update({name: one.value for name, one in SimpleCookie(line).items()})
