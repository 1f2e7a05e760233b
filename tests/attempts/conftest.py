"""What the tests of the room over HTTP share."""

import pytest
from sqlalchemy.orm import Session

from exam.attempts.models import Attempt
from tests.attempts.builders import LATER, SetClock, begin
from tests.builders import make_person
from tests.support.client import CheckingClient


@pytest.fixture
def attempt(session: Session, client: CheckingClient, set_clock: SetClock) -> Attempt:
    """A running attempt of whom `client` is signed in as; its room has been opened once."""
    set_clock(LATER)
    person = make_person(session)
    client.sign_in(person)
    return begin(session, person)
