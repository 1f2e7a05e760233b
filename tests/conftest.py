"""The fixtures that every test may use. How to: docs/development.md, "Tests"."""

import gc
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from xdist.scheduler import LoadScopeScheduling

from exam import clock
from tests.builders import NOW
from tests.support import browser as browsers
from tests.support import postgres
from tests.support.client import CheckingClient
from tests.support.database import SESSION, Site, forget, make_site
from tests.support.server import LiveServer
from tests.support.watch import Watch

RESULTS = Path(__file__).parent.parent / "test-results"
DATABASES = ("sqlite", "postgresql")
ROOM_TESTS = ("tests/browser/test_room", "tests/browser/test_receipt.py", "tests/faults/test_room.py")
"""Browser tests of the exam room: they wait more than they work."""
PAGE_TESTS = (
    "tests/browser/",
    "tests/sittings/test_browser.py",
    "tests/test_ground.py::test_the_browser",
    "tests/test_ground.py::test_a_person_is_signed_in",
)
"""The other browser tests; elsewhere they would run beside these."""
DESK_TEST = "tests/browser/test_marking.py::test_two_hundred"
"""The longest of them, which a process has for itself: two hundred answers are marked one after the other."""
LONG_TESTS = ("tests/test_bench.py", "tests/test_commands.py", "tests/test_availability.py", "tests/test_ground.py")
"""Files of tests that take long one by one: begun late, the last would leave one process alone at the end."""

# A busy machine makes no property false.
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples every time: what fails then is the change, not the luck. Others: --hypothesis-profile=explore.
settings.register_profile("steady", settings.get_profile("explore"), derandomize=True)
settings.load_profile("steady")

WORLD_TESTS = re.compile(r"(tests/test_(?:addresses|csrf|permissions|ways)\.py)::.*?\b(sqlite|postgresql)\b")
"""Files whose tests share a world, one on each database: whoever runs some of them makes it first."""

failed = pytest.StashKey[bool]()


