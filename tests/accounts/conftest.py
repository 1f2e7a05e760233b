"""The people of the tests of accounts' pages."""

import pytest

from exam.accounts.actions import passwords
from exam.accounts.rules import Role
from tests.accounts.builders import GOOD
from tests.builders import make_person


@pytest.fixture
def person(session):
    """Somebody with a password."""
    return make_person(session, username="linxy", full_name="林晓雨", password_hash=passwords.make_hash(GOOD))


@pytest.fixture
def admin(session):
    """An administrator."""
    return make_person(session, Role.ADMIN, full_name="陈立")
