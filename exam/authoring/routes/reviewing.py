"""A second person's part: approving, sending back, taking back, and saying something."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.authoring import actions
from exam.authoring.forms.bank import RemarkForm
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.editing import editing_of, version_of
from exam.db import db
from exam.errors import Refused
from exam.web import roles_required


@bp.post("/questions/<int:question_id>/versions/<int:number>/approve")
@roles_required(Role.TRAINER)
def question_approve(question_id: int, number: int) -> ResponseReturnValue:
    """Publish what a colleague has submitted."""
    return _decide(
        question_id, number, actions.approve, _("Version %(number)s is published: papers draw it from now on.")
    )


@bp.post("/questions/<int:question_id>/versions/<int:number>/send-back")
@roles_required(Role.TRAINER)
def question_send_back(question_id: int, number: int) -> ResponseReturnValue:
    """Ask for changes."""
    return _decide(question_id, number, actions.send_back, _("Version %(number)s went back to who wrote it."))


@bp.post("/questions/<int:question_id>/versions/<int:number>/comment")
@roles_required(Role.TRAINER)
def question_comment(question_id: int, number: int) -> ResponseReturnValue:
    """Say something about a version."""
    return _decide(question_id, number, actions.comment, _("Your comment stands with version %(number)s."))


@bp.post("/questions/<int:question_id>/versions/<int:number>/take-back")
@roles_required(Role.TRAINER)
def question_take_back(question_id: int, number: int) -> ResponseReturnValue:
    """Go on writing what one has submitted oneself."""
    version = version_of(editing_of(question_id), number)
    actions.take_back(db.session(), version, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(_("Version %(number)s is a draft again.", number=number), "good")
    return redirect(url_for(".question", question_id=question_id))


def _decide(question_id: int, number: int, act: Callable[..., None], said: str) -> ResponseReturnValue:
    """Do it with the words that were typed."""
    form: Any = RemarkForm()
    version = version_of(editing_of(question_id), number)
    if not form.validate():
        raise Refused(" ".join(map(str, form.text.errors)) or _("Try that once more."))
    act(db.session(), version, form.text.data or "", actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(said % {"number": number}, "good")
    return redirect(url_for(".question", question_id=question_id))
