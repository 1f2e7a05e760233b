"""Signing in as Flask-Login sees it: who is asking, how a session begins and ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, login_user, logout_user
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from exam.accounts import actions, queries
from exam.accounts.actions import passwords
from exam.accounts.models import Person
from exam.db import db
from exam.errors import Refused, _l

REMEMBERED = timedelta(days=7)

login_manager = LoginManager()


@login_manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login has no types
def load_person(identity: str) -> Person | None:
    """The person of a session, or nobody once the password has changed or the person was closed out."""
    claimed = read_identity(identity)
    person = queries.who_asks(db.session(), claimed.person_id) if claimed else None
    if claimed is None or person is None or not person.active or person.session_epoch != claimed.session_epoch:
        return None
    return person


def try_password(typed: str, password: str, address: str, now: datetime) -> Person:
    """The person who has just proved to be one, or a refusal: locked, too_many, wrong_password or closed_out.

    Commits between the steps: the try is counted before the password is looked at, so that many requests at once can't
    get past the count, and no transaction is open during the slow hash, which would make everybody's answers wait.
    """
    tried = actions.knock(db.session(), typed, address, now)
    db.session.commit()
    if not passwords.matches(tried.person.password_hash if tried.person else None, password):
        actions.note_wrong_password(db.session(), tried, now)
        db.session.commit()
        raise Refused(_l("The password is wrong."), "wrong_password", left=tried.left)
    person = actions.note_right_password(db.session(), tried, now)
    if passwords.is_outdated(person.password_hash or ""):
        person.password_hash = passwords.make_hash(password)
    db.session.commit()
    return person


def begin_session(person: Person, remember: bool = False) -> None:
    """Sign the person in here, in a fresh session. It lives for hours without being used, longer than any exam."""
    session.clear()
    session.permanent = True
    login_user(person, remember=remember, duration=REMEMBERED)


class SteadySigner(TimestampSigner):
    """Lets a signature from a moment that is still to come count as new, where its like refuses it as expired.

    A machine's clock that was ahead is set right, or another host's is a little ahead: nobody is signed out by that in
    the middle of an exam. As long ahead as a session lives is too much.
    """

    def unsign(self, signed_value: Any, max_age: int | None = None, return_timestamp: bool = False) -> Any:
        """The value and, if wanted, when it was signed. Raises BadSignature, also `max_age` seconds later."""
        value, signed_at = super().unsign(signed_value, return_timestamp=True)
        if max_age is not None and abs(self.get_timestamp() - signed_at.timestamp()) > max_age:
            raise SignatureExpired("too old, or from too far ahead", payload=value, date_signed=signed_at)
        return (value, signed_at) if return_timestamp else value


class SteadyCookie(SecureCookieSessionInterface):
    """Renews the cookie of a session when a page is shown or the session has changed, not with each word of a script.

    An answer that was still on its way while somebody signed in anew would bring the former session back.
    """

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Flask's own, with another view of time."""
        serializer = super().get_signing_serializer(app)
        if serializer:
            serializer.signer = SteadySigner
        return serializer

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Whether this response carries the cookie."""
        return session.modified or (session.permanent and request.method == "GET")


def end_session() -> None:
    """Sign out here."""
    session.clear()
    logout_user()


def keep_session(person: Person) -> None:
    """Stay signed in here after one's own password has changed and all other sessions have ended."""
    session["_user_id"] = person.get_id()
    session["_remember"] = "clear"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a session says is asking, before any database has been asked whether that still holds."""

    person_id: int
    session_epoch: int


def read_identity(identity: str) -> Identity | None:
    """The two numbers of `Person.get_id`; None for anything else."""
    number, _dot, epoch = identity.partition(".")
    return Identity(int(number), int(epoch)) if number.isdecimal() and epoch.isdecimal() else None


def init_sign_in(app: Flask) -> None:
    """Let the site know who is asking. No binding to an address: a change of network mustn't end an exam."""
    app.config.setdefault("REMEMBER_COOKIE_NAME", "jieye_remember")
    app.config.setdefault("REMEMBER_COOKIE_SAMESITE", "Lax")
    app.config.setdefault("REMEMBER_COOKIE_SECURE", app.config.get("SESSION_COOKIE_SECURE", False))
    passwords.use_profile(app.config["JIEYE"].password_hash)
    app.session_interface = SteadyCookie()
    login_manager.session_protection = None
    login_manager.login_view = "accounts.sign_in"
    login_manager.init_app(app)
