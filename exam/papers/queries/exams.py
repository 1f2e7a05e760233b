"""Exams, their blueprints and the places of papers. A fixed number of statements each, however long the list."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from random import Random
from typing import NamedTuple

from sqlalchemy import bindparam, column, func, select, table
from sqlalchemy.orm import Session

from exam.courses.models import Course
from exam.papers.models import BlueprintRow, Exam, Paper, Slot
from exam.papers.queries.bank import candidates
from exam.papers.rules import BlueprintLine, ExamState, Shortfall, choose, shortfalls
from question_bank import bank
from question_bank.items import Item, Kind, from_data
from question_bank.models import Question, QuestionVersion, Topic

# Attempts are a later feature and know papers; their table is read by its name.
attempt = table("attempt", column("exam_id"))


@dataclass(frozen=True)
class SlotView:
    """One place of a paper with all that marking and showing it need."""

    position: int
    points: Fraction
    question_id: int
    version: QuestionVersion
    topic: Topic

    @property
    def item(self) -> Item:
        """What was asked, read from the frozen version."""
        return from_data(self.version.content)


class Outlined(NamedTuple):
    """One place of a paper by the version it asks."""

    position: int
    version_id: int
    changed_at: datetime
    """Of the version."""
    points: Fraction


class Outline(NamedTuple):
    """A paper by the versions it asks."""

    title: str
    """What its exam is called."""
    slots: list[Outlined]


@dataclass(frozen=True)
class ExamRow:
    """One line of the list of exams."""

    exam: Exam
    course: Course
    lines: Sequence[BlueprintLine]
    attempts: int
    """How often it has been started."""


def slots(session: Session, paper_id: int) -> list[SlotView]:
    """The places of a paper in their order: one statement."""
    return slots_of(session, [paper_id])[paper_id]


def slots_of(session: Session, paper_ids: Iterable[int]) -> dict[int, list[SlotView]]:
    """The places of several papers, each in its order: one statement."""
    wanted = list(paper_ids)
    found: dict[int, list[SlotView]] = {paper_id: [] for paper_id in wanted}
    rows = session.execute(
        select(Slot, Question.id, QuestionVersion, Topic)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Topic, Topic.id == Question.topic_id)
        .where(Slot.paper_id.in_(wanted))
        .order_by(Slot.paper_id, Slot.position)
    )
    for slot, question_id, version, topic in rows:
        found[slot.paper_id].append(SlotView(slot.position, slot.points, question_id, version, topic))
    return found


def outline(session: Session, paper_id: int) -> Outline:
    """What a paper's exam is called, and its places in their order, without what is asked: one statement."""
    rows = session.execute(_OUTLINE, {"paper_id": paper_id}).all()
    return Outline(rows[0][0], [Outlined(*row[1:]) for row in rows])


def outlines(session: Session, paper_ids: Collection[int]) -> dict[int, list[Outlined]]:
    """The places of several papers in the same form: one statement."""
    found: dict[int, list[Outlined]] = {paper_id: [] for paper_id in paper_ids}
    for paper_id, position, version_id, changed_at, points in session.execute(
        _OUTLINES, {"paper_ids": list(paper_ids)}
    ):
        found[paper_id].append(Outlined(position, version_id, changed_at, points))
    return found


_OUTLINES = (
    select(Slot.paper_id, Slot.position, Slot.question_version_id, QuestionVersion.changed_at, Slot.points)
    .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
    .where(Slot.paper_id.in_(bindparam("paper_ids", expanding=True)))
    .order_by(Slot.paper_id, Slot.position)
)
_OUTLINE = (
    select(Exam.title, Slot.position, Slot.question_version_id, QuestionVersion.changed_at, Slot.points)
    .select_from(Paper)
    .join(Exam, Exam.id == Paper.exam_id)
    .join(Slot, Slot.paper_id == Paper.id)
    .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
    .where(Paper.id == bindparam("paper_id"))
    .order_by(Slot.position)
)


