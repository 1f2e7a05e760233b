"""Corrections for pages: the list, one with its people, and whom it changed."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from exam.accounts.models import Person
from exam.corrections.models import Correction, CorrectionChange
from exam.corrections.queries.effect import mended_item
from exam.corrections.queries.force import standing_of
from exam.corrections.rules import BY_WORTH, OPEN, Policy, Standing, State, adds_key_points, policies
from exam.marking.models import Mark
from exam.results.models import Result
from question_bank.items import Item, from_data


@dataclass(frozen=True)
class Row:
    """A line of the list of corrections."""

    correction: Correction
    begun_by: str
    decided_by: str | None

    @property
    def stem(self) -> str:
        """The stem of the question."""
        return str(self.correction.content_before["stem"])


@dataclass(frozen=True)
class Changed:
    """What an applied correction changed in one attempt."""

    attempt_id: int
    before: Standing | None
    after: Standing | None
    worth_before: Fraction | None
    worth_after: Fraction | None
    """What the question counts for; None where that hasn't changed."""
    result_before: Result | None
    result_after: Result | None


def listed(session: Session, *, offset: int, limit: int) -> tuple[list[Row], int]:
    """One page of the corrections, those that wait first, then the latest; and how many there are."""
    decided_by = aliased(Person)
    shown = Correction.state != State.DROPPED
    found = (
        select(Correction, Person.full_name, decided_by.full_name)
        .join(Person, Person.id == Correction.begun_by)
        .outerjoin(decided_by, decided_by.id == Correction.decided_by)
        .where(shown)
        .order_by(Correction.state.not_in(OPEN), Correction.id.desc())
    )
    total = session.scalar(select(func.count()).select_from(Correction).where(shown)) or 0
    return [Row(*row) for row in session.execute(found.offset(offset).limit(limit))], total


def waiting_for(session: Session, person_id: int) -> int:
    """How many proposals wait for this person as the second one."""
    found = select(func.count()).select_from(Correction)
    return session.scalar(found.where(Correction.state == State.PROPOSED, Correction.begun_by != person_id)) or 0


def one(session: Session, correction_id: int) -> Row | None:
    """A correction with the names of its people."""
    decided_by = aliased(Person)
    row = session.execute(
        select(Correction, Person.full_name, decided_by.full_name)
        .join(Person, Person.id == Correction.begun_by)
        .outerjoin(decided_by, decided_by.id == Correction.decided_by)
        .where(Correction.id == correction_id)
    ).one_or_none()
    return Row(*row) if row else None


def open_one(session: Session, root: int) -> Correction | None:
    """The correction of this family of versions that isn't decided yet."""
    return session.scalar(select(Correction).where(Correction.version_id == root, Correction.state.in_(OPEN)))


def taken_back(session: Session, correction_id: int) -> bool:
    """Whether a later correction has taken this one back."""
    found = select(Correction.id).where(Correction.undoes_id == correction_id, Correction.state == State.APPLIED)
    return session.scalar(found) is not None


def policies_of(correction: Correction) -> tuple[Policy, ...]:
    """The ways in which this correction can be handled."""
    if correction.undoes_id is not None:
        return (Policy.RESTORE,)
    if correction.worths is not None:
        return BY_WORTH
    item = mended_item(correction)
    return policies(item, marked_anew=adds_key_points(item_before(correction), item))


def item_before(correction: Correction) -> Item:
    """The item by which answers counted when it was begun."""
    return from_data(correction.content_before)


def changes(session: Session, correction_id: int, *, offset: int, limit: int) -> tuple[list[Changed], int]:
    """One page of the attempts that an applied correction changed, and how many there are.

    Those who had full marks for a question that is given to all come last: nothing that is added up has changed.
    """
    before, after = aliased(Mark), aliased(Mark)
    old, new = aliased(Result), aliased(Result)
    own = CorrectionChange.correction_id == correction_id
    found: Any = (
        select(CorrectionChange, before, after, old, new)
        .outerjoin(before, before.id == CorrectionChange.mark_before_id)
        .outerjoin(after, after.id == CorrectionChange.mark_after_id)
        .outerjoin(old, old.id == CorrectionChange.result_before_id)
        .outerjoin(new, new.id == CorrectionChange.result_after_id)
        .where(own)
        .order_by(case((before.points == after.points, 1), else_=0), CorrectionChange.attempt_id, CorrectionChange.id)
        .offset(offset)
        .limit(limit)
    )
    total = session.scalar(select(func.count()).select_from(CorrectionChange).where(own)) or 0
    return [
        Changed(one.attempt_id, standing_of(was), standing_of(now), one.worth_before, one.worth_after, old_one, new_one)
        for one, was, now, old_one, new_one in session.execute(found)
    ], total
