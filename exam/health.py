"""Whether the site is well: for load balancers and for the person who runs it."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from exam import clock
from exam.db import db
from exam.version import VERSION
from exam.web import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Answer 200 when the database answers, else 503. A clock that was set or is off is told, and no reason to stop."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(status="unavailable", version=VERSION, database="unavailable"), 503, {"Retry-After": "5"}
    return jsonify(status="ok", version=VERSION, database=db.engine.dialect.name, clock=_clock())


def _clock() -> str:
    return "stepped" if clock.site.stepped else "off" if clock.site.disagrees else "ok"
