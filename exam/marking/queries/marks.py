"""Marks that were given: which count, by whom, and who could give them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import and_, column, exists, func, select, table
from sqlalchemy.orm import Session, aliased

from exam.accounts.models import Person, PersonRole
from exam.accounts.rules import Role
from exam.attempts.models import Attempt
from exam.attempts.queries import final_answers
from exam.marking.models import Mark, Opinion, OpinionWithdrawal, SecondMarking
from exam.marking.queries.worths import worth
from exam.marking.rules import MarkSource, Stage, counting
from exam.papers.models import Slot
from question_bank.models import QuestionVersion

# Releasing is a later feature and knows marks. Whether a candidate may see a result already is read from its table by
# name; a test holds this column to the model's.
release = table("release", column("attempt_id"))


@dataclass(frozen=True)
class MarkedRow:
    """One line of the list of what has been marked. No name of a candidate."""

    attempt_id: int
    question_id: int
    stem: str
    text: str
    points: Fraction
    worth: Fraction
    markers: tuple[str, ...]
    """One, or the two whose mean it is."""
    given_at: datetime


def counting_marks(session: Session, attempt_ids: Iterable[int]) -> dict[int, dict[int, Mark]]:
    """For each attempt the marks that count, by position; a slot still to be marked is left out."""
    wanted = list(attempt_ids)
    found: dict[int, list[Mark]] = {attempt_id: [] for attempt_id in wanted}
    for mark in session.scalars(select(Mark).where(Mark.attempt_id.in_(wanted))):
        found[mark.attempt_id].append(mark)
    return {attempt_id: counting(marks) for attempt_id, marks in found.items()}


def last_marks(session: Session, places: Mapping[int, int]) -> dict[int, int]:
    """By attempt the id of the last mark at a position of it, whatever it says; `places` is position by attempt."""
    rows = session.execute(
        select(Mark.attempt_id, Mark.position, func.max(Mark.id))
        .where(Mark.attempt_id.in_(places), Mark.position.in_(set(places.values())))
        .group_by(Mark.attempt_id, Mark.position)
    )
    return {attempt_id: id for attempt_id, position, id in rows if places[attempt_id] == position}


def is_released(session: Session, attempt_id: int) -> bool:
    """Whether the candidate may see the result already."""
    found = select(release.c.attempt_id).where(release.c.attempt_id == attempt_id)
    return session.scalar(found) is not None


def released(session: Session, attempt_ids: Iterable[int]) -> set[int]:
    """Those of these attempts whose candidates may see the result already."""
    return set(session.scalars(select(release.c.attempt_id).where(release.c.attempt_id.in_(list(attempt_ids)))))


def trainers_besides(session: Session, person_id: int) -> int:
    """How many active people besides this one may mark."""
    return session.scalar(select(other_trainers(person_id))) or 0


def other_trainers(person_id: Any) -> Any:
    """The number of active trainers besides this person, an id or what stands for one, as a subquery."""
    other = aliased(Person)
    counted = select(func.count(other.id)).join(PersonRole, PersonRole.person_id == other.id)
    return counted.where(PersonRole.role == Role.TRAINER, other.active, other.id != person_id).scalar_subquery()


def marked(
    session: Session, person_id: int, *, question_id: int | None, exam_id: int | None, offset: int, limit: int
) -> tuple[list[MarkedRow], int]:
    """One page of the short answers that people have marked, the latest first, and how many there are.

    What waits for a second or third marker is shown only to those who have given their opinion already.
    """
    later, two, other = aliased(Mark), aliased(Opinion), aliased(Person)
    found: Any = (
        select(Mark, worth(), QuestionVersion.question_id, QuestionVersion.stem, Person.full_name, other.full_name)
        .join(Attempt, Attempt.id == Mark.attempt_id)
        .join(Slot, and_(Slot.paper_id == Attempt.paper_id, Slot.position == Mark.position))
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .join(Opinion, Opinion.id == Mark.opinion_id)
        .join(Person, Person.id == Opinion.marker_id)
        .outerjoin(two, two.id == Mark.second_opinion_id)
        .outerjoin(other, other.id == two.marker_id)
        .where(
            Mark.source.in_([MarkSource.PERSON, MarkSource.MEAN]),
            Attempt.voided_at.is_(None),
            ~exists().where(later.attempt_id == Mark.attempt_id, later.position == Mark.position, later.id > Mark.id),
            ~_hidden_from(person_id),
        )
    )
    if question_id is not None:
        found = found.where(QuestionVersion.question_id == question_id)
    if exam_id is not None:
        found = found.where(Attempt.exam_id == exam_id)
    total = session.scalar(found.with_only_columns(func.count())) or 0
    rows = session.execute(found.order_by(Mark.id.desc()).offset(offset).limit(limit)).all()
    texts = final_answers(session, {row[0].attempt_id for row in rows})
    return [
        MarkedRow(
            attempt_id=mark.attempt_id,
            question_id=number,
            stem=stem,
            text=str((texts[mark.attempt_id][mark.position] or {}).get("text", "")),
            points=mark.points,
            worth=counts_for,
            markers=(name, second) if second else (name,),
            given_at=mark.given_at,
        )
        for mark, counts_for, number, stem, name, second in rows
    ], total


def markers_of(session: Session, marks: Iterable[Mark]) -> dict[int, list[int]]:
    """By mark, the people whose opinions it comes from, as far as there are any: one statement."""
    made = {mark.id: (mark.opinion_id, mark.second_opinion_id) for mark in marks if mark.opinion_id}
    wanted = {id for both in made.values() for id in both if id}
    found = select(Opinion.id, Opinion.marker_id).where(Opinion.id.in_(wanted))
    known = {row.id: row.marker_id for row in session.execute(found)} if wanted else {}
    return {mark_id: [known[id] for id in both if id in known] for mark_id, both in made.items()}


def _hidden_from(person_id: int) -> Any:
    """A second or third marker is asked for, and this person may still be it."""
    own = exists().where(
        Opinion.attempt_id == Mark.attempt_id,
        Opinion.position == Mark.position,
        Opinion.marker_id == person_id,
        ~exists().where(OpinionWithdrawal.opinion_id == Opinion.id).correlate(Opinion),
    )
    asked = exists().where(
        SecondMarking.attempt_id == Mark.attempt_id,
        SecondMarking.position == Mark.position,
        SecondMarking.stage != Stage.SETTLED,
    )
    return and_(asked.correlate(Mark), ~own.correlate(Mark))
