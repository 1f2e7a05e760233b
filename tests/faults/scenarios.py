"""The list of what is broken, and on what: the order is that of docs/limits.md."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

from tests.faults import clocks, databases, network, races, web_workers
from tests.faults.hall import Hall, open_hall
from tests.support.postgres import Cluster, postgres_cluster

BOTH = ("postgresql", "sqlite")
POSTGRESQL = ("postgresql",)

Opening = Callable[[str, Cluster | None], AbstractContextManager[Hall]]


@dataclass(frozen=True)
class Scenario:
    """Something that breaks while people write. `run` gets the hall, and for how many seconds they write."""

    title: str
    run: Callable[[Hall, float], None]
    seconds: float = 20
    databases: tuple[str, ...] = BOTH
    opening: Opening | None = None
    """Another hall than one on an ordinary disk."""


@contextmanager
def on_a_small_disk(kind: str, _cluster: Cluster | None) -> Iterator[Hall]:
    """A hall whose database is on a disk of a few megabytes, in memory."""
    with ExitStack() as stack:
        if kind == "sqlite":
            disk = stack.enter_context(databases.small_disk(32))
            yield stack.enter_context(open_hall(kind, folder=disk))
            return
        disk = stack.enter_context(databases.small_disk(256))
        log = {"max_wal_size": "48MB", "min_wal_size": "32MB"}
        cluster = stack.enter_context(postgres_cluster(durable=True, folder=disk, **log))
        yield stack.enter_context(open_hall(kind, cluster=cluster))


def on_an_ordinary_disk(kind: str, cluster: Cluster | None) -> AbstractContextManager[Hall]:
    """A hall on the cluster that all scenarios share, or on a file."""
    return open_hall(kind, cluster=cluster)


SCENARIOS = (
    Scenario("1 a web worker is killed, then another", web_workers.a_worker_is_killed),
    Scenario("1 all web workers are killed, and started again", web_workers.all_workers_are_killed),
    Scenario("2 PostgreSQL is killed, and started again", databases.is_killed, databases=POSTGRESQL),
    Scenario("3 PostgreSQL is stopped for a minute", databases.is_stopped, seconds=60, databases=POSTGRESQL),
    Scenario("3 PostgreSQL takes no connections", databases.takes_no_connections, databases=POSTGRESQL),
    Scenario("3 the disk is full", databases.has_no_room, opening=on_a_small_disk),
    Scenario("4 requests are cut, repeated, reordered, delayed", network.is_bad),
    Scenario("4 requests are delayed past the deadline", network.is_slow_past_the_deadline),
    Scenario("5 the candidates' clocks are off", clocks.of_candidates_are_off),
    Scenario("6 the deadline comes during a save", races.deadline_during_a_save),
    Scenario("6 handing in races with the closing job", races.handing_in_while_it_is_closed),
    Scenario("6 two devices race", races.two_devices),
    Scenario("7 the server's clock is set by an hour", clocks.of_the_server_is_set, seconds=40),
)
