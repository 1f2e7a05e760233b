"""Makes what a test needs and doesn't care about, in one call each. Whatever matters to the test, it passes by name."""

from datetime import UTC, datetime
from itertools import count

from sqlalchemy.orm import Session

from exam.accounts.models import Person, PersonRole
from exam.accounts.rules import Role

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
"""A Monday, half past nine in Shanghai: the `now` of the tests."""

number = count(1)


def make_person(session: Session, *roles: Role, **columns: object) -> Person:
    """Somebody who can be signed in; a new hire unless roles are named."""
    n = next(number)
    values = {"username": f"person{n}", "full_name": f"林晓雨{n}", "name_key": f"linxiaoyu{n:06}", "created_at": NOW}
    person = Person(**{**values, **columns})
    person.role_rows = [PersonRole(role=role) for role in roles or (Role.NEW_HIRE,)]
    session.add(person)
    session.flush()
    return person
