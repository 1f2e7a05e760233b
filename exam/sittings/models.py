"""Who may sit which exam when, and the start times they have booked."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam.accounts.models import Person
from exam.courses.models import Enrolment
from exam.papers.models import Exam
from question_bank.orm import Base


class Sitting(Base):
    """One candidate's permission to take one exam: its window and which try it is."""

    __tablename__ = "sitting"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "exam_id", "try_number"),
        CheckConstraint("try_number >= 1", name="try_from_one"),
        CheckConstraint("closes_at > opens_at", name="window_not_empty"),
        Index("ix_sitting_window", "closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    try_number: Mapped[int]
    """1 for the first try, 2 and more for retakes. A missed window or a void attempt uses none."""
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    """The window's end: 23:59:59 of its last day in the company's time."""
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reopen_reason: Mapped[str | None] = mapped_column(Text)

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise")
    exam: Mapped[Exam] = relationship(lazy="raise")
    enrolment: Mapped[Enrolment] = relationship(lazy="raise")


class Booking(Base):
    """A start time a candidate has chosen. A changed or cancelled one stays, marked."""

    __tablename__ = "booking"
    __table_args__ = (
        Index(
            "uq_booking_live_per_sitting",
            "sitting_id",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
        # Places are numbered, so that two candidates can't both take the last one.
        Index(
            "uq_booking_place",
            "exam_id",
            "starts_at",
            "place",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
        Index("ix_booking_starts_at", "starts_at"),
        CheckConstraint("place >= 1", name="place_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    starts_at: Mapped[datetime]
    place: Mapped[int]
    booked_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]

    sitting: Mapped[Sitting] = relationship(lazy="raise")
