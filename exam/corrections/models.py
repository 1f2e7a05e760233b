"""Corrections of questions that people have sat, and what each changed. Marks and results stay; more are added."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam.corrections.rules import Policy, State
from question_bank.models import Question
from question_bank.orm import Base, WordType


class Correction(Base):
    """A mended key, or a question given to all or taken out: proposed by one person, approved by another."""

    __tablename__ = "correction"
    __table_args__ = (
        Index(
            "uq_correction_open",
            "version_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'proposed')"),
            postgresql_where=text("state IN ('draft', 'proposed')"),
        ),
        Index("ix_correction_state_id", "state", "id"),
        CheckConstraint("state IN ('draft', 'dropped') OR policy IS NOT NULL", name="a_proposal_has_a_policy"),
        CheckConstraint("(policy = 'restore') = (undoes_id IS NOT NULL) OR policy IS NULL", name="restores_something"),
        CheckConstraint("state NOT IN ('applied', 'refused') OR decided_at IS NOT NULL", name="decided_at_a_moment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    """The version that candidates saw; those that correct it count under its name."""
    content: Mapped[dict[str, Any] | None]
    """The mended item as `question_bank.items.to_data` writes it; None where the key isn't touched."""
    content_before: Mapped[dict[str, Any]]
    """The item by which answers counted when it was begun."""
    worths: Mapped[dict[str, Any] | None]
    """What the question is to count for, by exam, as exact text: {"3": "3/2"}; empty where that is taken back; None
    where what it counts for isn't touched."""
    policy: Mapped[Policy | None] = mapped_column(WordType(Policy))
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[State] = mapped_column(WordType(State), default=State.DRAFT)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("correction.id"), index=True)
    digest: Mapped[str | None] = mapped_column(String(32))
    """Of the effect that its author has seen; who approves it has to see the same."""
    figures: Mapped[dict[str, Any] | None]
    """What it amounted to when it was applied, in numbers."""
    begun_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[datetime]
    proposed_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    """What the second person said."""

    question: Mapped[Question] = relationship(lazy="raise")


class CorrectionChange(Base):
    """What an applied correction changed in one attempt: the marks and results before and after it. Only added to."""

    __tablename__ = "correction_change"
    __table_args__ = (Index("ix_correction_change_correction_attempt", "correction_id", "attempt_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    correction_id: Mapped[int] = mapped_column(ForeignKey("correction.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    """More than once where a late answer was accepted since, and the correction held for it as well."""
    mark_before_id: Mapped[int | None] = mapped_column(ForeignKey("mark.id"))
    mark_after_id: Mapped[int | None] = mapped_column(ForeignKey("mark.id"))
    """None where only what the question counts for has changed, and its answer still waits to be marked."""
    worth_before: Mapped[Fraction | None]
    worth_after: Mapped[Fraction | None]
    """What the question counted for in this attempt; None where that hasn't changed."""
    result_before_id: Mapped[int | None] = mapped_column(ForeignKey("result.id"))
    result_after_id: Mapped[int | None] = mapped_column(ForeignKey("result.id"))
