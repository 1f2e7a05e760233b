"""The database goes away, comes back, has no room left, or no connection."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import psycopg

from tests.faults.hall import Hall
from tests.support.postgres import Cluster


def is_killed(hall: Hall, seconds: float) -> None:
    """SIGKILL all of PostgreSQL, start it again after a while; nobody touches the site."""
    with hall.at_work(lambda candidate: candidate.sit_through(seconds, writes=int(3 * seconds))):
        Event().wait(seconds / 4)
        _cluster(hall).kill()
        Event().wait(seconds / 4)
        _cluster(hall).start()


def is_stopped(hall: Hall, seconds: float) -> None:
    """Shut PostgreSQL down in order, for so many seconds."""
    with hall.at_work(lambda candidate: candidate.sit_through(seconds * 1.5, writes=int(3 * seconds))):
        Event().wait(seconds / 4)
        _cluster(hall).stop()
        Event().wait(seconds)
        _cluster(hall).start()


def takes_no_connections(hall: Hall, seconds: float) -> None:
    """Somebody else holds every connection for a while, and those of the site are cut."""
    with hall.at_work(lambda candidate: candidate.sit_through(seconds, writes=int(3 * seconds))):
        Event().wait(seconds / 4)
        with _all_connections(_cluster(hall).url, hall.database_url):
            Event().wait(seconds / 4)


def has_no_room(hall: Hall, seconds: float) -> None:
    """Fill the small disk the database is on, later make room again; start PostgreSQL anew if it gave up."""
    ballast = _folder(hall) / "ballast"
    with hall.at_work(lambda candidate: candidate.sit_through(seconds, writes=int(3 * seconds))):
        Event().wait(seconds / 4)
        _fill(ballast)
        Event().wait(seconds / 4)
        ballast.unlink()
        if hall.cluster and hall.cluster.ended:
            hall.cluster.start()


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system of this size, in memory. Raises PermissionError where nobody lets us mount one."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        raise PermissionError("mounting a small disk takes root on Linux")
    with TemporaryDirectory(prefix="jieye-disk-") as folder:
        options = ["-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder]
        done = subprocess.run(["mount", *options], capture_output=True, text=True)
        if done.returncode:
            raise PermissionError(done.stderr.strip())
        Path(folder).chmod(0o755)  # PostgreSQL runs as somebody else
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def _folder(hall: Hall) -> Path:
    return hall.cluster.data.parent if hall.cluster else Path(hall.database_url.removeprefix("sqlite:///")).parent


def _cluster(hall: Hall) -> Cluster:
    assert hall.cluster
    return hall.cluster


@contextmanager
def _all_connections(server: str, database_url: str) -> Iterator[None]:
    name = database_url.rpartition("/")[2]
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    with ExitStack() as stack:
        guard = stack.enter_context(psycopg.connect(server, autocommit=True))
        for _round in range(3):  # the site takes what is cut again, until we have it
            guard.execute(cut, [name])
            while True:
                try:
                    stack.enter_context(psycopg.connect(server, autocommit=True))
                except psycopg.OperationalError:
                    break
        yield


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
