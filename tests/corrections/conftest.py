"""Who corrects, and of which exam."""

import pytest

from exam.accounts.rules import Role
from tests.builders import make_exam, make_person


@pytest.fixture
def trainer(session):
    return make_person(session, Role.TRAINER, full_name="周敏")


@pytest.fixture
def second(session):
    return make_person(session, Role.TRAINER, full_name="许静")


@pytest.fixture
def exam(session):
    return make_exam(session)
