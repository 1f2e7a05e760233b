"""Reading tutoring plans. A fixed number of statements, however long the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from exam.accounts.models import Person
from exam.attempts.models import Attempt
from exam.attempts.queries import seen_question_ids
from exam.courses.models import Page
from exam.marking.queries import counted_slots, counting_marks
from exam.marking.rules import counting_worth
from exam.paging import PAGE_SIZE
from exam.paging import Page as ListPage
from exam.papers.models import Exam
from exam.papers.queries import candidates, enemies, lines
from exam.papers.rules import Task, fewest_repeats
from exam.retakes.models import PlanStep, TutoringPlan
from exam.retakes.rules import Lost
from exam.sittings.models import Sitting
from question_bank.models import Topic


@dataclass(frozen=True)
class StepView:
    """One step with the names a page shows."""

    step: PlanStep
    page_slug: str | None
    page_title: str | None
    topic_name: str | None

    @property
    def done(self) -> bool:
        return self.step.done_at is not None


@dataclass(frozen=True)
class PlanView:
    """A plan with all that its page shows."""

    plan: TutoringPlan
    person: Person
    tutor: Person | None
    exam: Exam
    attempt: Attempt
    steps: Sequence[StepView]
    next_sitting: Sitting | None

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def left(self) -> int:
        return len(self.steps) - self.done

    @property
    def signed(self) -> bool:
        return self.plan.signed_at is not None


@dataclass(frozen=True)
class PlanRow:
    """One line of a tutor's list."""

    plan: TutoringPlan
    person: Person
    tutor: Person | None
    exam: Exam
    try_number: int
    steps: int
    done: int
    next_due: date | None

    @property
    def ready(self) -> bool:
        """Whether only the signature is missing."""
        return self.plan.signed_at is None and self.done == self.steps


def lost_points(session: Session, attempt: Attempt) -> list[Lost]:
    """What each slot of a marked attempt earned, with the course page that teaches it: three statements."""
    marks = counting_marks(session, [attempt.id])[attempt.id]
    places = counted_slots(session, attempt)
    slugs = {place.version.source for place in places if place.version.source}
    pages = dict(
        session.execute(select(Page.slug, Page.id).where(Page.slug.in_(slugs), Page.retired_at.is_(None))).all()
    )
    return [
        Lost(
            place.topic.id,
            pages.get(place.version.source or ""),
            mark.points if mark else Fraction(),
            counting_worth(mark, place.points),
        )
        for place in places
        for mark in [marks.get(place.position)]
    ]


def repeats_ahead(session: Session, view: PlanView) -> int:
    """How many questions the retake after a plan will have that its candidate has seen: the bank has no others."""
    rows = lines(session, view.exam.id)
    known = candidates(session, rows)
    task = Task(rows, known, enemies=enemies(session, known))
    return fewest_repeats(task, seen_question_ids(session, view.person.id, view.exam.id))


def plan_of(session: Session, plan_id: int) -> PlanView | None:
    """A plan with its steps: two statements."""
    return next(iter(_views(session, TutoringPlan.id == plan_id)), None)


def plans_of_person(session: Session, person_id: int) -> list[PlanView]:
    """All plans of a new hire, the latest first: two statements."""
    return _views(session, TutoringPlan.person_id == person_id)


def _views(session: Session, wanted: ColumnElement[bool]) -> list[PlanView]:
    new_hire, tutor, following = aliased(Person), aliased(Person), aliased(Sitting)
    rows = session.execute(
        select(TutoringPlan, new_hire, tutor, Exam, following)
        .join(TutoringPlan.attempt)
        .join(Exam, Exam.id == Attempt.exam_id)
        .join(new_hire, new_hire.id == TutoringPlan.person_id)
        .outerjoin(tutor, tutor.id == TutoringPlan.tutor_id)
        .outerjoin(following, following.id == TutoringPlan.next_sitting_id)
        .where(wanted)
        .order_by(TutoringPlan.created_at.desc(), TutoringPlan.id.desc())
        .options(contains_eager(TutoringPlan.attempt).joinedload(Attempt.sitting))
    ).all()
    steps = _steps(session, [row[0].id for row in rows])
    return [
        PlanView(plan, person, its_tutor, exam, plan.attempt, steps[plan.id], sitting)
        for plan, person, its_tutor, exam, sitting in rows
    ]


