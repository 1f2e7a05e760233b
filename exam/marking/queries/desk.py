"""The desk: which short answers are left for a marker, and one of them with all that marking it needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from exam.accounts.models import Person
from exam.attempts.models import Answer, Attempt
from exam.marking.models import Mark, Opinion
from exam.marking.queries.marks import another_trainer, counting_marks, is_released, other_trainers
from exam.marking.rules import MarkRefusal, MarkSource, in_order, mark_refusal, same_content
from exam.papers.models import Exam, Slot
from question_bank import bank
from question_bank.items import Kind, Proposal, ShortAnswer
from question_bank.models import Question, QuestionVersion, Topic
from question_bank.tokens import Facts


@dataclass(frozen=True)
class QuestionWork:
    """One question of the desk's list: how many answers there are, and how many are left."""

    question_id: int
    stem: str
    topic: str
    total: int
    left: int
    """For this marker."""
    for_others: int
    """Left as well, but another trainer has to mark them."""

    @property
    def done(self) -> int:
        return self.total - self.left - self.for_others


@dataclass(frozen=True)
class DeskAnswer:
    """One answer as a marker sees it. Who wrote it isn't here."""

    attempt: Attempt
    exam: Exam
    question_id: int
    position: int
    worth: Fraction
    stem: str
    """What the candidate read."""
    version: QuestionVersion
    """Whose key points count: the seen version, or the last that corrects it."""
    item: ShortAnswer
    text: str
    mark: Mark | None
    opinion: Opinion | None
    marker: Person | None
    refusal: MarkRefusal | None
    released: bool
    media: Mapping[str, Facts]
    same: int
    """How many others wrote the same, but for spaces and punctuation."""

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()

    @property
    def proposal(self) -> Proposal:
        return self.item.propose(self.text)

    @property
    def factor(self) -> Fraction:
        """Points of the slot for one point of the key points."""
        return self.worth / self.item.points


# What is left


def left(session: Session, person_id: int) -> int:
    """How many short answers this person has still to mark: one statement."""
    return (
        session.scalar(
            _short_answers(func.count()).where(unmarked(), _may_be_marked_by(person_id))
        )
        or 0
    )  # fmt: skip


def exams_with_new_work(session: Session, since: datetime) -> Sequence[tuple[int, str, datetime]]:
    """The exams with unmarked short answers in attempts that ended since: id, title, and when the last one ended."""
    found = _short_answers(Exam.id, Exam.title, func.max(Attempt.closed_at, type_=Attempt.closed_at.type))
    found = found.where(Attempt.closed_at >= since, unmarked()).group_by(Exam.id, Exam.title).order_by(Exam.id)
    return [tuple(row) for row in session.execute(found)]


def work(session: Session, person_id: int, exam_id: int | None = None) -> list[QuestionWork]:
    """Every short-answer question that has been answered, with what is left of it: two statements."""
    allowed = _may_be_marked_by(person_id)
    mine, others = case((and_(unmarked(), allowed), 1), else_=0), case((and_(unmarked(), ~allowed), 1), else_=0)
    rows = session.execute(
        _short_answers(
            QuestionVersion.question_id, func.max(QuestionVersion.id), func.count(), func.sum(mine), func.sum(others)
        )
        .where(*([Attempt.exam_id == exam_id] if exam_id is not None else []))
        .group_by(QuestionVersion.question_id)
    )
    figures = {version_id: (question_id, *counts) for question_id, version_id, *counts in rows}
    words = session.execute(
        select(QuestionVersion.id, QuestionVersion.stem, Topic.name)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Topic, Topic.id == Question.topic_id)
        .where(QuestionVersion.id.in_(figures))
        .order_by(Topic.position, Topic.id, Question.id)
    )
    return [
        QuestionWork(question_id, stem, topic, total, int(mine_left), int(others_left))
        for version_id, stem, topic in words
        for question_id, total, mine_left, others_left in [figures[version_id]]
    ]


def next_attempt(
    session: Session, person_id: int, question_id: int, exam_id: int | None = None, after: int | None = None
) -> int | None:
    """The attempt whose answer to this question the marker gets next, in their own order; None when none is left.

    `after`: the one that was just looked at; it comes again only when all others are done.
    """
    wanted = _short_answers(Attempt.id).where(
        QuestionVersion.question_id == question_id, unmarked(), _may_be_marked_by(person_id)
    )
    if exam_id is not None:
        wanted = wanted.where(Attempt.exam_id == exam_id)
    waiting = set(session.scalars(wanted))
    order = in_order(waiting | ({after} if after is not None else set()), person_id, question_id)
    if after is not None:
        here = order.index(after)
        order = order[here + 1 :] + order[: here + 1]
    return next((one for one in order if one in waiting), None)


