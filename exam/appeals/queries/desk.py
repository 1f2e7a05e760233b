"""Appeals as those who answer them see them: without a name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.accounts.queries import ids_with_role, people_with_role
from exam.accounts.rules import Role
from exam.appeals.models import Appeal
from exam.appeals.rules import AppealState, Barred, Urgency, barred, urgency
from exam.attempts.models import Attempt
from exam.attempts.queries import final_answers
from exam.corrections.models import Correction
from exam.corrections.rules import State
from exam.marking.models import Mark, Opinion
from exam.marking.queries import counting_marks, worth
from exam.papers.models import Exam, Slot
from question_bank import bank
from question_bank.items import Item
from question_bank.models import QuestionVersion


@dataclass(frozen=True)
class AppealRow:
    """A line of the list."""

    appeal: Appeal
    exam: str
    stem: str
    question_id: int
    urgency: Urgency
    to_review: bool
    """Granted, and nobody has said yet what becomes of the question."""
    for_others: bool
    """Waits for somebody else than the trainer who looks."""


@dataclass(frozen=True)
class AppealView:
    """One appeal with all that is needed to answer it."""

    appeal: Appeal
    exam: Exam
    question_id: int
    version: QuestionVersion
    item: Item
    """By whose key it counts now."""
    answer: Mapping[str, Any] | None
    worth: Fraction
    mark: Mark | None
    comments: Sequence[str]
    refusal: Barred | None
    answered_by: str | None
    to_review: bool
    correction_id: int | None
    """The correction of this question that is open or was carried out since."""


def _corrected() -> Any:
    """Whether the question of an appeal has been corrected since it was granted."""
    root = func.coalesce(QuestionVersion.corrects_id, QuestionVersion.id)
    return exists().where(
        Correction.version_id == root, Correction.state == State.APPLIED, Correction.decided_at >= Appeal.answered_at
    )


def _to_review() -> Any:
    return and_(Appeal.state == AppealState.GRANTED, Appeal.reviewed_at.is_(None), ~_corrected())


def listed(session: Session, person_id: int, now: datetime, *, offset: int, limit: int) -> tuple[list[AppealRow], int]:
    """One page of all appeals that weren't withdrawn: unanswered first by their deadlines, then questions to review.

    As a trainer sees them: four statements.
    """
    waits, review = Appeal.state == AppealState.WAITING, _to_review()
    found = (
        select(Appeal, Exam.title, QuestionVersion.stem, QuestionVersion.question_id, review, Person)
        .join(Attempt, Attempt.id == Appeal.attempt_id)
        .join(Person, Person.id == Attempt.person_id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .join(QuestionVersion, QuestionVersion.id == Appeal.question_version_id)
        .where(Appeal.state != AppealState.WITHDRAWN)
        .order_by(waits.desc(), review.desc(), Appeal.due_at, Appeal.id)
    )
    counted = select(func.count()).select_from(Appeal).where(Appeal.state != AppealState.WITHDRAWN)
    shown = session.execute(found.offset(offset).limit(limit)).all()
    opinions, trainers = _opinions(session, [row[0] for row in shown]), ids_with_role(session, Role.TRAINER)
    rows = []
    for appeal, exam, stem, question_id, to_review, candidate in shown:
        own = opinions.get((appeal.attempt_id, appeal.position), [])
        barred_here = appeal.state is AppealState.WAITING and _refusal(person_id, candidate, own, trainers) is not None
        rows.append(AppealRow(appeal, exam, stem, question_id, _urgency(appeal, now), bool(to_review), barred_here))
    return rows, session.scalar(counted) or 0


def _opinions(session: Session, appeals: Sequence[Appeal]) -> dict[tuple[int, int], list[Opinion]]:
    """Those on the answers of these appeals that wait, by attempt and position."""
    waits = {one.attempt_id for one in appeals if one.state is AppealState.WAITING}
    found: dict[tuple[int, int], list[Opinion]] = {}
    for one in session.scalars(select(Opinion).where(Opinion.attempt_id.in_(waits))) if waits else ():
        found.setdefault((one.attempt_id, one.position), []).append(one)
    return found


def waiting(session: Session) -> int:
    """How many appeals wait for an answer."""
    found = select(func.count()).select_from(Appeal)
    return session.scalar(found.where(Appeal.state == AppealState.WAITING)) or 0


def view(session: Session, appeal_id: int, person_id: int) -> AppealView | None:
    """One appeal as this trainer sees it; None for a withdrawn one."""
    row = session.execute(
        select(Appeal, Attempt, Exam, Person, worth(), QuestionVersion, _to_review())
        .join(Attempt, Attempt.id == Appeal.attempt_id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .join(Person, Person.id == Attempt.person_id)
        .join(Slot, and_(Slot.paper_id == Attempt.paper_id, Slot.position == Appeal.position))
        .join(QuestionVersion, QuestionVersion.id == Appeal.question_version_id)
        .where(Appeal.id == appeal_id, Appeal.state != AppealState.WITHDRAWN)
    ).one_or_none()
    if row is None:
        return None
    appeal, attempt, exam, candidate, counts_for, version, to_review = row
    opinions = session.scalars(
        select(Opinion).where(Opinion.attempt_id == attempt.id, Opinion.position == appeal.position)
    ).all()
    counting = bank.counting_versions(session, [version.id])[version.id]
    mark = counting_marks(session, [attempt.id])[attempt.id].get(appeal.position)
    return AppealView(
        appeal=appeal,
        exam=exam,
        question_id=version.question_id,
        version=version,
        item=bank.item_of(counting),
        answer=final_answers(session, [attempt.id]).get(attempt.id, {}).get(appeal.position),
        worth=counts_for,
        mark=mark,
        comments=[one.comment for one in opinions if one.comment],
        refusal=_refusal(person_id, candidate, opinions, ids_with_role(session, Role.TRAINER)),
        answered_by=_name(session, appeal.answered_by),
        to_review=bool(to_review),
        correction_id=_correction(session, version, appeal),
    )


def _refusal(
    person_id: int, candidate: Person, opinions: Sequence[Opinion], trainers: Collection[int]
) -> Barred | None:
    return barred(
        person_id,
        candidate_id=candidate.id,
        tutor_id=candidate.tutor_id,
        markers={one.marker_id for one in opinions},
        trainers=trainers,
    )


def answerers(session: Session, appeal: Appeal) -> list[Person]:
    """The trainers who may answer an appeal."""
    candidate = session.scalars(
        select(Person).join(Attempt, Attempt.person_id == Person.id).where(Attempt.id == appeal.attempt_id)
    ).one()
    opinions = session.scalars(
        select(Opinion).where(Opinion.attempt_id == appeal.attempt_id, Opinion.position == appeal.position)
    ).all()
    trainers = people_with_role(session, Role.TRAINER)
    ids = [one.id for one in trainers]
    return [one for one in trainers if _refusal(one.id, candidate, opinions, ids) is None]


def _name(session: Session, person_id: int | None) -> str | None:
    return session.scalar(select(Person.full_name).where(Person.id == person_id)) if person_id else None


def _correction(session: Session, version: QuestionVersion, appeal: Appeal) -> int | None:
    root = version.corrects_id or version.id
    found = select(Correction.id).where(
        Correction.version_id == root,
        Correction.state.in_([State.DRAFT, State.PROPOSED, State.APPLIED]),
        Correction.begun_at >= appeal.made_at,
    )
    return session.scalar(found.order_by(Correction.id.desc()).limit(1))


def _urgency(appeal: Appeal, now: datetime) -> Urgency:
    return urgency(appeal.due_at, now) if appeal.state is AppealState.WAITING else Urgency.NONE


@dataclass(frozen=True)
class Counted:
    """How many appeals an exam had: all that HR sees of them."""

    exam: str
    made: int
    granted: int
    denied: int
    waiting: int
    late: int
    answered_within: timedelta | None
    """The mean time from the appeal to its answer."""


def counts(session: Session, now: datetime) -> list[Counted]:
    """For each exam that had any, withdrawn ones left out: one statement."""
    rows = session.execute(
        select(Exam.id, Exam.title, Appeal.state, Appeal.made_at, Appeal.due_at, Appeal.answered_at)
        .join(Attempt, Attempt.id == Appeal.attempt_id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .where(Appeal.state != AppealState.WITHDRAWN)
        .order_by(Exam.id.desc())
    ).all()
    found = []
    for exam_id, title in dict.fromkeys((row.id, row.title) for row in rows):
        own = [row for row in rows if row.id == exam_id]
        times = [row.answered_at - row.made_at for row in own if row.answered_at]
        states = [row.state for row in own]
        found.append(
            Counted(
                exam=title,
                made=len(own),
                granted=states.count(AppealState.GRANTED),
                denied=states.count(AppealState.DENIED),
                waiting=states.count(AppealState.WAITING),
                late=sum(row.state is AppealState.WAITING and now > row.due_at for row in own),
                answered_within=sum(times, timedelta()) / len(times) if times else None,
            )
        )
    return found
