"""Pictures and sounds of questions over HTTP: one to those who may see it, and in from a trainer's editor."""

from flask import Blueprint, Response, abort, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.db import db
from exam.errors import Refused
from exam.media import actions, forms, queries
from exam.web import roles_required, signed_in
from question_bank.media import MOST_BYTES_SENT
from question_bank.tokens import token

READERS = (Role.TRAINER, Role.HR, Role.ADMIN)
"""Who may read a course without taking it."""
POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
"""Opened by itself it is a picture or sound in the browser's own frame, and nothing more."""
KEPT = 3600  # seconds in one's own browser
UPLOAD = "media.upload"

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


@bp.post("/media")
@roles_required(Role.TRAINER)
def upload() -> ResponseReturnValue:
    """Keep what an editor sends; the answer is the token to put into a text, and how it looks."""
    form = forms.MediumForm()
    if not form.validate():
        errors = next(iter(form.errors.values()))
        raise Refused(str(errors[0]), code="incomplete")
    kept = actions.keep(db.session(), form.file.data.read(), actor_id=current_user.id, now=clock.now())
    db.session.commit()
    return jsonify(
        token=token(form.alt.data or "", kept.name),
        url=url_for(".medium", name=kept.name),
        sound=kept.content_type.startswith("audio/"),
        width=kept.width,
        height=kept.height,
        bytes=kept.size,
    ), 201


def _viewer() -> queries.Viewer:
    return queries.Viewer(current_user.id, current_user.has_role(Role.TRAINER), current_user.has_role(*READERS))


@bp.url_value_preprocessor
def take_photos(endpoint: str | None, _values: object) -> None:
    """Let a trainer send a photo as it comes from a phone: it is made smaller before it is kept."""
    if endpoint == UPLOAD:
        request.max_content_length = MOST_BYTES_SENT + 64 * 1024