def last_marked_by(session: Session, person_id: int, question_id: int, before: int | None = None) -> Opinion | None:
    """The last opinion this marker gave on a question, or the last one before another; on attempts not void."""
    found = (
        select(Opinion)
        .join(QuestionVersion, QuestionVersion.id == Opinion.question_version_id)
        .join(Attempt, Attempt.id == Opinion.attempt_id)
        .where(Opinion.marker_id == person_id, QuestionVersion.question_id == question_id, Attempt.voided_at.is_(None))
        .order_by(Opinion.id.desc())
        .limit(1)
    )
    return session.scalar(found.where(Opinion.id < before) if before is not None else found)


# One answer


def answer(session: Session, person_id: int, question_id: int, attempt_id: int) -> DeskAnswer | None:
    """An answer to a short question in a closed attempt, as this marker sees it; None where there is no such."""
    row = session.execute(
        _short_answers(Attempt, Exam, Person.id, Person.tutor_id, Slot, QuestionVersion).where(
            QuestionVersion.question_id == question_id, Attempt.id == attempt_id
        )
    ).one_or_none()
    if row is None:
        return None
    attempt, exam, candidate_id, tutor_id, slot, seen = row
    version = bank.counting_versions(session, [seen.id])[seen.id]
    item, asked = bank.item_of(version), bank.item_of(seen)
    if not isinstance(item, ShortAnswer):
        raise TypeError("a short answer whose key is that of another kind")
    texts = _texts(session, question_id)
    text = texts.get(attempt_id, "")
    mark = counting_marks(session, [attempt_id])[attempt_id].get(slot.position)
    refusal = mark_refusal(
        person_id,
        candidate_id,
        tutor_id,
        other_trainers=other_trainers(session, person_id),
        own_trainer_may_mark=exam.own_trainer_may_mark,
    )
    return DeskAnswer(
        attempt=attempt,
        exam=exam,
        question_id=question_id,
        position=slot.position,
        worth=slot.points,
        stem=asked.stem,
        version=version,
        item=item,
        text=text,
        mark=mark,
        opinion=session.get(Opinion, mark.opinion_id) if mark and mark.opinion_id else None,
        marker=session.get(Person, mark.author_id) if mark and mark.author_id else None,
        refusal=refusal,
        released=is_released(session, attempt_id),
        media=bank.media_facts(session, [asked, item]),
        same=_same(texts, attempt_id),
    )


def _same(texts: dict[int, str], attempt_id: int) -> int:
    mine = same_content(texts.get(attempt_id, ""))
    return sum(same_content(text) == mine for other, text in texts.items() if other != attempt_id) if mine else 0


def _texts(session: Session, question_id: int) -> dict[int, str]:
    """By attempt, the text that counts as the answer to a question. A question stands once in a paper."""
    order = func.row_number().over(partition_by=Answer.attempt_id, order_by=(Answer.epoch.desc(), Answer.number.desc()))
    ranked = (
        select(Answer.attempt_id, Answer.response, order.label("rank"))
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .join(Slot, and_(Slot.paper_id == Attempt.paper_id, Slot.position == Answer.position))
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .where(QuestionVersion.question_id == question_id, Attempt.closed_at.is_not(None), Attempt.voided_at.is_(None))
        .subquery()
    )
    rows = session.execute(select(ranked.c.attempt_id, ranked.c.response).where(ranked.c.rank == 1))
    return {attempt_id: str((response or {}).get("text", "")) for attempt_id, response in rows}


# The parts of these statements


def _short_answers(*columns: Any) -> Select[Any]:
    """Every place for a short answer in closed attempts that count, whatever was written there."""
    return (
        select(*columns)
        .select_from(Attempt)
        .join(Slot, Slot.paper_id == Attempt.paper_id)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .join(Question, and_(Question.id == QuestionVersion.question_id, Question.kind == Kind.SHORT_ANSWER))
        .join(Exam, Exam.id == Attempt.exam_id)
        .join(Person, Person.id == Attempt.person_id)
        .where(Attempt.closed_at.is_not(None), Attempt.voided_at.is_(None))
    )


def unmarked() -> ColumnElement[bool]:
    """No mark counts for a slot of an attempt: none was given, or the last one was withdrawn."""
    given, withdrawn = aliased(Mark), aliased(Mark)
    taken_back = (
        exists()
        .where(
            withdrawn.attempt_id == given.attempt_id,
            withdrawn.position == given.position,
            withdrawn.source == MarkSource.WITHDRAWN,
            withdrawn.id > given.id,
        )
        .correlate(given)
    )
    counts = exists().where(
        given.attempt_id == Attempt.id,
        given.position == Slot.position,
        given.source != MarkSource.WITHDRAWN,
        ~taken_back,
    )
    # Said openly, for inside another subquery SQLAlchemy wouldn't see that the attempt is the outermost one.
    return ~counts.correlate(Attempt, Slot)


def _may_be_marked_by(person_id: int) -> ColumnElement[bool]:
    """The same as `rules.mark_refusal`, for many at once; a test holds the two together."""
    own_tutee_allowed = and_(Exam.own_trainer_may_mark, ~another_trainer(person_id))
    return and_(Person.id != person_id, or_(Person.tutor_id.is_distinct_from(person_id), own_tutee_allowed))
