"""One source of time: steady through whatever is done to the machine's clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exam import clock
from exam.clock import Clock

SECOND = 1_000_000_000
HOUR = 3600 * SECOND
START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


class Machine:
    """A machine whose clock can be set, and whose counter can't."""

    def __init__(self) -> None:
        self.shown = round(START.timestamp()) * SECOND
        self.counter = 12345 * SECOND
        self.clock = Clock(lambda: self.shown, lambda: self.counter)

    def pass_by(self, nanoseconds: int) -> None:
        self.shown += nanoseconds
        self.counter += nanoseconds


def test_it_begins_with_the_machines_time_and_goes_on() -> None:
    machine = Machine()
    assert machine.clock.now() == START
    machine.pass_by(60 * SECOND)
    assert machine.clock.now() == START + timedelta(minutes=1)
    assert machine.clock.now().tzinfo is UTC


@pytest.mark.parametrize("step", [HOUR, -HOUR, 2 * SECOND, -2 * SECOND, 24 * HOUR])
def test_a_step_changes_nothing_and_is_told_once(step: int) -> None:
    machine = Machine()
    machine.shown += step
    assert machine.clock.now() == START
    assert machine.clock.look() is True
    machine.pass_by(5 * SECOND)
    assert machine.clock.look() is False
    assert machine.clock.now() == START + timedelta(seconds=5)
    assert machine.clock.stepped == timedelta(microseconds=step // 1000)


def test_small_corrections_are_followed_however_much_they_add_up_to() -> None:
    machine = Machine()
    for _ in range(100):
        machine.pass_by(5 * SECOND)
        machine.shown += SECOND
        assert machine.clock.look() is False
    assert machine.clock.now() == START + timedelta(seconds=600)
    assert machine.clock.stepped == timedelta()


def test_a_step_that_is_taken_back_is_forgotten_and_another_is_told_again() -> None:
    machine = Machine()
    machine.shown += HOUR
    assert machine.clock.look() is True
    machine.shown -= HOUR - SECOND
    assert machine.clock.look() is False
    assert machine.clock.stepped == timedelta()
    assert machine.clock.now() == START + timedelta(seconds=1)
    machine.shown -= HOUR
    assert machine.clock.look() is True
    machine.shown -= HOUR
    assert machine.clock.look() is True


def test_a_look_that_was_interrupted_says_nothing() -> None:
    machine = Machine()

    def slow() -> int:
        machine.pass_by(3 * SECOND)
        return machine.shown

    machine.clock._machine = slow
    assert machine.clock.look() is False
    assert machine.clock.now() == START + timedelta(seconds=3)


def test_the_sites_clock_shows_this_machines_time() -> None:
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_step_can_be_rehearsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "site", clock.site)
    file = tmp_path / "seconds"
    clock.rehearse(file)
    assert clock.site.look() is False
    before = clock.now()
    file.write_text("-3600")
    assert clock.site.look() is True
    assert clock.now() >= before
    assert round(clock.site.stepped.total_seconds()) == -3600
