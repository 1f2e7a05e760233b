"""Whom an invigilator has chosen: ticked in the list, everybody at an exam, everybody whom an outage hit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts.models import Attempt
from exam.beats import Outage
from exam.invigilation.queries.around import fell_into, is_made_good
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


def owed(session: Session, outage_id: int) -> tuple[Outage | None, Sequence[int]]:
    """An outage and the running attempts it fell into that have been given no time since."""
    outage = session.get(Outage, outage_id)
    if outage is None:
        return None, ()
    found = select(Attempt.id).where(IS_RUNNING, fell_into(outage), ~is_made_good(outage)).order_by(Attempt.id)
    return outage, session.scalars(found).all()
