"""What happens without anybody visiting: a lease row lets exactly one process do it, whatever their number."""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import String, or_, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from exam import clock
from exam.beats import FROM_OTHERS
from exam.db import db
from question_bank.orm import Base, rows_changed

log = logging.getLogger(__name__)

TICK = timedelta(seconds=5)
LEASE = timedelta(seconds=30)
"""A holder that died is followed after this, one that is slow perhaps as well: a job must bear two at once."""


class Lease(Base):
    """Who may run a job, until when, and when it is due again."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120))
    held_until: Mapped[datetime]
    due_at: Mapped[datetime]


@dataclass(frozen=True)
class Job:
    """Something to do every so often. `run` gets a session and now, and commits nothing itself.

    A run that may be long yields where what it has done can be committed; the lease is renewed there.
    """

    name: str
    every: timedelta
    run: Callable[[Session, datetime], object]


def take(session: Session, job: Job, holder: str, now: datetime) -> bool:
    """Take the lease of a due job in one statement; False when it isn't due or another process has it.

    A lease further ahead than anybody writes it was written by a clock that ran ahead and has been set right since.
    Nothing must wait for that moment to come.
    """
    is_due = or_(Lease.due_at <= now, Lease.due_at > now + job.every + FROM_OTHERS)
    is_free = or_(Lease.held_until <= now, Lease.held_until > now + LEASE + FROM_OTHERS, Lease.holder == holder)
    taken = update(Lease).where(Lease.name == job.name, is_due, is_free).values(holder=holder, held_until=now + LEASE)
    if rows_changed(session, taken):
        return True
    if session.get(Lease, job.name) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(Lease(name=job.name, holder=holder, held_until=now + LEASE, due_at=now))
    except IntegrityError:
        return False
    return True


def give_back(session: Session, job: Job, holder: str, now: datetime) -> None:
    """End the lease and say when the job is due again; nothing happens if another process took over meanwhile."""
    session.execute(
        update(Lease)
        .where(Lease.name == job.name, Lease.holder == holder)
        .values(held_until=now, due_at=now + job.every)
    )


def run_due(session: Session, jobs: list[Job], holder: str, now: Callable[[], datetime] = clock.now) -> list[str]:
    """Run every due job once, each in its own transaction; a failing one is logged and tried at its next time."""
    ran = []
    for job in jobs:
        taken = take(session, job, holder, now())
        session.commit()
        if not taken:
            continue
        try:
            _run(session, job, holder, now)
            ran.append(job.name)
        except Exception:
            session.rollback()
            log.exception("the job %r failed and will be tried again", job.name)
        give_back(session, job, holder, now())
        session.commit()
    return ran


def _run(session: Session, job: Job, holder: str, now: Callable[[], datetime]) -> None:
    done = job.run(session, now())
    if isinstance(done, Iterator):
        for _part in done:
            held = take(session, job, holder, now())
            session.commit()
            if not held:  # so slow that another process has followed
                return
    session.commit()


class Ticker:
    """A thread that does something every few seconds until it is stopped. `act` gets a session and commits."""

    def __init__(self, app: Flask, name: str, act: Callable[[Session], object]) -> None:
        self.app = app
        self.act = act
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; the thread ends with the process."""
        self.thread.start()

    def stop(self) -> None:
        """End after the act under way."""
        self.stopped.set()
        self.thread.join(timeout=LEASE.total_seconds())

    def run(self) -> None:
        """Tick. A database that is away for a while must not end the thread."""
        while not self.stopped.is_set():
            try:
                with self.app.app_context():
                    self.act(db.session())
            except OperationalError as error:
                log.warning("%s: the database is away (%s)", self.thread.name, type(error.orig).__name__)
            except Exception:
                log.exception("%s: this failed and will be tried again", self.thread.name)
            self.stopped.wait(TICK.total_seconds())


def run_jobs(jobs: Iterable[Job]) -> Callable[[Session], list[str]]:
    """What a ticker does that looks after these jobs, under a name that no other has."""
    mine, holder = list(jobs), new_holder()
    return lambda session: run_due(session, mine, holder)


def new_holder() -> str:
    """A name for leases that no other process, on any host, has or will have."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
