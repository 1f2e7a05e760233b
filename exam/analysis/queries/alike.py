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
from exam.analysis.queries.networks import Networks, networks
from exam.analysis.queries.taught import taught_words
from exam.analysis.rules import ALIKE_OPEN, ALIKE_SEEN, STANDS_OUT, lift
from exam.attempts.models import Answer, Attempt
from exam.papers.models import Slot
from question_bank.grouping import Said
from question_bank.grouping.wordings import wordings
from question_bank.items import Kind, ShortAnswer
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
    """How many short answers they worded the same or nearly, in words that are neither the model answer's nor the
    course's."""
    minutes: int
    """For how long both were in the room."""
    on_network: int | None
    """How many people, these two among them, were on a network that both were on; 0 where they were on none in common,
    None where it isn't known of both."""

    @property
    def stands_out(self) -> bool:
        """Whether chance alone hardly gives such a pair."""
        return self.by_chance < STANDS_OUT


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
    """The pairs most alike among the last `MOST_PERSONS` attempts with a result: eight statements.

    A network that only few share lifts a pair in the list; by how much, `rules.lift` says.
    """
    gathered = gather(session, exam_id)
    rows = range(max(0, len(gathered.sat) - MOST_PERSONS), len(gathered.sat))
    keys = {version.id: keys_of(version) for version in gathered.versions.values()}
    answers = [_telling(gathered, row, keys) for row in rows]
    _add_wordings(session, exam_id, gathered, rows, answers)
    totals = [gathered.sat[row].tenths / 10 for row in rows]
    known = networks(session, exam_id, [(gathered.sat[row].attempt_id, gathered.sat[row].person_id) for row in rows])
    lifts = {both: lift(people, known.persons) for both, people in known.small().items()}
    found = pairs(answers, [set(gathered.earned[row]) for row in rows], totals, lifts)
    sat = [(gathered.sat[rows[pair.one]], gathered.sat[rows[pair.other]]) for pair in found]
    halves = _halves(session, {one.attempt_id for both in sat for one in both})
    return [
        _alike(pair, answers, halves[first.attempt_id], halves[second.attempt_id], known)
        for pair, (first, second) in zip(found, sat, strict=True)
        if first.person_id != second.person_id  # else it is somebody's own retake
    ]


def _alike(pair: Pair, answers: Sequence[Mapping[int, Hashable]], one: Half, other: Half, known: Networks) -> AlikePair:
    same = sum(isinstance(answers[pair.one][item], Said) for item in pair.items)
    together = min(one.closed_at, other.closed_at) - max(one.started_at, other.started_at)
    return AlikePair(
        one,
        other,
        pair.score,
        pair.by_chance,
        wrong=len(pair.items) - same,
        wordings=same,
        minutes=max(0, int(together.total_seconds() // 60)),
        on_network=known.in_common(pair.one, pair.other),
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
    """Add the wordings of the short answers, where they tell anything."""
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
    texts: dict[int, dict[int, str]] = {}
    for attempt_id, question_id, response in said:
        if response and attempt_id in place:
            text = (json.loads(response) or {}).get("text", "")
            texts.setdefault(question_id, {})[place[attempt_id]] = text
    shown = [version.id for question_id in texts for version in gathered.versions_of(question_id)]
    taught = taught_words(session, shown)
    for question_id, by_row in texts.items():
        known = [*_known_words(gathered, question_id), *taught.get(question_id, ())]
        for row, wording in wordings(by_row, known).items():
            answers[row][question_id] = wording


def _known_words(gathered: Gathered, question_id: int) -> list[str]:
    """What a question says, and how it is best answered, in all versions that were shown."""
    found: list[str] = []
    for version in gathered.versions_of(question_id):
        if isinstance(item := version.item, ShortAnswer):
            found += [item.stem, item.reference, item.explanation]
            found += [text for point in item.key_points for text in (point.text, *point.accepted)]
    return found


def _halves(session: Session, attempt_ids: set[int]) -> dict[int, Half]:
    rows = session.execute(
        select(Attempt.id, Person.full_name, Attempt.started_at, Attempt.closed_at)
        .join(Person, Person.id == Attempt.person_id)
        .where(Attempt.id.in_(sorted(attempt_ids)))
    )
    return {id: Half(id, name, started, closed) for id, name, started, closed in rows if closed}
