"""The list of people, and the cohorts they belong to."""

import unicodedata
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock, words
from exam.accounts.rules import PersonState, Role, person_state
from exam.courses import queries as courses
from exam.db import db
from exam.errors import Refused, beside
from exam.people import actions, queries
from exam.people.forms import NewCohortForm
from exam.people.queries import Wanted
from exam.people.routes.blueprint import bp, cohort_option, for_hr, person_option
from exam.web import clean_line, page_number, query_url, wanted_sort


@bp.get("/people")
@for_hr
def list_people() -> ResponseReturnValue:
    """List people with their roles, cohorts, tutors and accounts."""
    now, sort = clock.now(), wanted_sort(list(queries.ORDERS), "name")
    wanted = _wanted()
    page = queries.people(db.session(), wanted, now, sort.key, sort.descending, page_number())
    cohorts = queries.cohorts(db.session())
    return render_template(
        "people/list.html",
        page=page,
        states={row.person.id: state_of(row.person, now) for row in page.items},
        wanted=wanted,
        text=clean_line(request.args.get("text")) or "",
        sort=sort,
        roles=words.options("role"),
        account_states=words.options("person_state"),
        cohorts=[(str(one.id), one.name) for one in cohorts],
        cohort_choices=[cohort_option(one) for one in cohorts],
        tutors=[(str(one.id), one.full_name) for one in queries.named_tutors(db.session())],
        tutor_choices=[person_option(one) for one in queries.tutors(db.session())],
        here=query_url(),
    )


def _wanted() -> Wanted:
    """What the address asks for; what can't be understood asks for nothing."""
    text = clean_line(request.args.get("text")) or ""
    # Full-width letters come from Chinese keyboards; names may have been entered with them.
    texts = {text, " ".join(unicodedata.normalize("NFKC", text).split())} - {""}
    return Wanted(
        texts=frozenset(texts),
        role=_one_of(Role, "role"),
        state=_one_of(PersonState, "state"),
        cohort_id=_number("cohort"),
        tutor_id=_number("tutor"),
    )


def _one_of(kind: Any, name: str) -> Any:
    return next((member for member in kind if member.value == request.args.get(name)), None)


def _number(name: str) -> int | None:
    """The number asked for; anything that isn't one that a row can have asks for none."""
    asked = request.args.get(name, "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None


def state_of(person: Any, now: Any) -> PersonState:
    """How somebody's account stands now."""
    return person_state(person.active, person.password_hash is not None, person.locked_until, now)


@bp.get("/people/cohorts")
@for_hr
def cohorts() -> ResponseReturnValue:
    """List the cohorts with how far they are."""
    return _cohorts_page(_cohort_form(formdata=None))


@bp.post("/people/cohorts")
@for_hr
def make_cohort() -> ResponseReturnValue:
    """Begin a run of a course."""
    form = _cohort_form()
    if not form.validate():
        return _cohorts_page(form), 422
    course = next(one for one in courses.courses(db.session()) if str(one.id) == form.course.data)
    try:
        cohort = actions.make_cohort(
            db.session(), course, form.name.data or "", actor_id=current_user.id, now=clock.now()
        )
    except Refused as refusal:
        refusal.detail["field"] = "name"
        beside(form, refusal)
        return _cohorts_page(_offer(form)), 422
    db.session.commit()
    flash(_("The cohort %(name)s is there. Assign people to it now.", name=cohort.name), "good")
    return redirect(url_for(".cohorts"))


def _cohort_form(**keywords: Any) -> NewCohortForm:
    return _offer(NewCohortForm(**keywords))


def _offer(form: NewCohortForm) -> NewCohortForm:
    form.course.choices = [(str(one.id), one.title) for one in courses.courses(db.session())]
    return form


def _cohorts_page(form: NewCohortForm) -> str:
    return render_template("people/cohorts.html", page=queries.cohort_rows(db.session(), page_number()), form=form)
