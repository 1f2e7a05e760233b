"""Answers that came after the deadline and wait for somebody's decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts.models import Attempt, LateAnswer
from exam.attempts.queries import final_answers
from exam.beats import Outage
from exam.marking.queries.marks import trainers_besides
from exam.marking.rules import MarkRefusal, mark_refusal
from exam.papers.models import Exam, Slot
from question_bank import bank
from question_bank.items import Item
from question_bank.models import QuestionVersion
from question_bank.tokens import Facts


@dataclass(frozen=True)
class LateSlot:
    """One slot of an attempt with the last of its late answers, and the answer that counts without it."""

    late: LateAnswer
    exam: Exam
    question_id: int
    item: Item
    media: Mapping[str, Facts]
    """Of all questions of the page."""
    counted: dict[str, Any] | None
    delay: timedelta
    """After the deadline."""
    outages: Sequence[Outage]
    """The site's own, in the time in which the answer was on its way: from `since` on."""
    since: datetime
    """When it was written or its page went offline, by the device's word; the deadline where that says nothing."""
    refusal: MarkRefusal | None


def late_left(session: Session) -> int:
    """How many slots have late answers that nobody has decided on."""
    places = _undecided(LateAnswer.attempt_id, LateAnswer.position).distinct().subquery()
    return session.scalar(select(func.count()).select_from(places)) or 0


def is_late_waiting(session: Session, attempt_id: int) -> bool:
    """Whether an attempt has late answers that nobody has decided on: its result can't be released before."""
    return session.scalar(_undecided(LateAnswer.id).where(LateAnswer.attempt_id == attempt_id).limit(1)) is not None


def waiting_for_decision(session: Session, since: datetime) -> Sequence[Attempt]:
    """The attempts with undecided answers that arrived since a moment."""
    found = _undecided(LateAnswer.attempt_id).where(LateAnswer.arrived_at >= since)
    return session.scalars(select(Attempt).where(Attempt.id.in_(found)).order_by(Attempt.id)).all()


def late_slots(session: Session, person_id: int) -> list[LateSlot]:
    """All slots with undecided late answers, the earliest first, as this person may decide on them."""
    rows = session.execute(
        _undecided(LateAnswer, Attempt, Exam, QuestionVersion, Person.id, Person.tutor_id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .join(Person, Person.id == Attempt.person_id)
        .join(Slot, and_(Slot.paper_id == Attempt.paper_id, Slot.position == LateAnswer.position))
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .order_by(LateAnswer.arrived_at, LateAnswer.attempt_id, LateAnswer.position)
    ).all()
    others = trainers_besides(session, person_id) > 0
    ways = {row[0].id: _on_its_way(row[0], row[1].deadline) for row in rows}
    outages = _outages_since(session, min(ways.values(), default=None))
    counted = final_answers(session, {row[0].attempt_id for row in rows})
    items = {row[3].id: bank.item_of(row[3]) for row in rows}
    media = bank.media_facts(session, items.values())
    last: dict[tuple[int, int], LateSlot] = {}
    for late, attempt, exam, version, candidate_id, tutor_id in rows:
        before = last.get((late.attempt_id, late.position))
        if before and (before.late.epoch, before.late.number) > (late.epoch, late.number):
            continue
        refusal = mark_refusal(
            person_id,
            candidate_id,
            tutor_id,
            other_trainers=others,
            own_trainer_may_mark=exam.own_trainer_may_mark,
        )
        last[late.attempt_id, late.position] = LateSlot(
            late=late,
            exam=exam,
            question_id=version.question_id,
            item=items[version.id],
            media=media,
            counted=counted[late.attempt_id][late.position],
            delay=late.arrived_at - attempt.deadline,
            outages=[one for one in outages if one.ended_at > ways[late.id] and one.began_at < late.arrived_at],
            since=ways[late.id],
            refusal=refusal,
        )
    return list(last.values())


def _on_its_way(late: LateAnswer, deadline: datetime) -> datetime:
    """Since when a late answer was on its way, as far as its device says."""
    offline = late.arrived_at - timedelta(milliseconds=late.offline_ms or 0)
    return min(deadline, offline, late.written_at or deadline)


def _outages_since(session: Session, since: datetime | None) -> Sequence[Outage]:
    """The site's outages that ended after a moment, in their order."""
    if since is None:
        return ()
    return session.scalars(select(Outage).where(Outage.ended_at > since).order_by(Outage.id)).all()


def _undecided(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(LateAnswer)
        .join(Attempt, Attempt.id == LateAnswer.attempt_id)
        .where(LateAnswer.decided_at.is_(None), Attempt.voided_at.is_(None))
    )
