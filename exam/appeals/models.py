"""Appeals of candidates against the marking of a question, and the days in which they may appeal."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam.appeals.rules import AppealState
from exam.attempts.models import Attempt
from question_bank.orm import Base, WordType


class AppealWindow(Base):
    """From when to when an attempt may be appealed: recorded once, when its candidate could first see the questions."""

    __tablename__ = "appeal_window"
    __table_args__ = (CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime] = mapped_column(index=True)
    appeals: Mapped[int]
    """How many: the exam's terms of that day."""


class Appeal(Base):
    """A candidate says why a question was marked wrongly; somebody who hasn't marked it answers."""

    __tablename__ = "appeal"
    __table_args__ = (
        Index(
            "uq_appeal_of_a_question",
            "attempt_id",
            "position",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index("ix_appeal_state_due", "state", "due_at"),
        CheckConstraint(
            "(state IN ('granted', 'denied')) = (answered_at IS NOT NULL)", name="answered_when_it_was_decided"
        ),
        CheckConstraint("answered_at IS NULL OR answered_by IS NOT NULL", name="somebody_answers"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    position: Mapped[int]
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    """The one that was seen."""
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[AppealState] = mapped_column(WordType(AppealState), default=AppealState.WAITING)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    mark_id: Mapped[int | None] = mapped_column(ForeignKey("mark.id"))
    """The mark that a granted appeal against a short answer gave it."""
    reviewed_at: Mapped[datetime | None]
    """When somebody said what becomes of the question of a granted appeal, without correcting it."""
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    review_note: Mapped[str] = mapped_column(Text, default="")

    attempt: Mapped[Attempt] = relationship(lazy="raise")
