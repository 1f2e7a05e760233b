"""Reading about people, their ways in and the trail of changes."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, bindparam, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from exam.accounts.models import AuditEvent, Person, PersonRole, SignInLink
from exam.accounts.rules import PersonState, Role, as_json_text, fold

# Somebody


def person(session: Session, person_id: int) -> Person | None:
    """The person of this number."""
    return session.get(Person, person_id)


def who_asks(session: Session, person_id: int) -> Person | None:
    """The same with their roles, for every request of somebody signed in: one statement, built once."""
    return session.execute(_WHO_ASKS, {"person_id": person_id}).unique().scalar_one_or_none()


_WHO_ASKS = select(Person).options(joinedload(Person.role_rows)).where(Person.id == bindparam("person_id"))


def session_epochs(session: Session, person_ids: Collection[int], role: Role) -> dict[int, int]:
    """Which of these people may act in a role now, each with the epoch of the sessions that still hold."""
    found = select(Person.id, Person.session_epoch).where(Person.id.in_(person_ids), may_act(role))
    return {row.id: row.session_epoch for row in session.execute(found)}


def by_sign_in_name(session: Session, typed: str) -> Person | None:
    """Whom somebody means who types a user name, else a staff number, else an address that only one person has."""
    folded = fold(typed)
    found = session.scalars(
        select(Person)
        .where(
            or_(
                Person.username == folded,
                func.lower(Person.staff_number) == folded,
                func.lower(Person.email) == folded,
            )
        )
        .limit(3)
    ).all()
    exact = [one for one in found if one.username == folded] or [
        one for one in found if one.staff_number and fold(one.staff_number) == folded
    ]
    best = exact or list(found)
    return best[0] if len(best) == 1 else None


def others_with_email(session: Session, person_id: int, email: str) -> bool:
    """Whether somebody else has this address."""
    found = select(Person.id).where(func.lower(Person.email) == email.lower(), Person.id != person_id).limit(1)
    return session.scalar(found) is not None


def demo_people(session: Session) -> list[Person]:
    """Whom a demo site offers to be: the named sign-ins, new hires first, not the forged cohort around them."""
    named = Person.username.regexp_match("^(newhire|trainer|hr|admin)[0-9]*$")
    found = session.scalars(select(Person).where(named, Person.active.is_(True)).order_by(Person.id).limit(20))
    order = list(Role)
    return sorted(found, key=lambda one: min((order.index(role) for role in one.roles), default=len(order)))


def people_with_role(session: Session, role: Role) -> Sequence[Person]:
    """Everybody who has this role and may sign in."""
    return session.scalars(select(Person).where(Person.active, has_role(role)).order_by(Person.id)).all()


def ids_with_role(session: Session, role: Role) -> Sequence[int]:
    """The ids of the same, for whoever needs no more of them: one statement."""
    return session.scalars(select(Person.id).where(Person.active, has_role(role)).order_by(Person.id)).all()


def may_act(role: Role) -> ColumnElement[bool]:
    """The condition that a person may act in a role now: not closed out, their own password chosen."""
    return and_(Person.active.is_(True), Person.must_change_password.is_(False), has_role(role))


def has_role(role: Role) -> ColumnElement[bool]:
    """The condition that a person has this role."""
    return exists().where(PersonRole.person_id == Person.id, PersonRole.role == role)


# Ways in


def name_key_of(person: Person) -> str:
    """Where wrong passwords of an account are counted."""
    return f"name:{person.id}"


def unknown_name_key(typed: str) -> str:
    """Where they are counted for a name without an account; hashed, for people type passwords into the wrong field."""
    return f"unknown:{hashlib.sha256(fold(typed).encode()).hexdigest()}"


def open_link(session: Session, token_hash: str, now: datetime, lock: bool = False) -> SignInLink | None:
    """The unused, unexpired link with this hash of a person who may come in."""
    found = (
        select(SignInLink)
        .join(Person, Person.id == SignInLink.person_id)
        .where(
            SignInLink.token_hash == token_hash,
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
            Person.active.is_(True),
        )
    )
    return session.scalar(found.with_for_update(of=SignInLink) if lock else found)


# Lists

PEOPLE_ORDERS = {"name": Person.name_key, "username": Person.username, "added": Person.created_at}


@dataclass(frozen=True)
class PeopleFilter:
    """Which people a list shows; None shows all."""

    text: str = ""
    role: Role | None = None
    state: PersonState | None = None


def people(
    session: Session, wanted: PeopleFilter, now: datetime, order: str, descending: bool, limit: int, offset: int
) -> tuple[Sequence[Person], int]:
    """One page of people, and how many there are in all. `order` is a key of PEOPLE_ORDERS."""
    conditions = [called(Person, wanted.text)] if wanted.text else []
    if wanted.role:
        conditions.append(has_role(wanted.role))
    if wanted.state:
        conditions.append(in_state(wanted.state, now))
    column = PEOPLE_ORDERS[order]
    found = select(Person).where(*conditions).order_by(column.desc() if descending else column, Person.id)
    total = session.scalar(select(func.count(Person.id)).where(*conditions)) or 0
    return session.scalars(found.limit(limit).offset(offset)).all(), total


def called(who: Any, text: str) -> ColumnElement[bool]:
    """Whether this text is in somebody's name (also its pinyin), user name, staff number or address."""
    columns = (who.full_name, who.name_key, who.username, who.staff_number, who.email)
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


