"""The parts that the desk's statements are put together from."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from exam.accounts.models import Person, PersonRole
from exam.accounts.rules import Role
from exam.attempts.models import Attempt
from exam.marking.models import Mark, Opinion, OpinionWithdrawal, SecondMarking
from exam.marking.queries.marks import other_trainers
from exam.marking.rules import MarkSource, Stage
from exam.papers.models import Exam, Slot
from question_bank.items import Kind
from question_bank.models import Question, QuestionVersion


def short_answers(*columns: Any) -> Select[Any]:
    """Every place for a short answer in closed attempts that count, whatever was written there."""
    return (
        select(*columns)
        .select_from(Attempt)
        .join(Slot, Slot.paper_id == Attempt.paper_id)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .join(Question, and_(Question.id == QuestionVersion.question_id, Question.kind == Kind.SHORT_ANSWER))
        .join(Exam, Exam.id == Attempt.exam_id)
        .join(Person, Person.id == Attempt.person_id)
        .where(Attempt.counts)
    )


# Making a condition costs more than sending it, and these are always the same. Who asks is a parameter, `me`.

ME = bindparam("me", type_=Integer)


@cache
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


@cache
def second_open() -> ColumnElement[bool]:
    """A slot of an attempt waits for a second or third marker, and its exam still wants that."""
    wanting = aliased(Exam)
    found = exists().where(
        SecondMarking.attempt_id == Attempt.id,
        SecondMarking.position == Slot.position,
        SecondMarking.stage != Stage.SETTLED,
        wanting.id == Attempt.exam_id,
        wanting.second_marking,
    )
    return found.correlate(Attempt, Slot)


@cache
def left_for_me() -> ColumnElement[bool]:
    """A slot that a person (`ME`) may mark now, as the first, second or third. Holds as `rules.mark_refusal` does."""
    own = exists().where(_on_slot(), Opinion.marker_id == ME, stands()).correlate(Attempt, Slot)
    again = and_(~unmarked(), second_open(), ~own)
    return and_(may_be_marked_by_me(), or_(unmarked(), again))


@cache
def left_for_anybody() -> ColumnElement[bool]:
    """A slot that somebody has to mark, as the first, second or third."""
    return or_(unmarked(), second_open())


@cache
def left_for_nobody() -> ColumnElement[bool]:
    """A slot that somebody has to mark and no active trainer may: all have, but for the tutor of its author."""
    free, role, own = aliased(Person), aliased(PersonRole), aliased(Opinion)
    gave = exists().where(
        own.attempt_id == Attempt.id,
        own.position == Slot.position,
        own.marker_id == free.id,
        ~exists().where(OpinionWithdrawal.opinion_id == own.id).correlate(own),
    )
    somebody = exists().where(
        role.person_id == free.id,
        role.role == Role.TRAINER,
        free.active,
        free.id != Person.id,
        or_(Person.tutor_id.is_distinct_from(free.id), Exam.own_trainer_may_mark),
        ~gave.correlate(Attempt, Slot, free),
    )
    return and_(left_for_anybody(), ~somebody.correlate(Attempt, Slot, Person, Exam))


def may_be_marked_by_me() -> ColumnElement[bool]:
    """The same as `rules.mark_refusal`, for many at once; a test holds the two together."""
    other, others = aliased(Opinion), other_trainers(ME)
    gave = (
        select(func.count(other.marker_id.distinct()))
        .where(
            other.attempt_id == Attempt.id,
            other.position == Slot.position,
            other.marker_id != ME,
            ~exists().where(OpinionWithdrawal.opinion_id == other.id).correlate(other),
        )
        .correlate(Attempt, Slot)
        .scalar_subquery()
    )
    own_tutee_allowed = and_(Exam.own_trainer_may_mark, others <= gave)
    return and_(Person.id != ME, or_(Person.tutor_id.is_distinct_from(ME), own_tutee_allowed))


def _on_slot() -> ColumnElement[bool]:
    return and_(Opinion.attempt_id == Attempt.id, Opinion.position == Slot.position)


@cache
def stands() -> ColumnElement[bool]:
    """An opinion that nobody has withdrawn."""
    return ~exists().where(OpinionWithdrawal.opinion_id == Opinion.id).correlate(Opinion)
