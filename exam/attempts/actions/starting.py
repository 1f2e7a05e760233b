"""Starting: one sitting, one attempt, however often and from wherever it is pressed."""

from datetime import datetime
from functools import cache
from random import Random, SystemRandom
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam.attempts import queries
from exam.attempts.actions.guards import record, upsert
from exam.attempts.actions.preparing import is_fresh
from exam.attempts.models import Attempt, Prepared
from exam.attempts.rules import Layout, minutes_between
from exam.errors import Conflict, NotFound, _l
from exam.papers import actions as papers
from exam.papers.models import Exam
from exam.papers.queries import slots
from exam.sittings import queries as sittings
from exam.sittings.actions import admit
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
    attempt_id = _begin_prepared(session, arrival, now)
    return attempt_id or _begin_afresh(session, arrival, now, rng or SystemRandom())


def _begin_prepared(session: Session, arrival: Arrival, now: datetime) -> int | None:
    """Begin with the paper prepared beforehand, in one statement, if it is fresh; None if it isn't, or none is there.

    None also when a second press, served by another process, was faster.
    """
    attempt_id: int | None = session.scalar(_from_prepared(upsert(session)), _terms(arrival, now))
    if attempt_id is not None:
        record(session, attempt_id, "started", now)
    return attempt_id


@cache
def _from_prepared(insert: Any) -> Any:
    """INSERT … SELECT from what was prepared. Its lock keeps the job from throwing the paper away meanwhile."""
    table: Any = Attempt.__table__
    terms = {name: bindparam(name, type_=table.c[name].type) for name in _TERMS}
    row = (
        select(Prepared.paper_id, Prepared.layout, *(term.label(name) for name, term in terms.items()))
        .join(Sitting, Sitting.id == Prepared.sitting_id)
        .join(Exam, Exam.id == Sitting.exam_id)
        .where(Prepared.sitting_id == terms["sitting_id"], is_fresh())
        .with_for_update(read=True, key_share=True, of=Prepared)
    )
    once = insert(table).from_select(["paper_id", "layout", *terms], row).on_conflict_do_nothing()
    return once.returning(table.c.id)


_TERMS = (
    "sitting_id", "person_id", "exam_id", "minutes", "pass_percent", "distinction_percent", "credit_rule",
    "grace_seconds", "outage_credit", "started_at", "deadline",
)  # fmt: skip


def _terms(arrival: Arrival, now: datetime) -> dict[str, Any]:
    """What an attempt carries besides its paper: the exam's terms as they are now."""
    own = {"started_at": now, "deadline": arrival.deadline, "minutes": minutes_between(now, arrival.deadline)}
    return {name: own[name] if name in own else getattr(arrival, name) for name in _TERMS}


def _begin_afresh(session: Session, arrival: Arrival, now: datetime, rng: Random) -> int:
    """Begin where nothing fresh was prepared: draw a paper now."""
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
    paper = papers.assemble(session, session.get_one(Exam, arrival.exam_id), seen, now, rng)
    items = {slot.position: slot.item for slot in slots(session, paper.id)}
    layout = Layout.build(rng, items).to_data()
    attempt = Attempt(paper_id=paper.id, layout=layout, **_terms(arrival, now))
    session.add(attempt)
    session.flush()
    record(session, attempt.id, "started", now)
    return attempt.id
