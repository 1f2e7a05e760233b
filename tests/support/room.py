"""The exam room in the words of a candidate, for the browser tests."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page

from exam.accounts.models import Person
from exam.attempts import queries
from exam.attempts.models import Attempt, RoomEvent
from tests.attempts.builders import token
from tests.support.server import LiveServer

SAVED = "Saved 09:30:00"


class Room:
    """A page in the room, in the words of a candidate."""

    def __init__(self, server: LiveServer, page: Page, attempt: Attempt) -> None:
        self.server, self.page, self.attempt = server, page, attempt
        self.sign_in()

    def enter(self, question: int | None = None) -> "Room":
        self.page.goto(f"/attempts/{self.attempt.id}" + (f"#q{question}" if question else ""))
        return self

    def sign_in(self) -> None:
        """Begin a new session in this browser."""
        with self.server.session() as session:
            self.server.sign_in(self.page, session.get_one(Person, self.attempt.person_id))

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    @property
    def save_line(self) -> Locator:
        return self.page.locator("[data-save-line]")

    @property
    def question_state(self) -> Locator:
        return self.page.locator("[data-question]:visible [data-question-state]")

    @property
    def clock(self) -> Locator:
        return self.page.get_by_role("timer")

    @property
    def text(self) -> Locator:
        return self.page.locator("textarea:visible")

    @property
    def summary(self) -> Locator:
        return self.page.locator("[data-view=summary]")

    def heading(self, number: int) -> Locator:
        return self.page.get_by_role("heading", name=f"Question {number}", exact=True)

    def cell(self, number: int) -> Locator:
        return self.page.locator(f"[data-cell='{number}']")

    def choice(self, position: int, id: str) -> Locator:
        return self.page.locator(f"[value='{token(self.attempt, position, id)}']")

    def banner(self, words: str) -> Locator:
        return self.page.locator(".banner:visible", has_text=words)

    def look(self) -> None:
        """Let the page ask how things stand, as it does when it comes back into view."""
        self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def answers(self) -> dict[int, object]:
        """What is on the server's disk and counts."""
        with self.server.session() as session:
            return queries.final_answers(session, [self.attempt.id])[self.attempt.id]

    def wait_for_answer(self, position: int, response: object) -> None:
        """Wait until the server has exactly this answer."""
        self._wait(lambda: self.answers()[position] == response)

    def wait_for_event(self, kind: str) -> None:
        """Wait until the page has told the server of an event."""
        self._wait(lambda: kind in self.events())

    def events(self) -> list[str]:
        """The kinds of what is recorded."""
        with self.server.session() as session:
            found = session.query(RoomEvent.kind).filter_by(attempt_id=self.attempt.id).order_by(RoomEvent.id)
            return [kind for (kind,) in found]

    def _wait(self, came: Callable[[], bool]) -> None:
        # The next look is when the page has talked with the server: it does so every few seconds, or sooner.
        while not came():
            self.page.wait_for_event("response")
