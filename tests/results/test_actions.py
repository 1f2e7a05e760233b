"""What becomes of marks: results, their release, HR's decisions, and what each refuses."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts.models import AuditEvent, Person
from exam.accounts.rules import Role
from exam.attempts.models import LateAnswer
from exam.events import result_released
from exam.marking import actions as marking
from exam.marking.queries import counting_marks
from exam.notices.models import Notice
from exam.results import actions, queries
from exam.results.models import Decision, Release, Result
from exam.results.rules import Outcome, Step, Verdict
from exam.sittings.models import Sitting
from question_bank.items import Kind
from tests.attempts.builders import places
from tests.builders import make_exam, make_person
from tests.marking.builders import LATER, hand_in
from tests.results.builders import enrolment_of, make_marked, make_released
from tests.sittings.builders import make_enrolment, make_sitting
from tests.support.refusals import refused


@pytest.fixture
def trainer(session):
    return make_person(session, Role.TRAINER)


@pytest.fixture
def hr(session):
    return make_person(session, Role.HR, full_name="陈珂")


@pytest.fixture
def told():
    """The attempts that `result_released` was sent of."""
    heard = []

    def note(attempt, **_):
        heard.append(attempt.id)

    with result_released.connected_to(note):
        yield heard


def notices(session, person_id, kind):
    return session.scalars(select(Notice).where(Notice.person_id == person_id, Notice.kind == kind)).all()


def decide(session, attempt, verdict, hr, *, outstanding=False, reason="", now=LATER):
    enrolment = enrolment_of(session, attempt)
    return actions.decide(session, enrolment, verdict, outstanding=outstanding, reason=reason, actor_id=hr.id, now=now)


def correct_a_mark(session, attempt, points, reason="重看"):
    """The marker of a short answer corrects the first one."""
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    mark = counting_marks(session, [attempt.id])[attempt.id][position]
    marker = session.get_one(Person, mark.author_id)
    marking.give_opinion(session, attempt, position, marker, points, "", LATER, reason=reason)


# Compute


@pytest.mark.parametrize(
    ("right", "share", "earned", "outcome"),
    [
        (6, 1, 100, Outcome.DISTINCTION),
        (6, Fraction(3, 5), 90, Outcome.DISTINCTION),
        (6, Fraction(1, 5), 80, Outcome.PASS),
        (6, Fraction(1, 10), Fraction(155, 2), Outcome.FAIL),
    ],
)
def test_a_result_is_computed_once_everything_is_marked(session, right, share, earned, outcome):
    attempt = make_marked(session, right=right, share=share)
    result = queries.current_result(session, attempt.id)
    assert (result.earned, result.possible, result.outcome, result.revision) == (earned, 100, outcome, 1)
    assert result.score_tenths == int(earned * 10)


def test_no_result_before_everything_is_marked(session):
    attempt = hand_in(session)
    assert queries.current_result(session, attempt.id) is None
    with pytest.raises(ValueError, match="wholly marked"):
        actions.compute(session, attempt, LATER)


def test_the_same_sum_gives_the_same_result(session):
    attempt = make_marked(session)
    assert actions.compute(session, attempt, LATER) is actions.compute(session, attempt, LATER)
    assert session.query(Result).count() == 1


def test_a_changed_mark_supersedes_the_result_and_the_earlier_one_stays(session):
    attempt = make_marked(session)
    correct_a_mark(session, attempt, {})
    found = session.scalars(select(Result).order_by(Result.revision)).all()
    assert [(one.earned, one.superseded_at is None) for one in found] == [(100, False), (Fraction(175, 2), True)]


# Release


def test_a_release_is_audited_told_and_sent_on(session, trainer, hr, told):
    attempt = make_marked(session)
    assert actions.release(session, [attempt], trainer.id, LATER) == 1
    assert told == [attempt.id]
    [notice] = notices(session, attempt.person_id, "result_released")
    assert notice.link == f"/attempts/{attempt.id}/result"
    assert [one.link for one in notices(session, hr.id, "decision_waiting")] == [
        f"/results/{enrolment_of(session, attempt).id}"
    ]
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "result.released")).one()
    assert (event.actor_id, event.about_id, event.detail["outcome"]) == (trainer.id, attempt.person_id, "distinction")


def test_hr_is_not_asked_while_a_retake_is_left(session, trainer, hr):
    make_released(session, share=0)
    assert notices(session, hr.id, "decision_waiting") == []
    make_released(session, exam=make_exam(session, max_retakes=0), share=0)
    assert len(notices(session, hr.id, "decision_waiting")) == 1


def test_releasing_again_changes_nothing(session, trainer, told):
    attempt = make_marked(session)
    assert [actions.release(session, [attempt], trainer.id, LATER) for _ in range(2)] == [1, 0]
    assert told == [attempt.id]
    assert session.query(Release).count() == 1


def test_what_is_not_wholly_marked_is_not_released(session, trainer):
    with refused("not_marked"):
        actions.release(session, [hand_in(session)], trainer.id, LATER)


def test_a_release_waits_for_the_decision_on_late_answers(session, trainer):
    attempt = make_marked(session)
    position = places(attempt, Kind.SINGLE_CHOICE)[0]
    late = LateAnswer(
        attempt_id=attempt.id, position=position, epoch=1, number=9, response={"choices": ["b"]}, arrived_at=LATER
    )
    session.add(late)
    session.flush()
    with refused("late_answers"):
        actions.release(session, [attempt], trainer.id, LATER)
    marking.decide_late(session, late, True, "好", trainer, LATER)
    assert queries.current_result(session, attempt.id).earned == Fraction(175, 2)
    assert actions.release(session, [attempt], trainer.id, LATER) == 1


def test_a_result_whose_mark_was_withdrawn_is_not_released(session, trainer):
    attempt = make_marked(session)
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    late = LateAnswer(
        attempt_id=attempt.id, position=position, epoch=1, number=9, response={"text": "晚"}, arrived_at=LATER
    )
    session.add(late)
    session.flush()
    marking.decide_late(session, late, True, "好", trainer, LATER)
    with refused("not_marked"):
        actions.release(session, [attempt], trainer.id, LATER)


def test_a_void_attempt_is_not_released(session, trainer):
    attempt = make_marked(session)
    attempt.voided_at, attempt.void_reason = LATER, "断电"
    session.flush()
    with refused("not_closed"):
        actions.release(session, [attempt], trainer.id, LATER)


def test_a_change_after_the_release_tells_everybody_and_decides_nothing(session, hr, told):
    attempt = make_released(session, share=Fraction(1, 5))
    decide(session, attempt, Verdict.CONFIRMED, hr)
    told.clear()
    correct_a_mark(session, attempt, {})
    assert queries.current_result(session, attempt.id).outcome is Outcome.FAIL
    assert told == [attempt.id]
    assert len(notices(session, attempt.person_id, "result_released")) == 1
    (letter,), (task,) = (
        notices(session, attempt.person_id, "result_remarked"),
        notices(session, hr.id, "result_changed"),
    )
    for one in (letter, task):
        assert (one.params["outcome_before"], one.params["outcome"]) == ("pass", "fail")
    assert len(notices(session, hr.id, "decision_waiting")) == 1
    assert [one.verdict for one in session.query(Decision)] == [Verdict.CONFIRMED]
    assert queries.standing(session, enrolment_of(session, attempt).id, LATER).step is Step.CONFIRMED


# Decide


def test_a_confirmation_is_kept_audited_and_told(session, hr):
    attempt = make_released(session)
    decision = decide(session, attempt, Verdict.CONFIRMED, hr, outstanding=True)
    assert (decision.attempt_id, decision.outstanding, decision.decided_by) == (attempt.id, True, hr.id)
    assert len(notices(session, attempt.person_id, "confirmed")) == 1
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "decision.made")).one()
    assert (event.about_id, event.detail["verdict"]) == (attempt.person_id, "confirmed")


def test_a_decision_is_revised_by_another_with_a_reason(session, hr):
    attempt = make_released(session)
    decide(session, attempt, Verdict.CONFIRMED, hr)
    with refused("no_reason"):
        decide(session, attempt, Verdict.NOT_CONFIRMED, hr, reason=" ")
    decide(session, attempt, Verdict.NOT_CONFIRMED, hr, reason="试用期内离岗")
    assert [one.verdict for one in session.query(Decision).order_by(Decision.id)] == ["confirmed", "not_confirmed"]
    assert queries.standing(session, enrolment_of(session, attempt).id, LATER).step is Step.NOT_CONFIRMED
    assert len(notices(session, attempt.person_id, "not_confirmed")) == 1


def test_one_more_try_after_the_last_opens_a_window(session, hr):
    attempt = make_released(session, exam=make_exam(session, max_retakes=0), share=0)
    with refused("no_reason"):
        decide(session, attempt, Verdict.ONE_MORE_TRY, hr)
    decide(session, attempt, Verdict.ONE_MORE_TRY, hr, reason="住院期间考试")
    enrolment = enrolment_of(session, attempt)
    tries = session.scalars(select(Sitting.try_number).where(Sitting.enrolment_id == enrolment.id)).all()
    assert sorted(tries) == [1, 2]
    assert queries.standing(session, enrolment.id, LATER).step is Step.RETAKE
    with refused("verdict"):
        decide(session, attempt, Verdict.CONFIRMED, hr, reason="x")


def test_whoever_missed_the_window_may_be_not_confirmed(session, hr):
    sitting = make_sitting(session, make_exam(session))
    after = sitting.closes_at + timedelta(seconds=1)
    enrolment = sitting.enrolment
    with refused("verdict"):
        actions.decide(session, enrolment, Verdict.CONFIRMED, outstanding=False, reason="x", actor_id=hr.id, now=after)
    decision = actions.decide(
        session, enrolment, Verdict.NOT_CONFIRMED, outstanding=False, reason="缺考", actor_id=hr.id, now=after
    )
    assert decision.attempt_id is None


@pytest.mark.parametrize("make", [hand_in, make_marked])
def test_nothing_is_decided_before_the_release(session, hr, make):
    with refused("not_hrs_turn"):
        decide(session, make(session), Verdict.CONFIRMED, hr)


def test_nothing_is_decided_while_a_retake_is_left(session, hr):
    with refused("not_hrs_turn"):
        decide(session, make_released(session, share=0), Verdict.NOT_CONFIRMED, hr, reason="x")


def test_nothing_is_decided_on_somebody_still_learning(session, hr):
    enrolment = make_enrolment(session, completed_at=None)
    with refused("not_hrs_turn"):
        actions.decide(
            session, enrolment, Verdict.NOT_CONFIRMED, outstanding=False, reason="x", actor_id=hr.id, now=LATER
        )


def test_a_fail_is_not_confirmed_and_a_pass_gets_no_title(session, hr):
    failed = make_released(session, exam=make_exam(session, max_retakes=0), share=0)
    with refused("verdict"):
        decide(session, failed, Verdict.CONFIRMED, hr)
    with refused("title"):
        decide(session, make_released(session, share=Fraction(1, 5)), Verdict.CONFIRMED, hr, outstanding=True)


def test_nobody_decides_on_themselves(session):
    person = make_person(session, Role.NEW_HIRE, Role.HR)
    attempt = make_released(session, person)
    with refused("own_decision"):
        decide(session, attempt, Verdict.CONFIRMED, person)


def test_a_void_attempt_counts_nowhere(session, hr):
    attempt = make_released(session)
    attempt.voided_at, attempt.void_reason = LATER, "断电"
    session.flush()
    assert queries.standing(session, enrolment_of(session, attempt).id, LATER).step is Step.WINDOW_OPEN
    assert queries.table(session, queries.Filters(), LATER, offset=0, limit=9) == ([], 0)
