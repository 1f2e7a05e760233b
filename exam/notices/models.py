"""The outbox: what people are told, and how far each telling has come."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam.accounts.models import Person
from question_bank.orm import Base, WordType


class DeliveryState(StrEnum):
    """How far a mail has come."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    """Given up after the last try."""
    KEPT = "kept"
    """Not sent, only kept: no mail server is configured, or the person has no address."""


class Notice(Base):
    """Something one person is told. Worded when it is shown, in the reader's language."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person_created", "person_id", "created_at"),
        Index(
            "ix_notice_unread",
            "person_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(160), unique=True)
    """Names the event: the same event is told once, however often a job looks."""
    params: Mapped[dict[str, Any]]
    link: Mapped[str | None] = mapped_column(String(200))
    """Path within the site where the way on is."""
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")
    deliveries: Mapped[list["Delivery"]] = relationship(back_populates="notice", lazy="raise")


class Delivery(Base):
    """One way of telling it outside the site."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("notice_id", "channel"),
        Index(
            "ix_delivery_due",
            "next_try_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    channel: Mapped[str] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(254))
    state: Mapped[DeliveryState] = mapped_column(WordType(DeliveryState))
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None]

    notice: Mapped[Notice] = relationship(back_populates="deliveries", lazy="raise")
