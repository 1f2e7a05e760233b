"""The server's own pulse, from which its outages are read: nobody else's word for them counts."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from question_bank.orm import Base

SHORTEST_OUTAGE = timedelta(seconds=30)
"""A gap in the pulse up to this is a late beat, or a restart that a page hardly notices."""


class Beat(Base):
    """The one row that every serving process renews every few seconds, and so the last moment the site was surely well.

    A gap between two renewals is an outage: of the processes, of the database, or of the machine.
    """

    __tablename__ = "beat"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Outage(Base):
    """A time in which the site was away, as its own pulse shows it."""

    __tablename__ = "outage"
    __table_args__ = (
        CheckConstraint("ended_at > began_at", name="ends_after_it_began"),
        Index("ix_outage_ended_at", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime]
    """The last moment the site was surely well before."""
    ended_at: Mapped[datetime]
    """The first moment it was surely well again."""
