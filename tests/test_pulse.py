"""The pulse of a serving process, and when its clock keeps it from serving."""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from exam import clock
from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.beats import Beat, Clocks, Outage
from exam.clock import Clock
from exam.jobs import Lease
from exam.notices.models import Notice
from exam.pulse import Pulse, WrongClock, forget_beat, read_clocks, refuse_wrong_clock
from tests.builders import make_person

START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Others(Event):
    """What happens while a starting process listens."""

    def __init__(self, session: Session, later: timedelta) -> None:
        super().__init__()
        self.session, self.later, self.listened = session, later, False

    def wait(self, _seconds: float | None = None) -> bool:
        self.listened = True
        if self.later:
            pulse = self.session.scalars(select(Beat)).one()
            pulse.at += self.later
            self.session.flush()
        return False


def last_beat(session: Session, ago: timedelta) -> None:
    session.add(Beat(id=1, at=clock.now() - ago))
    session.commit()


@pytest.mark.parametrize(
    ("behind_beat", "off_database", "word"),
    [
        (0, 0, ""),
        (30, 5, ""),
        (30, -5, ""),
        (31, 0, "clock accept"),
        (3600, 0, "clock accept"),
        (-3600, 0, ""),  # an outage of an hour, as far as anybody can tell
        (0, 6, "the database's"),
        (0, -6, "the database's"),
    ],
)
def test_which_clocks_keep_a_process_from_serving(behind_beat: int, off_database: int, word: str) -> None:
    trouble = Clocks(START, START + behind_beat * SECOND, START + off_database * SECOND).trouble
    assert (word in trouble) if word else trouble == ""


def test_a_new_site_and_one_without_a_clock_in_its_database_serve() -> None:
    assert Clocks(START, None, None).trouble == ""
    assert Clocks(START, None, None).gap == timedelta()


def test_a_new_site_serves(session: Session) -> None:
    refuse_wrong_clock(session)
    assert session.scalar(select(Beat.id)) is None


def test_the_database_has_a_clock_of_its_own_on_postgresql_only(session: Session, database: str) -> None:
    clocks = read_clocks(session)
    assert (clocks.database is not None) is (database == "postgresql")
    assert clocks.trouble == ""


def test_a_clock_behind_the_last_beat_is_refused_until_that_is_forgotten(session: Session) -> None:
    last_beat(session, -HOUR)
    with pytest.raises(WrongClock, match="flask --app wsgi clock accept"):
        refuse_wrong_clock(session)
    forget_beat(session, clock.now())
    refuse_wrong_clock(session)


def test_a_forgotten_beat_is_in_the_trail_and_holds_no_job_up(session: Session) -> None:
    last_beat(session, -HOUR)
    ahead, now = session.scalar(select(Beat.at)), clock.now()
    session.add(Lease(name="a job", holder="gone:1", held_until=now + HOUR, due_at=now + HOUR))
    assert forget_beat(session, now) == ahead
    assert session.scalar(select(Beat.at)) == now
    assert not session.scalars(select(Lease)).all()
    told = session.scalars(select(AuditEvent)).one()
    assert (told.action, told.detail) == ("clock.accepted", {"last_beat": ahead.isoformat()})


def test_a_beat_that_has_been_is_kept_for_an_outage_may_be_owed_since(session: Session) -> None:
    last_beat(session, HOUR)
    then = session.scalar(select(Beat.at))
    assert forget_beat(session, clock.now()) is None
    assert session.scalar(select(Beat.at)) == then
    assert not session.scalars(select(AuditEvent)).all()


def test_after_an_outage_a_process_listens_and_serves(session: Session) -> None:
    last_beat(session, HOUR)
    silent = Others(session, timedelta())
    refuse_wrong_clock(session, silent)
    assert silent.listened


def test_after_a_short_stop_it_does_not_even_listen(session: Session) -> None:
    last_beat(session, 10 * SECOND)
    silent = Others(session, timedelta())
    refuse_wrong_clock(session, silent)
    assert not silent.listened


@pytest.mark.parametrize("ahead", [HOUR, 25 * SECOND, -25 * SECOND])
def test_a_process_whose_clock_is_off_from_one_that_goes_on_is_refused(session: Session, ahead: timedelta) -> None:
    last_beat(session, ahead)
    with pytest.raises(WrongClock, match="another process serves"):
        refuse_wrong_clock(session, Others(session, 5 * SECOND))


def test_a_process_a_little_behind_the_last_beat_serves_when_nobody_goes_on(session: Session) -> None:
    last_beat(session, -25 * SECOND)
    refuse_wrong_clock(session, Others(session, timedelta()))


def test_of_two_that_start_after_an_outage_both_serve(session: Session) -> None:
    last_beat(session, HOUR)
    refuse_wrong_clock(session, Others(session, HOUR))


def test_a_tick_beats_and_ends_an_outage(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    pulse = Pulse(trusted=True)
    pulse.tick(session)
    assert abs(session.scalars(select(Beat)).one().at - clock.now()) < 60 * SECOND
    session.execute(update(Beat).values(at=clock.now() - HOUR))
    pulse.tick(session)
    assert len(session.scalars(select(Outage)).all()) == 1
    assert "the site was away from" in caplog.text


def test_a_step_is_logged_told_to_administrators_and_changes_nothing(
    session: Session, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = make_person(session, Role.ADMIN)
    make_person(session, Role.TRAINER)
    off = 0
    real = clock.Clock()
    monkeypatch.setattr(clock, "site", Clock(lambda: real._machine() + off))
    pulse = Pulse(trusted=True)
    pulse.tick(session)
    off = 3600 * 1_000_000_000
    for _ in range(2):
        pulse.tick(session)
    assert abs(clock.now() - real.now()) < SECOND
    told = session.scalars(select(Notice)).one()
    assert (told.person_id, told.params["seconds"]) == (admin.id, 3600)
    assert caplog.text.count("was set by +3600 s") == 1
    assert not session.scalars(select(Outage)).all()


def test_a_notice_that_can_not_be_written_does_not_stop_the_pulse(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("exam.pulse.tell_of_clock", fail)
    pulse = Pulse(trusted=True)
    pulse.to_tell = True
    for _ in range(2):
        session.execute(update(Beat).values(at=clock.now() - 20 * SECOND))
        with pytest.raises(RuntimeError):
            pulse.tick(session)
        session.rollback()
        assert clock.now() - session.scalars(select(Beat.at)).one() < 5 * SECOND
    assert pulse.to_tell


def test_a_clock_that_disagrees_later_is_told_but_goes_on(
    session: Session, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "site", Clock())
    last_beat(session, -HOUR)
    pulse = Pulse(trusted=True)
    pulse.look_around_at = clock.now()
    for _ in range(2):
        pulse.tick(session)
    assert "still to come" in clock.site.disagrees
    assert caplog.text.count("still to come") == 1


def test_a_process_that_began_without_a_database_is_ended_if_its_clock_is_wrong(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[int] = []
    monkeypatch.setattr("os.kill", lambda pid, _signal: ended.append(pid))
    pulse = Pulse(trusted=False)
    pulse.tick(session)
    assert pulse.trusted
    session.execute(update(Beat).values(at=clock.now() + HOUR))
    with pytest.raises(WrongClock):
        Pulse(trusted=False).tick(session)
    assert len(ended) == 1


def test_no_job_is_done_by_a_clock_that_has_not_been_looked_at(session: Session) -> None:
    done: list[Session] = []
    pulse = Pulse(trusted=False)
    act = pulse.once_trusted(done.append)
    act(session)
    assert not done
    pulse.tick(session)
    act(session)
    assert done == [session]
