"""Pairs of attempts at an exam whose answers are alike beyond chance, with what speaks for and against."""

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, and_, cast, select
from sqlalchemy.orm import Session

from exam.accounts.models import AuditEvent, Person
from exam.analysis.queries.doing import keys_of, ticked
from exam.analysis.queries.gathered import Gathered, gather
from exam.analysis.rules import ALIKE_OPEN, ALIKE_SEEN, LEAST_WORDING
from exam.attempts.models import Answer, Attempt
from exam.papers.models import Slot
from question_bank.items import Kind
from question_bank.likeness import folded
from question_bank.models import Question, QuestionVersion
from question_bank.statistics.copying import MOST_PERSONS, Pair, pairs


@dataclass(frozen=True, slots=True)
class Half:
    """One of two: whose attempt, and from when to when it ran."""

    attempt_id: int
    name: str
    started_at: datetime
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class AlikePair:
    """Two attempts by different persons that share wrong choices or wordings of short answers."""

    one: Half
    other: Half
    score: float
    by_chance: float
    """So many pairs as alike as this, or more, does chance give."""
    wrong: int
    """How many wrong choices they share."""
    wordings: int
    """How many short answers they worded alike, but for spaces and signs."""
    minutes: int
    """For how long both were in the room."""


def may_look(session: Session, exam_id: int, person_id: int, now: datetime) -> bool:
    """Whether this person has put on the trail, not long ago, that they look at this exam's pairs."""
    found = select(AuditEvent.id).where(
        AuditEvent.action == ALIKE_SEEN,
        AuditEvent.subject_type == "exam",
        AuditEvent.subject_id == exam_id,
        AuditEvent.actor_id == person_id,
        AuditEvent.at > now - ALIKE_OPEN,
    )
    return session.scalar(found.limit(1)) is not None


def alike_pairs(session: Session, exam_id: int) -> list[AlikePair]:
    """The pairs most alike among the last `MOST_PERSONS` attempts with a result: six statements."""
    gathered = gather(session, exam_id)
    rows = range(max(0, len(gathered.sat) - MOST_PERSONS), len(gathered.sat))
    keys = {version.id: keys_of(version) for version in gathered.versions.values()}
    answers = [_telling(gathered, row, keys) for row in rows]
    _add_wordings(session, exam_id, gathered, rows, answers)
    totals = [gathered.sat[row].tenths / 10 for row in rows]
    found = pairs(answers, [set(gathered.earned[row]) for row in rows], totals)
    sat = [(gathered.sat[rows[pair.one]], gathered.sat[rows[pair.other]]) for pair in found]
    halves = _halves(session, {one.attempt_id for both in sat for one in both})
    return [
        _alike(pair, answers, halves[first.attempt_id], halves[second.attempt_id])
        for pair, (first, second) in zip(found, sat, strict=True)
        if first.person_id != second.person_id  # else it is somebody's own retake
    ]


def _alike(pair: Pair, answers: Sequence[Mapping[int, Hashable]], one: Half, other: Half) -> AlikePair:
    wordings = sum(isinstance(answers[pair.one][item], str) for item in pair.items)
    together = min(one.closed_at, other.closed_at) - max(one.started_at, other.started_at)
    return AlikePair(
        one,
        other,
        pair.score,
        pair.by_chance,
        wrong=len(pair.items) - wordings,
        wordings=wordings,
        minutes=max(0, int(together.total_seconds() // 60)),
    )


def _telling(gathered: Gathered, row: int, keys: Mapping[int, frozenset[str]]) -> dict[int, Hashable]:
    """The wrong choices of an attempt, by question: each as the set of what was ticked."""
    found: dict[int, Hashable] = {}
    for question_id, one in gathered.earned[row].items():
        took = frozenset(ticked(one.response))
        if took and took != keys[one.version_id]:
            found[question_id] = took
    return found


def _add_wordings(
    session: Session, exam_id: int, gathered: Gathered, rows: range, answers: Sequence[dict[int, Hashable]]
) -> None:
    """Add the short answers, as their letters only; too short a one tells nothing."""
    place = {gathered.sat[row].attempt_id: number for number, row in enumerate(rows)}
    last = (
        select(cast(Answer.response, Text))
        .where(Answer.attempt_id == Attempt.id, Answer.position == Slot.position)
        .order_by(Answer.epoch.desc(), Answer.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    said = session.execute(
        select(Attempt.id, Question.id, last)
        .join(Slot, Slot.paper_id == Attempt.paper_id)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .join(Question, and_(Question.id == QuestionVersion.question_id, Question.kind == Kind.SHORT_ANSWER))
        .where(Attempt.exam_id == exam_id)
    )
    for attempt_id, question_id, response in said:
        text = folded((json.loads(response) or {}).get("text", "")) if response else ""
        if attempt_id in place and len(text) >= LEAST_WORDING:
            answers[place[attempt_id]][question_id] = text


def _halves(session: Session, attempt_ids: set[int]) -> dict[int, Half]:
    rows = session.execute(
        select(Attempt.id, Person.full_name, Attempt.started_at, Attempt.closed_at)
        .join(Person, Person.id == Attempt.person_id)
        .where(Attempt.id.in_(sorted(attempt_ids)))
    )
    return {id: Half(id, name, started, closed) for id, name, started, closed in rows if closed}
