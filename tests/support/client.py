"""The client of the route tests: signs people in, carries the CSRF token, and reads every page critically."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask import session as flask_session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.support.page_checks import problems


class CheckingClient(FlaskClient):
    """A Flask client whose every HTML answer is checked; a test fails on a page that isn't well made.

    Set `session` to the test's own session: it is flushed before a request, and forgets what it has read after it.
    """

    session: Session | None = None
    check = True

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:  # type: ignore[override]
        """Send a request. `csrf=False` leaves out the token that the page's form or script would send."""
        if csrf and kwargs.get("method", "GET") not in ("GET", "HEAD", "OPTIONS"):
            kwargs["headers"] = [*dict(kwargs.get("headers") or {}).items(), ("X-CSRFToken", self.csrf_token())]
        if self.session:
            self.session.commit()
        response = super().open(*args, **kwargs)
        if self.session:
            self.session.expire_all()
        # The line of HTML that goes with a redirect is Werkzeug's, and no browser shows it.
        if self.check and response.mimetype == "text/html" and not response.location:
            found = problems(response.get_data(as_text=True), self._leads)
            assert not found, f"{response.request.method} {response.request.path}:\n  " + "\n  ".join(found)
        return response

    def sign_in(self, person: Any) -> "CheckingClient":
        """Be this person from now on, without the cost of a password."""
        with self.session_transaction() as session:
            session.clear()
            session.update({"_user_id": person.get_id(), "_fresh": True})
        return self

    def sign_out(self) -> "CheckingClient":
        """Be nobody from now on."""
        with self.session_transaction() as session:
            session.clear()
        return self

    def csrf_token(self) -> str:
        """A token that fits this client's session."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        with self.application.test_request_context():
            flask_session["csrf_token"] = raw
            return generate_csrf()

    def _leads(self, method: str, address: str) -> bool:
        return leads_somewhere(self.application, method, address)


def leads_somewhere(app: Flask, method: str, address: str) -> bool:
    """Whether an address in a page is outside the site, only an anchor, or a route of the site."""
    parts = urlsplit(address)
    if parts.scheme in ("mailto", "tel", "data") or parts.netloc not in ("", "localhost") or not parts.path:
        return True
    try:
        app.url_map.bind("localhost").match(parts.path, method)
    except HTTPException as error:
        return error.code is not None and 300 <= error.code < 400
    return True
