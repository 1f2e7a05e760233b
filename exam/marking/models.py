"""Opinions of markers and the machine, and the marks that count. Both appended, never rewritten."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from exam.marking.rules import MarkSource
from question_bank.orm import Base, WordType


class Opinion(Base):
    """What one marker thinks one answer is worth."""

    __tablename__ = "opinion"
    __table_args__ = (Index("ix_opinion_attempt_position", "attempt_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    position: Mapped[int]
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    marker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    key_points: Mapped[dict[str, Any]]
    """Points given per key point id, as exact text: {"p1": "1", "p2": "1/2"}."""
    share: Mapped[Fraction]
    """0 to 1 of the slot's worth."""
    comment: Mapped[str] = mapped_column(Text, default="")
    proposal: Mapped[dict[str, Any] | None]
    """What the machine had proposed when the marker decided; it never decides itself."""
    given_at: Mapped[datetime]


class Mark(Base):
    """The points of one slot that count, until a later mark. Names the version it was made against."""

    __tablename__ = "mark"
    __table_args__ = (
        Index("ix_mark_attempt_position", "attempt_id", "position"),
        CheckConstraint("source <> 'person' OR author_id IS NOT NULL", name="a_person_has_a_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    position: Mapped[int]
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    source: Mapped[MarkSource] = mapped_column(WordType(MarkSource))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opinion_id: Mapped[int | None] = mapped_column(ForeignKey("opinion.id"))
    points: Mapped[Fraction]
    reason: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime]
