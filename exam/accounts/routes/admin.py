"""The administrator's pages: people's accounts and roles, and the trail of changes."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from exam import clock, company, display, words
from exam.accounts import actions, queries
from exam.accounts.forms import RolesForm, TimeForm
from exam.accounts.models import Person
from exam.accounts.routes.blueprint import bp, somebody
from exam.accounts.routes.trail import shown
from exam.accounts.rules import PersonState, Role, person_state
from exam.db import db
from exam.errors import Refused, beside
from exam.web import PAGE_SIZE, Page, clean_line, nav, page_number, roles_required, wanted_sort

YEARS = range(1970, 9000)
"""Days outside can't be told from slips, and midnight of the first and last day there is can't be told in UTC."""
LATEST = 10
"""How many of the last changes a person's page shows."""

nav.add(Role.ADMIN, _l("Accounts"), "accounts.admin", 10, also=("accounts.admin_",), whole=False)
nav.add(Role.ADMIN, _l("Audit trail"), "accounts.audit_trail", 20, whole=False)


@bp.get("/admin/people")
@roles_required(Role.ADMIN)
def admin() -> ResponseReturnValue:
    """List people with their roles and how their accounts stand."""
    now, number = clock.now(), page_number()
    sort = wanted_sort(list(queries.PEOPLE_ORDERS), "name")
    wanted = queries.PeopleFilter(
        text=clean_line(request.args.get("text")) or "",
        role=_one_of(Role, "role"),
        state=_one_of(PersonState, "state"),
    )
    found, total = queries.people(
        db.session(), wanted, now, sort.key, sort.descending, PAGE_SIZE, (number - 1) * PAGE_SIZE
    )
    states = {person.id: _state(person, now) for person in found}
    page = Page(found, total, number)
    return render_template(
        "accounts/admin.html",
        page=page,
        states=states,
        wanted=wanted,
        sort=sort,
        roles=words.options("role"),
        account_states=words.options("person_state"),
    )


def _one_of(kind: Any, name: str) -> Any:
    """The member of an enum that the address asks for; None for anything else."""
    return next((member for member in kind if member.value == request.args.get(name)), None)


def _state(person: Person, now: datetime) -> PersonState:
    return person_state(person.active, person.password_hash is not None, person.locked_until, now)


@bp.get("/admin/people/<int:person_id>")
@roles_required(Role.ADMIN)
def admin_person(person_id: int) -> ResponseReturnValue:
    """Show one account: roles, extra time, ways in, the last changes."""
    return _person_page(somebody(person_id))


@bp.post("/admin/people/<int:person_id>/roles")
@roles_required(Role.ADMIN)
def admin_roles(person_id: int) -> ResponseReturnValue:
    """Say what the person may do."""
    person, form = somebody(person_id), RolesForm()
    if form.validate():
        try:
            actions.set_roles(db.session(), person, form.chosen(), actor_id=current_user.id, now=clock.now())
        except Refused as refusal:
            beside(form, refusal)
        else:
            db.session.commit()
            flash(_("The roles of %(name)s are set.", name=person.full_name), "good")
            return redirect(url_for(".admin_person", person_id=person.id))
    return _person_page(person, roles_form=form), 422


@bp.post("/admin/people/<int:person_id>/time")
@roles_required(Role.ADMIN)
def admin_time(person_id: int) -> ResponseReturnValue:
    """Give the person extra time in coming exams, or none."""
    person, form = somebody(person_id), TimeForm()
    if form.validate():
        try:
            actions.set_time_factor(
                db.session(), person, form.exact(), form.reason.data or "", actor_id=current_user.id, now=clock.now()
            )
        except Refused as refusal:
            beside(form, refusal)
        else:
            db.session.commit()
            flash(_("The extra time of %(name)s is set.", name=person.full_name), "good")
            return redirect(url_for(".admin_person", person_id=person.id))
    return _person_page(person, time_form=form), 422


def _person_page(person: Person, **forms: Any) -> str:
    now = clock.now()
    own = {
        "roles_form": RolesForm(formdata=None, roles=[role.value for role in person.roles]),
        "time_form": TimeForm(
            formdata=None,
            factor=display.factor(person.time_factor),
            reason=person.time_factor_reason,
        ),
    }
    tutor = queries.person(db.session(), person.tutor_id) if person.tutor_id else None
    lines, total = queries.trail(db.session(), queries.TrailFilter(about_id=person.id), LATEST, 0)
    return render_template(
        "accounts/admin_person.html",
        person=person,
        state=_state(person, now),
        tutor=tutor,
        lines=[shown(line) for line in lines],
        more=total > LATEST,
        **{**own, **forms},
    )


@bp.get("/admin/audit")
@roles_required(Role.ADMIN)
def audit_trail() -> ResponseReturnValue:
    """Search the trail of who changed what."""
    number = page_number()
    asked = {name: clean_line(request.args.get(name)) or "" for name in ("text", "who", "action", "from", "to")}
    first, last = _day(asked["from"]), _day(asked["to"])
    wanted = queries.TrailFilter(
        text=asked["text"],
        who=asked["who"],
        action=asked["action"],
        since=_midnight(first),
        before=_midnight(last + timedelta(days=1)) if last else None,
    )
    lines, total = queries.trail(db.session(), wanted, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    page = Page([shown(line) for line in lines], total, number)
    kinds = words.options("audit_action")
    if asked["action"] and asked["action"] not in dict(kinds):
        kinds = [*kinds, (asked["action"], asked["action"])]
    return render_template("accounts/audit_trail.html", page=page, asked=asked, kinds=kinds)


def _day(typed: str) -> date | None:
    """The day asked for; anything that isn't one asks for none."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _midnight(day: date | None) -> datetime | None:
    """When a day begins where the company is."""
    return datetime.combine(day, time(), company.zone()) if day else None
