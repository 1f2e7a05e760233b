"""The timed run: what was shown, what was answered, and everything that happened in the room."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam.accounts.models import Person
from exam.attempts.rules import CloseReason
from exam.papers.models import Paper
from exam.sittings.models import Sitting
from question_bank.items import CreditRule
from question_bank.orm import Base, WordType


class Attempt(Base):
    """One timed run. Carries its own terms, so a later change of the exam can't reach it."""

    __tablename__ = "attempt"
    __table_args__ = (
        Index(
            "uq_attempt_live_per_sitting",
            "sitting_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
        Index(
            "uq_attempt_open_per_person_exam",
            "person_id",
            "exam_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL AND voided_at IS NULL"),
            postgresql_where=text("closed_at IS NULL AND voided_at IS NULL"),
        ),
        Index(
            "ix_attempt_due",
            "deadline",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        CheckConstraint("deadline > started_at", name="deadline_after_start"),
        CheckConstraint("(closed_at IS NULL) = (close_reason IS NULL)", name="closed_with_a_reason"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="voided_with_a_reason"),
        CheckConstraint("epoch >= 0", name="epoch_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), index=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    layout: Mapped[dict[str, Any]]
    """What this candidate sees: per position the choices in their order, each as [token, id]; see `rules.Layout`."""

    minutes: Mapped[Fraction]
    """The time given: the exam's minutes times the person's factor."""
    pass_percent: Mapped[int]
    distinction_percent: Mapped[int]
    credit_rule: Mapped[CreditRule] = mapped_column(WordType(CreditRule))
    grace_seconds: Mapped[int]

    started_at: Mapped[datetime]
    deadline: Mapped[datetime]
    epoch: Mapped[int] = mapped_column(default=0)
    """Rises with each page or device that opens the room; the highest is the live one."""
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[CloseReason | None] = mapped_column(WordType(CloseReason))
    receipt: Mapped[dict[str, Any] | None]
    """What the candidate was told on closing: number of answers, time, SHA-256 over the final answers."""
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    void_reason: Mapped[str | None] = mapped_column(Text)

    sitting: Mapped[Sitting] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise")
    paper: Mapped[Paper] = relationship(lazy="raise")


class Answer(Base):
    """One saved state of one slot. Appended, never rewritten; the highest (epoch, number) counts."""

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position", "epoch", "number"),
        CheckConstraint("epoch >= 1 AND number >= 1", name="numbered_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    position: Mapped[int]
    epoch: Mapped[int]
    number: Mapped[int]
    response: Mapped[dict[str, Any] | None]
    """The response in the bank's choice ids; None: emptied again."""
    saved_at: Mapped[datetime]


class LateAnswer(Base):
    """What arrived after the deadline and its grace. Kept, not counted unless a human accepts it."""

    __tablename__ = "late_answer"
    __table_args__ = (UniqueConstraint("attempt_id", "position", "epoch", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    position: Mapped[int]
    epoch: Mapped[int]
    number: Mapped[int]
    response: Mapped[dict[str, Any] | None]
    arrived_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    accepted: Mapped[bool | None]
    reason: Mapped[str | None] = mapped_column(Text)


class Flag(Base):
    """A slot the candidate wants to come back to."""

    __tablename__ = "flag"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)


class RoomEvent(Base):
    """Something that happened in the room: opened, taken over, submitted, closed."""

    __tablename__ = "room_event"
    __table_args__ = (Index("ix_room_event_attempt", "attempt_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    detail: Mapped[dict[str, Any]]
