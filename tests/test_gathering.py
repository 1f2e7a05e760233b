"""Threads that share work: who comes while a group is under way goes with the next; errors reach all of a group."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from exam.gathering import Gathering


class Held:
    """Work whose first group waits until it is let go; it notes its groups, and doubles what it gets."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.begun, self.go_on = Event(), Event()

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.groups.append(list(numbers))
        self.begun.set()
        assert self.go_on.wait(timeout=10)
        if 13 in numbers:
            raise ValueError("thirteen")
        return [2 * number for number in numbers]


def wait_for(gathering: Gathering[int, int], count: int) -> None:
    """Until so many wait for the group under way to end; each thread is at most an append away from there."""
    while len(gathering._waiting) < count:
        pass


def test_who_comes_alone_goes_alone() -> None:
    work = Held()
    work.go_on.set()
    gathering = Gathering(work)
    assert [gathering.share(number) for number in (1, 2, 3)] == [2, 4, 6]
    assert work.groups == [[1], [2], [3]]


def test_who_comes_meanwhile_shares_the_next_group() -> None:
    work = Held()
    gathering = Gathering(work, most=3)
    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(gathering.share, 1)
        assert work.begun.wait(timeout=10)
        others = [threads.submit(gathering.share, number) for number in range(2, 7)]
        wait_for(gathering, 5)
        work.go_on.set()
        assert first.result(timeout=10) == 2
        assert [one.result(timeout=10) for one in others] == [4, 6, 8, 10, 12]
    assert [len(group) for group in work.groups] == [1, 3, 2]
    assert sorted(number for group in work.groups for number in group) == [1, 2, 3, 4, 5, 6]


def test_an_error_reaches_all_of_its_group_and_nobody_else() -> None:
    work = Held()
    gathering = Gathering(work)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(gathering.share, 1)
        assert work.begun.wait(timeout=10)
        others = [threads.submit(gathering.share, number) for number in (12, 13)]
        wait_for(gathering, 2)
        work.go_on.set()
        assert first.result(timeout=10) == 2
        for one in others:
            with pytest.raises(ValueError, match="thirteen"):
                one.result(timeout=10)
    assert gathering.share(14) == 28
