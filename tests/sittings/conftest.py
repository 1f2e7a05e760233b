"""What the tests of the pages of sittings share."""

import pytest

from tests.builders import NOW
from tests.sittings.builders import make_plain_exam, make_sitting


@pytest.fixture
def sitting(session, client, set_clock):
    """The sitting of a new hire who is signed in with the client, looked at when its window has just opened."""
    made = make_sitting(session, make_plain_exam(session, places=3))
    client.sign_in(made.person)
    set_clock(NOW)
    return made
