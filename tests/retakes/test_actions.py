"""Plans: how they begin, what may be done with them, and what is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.models import AuditEvent, Person
from exam.accounts.rules import Role
from exam.attempts.models import Attempt
from exam.errors import Conflict, Forbidden
from exam.events import result_released
from exam.notices.models import Notice
from exam.results.rules import Outcome
from exam.retakes import actions, queries
from exam.retakes.models import TutoringPlan
from exam.sittings.models import Sitting
from tests.builders import NOW, make_person
from tests.retakes.builders import LATER, make_failed
from tests.support.refusals import refused

NEXT_DAY = LATER + timedelta(days=1)


def planned(session: Session, **failed: object) -> tuple[TutoringPlan, Person]:
    """A plan that has just begun, and its tutor."""
    plan = actions.open_plan(session, make_failed(session, **failed), LATER)
    return plan, session.get_one(Person, plan.tutor_id)


def finish_all(session: Session, plan: TutoringPlan) -> None:
    for one in queries.steps_of(session, plan.id):
        actions.finish_step(session, plan, one.step, True, plan.person_id, NEXT_DAY)


def test_a_released_fail_begins_a_plan_with_the_lost_pages_and_a_talk(session):
    attempt = make_failed(session, pages=2)
    result_released.send(attempt, session=session, now=LATER)
    (view,) = queries.plans_of_person(session, attempt.person_id)
    assert sorted(one.page_title for one in view.steps[:-1]) == ["投诉处理 1", "投诉处理 2"]
    last = view.steps[-1]
    assert (last.page_title, last.topic_name, last.step.what) == (None, None, "")
    assert view.tutor.full_name == "周敏"
    kinds = set(session.scalars(select(Notice.kind).where(Notice.kind.in_(["plan_made", "plan_waiting"]))))
    assert kinds == {"plan_made", "plan_waiting"}


def test_a_plan_begins_once(session):
    attempt = make_failed(session)
    first = actions.open_plan(session, attempt, LATER)
    assert actions.open_plan(session, attempt, NEXT_DAY) is first


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.DISTINCTION])
def test_who_passed_needs_no_plan(session, outcome):
    assert actions.open_plan(session, make_failed(session, outcome=outcome), LATER) is None


def test_the_last_try_begins_no_plan(session):
    attempt = make_failed(session)
    sitting = session.get_one(Sitting, attempt.sitting_id)
    sitting.try_number = 3
    session.flush()
    assert actions.open_plan(session, attempt, LATER) is None


def test_a_signature_opens_the_next_try_with_a_new_window(session):
    plan, tutor = planned(session)
    finish_all(session, plan)
    sitting = actions.sign(session, plan, tutor.id, NEXT_DAY)
    before = session.get_one(Sitting, session.get_one(Attempt, plan.attempt_id).sitting_id)
    assert (sitting.try_number, sitting.person_id, sitting.opens_at) == (2, plan.person_id, NEXT_DAY)
    assert sitting.closes_at > before.closes_at
    assert plan.next_sitting_id == sitting.id
    signed = session.scalars(select(AuditEvent).where(AuditEvent.action == "plan.signed")).one()
    assert (signed.actor_id, signed.about_id) == (tutor.id, plan.person_id)


def test_a_signature_before_all_is_done_is_refused(session):
    plan, tutor = planned(session)
    with refused("steps_open"):
        actions.sign(session, plan, tutor.id, NEXT_DAY)


def test_a_second_signature_is_refused(session):
    plan, tutor = planned(session)
    finish_all(session, plan)
    actions.sign(session, plan, tutor.id, NEXT_DAY)
    with refused("signed", Conflict):
        actions.sign(session, plan, tutor.id, NEXT_DAY)


def test_another_trainer_signs_only_after_taking_over(session):
    plan, _tutor = planned(session)
    finish_all(session, plan)
    colleague = make_person(session, Role.TRAINER)
    with refused("not_the_tutor", Forbidden):
        actions.sign(session, plan, colleague.id, NEXT_DAY)
    actions.take_over(session, plan, colleague.id, NEXT_DAY)
    assert actions.sign(session, plan, colleague.id, NEXT_DAY).try_number == 2


def test_nobody_signs_their_own_plan(session):
    both = make_person(session, Role.NEW_HIRE, Role.TRAINER)
    plan = actions.open_plan(session, make_failed(session, person=both), LATER)
    assert plan.tutor_id is None
    finish_all(session, plan)
    with refused("own_plan", Forbidden):
        actions.sign(session, plan, both.id, NEXT_DAY)
    with refused("own_plan", Forbidden):
        actions.take_over(session, plan, both.id, NEXT_DAY)


def test_a_signed_plan_stays_as_it_is(session):
    plan, tutor = planned(session)
    finish_all(session, plan)
    actions.sign(session, plan, tutor.id, NEXT_DAY)
    step = queries.steps_of(session, plan.id)[0].step
    for act in (
        lambda: actions.add_step(session, plan, "再练一次", None, tutor.id, NEXT_DAY),
        lambda: actions.finish_step(session, plan, step, False, tutor.id, NEXT_DAY),
        lambda: actions.drop_step(session, plan, step, tutor.id, NEXT_DAY),
        lambda: actions.write_note(session, plan, "加油", tutor.id, NEXT_DAY),
        lambda: actions.take_over(session, plan, tutor.id, NEXT_DAY),
    ):
        with refused("signed", Conflict):
            act()


def test_a_done_step_is_not_dropped_and_an_open_one_is(session):
    plan, tutor = planned(session)
    step = actions.add_step(session, plan, "练习一次电话投诉", None, tutor.id, NOW)
    actions.finish_step(session, plan, step, True, plan.person_id, NEXT_DAY)
    with refused("step_done"):
        actions.drop_step(session, plan, step, tutor.id, NEXT_DAY)
    actions.finish_step(session, plan, step, False, plan.person_id, NEXT_DAY)
    actions.drop_step(session, plan, step, tutor.id, NEXT_DAY)
    assert "练习一次电话投诉" not in [one.step.what for one in queries.steps_of(session, plan.id)]
