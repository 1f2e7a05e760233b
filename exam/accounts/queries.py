"""Reading about people, their ways in and the trail."""

import hashlib
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person, SignInLink
from exam.accounts.rules import Role, fold


def person(session: Session, person_id: int) -> Person | None:
    """The person of this number."""
    return session.get(Person, person_id)


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


def name_key_of(person: Person) -> str:
    """Where wrong passwords of an account are counted."""
    return f"name:{person.id}"


def unknown_name_key(typed: str) -> str:
    """Where they are counted for a name without an account; hashed, for people type passwords into the wrong field."""
    return f"unknown:{hashlib.sha256(fold(typed).encode()).hexdigest()}"


def others_with_email(session: Session, person_id: int, email: str) -> bool:
    """Whether somebody else has this address."""
    found = select(Person.id).where(func.lower(Person.email) == email.lower(), Person.id != person_id).limit(1)
    return session.scalar(found) is not None


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


def demo_people(session: Session) -> list[Person]:
    """Whom a demo site offers to be: the named sign-ins, new hires first, not the forged cohort around them."""
    named = Person.username.regexp_match("^(newhire|trainer|hr|admin)[0-9]*$")
    found = session.scalars(select(Person).where(named, Person.active.is_(True)).order_by(Person.id).limit(20))
    order = list(Role)
    return sorted(found, key=lambda one: min((order.index(role) for role in one.roles), default=len(order)))
