"""HR's view: for each enrolment where the person stands, with the last result and decision. One wide statement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from exam.accounts.models import Person
from exam.attempts.models import Attempt
from exam.courses.models import Cohort, Course, Enrolment
from exam.papers.models import Exam
from exam.results import rules
from exam.results.models import Decision, Release, Result
from exam.results.rules import Facts, Outcome, Step, Verdict
from exam.sittings.models import Booking, Sitting

Begun = aliased(Attempt, name="begun")
"""The attempt of the latest sitting."""
Last = aliased(Attempt, name="last")
"""The last attempt handed in, of whatever sitting."""
LastSitting = aliased(Sitting, name="last_sitting")

STATES = ("to_decide", "waiting", "marked", "released", "decided", "missed")
"""The states HR can filter by."""
MOST_TUTEES = 100
SORTS = ("name", "score", "date")


@dataclass(frozen=True)
class Standing:
    """One enrolment with what has become of it."""

    enrolment: Enrolment
    person: Person
    cohort: Cohort
    course: str
    exam: Exam | None
    sitting_id: int | None
    facts: Facts
    step: Step
    attempt_id: int | None
    """The last attempt handed in; so are the next five."""
    try_number: int | None
    closed_at: datetime | None
    pass_percent: int | None
    distinction_percent: int | None
    result: Result | None
    released_at: datetime | None
    decision: Decision | None
    now: datetime

    @cached_property
    def reached(self) -> Step:
        """Where course and exam have brought the person, decisions aside."""
        return rules.exam_step(self.facts, self.now)

    @property
    def score(self) -> Fraction | None:
        """The exact score of the last attempt, in per cent."""
        return rules.percent(self.result.earned, self.result.possible) if self.result else None

    @property
    def to_decide(self) -> bool:
        return self.step in rules.WAITS_FOR_HR

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        return rules.verdicts(self.reached, self.decision is not None)

    @property
    def may_be_outstanding(self) -> bool:
        on_retake = self.exam is not None and self.exam.distinction_on_retake
        return rules.may_be_outstanding(self.reached, self.facts.try_number, on_retake)


@dataclass(frozen=True)
class Filters:
    """What HR looks for; None and empty look for everything."""

    text: str = ""
    cohort_id: int | None = None
    outcome: Outcome | None = None
    try_number: int | None = None
    state: str = ""
    sort: str = "date"
    descending: bool = True
    enrolment_ids: Sequence[int] = field(default_factory=tuple)


def standing(session: Session, enrolment_id: int, now: datetime) -> Standing | None:
    """Where one person stands in one course."""
    row = session.execute(_standings().where(Enrolment.id == enrolment_id)).one_or_none()
    return _standing(row, now) if row else None


def all_standings(session: Session, now: datetime, cohort_id: int | None = None) -> list[Standing]:
    """Where everybody stands who is with the firm, or everybody of a cohort: one statement."""
    found = _standings().where(Person.active)
    if cohort_id is not None:
        found = found.where(Enrolment.cohort_id == cohort_id)
    return [_standing(row, now) for row in session.execute(found.order_by(Enrolment.id))]


def tutees(session: Session, tutor_id: int, now: datetime) -> list[Standing]:
    """Where a tutor's new hires stand, the latest assigned first: one statement."""
    found = _standings().where(Person.active, Person.tutor_id == tutor_id)
    return [_standing(row, now) for row in session.execute(found.order_by(Enrolment.id.desc()).limit(MOST_TUTEES))]


def cohort_has_closed(session: Session, cohort_id: int, now: datetime) -> bool:
    """Whether everybody of the cohort has done with the exam, retakes included: only then keys are shown."""
    return rules.closed_for_all(one.step for one in all_standings(session, now, cohort_id))


def table(session: Session, filters: Filters, now: datetime, *, offset: int, limit: int) -> tuple[list[Standing], int]:
    """One page of those who have handed in or missed their window, and how many there are: two statements."""
    found = _standings().where(or_(Last.id.is_not(None), _missed(now)), *_conditions(filters, now))
    total = session.scalar(found.with_only_columns(func.count())) or 0
    rows = session.execute(found.order_by(*_order(filters)).offset(offset).limit(limit))
    return [_standing(row, now) for row in rows], total


def waiting_for_hr(session: Session, now: datetime, cohort_id: int | None = None) -> int:
    """How many people HR has to decide on."""
    return table(session, Filters(state="to_decide", cohort_id=cohort_id), now, offset=0, limit=0)[1]


def outstanding(session: Session, now: datetime) -> list[Standing]:
    """Everybody confirmed with the title, the latest decision first."""
    found = _standings().where(Decision.outstanding, Decision.verdict == Verdict.CONFIRMED)
    return [_standing(row, now) for row in session.execute(found.order_by(Decision.id.desc()))]


def cohorts(session: Session) -> Sequence[tuple[int, str]]:
    """All cohorts for a filter, the latest first."""
    found = select(Cohort.id, Cohort.name).order_by(Cohort.created_at.desc(), Cohort.id.desc())
    return session.execute(found).all()


def decisions(session: Session, enrolment_id: int) -> list[tuple[Decision, str]]:
    """Every decision on a person with who made it, the latest first."""
    found = (
        select(Decision, Person.full_name)
        .join(Person, Person.id == Decision.decided_by)
        .where(Decision.enrolment_id == enrolment_id)
        .order_by(Decision.id.desc())
    )
    return list(session.execute(found))


