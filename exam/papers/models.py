"""Exams: terms, blueprint, and the frozen papers made from them."""

from datetime import datetime, time
from fractions import Fraction
from secrets import token_hex

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam.courses.models import Course
from exam.papers.rules import (
    PARALLEL_PAPERS,
    ExamState,
    LateStart,
    Origin,
    Outdated,
    ReviewPolicy,
    SetState,
    Unfit,
)
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
        CheckConstraint("appeals BETWEEN 0 AND 20", name="appeals_in_range"),
        CheckConstraint("appeal_days BETWEEN 1 AND 90", name="appeal_days_in_range"),
        CheckConstraint("grace_seconds BETWEEN 0 AND 300", name="grace_seconds_in_range"),
        CheckConstraint("second_share BETWEEN 0 AND 100", name="second_share_in_range"),
        CheckConstraint("second_tolerance BETWEEN 0 AND 20", name="second_tolerance_in_range"),
        CheckConstraint("parallel_papers BETWEEN 1 AND 20", name="parallel_papers_in_range"),
        CheckConstraint("exposure_cap BETWEEN 1 AND 1000000", name="exposure_cap_in_range"),
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
    second_marking: Mapped[bool] = mapped_column(default=True)
    """Whether some attempts get a second marker; the pages say where it is off, for firms with one trainer."""
    second_share: Mapped[int] = mapped_column(default=15)
    """Per cent of the attempts on which the lot falls, besides those near a cut score."""
    second_tolerance: Mapped[int] = mapped_column(default=1)
    """Points that two markers of an answer may differ by before a third decides."""
    second_lot: Mapped[str] = mapped_column(String(32), default=lambda: token_hex(16))
    """What the lots are drawn with. Never shown: whoever knows it can tell beforehand on which attempts they fall."""
    opens_at: Mapped[time] = mapped_column(default=time(9, 0))
    """First start on a day, in the company's time."""
    shuts_at: Mapped[time] = mapped_column(default=time(18, 0))
    """A booked time begins before this, in the company's time."""
    places: Mapped[int] = mapped_column(default=20)
    """How many may book the same half hour."""
    appeals: Mapped[int] = mapped_column(default=3)
    """How many questions a candidate may appeal in one attempt; 0: none."""
    appeal_days: Mapped[int] = mapped_column(default=7)
    """For how many days, from the one on which result and questions can be seen."""
    parallel_papers: Mapped[int] = mapped_column(default=PARALLEL_PAPERS)
    """Of each cohort."""
    exposure_cap: Mapped[int | None]
    """How many people may be shown a question before new papers leave it out; None: any number."""
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


class PaperSet(Base):
    """Parallel papers assembled for a cohort, or that there are none. Never changed, but set aside once it is outdated.

    One of an earlier edition of the blueprint, or with a question that can't be drawn any more, is as good as outdated.
    """

    __tablename__ = "paper_set"
    __table_args__ = (
        Index("ix_paper_set_exam_cohort", "exam_id", "cohort_id", "id"),
        CheckConstraint("(state = 'refused') = (why IS NOT NULL)", name="refused_with_a_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    state: Mapped[SetState] = mapped_column(WordType(SetState))
    why: Mapped[Unfit | None] = mapped_column(WordType(Unfit))
    edition: Mapped[int]
    """The edition of the exam's blueprint."""
    number: Mapped[int]
    """How many papers were wanted."""
    seed: Mapped[int]
    most_uses: Mapped[int] = mapped_column(default=0)
    """In how many of its papers the most used question stands."""
    least_most_uses: Mapped[int] = mapped_column(default=0)
    """What the bank allowed at best, as far as is proven."""
    common: Mapped[int] = mapped_column(default=0)
    """The questions that each two papers share, added up."""
    least_common: Mapped[int] = mapped_column(default=0)
    beside: Mapped[bool] = mapped_column(default=True)
    """Whether it is parallel to what this cohort has sat before; where nothing has been, it is."""
    took_ms: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: the site itself, for a window about to open."""
    outdated_at: Mapped[datetime | None]
    outdated_why: Mapped[Outdated | None] = mapped_column(WordType(Outdated))


class Paper(Base):
    """A frozen choice of question versions in order. Of a parallel one several candidates get a copy."""

    __tablename__ = "paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), index=True)
    created_at: Mapped[datetime]
    origin: Mapped[Origin] = mapped_column(WordType(Origin), default=Origin.DRAWN)
    set_id: Mapped[int | None] = mapped_column(ForeignKey("paper_set.id"), index=True)
    """Of a parallel paper, and of one assembled beside those of a set."""
    repeats: Mapped[int] = mapped_column(default=0)
    """How many questions its candidate had seen before, because the bank had no others."""
    expected_points: Mapped[Fraction | None]
    """What a candidate was expected to earn when it was assembled; None for one that was drawn."""
    expected_error: Mapped[Fraction | None]
    """The standard error of that."""
    expected_seconds: Mapped[int | None]

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


class Experience(Base):
    """What candidates have met and earned of a question so far, all versions together: added up anew now and then."""

    __tablename__ = "experience"

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    shown: Mapped[int]
    """How many attempts have shown it, those set aside too: who has seen it has seen it."""
    marked: Mapped[int]
    """How many have a mark for it, without those set aside."""
    shares: Mapped[Fraction]
    """The sum of their shares of its worth, each 0 to 1."""
    counted_at: Mapped[datetime]
