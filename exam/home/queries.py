"""What the landing pages show. A fixed number of statements for each role, however much there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts.models import Attempt
from exam.authoring.queries import waiting_for_review
from exam.courses import queries as courses
from exam.courses.models import Enrolment
from exam.courses.queries import CheckScore
from exam.courses.rules import Outline
from exam.home.rules import Facts, Plan
from exam.marking import queries as marking
from exam.papers.models import BlueprintRow, Exam
from exam.papers.rules import ExamState
from exam.results import queries as results
from exam.results.rules import Outcome
from exam.retakes import queries as retakes
from exam.retakes.models import PlanStep, TutoringPlan
from exam.sittings import queries as sittings
from exam.sittings.queries import Standing
from exam.sittings.rules import HALF_HOUR
from exam.standards import queries as standards
from question_bank.models import QuestionVersion, VersionState

UPCOMING = 5
"""How many booked starts a trainer sees at a glance."""


@dataclass(frozen=True)
class Known:
    """What a candidate may know of an attempt's result: before its release, only whether it is marked."""

    marked: bool = False
    outcome: Outcome | None = None
    score: Fraction | None = None
    pass_points: int | None = None


@dataclass(frozen=True)
class NewHireHome:
    """What a new hire's home shows. `score` and what passed then, in points of 100, are only there once released."""

    facts: Facts
    outline: Outline | None
    standing: Standing | None
    exam: Exam | None
    questions: int
    tutor: Person | None
    checks: CheckScore | None
    score: Fraction | None
    pass_points: int | None


@dataclass(frozen=True)
class TrainerWork:
    """What waits for a trainer, and what lies unfinished."""

    answers_to_mark: int
    late_answers: int
    results_to_release: int
    plans_to_sign: int
    questions_to_review: int
    draft_questions: int
    draft_exams: int
    panels: Sequence[standards.Waiting]
    """Those in which they have questions to judge."""
    upcoming: Sequence[Standing]
    """Who starts next, soonest first."""
    tutees: Sequence[results.Standing]


def new_hire_home(session: Session, person: Person, now: datetime) -> NewHireHome:
    """Everything a new hire's home shows, about the course assigned last."""
    tutor = session.get(Person, person.tutor_id) if person.tutor_id else None
    enrolment = next(iter(courses.enrolments(session, person.id)), None)
    if enrolment is None:
        return NewHireHome(Facts(None), None, None, None, 0, tutor, None, None, None)
    outline = courses.outline(session, enrolment)
    own = [one for one in sittings.of_person(session, person.id) if one.enrolment_id == enrolment.id]
    standing = sittings.pick_current(sittings.standings(session, own, now))
    exam = standing.exam if standing else next(iter(sittings.published_exams(session, enrolment.course_id)), None)
    outcome = _outcome(session, standing.run.attempt_id if standing and standing.run else None)
    return NewHireHome(
        facts=_facts(session, enrolment, outline, standing, outcome),
        outline=outline,
        standing=standing,
        exam=exam,
        questions=_questions(session, exam) if exam else 0,
        tutor=tutor,
        checks=courses.check_score(session, enrolment),
        score=outcome.score,
        pass_points=outcome.pass_points,
    )


def _facts(
    session: Session, enrolment: Enrolment, outline: Outline, standing: Standing | None, outcome: Known
) -> Facts:
    decision = results.last_decision(session, enrolment.id)
    verdict = decision.verdict if decision else None
    if standing is None:
        return Facts(outline, verdict=verdict)
    return Facts(
        outline,
        stage=standing.stage,
        try_number=standing.sitting.try_number,
        max_retakes=standing.exam.max_retakes,
        marked=outcome.marked,
        outcome=outcome.outcome,
        plan=_plan(session, standing.run.attempt_id if standing.run else None),
        verdict=verdict,
    )


def _outcome(session: Session, attempt_id: int | None) -> Known:
    """What may be known of an attempt's result: three statements."""
    result = results.current_result(session, attempt_id) if attempt_id else None
    if result is None:
        return Known()
    if not results.is_released(session, result.attempt_id):
        return Known(marked=True)
    needed = session.get_one(Attempt, result.attempt_id).pass_percent
    return Known(True, result.outcome, 100 * result.earned / result.possible, needed)


def _plan(session: Session, attempt_id: int | None) -> Plan | None:
    """The plan that follows an attempt, until its tutor has signed it."""
    row = session.execute(
        select(TutoringPlan.id, func.count(PlanStep.id), func.count(PlanStep.id) - func.count(PlanStep.done_at))
        .outerjoin(PlanStep, PlanStep.plan_id == TutoringPlan.id)
        .where(TutoringPlan.attempt_id == attempt_id, TutoringPlan.signed_at.is_(None))
        .group_by(TutoringPlan.id)
    ).one_or_none()
    return Plan(row[1], row[2]) if row else None


def _questions(session: Session, exam: Exam) -> int:
    return session.scalar(select(func.sum(BlueprintRow.count)).where(BlueprintRow.exam_id == exam.id)) or 0


def trainer_work(session: Session, person_id: int, now: datetime) -> TrainerWork:
    """What waits for a trainer."""
    drafts = select(func.count()).select_from(QuestionVersion).where(QuestionVersion.state == VersionState.DRAFT)
    draft_exams = select(func.count()).select_from(Exam).where(Exam.state == ExamState.DRAFT)
    return TrainerWork(
        answers_to_mark=marking.left(session, person_id),
        late_answers=marking.late_left(session),
        results_to_release=len(results.ready_ids(session)),
        plans_to_sign=retakes.waiting(session, person_id),
        questions_to_review=waiting_for_review(session, person_id),
        draft_questions=session.scalar(drafts) or 0,
        draft_exams=session.scalar(draft_exams) or 0,
        panels=standards.waiting_for(session, person_id),
        upcoming=sittings.bookings_from(session, now - HALF_HOUR, now, 0, UPCOMING),
        tutees=results.tutees(session, person_id, now),
    )


def hr_work(session: Session, now: datetime) -> int:
    """How many people wait for HR's decision."""
    return results.waiting_for_hr(session, now)
