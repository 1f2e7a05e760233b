"""Panels: opening one, judging on a laptop or a phone, closing its rounds, and what it came to. For trainers only."""

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext as _n
from flask_login import current_user

from exam import clock
from exam.accounts import queries as accounts
from exam.accounts.rules import Role
from exam.db import db
from exam.display import clock_seconds
from exam.errors import Refused, wants_json
from exam.papers.models import Exam
from exam.standards import actions, queries
from exam.standards.forms import OpenForm, shares
from exam.standards.queries import PanelView
from exam.standards.rules import FEW_JUDGES, ROUND, Scope, Stage, may_lead, verdict
from exam.web import PAGE_SIZE, Page, page_number, roles_required
from question_bank import bank

bp = Blueprint("standards", __name__)


def _exam(exam_id: int) -> Exam:
    return queries.exam(db.session(), exam_id) or abort(404)


def _panel(exam_id: int, panel_id: int) -> PanelView:
    return queries.panel_view(db.session(), exam_id, panel_id, current_user.id) or abort(404)


@bp.route("/exams/<int:exam_id>/panels", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def panels(exam_id: int) -> ResponseReturnValue:
    """The panels of an exam; and opening one, when none is at work."""
    exam, session, form = _exam(exam_id), db.session(), OpenForm()
    trainers = [(one.id, one.full_name) for one in accounts.people_with_role(session, Role.TRAINER)]
    counts = {scope: len(queries.askable(session, exam, scope)) for scope in Scope}
    form.offer(trainers, counts)
    if form.validate_on_submit():
        scope, judges = Scope(form.scope.data), form.judges.data or []
        panel = actions.open_panel(session, exam, scope, judges, actor_id=current_user.id, now=clock.now())
        db.session.commit()
        flash(_("The panel is at work: the first round is open."), "good")
        return redirect(url_for(".panel", exam_id=exam_id, panel_id=panel.id))
    found = queries.panels(session, exam_id)
    return render_template(
        "standards/panels.html",
        exam=exam,
        panels=found,
        at_work=next((one for one in found if one.stage in ROUND), None),
        form=form,
        counts=counts,
        verdict=verdict,
    ), 422 if form.errors else 200


@bp.get("/exams/<int:exam_id>/panels/<int:panel_id>")
@roles_required(Role.TRAINER)
def panel(exam_id: int, panel_id: int) -> ResponseReturnValue:
    """How far a panel is; once it is finished, what it implies and how its judges spread."""
    view, session = _panel(exam_id, panel_id), db.session()
    one, at = view.panel, page_number()
    over = one.stage is Stage.FINISHED
    words = queries.counting(session, panel_id, queries.version_ids(session, panel_id)) if over else {}
    members = queries.progress(session, panel_id)
    shown = queries.questions(session, panel_id, (at - 1) * PAGE_SIZE, PAGE_SIZE) if over else []
    own = next((member for member in members if member.person.id == current_user.id), None)
    left = None
    if own and one.stage in ROUND:
        left = queries.first_left(session, panel_id, current_user.id, None if own.judged < view.questions else 2)
    return render_template(
        "standards/panel.html",
        view=view,
        exam=view.exam,
        panel=one,
        members=members,
        late=[member for member in members if member.judged < view.questions],
        own=own,
        left_page=((left or 1) - 1) // PAGE_SIZE + 1,
        leads=may_lead(current_user.id, view.leader.id, view.leader.active),
        found=queries.overall(session, one, words) if words else None,
        papers=queries.by_paper(session, one, view.exam, words) if words else [],
        cohorts=queries.cohort_names(session, view.exam.course_id) if words else {},
        spread=queries.spread_of(session, panel_id, 2) if over else {},
        page=Page(shown, view.questions, at),
        few=FEW_JUDGES,
        verdict=verdict,
    )


@bp.route("/exams/<int:exam_id>/panels/<int:panel_id>/judge", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def judge(exam_id: int, panel_id: int) -> ResponseReturnValue:
    """A page of questions with one's own numbers; in the second round with the panel's spread of the first."""
    view = _panel(exam_id, panel_id)
    if request.method == "POST":
        return _keep(view)
    if not (view.is_member and view.panel.stage in ROUND):
        return redirect(url_for(".panel", exam_id=exam_id, panel_id=panel_id))
    return _judging(view, {})


def _keep(view: PanelView) -> ResponseReturnValue:
    good, bad = shares(request.form)
    round = request.form.get("round", type=int, default=0)
    now, session = clock.now(), db.session()
    if bad and wants_json():
        raise Refused(_("Write a whole number from 0 to 100."), code="bad_share")
    actions.judge(session, view.panel, current_user.id, round, good, now)
    db.session.commit()
    panel_id, person_id = view.panel.id, current_user.id
    if wants_json():
        judged = len(queries.own(session, panel_id, person_id))
        again = len(queries.judged_in(session, panel_id, person_id, 2))
        return jsonify(saved_at=clock_seconds(now), judged=judged if round == 1 else again)
    if bad:
        return _judging(view, {f"share-{id}": request.form[f"share-{id}"] for id in bad}, 422)
    at = page_number()
    if at * PAGE_SIZE < view.questions:
        return redirect(url_for(".judge", exam_id=view.exam.id, panel_id=panel_id, page=at + 1))
    flash(_("Your numbers are saved."), "good")
    return redirect(url_for(".panel", exam_id=view.exam.id, panel_id=panel_id))


def _judging(view: PanelView, wrong: dict[str, str], status: int = 200) -> ResponseReturnValue:
    session, at, panel_id = db.session(), page_number(), view.panel.id
    round = ROUND[view.panel.stage]
    shown = queries.questions(session, panel_id, (at - 1) * PAGE_SIZE, PAGE_SIZE)
    own = queries.own(session, panel_id, current_user.id)
    again = queries.judged_in(session, panel_id, current_user.id, 2)
    return render_template(
        "standards/judge.html",
        view=view,
        exam=view.exam,
        round=round,
        page=Page(shown, view.questions, at),
        media=bank.media_facts(session, [one.item for one in shown]),
        own=own,
        again=again,
        done=len(own if round == 1 else again),
        wrong=wrong,
        spread=queries.spread_of(session, panel_id, 1) if round == 2 else {},
        first=queries.own(session, panel_id, current_user.id, 1) if round == 2 else {},
    ), status


@bp.post("/exams/<int:exam_id>/panels/<int:panel_id>/close-first")
@roles_required(Role.TRAINER)
def close_first(exam_id: int, panel_id: int) -> ResponseReturnValue:
    """End the first round."""
    actions.close_first(db.session(), _panel(exam_id, panel_id).panel, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(_("The second round is open: each judge now sees how the panel spreads."), "good")
    return redirect(url_for(".panel", exam_id=exam_id, panel_id=panel_id))


@bp.post("/exams/<int:exam_id>/panels/<int:panel_id>/finish")
@roles_required(Role.TRAINER)
def finish(exam_id: int, panel_id: int) -> ResponseReturnValue:
    """End the second round and keep what it came to."""
    view = _panel(exam_id, panel_id)
    actions.finish(db.session(), view.panel, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    text = _n(
        "The panel is finished. Papers with this question now expect what it expects.",
        "The panel is finished. Papers with these %(num)d questions now expect what it expects.",
        view.questions,
    )
    flash(text, "good")
    return redirect(url_for(".panel", exam_id=exam_id, panel_id=panel_id))


@bp.post("/exams/<int:exam_id>/panels/<int:panel_id>/drop")
@roles_required(Role.TRAINER)
def drop(exam_id: int, panel_id: int) -> ResponseReturnValue:
    """Give a panel up."""
    actions.drop(db.session(), _panel(exam_id, panel_id).panel, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(_("The panel is given up. What was said has no effect."), "good")
    return redirect(url_for(".panels", exam_id=exam_id))
