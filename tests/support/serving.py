"""The site as a company runs it: granian with the options of docs/running.md, in processes of its own."""

import os
import re
import shlex
import signal
import subprocess
import sys
from http.client import HTTPException
from pathlib import Path
from typing import Self
from urllib.request import urlopen

from tests.support.postgres import free_port
from tests.support.processes import Guarded, children, kill, memory, wait_until

ROOT = Path(__file__).parent.parent.parent
SECRET_KEY = "a key of a site that lives as long as a test"
START_TIMEOUT = 120  # seconds; for a machine that has much else to do


class Serving:
    """The site on a free port, with several workers, on a migrated database; gone with the block.

    >>> with Serving(url, workers=2, JIEYE_JOBS="0") as site: ...
    """

    def __init__(self, database_url: str, workers: int = 2, threads: int | None = None, **environment: str) -> None:
        self.port = free_port()
        self.workers = workers
        self._options = {"--workers": workers, "--port": self.port} | (
            {"--blocking-threads": threads} if threads else {}
        )
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("JIEYE_", "MAIL_", "FLASK_"))},
            "JIEYE_ENV": "production",
            "SECRET_KEY": SECRET_KEY,
            "DATABASE_URL": database_url,
            "JIEYE_BASE_URL": self.url,
            **environment,
        }
        """What its processes find in their environment; a change counts from the next start on."""
        self._server: Guarded | None = None

    @property
    def url(self) -> str:
        """Where the site is, without a slash at the end; the same after a restart."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        """The last lines of its log."""
        return "".join(self._server.said) if self._server else ""

    def __enter__(self) -> Self:
        self.flask("db", "upgrade")
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._server and not self._server.ended:
            self.stop()

    def flask(self, *words: str) -> str:
        """Type a command of the site, such as "db", "upgrade", with its settings; what it said."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"flask {' '.join(words)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self) -> None:
        """Start the server, and wait until all workers take requests and the database answers."""
        command = [sys.executable, "-m", "granian", *documented_options(self._options)]
        self._server = server = Guarded(command, cwd=ROOT, env=self.environment)
        wait_until(lambda: server.ended or self._ready(), START_TIMEOUT, "the site to answer")
        if server.ended:
            server.end()
            raise RuntimeError(f"the site did not start:\n{self.said}")

    def stop(self) -> None:
        """Tell the server to stop, and wait until it and its workers have."""
        assert self._server
        self._server.end()

    def main_pid(self) -> int:
        """The process that looks after the workers."""
        assert self._server
        return self._server.pid

    def worker_pids(self) -> list[int]:
        """The processes that answer requests, oldest first."""
        return [pid for pid in children(self.main_pid()) if not _is_tracker(pid)]

    def kill_worker(self) -> int:
        """SIGKILL one worker, in the middle of whatever it does; the server starts another. Gives its process id."""
        pid = self.worker_pids()[0]
        kill(pid, signal.SIGKILL)
        return pid

    def kill_workers(self) -> None:
        """SIGKILL all workers at once; the server starts others."""
        for pid in self.worker_pids():
            kill(pid, signal.SIGKILL)

    def kill_all(self) -> None:
        """SIGKILL the server with all its workers: `start` it again, as systemd would."""
        assert self._server
        self._server.kill()

    def wait_ready(self, seconds: float = START_TIMEOUT) -> None:
        """Wait until all workers take requests and the database answers."""
        wait_until(self._ready, seconds, "the site to answer")

    def memory(self) -> dict[int, int]:
        """The resident bytes of each worker, by process id."""
        return {pid: memory(pid) for pid in self.worker_pids()}

    def _ready(self) -> bool:
        # One that answers isn't enough: a worker told to stop while it starts doesn't hear it, and the server waits.
        pids = self.worker_pids()
        if len(pids) < self.workers or not set(pids) <= self._started():
            return False
        try:
            with urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, HTTPException):
            return False

    def _started(self) -> set[int]:
        """The workers whose log says that they take requests."""
        starting: dict[str, int] = {}
        started: dict[str, int] = {}
        for name, pid, done in re.findall(r"Spawning (worker-\d+) with PID: (\d+)|Started (worker-\d+)", self.said):
            if name:
                starting[name] = int(pid)
            elif done in starting:
                started[done] = starting[done]
        return set(started.values())


def documented_options(instead: dict[str, object]) -> list[str]:
    """What docs/running.md says after "granian", some options with another value; one it doesn't name is a KeyError."""
    text = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    line = re.search(r"^ExecStart=\S+/granian (.+)$", text, re.MULTILINE)
    if line is None:
        raise LookupError("docs/running.md has no ExecStart of granian any more")
    words = shlex.split(line[1])
    for name, value in instead.items():
        if name not in words:
            raise KeyError(name)
        words[words.index(name) + 1] = str(value)
    return words


def _is_tracker(pid: int) -> bool:
    """Whether this is Python's own helper of a process that starts others, not a worker."""
    try:
        return b"resource_tracker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
