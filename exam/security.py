"""Who may call which endpoint, and the headers every answer carries.

Deny by default: a view says `@public`, `@signed_in` or `@roles_required(...)` above its body; one guard enforces it
before any view runs, and refuses an endpoint that says nothing.
"""

import secrets
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, flash, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam.accounts.rules import Role
from exam.errors import wants_json

View = TypeVar("View", bound=Callable[..., Any])
Access: TypeAlias = frozenset[Role] | None
"""The roles that may call a view; an empty set stands for anybody signed in, None for everybody."""

SIGN_IN = "accounts.sign_in"
OWN_PASSWORD = "accounts.first_password"
OPEN_WITHOUT_OWN_PASSWORD = frozenset(
    {
        OWN_PASSWORD,
        "accounts.sign_out",
        "accounts.sign_in",
        "accounts.welcome",
        "site.change_language",
        "health.healthz",
        "static",
        "bootstrap.static",
    }
)
STATIC_ENDPOINTS = frozenset({"static", "bootstrap.static"})
HEADERS = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
ALWAYS_SECURE = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
KEEP_NOTHING = ("Cache-Control", "no-store")
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


def public(view: View) -> View:
    """Let everybody call this view, signed in or not."""
    return _mark(view, None)


def signed_in(view: View) -> View:
    """Let everybody who is signed in call this view."""
    return _mark(view, frozenset())


def roles_required(*roles: Role) -> Callable[[View], View]:
    """Let those with at least one of these roles call this view."""
    if not roles:
        raise ValueError("name at least one role, or use @signed_in")
    return lambda view: _mark(view, frozenset(roles))


def _mark(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]  # a function is the place where Flask's endpoints can carry a note
    return view


def declared_access(app: Flask, endpoint: str) -> tuple[bool, Access]:
    """Whether the endpoint says who may call it, and who that is."""
    if endpoint in STATIC_ENDPOINTS:
        return True, None
    view = app.view_functions[endpoint]
    return hasattr(view, "access"), getattr(view, "access", frozenset())


def roles_of(person: Any) -> frozenset[Role]:
    """The roles of a person, or none for a visitor."""
    return frozenset(person.roles) if person.is_authenticated else frozenset()


def safe_next(target: str | None) -> str:
    """The page to go to next: `target` if it is a path of this site, else the home page.

    Browsers read a backslash as a slash, and drop tabs and newlines; each would make a path another site's address.
    """
    home = f"{request.script_root}/"
    if not target or not target.startswith("/") or "\\" in target or any(ord(letter) < 33 for letter in target):
        return home
    parts = urlsplit(target)
    return home if parts.scheme or parts.netloc or target.startswith("//") else target


def csp_nonce() -> str:
    """This answer's nonce; a script without it doesn't run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def guard() -> ResponseReturnValue | None:
    """Enforce what the endpoint declares."""
    if request.endpoint is None:
        return None
    declared, access = declared_access(current_app, request.endpoint)
    if not declared:
        abort(403)
    if needs_own_password(request.endpoint):
        return ask_for_own_password()
    if access is None:
        return None
    if not current_user.is_authenticated:
        return ask_to_sign_in()
    if access and not access & roles_of(current_user):
        abort(403)
    return None


def needs_own_password(endpoint: str) -> bool:
    """Whether the person came in by a one-time password, and has to choose their own before this."""
    return (
        endpoint not in OPEN_WITHOUT_OWN_PASSWORD
        and current_user.is_authenticated
        and current_user.must_change_password
    )


def ask_for_own_password() -> ResponseReturnValue:
    """Send them to the page where they choose it, and from there to where they were going."""
    if wants_json() or request.is_json:
        return jsonify(code="must_change_password", message=_("Choose your own password first.")), 403
    following = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for(OWN_PASSWORD, next=following))


def ask_to_sign_in() -> ResponseReturnValue:
    """Send a visitor to the sign-in page, and from there back to where they were going."""
    if wants_json() or request.is_json:
        return jsonify(code="signed_out", message=_("You are signed out. Sign in again to go on.")), 401
    if request.method in ("GET", "HEAD"):
        return redirect(url_for(SIGN_IN, next=request.full_path.rstrip("?")))
    flash(_("You were signed out before this could be kept. Sign in, then do it again."), "wait")
    came_from = urlsplit(request.referrer or "")
    return redirect(url_for(SIGN_IN, next=safe_next(came_from.path)))


def set_headers(response: Response) -> Response:
    """Tell the browser to run, frame, send and keep as little as possible."""
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=csp_nonce()))
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault(*ALWAYS_SECURE)
    if request.endpoint not in STATIC_ENDPOINTS:
        response.headers.setdefault(*KEEP_NOTHING)
    return response


def headers_past_flask(secure: bool, content_type: str) -> list[tuple[str, str]]:
    """The same for what is sent past Flask, data or the way to a page: nothing in it is ever to be run or shown."""
    known = [("Content-Type", content_type), ("Content-Security-Policy", "default-src 'none'")]
    return [*known, *HEADERS.items(), KEEP_NOTHING, *([ALWAYS_SECURE] if secure else [])]


def init_security(app: Flask) -> None:
    """Guard every endpoint and set the headers of every answer."""
    app.before_request(guard)
    app.after_request(set_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
