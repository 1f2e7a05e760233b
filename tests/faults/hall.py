"""The site with a hall full of candidates: served as docs/running.md says, on a database that can be broken."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic
from urllib.parse import urlsplit

import psycopg
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import Engine, create_engine, make_url, select, update
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts.models import Attempt
from exam.db import make_sqlite_safe
from exam.sittings.models import Sitting
from tests.builders import make_exam, make_person
from tests.faults.candidate import Candidate, GaveUp
from tests.faults.page import Pauses
from tests.faults.wire import Wire
from tests.sittings.builders import make_sitting
from tests.support.postgres import PERSISTENT, Cluster
from tests.support.processes import wait_until
from tests.support.serving import SECRET_KEY, Serving

LONGEST = 240
"""Seconds after which candidates still at work are sent home, and the scenario has failed."""


@dataclass
class Hall:
    """A running site, its database, and the people who sit there with an attempt begun."""

    kind: str
    """postgresql or sqlite."""
    database_url: str
    serving: Serving
    cluster: Cluster | None
    """What holds the database, where it is a PostgreSQL of our own."""
    clock_file: Path
    """Where the site looks by how many seconds its machine's clock is off: see `exam/clock.py`."""
    candidates: list[Candidate] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    """Who didn't come to an end, and why."""

    def seat(self, size: int, pauses: Pauses) -> None:
        """Let so many new people in, and each start; whoever was there before has gone."""
        self.unfinished.clear()
        with self.session() as session:
            sittings = admit(session, size)
            ids = [(sitting.id, session.get_one(Person, sitting.person_id).get_id()) for sitting in sittings]
        self.candidates = [self._seat_one(number, *one, pauses) for number, one in enumerate(ids, start=1)]

    def _seat_one(self, number: int, sitting_id: int, identity: str, pauses: Pauses) -> Candidate:
        door = Wire(self.serving.url, {"jieye": cookie(identity)}, patience=60)
        attempt_id = begin(door, sitting_id)
        door.close()
        wire = Wire(door.url, door.cookies, door.token, pauses.patience)
        return Candidate(f"考生{number}", attempt_id, wire, number, pauses)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session on the database, past the site; committed at the end."""
        engine = connect(self.database_url)
        try:
            with Session(engine, expire_on_commit=False) as session:
                yield session
                session.commit()
        finally:
            engine.dispose()

    def end_in(self, seconds: float, grace: int) -> datetime:
        """Let all attempts end so many seconds from now, for pages that open after this; gives the moment."""
        deadline = datetime.now(UTC) + timedelta(seconds=seconds)
        values = {"deadline": deadline, "grace_seconds": grace}
        with self.session() as session:
            session.execute(update(Attempt).where(Attempt.id.in_(self.attempt_ids)).values(values))
        return deadline

    def set_machine_clock(self, seconds: float) -> None:
        """Set the clock of the site's machine so many seconds off, as far as the site can see."""
        self.clock_file.write_text(str(seconds))

    def wait_until_closed(self, seconds: float = 60) -> None:
        """Wait until somebody has closed all attempts, at most as long as the site may take."""
        still_open = select(Attempt.id).where(Attempt.id.in_(self.attempt_ids), Attempt.closed_at.is_(None))

        def closed() -> bool:
            with self.session() as session:
                return session.scalar(still_open) is None

        wait_until(closed, seconds, "all attempts to be closed")

    @property
    def attempt_ids(self) -> list[int]:
        """The attempts of those who sit here."""
        return [candidate.attempt_id for candidate in self.candidates]

    @contextmanager
    def at_work(self, life: Callable[[Candidate], None], longest: float = LONGEST) -> Iterator[None]:
        """Let all candidates live at once while the block breaks things; wait afterwards until all have ended."""
        threads = [Thread(target=self._live, args=(life, one), daemon=True) for one in self.candidates]
        for thread in threads:
            thread.start()
        until = monotonic() + longest
        try:
            yield
        finally:
            for thread in threads:
                thread.join(max(0.0, until - monotonic()))
            for candidate in self.candidates:
                candidate.stop.set()
            for thread in threads:
                thread.join(30)

    def _live(self, life: Callable[[Candidate], None], candidate: Candidate) -> None:
        try:
            life(candidate)
        except GaveUp:
            self.unfinished.append(f"{candidate.name} was still at work")
        except Exception as error:
            # A thread's exception reaches nobody else; the verdict tells it.
            self.unfinished.append(f"{candidate.name}: {error!r}")
        finally:
            for wire in candidate.wires:
                wire.close()


def connect(database_url: str) -> Engine:
    """An engine of our own on the site's database."""
    engine = create_engine(database_url)
    if engine.dialect.name == "sqlite":
        make_sqlite_safe(engine)
    return engine


@contextmanager
def open_hall(kind: str, *, cluster: Cluster | None = None, folder: Path | None = None) -> Iterator[Hall]:
    """A site on a fresh database with nobody in it yet: on a new database of `cluster`, or on a file in `folder`."""
    with ExitStack() as stack:
        if kind == "sqlite":
            folder = folder or Path(stack.enter_context(TemporaryDirectory(prefix="jieye-hall-", dir=PERSISTENT)))
            url = f"sqlite:///{folder / 'jieye.sqlite'}"
        else:
            assert cluster
            url = new_database(cluster)
        clock_file = Path(stack.enter_context(TemporaryDirectory(prefix="jieye-clock-"))) / "off"
        serving = stack.enter_context(Serving(url, JIEYE_ENV="test", JIEYE_TEST_CLOCK=str(clock_file)))
        try:
            yield Hall(kind, url, serving, cluster, clock_file)
        finally:
            serving.kill_all()  # an orderly end would wait for what hangs


def new_database(cluster: Cluster) -> str:
    """A database that lasts as long as its cluster; no connection of ours to it stays open, for it may be killed."""
    name = f"hall_{token_hex(4)}"
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    return make_url(cluster.url).set(drivername="postgresql+psycopg", database=name).render_as_string(False)


def admit(session: Session, size: int) -> list[Sitting]:
    """People who may start now, all of one exam: two questions of each kind, room for everybody."""
    now = datetime.now(UTC)
    exam = make_exam(session, places=10_000)
    window = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=5)}
    return [make_sitting(session, exam, make_person(session), **window) for _ in range(size)]


def cookie(identity: str) -> str:
    """The session of a person who has signed in, without the cost of a password."""
    app = Flask("door")
    app.secret_key = SECRET_KEY
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer
    signed = serializer.dumps({"_user_id": identity, "_fresh": True})
    return signed if isinstance(signed, str) else signed.decode()


def begin(wire: Wire, sitting_id: int) -> int:
    """Start as a person does, by the page and its form; gives the attempt's id."""
    page = wire.page(f"/exam/{sitting_id}/start").text
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token, page
    wire.token = token[1]
    answer = wire.form(f"/sittings/{sitting_id}/start", honest="yes")
    assert answer.location, f"{answer.status} {answer.text}"
    return int(urlsplit(answer.location).path.rpartition("/")[2])
