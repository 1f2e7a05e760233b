"""Clocks that are wrong: the candidates', and the server's own."""

from datetime import UTC, datetime
from threading import Event
from typing import Any

from sqlalchemy import select

from exam.attempts.models import Attempt, LateAnswer
from tests.faults.candidate import Candidate
from tests.faults.hall import Hall
from tests.faults.network import GRACE, write_to_the_end
from tests.faults.proxy import bad_network

DAY_MS = 24 * 3600 * 1000
LIES: tuple[dict[str, Any], ...] = (
    {"age_ms": DAY_MS, "left_ms": DAY_MS, "offline_ms": DAY_MS},
    {"age_ms": -DAY_MS, "left_ms": -1, "offline_ms": -DAY_MS},
    {"age_ms": 2**63, "left_ms": 2**31, "offline_ms": 10**30},
    {"age_ms": 0.5, "left_ms": "soon", "offline_ms": None},
)
"""What a page may tell whose clock is off by a day, or whose owner has changed it: it informs, and decides nothing."""


def of_candidates_are_off(hall: Hall, seconds: float) -> None:
    """Every page tells nonsense about time with each answer, up to and after the deadline."""
    hall.end_in(seconds, GRACE)

    def life(candidate: Candidate) -> None:
        candidate.lies = LIES[candidate.attempt_id % len(LIES)]
        write_to_the_end(candidate, seconds)

    with bad_network(hall.serving.url, seed=7, longest_delay=4 * GRACE) as network:
        for candidate in hall.candidates:
            candidate.wire.move(network.url)
        with hall.at_work(life):
            pass
    hall.wait_until_closed()
    _refuse_impossible_times(hall)


def of_the_server_is_set(hall: Hall, seconds: float) -> None:
    """The machine's clock is set an hour ahead, later an hour back, while everybody writes; under each a worker dies.

    Nothing may change for the candidates. The worker's successor may refuse to serve by a wrong clock, but must leave
    the other alone, and come once the clock is right.
    """
    with hall.at_work(lambda candidate: candidate.sit_through(seconds, writes=int(3 * seconds))):
        for off in (3600, -3600):
            hall.set_machine_clock(off)
            Event().wait(seconds / 8)
            hall.serving.kill_worker()
            Event().wait(seconds / 4)
            hall.set_machine_clock(0)
            hall.serving.wait_ready()
    ended = datetime.now(UTC)
    with hall.session() as session:
        for attempt in session.scalars(select(Attempt).where(Attempt.id.in_(hall.attempt_ids))):
            if attempt.closed_at and not attempt.started_at < attempt.closed_at < ended:
                hall.unfinished.append(
                    f"attempt {attempt.id} was closed at {attempt.closed_at}, by a clock that was set"
                )


def _refuse_impossible_times(hall: Hall) -> None:
    with hall.session() as session:
        late = session.scalars(select(LateAnswer).where(LateAnswer.attempt_id.in_(hall.attempt_ids))).all()
    for row in late:
        if row.written_at is not None and row.written_at > row.arrived_at:
            hall.unfinished.append(f"attempt {row.attempt_id}: written {row.written_at}, arrived {row.arrived_at}")
        if min(row.left_ms or 0, row.offline_ms or 0) < 0:
            hall.unfinished.append(f"attempt {row.attempt_id}: a length of time below 0")
