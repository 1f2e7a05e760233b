"""Giving time and saying something: whom it reaches, and what it refuses."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.attempts import actions as attempts
from exam.attempts.models import RoomMessage, TimeCredit
from exam.errors import Forbidden, Refused
from exam.invigilation import actions, queries
from exam.invigilation.actions import TimeSlip
from tests.attempts.builders import begin
from tests.builders import NOW, make_person
from tests.invigilation.builders import make_outage

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def trainer(session):
    return make_person(session, Role.TRAINER)


def trail(session, action):
    return session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)).all()


def give(session, runs, actor, minutes=5, reason="停电。", now=LATER, slip=None):
    return actions.give_minutes(session, [run.id for run in runs], minutes, reason, actor, now, slip or TimeSlip())


def test_everybody_chosen_has_as_many_minutes_more(session, trainer):
    runs = [begin(session) for _ in range(3)]
    before = [run.deadline for run in runs]
    reached = give(session, runs[:2], trainer)
    assert [run.id for run in reached.attempts] == [run.id for run in runs[:2]]
    assert not reached.ended
    assert [run.deadline - old for run, old in zip(runs, before, strict=True)] == [timedelta(minutes=5)] * 2 + [
        timedelta()
    ]
    credits = session.scalars(select(TimeCredit).order_by(TimeCredit.id)).all()
    assert [(one.attempt_id, one.seconds, one.given_by, one.reason) for one in credits] == [
        (run.id, 300, trainer.id, "停电。") for run in runs[:2]
    ]


def test_whose_exam_has_ended_is_named_and_the_others_get_their_time(session, trainer):
    running, handed_in, over = begin(session), begin(session), begin(session, now=NOW - timedelta(minutes=0))
    attempts.submit(session, handed_in, [], 1, NOW + timedelta(minutes=5))
    over.deadline = LATER - timedelta(seconds=over.grace_seconds + 1)
    session.flush()
    reached = give(session, [over, handed_in, running], trainer)
    assert [run.id for run in reached.attempts] == [running.id]
    assert {run.id for run in reached.ended} == {handed_in.id, over.id}
    assert len(session.scalars(select(TimeCredit)).all()) == 1


def test_a_number_of_no_attempt_is_left_out(session, trainer):
    reached = actions.give_minutes(session, [10**6], 5, "停电。", trainer, LATER)
    assert not reached.attempts
    assert not reached.ended


@pytest.mark.parametrize("minutes", [0, -5, 61])
def test_from_one_to_sixty_minutes_can_be_given(session, trainer, minutes):
    with pytest.raises(Refused) as refusal:
        give(session, [begin(session)], trainer, minutes=minutes)
    assert refusal.value.code == "minutes"


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_time_wants_a_reason(session, trainer, reason):
    with pytest.raises(Refused) as refusal:
        give(session, [begin(session)], trainer, reason=reason)
    assert refusal.value.code == "no_reason"


def test_nobody_gives_themselves_time_or_a_message(session):
    both = make_person(session, Role.TRAINER, Role.NEW_HIRE)
    run = begin(session, both)
    with pytest.raises(Forbidden):
        give(session, [run], both)
    with pytest.raises(Forbidden):
        actions.say(session, [run.id], "加油。", both, LATER)


def test_ones_own_exam_is_left_out_of_several(session):
    both = make_person(session, Role.TRAINER, Role.NEW_HIRE)
    own, other = begin(session, both), begin(session)
    before = own.deadline
    reached = give(session, [own, other], both)
    assert reached.own_left_out
    assert [run.id for run in reached.attempts] == [other.id]
    assert own.deadline == before


def test_the_trail_has_every_attempt_and_names_ones_own_tutee(session, trainer):
    tutee, stranger = make_person(session, tutor_id=trainer.id), make_person(session)
    runs = [begin(session, person) for person in (tutee, stranger)]
    give(session, runs, trainer)
    events = trail(session, "attempt.time_given")
    assert [(one.actor_id, one.about_id, one.detail["reason"]) for one in events] == [
        (trainer.id, tutee.id, "停电。"),
        (trainer.id, stranger.id, "停电。"),
    ]
    assert [one.detail.get("own_tutee") for one in events] == [True, None]


def test_the_trail_names_a_message_to_ones_own_tutee(session, trainer):
    tutee, stranger = make_person(session, tutor_id=trainer.id), make_person(session)
    runs = [begin(session, person) for person in (tutee, stranger)]
    actions.say(session, [run.id for run in runs], "好。", trainer, LATER)
    events = trail(session, "attempt.message_sent")
    assert [(one.about_id, one.detail.get("own_tutee")) for one in events] == [(tutee.id, True), (stranger.id, None)]


@pytest.fixture
def outage(session):
    """Twelve minutes, more than the site gives back by itself."""
    return make_outage(session, LATER - timedelta(minutes=12), LATER)


def test_the_same_slip_gives_once(session, trainer):
    runs = [begin(session), begin(session)]
    slip = TimeSlip("once")
    assert [run.id for run in give(session, runs[:1], trainer, slip=slip).attempts] == [runs[0].id]
    reached = give(session, runs, trainer, slip=slip)
    assert ([run.id for run in reached.attempts], [run.id for run in reached.again]) == ([runs[1].id], [runs[0].id])
    assert [run.deadline - NOW for run in runs] == [timedelta(minutes=65)] * 2
    give(session, runs, trainer, slip=TimeSlip("another"))
    assert [run.deadline - NOW for run in runs] == [timedelta(minutes=70)] * 2


def test_two_trainers_make_an_outage_good_once(session, trainer, outage):
    runs, other = [begin(session), begin(session)], make_person(session, Role.TRAINER)
    give(session, runs[:1], trainer, minutes=12, slip=TimeSlip("one", outage.id))
    reached = give(session, runs, other, minutes=12, slip=TimeSlip("two", outage.id))
    assert ([run.id for run in reached.attempts], [run.id for run in reached.served]) == ([runs[1].id], [runs[0].id])
    assert [run.deadline - NOW for run in runs] == [timedelta(minutes=72)] * 2
    credits = session.scalars(select(TimeCredit).order_by(TimeCredit.id)).all()
    assert [(one.for_outage_id, one.outage_id, one.given_by) for one in credits] == [
        (outage.id, None, trainer.id),
        (outage.id, None, other.id),
    ]
    assert trail(session, "attempt.time_given")[0].detail["began_at"] == outage.began_at.isoformat()


def test_whoever_has_had_a_part_meanwhile_is_left_out_by_a_slip_that_did_not_know(session, trainer, outage):
    run = begin(session)  # in the middle of the outage, of which it lost ten minutes
    give(session, [run], trainer, minutes=4, slip=TimeSlip("one", outage.id))
    assert give(session, [run], trainer, minutes=12, slip=TimeSlip("two", outage.id)).served
    known = queries.last_given(session, outage.id)
    assert queries.owed(session, outage.id)[1] == {run.id: timedelta(minutes=6)}
    assert give(session, [run], trainer, minutes=6, slip=TimeSlip("three", outage.id, known)).attempts
    assert not queries.owed(session, outage.id)[1]


def test_a_message_waits_in_each_room_and_is_in_the_trail(session, trainer):
    runs = [begin(session), begin(session)]
    gone = begin(session)
    attempts.submit(session, gone, [], 1, NOW + timedelta(minutes=5))
    reached = actions.say(session, [run.id for run in [*runs, gone]], " 空调马上就好。\n", trainer, LATER)
    assert [run.id for run in reached.ended] == [gone.id]
    messages = session.scalars(select(RoomMessage).order_by(RoomMessage.id)).all()
    assert [(one.attempt_id, one.text, one.sent_by, one.sent_at, one.seen_at) for one in messages] == [
        (run.id, "空调马上就好。", trainer.id, LATER, None) for run in runs
    ]
    assert [(one.about_id, one.detail["text"]) for one in trail(session, "attempt.message_sent")] == [
        (run.person_id, "空调马上就好。") for run in runs
    ]


def test_there_must_be_something_to_say(session, trainer):
    with pytest.raises(Refused) as refusal:
        actions.say(session, [begin(session).id], " ", trainer, LATER)
    assert refusal.value.code == "no_text"
