"""Time given: by a trainer, and back by the site for what its own outages have cost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.attempts import actions, queries
from exam.attempts.actions import SaveOutcome
from exam.attempts.models import Attempt, RoomEvent, TimeCredit
from exam.attempts.rules import credit_seconds, time_lost
from exam.beats import Beat, Outage
from exam.notices.models import Notice
from question_bank.items import Kind, TextResponse
from tests.attempts.builders import DEADLINE, SECOND, answer, begin, count, places
from tests.builders import NOW, make_exam, make_person
from tests.support.refusals import refused

MINUTE = timedelta(minutes=1)
DOWN = NOW + 50 * MINUTE


def away(session: Session, length: timedelta, began: datetime = DOWN) -> Outage | None:
    """The site beats for the last time when it goes down, and again when it comes back."""
    session.merge(Beat(id=1, at=began))
    session.flush()
    return actions.beat(session, began + length)


# Rules


@pytest.mark.parametrize(
    ("began", "ended", "lost"),
    [
        (10, 15, 5),  # in the middle
        (55, 65, 10),  # over the deadline: a minute left when it began is a minute left when it ends
        (-3, 2, 2),  # begun in it
        (-5, -1, 0),  # before it began
        (60, 65, 0),  # after its time was over
        (59, 64, 5),
    ],
)
def test_what_an_outage_takes_from_an_attempt_of_sixty_minutes(began: int, ended: int, lost: int) -> None:
    assert time_lost(NOW + began * MINUTE, NOW + ended * MINUTE, NOW, DEADLINE) == lost * MINUTE


@pytest.mark.parametrize(
    ("lost", "outage", "given", "seconds"),
    [
        (31, 31, 0, 31),
        (0.2, 31, 0, 1),  # whole seconds, in the candidate's favour
        (600, 600, 0, 600),
        (600.1, 600.1, 0, 0),  # longer than ten minutes: a person decides
        (60, 601, 0, 0),
        (600, 600, 300, 600),
        (600, 600, 301, 599),  # fifteen minutes in all
        (60, 60, 900, 0),
        (0, 60, 0, 0),
    ],
)
def test_how_much_comes_back_by_itself(lost: float, outage: float, given: int, seconds: int) -> None:
    assert credit_seconds(timedelta(seconds=lost), timedelta(seconds=outage), given) == seconds


# Outages


def test_a_site_that_has_never_beaten_has_no_outage(session: Session) -> None:
    assert actions.settle_outages(session, NOW) is None
    assert actions.beat(session, NOW) is None
    assert actions.beat(session, NOW + 30 * SECOND) is None
    assert session.scalars(select(Beat)).one().at == NOW + 30 * SECOND


def test_an_older_moment_never_takes_a_beat_back(session: Session) -> None:
    actions.beat(session, NOW + MINUTE)
    actions.beat(session, NOW)
    assert session.scalars(select(Beat)).one().at == NOW + MINUTE


def test_an_outage_is_given_back_to_running_attempts_and_told(session: Session) -> None:
    trainer = make_person(session, Role.TRAINER)
    attempt = begin(session)
    outage = away(session, 3 * MINUTE)
    assert outage
    assert (outage.began_at, outage.ended_at) == (DOWN, DOWN + 3 * MINUTE)
    assert attempt.deadline == DEADLINE + 3 * MINUTE
    credit = session.scalars(select(TimeCredit)).one()
    assert (credit.seconds, credit.outage_id, credit.given_by) == (180, outage.id, None)
    assert credit in queries.credits(session, attempt.id)
    event = session.scalars(select(RoomEvent).where(RoomEvent.kind == queries.TIME_GIVEN)).one()
    assert (event.attempt_id, event.detail["seconds"], event.detail["outage"]) == (attempt.id, 180, outage.id)
    entry = session.scalars(select(AuditEvent).where(AuditEvent.action == "attempt.time_given")).one()
    assert (entry.actor_id, entry.subject_id, entry.about_id) == (None, attempt.id, attempt.person_id)
    assert entry.detail["seconds"] == 180
    assert not list(session.scalars(select(Notice).where(Notice.person_id == trainer.id)))


def test_settling_again_changes_nothing(session: Session) -> None:
    attempt = begin(session)
    away(session, MINUTE)
    for _ in range(2):
        assert actions.settle_outages(session, DOWN + MINUTE) is None
        assert actions.beat(session, DOWN + MINUTE + 5 * SECOND) is None
    assert (count(session, Outage), count(session, TimeCredit)) == (1, 1)
    assert attempt.deadline == DEADLINE + MINUTE


def test_several_outages_give_back_fifteen_minutes_in_all(session: Session) -> None:
    trainer = make_person(session, Role.TRAINER)
    attempt = begin(session)
    for number in range(3):
        away(session, 6 * MINUTE, NOW + 10 * number * MINUTE)
    assert [credit.seconds for credit in queries.credits(session, attempt.id)] == [360, 360, 180]
    assert attempt.deadline == DEADLINE + 15 * MINUTE
    told = session.scalars(select(Notice).where(Notice.person_id == trainer.id)).all()
    assert [notice.params["count"] for notice in told] == [1]


def test_ended_attempts_and_those_whose_terms_say_no_are_left_alone(session: Session) -> None:
    submitted, closed, voided = begin(session), begin(session, exam=make_exam(session, minutes=45)), begin(session)
    without = begin(session, exam=make_exam(session, outage_credit=False))
    actions.submit(session, submitted, [], 1, NOW + MINUTE)
    actions.close_if_due(session, closed, NOW + 46 * MINUTE)
    actions.void(session, voided, make_person(session).id, "停电", NOW + MINUTE)
    away(session, MINUTE)
    assert count(session, TimeCredit) == 0
    assert [one.deadline for one in (submitted, voided, without)] == [DEADLINE] * 3


def test_a_longer_outage_gives_nothing_and_alerts_the_trainers_once(session: Session) -> None:
    trainers = [make_person(session, Role.TRAINER) for _ in range(2)]
    make_person(session, Role.TRAINER, active=False)
    attempt = begin(session)
    outage = away(session, 11 * MINUTE)
    assert outage
    assert (attempt.deadline, count(session, TimeCredit)) == (DEADLINE, 0)
    notices = session.scalars(select(Notice).where(Notice.kind == "outage")).all()
    assert {notice.person_id for notice in notices} == {trainer.id for trainer in trainers}
    assert {notice.params["ended_at"] for notice in notices} == {outage.ended_at.isoformat()}
    actions.settle_outages(session, outage.ended_at)
    assert len(session.scalars(select(Notice).where(Notice.kind == "outage")).all()) == 2


def test_a_night_without_running_attempts_alerts_nobody(session: Session) -> None:
    make_person(session, Role.TRAINER)
    begin(session)
    actions.close_due(session, DEADLINE + MINUTE)
    outage = away(session, timedelta(hours=12), DEADLINE + 2 * MINUTE)
    assert outage
    assert count(session, Notice) == 0


# Closing waits for what is owed


def test_a_restart_closes_nothing_before_it_has_given_back(session: Session) -> None:
    attempt = begin(session)
    actions.beat(session, DEADLINE - MINUTE)
    back = DEADLINE + 2 * MINUTE
    assert actions.close_due(session, back) == 0, "the site hasn't beaten yet"
    assert actions.close_if_due(session, attempt, back) is False
    assert attempt.deadline == back + MINUTE
    actions.beat(session, back)
    assert actions.close_due(session, back) == 0
    for seconds in (30, 60, 71):
        assert actions.beat(session, back + seconds * SECOND) is None
    assert actions.close_due(session, back + 71 * SECOND) == 1
    assert attempt.closed_at == back + MINUTE


def test_an_answer_that_waited_for_the_server_is_taken(session: Session) -> None:
    attempt = begin(session)
    text = places(attempt, Kind.SHORT_ANSWER)[0]
    actions.beat(session, DEADLINE - MINUTE)
    back = DEADLINE + 2 * MINUTE
    assert answer(session, attempt, text, TextResponse("停电前写的"), back).outcome is SaveOutcome.SAVED
    for seconds in (30, 60):
        actions.beat(session, back + seconds * SECOND)
    assert count(session, Outage) == 1
    assert answer(session, attempt, text, None, back + 71 * SECOND, number=2).outcome is SaveOutcome.LATE


def test_handing_in_after_an_outage_is_in_time(session: Session) -> None:
    attempt = begin(session)
    actions.beat(session, DEADLINE - MINUTE)
    actions.submit(session, attempt, [], 1, DEADLINE + 2 * MINUTE)
    assert attempt.closed_at == DEADLINE + 2 * MINUTE
    assert attempt.deadline == DEADLINE + 3 * MINUTE


def test_a_job_outside_the_site_waits_ten_minutes_for_it(session: Session) -> None:
    trainer = make_person(session, Role.TRAINER)
    begin(session)
    actions.beat(session, DEADLINE - MINUTE)
    assert actions.close_due(session, DEADLINE + 9 * MINUTE) == 0
    assert actions.close_due(session, DEADLINE + 10 * MINUTE) == 1
    actions.beat(session, DEADLINE + 20 * MINUTE)
    told = session.scalars(select(Notice).where(Notice.person_id == trainer.id)).one()
    assert told.params["count"] == 1, "who was closed while the site was away was hit as well"


# By a trainer


def test_a_trainer_gives_time_with_a_reason(session: Session) -> None:
    attempt, trainer = begin(session), make_person(session, Role.TRAINER)
    credit = actions.give_time(session, attempt, 300, DOWN, actor_id=trainer.id, reason=" 考场停电 ")
    assert attempt.deadline == DEADLINE + 5 * MINUTE
    assert (credit.given_by, credit.reason, credit.outage_id) == (trainer.id, "考场停电", None)
    entry = session.scalars(select(AuditEvent).where(AuditEvent.action == "attempt.time_given")).one()
    assert (entry.actor_id, entry.detail["reason"], entry.detail["seconds"]) == (trainer.id, "考场停电", 300)
    actions.give_time(session, attempt, 60, DOWN, actor_id=trainer.id, reason="再给")
    assert attempt.deadline == DEADLINE + 6 * MINUTE


def test_time_a_trainer_gave_does_not_count_against_outages(session: Session) -> None:
    attempt, trainer = begin(session), make_person(session, Role.TRAINER)
    actions.give_time(session, attempt, 900, NOW + MINUTE, actor_id=trainer.id, reason="考场停电")
    away(session, 10 * MINUTE)
    assert attempt.deadline == DEADLINE + 25 * MINUTE


def test_time_is_refused_without_minutes_or_reason_to_oneself_and_to_who_isnt_running(session: Session) -> None:
    attempt, trainer = begin(session), make_person(session, Role.TRAINER)

    def give(attempt: Attempt, seconds: int = 60, now: datetime = DOWN, **who: Any) -> None:
        actions.give_time(session, attempt, seconds, now, **{"actor_id": trainer.id, "reason": "停电", **who})

    with refused("no_time"):
        give(attempt, 0)
    with refused("no_reason"):
        give(attempt, reason=" ")
    with refused("own_attempt"):
        give(attempt, actor_id=attempt.person_id)
    with refused("after_deadline"):
        give(attempt, now=DEADLINE + 11 * SECOND)
    actions.submit(session, attempt, [], 1, DOWN)
    with refused("closed"):
        give(attempt)
    actions.void(session, attempt, trainer.id, "停电", DOWN)
    with refused("voided"):
        give(attempt)
    assert count(session, TimeCredit) == 0
