"""The tutoring pages: a new hire's own plan, and the plans of a tutor."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from exam import clock
from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.db import db
from exam.errors import Refused
from exam.retakes import actions, queries
from exam.retakes.forms import NoteForm, StepForm
from exam.retakes.models import PlanStep
from exam.retakes.queries import PlanView
from exam.web import clean_line, nav, page_number, roles_required

bp = Blueprint("retakes", __name__)

LONGEST_NAME = 60


def plans_waiting(person: Person) -> int:
    """How many plans need only this tutor's signature."""
    return queries.waiting(db.session(), person.id)


nav.add(Role.TRAINER, _l("Tutoring"), "retakes.plans", 50, count=plans_waiting)


def plan_or_404(plan_id: int) -> PlanView:
    """Any plan, for trainers: colleagues stand in for each other."""
    return queries.plan_of(db.session(), plan_id) or abort(404)


def own_plan_or_404(plan_id: int) -> PlanView:
    """A new hire's own plan; somebody else's is not there."""
    view = plan_or_404(plan_id)
    return view if view.plan.person_id == current_user.id else abort(404)


def step_or_404(plan_id: int, step_id: int) -> PlanStep:
    """A step of this very plan."""
    return queries.step(db.session(), plan_id, step_id) or abort(404)


@bp.get("/tutoring")
@roles_required(Role.NEW_HIRE)
def my_plan() -> ResponseReturnValue:
    """What I learn before my retake, and the plans of earlier tries."""
    return render_template("retakes/mine.html", plans=queries.plans_of_person(db.session(), current_user.id))


@bp.post("/tutoring/<int:plan_id>/steps/<int:step_id>")
@roles_required(Role.NEW_HIRE)
def finish_own_step(plan_id: int, step_id: int) -> ResponseReturnValue:
    """Mark a step of my plan as done, or take that back."""
    view, step = own_plan_or_404(plan_id), step_or_404(plan_id, step_id)
    actions.finish_step(db.session(), view.plan, step, request.form.get("done") == "1", current_user.id, clock.now())
    db.session.commit()
    return redirect(url_for(".my_plan"))


@bp.get("/tutoring/plans")
@roles_required(Role.TRAINER)
def plans() -> ResponseReturnValue:
    """The plans of my new hires, or everybody's."""
    everybody = request.args.get("whose") == "all"
    signed = request.args.get("state") == "signed"
    words = (clean_line(request.args.get("q")) or "")[:LONGEST_NAME]
    found = queries.plans(
        db.session(), tutor_id=current_user.id, everybody=everybody, signed=signed, words=words, number=page_number()
    )
    return render_template("retakes/plans.html", page=found, everybody=everybody, signed=signed, words=words)


@bp.get("/tutoring/plans/<int:plan_id>")
@roles_required(Role.TRAINER)
def plan(plan_id: int) -> ResponseReturnValue:
    """One plan, to change and to sign."""
    view = plan_or_404(plan_id)
    return show_plan(view, StepForm(formdata=None), NoteForm(formdata=None, obj=view.plan))


def show_plan(view: PlanView, step_form: StepForm, note_form: NoteForm) -> str:
    """The page of a plan with its two forms."""
    repeats = 0 if view.signed else queries.repeats_ahead(db.session(), view)
    return render_template("retakes/plan.html", view=view, step_form=step_form, note_form=note_form, repeats=repeats)


@bp.post("/tutoring/plans/<int:plan_id>/steps")
@roles_required(Role.TRAINER)
def add_step(plan_id: int) -> ResponseReturnValue:
    """Add something to do."""
    view, form = plan_or_404(plan_id), StepForm()
    if not form.validate():
        return show_plan(view, form, NoteForm(formdata=None, obj=view.plan)), 422
    try:
        actions.add_step(db.session(), view.plan, form.what.data or "", form.due_on.data, current_user.id, clock.now())
    except Refused as refusal:
        if refusal.detail.get("field") != "due_on":
            raise
        form.due_on.errors = [str(refusal.message)]
        return show_plan(view, form, NoteForm(formdata=None, obj=view.plan)), 422
    db.session.commit()
    flash(_("Added to the plan."), "good")
    return redirect(url_for(".plan", plan_id=plan_id))


@bp.post("/tutoring/plans/<int:plan_id>/steps/<int:step_id>")
@roles_required(Role.TRAINER)
def finish_step(plan_id: int, step_id: int) -> ResponseReturnValue:
    """Mark a step as done, or take that back."""
    view, step = plan_or_404(plan_id), step_or_404(plan_id, step_id)
    actions.finish_step(db.session(), view.plan, step, request.form.get("done") == "1", current_user.id, clock.now())
    db.session.commit()
    return redirect(url_for(".plan", plan_id=plan_id))


@bp.post("/tutoring/plans/<int:plan_id>/steps/<int:step_id>/drop")
@roles_required(Role.TRAINER)
def drop_step(plan_id: int, step_id: int) -> ResponseReturnValue:
    """Take a step out of the plan."""
    view, step = plan_or_404(plan_id), step_or_404(plan_id, step_id)
    actions.drop_step(db.session(), view.plan, step, current_user.id, clock.now())
    db.session.commit()
    flash(_("Taken out of the plan."), "good")
    return redirect(url_for(".plan", plan_id=plan_id))


@bp.post("/tutoring/plans/<int:plan_id>/note")
@roles_required(Role.TRAINER)
def write_note(plan_id: int) -> ResponseReturnValue:
    """Tell the new hire something."""
    view, form = plan_or_404(plan_id), NoteForm()
    if not form.validate():
        return show_plan(view, StepForm(formdata=None), form), 422
    actions.write_note(db.session(), view.plan, form.note.data or "", current_user.id, clock.now())
    db.session.commit()
    flash(_("The message stands in the plan."), "good")
    return redirect(url_for(".plan", plan_id=plan_id))


@bp.post("/tutoring/plans/<int:plan_id>/take-over")
@roles_required(Role.TRAINER)
def take_over(plan_id: int) -> ResponseReturnValue:
    """Become the tutor of this plan."""
    view = plan_or_404(plan_id)
    actions.take_over(db.session(), view.plan, current_user.id, clock.now())
    db.session.commit()
    flash(_("You are the tutor of this plan now."), "good")
    return redirect(url_for(".plan", plan_id=plan_id))


@bp.post("/tutoring/plans/<int:plan_id>/sign")
@roles_required(Role.TRAINER)
def sign(plan_id: int) -> ResponseReturnValue:
    """Sign "ready for the retake": its window opens at once."""
    view = plan_or_404(plan_id)
    actions.sign(db.session(), view.plan, current_user.id, clock.now())
    db.session.commit()
    flash(_("Signed. %(name)s can book the retake now.", name=view.person.full_name), "good")
    return redirect(url_for(".plan", plan_id=plan_id))
