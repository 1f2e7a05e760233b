"""What the tests of the exam room share: a running attempt, and its room entered on a wide screen.

The server's clock stands still unless a test moves it; the page's own clock runs on between two answers of the server.
"""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from exam.attempts.models import Attempt
from question_bank.items import Kind
from tests.attempts.builders import begin, places
from tests.builders import NOW, make_person
from tests.support.room import Room
from tests.support.server import LiveServer


@pytest.fixture
def attempt(live_server: LiveServer, set_clock: Callable[[datetime], None]) -> Attempt:
    """A running attempt of eight questions, whose room nobody has opened yet; its candidate reads English."""
    set_clock(NOW)
    with live_server.session() as session:
        return begin(session, make_person(session, locale="en", full_name="Lin Xiaoyu"), opened=False)


@pytest.fixture
def room(live_server: LiveServer, page: Page, attempt: Attempt) -> Room:
    """The room entered on a wide screen."""
    entered = Room(live_server, page, attempt).enter()
    expect(entered.heading(1)).to_be_visible()
    return entered


@pytest.fixture
def text(attempt: Attempt) -> int:
    """The position of a short answer."""
    return places(attempt, Kind.SHORT_ANSWER)[0]
