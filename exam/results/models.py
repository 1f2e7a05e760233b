"""Results, their release, and what HR decides from them."""

from datetime import datetime
from fractions import Fraction

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam.attempts.models import Attempt
from exam.results.rules import Outcome, Verdict
from question_bank.orm import Base, WordType


class Result(Base):
    """What the marks of an attempt added up to at one moment. A later one supersedes it; the earlier stays."""

    __tablename__ = "result"
    __table_args__ = (
        UniqueConstraint("attempt_id", "revision"),
        Index(
            "uq_result_current",
            "attempt_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("ix_result_score", "score_tenths"),
        CheckConstraint("score_tenths BETWEEN 0 AND 1000", name="score_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    revision: Mapped[int]
    earned: Mapped[Fraction]
    possible: Mapped[Fraction]
    score_tenths: Mapped[int]
    """Tenths of a percent, rounded down: only for sorting, charts and filters; the outcome comes from the fractions."""
    outcome: Mapped[Outcome] = mapped_column(WordType(Outcome), index=True)
    computed_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]

    attempt: Mapped[Attempt] = relationship(lazy="raise")


class Release(Base):
    """A trainer lets the candidate see the result."""

    __tablename__ = "release"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    released_at: Mapped[datetime]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Decision(Base):
    """HR's decision on a person. Appended; the last one counts."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_enrolment", "enrolment_id", "decided_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempt.id"))
    """The attempt it rests on; None where the window was missed."""
    verdict: Mapped[Verdict] = mapped_column(WordType(Verdict))
    outstanding: Mapped[bool] = mapped_column(default=False)
    """Whether the title "outstanding new employee" was given with it."""
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
