"""Starting: one sitting, one attempt, however often and from wherever it is pressed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from random import Random, SystemRandom
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam.accounts.queries import session_epochs
from exam.accounts.rules import Role
from exam.attempts import queries
from exam.attempts.actions.guards import record, record_each, upsert
from exam.attempts.actions.preparing import how_used, is_fresh
from exam.attempts.models import Attempt, Prepared
from exam.attempts.queries import padded
from exam.attempts.rules import Layout, minutes_between
from exam.courses.models import Enrolment
from exam.errors import Conflict, NotFound, _l
from exam.papers import actions as papers
from exam.papers.models import Exam
from exam.papers.queries import slots
from exam.sittings import queries as sittings
from exam.sittings.actions import admit, welcome
from exam.sittings.models import Sitting
from exam.sittings.queries import Arrival


def start(session: Session, sitting: Sitting, now: datetime, rng: Random | None = None) -> Attempt:
    """The same as `start_own`, for those who hold the sitting and want the attempt."""
    return session.get_one(Attempt, start_own(session, sitting.person_id, sitting.id, now, rng))


def start_own(session: Session, person_id: int, sitting_id: int, now: datetime, rng: Random | None = None) -> int:
    """Begin the timed run of this person's sitting; gives the attempt's id. Again gives the same, running or closed.

    Refuses somebody else's sitting (`not_found`) and what the sitting's rules refuse: outside the window, too late for
    the whole time, no place free. Where a paper has been prepared it only reads: a hall presses at once.
    """
    arrival = sittings.arrival(session, person_id, sitting_id, now)
    if arrival is None:
        raise NotFound
    if arrival.run is not None:
        return arrival.run.attempt_id
    admit(session, arrival, now)
    begun = _begin_prepared(session, [arrival], now)
    return begun.get(sitting_id) or _begin_afresh(session, arrival, now, rng or SystemRandom())


@dataclass(frozen=True, slots=True)
class Starting:
    """Somebody who has pressed start at their sitting, and who is signed in where they did."""

    sitting_id: int
    person_id: int
    session_epoch: int


def start_together(session: Session, entries: Sequence[Starting], now: datetime) -> list[int | None]:
    """The way nearly every start takes: many begun in the statements that one would take; gives their attempts' ids.

    It begins what nothing speaks against; None for each that `start_own` has to look at by itself. Those are: another
    person's sitting, a signed-out page, one begun already, one that is refused, and one without a fresh paper.
    """
    epochs = session_epochs(session, padded({one.person_id for one in entries}), Role.NEW_HIRE)
    arrivals = sittings.arrivals(session, padded({one.sitting_id for one in entries}), now)
    own = {one: arrivals[one.sitting_id] for one in entries if _is_own(one, arrivals, epochs)}
    begun = _begin_prepared(session, welcome(session, dict.fromkeys(own.values()), now), now)
    return [begun.get(one.sitting_id) if one in own else None for one in entries]


def _is_own(one: Starting, arrivals: Mapping[int, Arrival], epochs: Mapping[int, int]) -> bool:
    arrival = arrivals.get(one.sitting_id)
    return bool(arrival and arrival.person_id == one.person_id and epochs.get(one.person_id) == one.session_epoch)


def _begin_prepared(session: Session, arrivals: Iterable[Arrival], now: datetime) -> dict[int, int]:
    """Begin with the papers prepared beforehand, in a statement for each end; gives the attempts' ids by sitting.

    Left out is who has none, or one that isn't fresh any more, or whose second press, served by another process, was
    faster.
    """
    begun: dict[int, int] = {}
    ends: defaultdict[datetime, list[int]] = defaultdict(list)
    for one in arrivals:
        ends[one.deadline].append(one.sitting_id)
    for deadline, sitting_ids in sorted(ends.items()):
        own = {"started_at": now, "deadline": deadline, "minutes": minutes_between(now, deadline)}
        rows = session.execute(_from_prepared(upsert(session)), {"sitting_ids": padded(sorted(sitting_ids)), **own})
        begun |= {row.sitting_id: row.id for row in rows}
    record_each(session, begun.values(), "started", now)
    return begun


@cache
def _from_prepared(insert: Any) -> Any:
    """INSERT … SELECT from what was prepared, for sittings that begin and end alike; the rest are the exam's terms.

    Its lock keeps the job from throwing the paper away meanwhile. In the order of sittings: two groups that had some in
    common would otherwise wait for each other.
    """
    own = [bindparam(name, type_=_TABLE.c[name].type).label(name) for name in ("started_at", "deadline", "minutes")]
    drawn = [Prepared.sitting_id, Prepared.paper_id, Prepared.layout, Sitting.person_id, Sitting.exam_id]
    terms = [getattr(Exam, name) for name in _TERMS]
    row = (
        select(*own, *drawn, *terms)
        .select_from(Prepared)
        .join(Sitting, Sitting.id == Prepared.sitting_id)
        .join(Exam, Exam.id == Sitting.exam_id)
        .where(Prepared.sitting_id.in_(bindparam("sitting_ids", expanding=True)), is_fresh())
        .order_by(Prepared.sitting_id)
        .with_for_update(read=True, key_share=True, of=Prepared)
    )
    once = insert(_TABLE).from_select([one.key for one in (*own, *drawn, *terms)], row).on_conflict_do_nothing()
    return once.returning(_TABLE.c.id, _TABLE.c.sitting_id)


_TABLE: Any = Attempt.__table__
_TERMS = ("pass_percent", "distinction_percent", "credit_rule", "grace_seconds", "outage_credit")
"""What an attempt keeps of its exam as it was at the start."""


def _begin_afresh(session: Session, arrival: Arrival, now: datetime, rng: Random) -> int:
    """Begin where nothing fresh was prepared: choose a paper now."""
    begun = queries.of_sitting(session, arrival.sitting_id)
    if begun is not None:
        return begun.id
    try:
        with session.begin_nested():
            return _draw_and_begin(session, arrival, now, rng)
    except IntegrityError:
        # A second press was faster: the index allows one, and the loser's paper is undone.
        begun = queries.of_sitting(session, arrival.sitting_id)
        if begun is None:
            raise Conflict(_l("Another attempt of yours at this exam is still running."), code="running") from None
        return begun.id


def _draw_and_begin(session: Session, arrival: Arrival, now: datetime, rng: Random) -> int:
    seen = queries.seen_question_ids(session, arrival.person_id, arrival.exam_id)
    cohort_id = session.scalars(
        select(Enrolment.cohort_id)
        .join(Sitting, Sitting.enrolment_id == Enrolment.id)
        .where(Sitting.id == arrival.sitting_id)
    ).one()
    exam = session.get_one(Exam, arrival.exam_id)
    want = papers.Want(cohort_id, frozenset(seen))
    [paper] = papers.papers_for(session, exam, [want], how_used(session, exam.id), now, rng)
    items = {slot.position: slot.item for slot in slots(session, paper.id)}
    layout = Layout.build(rng, items).to_data()
    attempt = Attempt(
        sitting_id=arrival.sitting_id,
        person_id=arrival.person_id,
        exam_id=arrival.exam_id,
        paper_id=paper.id,
        layout=layout,
        started_at=now,
        deadline=arrival.deadline,
        minutes=minutes_between(now, arrival.deadline),
        **{name: getattr(arrival, name) for name in _TERMS},
    )
    session.add(attempt)
    session.flush()
    record(session, attempt.id, "started", now)
    return attempt.id
