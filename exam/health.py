"""Whether the site is well: for load balancers and for the person who runs it."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from exam.db import db
from exam.version import VERSION
from exam.web import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Answer 200 when the database answers, else 503."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(status="unavailable", version=VERSION, database="unavailable"), 503
    return jsonify(status="ok", version=VERSION, database=db.engine.dialect.name)
