"""The part of a question's page that papers need: its family, its enemies, the time it takes."""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.authoring import actions, queries
from exam.authoring.forms.papers import RelationsForm
from exam.authoring.routes.blueprint import bp
from exam.db import db
from exam.errors import Refused
from exam.papers.rules import SECONDS
from exam.web import roles_required
from question_bank import relations
from question_bank.models import Question, Topic


@dataclass(frozen=True)
class Related:
    """What the page shows beside the form."""

    question: Question
    stem: str
    form: RelationsForm
    families: list[str]
    size: int
    """Questions of its family, itself included."""
    others: dict[int, str]
    """Questions of its topic by number, to choose an enemy from."""
    enemies: dict[int, str]
    usual: int
    """Seconds that questions of its kind usually take."""


def related(question: Question, topic: Topic, form: RelationsForm | None = None) -> Related:
    """The form, filled with what is kept unless it is given."""
    session = db.session()
    enemies = relations.stems(session, relations.enemies_of(session, question.id))
    stem = relations.stems(session, [question.id])[question.id]
    others = relations.of_topic(session, topic)
    filled = form or RelationsForm(formdata=None)
    filled.offer(enemies)
    if form is None:
        filled.family.data, filled.expected_seconds.data = question.family, question.expected_seconds
        filled.kept.data = list(enemies)
    return Related(
        question,
        stem,
        filled,
        relations.families(session),
        relations.family_size(session, question),
        {id: stem for id, stem in others.items() if id != question.id and id not in enemies},
        enemies,
        SECONDS[question.kind],
    )


@bp.route("/questions/<int:question_id>/papers", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def question_relations(question_id: int) -> ResponseReturnValue:
    """Say what a question may not meet in a paper, and how long it takes."""
    question, topic = queries.question(db.session(), question_id) or abort(404)
    form = RelationsForm()
    if not form.is_submitted():
        return _page(related(question, topic))
    shown = related(question, topic, form)
    if not form.validate():
        return _page(shown, 422)
    try:
        _keep(shown)
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        form.enemy.errors = [str(refusal.message)]
        return _page(shown, refusal.status)
    flash(
        _("Kept. Papers that are out keep their questions; parallel papers with this one are assembled anew."), "good"
    )
    return redirect(url_for(".question_relations", question_id=question_id))


def _keep(shown: Related) -> None:
    form = shown.form
    actions.relate_question(
        db.session(),
        shown.question,
        family=form.family.data or "",
        seconds=form.expected_seconds.data,
        enemies=form.enemies,
        actor_id=current_user.id,
        now=clock.now(),
    )


def _page(shown: Related, status: int = 200) -> ResponseReturnValue:
    return render_template("authoring/question_relations.html", shown=shown, form=shown.form), status
