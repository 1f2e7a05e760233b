"""What the tests of the exam room share: a running attempt, and its room entered on a wide screen.

The server's clock stands still unless a test moves it; the page's own clock runs on between two answers of the server.
"""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from exam.attempts.models import Attempt
from question_bank.items import Kind
from tests.attempts.builders import begin, places
from tests.builders import NOW, make_person
from tests.support.database import make_site
from tests.support.room import Room
from tests.support.server import LiveServer


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A database with the running attempt in it, made once a run, and the attempt's number."""
    file = tmp_path_factory.mktemp("begun") / "begun.sqlite"
    with make_site(f"sqlite:///{file}") as site, Session(site.engine) as session:
        attempt = begin(session, make_person(session, locale="en", full_name="Lin Xiaoyu"), opened=False)
        session.commit()
        return file, attempt.id


@pytest.fixture
def live_database(live_database: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of that database for tests that want the attempt, nothing yet for the others."""
    if "attempt" in request.fixturenames:
        shutil.copy(request.getfixturevalue("begun")[0], live_database)
    return live_database


@pytest.fixture
def attempt(live_server: LiveServer, begun: tuple[Path, int], set_clock: Callable[[datetime], None]) -> Attempt:
    """A running attempt of eight questions, whose room nobody has opened yet; its candidate reads English."""
    set_clock(NOW)
    with live_server.session() as session:
        return session.get_one(Attempt, begun[1])


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
