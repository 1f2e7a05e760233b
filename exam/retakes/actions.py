"""Making tutoring plans, working through them, and signing them. Nothing here commits."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.accounts.models import Person
from exam.attempts.models import Attempt
from exam.company import zone
from exam.errors import Conflict, Forbidden, Refused, _l
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind
from exam.results.models import Result
from exam.results.rules import Outcome
from exam.retakes import queries, rules
from exam.retakes.models import PlanStep, TutoringPlan
from exam.retakes.rules import SignRefusal
from exam.sittings.actions import open_retake
from exam.sittings.models import Sitting
from exam.sittings.rules import tries_left

MY_PLAN_PAGE = "/tutoring"


def on_result_released(attempt: Attempt, *, session: Session, now: datetime) -> None:
    """Listens to `result_released`."""
    open_plan(session, attempt, now)


def open_plan(session: Session, attempt: Attempt, now: datetime) -> TutoringPlan | None:
    """Begin a plan after a released fail, with the pages that lost points of each weak topic and a talk at the end.

    None where there is nothing to prepare: not failed, or no retake left. Doing it twice gives the same plan.
    """
    existing = session.scalar(select(TutoringPlan).where(TutoringPlan.attempt_id == attempt.id))
    if existing:
        return existing
    failed = queries.attempt_with_sitting(session, attempt.id)
    if failed is None or not _failed(session, attempt.id):
        return None
    sitting = failed.sitting
    if not tries_left(sitting.try_number, sitting.exam.max_retakes):
        return None
    plan = TutoringPlan(
        attempt_id=attempt.id, person_id=failed.person_id, tutor_id=sitting.person.tutor_id, created_at=now
    )
    session.add(plan)
    session.flush()
    _begin_steps(session, plan, failed, now)
    tutor = session.get(Person, plan.tutor_id) if plan.tutor_id else None
    facts: dict[str, Any] = {"exam": sitting.exam.title, "key": f"{attempt.id}", "now": now}
    notify(
        session,
        plan.person_id,
        NoticeKind.PLAN_MADE,
        link=MY_PLAN_PAGE,
        tutor=tutor.full_name if tutor else "",
        **facts,
    )
    if tutor:
        notify(
            session, tutor.id, NoticeKind.PLAN_WAITING, link=f"/tutoring/plans/{plan.id}",
            name=sitting.person.full_name, **facts,
        )  # fmt: skip
    return plan


def _failed(session: Session, attempt_id: int) -> bool:
    outcome = session.scalar(
        select(Result.outcome).where(Result.attempt_id == attempt_id, Result.superseded_at.is_(None))
    )
    return outcome is Outcome.FAIL


def _begin_steps(session: Session, plan: TutoringPlan, attempt: Attempt, now: datetime) -> None:
    proposed = rules.first_steps(queries.lost_points(session, attempt), attempt.pass_percent)
    dates = rules.due_dates(now.astimezone(zone()).date(), len(proposed) + 1)
    steps = [
        PlanStep(plan_id=plan.id, position=position, topic_id=one.topic_id, page_id=one.page_id, what="", due_on=due)
        for position, (one, due) in enumerate(zip(proposed, dates, strict=False), start=1)
    ]
    # A step without words, topic or page is the talk with the tutor; the page words it in the reader's language.
    steps.append(PlanStep(plan_id=plan.id, position=len(steps) + 1, what="", due_on=dates[-1]))
    session.add_all(steps)
    session.flush()


def add_step(
    session: Session, plan: TutoringPlan, what: str, due_on: date | None, actor_id: int, now: datetime
) -> PlanStep:
    """Add something to do; refuses a day that has passed, and once the plan is signed."""
    _check_open(plan)
    if due_on and due_on < now.astimezone(zone()).date():
        raise Refused(_l("This day has passed. Choose today or a later one."), "day_passed", field="due_on")
    last = session.scalar(select(func.max(PlanStep.position)).where(PlanStep.plan_id == plan.id)) or 0
    step = PlanStep(plan_id=plan.id, position=last + 1, what=what, due_on=due_on)
    session.add(step)
    session.flush()
    _audit(session, "plan.step_added", plan, actor_id, now, what=what, due_on=due_on)
    return step


def drop_step(session: Session, plan: TutoringPlan, step: PlanStep, actor_id: int, now: datetime) -> None:
    """Take a step out of the plan; refuses once the plan is signed or the step is done."""
    _check_open(plan)
    if step.done_at is not None:
        raise Refused(_l("This step has been done, so it stays in the plan."), "step_done")
    _audit(session, "plan.step_dropped", plan, actor_id, now, what=step.what, page=step.page_id, topic=step.topic_id)
    session.delete(step)
    session.flush()


def finish_step(session: Session, plan: TutoringPlan, step: PlanStep, done: bool, actor_id: int, now: datetime) -> None:
    """Mark a step as done, or take that back; refuses once the plan is signed."""
    _check_open(plan)
    if (step.done_at is not None) == done:
        return
    step.done_at, step.done_by = (now, actor_id) if done else (None, None)
    session.flush()


def write_note(session: Session, plan: TutoringPlan, note: str, actor_id: int, now: datetime) -> None:
    """What the tutor tells the new hire; refuses once the plan is signed."""
    _check_open(plan)
    plan.note = note
    session.flush()
    _audit(session, "plan.note_written", plan, actor_id, now)


def take_over(session: Session, plan: TutoringPlan, tutor_id: int, now: datetime) -> None:
    """Become the tutor of a plan, for instance because its tutor is away."""
    _check_open(plan)
    if plan.person_id == tutor_id:
        raise Forbidden(_l("Nobody tutors themselves."), "own_plan")
    _audit(session, "plan.taken_over", plan, tutor_id, now, before=plan.tutor_id)
    plan.tutor_id = tutor_id
    session.flush()


def sign(session: Session, plan: TutoringPlan, actor_id: int, now: datetime) -> Sitting:
    """Sign "ready for the retake", which opens the next window.

    Refuses while steps are open, a second time, and from anybody but the plan's tutor (a plan without one is taken
    over by signing it).
    """
    if plan.tutor_id not in (None, actor_id):
        raise Forbidden(_l("Only the tutor of this plan signs it. You can take the plan over first."), "not_the_tutor")
    if plan.person_id == actor_id:
        raise Forbidden(_l("Nobody tutors themselves."), "own_plan")
    left = session.scalar(
        select(func.count(PlanStep.id)).where(PlanStep.plan_id == plan.id, PlanStep.done_at.is_(None))
    )
    match rules.sign_refusal(signed=plan.signed_at is not None, open_steps=left or 0):
        case SignRefusal.SIGNED:
            raise _signed()
        case SignRefusal.STEPS_OPEN:
            raise Refused(_l("There are steps still open. Finish them, or take them out of the plan."), "steps_open")
    attempt = queries.attempt_with_sitting(session, plan.attempt_id)
    if attempt is None:
        raise Conflict(_l("The attempt of this plan is gone."), "no_attempt")
    sitting = open_retake(session, attempt.sitting, actor_id, now)
    plan.signed_at, plan.signed_by, plan.tutor_id = now, actor_id, actor_id
    plan.next_sitting_id = sitting.id
    session.flush()
    _audit(session, "plan.signed", plan, actor_id, now, next_sitting=sitting.id)
    return sitting


def _check_open(plan: TutoringPlan) -> None:
    if plan.signed_at is not None:
        raise _signed()


def _signed() -> Conflict:
    return Conflict(_l("This plan has been signed: the retake is open, and the plan stays as it is."), "signed")


def _audit(session: Session, action: str, plan: TutoringPlan, actor_id: int, now: datetime, **detail: Any) -> None:
    audit(
        session, actor_id=actor_id, action=action, subject_type="plan", subject_id=plan.id,
        about_id=plan.person_id, now=now, **detail,
    )  # fmt: skip
