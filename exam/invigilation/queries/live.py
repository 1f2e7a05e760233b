"""Who is in the room now: one page of the running attempts with everything an invigilator looks at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.accounts.queries import called
from exam.attempts.models import Answer, Attempt, Contact, LateAnswer, RoomEvent, RoomMessage, TimeCredit
from exam.attempts.queries import OPENED
from exam.courses.models import Cohort, Enrolment
from exam.invigilation import rules
from exam.invigilation.rules import Heard
from exam.papers.models import Exam, Slot
from exam.papers.rules import ExamState
from exam.sittings.models import Booking, Sitting

SORTS = ("left", "name", "contact", "start")

IS_RUNNING = and_(Attempt.closed_at.is_(None), Attempt.voided_at.is_(None))


@dataclass(frozen=True)
class Wanted:
    """Which running attempts the page shows; None and empty show all. `quiet`: only those who may be offline."""

    text: str = ""
    exam_id: int | None = None
    cohort_id: int | None = None
    quiet: bool = False

    @property
    def any(self) -> bool:
        return self != Wanted()


@dataclass(frozen=True)
class InRoom:
    """One running attempt. What the page itself says (`waiting`) informs, it proves nothing."""

    attempt_id: int
    person_id: int
    name: str
    staff_number: str | None
    tutor_id: int | None
    exam_id: int
    exam: str
    cohort: str
    booked_at: datetime | None
    started_at: datetime
    deadline: datetime
    minutes: Fraction
    """The time given at the start, a person's factor included."""
    usual_minutes: int
    slots: int
    answered: int
    heard_at: datetime | None
    waiting: int
    given: timedelta
    """By people and for outages."""
    takeovers: int
    late: int
    unread: int
    """Messages the page hasn't shown to its candidate yet."""
    now: datetime

    @property
    def heard(self) -> Heard:
        return rules.heard(self.heard_at, self.now)

    @property
    def silence(self) -> timedelta:
        """Since the last contact, or since the start."""
        return self.now - (self.heard_at or self.started_at)

    @property
    def left(self) -> timedelta:
        return max(timedelta(), self.deadline - self.now)


@dataclass
class _Around:
    """What belongs to the attempts of one page of the list, by attempt (slots: by paper)."""

    slots: Mapping[int, int] = field(default_factory=dict)
    answers: Mapping[int, tuple[int, datetime]] = field(default_factory=dict)
    given: Mapping[int, int] = field(default_factory=dict)
    pages: Mapping[int, list[tuple[str | None, datetime]]] = field(default_factory=dict)
    late: Mapping[int, int] = field(default_factory=dict)
    unread: Mapping[int, int] = field(default_factory=dict)


def running(session: Session) -> int:
    """How many attempts are running: answered from the index of what is due."""
    return session.scalar(select(func.count()).select_from(Attempt).where(IS_RUNNING)) or 0


def exams(session: Session) -> Sequence[tuple[int, str, int]]:
    """The exams that can be sat, each with how many are in its room."""
    inside = select(Attempt.exam_id, func.count().label("number")).where(IS_RUNNING)
    counted = inside.group_by(Attempt.exam_id).subquery()
    number = func.coalesce(counted.c.number, 0)
    found = (
        select(Exam.id, Exam.title, number)
        .outerjoin(counted, counted.c.exam_id == Exam.id)
        .where(or_(Exam.state == ExamState.PUBLISHED, number > 0))
        .order_by(number.desc(), Exam.id.desc())
    )
    return [(id, title, count) for id, title, count in session.execute(found)]


def cohorts(session: Session) -> Sequence[tuple[int, str]]:
    """The cohorts that somebody in the room belongs to."""
    inside = (
        select(Enrolment.cohort_id)
        .join(Sitting, Sitting.enrolment_id == Enrolment.id)
        .join(Attempt, Attempt.sitting_id == Sitting.id)
        .where(IS_RUNNING)
    )
    found = select(Cohort.id, Cohort.name).where(Cohort.id.in_(inside)).order_by(Cohort.id.desc())
    return [(id, name) for id, name in session.execute(found)]


def in_room(
    session: Session, wanted: Wanted, now: datetime, sort: str, descending: bool, *, offset: int, limit: int
) -> tuple[list[InRoom], int, int]:
    """One page of those who sit now, how many there are, and how many of them may be offline: eight statements."""
    quiet = _is_quiet(now)
    found = _select(wanted, now)
    counted = found.with_only_columns(func.count(), func.count(case((quiet, 1))), maintain_column_froms=True)
    total, silent = session.execute(counted).one()
    order: Any = {
        "name": Person.name_key,
        "contact": _heard_at(),
        "start": Attempt.started_at,
    }.get(sort, Attempt.deadline)
    rows = session.execute(
        found.order_by(order.desc() if descending else order.asc(), Attempt.id).offset(offset).limit(limit)
    ).all()
    around = _around(session, [row.id for row in rows], {row.paper_id for row in rows})
    return [_in_room(row, around, now) for row in rows], total, silent