class FewBrowsers(LoadScopeScheduling):
    """Lets one process have all tests of the room, one all other browser tests: many Chromiums make each other late.

    The longest of those has a process for itself.
    Every other test goes wherever there is room, but for those that share something costly: the halls of tests/faults,
    of which each database has one, and the worlds of `WORLD_TESTS`.
    (xdist's own groups are lost on pytest 9.2: it no longer takes a changed node id.)
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(ROOM_TESTS):
            return "room"
        if nodeid.startswith(DESK_TEST):
            return "desk"
        if nodeid.startswith(PAGE_TESTS):
            return "pages"
        hall = re.match(r"tests/faults/test_halls\.py::\w+\[(\w+)", nodeid)
        world = WORLD_TESTS.match(nodeid)
        return hall[1] if hall else "".join(world.groups()) if world else nodeid

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """Forget a scope whose tests have all run: xdist counts through all it remembers after every test."""
        scope = self._split_scope(self.registered_collections[node][item_index])
        super().mark_test_complete(node, item_index, duration)
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """Collect without looking for garbage again and again: all that is made then stays until the end of the run."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a browser test in another place, and put what takes long first."""
    items.sort(key=lambda item: not item.nodeid.startswith((*ROOM_TESTS, *PAGE_TESTS, *LONG_TESTS)))
    uses = [item.nodeid for item in items if "browser" in getattr(item, "fixturenames", ())]
    if stray := [nodeid for nodeid in uses if not nodeid.startswith((*ROOM_TESTS, *PAGE_TESTS))]:
        raise pytest.UsageError(f"PAGE_TESTS in tests/conftest.py doesn't know {stray}")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FewBrowsers:
    """Tell xdist how to share the tests out."""
    return FewBrowsers(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember a failure, so that the browser's fixtures can take a picture of it."""
    report = yield
    if report.failed:
        item.stash[failed] = True
    return report


@pytest.fixture(scope="session")
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Tell the person at the terminal what takes long, past pytest's capturing."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def tell(text: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n{text}", flush=True)

    return tell


# Databases


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Make an empty database of a kind, "sqlite" or "postgresql", that lasts as long as the test run."""
    with ExitStack() as stack:

        @cache
        def server() -> str:
            return stack.enter_context(postgres.postgres_server())

        def make(kind: str) -> str:
            if kind == "sqlite":
                return f"sqlite:///{tmp_path_factory.mktemp('database') / 'jieye.sqlite'}"
            return stack.enter_context(postgres.temporary_database(server()))

        yield make


@pytest.fixture(scope="session", params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database: a test that asks for it, or for what stands on it, runs once on each."""
    return str(request.param)


@pytest.fixture(scope="session")
def site(database: str, new_database: Callable[[str], str]) -> Iterator[Site]:
    """The app and its tables, made once a run for each kind of database."""
    with make_site(new_database(database)) as made:
        yield made


@pytest.fixture
def connection(site: Site) -> Iterator[Connection]:
    """The one connection of a test; everything committed through it is undone at the end."""
    with site.untouched() as lent:
        yield lent


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session for a test of actions and queries, on SQLite and on PostgreSQL. Commits stay inside the test."""
    with Session(connection, **SESSION) as opened:
        yield opened


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """No test knows what an earlier one has taught this process."""
    forget()


# The site


@pytest.fixture
def app(site: Site, connection: Connection) -> Flask:
    """The app on the test's connection: what its routes commit is seen by `session`, and gone afterwards."""
    return site.app


@pytest.fixture
def client(app: Flask, session: Session) -> CheckingClient:
    """A visitor. `client.sign_in(person)` makes a person of them."""
    return new_client(app, session)


@pytest.fixture
def clients(app: Flask, session: Session) -> Callable[[], CheckingClient]:
    """Make another visitor, with a browser of their own."""
    return lambda: new_client(app, session)


def new_client(app: Flask, session: Session) -> CheckingClient:
    visitor = CheckingClient(app, response_wrapper=app.response_class)
    visitor.session = session
    visitor.check = session.get_bind().dialect.name == DATABASES[0]  # the other one's pages are of the same templates
    return visitor


@pytest.fixture
def now() -> datetime:
    """A fixed moment to pass to rules and actions."""
    return NOW


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set what routes take for the time; it stands still until set again."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_to


# The browser


@pytest.fixture
def live_database(tmp_path: Path) -> Path:
    """The file of the live server's database. The server makes it; who wants to begin with more puts one there."""
    return tmp_path / "live.sqlite"


@pytest.fixture
def live_server(live_database: Path) -> Iterator[LiveServer]:
    """The site on a free port with a database file of its own; `live_server.session()` fills and reads it."""
    server = LiveServer(f"sqlite:///{live_database}")
    yield server
    server.stop()
    assert not server.errors, f"the server failed: {server.errors}"


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory, say: Callable[[str], None]) -> Iterator[Browser]:
    """A Chromium, started once a run."""
    with sync_playwright() as playwright:
        started = browsers.launch(playwright, tmp_path_factory.mktemp("browser"), say)
        yield started
        started.close()


@pytest.fixture
def new_page(
    browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Open a page of another person: a browser context of its own, 1280 px wide; with `phone=True` 390 px and touch.

    Errors of scripts, a broken content policy and requests to elsewhere fail the test.
    """
    contexts: list[BrowserContext] = []
    watches: list[Watch] = []

    def make(phone: bool = False, **options: object) -> Page:
        size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
        settings = {"viewport": size, "has_touch": phone, "is_mobile": phone, "reduced_motion": "reduce"}
        context = browser.new_context(
            **{"base_url": live_server.url, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **settings, **options}
        )
        context.set_default_timeout(10_000)
        context.add_init_script(browsers.SHOW_WHEN_READY)
        contexts.append(context)
        watches.append(Watch(context, live_server.url))
        return context.new_page()

    yield make
    if request.node.stash.get(failed, False):
        RESULTS.mkdir(exist_ok=True)
        name = re.sub(r"[^\w.-]+", "-", request.node.nodeid).strip("-")
        for number, page in enumerate(page for context in contexts for page in context.pages):
            page.screenshot(path=RESULTS / f"{name}-{number}.png", full_page=True)
    for context in contexts:
        context.close()
    found = [problem for watch in watches for problem in watch.problems]
    assert not found, "\n".join(found)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page 1280 px wide."""
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A page 390 px wide, touched by a thumb."""
    return new_page(phone=True)
