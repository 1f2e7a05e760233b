"""Panels of trainers, the questions they judge, and what each said. Judgements are appended, never rewritten."""

from datetime import datetime
from fractions import Fraction

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from exam.standards.rules import Scope, Stage
from question_bank.orm import Base, WordType


class Panel(Base):
    """Trainers who judge the questions of an exam in two rounds. What it came to is kept when it is finished."""

    __tablename__ = "panel"
    __table_args__ = (
        Index(
            "uq_panel_open",
            "exam_id",
            unique=True,
            sqlite_where=text("stage IN ('first', 'second')"),
            postgresql_where=text("stage IN ('first', 'second')"),
        ),
        Index("ix_panel_exam", "exam_id", "id"),
        CheckConstraint("stage <> 'finished' OR finished_at IS NOT NULL", name="finished_at_a_moment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    stage: Mapped[Stage] = mapped_column(WordType(Stage), default=Stage.FIRST)
    scope: Mapped[Scope] = mapped_column(WordType(Scope))
    opened_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    first_closed_at: Mapped[datetime | None]
    finished_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    finished_at: Mapped[datetime | None]
    judges: Mapped[int | None]
    """How many had judged every question, and so count."""
    implied: Mapped[Fraction | None]
    """The passing score it implies, in percent; None where a row of the blueprint had no question judged."""
    judge_error: Mapped[Fraction | None]
    """Across judges, in percent, to the thousandth; None with one judge."""
    whole_error: Mapped[Fraction | None]
    """Across judges and questions."""


class PanelMember(Base):
    """A trainer who is asked to judge."""

    __tablename__ = "panel_member"

    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class PanelQuestion(Base):
    """A question that the panel judges, in the version that was published when it was opened."""

    __tablename__ = "panel_question"

    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), primary_key=True, index=True)
    position: Mapped[int]
    """From 1."""


class Judgement(Base):
    """How many of 100 just-good-enough newcomers get a question right, by one judge. The last one counts."""

    __tablename__ = "judgement"
    __table_args__ = (
        Index("ix_judgement_panel_person", "panel_id", "person_id", "id"),
        CheckConstraint("share BETWEEN 0 AND 100", name="share_in_range"),
        CheckConstraint("round IN (1, 2)", name="one_of_two_rounds"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    round: Mapped[int]
    share: Mapped[int]
    given_at: Mapped[datetime]
