"""What the tests of HR's pages share."""

import pytest

from exam.accounts.rules import Role
from tests.builders import NOW, make_person


@pytest.fixture
def fixed_clock(set_clock):
    """The site's clock stands at NOW."""
    set_clock(NOW)


@pytest.fixture
def hr(session):
    """Somebody in HR."""
    return make_person(session, Role.HR, full_name="陈珂", name_key="chen ke")


@pytest.fixture
def trainer(session):
    """A trainer."""
    return make_person(session, Role.TRAINER, full_name="周敏", name_key="zhou min")


@pytest.fixture
def visitor(client, hr):
    """The client, with HR signed in."""
    return client.sign_in(hr)
