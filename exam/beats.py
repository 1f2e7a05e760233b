"""The server's own pulse, from which its outages are read: nobody else's word for them counts."""

from dataclasses import dataclass
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


FROM_DATABASE = timedelta(seconds=5)
"""How far a process's clock may be from the database's."""
FROM_OTHERS = timedelta(seconds=15)
"""How far a process's clock may be from another one's beats: each may be 5 s from the database, a beat is 5 s old."""
WHAT_TO_DO = (
    "Set this machine's clock (timedatectl set-ntp true, or chronyc makestep), look at it (date -u), and start again."
)


@dataclass(frozen=True, slots=True)
class Clocks:
    """What the clocks show that must agree: this process's, the newest beat's, and the database's if it has one."""

    own: datetime
    last_beat: datetime | None
    database: datetime | None = None

    @property
    def gap(self) -> timedelta:
        """How long ago the newest beat was, by this process's clock; 0 before the first."""
        return self.own - self.last_beat if self.last_beat else timedelta()

    @property
    def near(self) -> bool:
        """Whether the newest beat, if there is one, can be one of a process whose clock agrees with this one."""
        return abs(self.gap) <= FROM_OTHERS

    @property
    def trouble(self) -> str:
        """Why a process with this clock may not serve, and what to do; empty when it may."""
        if self.database and abs(self.own - self.database) > FROM_DATABASE:
            return (
                f"this machine's clock shows {_shown(self.own)}, the database's {_shown(self.database)}; "
                f"they may differ by {FROM_DATABASE.seconds} seconds. {WHAT_TO_DO}"
            )
        if self.last_beat and -self.gap > SHORTEST_OUTAGE:
            return (
                f"this machine's clock shows {_shown(self.own)}, but the site was last well at "
                f"{_shown(self.last_beat)}, which is still to come. {WHAT_TO_DO} "
                "If it was that time that was wrong: flask --app wsgi clock accept"
            )
        return ""

    def apart_from_others(self) -> str:
        """Why a process may do nothing beside others whose beats stay far from its clock."""
        return (
            f"this machine's clock shows {_shown(self.own)}, but another process serves the site by a clock that shows "
            f"{_shown(self.last_beat or self.own)}. One of them was set. {WHAT_TO_DO} "
            "To take a corrected time, stop all processes of the site first, when no exam is running."
        )


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
