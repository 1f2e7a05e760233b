"""The scenarios of `make faults` that need no browser, short: eight candidates, outages of seconds."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from tests.faults import databases, network, races, web_workers
from tests.faults.hall import Hall, open_hall
from tests.faults.oracle import examine
from tests.faults.page import QUICK
from tests.faults.scenarios import BOTH, POSTGRESQL, Scenario
from tests.support.postgres import postgres_cluster

SHORT = (
    Scenario("a worker is killed", web_workers.a_worker_is_killed, 2, POSTGRESQL),
    Scenario("all workers are killed", web_workers.all_workers_are_killed, 2, POSTGRESQL),
    Scenario("PostgreSQL is killed", databases.is_killed, 2, POSTGRESQL),
    Scenario("bad network", network.is_bad, 2),
    Scenario("slow past the deadline", network.is_slow_past_the_deadline, 2, POSTGRESQL),
    Scenario("deadline during a save", races.deadline_during_a_save, 2),
    Scenario("handing in while it is closed", races.handing_in_while_it_is_closed, 2),
    Scenario("two devices", races.two_devices, 2, POSTGRESQL),
)
CASES = [
    pytest.param(kind, scenario, id=f"{kind}-{scenario.title.replace(' ', '-')}")
    for kind in BOTH
    for scenario in SHORT
    if kind in scenario.databases
]


@pytest.fixture(scope="module")
def hall_on() -> Iterator[Callable[[str], Hall]]:
    """The site in processes of its own, on a kind of database; opened once, and broken by one test after the other."""
    with ExitStack() as stack:

        @cache
        def open_once(kind: str) -> Hall:
            cluster = stack.enter_context(postgres_cluster(durable=True)) if kind == "postgresql" else None
            return stack.enter_context(open_hall(kind, cluster=cluster))

        yield open_once


@pytest.mark.parametrize(("kind", "scenario"), CASES)
def test_nothing_acknowledged_is_lost(hall_on: Callable[[str], Hall], kind: str, scenario: Scenario) -> None:
    hall = hall_on(kind)
    hall.seat(8, QUICK)
    scenario.run(hall, scenario.seconds)
    found = examine(hall)
    assert found.problems == []
    assert found.acknowledged > 0
