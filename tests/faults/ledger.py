"""What one candidate wrote, and every word the server said to it: what `oracle.py` holds against the database."""

from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from tests.faults.paper import Response
from tests.faults.wire import Answer, NoAnswer


@dataclass(frozen=True)
class Entry:
    """One change of one question, as it stands in the journal. `written` by a clock nobody can set, in seconds."""

    epoch: int
    position: int
    number: int
    response: Response
    written: float


@dataclass(frozen=True)
class Told:
    """What the server said to one entry: "saved", or why not; "submitted" when it went along with the handing in."""

    entry: Entry
    code: str
    status: int
    sent: datetime
    heard: datetime
    waited: float
    """Seconds from its writing to this answer."""


@dataclass
class Ledger:
    """Everything one candidate was told."""

    written: dict[tuple[int, int, int], Entry] = field(default_factory=dict)
    """Every draft, by position, epoch and number."""
    told: list[Told] = field(default_factory=list)
    forged: list[Entry] = field(default_factory=list)
    """Drafts sent under a number that was used before: to be refused."""
    opened: dict[int, datetime] = field(default_factory=dict)
    """When each epoch was known to be the live one: no answer of an earlier one sent after that may be called saved."""
    may_hear: set[int] = field(default_factory=set)
    """Refusals, by status, that the scenario provokes."""
    troubles: list[str] = field(default_factory=list)
    """Answers that no fault excuses: a 500, a 503 without Retry-After, a refusal of what can't be refused."""
    unanswered: int = 0
    """How often nobody answered, or the server asked to come back later."""
    handed_in: Answer | None = None
    asked_to_hand_in: datetime | None = None

    def hear(self, entry: Entry, answer: Answer, code: str) -> None:
        """Note the answer to one entry."""
        waited = monotonic() - entry.written
        self.told.append(Told(entry, code, answer.status, answer.sent, answer.heard, waited))

    def overtaken(self, epoch: int, sent: datetime) -> bool:
        """Whether a later page was known to be live when something of this epoch was sent."""
        return any(later > epoch and heard < sent for later, heard in self.opened.items())

    def miss(self, missed: NoAnswer) -> None:
        """Note that there was no answer; what the server may not say even in trouble is a trouble."""
        self.unanswered += 1
        if missed.status == 503 and not missed.retry_after:
            self.troubles.append("a 503 without Retry-After")
        elif missed.status not in (None, 503, 429, 502, 504):
            self.troubles.append(f"a {missed.status}")
