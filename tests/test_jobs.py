"""Jobs run once, however many processes look for them, and go on when one of these dies or is slow."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.app import create_app
from exam.attempts.actions import beat, close_due_in_batches, closing
from exam.attempts.models import Attempt
from exam.beats import FROM_OTHERS, Beat, Outage
from exam.db import db
from exam.events import attempts_closed
from exam.jobs import LEASE, TICK, Job, Lease, Ticker, new_holder, run_due, run_jobs
from exam.schedule import CLOSING, JOBS
from tests.attempts.builders import begin
from tests.builders import NOW, make_exam
from tests.support.database import testing_config

SECOND = timedelta(seconds=1)
EVERY = timedelta(seconds=10)
AFTER = NOW + timedelta(minutes=60, seconds=11)
AT_ONCE = 8
BATCH = 3


class Counting:
    """A job that counts its runs."""

    def __init__(self) -> None:
        self.runs = 0
        self.job = Job("counting", EVERY, self.run)

    def run(self, _session: Session, _now: datetime) -> None:
        self.runs += 1


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


@pytest.fixture
def counting() -> Counting:
    return Counting()


def test_a_job_runs_when_it_is_due_and_not_before(session: Session, counting: Counting) -> None:
    assert run_due(session, [counting.job], "a:1", at(NOW)) == ["counting"]
    assert run_due(session, [counting.job], "b:2", at(NOW + EVERY - SECOND)) == []
    assert run_due(session, [counting.job], "b:2", at(NOW + EVERY)) == ["counting"]
    assert counting.runs == 2


def test_a_holder_that_died_is_followed_when_its_lease_ends(session: Session, counting: Counting) -> None:
    session.add(Lease(name="counting", holder="dead:1", held_until=NOW + LEASE, due_at=NOW))
    session.flush()
    assert run_due(session, [counting.job], "b:2", at(NOW + LEASE - SECOND)) == []
    assert run_due(session, [counting.job], "b:2", at(NOW + LEASE)) == ["counting"]


def test_a_lease_of_a_clock_that_was_ahead_holds_nothing_up(session: Session, counting: Counting) -> None:
    ahead = NOW + timedelta(hours=1)
    assert run_due(session, [counting.job], "a:1", at(ahead)) == ["counting"]
    assert run_due(session, [counting.job], "b:2", at(NOW)) == ["counting"]
    session.merge(Lease(name="counting", holder="dead:1", held_until=ahead + LEASE, due_at=ahead))
    assert run_due(session, [counting.job], "b:2", at(NOW + SECOND)) == ["counting"]


def test_a_lease_of_a_clock_that_is_a_little_ahead_counts(session: Session, counting: Counting) -> None:
    run_due(session, [counting.job], "a:1", at(NOW + FROM_OTHERS))
    assert run_due(session, [counting.job], "b:2", at(NOW)) == []


def test_due_attempts_close_within_a_minute_even_if_the_holder_dies() -> None:
    """It may have taken the lease just before; then comes the lease, a tick of somebody else, and the job's own."""
    assert LEASE + 2 * TICK + CLOSING[0].every <= timedelta(seconds=60)


def test_a_job_that_fails_is_logged_and_does_not_keep_others(
    session: Session, counting: Counting, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_session: Session, _now: datetime) -> None:
        raise RuntimeError("no")

    assert run_due(session, [Job("failing", EVERY, fail), counting.job], "a:1", at(NOW)) == ["counting"]
    assert "'failing' failed" in caplog.text


def test_a_long_job_keeps_its_lease_and_ends_when_it_has_lost_it(session: Session) -> None:
    moments = iter([NOW, NOW, NOW + 20 * SECOND, NOW + 40 * SECOND, *[NOW + 60 * SECOND] * 5])
    done: list[int] = []

    def run(session: Session, _now: datetime) -> Iterator[int]:
        for number in range(5):
            done.append(number)
            if number == 2:
                lease = session.get_one(Lease, "long")
                assert lease.held_until == NOW + 40 * SECOND + LEASE
                lease.holder, lease.held_until = "another:2", NOW + 60 * SECOND + LEASE
            yield number

    run_due(session, [Job("long", EVERY, run)], "a:1", lambda: next(moments))
    assert done == [0, 1, 2]
    assert session.get_one(Lease, "long").holder == "another:2"


