"""Where the time of one kind of request goes, in this process: `make bench ARGS="--profile save"`."""

from collections.abc import Callable, Iterable, Mapping

from tests.load import scripts
from tests.load.bench import Bench
from tests.load.driver import Script
from tests.load.inside import profile

COUNT = 1000
"""Requests with the profiler, and as many without."""


def _saves(bench: Bench) -> Iterable[Script]:
    yield scripts.saving(bench.savers[0], 1, bench.next_number())


def _pages(bench: Bench) -> Iterable[Script]:
    yield scripts.opening(bench.savers[0])


def _starts(bench: Bench) -> Iterable[Script]:
    return map(scripts.starting, bench.crowd(_needed(bench)))


def _submits(bench: Bench) -> Iterable[Script]:
    yield scripts.handing_in(bench.hall.seat(_needed(bench), answered=True))


def _needed(bench: Bench) -> int:
    count = min(COUNT, bench.effort.crowd)
    return 2 * count + count // 10


KINDS: Mapping[str, Callable[[Bench], Iterable[Script]]] = {
    "save": _saves,
    "page": _pages,
    "start": _starts,
    "submit": _submits,
}


def where_time_goes(bench: Bench, kind: str) -> str:
    """Two tables, by package and by function."""
    return profile(bench.hall.app, KINDS[kind](bench), kind, min(COUNT, bench.effort.crowd))
