"""What the database has to say to what candidates were told. Works out receipts and marks on its own: see `keys.py`."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.attempts.models import Answer, Attempt, LateAnswer, RoomEvent
from exam.marking.models import Mark
from exam.receipts.models import IssuedReceipt
from tests.faults.candidate import Candidate
from tests.faults.hall import Hall
from tests.faults.keys import expected_marks, in_bank_ids, receipt_digest
from tests.faults.ledger import Told

ENDS = ("submitted", "time_up")
"""The events of a closing."""

Key = tuple[int, int, int]
"""(position, epoch, number)"""


@dataclass
class Findings:
    """The figures of a scenario, with a sentence for everything that is not as promised."""

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    """Acknowledged, and not there with exactly that content."""
    duplicated: list[str] = field(default_factory=list)
    """There twice, closed twice, marked twice."""
    wrongly_refused: list[str] = field(default_factory=list)
    """Refused although it came in time from the live page; or answered as no fault excuses."""
    wrong: list[str] = field(default_factory=list)
    """Not closed, a wrong mark, a receipt over other answers, something nobody wrote, taken after the deadline."""
    longest_pause: float = 0
    """Seconds from a writing to its acknowledgement."""

    @property
    def good(self) -> bool:
        """Whether everything promised was kept."""
        return not self.problems

    @property
    def problems(self) -> list[str]:
        """All sentences, each with its kind."""
        kinds = ("lost", "duplicated", "wrongly_refused", "wrong")
        return [f"{kind}: {one}" for kind in kinds for one in getattr(self, kind)]


def examine(hall: Hall) -> Findings:
    """Hold every candidate's ledger against the database, once the scenario is over and its attempts are closed."""
    found = Findings(wrong=list(hall.unfinished))
    with hall.session() as session:
        for candidate in hall.candidates:
            _Case(session, candidate, found).examine()
    return found


