"""Work that comes from many threads at once and costs less when it is shared, such as a commit.

What saving an answer costs is mostly its commit: the disk is asked to keep what it was given. Thirty people who tick a
box in the same moment can share one. Nobody waits for company: whoever finds no work under way goes at once, alone.
"""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

One = TypeVar("One")
Outcome = TypeVar("Outcome")


class _Place(Generic[One, Outcome]):
    """One thread's place in a gathering; its turn comes when its work is done, or when it is to lead."""

    __slots__ = ("done", "error", "one", "outcome", "turn")

    def __init__(self, one: One) -> None:
        self.one = one
        self.done = False
        self.outcome: Outcome | None = None
        self.error: BaseException | None = None
        self.turn = Lock()
        self.turn.acquire()


class Gathering(Generic[One, Outcome]):
    """Lets threads share work: what comes while a group's is under way is the next group's.

    `work` gets several and gives as many outcomes, in their order; at most `most` at a time. It runs in the thread of
    one of them, who leads: there is no thread of its own. When it fails, every one of the group gets the error.
    """

    def __init__(self, work: Callable[[Sequence[One]], Sequence[Outcome]], most: int = 64) -> None:
        self._work = work
        self._most = most
        self._lock = Lock()
        self._waiting: list[_Place[One, Outcome]] = []
        self._led = False

    def share(self, one: One) -> Outcome:
        """Have the work done for this one, together with others'; gives its outcome, or raises what went wrong."""
        place = _Place[One, Outcome](one)
        with self._lock:
            self._waiting.append(place)
            follows = self._led
            self._led = True
        if follows:
            place.turn.acquire()
        if not place.done:
            self._lead(place)
        if place.error is not None:
            raise place.error
        return place.outcome  # type: ignore[return-value]  # done without an error: there is one

    def _lead(self, leader: _Place[One, Outcome]) -> None:
        with self._lock:
            group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            outcomes = self._work([place.one for place in group])
            for place, outcome in zip(group, outcomes, strict=True):
                place.outcome = outcome
        except BaseException as error:
            for place in group:
                place.error = error
        with self._lock:
            heir = self._waiting[0] if self._waiting else None
            self._led = heir is not None
        for place in group:
            place.done = True
            if place is not leader:
                place.turn.release()
        if heir is not None:
            heir.turn.release()
