"""Pictures and sounds of questions over HTTP: each to those who may see a question that shows it."""

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.db import db
from exam.media import queries
from exam.web import signed_in

READERS = (Role.TRAINER, Role.HR, Role.ADMIN)
"""Who may read a course without taking it."""
POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
"""Opened by itself it is a picture or sound in the browser's own frame, and nothing more."""
KEPT = 3600  # seconds in one's own browser

bp = Blueprint("media", __name__)


@bp.get("/media/<name>")
@signed_in
def medium(name: str) -> ResponseReturnValue:
    """A picture or sound. Its name is of its content, so it never changes; who may not see it gets a 404."""
    found = queries.visible(db.session(), name, _viewer(), clock.now()) or abort(404)
    known = request.if_none_match.contains(found.name)
    content = b"" if known else queries.content(db.session(), found.id)
    response = Response(content, content_type=found.content_type)
    response.set_etag(found.name)
    response.cache_control.private = True
    response.cache_control.max_age = KEPT
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    # Safari plays a sound only where it can ask for parts of it.
    return response.make_conditional(request, accept_ranges=True, complete_length=len(content))


def _viewer() -> queries.Viewer:
    return queries.Viewer(current_user.id, current_user.has_role(Role.TRAINER), current_user.has_role(*READERS))
