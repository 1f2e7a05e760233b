"""What HR does about people: adding, changing, assigning courses and tutors, importing lists. Nothing here commits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam.accounts import actions as accounts
from exam.accounts.actions import audit
from exam.accounts.actions.names import name_key
from exam.accounts.actions.people import check_may_help
from exam.accounts.models import Person
from exam.accounts.queries import others_with_email
from exam.accounts.rules import FULL_NAME_LONGEST, STAFF_NUMBER_LONGEST, Role, may_help
from exam.courses.actions import enrol
from exam.courses.actions import make_cohort as begin_cohort
from exam.courses.models import Cohort, Course
from exam.courses.queries import own_enrolment
from exam.errors import Conflict, Forbidden, Refused, _l
from exam.people import queries
from exam.people.rules import Entry, propose_username

NOTHING = "\u2014"
NOBODY = 0
"""Stands for the number of somebody who isn't there yet."""


class Assigned(StrEnum):
    """What assigning a course came to for one person."""

    NEW = "new"
    MOVED = "moved"
    """Takes the course already; now with another cohort."""
    SAME = "same"
    """Is in this cohort already."""
    NOT_POSSIBLE = "not_possible"
    """Isn't a new hire, or was closed out."""


@dataclass(frozen=True)
class Invited:
    """Somebody added, with the token of their one-time link, which is kept nowhere."""

    person: Person
    token: str


@dataclass(frozen=True)
class Whole:
    """What HR says about a person."""

    full_name: str
    email: str
    staff_number: str
    tutor_id: int | None
    roles: frozenset[Role]
    username: str = ""


# One person


def add(session: Session, whole: Whole, cohort: Cohort | None, *, actor_id: int, now: datetime) -> Invited:
    """Add somebody with a one-time link, and give them a course where a cohort is named.

    An empty user name is made from the staff number or the name. Refuses what `add_person` refuses, no role, an
    address or a tutor that can't be, and a course for somebody who isn't a new hire; `detail["field"]` names the field.
    """
    if not whole.roles:
        raise Refused(_l("Choose at least one role."), "no_role", field="roles")
    _check_email(session, NOBODY, whole.email)
    _check_tutor(session, NOBODY, whole.tutor_id)
    if cohort and Role.NEW_HIRE not in whole.roles:
        raise Refused(
            _l("Only new hires take a course. Give the role, or no cohort."), "not_a_new_hire", field="cohort"
        )
    username = whole.username or proposed_username(session, whole.staff_number, whole.full_name)
    person = accounts.add_person(
        session, username=username, full_name=whole.full_name, roles=whole.roles, actor_id=actor_id, now=now,
        email=whole.email or None, staff_number=whole.staff_number or None, tutor_id=whole.tutor_id,
    )  # fmt: skip
    if cohort:
        enrol(session, person, cohort.course, cohort, actor_id, now)
    return Invited(person, accounts.make_sign_in_link(session, person, actor_id, now))


def proposed_username(session: Session, staff_number: str, full_name: str) -> str:
    """A free user name for somebody."""
    return propose_username(staff_number, pinyin(full_name), queries.taken_usernames(session))


def pinyin(full_name: str) -> str:
    """`linxiaoyu` for the name written so."""
    return name_key(full_name).replace(" ", "")


def change(session: Session, person: Person, whole: Whole, *, actor_id: int, now: datetime) -> None:
    """Set what HR says about a person; the user name stays.

    Refuses what belongs to somebody else, making an administrator, and everything about an administrator to anybody
    else: with another address one could be mailed their way in.
    """
    check_may_help(session, person, actor_id)
    if not may_help(session.get_one(Person, actor_id).roles, whole.roles):
        raise Forbidden(_l("Only an administrator can make somebody an administrator."), "not_admin", field="roles")
    _check_names(session, person, whole)
    _check_email(session, person.id, whole.email)
    _check_tutor(session, person.id, whole.tutor_id, person.tutor_id)
    accounts.set_roles(session, person, whole.roles, actor_id=actor_id, now=now)
    set_tutor(session, person, whole.tutor_id, actor_id=actor_id, now=now)
    wanted = {
        "full_name": whole.full_name,
        "email": whole.email or None,
        "staff_number": whole.staff_number or None,
    }
    before = {name: getattr(person, name) for name, value in wanted.items() if getattr(person, name) != value}
    if not before:
        return
    try:
        with session.begin_nested():
            for name in before:
                setattr(person, name, wanted[name])
            person.name_key = name_key(whole.full_name)
    except IntegrityError as error:  # another request was first
        raise Conflict(
            _l("This staff number was just given to somebody else."), "taken", field="staff_number"
        ) from error
    changes = {name: f"{old or NOTHING} \u2192 {wanted[name] or NOTHING}" for name, old in before.items()}
    _note(session, person, "person.changed", actor_id, now, **changes)


def set_tutor(session: Session, person: Person, tutor_id: int | None, *, actor_id: int, now: datetime) -> bool:
    """Say whose tutor looks after the person; None: nobody. True when that changed anything."""
    if tutor_id == person.tutor_id:
        return False
    _check_tutor(session, person.id, tutor_id)
    before, person.tutor_id = person.tutor_id, tutor_id
    session.flush()
    names = queries.names_of(session, {one for one in (before, tutor_id) if one})
    _note(
        session,
        person,
        "person.tutor_set",
        actor_id,
        now,
        before=names.get(before or 0),
        after=names.get(tutor_id or 0),
    )
    return True


