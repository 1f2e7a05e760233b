"""Servers in processes of their own: started so that they die with us, found with their children, waited for."""

import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

# However we end, our end of the pipe closes, `cat` returns, and the server is told to stop; one that doesn't hear it is
# killed with all of its group. The shell lets go of its output, so that the reader sees the end of it when the server
# ends by itself.
GUARD = """
signal=$1; shift
"$@" 2>&1 & server=$!
echo $server; exec >/dev/null
cat
kill -$signal $server
(sleep 45; kill -KILL 0) & late=$!
wait $server
kill $late
"""
PROC = Path("/proc")


class Guarded:
    """A program in a session of its own that is stopped with `ending` when this process ends, however it ends.

    `said` holds the last lines of its output.
    """

    def __init__(self, command: Iterable[str | Path], ending: str = "TERM", **options: Any) -> None:
        words = ["sh", "-c", GUARD, "guard", ending, *map(str, command)]
        self._guard = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True, **options,
        )  # fmt: skip
        assert self._guard.stdout
        self.pid = int(self._guard.stdout.readline())
        self.said: deque[str] = deque(maxlen=1000)
        self._reader = Thread(target=self.said.extend, args=[self._guard.stdout], daemon=True)
        self._reader.start()

    @property
    def ended(self) -> bool:
        """Whether nobody is left who could say anything: the program and its children have ended."""
        return not self._reader.is_alive()

    def end(self, timeout: float = 40) -> None:
        """Tell it to stop, if it still runs, and wait until it and its children are gone.

        It is told once: granian, told a second time while it stops, may hang.
        """
        assert self._guard.stdin
        assert self._guard.stdout
        self._guard.stdin.close()
        self._guard.wait(timeout)
        self._reader.join(timeout)
        self._guard.stdout.close()

    def kill(self) -> None:
        """SIGKILL it and all its descendants: it can't forbid it, nor clean up."""
        kill(self.pid, signal.SIGSTOP)  # so that it starts no other meanwhile
        for pid in (*descendants(self.pid), self.pid):
            kill(pid, signal.SIGKILL)
        self.end()


def kill(pid: int, number: signal.Signals) -> None:
    """Send a signal; to one that has ended meanwhile nothing happens."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def children(pid: int) -> list[int]:
    """The processes that this one has started and that still run, oldest first."""
    return sorted(child for child, (parent, _memory) in _table().items() if parent == pid)


def descendants(pid: int) -> list[int]:
    """Its children, theirs, and so on."""
    found = children(pid)
    return found + [one for child in found for one in descendants(child)]


def memory(pid: int) -> int:
    """The bytes of memory it has in use (resident set)."""
    return _table()[pid][1]


def cpu_seconds(pid: int) -> float:
    """The processor time it and its running descendants have used so far, and those of its children that have ended.

    Reads Linux's /proc; elsewhere it is 0.
    """
    used = 0.0
    for one in (pid, *descendants(pid)):
        try:
            fields = (PROC / str(one) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        used += sum(map(int, fields[11:15])) if one == pid else sum(map(int, fields[11:13]))
    return used / os.sysconf("SC_CLK_TCK")


def _table() -> dict[int, tuple[int, int]]:
    """Every running process with its parent and its resident bytes; those that have ended are left out."""
    if not (PROC / "self" / "stat").exists():  # macOS
        said = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss=,stat="], capture_output=True, text=True, check=True)
        rows = [line.split() for line in said.stdout.splitlines()]
        return {int(row[0]): (int(row[1]), int(row[2]) * 1024) for row in rows if not row[3].startswith("Z")}
    page = os.sysconf("SC_PAGE_SIZE")
    found = {}
    for folder in PROC.iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):  # it has ended while we read
            continue
        if fields[0] not in "ZX":
            found[int(folder.name)] = (int(fields[1]), int(fields[21]) * page)
    return found


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Ask again and again, at most this long; raises TimeoutError saying what didn't happen."""
    deadline, pause = monotonic() + seconds, Event()
    while not condition():
        if monotonic() > deadline:
            raise TimeoutError(f"{seconds:g} s were not enough: {what}")
        pause.wait(0.02)
