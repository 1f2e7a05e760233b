"""The pulse of a serving process: every few seconds it says that the site is well, and looks at its clock.

From the gaps in this pulse, and from nothing else, the site knows its own outages. It has a thread of its own, so that
no slow job makes it look as if the site had been away.
"""

import logging
import os
import signal
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy import delete, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from exam import clock
from exam.accounts.actions import audit
from exam.accounts.queries import people_with_role
from exam.accounts.rules import Role
from exam.attempts.actions import beat
from exam.beats import Beat, Clocks
from exam.jobs import Lease
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=5)
LOOK_AROUND_EVERY = timedelta(minutes=1)
"""How often the clock is held against the database's and other processes'."""
LISTEN = timedelta(seconds=7)
"""How long to wait for another process's next beat."""
LISTEN_LONG = timedelta(seconds=20)
"""The same for what can wait: a command of a timer."""


class WrongClock(Exception):
    """This process may not serve; the text says why and what to do."""


def read_clocks(session: Session) -> Clocks:
    """This process's clock beside the newest beat and the database's own clock (PostgreSQL only; SQLite has none)."""
    asks = session.get_bind().dialect.name == "postgresql"
    last = session.scalar(select(Beat.at))
    before = clock.now()
    database: datetime | None = session.scalar(text("SELECT clock_timestamp()")) if asks else None
    return Clocks(before + (clock.now() - before) / 2, last, database)


def refuse_wrong_clock(session: Session, pause: Event | None = None, listen: timedelta = LISTEN) -> None:
    """Raise WrongClock where this process would end or lengthen attempts by a wrong clock. Reads only.

    If the last beat is some way off, it listens for a moment: where another process goes on beating far from this
    one's time, its clock or ours was stepped, and that is no outage.
    """
    clocks = read_clocks(session)
    if not clocks.near and not clocks.trouble:
        session.rollback()
        (pause or Event()).wait(listen.total_seconds())
        later = read_clocks(session)
        if later.last_beat != clocks.last_beat and not later.near:
            raise WrongClock(later.apart_from_others())
    session.rollback()
    if clocks.trouble:
        raise WrongClock(clocks.trouble)


def forget_beat(session: Session, now: datetime) -> datetime | None:
    """Take this machine's time where the last beat is still to come, for a wrong clock wrote it; gives that beat.

    The site counts as well from now on, so that what it is away for until it starts is an outage as any other. A beat
    that has been stays, and with it what an outage since then has cost: nothing is done then, and None given.
    """
    pulse = session.scalar(select(Beat).with_for_update())
    if pulse is None or pulse.at <= now:
        return None
    forgotten, pulse.at = pulse.at, now
    session.execute(delete(Lease))
    audit(
        session,
        actor_id=None,
        action="clock.accepted",
        subject_type="site",
        subject_id=None,
        now=now,
        last_beat=forgotten,
    )
    return forgotten


class Pulse:
    """What a serving process does at each tick. `trusted`: whether its clock has been looked at before serving."""

    def __init__(self, trusted: bool) -> None:
        self.trusted = trusted
        self.to_tell = False
        self.look_around_at = clock.now() + LOOK_AROUND_EVERY

    def tick(self, session: Session) -> None:
        """Beat; then look at the clock, in transactions of its own: whatever fails there must not stop the pulse."""
        if not self.trusted:
            self._trust_or_end(session)
        now = clock.now()
        outage = beat(session, now)
        session.commit()
        if outage:
            log.warning("the site was away from %s to %s", outage.began_at.isoformat(), outage.ended_at.isoformat())
        self._look_at_clock(session, now)

    def once_trusted(self, act: Callable[[Session], object]) -> Callable[[Session], object]:
        """The same act for a ticker, which does nothing until this process's clock is known to be good."""
        return lambda session: act(session) if self.trusted else None

    def _look_at_clock(self, session: Session, now: datetime) -> None:
        stepped = clock.site.look()
        off = round(clock.site.stepped.total_seconds())
        if stepped:
            log.error("this machine's clock was set by %+d s; running exams go on by the time before", off)
        self.to_tell = self.to_tell or stepped
        if now >= self.look_around_at:
            self.look_around_at = now + LOOK_AROUND_EVERY
            self._look_around(session)
        if self.to_tell:
            tell_of_clock(session, off, now)
            session.commit()
            self.to_tell = False

    def _look_around(self, session: Session) -> None:
        trouble = read_clocks(session).trouble
        if trouble and not clock.site.disagrees:
            log.error(trouble)
        clock.site.disagrees = trouble

    def _trust_or_end(self, session: Session) -> None:
        """The database was away when this process began to serve: look now, and end it rather than serve wrongly."""
        try:
            refuse_wrong_clock(session)
        except WrongClock as wrong:
            log.critical("Jieye stops: %s", wrong)
            os.kill(os.getpid(), signal.SIGTERM)
            raise
        self.trusted = True


def start_pulse(session: Session) -> Pulse:
    """The pulse of a process that is about to serve; raises WrongClock. A database that is away is no reason to."""
    try:
        refuse_wrong_clock(session)
    except SQLAlchemyError as error:
        log.warning("the database is away; the site answers 503 until it is back (%s)", type(error).__name__)
        return Pulse(trusted=False)
    return Pulse(trusted=True)


def tell_of_clock(session: Session, seconds: int, now: datetime) -> None:
    """Alert the administrators that a machine's clock was set, once a machine and hour."""
    machine = socket.gethostname()
    for person in people_with_role(session, Role.ADMIN):
        notify(
            session,
            person.id,
            NoticeKind.CLOCK_STEPPED,
            key=f"{machine}:{now:%Y-%m-%dT%H}",
            now=now,
            machine=machine,
            seconds=seconds,
        )
