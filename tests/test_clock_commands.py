"""The commands that look at the clocks, typed: what they refuse, and their exit codes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from exam.beats import Beat
from tests.attempts.builders import begin
from tests.builders import NOW

TRUE = NOW + timedelta(minutes=20)
"""What the workers' clocks show."""
HOUR = timedelta(hours=1)


@pytest.fixture
def run(app, session, monkeypatch):
    """Type a command; gives its exit code and what it said. `beating`: whether workers beat while it listens."""

    def type_in(*words, beating=False):
        class Listening:
            def wait(self, _seconds):
                if beating:
                    session.scalars(select(Beat)).one().at += timedelta(seconds=5)
                    session.commit()

        monkeypatch.setattr("exam.pulse.Event", Listening)
        with app.app_context():
            done = app.test_cli_runner().invoke(args=list(words))
        return done.exit_code, done.output

    return type_in


@pytest.fixture
def attempt(session, monkeypatch):
    """A run that has forty minutes left while the workers beat. SQLite's time of the database is everybody's."""
    monkeypatch.setattr("exam.beats.FROM_DATABASE", timedelta(days=36500))
    session.add(Beat(id=1, at=TRUE))
    started = begin(session)
    session.commit()
    return started


@pytest.mark.parametrize("step", [HOUR, -HOUR, timedelta(minutes=5), timedelta(seconds=25)])
def test_jobs_refuse_to_close_by_a_clock_that_was_set(session, run, attempt, set_clock, step):
    set_clock(TRUE + step)
    code, said = run("jobs", beating=True)
    assert code == 1
    assert "this machine's clock shows" in said
    assert "timedatectl set-ntp true" in said
    session.refresh(attempt)
    assert attempt.closed_at is None


def test_jobs_close_what_is_due_beside_workers_whose_clocks_agree(session, run, attempt, set_clock):
    over = attempt.deadline + timedelta(seconds=11)
    session.merge(Beat(id=1, at=over - timedelta(seconds=5)))
    set_clock(over)
    code, said = run("jobs")
    assert (code, "close due attempts" in said) == (0, True)
    session.refresh(attempt)
    assert attempt.closed_at == attempt.deadline


def test_jobs_go_on_while_no_worker_beats(run, attempt, set_clock):
    set_clock(TRUE + timedelta(minutes=5))
    assert run("jobs")[0] == 0


def test_check_is_content_with_clocks_that_agree(run, attempt, set_clock):
    set_clock(TRUE + timedelta(seconds=5))
    code, said = run("clock", "check")
    assert code == 0
    assert "last beat     2026-03-02T01:50:00+00:00" in said


@pytest.mark.parametrize(
    ("step", "beating", "word"),
    [(HOUR, True, "another process serves"), (HOUR, False, "No worker beats"), (-HOUR, False, "still to come")],
)
def test_check_fails_where_clocks_disagree_or_nobody_beats(run, attempt, set_clock, step, beating, word):
    set_clock(TRUE + step)
    code, said = run("clock", "check", beating=beating)
    assert code == 1
    assert word in said


def test_accept_forgets_a_beat_that_is_to_come_and_keeps_any_other(session, run, attempt, set_clock):
    set_clock(TRUE + HOUR)
    assert "nothing to accept" in run("clock", "accept")[1]
    assert session.scalar(select(Beat.at)) == TRUE
    set_clock(TRUE - HOUR)
    code, said = run("clock", "accept")
    assert (code, "is forgotten" in said) == (0, True)
    assert session.scalar(select(Beat.at)) == TRUE - HOUR