def published_exam(session: Session, course_id: int) -> Exam | None:
    """The exam that completing this course leads to, if one is published."""
    return session.scalar(select(Exam).where(Exam.course_id == course_id, Exam.state == ExamState.PUBLISHED))


def lines(session: Session, exam_id: int) -> list[BlueprintLine]:
    """The blueprint of an exam, in its order."""
    return lines_of(session, [exam_id])[exam_id]


def lines_of(session: Session, exam_ids: Iterable[int]) -> dict[int, list[BlueprintLine]]:
    """The blueprints of several exams: one statement."""
    wanted = list(exam_ids)
    found: dict[int, list[BlueprintLine]] = {exam_id: [] for exam_id in wanted}
    rows = select(BlueprintRow).where(BlueprintRow.exam_id.in_(wanted)).order_by(BlueprintRow.position)
    for row in session.scalars(rows):
        found[row.exam_id].append(
            BlueprintLine(row.topic_id, row.kind, row.difficulty, row.count, Fraction(row.points_each))
        )
    return found


def exams(session: Session) -> list[ExamRow]:
    """All exams with their blueprints and use: the published first, then drafts, then the retired."""
    order = [ExamState.PUBLISHED, ExamState.DRAFT, ExamState.RETIRED]
    sat = select(func.count()).where(attempt.c.exam_id == Exam.id).correlate(Exam).scalar_subquery()
    found = session.execute(select(Exam, Course, sat).join(Course, Course.id == Exam.course_id)).all()
    blueprints = lines_of(session, [exam.id for exam, _course, _sat in found])
    rows = [ExamRow(exam, course, blueprints[exam.id], sat) for exam, course, sat in found]
    return sorted(rows, key=lambda row: (order.index(row.exam.state), -row.exam.id))


def wants_second_person(session: Session) -> str | None:
    """The title of an exam whose terms ask for a second person before a question is published; None when none does.

    The bank is shared: one exam that asks is enough. A retired one asks for nothing any more.
    """
    found = select(Exam.title).where(Exam.state != ExamState.RETIRED, Exam.own_questions.is_(False))
    return session.scalar(found.order_by(Exam.id.desc()).limit(1))


def broken_exams(session: Session) -> dict[int, list[Shortfall]]:
    """The published exams whose blueprint the bank can't meet, with what is missing."""
    published = session.scalars(select(Exam.id).where(Exam.state == ExamState.PUBLISHED)).all()
    counts = bank.counts(session)
    found = {exam_id: shortfalls(rows, counts) for exam_id, rows in lines_of(session, published).items()}
    return {exam_id: short for exam_id, short in found.items() if short}


def sample(session: Session, rows: Sequence[BlueprintLine], rng: Random) -> list[SlotView]:
    """A paper as it might be, for a preview: drawn, shown and forgotten. Refuses with NotEnough."""
    choice = choose(rows, candidates(session, rows), (), rng)
    chosen = [one.version_id for one in choice.slots]
    found = session.execute(
        select(QuestionVersion, Question.id, Topic)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Topic, Topic.id == Question.topic_id)
        .where(QuestionVersion.id.in_(chosen))
    )
    by_version = {version.id: (version, question_id, topic) for version, question_id, topic in found}
    shown = []
    for position, slot in enumerate(choice.slots, start=1):
        version, question_id, topic = by_version[slot.version_id]
        shown.append(SlotView(position, slot.points, question_id, version, topic))
    return shown


def kinds(rows: Iterable[BlueprintLine]) -> dict[Kind, tuple[int, Fraction]]:
    """How many questions and points of each kind a blueprint has."""
    found: dict[Kind, tuple[int, Fraction]] = {}
    for row in rows:
        number, points = found.get(row.kind, (0, Fraction()))
        found[row.kind] = (number + row.count, points + row.worth)
    return found