def _select(wanted: Wanted, now: datetime) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Attempt.id, Attempt.person_id, Attempt.exam_id, Attempt.paper_id, Attempt.started_at, Attempt.deadline,
        Attempt.minutes, Person.full_name, Person.staff_number, Person.tutor_id, Exam.title,
        Exam.minutes.label("usual"), Cohort.name, Booking.starts_at, Contact.at, Contact.waiting,
    )  # fmt: skip
    found = (
        select(*columns)
        .select_from(Attempt)
        .join(Person, Person.id == Attempt.person_id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(Enrolment, Enrolment.id == Sitting.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .outerjoin(Booking, and_(Booking.sitting_id == Sitting.id, Booking.cancelled_at.is_(None)))
        .outerjoin(Contact, Contact.attempt_id == Attempt.id)
        .where(IS_RUNNING)
    )
    if wanted.text:
        found = found.where(called(Person, wanted.text))
    if wanted.exam_id is not None:
        found = found.where(Attempt.exam_id == wanted.exam_id)
    if wanted.cohort_id is not None:
        found = found.where(Enrolment.cohort_id == wanted.cohort_id)
    return found.where(_is_quiet(now)) if wanted.quiet else found


def _is_quiet(now: datetime) -> ColumnElement[bool]:
    """Whether the page has neither said nor saved anything for a while, nor been opened.

    Answers are looked at last, and only of those who have said nothing: for a full hall they are many.
    """
    since = now - rules.QUIET_AFTER
    saved = exists().where(Answer.attempt_id == Attempt.id, Answer.saved_at >= since).correlate(Attempt)
    opened = exists().where(RoomEvent.attempt_id == Attempt.id, RoomEvent.kind == OPENED, RoomEvent.at >= since)
    return case((_said_at() < since, and_(~opened.correlate(Attempt), ~saved)), else_=False)


def _heard_at() -> ColumnElement[datetime]:
    """When the page last said or saved something, or was opened."""
    last = select(func.max(Answer.saved_at)).where(Answer.attempt_id == Attempt.id)
    opening = select(func.max(RoomEvent.at)).where(RoomEvent.attempt_id == Attempt.id, RoomEvent.kind == OPENED)
    latest: ColumnElement[datetime] = _said_at()
    for one in (last, opening):
        moment = one.correlate(Attempt).scalar_subquery()
        latest = case((moment > latest, moment), else_=latest)
    return latest


def _said_at() -> ColumnElement[datetime]:
    return func.coalesce(Contact.at, Attempt.started_at)


def _in_room(row: Any, around: _Around, now: datetime) -> InRoom:
    answered, saved_at = around.answers.get(row.id, (0, None))
    pages = around.pages.get(row.id, [])
    contacts = [one for one in (row.at, saved_at, pages[-1][1] if pages else None) if one is not None]
    return InRoom(
        attempt_id=row.id,
        person_id=row.person_id,
        name=row.full_name,
        staff_number=row.staff_number,
        tutor_id=row.tutor_id,
        exam_id=row.exam_id,
        exam=row.title,
        cohort=row.name,
        booked_at=row.starts_at,
        started_at=row.started_at,
        deadline=row.deadline,
        minutes=row.minutes,
        usual_minutes=row.usual,
        slots=around.slots.get(row.paper_id, 0),
        answered=answered,
        heard_at=max(contacts, default=None),
        waiting=row.waiting or 0,
        given=timedelta(seconds=around.given.get(row.id, 0)),
        takeovers=rules.takeovers(name for name, _at in pages),
        late=around.late.get(row.id, 0),
        unread=around.unread.get(row.id, 0),
        now=now,
    )


def _around(session: Session, attempt_ids: list[int], paper_ids: Iterable[int]) -> _Around:
    if not attempt_ids:
        return _Around()
    slots = select(Slot.paper_id, func.count()).where(Slot.paper_id.in_(list(paper_ids))).group_by(Slot.paper_id)
    given = _per_attempt(TimeCredit, func.sum(TimeCredit.seconds), attempt_ids)
    late = _per_attempt(LateAnswer, func.count(LateAnswer.position.distinct()), attempt_ids)
    unread = _per_attempt(RoomMessage, func.count(), attempt_ids).where(RoomMessage.seen_at.is_(None))
    return _Around(
        dict(session.execute(slots).all()),
        _answers(session, attempt_ids),
        dict(session.execute(given).all()),
        _pages(session, attempt_ids),
        dict(session.execute(late).all()),
        dict(session.execute(unread).all()),
    )


def _per_attempt(table: Any, figure: Any, attempt_ids: list[int]) -> Select[Any]:
    return select(table.attempt_id, figure).where(table.attempt_id.in_(attempt_ids)).group_by(table.attempt_id)


def _answers(session: Session, attempt_ids: list[int]) -> dict[int, tuple[int, datetime]]:
    """How many slots have an answer that isn't emptied again, and when the last one was saved."""
    last = func.row_number().over(
        partition_by=(Answer.attempt_id, Answer.position), order_by=(Answer.epoch.desc(), Answer.number.desc())
    )
    ranked = (
        select(Answer.attempt_id, Answer.response.is_not(None).label("is_answer"), Answer.saved_at, last.label("rank"))
        .where(Answer.attempt_id.in_(attempt_ids))
        .subquery()
    )
    counts = func.count(case((and_(ranked.c.rank == 1, ranked.c.is_answer), 1)))
    rows = session.execute(
        select(ranked.c.attempt_id, counts, func.max(ranked.c.saved_at)).group_by(ranked.c.attempt_id)
    )
    return {attempt_id: (count, saved_at) for attempt_id, count, saved_at in rows}


def _pages(session: Session, attempt_ids: list[int]) -> dict[int, list[tuple[str | None, datetime]]]:
    """The pages that opened the room, in order, each with when."""
    found: dict[int, list[tuple[str | None, datetime]]] = {}
    for event in session.execute(
        select(RoomEvent.attempt_id, RoomEvent.detail, RoomEvent.at)
        .where(RoomEvent.attempt_id.in_(attempt_ids), RoomEvent.kind == OPENED)
        .order_by(RoomEvent.id)
    ):
        found.setdefault(event.attempt_id, []).append((event.detail.get("page"), event.at))
    return found
