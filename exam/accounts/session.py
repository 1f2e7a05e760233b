"""Signing in as Flask-Login sees it: who is asking, how a session begins and ends."""

from datetime import datetime, timedelta

from flask import Flask, jsonify, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager, current_user, login_user, logout_user

from exam.accounts import actions
from exam.accounts.actions import passwords
from exam.accounts.models import Person
from exam.db import db
from exam.errors import Refused, _l, wants_json

REMEMBERED = timedelta(days=7)
OPEN_WITHOUT_OWN_PASSWORD = frozenset(
    {
        "accounts.first_password",
        "accounts.sign_out",
        "accounts.sign_in",
        "accounts.welcome",
        "site.change_language",
        "health.healthz",
        "static",
        "bootstrap.static",
    }
)

login_manager = LoginManager()


@login_manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login has no types
def load_person(identity: str) -> Person | None:
    """The person of a session, or nobody once the password has changed or the person was closed out."""
    number, _dot, epoch = identity.partition(".")
    if not (number.isdecimal() and epoch.isdecimal()):
        return None
    person = db.session.get(Person, int(number))
    if person is None or not person.active or person.session_epoch != int(epoch):
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


def end_session() -> None:
    """Sign out here."""
    session.clear()
    logout_user()


def keep_session(person: Person) -> None:
    """Stay signed in here after one's own password has changed and all other sessions have ended."""
    session["_user_id"] = person.get_id()
    session["_remember"] = "clear"


def ask_for_own_password() -> ResponseReturnValue | None:
    """Whoever came in by a one-time password chooses their own before anything else."""
    if request.endpoint in OPEN_WITHOUT_OWN_PASSWORD or request.endpoint is None:
        return None
    if not (current_user.is_authenticated and current_user.must_change_password):
        return None
    if wants_json() or request.is_json:
        return jsonify(code="must_change_password", message=_("Choose your own password first.")), 403
    following = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.first_password", next=following))


def init_sign_in(app: Flask) -> None:
    """Let the site know who is asking. No binding to an address: a change of network mustn't end an exam."""
    app.config.setdefault("REMEMBER_COOKIE_NAME", "jieye_remember")
    app.config.setdefault("REMEMBER_COOKIE_SAMESITE", "Lax")
    app.config.setdefault("REMEMBER_COOKIE_SECURE", app.config.get("SESSION_COOKIE_SECURE", False))
    passwords.use_profile(app.config["JIEYE"].password_hash)
    login_manager.session_protection = None
    login_manager.login_view = "accounts.sign_in"
    login_manager.init_app(app)
    app.before_request(ask_for_own_password)