def steps_of(session: Session, plan_id: int) -> list[StepView]:
    """The steps of a plan in order, with their names."""
    return _steps(session, [plan_id])[plan_id]


def _steps(session: Session, plan_ids: Sequence[int]) -> dict[int, list[StepView]]:
    steps: dict[int, list[StepView]] = {plan_id: [] for plan_id in plan_ids}
    rows = session.execute(
        select(PlanStep, Page.slug, Page.title, Topic.name)
        .outerjoin(Page, Page.id == PlanStep.page_id)
        .outerjoin(Topic, Topic.id == PlanStep.topic_id)
        .where(PlanStep.plan_id.in_(plan_ids))
        .order_by(PlanStep.plan_id, PlanStep.position)
    )
    for row in rows:
        steps[row[0].plan_id].append(StepView(*row))
    return steps


def plans(
    session: Session, *, tutor_id: int, everybody: bool, signed: bool, words: str, number: int
) -> ListPage[PlanRow]:
    """A page of plans: a tutor's own and those nobody has, or everybody's; open ones by their next date."""
    new_hire, tutor = aliased(Person), aliased(Person)
    count, done, due = _step_figures()
    found = (
        select(TutoringPlan, new_hire, tutor, Exam, Sitting.try_number, count, done, due)
        .join(new_hire, new_hire.id == TutoringPlan.person_id)
        .outerjoin(tutor, tutor.id == TutoringPlan.tutor_id)
        .join(Attempt, Attempt.id == TutoringPlan.attempt_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .where(TutoringPlan.signed_at.is_not(None) if signed else TutoringPlan.signed_at.is_(None))
    )
    if not everybody:
        found = found.where(_for_tutor(tutor_id))
    if words:
        found = found.where(or_(new_hire.full_name.contains(words, autoescape=True), new_hire.username == words))
    total = session.scalar(found.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    order = (TutoringPlan.signed_at.desc(),) if signed else (due.is_(None), due)
    rows = session.execute(found.order_by(*order, TutoringPlan.id).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return ListPage([PlanRow(*row) for row in rows], total, number)


def _step_figures() -> tuple[ScalarSelect[int], ScalarSelect[int], ScalarSelect[date | None]]:
    """How many steps a plan has, how many are done, and when the next is due."""
    of_plan = PlanStep.plan_id == TutoringPlan.id
    count = select(func.count(PlanStep.id)).where(of_plan).correlate(TutoringPlan).scalar_subquery()
    done = (
        select(func.count(PlanStep.id))
        .where(of_plan, PlanStep.done_at.is_not(None))
        .correlate(TutoringPlan)
        .scalar_subquery()
    )
    due = (
        select(func.min(PlanStep.due_on))
        .where(of_plan, PlanStep.done_at.is_(None))
        .correlate(TutoringPlan)
        .scalar_subquery()
    )
    return count, done, due


def _for_tutor(tutor_id: int) -> ColumnElement[bool]:
    """A tutor's own plans, and those of nobody."""
    return or_(TutoringPlan.tutor_id == tutor_id, TutoringPlan.tutor_id.is_(None))


def waiting(session: Session, tutor_id: int) -> int:
    """How many plans need only this tutor's signature."""
    still_open = (
        select(PlanStep.id)
        .where(PlanStep.plan_id == TutoringPlan.id, PlanStep.done_at.is_(None))
        .correlate(TutoringPlan)
        .exists()
    )
    found = select(func.count(TutoringPlan.id)).where(
        TutoringPlan.signed_at.is_(None), _for_tutor(tutor_id), ~still_open
    )
    return session.scalar(found) or 0


def step(session: Session, plan_id: int, step_id: int) -> PlanStep | None:
    """A step of this very plan."""
    return session.scalar(select(PlanStep).where(PlanStep.id == step_id, PlanStep.plan_id == plan_id))


def attempt_with_sitting(session: Session, attempt_id: int) -> Attempt | None:
    """An attempt with its sitting and that sitting's exam and person."""
    return session.scalar(
        select(Attempt)
        .where(Attempt.id == attempt_id)
        .options(
            joinedload(Attempt.sitting).joinedload(Sitting.exam),
            joinedload(Attempt.sitting).joinedload(Sitting.person),
        )
    )