def _check_names(session: Session, person: Person, whole: Whole) -> None:
    if not 1 <= len(whole.full_name) <= FULL_NAME_LONGEST:
        raise Refused(_l("A name has 1 to 80 characters."), "bad_name", field="full_name")
    if len(whole.staff_number) > STAFF_NUMBER_LONGEST:
        raise Refused(_l("A staff number has at most 40 characters."), "bad_staff_number", field="staff_number")
    held = select(Person.full_name).where(Person.staff_number == whole.staff_number, Person.id != person.id)
    holder = session.scalar(held) if whole.staff_number else None
    if holder is not None:
        raise Conflict(
            _l("This staff number belongs to %(name)s already.", name=holder), "staff_number_taken",
            field="staff_number",
        )  # fmt: skip


def _check_email(session: Session, person_id: int, email: str) -> None:
    if email and others_with_email(session, person_id, email):
        raise Conflict(_l("This address belongs to somebody else already."), "email_taken", field="email")


def _check_tutor(session: Session, person_id: int, tutor_id: int | None, kept: int | None = None) -> None:
    """Refuse a tutor who isn't a trainer with an open account, unless it is the one they have."""
    if tutor_id is None or tutor_id == kept:
        return
    tutor = session.get(Person, tutor_id)
    if tutor is None or not tutor.active or not tutor.has_role(Role.TRAINER):
        raise Refused(_l("Only a trainer with an open account can be a tutor."), "not_a_tutor", field="tutor")
    if tutor_id == person_id:
        raise Refused(_l("Nobody is their own tutor."), "own_tutor", field="tutor")


# Several people


def assign(session: Session, person: Person, cohort: Cohort, *, actor_id: int, now: datetime) -> Assigned:
    """Give somebody the course of a cohort (its course loaded), or move them to that cohort if they take it already."""
    outcome = assignable(session, person, cohort)
    if outcome is Assigned.NEW:
        enrol(session, person, cohort.course, cohort, actor_id, now)
    elif outcome is Assigned.MOVED:
        enrolment = own_enrolment(session, person.id, cohort.course_id)
        if enrolment is None:
            raise Conflict(_l("Something changed in the meantime. Look again."), "changed")
        before = session.get_one(Cohort, enrolment.cohort_id).name
        enrolment.cohort_id = cohort.id
        session.flush()
        _note(session, person, "cohort.changed", actor_id, now, before=before, after=cohort.name)
    return outcome


def assignable(session: Session, person: Person, cohort: Cohort) -> Assigned:
    """What `assign` would do."""
    enrolment = own_enrolment(session, person.id, cohort.course_id)
    if enrolment is not None:
        return Assigned.SAME if enrolment.cohort_id == cohort.id else Assigned.MOVED
    return Assigned.NEW if person.active and person.has_role(Role.NEW_HIRE) else Assigned.NOT_POSSIBLE


def make_cohort(session: Session, course: Course, name: str, *, actor_id: int, now: datetime) -> Cohort:
    """Begin a run of a course; its course is loaded."""
    cohort = begin_cohort(session, course, name, actor_id, now)
    cohort.course = course
    return cohort


def import_people(
    session: Session,
    entries: Iterable[Entry],
    *,
    cohort: Cohort | None,
    new_cohorts_in: Course | None,
    tutor_id: int | None,
    source: str,
    actor_id: int,
    now: datetime,
) -> list[Invited]:
    """Add everybody on a checked list, each with a one-time link: all or nobody.

    `cohort` is for new hires whose line names none; a named cohort that doesn't exist is made in `new_cohorts_in`.
    `tutor_id` is for those whose line names none. Refuses a new cohort without a course to make it in.
    """
    _check_tutor(session, NOBODY, tutor_id)
    chosen, added = list(entries), []
    # The session forgets whom nobody holds: without this each line would load its tutor and the actor anew.
    held = queries.somebody(session, {actor_id, tutor_id or NOBODY} | {entry.tutor_id or NOBODY for entry in chosen})
    named = _named_cohorts(session, chosen, new_cohorts_in, actor_id, now)
    for entry in chosen:
        learns = Role.NEW_HIRE in entry.roles
        whole = Whole(
            entry.full_name, entry.email, entry.staff_number, entry.tutor_id or (tutor_id if learns else None),
            entry.roles, entry.username,
        )  # fmt: skip
        own = named.get(entry.cohort, cohort) if learns else None
        added.append(add(session, whole, own, actor_id=actor_id, now=now))
    del held
    audit(
        session, actor_id=actor_id, action="people.imported", subject_type="file", subject_id=None, now=now,
        count=len(added), file=source,
    )  # fmt: skip
    return added


def _named_cohorts(
    session: Session, entries: Sequence[Entry], course: Course | None, actor_id: int, now: datetime
) -> dict[str, Cohort]:
    """The cohorts that lines name, those that don't exist made now."""
    named = {one.name: one for one in queries.cohorts(session)}
    wanted = dict.fromkeys(entry.cohort for entry in entries if entry.cohort and Role.NEW_HIRE in entry.roles)
    for name in wanted:
        if name in named:
            continue
        if course is None:
            raise Refused(_l("There is no course for the cohort %(name)s.", name=name), "no_course", field="cohort")
        named[name] = make_cohort(session, course, name, actor_id=actor_id, now=now)
    return {name: named[name] for name in wanted}


def _note(session: Session, person: Person, action: str, actor_id: int | None, now: datetime, **detail: object) -> None:
    audit(
        session, actor_id=actor_id, action=action, subject_type="person", subject_id=person.id, about_id=person.id,
        now=now, **detail,
    )  # fmt: skip
