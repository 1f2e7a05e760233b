"""What the landing pages show. A fixed number of statements for each role, however much there is."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts.models import Attempt
from exam.courses import queries as courses
from exam.courses.models import Enrolment
from exam.courses.queries import CheckScore
from exam.courses.rules import Outline
from exam.home.rules import Facts, Plan
from exam.marking.models import Mark
from exam.papers.models import BlueprintRow, Exam, Slot
from exam.papers.rules import ExamState
from exam.results.models import Decision, Release, Result
from exam.results.rules import Outcome, Verdict
from exam.retakes.models import PlanStep, TutoringPlan
from exam.sittings import queries as sittings
from exam.sittings.models import Sitting
from exam.sittings.queries import Standing
from question_bank.items import Kind
from question_bank.models import Question, QuestionVersion, VersionState


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
    """What waits for a trainer."""

    answers_to_mark: int
    results_to_release: int
    plans_to_sign: int
    plans_open: int
    draft_questions: int
    draft_exams: int


@dataclass(frozen=True)
class HrWork:
    """What waits for HR."""

    to_confirm: int
    """Released passes without a decision."""
    missed: int
    """Windows that ended without a test and without a decision."""


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
    verdict = session.scalar(
        select(Decision.verdict)
        .where(Decision.enrolment_id == enrolment.id)
        .order_by(Decision.decided_at.desc(), Decision.id.desc())
        .limit(1)
    )
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
    row = session.execute(
        select(Result, Attempt.pass_percent, Release.released_at)
        .join(Attempt, Attempt.id == Result.attempt_id)
        .outerjoin(Release, Release.attempt_id == Result.attempt_id)
        .where(Result.attempt_id == attempt_id, Result.superseded_at.is_(None))
    ).one_or_none()
    if row is None or row.released_at is None:
        return Known(marked=row is not None)
    result = row[0]
    return Known(True, result.outcome, 100 * result.earned / result.possible, row.pass_percent)


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


def trainer_work(session: Session, person_id: int) -> TrainerWork:
    """What waits for a trainer: six statements."""
    marked = select(Mark.id).where(Mark.attempt_id == Attempt.id, Mark.position == Slot.position).exists()
    to_mark = (
        select(func.count())
        .select_from(Attempt)
        .join(Slot, Slot.paper_id == Attempt.paper_id)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(Attempt.closed_at.is_not(None), Attempt.voided_at.is_(None), Question.kind == Kind.SHORT_ANSWER, ~marked)
    )
    to_release = (
        select(func.count())
        .select_from(Result)
        .join(Attempt, Attempt.id == Result.attempt_id)
        .outerjoin(Release, Release.attempt_id == Result.attempt_id)
        .where(Result.superseded_at.is_(None), Release.attempt_id.is_(None), Attempt.voided_at.is_(None))
    )
    step_open = select(PlanStep.id).where(PlanStep.plan_id == TutoringPlan.id, PlanStep.done_at.is_(None)).exists()
    mine = (
        select(func.count())
        .select_from(TutoringPlan)
        .where(TutoringPlan.signed_at.is_(None), TutoringPlan.tutor_id == person_id)
    )
    drafts = select(func.count()).where(QuestionVersion.state == VersionState.DRAFT)
    draft_exams = select(func.count()).where(Exam.state == ExamState.DRAFT)
    statements = (to_mark, to_release, mine.where(~step_open), mine.where(step_open), drafts, draft_exams)
    return TrainerWork(*(session.scalar(statement) or 0 for statement in statements))


def hr_work(session: Session, now: datetime) -> HrWork:
    """What waits for HR: two statements."""
    decided = (
        select(Decision.id)
        .where(Decision.enrolment_id == Sitting.enrolment_id, Decision.verdict != Verdict.ONE_MORE_TRY)
        .exists()
    )
    to_confirm = (
        select(func.count(func.distinct(Sitting.enrolment_id)))
        .select_from(Result)
        .join(Release, Release.attempt_id == Result.attempt_id)
        .join(Attempt, Attempt.id == Result.attempt_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(Result.superseded_at.is_(None), Result.outcome != Outcome.FAIL, Attempt.voided_at.is_(None), ~decided)
    )
    begun = select(Attempt.id).where(Attempt.sitting_id == Sitting.id, Attempt.voided_at.is_(None)).exists()
    missed = (
        select(func.count())
        .select_from(Sitting)
        .join(Person, Person.id == Sitting.person_id)
        .where(Sitting.closes_at < now, ~begun, ~decided, Person.active)
    )
    return HrWork(session.scalar(to_confirm) or 0, session.scalar(missed) or 0)