def test_no_two_processes_have_one_name() -> None:
    assert len({new_holder() for _ in range(100)}) == 100


# With real commits


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "BATCH", BATCH)


@pytest.fixture
def shared(database: str, new_database: Callable[[str], str]) -> Iterator[Flask]:
    """An app on a database of its own, where every commit is one."""
    app = create_app(testing_config(new_database(database)))
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def all_at_once(app: Flask, act: Callable[[Session], Any], count: int = AT_ONCE) -> list[Any]:
    ready = Barrier(count)

    def run(_number: int) -> Any:
        with app.app_context(), Session(db.engine) as session:
            ready.wait()
            return act(session)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_many_processes_run_a_due_job_once(shared: Flask, counting: Counting) -> None:
    ran = all_at_once(shared, lambda session: run_due(session, [counting.job], new_holder(), at(NOW)))
    assert sum(map(len, ran)) == counting.runs == 1
    ran = all_at_once(shared, lambda session: run_due(session, [counting.job], new_holder(), at(NOW + EVERY)))
    assert sum(map(len, ran)) == 1
    assert counting.runs == 2


def test_due_attempts_close_once_in_batches_and_a_broken_one_holds_no_other(shared: Flask) -> None:
    with Session(db.engine) as session:
        exam = make_exam(session, places=BATCH + 5)
        ids = [begin(session, exam=exam, opened=False).id for _ in range(BATCH + 5)]
        session.commit()
    told: list[int] = []

    def note(attempts: Sequence[Attempt], **_: Any) -> None:
        if any(attempt.id == ids[0] for attempt in attempts):
            raise RuntimeError("a listener refuses")
        told.extend(attempt.id for attempt in attempts)

    with attempts_closed.connected_to(note):
        all_at_once(shared, lambda session: run_due(session, CLOSING, new_holder(), at(AFTER)), 4)
    assert sorted(told) == ids[1:]
    with Session(db.engine) as session:
        open_ones = session.scalars(select(Attempt.id).where(Attempt.closed_at.is_(None))).all()
    assert open_ones == ids[:1]


def test_each_batch_is_on_disk_before_the_next(shared: Flask) -> None:
    with Session(db.engine) as session:
        exam = make_exam(session, places=BATCH + 5)
        for _ in range(BATCH + 1):
            begin(session, exam=exam, opened=False)
        session.commit()
    with Session(db.engine) as session:
        parts = close_due_in_batches(session, AFTER)
        assert next(parts) == BATCH
        session.commit()
        with Session(db.engine) as other:
            assert len(other.scalars(select(Attempt.id).where(Attempt.closed_at.is_not(None))).all()) == BATCH
        assert list(parts) == [1]


def test_one_of_many_processes_finds_the_outage_and_gives_it_back_once(shared: Flask) -> None:
    with Session(db.engine) as session:
        attempt = begin(session)
        session.add(Beat(id=1, at=NOW))
        session.commit()
        id, deadline = attempt.id, attempt.deadline

    def come_back(session: Session) -> bool:
        found = beat(session, NOW + timedelta(minutes=2)) is not None
        session.commit()
        return found

    assert sum(all_at_once(shared, come_back)) == 1
    with Session(db.engine) as session:
        assert len(session.scalars(select(Outage)).all()) == 1
        assert session.get_one(Attempt, id).deadline == deadline + timedelta(minutes=2)


def test_a_ticker_goes_on_after_whatever_goes_wrong(shared: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exam.jobs.TICK", timedelta(milliseconds=1))
    twice = Event()
    tries: list[int] = []

    def act(_session: Session) -> None:
        tries.append(1)
        if len(tries) == 2:
            twice.set()
        raise RuntimeError("no")

    ticker = Ticker(shared, "trying", act)
    ticker.start()
    assert twice.wait(60)
    ticker.stop()
    assert not ticker.thread.is_alive()


def test_the_schedule_runs(shared: Flask) -> None:
    with Session(db.engine) as session:
        assert run_jobs(JOBS)(session) == [job.name for job in JOBS]
