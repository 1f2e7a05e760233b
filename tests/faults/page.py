"""One tab in the room, without a browser: does what `exam/static/room/saver.js` does, in its order, with its pauses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.faults.ledger import Entry
from tests.faults.paper import Paper, Response, canonical
from tests.faults.wire import Answer, NoAnswer, Wire

if TYPE_CHECKING:
    from tests.faults.candidate import Candidate

KEPT_ELSEWHERE = ("taken_over", "after_deadline", "superseded")
"""Codes of answers that the server says it has kept, though they don't count."""


@dataclass(frozen=True)
class Pauses:
    """Seconds between two tries: the first, doubled up to the longest, half as much or more by chance."""

    first: float = 1.0
    longest: float = 15.0
    signed_out: float = 4.0
    contact: float = 4.0
    patience: float = 10.0
    """Until an answer that doesn't come counts as none."""


QUICK = Pauses(first=0.1, longest=0.8, signed_out=0.2, contact=1.0, patience=3.0)
"""For short outages: the same page, less patient."""


@dataclass(frozen=True)
class Write:
    """Something to write, so many seconds after the beginning."""

    at: float
    position: int
    response: Response


class Page:
    """One tab in the room. At most one answer a question waits, the latest; one request is on its way at a time."""

    def __init__(self, owner: Candidate, wire: Wire, journal: dict[tuple[int, int], Entry], name: str) -> None:
        self.owner, self.wire, self.journal, self.name = owner, wire, journal, name
        self.ledger = owner.ledger
        self.screen: dict[int, Response] = {}
        """What stands in the fields."""
        self.answers: dict[tuple[int, int], Entry] = {}
        """What waits, by epoch and position; the journal has it too, for whichever page comes next on this device."""
        self.epoch = self.number = 0
        self.live = self.ended = False
        self.refusal: str | None = None
        """Why the room wasn't opened for this page."""
        self.time_up_at = float("inf")
        self._pause = owner.pauses.first
        self._contact_at = 0.0
        self._offline_since: float | None = None

    @property
    def at(self) -> str:
        """The attempt's own address."""
        return f"/attempts/{self.owner.attempt_id}"

    @property
    def waiting(self) -> list[Entry]:
        """What the server hasn't acknowledged, in the order it was written."""
        return sorted(self.answers.values(), key=lambda entry: (entry.epoch, entry.number))

    # Opening

    def enter(self, take_over: bool) -> None:
        """Load the page, deliver what an earlier page left behind, and open the room."""
        answer = self._persist(lambda: self.wire.page(self.at))
        receipt = answer.location
        if receipt:  # the attempt has ended; the receipt's page delivers what is left as well
            answer = self._persist(lambda: self.wire.page(urlsplit(receipt).path))
        paper = Paper(answer.text)
        self.questions, self.wire.token = paper.questions, paper.facts["csrf_token"]
        self.answers.update(self.journal.copy())
        self.deliver()
        if receipt or self.ended:
            self.ended = True
            return
        answer = self._persist(lambda: self.wire.ask("POST", f"{self.at}/epoch", self._opening(take_over)))
        if answer.status != 200:
            self.refusal = answer.code
            return
        self.epoch, self.number, self.live = int(answer.data["epoch"]), 0, True
        self.ledger.opened[self.epoch] = answer.heard
        self.screen = {int(position): kept["response"] for position, kept in answer.data["answers"].items()}
        self._sync(answer)

    def _opening(self, take_over: bool) -> dict[str, object]:
        return {"page": self.name, "take_over": take_over, "opening": f"opening of {self.name}"}

    # Writing and saving

    def change(self, position: int, response: Response) -> None:
        """A question's answer is now this."""
        self.number += 1
        self.screen[position] = response
        entry = Entry(self.epoch, position, self.number, response, monotonic())
        self.ledger.written[position, self.epoch, self.number] = entry
        self.answers[self.epoch, position] = self.journal[self.epoch, position] = entry

    def work(self, plan: Iterable[Write]) -> None:
        """Write each thing at its moment and save meanwhile, until all is acknowledged, or nothing more is taken."""
        began, left = monotonic(), list(plan)
        while self.live and not self.ended:
            now = monotonic()
            if now >= self.time_up_at:
                self.time_up()
                return
            while left and left[0].at <= now - began:
                write = left.pop(0)
                self.change(write.position, write.response)
            if self.waiting:
                self.save_next()
            elif left:
                self._idle(began + left[0].at)
            else:
                return

    def deliver(self) -> None:
        """Send what waits until nothing does, or the attempt has ended."""
        while self.waiting and not self.ended:
            self.save_next()

    def save_next(self) -> None:
        """Send what was written first; where nobody answers, wait as the page does."""
        try:
            self._send(self.waiting[0])
        except NoAnswer as missed:
            self._missed(missed)
        else:
            self._pause = self.owner.pauses.first

    def forge(self) -> None:
        """Send other words under the number of an answer that the server has acknowledged: it has to refuse them."""
        known = [told.entry for told in self.ledger.told if told.code == "saved" and told.entry.epoch == self.epoch]
        if not known:
            return
        entry = self.owner.rng.choice(known)
        other = self.owner.write_something(self.questions[entry.position]).response
        while canonical(other) == canonical(entry.response):
            other = self.owner.write_something(self.questions[entry.position]).response
        forged = replace(entry, response=other, written=monotonic())
        self.ledger.forged.append(forged)
        answer = self._persist(lambda: self.wire.ask("PUT", f"{self.at}/answers/{entry.position}", self._body(forged)))
        self.ledger.hear(forged, answer, answer.code)

    def _body(self, entry: Entry) -> dict[str, object]:
        return {"epoch": entry.epoch, "number": entry.number, "response": entry.response, **self._facts(entry)}

    def _send(self, entry: Entry) -> None:
        answer = self.wire.ask("PUT", f"{self.at}/answers/{entry.position}", self._body(entry))
        self._offline_since = None
        self.ledger.hear(entry, answer, answer.code)
        self._sync(answer)
        if answer.status == 200 or answer.code in KEPT_ELSEWHERE:
            self.settle(entry)
            if answer.code == "taken_over" and entry.epoch == self.epoch:
                self.live = False
            elif answer.code == "after_deadline" and entry.epoch == self.epoch:
                self.time_up()
        elif answer.code == "number_reused":
            self.settle(entry)
            self.change(entry.position, entry.response)
        else:
            self._refused(answer)

    def _facts(self, entry: Entry) -> dict[str, object]:
        """What the page tells of a change, should it come late: it informs, and decides nothing."""
        away = 0.0 if self._offline_since is None else monotonic() - self._offline_since
        left = max(0.0, self.time_up_at - entry.written)
        facts = {"age_ms": monotonic() - entry.written, "offline_ms": away}
        if left < float("inf"):
            facts["left_ms"] = left
        return {name: int(1000 * seconds) for name, seconds in facts.items()} | self.owner.lies

    def settle(self, entry: Entry) -> None:
        """Forget an entry that the server has; a newer one of the same question stays."""
        for kept in (self.answers, self.journal):
            if kept.get((entry.epoch, entry.position)) == entry:
                kept.pop((entry.epoch, entry.position), None)

    def _refused(self, answer: Answer) -> None:
        if answer.status == 401 or answer.code == "csrf":
            self.contact()
            self.owner.rest(self.owner.pauses.signed_out)
            return
        self.ended = True  # whether it should have been, the oracle says

    def contact(self) -> None:
        """Tell how it stands here and ask how it does there, as an open page does every few seconds."""
        self._contact_at = monotonic() + self.owner.pauses.contact
        waiting = len({entry.position for entry in self.waiting})
        answer = self.wire.ask("POST", f"{self.at}/contact", {"epoch": self.epoch, "waiting": waiting})
        self.wire.token = answer.data.get("csrf_token", self.wire.token)
        self._sync(answer)
        if answer.status != 200 or not self.live:
            return
        self.live = answer.data["epoch"] == self.epoch
        written = {key[:2] for key in self.ledger.written}
        for position, other in ((int(name), other) for name, other in answer.data["overtaken"].items()):
            if (position, self.epoch) not in written:  # "take that answer instead", or keep what stands here
                taken = self.owner.rng.random() < 0.5
                self.change(position, other["response"] if taken else self.screen.get(position))

    def _idle(self, until: float) -> None:
        try:
            if monotonic() >= self._contact_at:
                self.contact()
        except NoAnswer as missed:
            self._missed(missed)
        self.owner.rest(min(until, self.time_up_at, self._contact_at) - monotonic())

    def _sync(self, answer: Answer) -> None:
        if "remaining_ms" in answer.data:
            self.time_up_at = monotonic() + answer.data["remaining_ms"] / 1000

    # The end

    def time_up(self) -> None:
        """Lock, and send what waits however long that takes."""
        self.owner.rest(max(0.0, self.time_up_at + 0.5 - monotonic()))
        self.live = False
        self.hand_in()

    def hand_in(self) -> None:
        """Hand in with everything that waits, until the server says that it has."""
        entries = [entry for entry in self.waiting if entry.epoch == self.epoch]
        waiting = [
            {"position": one.position, "number": one.number, "response": one.response, **self._facts(one)}
            for one in entries
        ]
        body = {"epoch": self.epoch, "waiting": waiting}
        answer = self._persist(lambda: self._submit(body))
        self.ended = True
        if answer.status != 200:
            for entry in entries:
                self.ledger.hear(entry, answer, answer.code)
            return
        self.ledger.handed_in = answer
        for entry in entries:
            self.ledger.hear(entry, answer, "submitted")
            self.settle(entry)

    def _submit(self, body: object) -> Answer:
        self.ledger.asked_to_hand_in = self.ledger.asked_to_hand_in or datetime.now(UTC)
        answer = self.wire.ask("POST", f"{self.at}/submit", body)
        if answer.status == 401 or answer.code == "csrf":
            self.contact()
            raise NoAnswer
        return answer

    # When nobody answers

    def _persist(self, ask: Callable[[], Answer]) -> Answer:
        while True:
            try:
                answer = ask()
            except NoAnswer as missed:
                self._missed(missed)
            else:
                self._pause = self.owner.pauses.first
                return answer

    def _missed(self, missed: NoAnswer) -> None:
        self.ledger.miss(missed)
        if self._offline_since is None:
            self._offline_since = monotonic()
        pauses = self.owner.pauses
        self.owner.rest(max(missed.retry_after, self._pause * (0.5 + self.owner.luck.random())))
        self._pause = min(pauses.longest, self._pause * 2)
