"""Starting: one sitting, one attempt, however often and from wherever it is pressed."""

from datetime import datetime
from random import Random, SystemRandom

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam.attempts import queries
from exam.attempts.actions.guards import note
from exam.attempts.models import Attempt
from exam.attempts.rules import Layout, minutes_between
from exam.errors import Conflict, _l
from exam.papers import actions as papers
from exam.papers.queries import slots
from exam.sittings import rules as sittings
from exam.sittings.actions import admit
from exam.sittings.models import Sitting


def start(session: Session, sitting: Sitting, now: datetime, rng: Random | None = None) -> Attempt:
    """Begin the timed run of a sitting; starting again gives the same attempt, running or closed.

    Refuses what the sitting's rules refuse: outside the window, too late for the whole time, no place free. Expects a
    sitting as `sittings.queries.own_sitting` loads it.
    """
    begun = queries.of_sitting(session, sitting.id)
    if begun is not None:
        return begun
    admit(session, sitting, now)
    try:
        with session.begin_nested():
            return _begin(session, sitting, now, rng or SystemRandom())
    except IntegrityError:
        # A second press, served by another process, was faster: the index allows one, and the loser's paper is undone.
        begun = queries.of_sitting(session, sitting.id)
        if begun is None:
            raise Conflict(_l("Another attempt of yours at this exam is still running."), code="running") from None
        return begun


def _begin(session: Session, sitting: Sitting, now: datetime, rng: Random) -> Attempt:
    exam, person = sitting.exam, sitting.person
    seen = queries.seen_question_ids(session, person.id, exam.id)
    paper = papers.assemble(session, exam, seen, now, rng)
    items = {slot.position: slot.item for slot in slots(session, paper.id)}
    end = sittings.deadline(now, sitting.closes_at, exam.minutes, person.time_factor, exam.late_start)
    attempt = Attempt(
        sitting_id=sitting.id,
        person_id=person.id,
        exam_id=exam.id,
        paper_id=paper.id,
        layout=Layout.build(rng, items).to_data(),
        minutes=minutes_between(now, end),
        pass_percent=exam.pass_percent,
        distinction_percent=exam.distinction_percent,
        credit_rule=exam.credit_rule,
        grace_seconds=exam.grace_seconds,
        outage_credit=exam.outage_credit,
        started_at=now,
        deadline=end,
    )
    session.add(attempt)
    session.flush()
    note(session, attempt, "started", now)
    return attempt
