"""Which of an exam's attempts were on one network, as far as its digests tell: one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.analysis.rules import FEW_ON_NETWORK
from exam.attempts.models import Attempt, RoomEvent


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks of attempts, by their places; each a digest that is compared with others of the exam only."""

    of: Sequence[frozenset[str]]
    """Empty where it isn't known."""
    people: Mapping[str, frozenset[int]]
    """By network, who has been on it."""
    persons: int
    """Of how many people a network is known."""

    def in_common(self, one: int, other: int) -> int | None:
        """How many people were on the network that both were on, the smallest of several; 0 for none, None unknown."""
        if not self.of[one] or not self.of[other]:
            return None
        return min((len(self.people[digest]) for digest in self.of[one] & self.of[other]), default=0)

    def small(self) -> dict[tuple[int, int], int]:
        """The pairs on a network that few share, the lower place first, and how many people do."""
        on: dict[str, list[int]] = {}
        for place, digests in enumerate(self.of):
            for digest in digests:
                on.setdefault(digest, []).append(place)
        few = [places for digest, places in on.items() if 1 < len(self.people[digest]) <= FEW_ON_NETWORK]
        return {both: self.in_common(*both) or 0 for places in few for both in combinations(places, 2)}


def networks(session: Session, exam_id: int, sat: Sequence[tuple[int, int]]) -> Networks:
    """Those of attempts, each given as its id and its person's."""
    rows = session.execute(
        select(RoomEvent.attempt_id, RoomEvent.network)
        .join(Attempt, Attempt.id == RoomEvent.attempt_id)
        .where(Attempt.exam_id == exam_id, RoomEvent.network.is_not(None))
        .distinct()
    )
    digests: dict[int, set[str]] = {}
    for attempt_id, digest in rows:
        digests.setdefault(attempt_id, set()).add(digest or "")
    people: dict[str, set[int]] = {}
    for attempt_id, person_id in sat:
        for digest in digests.get(attempt_id, ()):
            people.setdefault(digest, set()).add(person_id)
    return Networks(
        of=[frozenset(digests.get(attempt_id, ())) for attempt_id, _ in sat],
        people={digest: frozenset(persons) for digest, persons in people.items()},
        persons=len({person_id for attempt_id, person_id in sat if attempt_id in digests}),
    )
