"""The way nearly every handing in takes: many closed, receipted and marked in the statements that one would take.

It closes what nothing speaks against and leaves the rest alone: whoever is refused, and why, is said by
`closing.submit` and the guards of the site.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, defer

from exam.accounts.models import Person
from exam.accounts.queries import may_act
from exam.accounts.rules import Role
from exam.attempts import queries
from exam.attempts.actions.closing import close
from exam.attempts.models import Attempt


@dataclass(frozen=True, slots=True)
class Leaving:
    """A page that hands in with nothing waiting, and who is signed in where it came from."""

    attempt_id: int
    person_id: int
    session_epoch: int
    epoch: int


LEAVERS = (
    select(Attempt, Person.session_epoch)
    .join(Person, Person.id == Attempt.person_id)
    .where(
        Attempt.id.in_(bindparam("attempts", expanding=True)),
        may_act(Role.NEW_HIRE),
        Attempt.closed_at.is_(None),
        Attempt.voided_at.is_(None),
    )
    .options(defer(Attempt.layout))
    # One that somebody is just answering or closing is left to `submit`, which waits: the others here must not.
    .with_for_update(skip_locked=True, of=Attempt)
    .order_by(Attempt.id)
    .execution_options(populate_existing=True)
)
"""The open attempts of people who may hand in, locked: see `together.SEATS`."""


def hand_in_together(session: Session, entries: Sequence[Leaving], now: datetime) -> list[bool]:
    """Close the attempts of live pages; False for each that `submit` has to look at by itself.

    Those are: another person's attempt, a signed-out page, a page that another took over from, an attempt that has
    ended or is answered this moment, and one whose deadline has come.
    """
    wanted = {"attempts": queries.padded({one.attempt_id for one in entries})}
    found = {attempt.id: (attempt, epoch) for attempt, epoch in session.execute(LEAVERS, wanted)}
    fitting = [_fits(one, found, now) for one in entries]
    closing = {one.attempt_id for one, fits in zip(entries, fitting, strict=True) if fits}
    close(session, [found[attempt_id][0] for attempt_id in sorted(closing)], now)
    return fitting


def _fits(one: Leaving, found: Mapping[int, tuple[Attempt, Any]], now: datetime) -> bool:
    if one.attempt_id not in found:
        return False
    attempt, session_epoch = found[one.attempt_id]
    own = (attempt.person_id, session_epoch, attempt.epoch) == (one.person_id, one.session_epoch, one.epoch)
    return own and now < attempt.deadline
