"""Refusals: what the domain says no to, why, and with which HTTP status. One handler turns them into a page."""

from typing import Any

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from exam.db import db

_l = lazy_gettext


class Refused(Exception):
    """The domain refuses. `message` is a sentence for the person (lazily translated), `code` one for programs."""

    status = 422

    def __init__(self, message: Any, code: str = "refused", **detail: Any) -> None:
        super().__init__(str(code))
        self.message = message
        self.code = code
        self.detail = detail


class Forbidden(Refused):
    """Known to exist, but not for this person."""

    status = 403


class NotFound(Refused):
    """Not there, or somebody else's: the same answer, so that nothing can be learnt from it."""

    status = 404

    def __init__(self, message: Any = None, code: str = "not_found", **detail: Any) -> None:
        super().__init__(message or _l("There is nothing here."), code, **detail)


class Conflict(Refused):
    """Somebody or something was faster; what was typed is still good elsewhere."""

    status = 409


def beside(form: Any, refusal: Refused, *, on_top: bool = False) -> None:
    """Undo what was begun, and put a refusal beside the field of a form that it is about.

    One without a field goes on as it came; `on_top` puts it above the form, so that the page keeps what was typed.
    """
    db.session.rollback()
    name = refusal.detail.get("field")
    if name in form:
        form[name].errors = [*form[name].errors, str(refusal.message)]
    elif on_top:
        form.form_errors.append(str(refusal.message))
    else:
        raise refusal


def wants_json() -> bool:
    """Whether the page's own script asks, and so reads an error as JSON."""
    return request.accept_mimetypes.best == "application/json"


def init_errors(app: Flask) -> None:
    """Roll back and say why, once for all routes."""

    @app.errorhandler(Refused)
    def refused(error: Refused) -> ResponseReturnValue:
        db.session.rollback()
        if wants_json():
            return jsonify(code=error.code, message=str(error.message), **error.detail), error.status
        return render_template("errors/refused.html", message=error.message, status=error.status), error.status
