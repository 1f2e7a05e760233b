"""Appeals: a candidate's own, those to answer, and HR's counts."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.appeals import actions, queries
from exam.appeals.forms import AnswerForm, AppealForm, ReviewForm
from exam.appeals.models import Appeal
from exam.appeals.queries import AppealView, OwnAppeals
from exam.db import db
from exam.errors import Refused, beside
from exam.marking.rules import alias
from exam.web import PAGE_SIZE, Page, page_number, roles_required
from question_bank import bank

bp = Blueprint("appeals", __name__)


@bp.get("/attempts/<int:attempt_id>/appeals")
@roles_required(Role.NEW_HIRE)
def mine(attempt_id: int) -> ResponseReturnValue:
    """What I have appealed, what became of it, and how many appeals are left."""
    return _mine(_own(attempt_id))


@bp.route("/attempts/<int:attempt_id>/appeals/<int:position>", methods=["GET", "POST"])
@roles_required(Role.NEW_HIRE)
def appeal(attempt_id: int, position: int) -> ResponseReturnValue:
    """Appeal one question."""
    own, form = _own(attempt_id), AppealForm()
    if own.slot(position) is None:
        abort(404)
    if form.validate_on_submit():
        try:
            actions.make(db.session(), current_user, attempt_id, position, form.text.data or "", clock.now())
            db.session.commit()
            flash(_("Your appeal is on its way. You get one letter with the answer."), "good")
            return redirect(url_for(".mine", attempt_id=attempt_id))
        except Refused as refused:
            beside(form, refused, on_top=True)
            own = _own(attempt_id)
    slot = own.slot(position) or abort(404)
    media = bank.media_facts(db.session(), [slot.item])
    page = render_template(
        "appeals/appeal.html", own=own, slot=slot, form=form, media=media, closed=actions.CLOSED, asked=own.at(position)
    )
    return page, 422 if form.errors else 200


@bp.post("/appeals/<int:appeal_id>/withdraw")
@roles_required(Role.NEW_HIRE)
def withdraw(appeal_id: int) -> ResponseReturnValue:
    """Take my appeal back."""
    found = db.session.get(Appeal, appeal_id)
    if found is None or queries.own_appeals(db.session(), current_user.id, found.attempt_id, clock.now()) is None:
        abort(404)
    actions.withdraw(db.session(), current_user, found, clock.now())
    db.session.commit()
    flash(_("The appeal is taken back, and you have it left again."), "good")
    return redirect(url_for(".mine", attempt_id=found.attempt_id))


@bp.get("/appeals")
@roles_required(Role.TRAINER)
def appeals() -> ResponseReturnValue:
    """All appeals, those that wait first."""
    number = page_number()
    rows, total = queries.listed(
        db.session(), current_user.id, clock.now(), offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    return render_template("appeals/list.html", page=Page(rows, total, number), name=_name)


@bp.route("/appeals/<int:appeal_id>", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def answer(appeal_id: int) -> ResponseReturnValue:
    """Read an appeal, and answer it."""
    found, form = _view(appeal_id), AnswerForm()
    if form.validate_on_submit():
        try:
            actions.answer(
                db.session(), found.appeal, current_user, granted=form.granted.data == "yes",
                text=form.answer.data or "", points=form.new_points, now=clock.now(),
            )  # fmt: skip
            db.session.commit()
            flash(_("The candidate has the answer in a letter."), "good")
            return redirect(url_for(".answer", appeal_id=appeal_id))
        except Refused as refused:
            beside(form, refused, on_top=True)
            found = _view(appeal_id)
    return _show(found, form)


@bp.post("/appeals/<int:appeal_id>/review")
@roles_required(Role.TRAINER)
def review(appeal_id: int) -> ResponseReturnValue:
    """Say why the question of a granted appeal stays as it is."""
    found, form = _view(appeal_id), ReviewForm()
    if not form.validate():
        return _show(found, AnswerForm(formdata=None), form)
    try:
        actions.review(db.session(), found.appeal, form.note.data or "", actor_id=current_user.id, now=clock.now())
    except Refused as refused:
        beside(form, refused, on_top=True)
        return _show(_view(appeal_id), AnswerForm(formdata=None), form)
    db.session.commit()
    flash(_("Noted: the question stays as it is."), "good")
    return redirect(url_for(".appeals"))


@bp.get("/appeals/counts")
@roles_required(Role.HR)
def counts() -> ResponseReturnValue:
    """How many appeals there were and how they were answered: HR sees counts, not quarrels."""
    return render_template("appeals/counts.html", rows=queries.counts(db.session(), clock.now()))


def _own(attempt_id: int) -> OwnAppeals:
    return queries.own_appeals(db.session(), current_user.id, attempt_id, clock.now()) or abort(404)


def _mine(own: OwnAppeals) -> str:
    media = bank.media_facts(db.session(), [slot.item for slot in own.slots]) if own.slots else {}
    return render_template("appeals/mine.html", own=own, closed=actions.CLOSED, media=media)


def _view(appeal_id: int) -> AppealView:
    return queries.view(db.session(), appeal_id, current_user.id) or abort(404)


def _show(found: AppealView, form: Any, review_form: Any = None) -> ResponseReturnValue:
    why = actions.BARRED[found.refusal] if found.refusal else None
    shown = review_form or ReviewForm(formdata=None)
    page = render_template(
        "appeals/answer.html", found=found, form=form, review_form=shown, why=why, name=_name,
        media=bank.media_facts(db.session(), [found.item]),
    )  # fmt: skip
    return page, 422 if form.errors or shown.errors else 200


def _name(attempt_id: int, question_id: int) -> str:
    """What an answer is called by those who don't know whose it is: as at the desk."""
    return alias(attempt_id, question_id, str(current_app.secret_key))[:4].upper()
