"""Somebody in the hall: their device with its journal, which outlives pages, and what they are going to write."""

from collections.abc import Iterable
from itertools import count
from random import Random
from threading import Event
from typing import Any

from tests.faults.ledger import Entry, Ledger
from tests.faults.page import Page, Pauses, Write
from tests.faults.paper import Question
from tests.faults.wire import Wire


class GaveUp(Exception):
    """The scenario took longer than it may, and its candidates were sent home."""


class Candidate:
    """Somebody in the hall, with one device unless they open a second page."""

    def __init__(self, name: str, attempt_id: int, wire: Wire, seed: int, pauses: Pauses) -> None:
        self.name, self.attempt_id, self.wire, self.pauses = name, attempt_id, wire, pauses
        self.rng, self.luck = Random(seed), Random(seed)
        """For what is written, and for how long is waited: the first must not depend on the second."""
        self.ledger = Ledger()
        self.journal: dict[tuple[int, int], Entry] = {}
        self.stop = Event()
        """Set from outside: give up."""
        self.pages = count(1)
        self.drafts = count(1)
        self.last_page: Page | None = None
        self.wires = [wire]
        self.lies: dict[str, Any] = {}
        """What the pages say about time instead of the truth."""

    def another_wire(self) -> Wire:
        """The way of another device or tab to the site, signed in as this one is."""
        one = self.wire
        self.wires.append(Wire(one.url, dict(one.cookies), one.token, one.patience))
        return self.wires[-1]

    def open_page(self, *, take_over: bool = False, wire: Wire | None = None, own_journal: bool = False) -> Page:
        """Open the room: on this device, or with a wire and journal of its own on another."""
        page = Page(self, wire or self.wire, {} if own_journal else self.journal, f"page-{next(self.pages)}")
        page.enter(take_over)
        self.last_page = page
        return page

    def plan(self, questions: Iterable[Question], seconds: float, writes: int) -> list[Write]:
        """What this candidate will write, evenly by chance over so many seconds; always the same for one seed."""
        rng, known = self.rng, list(questions)
        moments = sorted(rng.uniform(0, seconds) for _ in range(writes))
        return [self.write_something(rng.choice(known), at) for at in moments]

    def write_something(self, question: Question, at: float = 0) -> Write:
        """An answer to this question that no other draft is equal to, if it is a text."""
        mark = f"{self.name} 第 {next(self.drafts)} 稿"
        return Write(at, question.position, question.some_answer(self.rng, mark))

    def sit_through(self, seconds: float, writes: int) -> None:
        """A whole attempt: open the room, write so much in so long, have it saved, hand in."""
        page = self.open_page()
        page.work(self.plan(page.questions.values(), seconds, writes))
        if page.live:
            page.hand_in()

    def rest(self, seconds: float) -> None:
        """Pause, unless told to give up."""
        if self.stop.wait(seconds):
            raise GaveUp(self.name)
