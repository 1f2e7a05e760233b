"""Exams: terms, blueprint, and the frozen papers made from them."""

from datetime import datetime, time
from fractions import Fraction

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam.courses.models import Course
from exam.papers.rules import ExamState, LateStart, ReviewPolicy
from question_bank.items import CreditRule, Kind
from question_bank.models import QuestionVersion, Topic
from question_bank.orm import Base, WordType


class Exam(Base):
    """A definition: terms and blueprint. Attempts copy the terms, so an edit here never reaches one."""

    __tablename__ = "exam"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 600", name="minutes_in_range"),
        CheckConstraint("pass_percent BETWEEN 0 AND 100", name="pass_percent_in_range"),
        CheckConstraint("distinction_percent BETWEEN pass_percent AND 100", name="distinction_not_below_pass"),
        CheckConstraint("window_days BETWEEN 1 AND 90", name="window_days_in_range"),
        CheckConstraint("max_retakes BETWEEN 0 AND 10", name="max_retakes_in_range"),
        CheckConstraint("places BETWEEN 1 AND 10000", name="places_in_range"),
        CheckConstraint("grace_seconds BETWEEN 0 AND 300", name="grace_seconds_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    state: Mapped[ExamState] = mapped_column(WordType(ExamState), default=ExamState.DRAFT)
    minutes: Mapped[int] = mapped_column(default=60)
    pass_percent: Mapped[int] = mapped_column(default=80)
    distinction_percent: Mapped[int] = mapped_column(default=90)
    window_days: Mapped[int] = mapped_column(default=7)
    max_retakes: Mapped[int] = mapped_column(default=2)
    credit_rule: Mapped[CreditRule] = mapped_column(WordType(CreditRule), default=CreditRule.HALF_FOR_INCOMPLETE)
    grace_seconds: Mapped[int] = mapped_column(default=10)
    late_start: Mapped[LateStart] = mapped_column(WordType(LateStart), default=LateStart.REFUSE)
    outage_credit: Mapped[bool] = mapped_column(default=True)
    """Whether time that the server's own failures cost is given back by itself."""
    blueprint_edition: Mapped[int] = mapped_column(default=0)
    """Rises with each change of the rows: a paper drawn by an earlier one is out of date."""
    review_policy: Mapped[ReviewPolicy] = mapped_column(WordType(ReviewPolicy), default=ReviewPolicy.KEYS_AFTER_CLOSE)
    distinction_on_retake: Mapped[bool] = mapped_column(default=False)
    own_trainer_may_mark: Mapped[bool] = mapped_column(default=False)
    """Whether a tutor may mark their own new hires; said openly to everybody where a firm has one trainer."""
    own_questions: Mapped[bool] = mapped_column(default=False)
    """Whether whoever wrote a question may publish it, for firms with one trainer; the pages say so."""
    opens_at: Mapped[time] = mapped_column(default=time(9, 0))
    """First start on a day, in the company's time."""
    shuts_at: Mapped[time] = mapped_column(default=time(18, 0))
    """A booked time begins before this, in the company's time."""
    places: Mapped[int] = mapped_column(default=20)
    """How many may book the same half hour."""
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    """What the trainers tell candidates besides the terms."""

    course: Mapped[Course] = relationship(lazy="raise")
    rows: Mapped[list["BlueprintRow"]] = relationship(
        back_populates="exam", order_by="BlueprintRow.position", lazy="raise", cascade="all, delete-orphan"
    )


class BlueprintRow(Base):
    """So many questions of this topic, kind and difficulty, each worth so much."""

    __tablename__ = "blueprint_row"
    __table_args__ = (
        CheckConstraint("count BETWEEN 1 AND 200", name="count_in_range"),
        CheckConstraint("difficulty IS NULL OR difficulty BETWEEN 1 AND 3", name="difficulty_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), index=True)
    position: Mapped[int]
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    kind: Mapped[Kind] = mapped_column(WordType(Kind))
    difficulty: Mapped[int | None]
    """None: any difficulty."""
    count: Mapped[int]
    points_each: Mapped[Fraction]

    exam: Mapped[Exam] = relationship(back_populates="rows", lazy="raise")
    topic: Mapped[Topic] = relationship(lazy="raise")


class Paper(Base):
    """A frozen choice of question versions in order."""

    __tablename__ = "paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), index=True)
    created_at: Mapped[datetime]
    repeats: Mapped[int] = mapped_column(default=0)
    """How many questions its candidate had seen before, because the bank had no others."""

    slots: Mapped[list["Slot"]] = relationship(back_populates="paper", order_by="Slot.position", lazy="raise")


class Slot(Base):
    """One place in a paper, with its worth."""

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("paper_id", "position"),
        Index("ix_slot_question_version", "question_version_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    position: Mapped[int]
    """From 1."""
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    points: Mapped[Fraction]

    paper: Mapped[Paper] = relationship(back_populates="slots", lazy="raise")
    question_version: Mapped[QuestionVersion] = relationship(lazy="raise")
