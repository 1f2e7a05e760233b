"""One person: adding, the whole history, changing, assigning a course."""

from datetime import datetime
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.accounts import queries as accounts
from exam.accounts.models import Person
from exam.accounts.rules import LINK_LASTS, Role, fold, may_help
from exam.db import db
from exam.errors import Refused, beside
from exam.people import actions, queries
from exam.people.actions import Assigned, Whole
from exam.people.forms import CohortForm, NewPersonForm, PersonForm
from exam.people.routes.blueprint import (
    bp,
    chosen_cohort,
    for_hr,
    is_admin,
    offer_cohorts,
    offer_tutors,
    somebody,
)
from exam.people.routes.lists import state_of
from exam.retakes import queries as retakes
from exam.web import PAGE_SIZE, Page, page_number

LATEST = 10
"""How many of the last notices a person's page shows."""


@bp.route("/people/new", methods=["GET", "POST"])
@for_hr
def new() -> ResponseReturnValue:
    """Add one person; their one-time link is shown this once."""
    form = NewPersonForm(roles=[Role.NEW_HIRE.value])
    _offer_all(form)
    if not form.is_submitted():
        return _new_page(form)
    if form.validate():
        now = clock.now()
        try:
            added = actions.add(
                db.session(), _whole(form, fold(form.username.data or "")), chosen_cohort(form, now),
                actor_id=current_user.id, now=now,
            )  # fmt: skip
        except Refused as refusal:
            beside(form, refusal)
        else:
            db.session.commit()
            return render_template(
                "people/added.html", person=added.person, link=link_of(added.token), expires_at=now + LINK_LASTS
            )
    return _new_page(form), 422


def link_of(token: str) -> str:
    """The address that lets somebody in once."""
    return str(current_app.config["JIEYE"].base_url) + url_for("accounts.welcome", token=token)


def _offer_all(form: NewPersonForm) -> None:
    offer_cohorts(form, _("No course yet"))
    offer_tutors(form, _("No tutor yet"))
    form.offer_roles(is_admin())


def _new_page(form: NewPersonForm) -> str:
    return render_template("people/new.html", form=form)


def _whole(form: PersonForm, username: str = "") -> Whole:
    return Whole(
        full_name=form.full_name.data or "",
        email=form.email.data or "",
        staff_number=form.staff_number.data or "",
        tutor_id=form.tutor_id,
        roles=form.chosen(),
        username=username,
    )


@bp.get("/people/<int:person_id>")
@for_hr
def person(person_id: int) -> ResponseReturnValue:
    """Show everything about one person."""
    found = somebody(person_id)
    return _person_page(found, _assign_form(found, formdata=None))


def _assign_form(found: Person, **keywords: Any) -> CohortForm:
    form = CohortForm(**keywords)
    offer_cohorts(form, _("Choose a cohort"))
    return form


def _person_page(found: Person, form: CohortForm) -> str:
    session, now, number = db.session(), clock.now(), page_number()
    wanted = accounts.TrailFilter(about_id=found.id, without=queries.QUARRELS)
    lines, total = accounts.trail(session, wanted, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    notices, told = queries.notices(session, found.id, LATEST)
    return render_template(
        "people/person.html",
        person=found,
        account=state_of(found, now),
        tutor=accounts.person(session, found.tutor_id) if found.tutor_id else None,
        tutees=queries.tutees(session, found.id),
        learning=queries.learning(session, found.id),
        tries=queries.tries(session, found.id, now),
        plans=retakes.plans_of_person(session, found.id),
        decisions=queries.decisions(session, found.id),
        notices=notices,
        told=told,
        events=Page(lines, total, number),
        form=form,
        may_help=may_help(current_user.roles, found.roles),
        mail_is_on=bool(current_app.config["JIEYE"].mail_host),
    )


@bp.route("/people/<int:person_id>/edit", methods=["GET", "POST"])
@for_hr
def edit(person_id: int) -> ResponseReturnValue:
    """Change what is known of a person."""
    found = somebody(person_id)
    if not may_help(current_user.roles, found.roles):
        abort(403)
    form = PersonForm(
        full_name=found.full_name, staff_number=found.staff_number, email=found.email,
        tutor=str(found.tutor_id or ""), roles=[role.value for role in found.roles],
    )  # fmt: skip
    had = accounts.person(db.session(), found.tutor_id) if found.tutor_id else None
    offer_tutors(form, _("No tutor yet"), [had] if had else [])
    form.offer_roles(is_admin())
    if not form.is_submitted():
        return _edit_page(found, form)
    if form.validate():
        try:
            actions.change(db.session(), found, _whole(form), actor_id=current_user.id, now=clock.now())
        except Refused as refusal:
            beside(form, refusal)
        else:
            db.session.commit()
            flash(_("What is known of %(name)s is changed.", name=found.full_name), "good")
            return redirect(url_for(".person", person_id=found.id))
    return _edit_page(found, form), 422


def _edit_page(found: Person, form: PersonForm) -> str:
    return render_template("people/edit.html", person=found, form=form)


@bp.post("/people/<int:person_id>/course")
@for_hr
def assign_course(person_id: int) -> ResponseReturnValue:
    """Give a person a course and cohort, or move them to another cohort of it."""
    found, now = somebody(person_id), clock.now()
    form = _assign_form(found)
    if form.validate():
        try:
            if _assign(found, form, now):
                return redirect(url_for(".person", person_id=found.id))
        except Refused as refusal:
            beside(form, refusal)
    return _person_page(found, form), 422


def _assign(found: Person, form: CohortForm, now: datetime) -> bool:
    """Assign and commit; False where nothing was chosen."""
    cohort = chosen_cohort(form, now)
    if cohort is None:
        form.cohort.errors = [_("Choose a cohort.")]
        return False
    outcome = actions.assign(db.session(), found, cohort, actor_id=current_user.id, now=now)
    if outcome is Assigned.NOT_POSSIBLE:
        raise Refused(_("Only new hires who may sign in take a course."), "not_a_new_hire", field="cohort")
    db.session.commit()
    said = {
        Assigned.NEW: _("%(name)s takes the course now, in %(cohort)s.", name=found.full_name, cohort=cohort.name),
        Assigned.MOVED: _("%(name)s belongs to %(cohort)s now.", name=found.full_name, cohort=cohort.name),
        Assigned.SAME: _("%(name)s is in %(cohort)s already.", name=found.full_name, cohort=cohort.name),
    }
    flash(said[outcome], "good")
    return True
