"""Tutoring plans: what has to be learnt before the next try, and the tutor's signature."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam.attempts.models import Attempt
from question_bank.orm import Base


class TutoringPlan(Base):
    """What a new hire learns again after a fail. The tutor's signature opens the next sitting."""

    __tablename__ = "tutoring_plan"
    __table_args__ = (Index("ix_tutoring_plan_tutor", "tutor_id", "signed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), unique=True)
    """The failed attempt it follows."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    tutor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")
    """What the tutor tells the new hire."""
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    next_sitting_id: Mapped[int | None] = mapped_column(ForeignKey("sitting.id"))

    attempt: Mapped[Attempt] = relationship(lazy="raise")
    steps: Mapped[list["PlanStep"]] = relationship(
        back_populates="plan", order_by="PlanStep.position", lazy="raise", cascade="all, delete-orphan"
    )


class PlanStep(Base):
    """One thing to do before the retake: a page to read again, a talk, an exercise."""

    __tablename__ = "plan_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("tutoring_plan.id"), index=True)
    position: Mapped[int]
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id"))
    what: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    plan: Mapped[TutoringPlan] = relationship(back_populates="steps", lazy="raise")
