"""The one place that asks what time it is. Everything below a route is told.

Somebody may set the machine's clock during an exam, or a time service may find it an hour off. No deadline may notice.
So a process reads the machine's clock when it starts, and from then on counts with the machine's steady counter, which
nobody sets. What a time service corrects little by little is followed; a step isn't: this process keeps its own count,
says so, and takes the new time when it is started again. `exam/pulse.py` looks every few seconds.

For rehearsing a step with real processes: with JIEYE_ENV=test, `JIEYE_TEST_CLOCK` names a file with a number of
seconds; the machine's clock, as this process sees it, is off by them from when they are written (`rehearse`). A test
inside one process makes a `Clock` with counters of its own, or replaces `clock.now`.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

FOLLOWED = timedelta(seconds=2)
"""A machine's clock that is off by less than this is followed; by more, it has been stepped."""
GLANCE = 100_000_000
"""Nanoseconds in which both clocks must have been read to be compared: this thread may have waited in between."""


_steady: Callable[[], int] = (
    partial(time.clock_gettime_ns, time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic_ns
)
"""Nanoseconds of a counter that nobody sets. Where there is one, one that counts on while the machine sleeps."""


class Clock:
    """Counts on from the time that the machine's clock showed once. Both counters give nanoseconds."""

    def __init__(self, machine: Callable[[], int] = time.time_ns, steady: Callable[[], int] = _steady) -> None:
        self._machine, self._steady = machine, steady
        self._offset = machine() - steady()
        self.stepped = timedelta()
        """How far the machine's clock is ahead of this one (or behind, below 0) since somebody set it; mostly 0."""
        self.disagrees = ""
        """In what way this clock disagrees with the database's or another process's; mostly empty."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.fromtimestamp((self._steady() + self._offset) / 1e9, UTC)

    def look(self) -> bool:
        """Compare with the machine's clock and follow it a little; whether a step is new since the last look."""
        before = self._steady()
        off = self._machine() - before - self._offset
        if self._steady() - before > GLANCE:
            return False
        if abs(off) < FOLLOWED / timedelta(microseconds=1) * 1000:
            self._offset += off
            self.stepped = timedelta()
            return False
        known, self.stepped = self.stepped, timedelta(microseconds=off // 1000)
        return abs(self.stepped - known) >= FOLLOWED


site = Clock()
"""The clock of this process."""


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return site.now()


def rehearse(file: Path) -> None:
    """Let the machine's clock be off by the seconds that stand in a file, from now on: for tests of steps only."""

    def machine() -> int:
        try:
            return time.time_ns() + round(float(file.read_text()) * 1e9)
        except (OSError, ValueError):  # not there yet, or just being written
            return time.time_ns()

    global site
    site = Clock(machine)
