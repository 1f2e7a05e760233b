"""The blueprint of HR's pages about people, and what those pages share."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from exam.accounts import queries as accounts
from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.courses import queries as courses
from exam.courses.models import Cohort
from exam.db import db
from exam.errors import Refused
from exam.people import actions, queries
from exam.people.forms import CohortForm, Option, TutorForm
from exam.web import nav, roles_required

bp = Blueprint("people", __name__)
nav.add(Role.HR, _l("People"), "people.list_people", 20)
# Whoever is the first administrator of a new site has nobody else to add people.
nav.add(Role.ADMIN, _l("People"), "people.list_people", 20)
for_hr = roles_required(Role.HR, Role.ADMIN)


def somebody(person_id: int) -> Person:
    """The person of this number, or 404."""
    return accounts.person(db.session(), person_id) or abort(404)


def cohort_option(cohort: Cohort) -> Option:
    """A cohort (its course loaded) as a choice."""
    return str(cohort.id), _("%(course)s: %(cohort)s", course=cohort.course.title, cohort=cohort.name)


def person_option(person: Person) -> Option:
    """A person as a choice; the user name tells two of a name apart."""
    return str(person.id), _("%(name)s (%(username)s)", name=person.full_name, username=person.username)


def offer_cohorts(form: CohortForm, none: str) -> None:
    """Let a form choose from all cohorts, or a new one."""
    found = [cohort_option(one) for one in queries.cohorts(db.session())]
    form.offer(found, [(str(one.id), one.title) for one in courses.courses(db.session())], none)


def offer_tutors(form: TutorForm, none: str, also: Sequence[Person] = ()) -> None:
    """Let a form choose from all tutors, and from those the person has already."""
    tutors = list(queries.tutors(db.session()))
    tutors += [one for one in also if one not in tutors]
    form.offer_tutors([person_option(one) for one in tutors], none)


def chosen_cohort(form: CohortForm, now: datetime) -> Cohort | None:
    """The cohort a valid form names, made now if it is a new one. Refuses a taken name, beside its field."""
    if form.cohort_id is not None:
        return queries.cohort(db.session(), form.cohort_id)
    if not form.wants_new:
        return None
    course = next(one for one in courses.courses(db.session()) if one.id == form.course_id)
    try:
        return actions.make_cohort(db.session(), course, form.new_cohort.data or "", actor_id=current_user.id, now=now)
    except Refused as refusal:
        refusal.detail["field"] = "new_cohort"
        raise


def is_admin() -> bool:
    """Whether the person of this request is an administrator."""
    return bool(current_user.has_role(Role.ADMIN))
