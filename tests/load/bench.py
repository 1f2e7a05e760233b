"""Where figures are measured: a database, the site on it as production runs it, candidates, and the driver."""

import os
import platform
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from tests.load.candidate import ADDRESS, Candidate
from tests.load.driver import Driver, Outcome, Script
from tests.load.hall import Hall
from tests.load.inside import settings_of_commits
from tests.load.scripts import saving
from tests.load.yardstick import Yardstick, find_pgbench
from tests.support.postgres import PERSISTENT, Cluster, postgres_cluster, temporary_database
from tests.support.processes import cpu_seconds, wait_until
from tests.support.serving import Serving

CLIENTS = 32
"""As many at once as the figures of other platforms were taken with."""
PREPARED_WITHIN = 600  # seconds
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True)
class Effort:
    """How long to measure. The defaults are what the goals are about."""

    rounds: int = 5
    seconds: float = 10.0
    warm: float = 1.0
    crowd: int = 1000
    """Candidates who start, sign in, hand in."""
    saves: int = 100_000
    """For the memory of the web processes."""
    minutes: float = 5.0
    """For the sign-ins beside saves."""


@dataclass
class Bench:
    """Everything a figure needs."""

    hall: Hall
    site: Serving
    driver: Driver
    effort: Effort
    say: Callable[[str], None]
    savers: list[Candidate]
    """In the room since before the twin was made."""
    yardstick: Yardstick | None = None
    """None on SQLite."""
    cluster: Cluster | None = None
    number: int = 0

    def next_number(self) -> int:
        """A number above all that a page has given to an answer so far."""
        self.number += 10_000_000
        return self.number

    def crowd(self, count: int) -> list[Candidate]:
        """So many who may start, their papers drawn by the site's job: windows open days before a hall sits down."""
        guests = self.hall.invite(count)
        wait_until(lambda: not self.hall.unprepared(guests), PREPARED_WITHIN, "papers to be drawn")
        return guests

    def run(self, players: Sequence[Callable[[], Script]], seconds: float | None = None) -> Outcome:
        """Let the driver play these at once, to their ends or for some seconds; with the processor time of all."""
        before = self._cpu()
        outcome = self.driver.run(self.site.port, players, seconds, self.effort.warm if seconds else 0.0)
        outcome.cpu |= {who: used - before[who] for who, used in self._cpu().items()}
        return outcome

    def _cpu(self) -> dict[str, float]:
        used = {"web": cpu_seconds(self.site.main_pid())}
        return used | ({"database": cpu_seconds(self.cluster.pid())} if self.cluster else {})

    def check_durable(self) -> dict[str, str]:
        """What the site's own engine finds set on its connection, and the server for all; refuses what isn't durable.

        So the figures are about answers that are on disk when they are acknowledged. On PostgreSQL it also saves one
        answer in this process, through the site's own route, and looks at the setting in that very transaction.
        """
        with self.hall.session() as session:
            if session.get_bind().dialect.name == "sqlite":
                names = ("journal_mode", "synchronous")
                found = {name: str(session.execute(text(f"PRAGMA {name}")).scalar()) for name in names}
                wanted = {"journal_mode": "wal", "synchronous": "2"}  # 2 is FULL
            else:
                found = {name: str(session.scalar(text(f"SHOW {name}"))) for name in DURABLE}
                settings = text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)")
                rows = session.execute(settings, {"names": list(DURABLE)})
                found |= {f"server's {name}": value for name, value in rows}
                wanted = DURABLE | {f"server's {name}": value for name, value in DURABLE.items()}
        if found != wanted:
            raise RuntimeError(f"this database isn't durable, so no figure would count: {found}")
        if "fsync" in found:
            self._check_saving_connection()
        return found

    def _check_saving_connection(self) -> None:
        save = next(saving(self.savers[0], 0, self.next_number()))
        found = settings_of_commits(self.hall.app, self.hall.engine, save.data, "synchronous_commit")
        if not found or set(found) != {"on"}:
            raise RuntimeError(f"a save isn't committed synchronously: {found}")

    def about(self) -> dict[str, Any]:
        """Where the figures come from."""
        with self.hall.session() as session:
            version = session.scalar(text("SELECT sqlite_version()" if not self.yardstick else "SELECT version()"))
        return {
            "database": version,
            "durability": self.check_durable(),
            "cores": os.cpu_count(),
            "load_before": os.getloadavg()[0],
            "machine": platform.platform(),
            "python": platform.python_version(),
            "server": "granian as in docs/running.md, without a web server in front",
            "effort": vars(self.effort),
        }


@contextmanager
def on_postgresql(effort: Effort, say: Callable[[str], None]) -> Iterator[Bench]:
    """A bench on a PostgreSQL of its own with default durability, its data on a real disk."""
    with postgres_cluster(durable=True) as cluster, temporary_database(cluster.url) as url:
        find_pgbench(cluster.binaries)  # refuse early
        with _prepared(url, effort, say, cluster) as bench:
            yield bench


@contextmanager
def on_sqlite(effort: Effort, say: Callable[[str], None]) -> Iterator[Bench]:
    """A bench on a SQLite file on a real disk."""
    place = PERSISTENT if PERSISTENT.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="jieye-sqlite-", dir=place) as folder:
        url = f"sqlite:///{Path(folder) / 'jieye.sqlite'}"
        with _prepared(url, effort, say) as bench:
            yield bench


@contextmanager
def _prepared(url: str, effort: Effort, say: Callable[[str], None], cluster: Cluster | None = None) -> Iterator[Bench]:
    with ExitStack() as stack:
        driver = stack.enter_context(Driver())
        site = Serving(url, JIEYE_TRUSTED_PROXIES="1", JIEYE_BASE_URL=ADDRESS)
        site.flask("db", "upgrade")
        hall = Hall(url)
        stack.callback(hall.close)
        hall.furnish()
        bench = Bench(hall, site, driver, effort, say, hall.seat(CLIENTS), cluster=cluster)
        hall.close()  # nobody may be connected to a database that is copied
        if cluster:
            first, slots = bench.savers[0].attempt_id, len(bench.savers[0].responses)
            bench.yardstick = Yardstick(cluster, url, first, slots)
        stack.push(site)
        site.start()
        bench.check_durable()
        yield bench
