"""Lists of people and cohorts, and what there is to choose from. A fixed number of statements each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from exam.accounts.models import Person
from exam.accounts.queries import called, has_role, in_state
from exam.accounts.rules import PersonState, Role
from exam.courses.models import Cohort, Course, Enrolment
from exam.paging import PAGE_SIZE
from exam.paging import Page as ListPage
from exam.people.rules import Known, Someone

ORDERS = {"name": Person.name_key, "staff_number": Person.staff_number, "added": Person.created_at}


@dataclass(frozen=True)
class Wanted:
    """Which people a list shows; None shows all. `texts`: what was typed, and with full-width letters plain."""

    texts: frozenset[str] = frozenset()
    role: Role | None = None
    state: PersonState | None = None
    cohort_id: int | None = None
    tutor_id: int | None = None

    @property
    def any(self) -> bool:
        return self != Wanted()


@dataclass(frozen=True)
class PersonRow:
    """One line of the list. `enrolments` have their courses and cohorts loaded."""

    person: Person
    tutor: str | None
    enrolments: Sequence[Enrolment]


@dataclass(frozen=True)
class CohortRow:
    """One line of the list of cohorts: how many belong to it, and how many of them have completed the course."""

    cohort: Cohort
    people: int
    completed: int


def people(
    session: Session, wanted: Wanted, now: datetime, order: str, descending: bool, number: int
) -> ListPage[PersonRow]:
    """One page of people with tutors and cohorts: five statements. `order` is a key of ORDERS."""
    conditions = _conditions(wanted, now)
    total = session.scalar(select(func.count(Person.id)).where(*conditions)) or 0
    column: Any = ORDERS[order]
    found = session.scalars(
        select(Person)
        .where(*conditions)
        .order_by((column.desc() if descending else column.asc()).nulls_last(), Person.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    names = names_of(session, {one.tutor_id for one in found if one.tutor_id})
    learning = enrolments_of(session, [one.id for one in found])
    rows = [PersonRow(one, names.get(one.tutor_id or 0), learning.get(one.id, [])) for one in found]
    return ListPage(rows, total, number)


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.texts:
        conditions.append(or_(*(called(Person, text) for text in sorted(wanted.texts))))
    if wanted.role:
        conditions.append(has_role(wanted.role))
    if wanted.state:
        conditions.append(in_state(wanted.state, now))
    if wanted.cohort_id is not None:
        conditions.append(
            select(Enrolment.id)
            .where(Enrolment.person_id == Person.id, Enrolment.cohort_id == wanted.cohort_id)
            .exists()
        )
    if wanted.tutor_id is not None:
        conditions.append(Person.tutor_id == wanted.tutor_id)
    return conditions


def names_of(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """What people are called: one statement."""
    wanted = list(person_ids)
    if not wanted:
        return {}
    return dict(session.execute(select(Person.id, Person.full_name).where(Person.id.in_(wanted))).all())


def enrolments_of(session: Session, person_ids: Sequence[int]) -> dict[int, list[Enrolment]]:
    """By person, their enrolments with courses and cohorts, the last assigned first: one statement."""
    found: dict[int, list[Enrolment]] = {}
    for enrolment in session.scalars(
        select(Enrolment)
        .where(Enrolment.person_id.in_(person_ids))
        .options(joinedload(Enrolment.course), joinedload(Enrolment.cohort))
        .order_by(Enrolment.assigned_at.desc(), Enrolment.id.desc())
    ):
        found.setdefault(enrolment.person_id, []).append(enrolment)
    return found


def tutees(session: Session, person_id: int) -> int:
    """How many people have this tutor: one statement."""
    return session.scalar(select(func.count(Person.id)).where(Person.tutor_id == person_id)) or 0


def somebody(session: Session, person_ids: Iterable[int]) -> Sequence[Person]:
    """The people of these numbers by name; numbers of nobody are left out."""
    return session.scalars(select(Person).where(Person.id.in_(list(person_ids))).order_by(Person.name_key)).all()


# What there is to choose from


def tutors(session: Session) -> Sequence[Person]:
    """Who may be somebody's tutor: trainers who may sign in."""
    return session.scalars(
        select(Person).where(Person.active.is_(True), has_role(Role.TRAINER)).order_by(Person.name_key, Person.id)
    ).all()


def named_tutors(session: Session) -> Sequence[Person]:
    """Who is somebody's tutor now, or may be: for a filter."""
    in_use = select(Person.tutor_id).where(Person.tutor_id.is_not(None))
    may_be = Person.active.is_(True) & has_role(Role.TRAINER)
    return session.scalars(select(Person).where(or_(may_be, Person.id.in_(in_use))).order_by(Person.name_key)).all()


def cohorts(session: Session) -> Sequence[Cohort]:
    """All cohorts with their courses, the newest first."""
    return session.scalars(
        select(Cohort).options(joinedload(Cohort.course)).order_by(Cohort.created_at.desc(), Cohort.id.desc())
    ).all()


def cohort(session: Session, cohort_id: int) -> Cohort | None:
    """A cohort with its course."""
    return session.scalar(select(Cohort).where(Cohort.id == cohort_id).options(joinedload(Cohort.course)))


def cohort_rows(session: Session, number: int) -> ListPage[CohortRow]:
    """One page of cohorts with how many people each has: two statements."""
    total = session.scalar(select(func.count(Cohort.id))) or 0
    rows = session.execute(
        select(Cohort, func.count(Enrolment.id), func.count(Enrolment.completed_at))
        .outerjoin(Enrolment, Enrolment.cohort_id == Cohort.id)
        .options(joinedload(Cohort.course))
        .group_by(Cohort.id, Course.id)
        .join(Cohort.course)
        .order_by(Cohort.created_at.desc(), Cohort.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return ListPage([CohortRow(*row) for row in rows], total, number)


# For lists of new people


def known(session: Session) -> Known:
    """Everybody there is, for checking a list of new people against: three statements, whatever its length."""
    everybody = session.execute(
        select(Person.id, Person.full_name, Person.username, Person.staff_number, Person.email).order_by(Person.id)
    )
    return Known(
        [Someone(*row) for row in everybody],
        [Someone(one.id, one.full_name, one.username, one.staff_number) for one in tutors(session)],
        frozenset(session.scalars(select(Cohort.name))),
    )


def taken_usernames(session: Session) -> frozenset[str]:
    """All user names."""
    return frozenset(session.scalars(select(Person.username)))