def in_state(state: PersonState, now: datetime) -> ColumnElement[bool]:
    """Whether somebody's account stands like this now."""
    locked = func.coalesce(Person.locked_until > now, False)
    match state:
        case PersonState.CLOSED:
            return Person.active.is_(False)
        case PersonState.LOCKED:
            return and_(Person.active.is_(True), Person.locked_until > now)
        case PersonState.INVITED:
            return and_(Person.active.is_(True), ~locked, Person.password_hash.is_(None))
        case PersonState.ACTIVE:
            return and_(Person.active.is_(True), ~locked, Person.password_hash.is_not(None))


# The trail


@dataclass(frozen=True)
class TrailFilter:
    """Which events the trail shows. `since` and `before` are moments, the second not included."""

    text: str = ""
    who: str = ""
    action: str = ""
    since: datetime | None = None
    before: datetime | None = None
    about_id: int | None = None
    without: str = ""
    """How actions begin that are left out."""


@dataclass(frozen=True)
class TrailLine:
    """An event with the names of who acted and whom it concerns."""

    event: AuditEvent
    actor: str | None
    about: str | None


def trail(session: Session, wanted: TrailFilter, limit: int, offset: int) -> tuple[list[TrailLine], int]:
    """One page of the trail, the newest first, and how many events there are in all."""
    conditions = _trail_conditions(wanted)
    total = session.scalar(select(func.count(AuditEvent.id)).where(*conditions)) or 0
    actor, about = aliased(Person), aliased(Person)
    rows = session.execute(
        select(AuditEvent, actor.full_name, about.full_name)
        .outerjoin(actor, actor.id == AuditEvent.actor_id)
        .outerjoin(about, about.id == AuditEvent.about_id)
        .where(*conditions)
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [TrailLine(event, acted, concerned) for event, acted, concerned in rows], total


def _trail_conditions(wanted: TrailFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.action:
        conditions.append(AuditEvent.action == wanted.action)
    if wanted.without:
        conditions.append(AuditEvent.action.not_like(f"{wanted.without}%"))
    if wanted.since:
        conditions.append(AuditEvent.at >= wanted.since)
    if wanted.before:
        conditions.append(AuditEvent.at < wanted.before)
    if wanted.about_id is not None:
        conditions.append(AuditEvent.about_id == wanted.about_id)
    if wanted.who:
        ids = select(Person.id).where(called(Person, wanted.who))
        conditions.append(or_(AuditEvent.actor_id.in_(ids), AuditEvent.about_id.in_(ids)))
    if wanted.text:
        detail = cast(AuditEvent.detail, Text)
        # One database stores Chinese in JSON as it is, the other in escapes.
        written = {wanted.text, as_json_text(wanted.text)}
        conditions.append(
            or_(
                AuditEvent.action.icontains(wanted.text, autoescape=True),
                *(detail.icontains(one, autoescape=True) for one in sorted(written)),
            )
        )
    return conditions