def results_of(session: Session, enrolment_id: int) -> list[tuple[Any, ...]]:
    """Every attempt of an enrolment, the first first: (attempt, try, result or None, released at or None)."""
    found = (
        select(Attempt, Sitting.try_number, Result, Release.released_at)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .outerjoin(Result, and_(Result.attempt_id == Attempt.id, Result.superseded_at.is_(None)))
        .outerjoin(Release, Release.attempt_id == Attempt.id)
        .where(Sitting.enrolment_id == enrolment_id)
        .order_by(Attempt.id)
    )
    return [tuple(row) for row in session.execute(found)]


# The parts of the statement


def _standings() -> Select[Any]:
    latest = select(func.max(Sitting.id).label("id"), Sitting.enrolment_id).group_by(Sitting.enrolment_id).subquery()
    closed = (
        select(func.max(Attempt.id).label("id"), Sitting.enrolment_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(Attempt.counts)
        .group_by(Sitting.enrolment_id)
        .subquery()
    )
    decided = (
        select(func.max(Decision.id).label("id"), Decision.enrolment_id).group_by(Decision.enrolment_id).subquery()
    )
    columns: tuple[Any, ...] = (
        Enrolment, Person, Cohort, Course.title, Exam, Sitting.id, Sitting.try_number, Sitting.closes_at, Booking.id,
        Begun.id, Begun.closed_at, Last.id, LastSitting.try_number, Last.closed_at, Last.pass_percent,
        Last.distinction_percent, Result, Release.released_at, Decision,
    )  # fmt: skip
    return (
        select(*columns)
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Course, Course.id == Enrolment.course_id)
        .outerjoin(latest, latest.c.enrolment_id == Enrolment.id)
        .outerjoin(Sitting, Sitting.id == latest.c.id)
        .outerjoin(Exam, Exam.id == Sitting.exam_id)
        .outerjoin(Booking, and_(Booking.sitting_id == Sitting.id, Booking.cancelled_at.is_(None)))
        .outerjoin(Begun, and_(Begun.sitting_id == Sitting.id, Begun.voided_at.is_(None)))
        .outerjoin(closed, closed.c.enrolment_id == Enrolment.id)
        .outerjoin(Last, Last.id == closed.c.id)
        .outerjoin(LastSitting, LastSitting.id == Last.sitting_id)
        .outerjoin(Result, and_(Result.attempt_id == Last.id, Result.superseded_at.is_(None)))
        .outerjoin(Release, Release.attempt_id == Last.id)
        .outerjoin(decided, decided.c.enrolment_id == Enrolment.id)
        .outerjoin(Decision, Decision.id == decided.c.id)
    )


def _standing(row: Any, now: datetime) -> Standing:
    (
        enrolment, person, cohort, course, exam, sitting_id, sitting_try, closes_at, booking_id, begun_id, begun_closed,
        last_id, last_try, closed_at, pass_percent, distinction_percent, result, released_at, decision,
    ) = row  # fmt: skip
    is_last = begun_id is not None and begun_id == last_id
    facts = Facts(
        completed=enrolment.completed_at is not None,
        try_number=sitting_try,
        closes_at=closes_at,
        booked=booking_id is not None,
        begun=begun_id is not None,
        closed=begun_closed is not None,
        outcome=result.outcome if result and is_last else None,
        released=released_at is not None and is_last,
        max_retakes=exam.max_retakes if exam else 0,
    )
    return Standing(
        enrolment=enrolment,
        person=person,
        cohort=cohort,
        course=course,
        exam=exam,
        sitting_id=sitting_id,
        facts=facts,
        step=rules.step(facts, decision.verdict if decision else None, now),
        attempt_id=last_id,
        try_number=last_try,
        closed_at=closed_at,
        pass_percent=pass_percent,
        distinction_percent=distinction_percent,
        result=result,
        released_at=released_at,
        decision=decision,
        now=now,
    )


def _missed(now: datetime) -> ColumnElement[bool]:
    return and_(Begun.id.is_(None), Sitting.closes_at < now)


def _conditions(filters: Filters, now: datetime) -> Iterable[ColumnElement[bool]]:
    for word in filters.text.replace("\0", " ").split():
        columns = (Person.full_name, Person.username, Person.staff_number)
        yield or_(*(one.icontains(word, autoescape=True) for one in columns))
    if filters.cohort_id is not None:
        yield Enrolment.cohort_id == filters.cohort_id
    if filters.outcome is not None:
        yield Result.outcome == filters.outcome
    if filters.try_number is not None:
        yield LastSitting.try_number == filters.try_number
    if filters.state:
        yield _state(filters.state, now)


def _state(state: str, now: datetime) -> ColumnElement[bool]:
    decided = Decision.verdict.in_(list(rules.FINAL))
    undecided = or_(Decision.id.is_(None), ~decided)
    at_the_end = or_(Result.outcome != Outcome.FAIL, LastSitting.try_number > Exam.max_retakes)
    match state:
        case "waiting":
            return and_(Last.id.is_not(None), Result.id.is_(None))
        case "marked":
            return and_(Result.id.is_not(None), Release.released_at.is_(None))
        case "released":
            return and_(Release.released_at.is_not(None), undecided)
        case "decided":
            return decided
        case "missed":
            return and_(_missed(now), undecided)
    released = and_(Begun.id == Last.id, Release.released_at.is_not(None), at_the_end)
    return and_(undecided, or_(released, _missed(now)))


def _order(filters: Filters) -> Iterable[ColumnElement[Any]]:
    column: Any = {"name": Person.name_key, "score": Result.score_tenths}.get(filters.sort, Last.closed_at)
    # Whoever has no score or date yet stands at the end in both directions, on both databases.
    yield column.is_(None)
    yield column.desc() if filters.descending else column.asc()
    yield Enrolment.id.asc()
