"""Pictures and sounds on their way into a question: sent by the editor's script, or along with the form without it."""

from typing import Any

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.authoring.forms.media import MediumForm
from exam.authoring.routes.blueprint import bp
from exam.db import db
from exam.errors import Refused
from exam.media import actions
from exam.web import roles_required
from question_bank.media import MOST_BYTES_SENT
from question_bank.tokens import Facts, token

UPLOAD = "authoring.medium_new"
AROUND = 64 * 1024
"""Bytes of a request besides its file."""


@bp.post("/media")
@roles_required(Role.TRAINER)
def medium_new() -> ResponseReturnValue:
    """Keep what an editor sends; the answer is the token to put into a text, and its line below the editor."""
    text, facts = _kept(MediumForm())
    row = render_template("authoring/medium.html", facts=facts)
    return jsonify(token=text, name=facts.name, width=facts.width, height=facts.height, bytes=facts.size, row=row), 201


@bp.url_value_preprocessor
def take_photos(endpoint: str | None, _values: object) -> None:
    """Let a trainer send a photo as it comes from a phone: it is made smaller before it is kept."""
    if endpoint == UPLOAD:
        request.max_content_length = MOST_BYTES_SENT + AROUND


def put_in_medium(form: Any) -> bool:
    """Where the form was sent to bring a picture along, keep that and put it at the end of the question's text.

    Gives whether it was; why it couldn't be kept stands in the form's errors. For pages without scripts.
    """
    if request.form.get("act") != "medium":
        return False
    try:
        text, _facts = _kept(MediumForm(prefix="medium-", meta={"csrf": False}))  # the form itself has been checked
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(str(refusal.message))
    else:
        form.stem.data = "\n".join(filter(None, [form.stem.data, text]))
    return True


def _kept(form: MediumForm) -> tuple[str, Facts]:
    """The token and the facts of what came. Refuses in words what can't be kept."""
    if not form.validate():
        raise Refused(str(next(iter(form.errors.values()))[0]), code="incomplete")
    kept = actions.keep(db.session(), form.file.data.read(), actor_id=current_user.id, now=clock.now())
    db.session.commit()
    return token(form.alt.data or "", kept.name), Facts(kept.name, kept.width, kept.height, kept.size)
