"""The frame around every page: languages, words, headers, navigation and the pages that say what went wrong.

Routes take what they need from here; the parts live in security (who may call what), navigation, paging, display (how
times and numbers look), cleaning (typed text) and words (labels).
"""

from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    has_request_context,
    jsonify,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale
from flask_bootstrap import Bootstrap5
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from jinja2 import StrictUndefined
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import BadHost, HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import IntegerConverter, Map, RequestRedirect

from exam import words
from exam.availability import ask_nothing, is_away, unavailable
from exam.cleaning import clean_identifier, clean_line, clean_text
from exam.db import db
from exam.display import each_time, init_display
from exam.errors import wants_json
from exam.moulds import piece
from exam.navigation import nav
from exam.paging import LARGEST_NUMBER, PAGE_SIZE, Page, Sort, page_number, query_url, row_number, wanted_sort
from exam.pictures import init_pictures
from exam.security import init_security, public, roles_required, safe_next, signed_in

__all__ = [
    "PAGE_SIZE",
    "Page",
    "Sort",
    "clean_identifier",
    "clean_line",
    "clean_text",
    "init_web",
    "nav",
    "page_number",
    "public",
    "query_url",
    "roles_required",
    "row_number",
    "safe_next",
    "signed_in",
    "wanted_sort",
]

LANGUAGES = {"zh_Hans_CN": "zh-CN", "en": "en"}
"""The site's languages with their codes for `<html lang>`; the first is for those who haven't chosen."""
DEFAULT_LANGUAGE = next(iter(LANGUAGES))
LANGUAGE_COOKIE = "jieye_lang"
LOOK_COOKIE = "jieye_look"
YEAR = 365 * 24 * 3600  # seconds

bp = Blueprint("site", __name__)
babel = Babel()
bootstrap = Bootstrap5()
csrf = CSRFProtect()


def choose_language() -> str:
    """The person's choice, else this browser's, else Chinese; what the browser announces plays no part."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    chosen = current_user.locale if current_user.is_authenticated else None
    for language in (chosen, request.cookies.get(LANGUAGE_COOKIE)):
        if language in LANGUAGES:
            return str(language)
    return DEFAULT_LANGUAGE


def html_lang() -> str:
    """The value of `<html lang>`."""
    return LANGUAGES.get(str(get_locale()), "zh-CN")


def chosen_look() -> str | None:
    """light or dark if this browser's user chose one; None leaves it to the system."""
    look = request.cookies.get(LOOK_COOKIE)
    return look if look in ("light", "dark") else None


@bp.post("/language")
@public
def change_language() -> ResponseReturnValue:
    """Show the site in another language from now on, staying on the page."""
    language = request.form.get("language", "")
    response = redirect(safe_next(request.form.get("next")))
    if language in LANGUAGES:
        if current_user.is_authenticated:
            current_user.locale = language
            db.session.commit()
        response.set_cookie(
            LANGUAGE_COOKIE, language, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure
        )
    return response


def this_page() -> str:
    """The address to come back to: this page if it can be got, else the home page."""
    try:
        current_app.create_url_adapter(request).match(method="GET")  # type: ignore[union-attr]  # never None in a request
    except (MethodNotAllowed, NotFound, RequestRedirect):
        return safe_next(None)
    return request.full_path.rstrip("?")


class RowNumber(IntegerConverter):
    """A number in an address: one that no row can have is a 404 before a database is asked for it."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_NUMBER)


def has_endpoint(endpoint: str) -> bool:
    """Whether a feature with this endpoint is there to be linked to."""
    return endpoint in current_app.view_functions


def show_error(error: HTTPException) -> ResponseReturnValue:
    """Say what went wrong in plain words, with a way out; to a script, as JSON."""
    status = error.code or 500
    cause = getattr(error, "original_exception", None)
    if isinstance(cause, SQLAlchemyError) and is_away(cause):
        return unavailable(cause)
    code = "csrf" if isinstance(error, CSRFError) else str(status)
    if isinstance(error, BadHost):  # at such a host no page has an address
        return Response(error.name, status, mimetype="text/plain")
    if wants_json():
        # A page whose owner has signed in anew has an old token: it is given one that fits, and asks again.
        fresh = {"csrf_token": generate_csrf()} if isinstance(error, CSRFError) else {}
        return jsonify(code=code, message=error.name, **fresh), status
    if status >= 500:
        ask_nothing()
        return render_template("errors/broken.html", status=status), status
    try:
        return render_template("errors/page.html", status=status, code=code), status
    except SQLAlchemyError as away:  # this page names its reader
        return unavailable(away)


def init_web(app: Flask) -> None:
    """Put the frame around the app. Call it before the features register their blueprints."""
    app.config.setdefault("BOOTSTRAP_SERVE_LOCAL", True)
    # A token lives as long as its session: an exam page may stay open for hours.
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.converters["int"] = RowNumber
    init_security(app)  # before CSRF: who is signed out is asked to sign in, not told about tokens
    csrf.init_app(app)
    bootstrap.init_app(app)
    babel.init_app(app, default_locale=DEFAULT_LANGUAGE, locale_selector=choose_language)
    init_display(app)
    init_pictures(app)
    frame: dict[str, Any] = {
        "nav": nav,
        "html_lang": html_lang,
        "chosen_look": chosen_look,
        "this_page": this_page,
        "has_endpoint": has_endpoint,
        "query_url": query_url,
        "piece": piece,
        "company": app.config["JIEYE"].company,
    }
    app.jinja_env.globals.update(frame)
    app.jinja_env.filters["label"] = each_time(words.label)
    app.register_error_handler(HTTPException, show_error)
    app.register_blueprint(bp)
