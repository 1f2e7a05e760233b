"""Whom an invigilator has chosen: ticked in the list, everybody at an exam, everybody whom an outage hit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts.models import Attempt, TimeCredit
from exam.beats import Outage
from exam.invigilation.queries.around import still_owed
from exam.invigilation.queries.live import IS_RUNNING
from exam.papers.models import Exam


@dataclass(frozen=True)
class Chosen:
    """An attempt that time may be given to, or something said."""

    attempt_id: int
    person_id: int
    name: str
    tutor_id: int | None
    exam: str
    deadline: datetime
    ended: bool


def chosen(session: Session, attempt_ids: Collection[int]) -> list[Chosen]:
    """These attempts by their candidates' names; numbers of none are left out: one statement."""
    rows = session.execute(
        select(
            Attempt.id, Attempt.person_id, Person.full_name, Person.tutor_id, Exam.title, Attempt.deadline,
            Attempt.closed_at, Attempt.voided_at,
        )
        .join(Person, Person.id == Attempt.person_id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .where(Attempt.id.in_(list(attempt_ids)))
        .order_by(Person.name_key, Attempt.id)
    )  # fmt: skip
    return [Chosen(*row[:6], ended=row.closed_at is not None or row.voided_at is not None) for row in rows]


def running_ids(session: Session, exam_id: int) -> Sequence[int]:
    """Everybody's running attempt at an exam."""
    return session.scalars(select(Attempt.id).where(IS_RUNNING, Attempt.exam_id == exam_id).order_by(Attempt.id)).all()


def owed(session: Session, outage_id: int) -> tuple[Outage | None, Mapping[int, timedelta]]:
    """An outage and the running attempts that haven't had all of their time back, each with what is missing."""
    outage = session.get(Outage, outage_id)
    return outage, still_owed(session, [outage])[outage_id] if outage else {}


def last_given(session: Session, outage_id: int) -> int:
    """The last time that a person has given for an outage, by its number: what a form made now knows of."""
    return session.scalar(select(func.max(TimeCredit.id)).where(TimeCredit.for_outage_id == outage_id)) or 0


def given_besides(session: Session, outage: Outage, attempt_ids: Collection[int]) -> Mapping[int, timedelta]:
    """What people have given these attempts since an outage without saying that it was for it."""
    rows = session.execute(
        select(TimeCredit.attempt_id, func.sum(TimeCredit.seconds))
        .where(
            TimeCredit.attempt_id.in_(list(attempt_ids)),
            TimeCredit.given_by.is_not(None),
            TimeCredit.for_outage_id.is_(None),
            TimeCredit.given_at >= outage.ended_at,
        )
        .group_by(TimeCredit.attempt_id)
    )
    return {attempt_id: timedelta(seconds=int(seconds)) for attempt_id, seconds in rows}


def given_meanwhile(
    session: Session, attempt_ids: Collection[int], key: str, outage_id: int | None, known: int
) -> tuple[set[int], set[int]]:
    """Of these attempts, those that this form has given time already, and those that another has for this outage."""
    for_it = and_(TimeCredit.for_outage_id == outage_id, TimeCredit.for_outage_id.is_not(None), TimeCredit.id > known)
    credits = session.execute(
        select(TimeCredit.attempt_id, TimeCredit.form_key)
        .where(TimeCredit.attempt_id.in_(list(attempt_ids)))
        .where(or_(TimeCredit.form_key == key, for_it))
    ).all()
    again = {attempt_id for attempt_id, form_key in credits if form_key == key}
    return again, {attempt_id for attempt_id, _form_key in credits} - again
