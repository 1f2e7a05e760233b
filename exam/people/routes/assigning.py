"""Several people at once: to a course and cohort, or to a tutor. First what would happen, in words; then it happens."""

from collections import Counter
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext as _n
from flask_login import current_user

from exam import clock
from exam.accounts import queries as accounts
from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.courses.models import Cohort
from exam.db import db
from exam.people import actions, queries
from exam.people.actions import Assigned
from exam.people.routes.blueprint import bp, cohort_option, for_hr, person_option
from exam.web import safe_next

MOST = 200
"""How many can be chosen at once; a page of the list shows far fewer."""


@bp.get("/people/assign")
@for_hr
def assign() -> ResponseReturnValue:
    """Say what assigning a course would do to each of the chosen people."""
    chosen = _chosen()
    if not chosen:
        return _nobody_chosen()
    cohort = queries.cohort(db.session(), _number(request.values.get("cohort")))
    if cohort is None:
        options = [cohort_option(one) for one in queries.cohorts(db.session())]
        return render_template("people/assign_where.html", people=chosen, what="cohort", options=options, next=_next())
    lines = [(one, actions.assignable(db.session(), one, cohort)) for one in chosen]
    changed = [one for one, outcome in lines if outcome in (Assigned.NEW, Assigned.MOVED)]
    return render_template("people/assign_course.html", lines=lines, cohort=cohort, changed=changed, next=_next())


@bp.post("/people/assign")
@for_hr
def assign_post() -> ResponseReturnValue:
    """Assign the course to the people the page has named."""
    cohort = queries.cohort(db.session(), _number(request.form.get("cohort")))
    if cohort is None or not (chosen := _chosen()):
        return _nobody_chosen()
    now = clock.now()
    outcomes = Counter(actions.assign(db.session(), one, cohort, actor_id=current_user.id, now=now) for one in chosen)
    db.session.commit()
    flash(_said(outcomes, cohort), "good")
    return redirect(_next())


def _said(outcomes: Counter[Assigned], cohort: Cohort) -> str:
    """What happened, in words."""
    new, moved = outcomes[Assigned.NEW], outcomes[Assigned.MOVED]
    parts = []
    if new:
        parts.append(_n(
            "%(num)d person takes %(course)s now, in %(cohort)s.", "%(num)d people take %(course)s now, in %(cohort)s.",
            new, course=cohort.course.title, cohort=cohort.name,
        ))  # fmt: skip
    if moved:
        parts.append(
            _n("%(num)d person moved to %(cohort)s.", "%(num)d people moved to %(cohort)s.", moved, cohort=cohort.name)
        )
    left = outcomes[Assigned.SAME] + outcomes[Assigned.NOT_POSSIBLE]
    if left:
        parts.append(_n("%(num)d person stays as before.", "%(num)d people stay as before.", left))
    return " ".join(parts)


@bp.get("/people/tutor")
@for_hr
def tutor() -> ResponseReturnValue:
    """Say what another tutor would mean for each of the chosen people."""
    chosen = _chosen()
    if not chosen:
        return _nobody_chosen()
    found = _tutor()
    if found is None:
        options = [person_option(one) for one in queries.tutors(db.session())]
        return render_template("people/assign_where.html", people=chosen, what="tutor", options=options, next=_next())
    names = queries.names_of(db.session(), {one.tutor_id for one in chosen if one.tutor_id})
    changed = [one for one in chosen if one.tutor_id != found.id and one.id != found.id]
    return render_template(
        "people/assign_tutor.html", people=chosen, tutor=found, names=names, changed=changed, next=_next()
    )


@bp.post("/people/tutor")
@for_hr
def tutor_post() -> ResponseReturnValue:
    """Give the people the page has named another tutor."""
    found, chosen, now = _tutor(), _chosen(), clock.now()
    if found is None or not chosen:
        return _nobody_chosen()
    others = [one for one in chosen if one.id != found.id]
    count = sum(actions.set_tutor(db.session(), one, found.id, actor_id=current_user.id, now=now) for one in others)
    db.session.commit()
    flash(
        _n("%(tutor)s is the tutor of %(num)d person more now.", "%(tutor)s is the tutor of %(num)d people more now.",
           count, tutor=found.full_name),
        "good",
    )  # fmt: skip
    return redirect(_next())


def _chosen() -> Sequence[Person]:
    """The people ticked in the list; numbers of nobody are left out."""
    numbers = {_number(typed) for typed in request.values.getlist("id")[:MOST]}
    return queries.somebody(db.session(), numbers)


def _tutor() -> Person | None:
    """The trainer chosen, if it is one who can be a tutor."""
    found = accounts.person(db.session(), _number(request.values.get("tutor")))
    return found if found and found.active and found.has_role(Role.TRAINER) else None


def _number(typed: str | None) -> int:
    """A number from the address or a form; 0, which nothing has, for anything that isn't one."""
    return int(typed) if typed and typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


def _nobody_chosen() -> ResponseReturnValue:
    flash(_("Tick the people in the list first."), "wait")
    return redirect(_next())


def _next() -> str:
    """The list as it was."""
    asked = safe_next(request.values.get("next"))
    return asked if asked.startswith(url_for(".list_people")) else url_for(".list_people")
