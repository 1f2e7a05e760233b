"""The timed run: what was shown, what was answered, and everything that happened in the room."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, and_, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam.accounts.models import Person
from exam.attempts.rules import CloseReason
from exam.beats import Outage
from exam.papers.models import Paper
from exam.sittings.models import Sitting
from question_bank.items import CreditRule
from question_bank.orm import Base, WordType, only_added_to


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
        Index("ix_attempt_exam_started", "exam_id", "started_at"),
        Index("ix_attempt_person_exam", "person_id", "exam_id"),
        Index("ix_attempt_closed_at", "closed_at"),
        CheckConstraint("deadline > started_at", name="deadline_after_start"),
        CheckConstraint("(closed_at IS NULL) = (close_reason IS NULL)", name="closed_with_a_reason"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="voided_with_a_reason"),
        CheckConstraint("epoch >= 0", name="epoch_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), index=True)
    layout: Mapped[dict[str, Any]]
    """What this candidate sees: per position the choices in their order, each as [token, id]; see `rules.Layout`."""

    minutes: Mapped[Fraction]
    """The time given: the exam's minutes times the person's factor."""
    pass_percent: Mapped[int]
    distinction_percent: Mapped[int]
    credit_rule: Mapped[CreditRule] = mapped_column(WordType(CreditRule))
    grace_seconds: Mapped[int]
    outage_credit: Mapped[bool] = mapped_column(default=True)
    """Whether time that the server's own failures cost is given back by itself."""

    started_at: Mapped[datetime]
    deadline: Mapped[datetime]
    """Absolute. Moves only later, and only together with a `TimeCredit` that says why."""
    epoch: Mapped[int] = mapped_column(default=0)
    """Rises with each page or device that opens the room; the highest is the live one."""
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[CloseReason | None] = mapped_column(WordType(CloseReason))
    record_closed_at: Mapped[datetime | None]
    """When the result was released: from then on the candidate adds nothing to the record of the run."""
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    void_reason: Mapped[str | None] = mapped_column(Text)

    sitting: Mapped[Sitting] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise")
    paper: Mapped[Paper] = relationship(lazy="raise")

    @hybrid_property
    def counts(self) -> bool:
        """Whether it has been handed in and not been set aside: what is marked, released and added up."""
        return self.closed_at is not None and self.voided_at is None

    @counts.inplace.expression
    @classmethod
    def _counts(cls) -> ColumnElement[bool]:
        return and_(cls.closed_at.is_not(None), cls.voided_at.is_(None))


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


only_added_to(Answer.metadata.tables[Answer.__tablename__])


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
    written_at: Mapped[datetime | None]
    """When its page says it was written: the server's time less the age the page gave. Informs; may be forged."""
    left_ms: Mapped[int | None]
    """The milliseconds the page's clock still showed when it was written, by the page's own word."""
    offline_ms: Mapped[int | None]
    """For how long the page says it had reached nobody when this was delivered."""
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
    """Something that happened in the room, recorded without judging it: opened, taken over, left, offline, closed."""

    __tablename__ = "room_event"
    __table_args__ = (Index("ix_room_event_attempt", "attempt_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    detail: Mapped[dict[str, Any]]
    network: Mapped[str | None] = mapped_column(String(16))
    """Of a page that opened the room: which network it came from, as far as `exam/networks.py` lets that be told."""


class Contact(Base):
    """The last word of an attempt's page about itself: a display for the invigilator, never proof of anything."""

    __tablename__ = "contact"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    epoch: Mapped[int]
    at: Mapped[datetime]
    waiting: Mapped[int]
    """Questions with changes the page hasn't had acknowledged, by its own word."""


class TimeCredit(Base):
    """Time given to a running attempt, by an outage or a person. Appended; the deadline moves with it."""

    __tablename__ = "time_credit"
    __table_args__ = (
        UniqueConstraint("attempt_id", "outage_id"),
        UniqueConstraint("attempt_id", "form_key"),
        CheckConstraint("seconds > 0", name="seconds_positive"),
        CheckConstraint("(outage_id IS NULL) <> (given_by IS NULL)", name="an_outage_or_a_person"),
        CheckConstraint("for_outage_id IS NULL OR given_by IS NOT NULL", name="for_an_outage_by_a_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    seconds: Mapped[int]
    outage_id: Mapped[int | None] = mapped_column(ForeignKey(Outage.id))
    """The outage that gave it back by itself."""
    given_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    for_outage_id: Mapped[int | None] = mapped_column(ForeignKey(Outage.id))
    """The outage for which a person gave it."""
    form_key: Mapped[str | None] = mapped_column(String(32))
    """The form by which a person gave it: the same form gives once, however often it is sent."""
    reason: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime]


class RoomMessage(Base):
    """What an invigilator tells a candidate during the run; one row a candidate, also when it was said to all."""

    __tablename__ = "room_message"
    __table_args__ = (Index("ix_room_message_attempt", "attempt_id", "id"), Index("ix_room_message_sent_at", "sent_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    text: Mapped[str] = mapped_column(Text)
    sent_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    """When the candidate's page said that it had been read."""


class Statement(Base):
    """What a candidate says to what the room has recorded. Appended."""

    __tablename__ = "statement"
    __table_args__ = (Index("ix_statement_attempt", "attempt_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]


class Prepared(Base):
    """What a start will read: the paper and layout drawn beforehand for a sitting, and what they were drawn for.

    Whether it may still be used is `preparing.is_fresh`'s to say. One that has been, or no longer may, is cleared away
    by the job that prepares.
    """

    __tablename__ = "prepared"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), index=True)
    layout: Mapped[dict[str, Any]]
    edition: Mapped[int]
    """The edition of the exam's blueprint."""
    attempts_before: Mapped[int]
    """How many attempts at the exam its candidate had begun: each later one may have shown the same questions."""
    prepared_at: Mapped[datetime]