class _Case:
    """One candidate's attempt, as the database has it, beside what they were told."""

    def __init__(self, session: Session, candidate: Candidate, found: Findings) -> None:
        self.session, self.candidate, self.found = session, candidate, found
        self.attempt = session.get_one(Attempt, candidate.attempt_id)
        self.ends_at = self.attempt.deadline + timedelta(seconds=self.attempt.grace_seconds)
        self.answers = self._rows(Answer)
        self.late = self._rows(LateAnswer)
        self.final = self._final()

    def examine(self) -> None:
        """Look at everything."""
        for told in self.candidate.ledger.told:
            self._told(told)
        troubles = Counter(self.candidate.ledger.troubles)
        self.found.wrongly_refused += self._named(f"{what}, {times} times" for what, times in troubles.items())
        self.found.wrong += self._named(self._invented())
        self.found.wrong += self._named(self._unlike_the_screen())
        self.found.wrong += self._named(self._badly_closed())
        self._marks()

    def _told(self, told: Told) -> None:
        entry, found = told.entry, self.found
        place, code = self._name(f"q{entry.position} {entry.epoch}/{entry.number}"), told.code
        kept = {"saved": [self.answers], "submitted": [self.answers, self.late], "taken_over": [self.answers],
                "after_deadline": [self.late], "superseded": [self.answers, self.late]}.get(code)  # fmt: skip
        if kept is None:
            found.wrongly_refused += [] if self._may_refuse(told) else [f"{place}: {code} ({told.status})"]
            return
        if code in ("saved", "submitted"):
            found.acknowledged += 1
            found.longest_pause = max(found.longest_pause, told.waited)
        elif not self._may_refuse(told):
            found.wrongly_refused.append(f"{place}: {code}")
        key = (entry.position, entry.epoch, entry.number)
        response = in_bank_ids(self.attempt.layout, entry.position, entry.response)
        if not any(response == rows.get(key, "nothing") for rows in kept):
            found.lost.append(f"{place}, told {code}: {response!r}, in the database: {[r.get(key, '-') for r in kept]}")
        if code == "saved" and self.candidate.ledger.overtaken(entry.epoch, told.sent):
            found.wrong.append(f"{place} was called saved although another page had taken over before it was sent")
        if code == "saved" and told.sent > self.ends_at:
            found.wrong.append(f"{place} was sent {told.sent - self.ends_at} after deadline and grace, and taken")

    def _may_refuse(self, told: Told) -> bool:
        """Whether this refusal is one that the candidate must expect."""
        asked = self.candidate.ledger.asked_to_hand_in
        match told.code:
            case "after_deadline" | "superseded":
                return told.heard > self.ends_at
            case "taken_over":
                return told.entry.epoch < self.attempt.epoch
            case "closed":
                return asked is not None and asked <= told.heard
            case "number_reused":
                return told.entry in self.candidate.ledger.forged
        return told.status in self.candidate.ledger.may_hear

    def _rows(self, model: type[Answer | LateAnswer]) -> dict[Key, Any]:
        rows = self.session.scalars(select(model).where(model.attempt_id == self.attempt.id)).all()
        for row in rows:
            if isinstance(row, Answer) and row.saved_at > self.ends_at:
                self.found.wrong.append(
                    self._name(f"q{row.position} counts, and came {row.saved_at - self.ends_at} late")
                )
        keys = Counter((row.position, row.epoch, row.number) for row in rows)
        twice = [key for key, times in keys.items() if times > 1]
        self.found.duplicated += self._named(f"{model.__tablename__} {key}" for key in twice)
        return {(row.position, row.epoch, row.number): row.response for row in rows}

    def _final(self) -> dict[int, Any]:
        """The answers that count, by our own reading of "the highest (epoch, number) counts"."""
        final: dict[int, Any] = {int(position): None for position in self.attempt.layout}
        for (position, _epoch, _number), response in sorted(self.answers.items()):
            final[position] = response
        return final

    def _invented(self) -> Iterator[str]:
        """What stands in the database and nobody wrote."""
        written = self.candidate.ledger.written
        for key, response in {**self.answers, **self.late}.items():
            entry = written.get(key)
            if entry is None or in_bank_ids(self.attempt.layout, key[0], entry.response) != response:
                yield f"nobody wrote {key}: {response!r}"

    def _unlike_the_screen(self) -> Iterator[str]:
        """Where the live page said that everything was handed in, and something else counts than stood on it."""
        page = self.candidate.last_page
        if page is None or page.epoch != self.attempt.epoch or page.waiting or not self.candidate.ledger.handed_in:
            return
        late = {position for position, _epoch, _number in self.late}
        for position, response in page.screen.items():
            shown = in_bank_ids(self.attempt.layout, position, response)
            if position not in late and self.final[position] != shown:
                yield f"q{position}: on the screen {shown!r}, counting {self.final[position]!r}"

    def _badly_closed(self) -> Iterator[str]:
        attempt = self.attempt
        events = self.session.scalars(select(RoomEvent.kind).where(RoomEvent.attempt_id == attempt.id)).all()
        ends = [kind for kind in events if kind in ENDS]
        if len(ends) > 1:
            self.found.duplicated += self._named([f"closed {len(ends)} times: {ends}"])
        if attempt.closed_at is None:
            yield "not closed"
            return
        if not ends:
            yield "closed without a word in its record"
        if attempt.closed_at > attempt.deadline:
            yield f"closed {attempt.closed_at - attempt.deadline} after its deadline"
        receipts = self.session.scalars(select(IssuedReceipt).where(IssuedReceipt.attempt_id == attempt.id)).all()
        if len(receipts) != 1:
            yield f"{len(receipts)} receipts"
        for receipt in receipts:
            if json.loads(receipt.content)["digest"] != receipt_digest(receipt.salt, self.final):
                yield "the receipt is over other answers than those that count"

    def _marks(self) -> None:
        rows = self.session.scalars(select(Mark).where(Mark.attempt_id == self.attempt.id)).all()
        given = Counter(mark.position for mark in rows)
        twice = [position for position, times in given.items() if times > 1]
        self.found.duplicated += self._named(f"q{position} has {given[position]} marks" for position in twice)
        marks, expected = {mark.position: mark.points for mark in rows}, {}
        if self.attempt.closed_at is not None:
            expected = expected_marks(self.session, self.attempt, self.final)
        for position in sorted(marks.keys() | expected.keys()):
            if marks.get(position) != expected.get(position):
                sentence = f"q{position} is marked {marks.get(position)} instead of {expected.get(position)}"
                self.found.wrong += self._named([sentence])

    def _name(self, what: str) -> str:
        return f"{self.candidate.name} {what}"

    def _named(self, sentences: Iterable[str]) -> list[str]:
        return [self._name(one) for one in sentences]
