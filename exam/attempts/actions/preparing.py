"""Papers chosen before anybody presses start, so that a start only reads; thrown away when they would be out of date.

A hall of a thousand starts in one second; choosing a thousand papers takes longer. Nothing depends on it: who finds no
paper prepared gets one on the spot. Which paper it is decides `papers.papers_for`: mostly a parallel one of the cohort.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random, SystemRandom

from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, func, insert, or_, select
from sqlalchemy.orm import Session, aliased

from exam.accounts.models import Person
from exam.attempts.models import Attempt, Prepared
from exam.attempts.rules import Layout
from exam.courses.models import Enrolment
from exam.errors import Refused
from exam.papers import actions as papers
from exam.papers import queries as reading
from exam.papers.actions import Want
from exam.papers.models import Exam, Paper, PaperSet, Slot
from exam.papers.rules import Origin, SetState
from exam.sittings.models import Booking, Sitting
from question_bank import bank
from question_bank.models import QuestionVersion

AHEAD = timedelta(hours=1)
"""How long before its window opens a sitting gets its paper."""
BATCH = 25
"""Papers of one run: on SQLite everybody who saves waits for it, so it takes a fraction of a second."""
MOST_MET = 3
"""Of them for people who have met questions before: a paper of their own takes a tenth of a second."""
MOST_DISCARDED = 500


def is_fresh() -> ColumnElement[bool]:
    """Whether a `Prepared`, joined with its sitting and exam, may be started: a condition for a statement.

    Not once the blueprint has changed, one of its questions was retired or has a newer version, its set was put aside,
    or its candidate has begun another attempt at the exam since. Numbers are compared, not times: what is committed
    later may be dated earlier.
    """
    other = aliased(Attempt)
    begun = select(func.count()).where(other.person_id == Sitting.person_id, other.exam_id == Sitting.exam_id)
    put_aside = exists().where(
        Paper.id == Prepared.paper_id, PaperSet.id == Paper.set_id, PaperSet.outdated_at.is_not(None)
    )
    return and_(
        Prepared.edition == Exam.blueprint_edition,
        Prepared.attempts_before == begun.correlate(Sitting).scalar_subquery(),
        ~reading.undrawable(Prepared.paper_id),
        ~put_aside,
    )


def prepare(session: Session, now: datetime, rng: Random | None = None) -> int:
    """Draw papers for sittings that may be started now or within the hour, the next bookings first; gives how many.

    At most `BATCH`. An exam that the bank can't fill is left out; its starts say so.
    """
    drawn = 0
    waiting = _waiting(now).subquery()
    exams = select(Exam.id, Exam.blueprint_edition).where(Exam.id.in_(select(waiting.c.exam_id))).order_by(Exam.id)
    for exam_id, edition in session.execute(exams).all():
        found = session.execute(_waiting(now).where(Sitting.exam_id == exam_id).limit(BATCH - drawn))
        sittings = {row.id: (row.person_id, row.cohort_id) for row in found}
        try:
            drawn += _prepare_for(session, exam_id, edition, sittings, now, rng or SystemRandom())
        except Refused:
            continue
    return drawn


def prepare_in_batches(session: Session, now: datetime) -> Iterator[int]:
    """The same until nobody waits, as a job that yields how many after each batch, to be committed there."""
    while drawn := prepare(session, now):
        yield drawn


def _waiting(now: datetime) -> Select[int, int, int, int]:
    """The sittings without a paper that could be started soon."""
    coming = and_(Booking.starts_at.is_not(None), Booking.starts_at > now - AHEAD)
    return (
        select(Sitting.id, Sitting.person_id, Sitting.exam_id, Enrolment.cohort_id)
        .join(Person, Person.id == Sitting.person_id)
        .join(Enrolment, Enrolment.id == Sitting.enrolment_id)
        .outerjoin(Booking, and_(Booking.sitting_id == Sitting.id, Booking.cancelled_at.is_(None)))
        .where(
            Sitting.opens_at <= now + AHEAD,
            Sitting.closes_at > now,
            Person.active,
            ~exists().where(Attempt.sitting_id == Sitting.id, Attempt.voided_at.is_(None)),
            ~exists().where(Prepared.sitting_id == Sitting.id),
        )
        .order_by(case((coming, 0), else_=1), Booking.starts_at, Sitting.closes_at, Sitting.id)
    )


def _prepare_for(
    session: Session, exam_id: int, edition: int, sittings: dict[int, tuple[int, int]], now: datetime, rng: Random
) -> int:
    """Choose for some sittings of one exam, given with their persons and cohorts; gives how many were chosen for.

    What makes a paper stale is read before it is.
    """
    if not sittings:
        return 0
    people = {person_id for person_id, _cohort in sittings.values()}
    begun, seen = _begun(session, exam_id, people), _seen(session, exam_id, people)
    met = [id for id, (person_id, _cohort) in sittings.items() if seen[person_id]]
    chosen = {id: own for id, own in sittings.items() if id not in met[MOST_MET:]}
    wants = [Want(cohort_id, frozenset(seen[person_id])) for person_id, cohort_id in chosen.values()]
    exam = session.get_one(Exam, exam_id)
    made = papers.papers_for(session, exam, wants, how_used(session, exam_id), now, rng)
    layouts = _layouts(session, made, rng)
    rows = [
        {
            "sitting_id": sitting_id,
            "paper_id": paper.id,
            "layout": layout.to_data(),
            "edition": edition,
            "attempts_before": begun[person_id],
            "prepared_at": now,
        }
        for (sitting_id, (person_id, _cohort)), paper, layout in zip(chosen.items(), made, layouts, strict=True)
    ]
    session.execute(insert(Prepared), rows)
    return len(rows)


def _begun(session: Session, exam_id: int, people: Collection[int]) -> Counter[int]:
    """How many attempts at the exam each of them has begun."""
    rows = session.scalars(select(Attempt.person_id).where(Attempt.exam_id == exam_id, Attempt.person_id.in_(people)))
    return Counter(rows)


def _seen(session: Session, exam_id: int, people: Collection[int]) -> dict[int, set[int]]:
    """What each of them has met in attempts at the exam, as `queries.seen_question_ids` finds it for one."""
    seen: defaultdict[int, set[int]] = defaultdict(set)
    rows = session.execute(
        select(Attempt.person_id, QuestionVersion.question_id)
        .join(Slot, Slot.paper_id == Attempt.paper_id)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .where(Attempt.exam_id == exam_id, Attempt.person_id.in_(people))
    )
    for person_id, question_id in rows:
        seen[person_id].add(question_id)
    return seen


def how_used(session: Session, exam_id: int) -> Counter[int]:
    """How many people have begun each of the parallel papers of an exam, or have it prepared."""
    counted: Counter[int] = Counter()
    begun = exists().where(Attempt.sitting_id == Prepared.sitting_id)
    parallel = and_(Paper.exam_id == exam_id, Paper.origin == Origin.PARALLEL)
    for has, which in ((Attempt, parallel), (Prepared, and_(parallel, ~begun))):
        found = select(has.paper_id, func.count()).join(Paper, Paper.id == has.paper_id).where(which)
        for paper_id, number in session.execute(found.group_by(has.paper_id)):
            counted[paper_id] += number
    return counted


def _layouts(session: Session, chosen: Sequence[Paper], rng: Random) -> list[Layout]:
    """An order of choices for each of these papers, another one for each time it is among them."""
    found = reading.outlines(session, {paper.id for paper in chosen})
    versions = {(slot.version_id, slot.changed_at) for slots in found.values() for slot in slots}
    items = bank.items(session, versions)
    return [Layout.build(rng, {slot.position: items[slot.version_id] for slot in found[paper.id]}) for paper in chosen]


def discard_stale(session: Session, now: datetime) -> int:
    """Throw away what was prepared and has been started, can't be any more, or has to give way to parallel papers that
    were assembled since; gives how many.

    A paper that somebody has been shown stays. One that is just being started is left for the next time.
    """
    papers.set_aside_broken(session, now)
    overtaken = exists().where(
        Paper.id == Prepared.paper_id,
        Paper.origin == Origin.DRAWN,
        Enrolment.id == Sitting.enrolment_id,
        PaperSet.exam_id == Sitting.exam_id,
        PaperSet.cohort_id == Enrolment.cohort_id,
        PaperSet.state == SetState.READY,
        PaperSet.outdated_at.is_(None),
        PaperSet.made_at > Prepared.prepared_at,
    )
    stale = session.execute(
        select(Prepared.sitting_id, Prepared.paper_id)
        .join(Sitting, Sitting.id == Prepared.sitting_id)
        .join(Exam, Exam.id == Sitting.exam_id)
        .where(or_(Sitting.closes_at < now, ~is_fresh(), overtaken))
        .limit(MOST_DISCARDED)
        .with_for_update(of=Prepared, skip_locked=True)
    ).all()
    session.execute(delete(Prepared).where(Prepared.sitting_id.in_([row.sitting_id for row in stale])))
    drawn = {row.paper_id for row in stale}
    shown = session.scalars(select(Attempt.paper_id).where(Attempt.paper_id.in_(drawn)))
    papers.throw_away(session, drawn.difference(shown))
    return len(stale)
