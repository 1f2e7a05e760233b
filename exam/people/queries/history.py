"""One person's whole history: courses, sittings, attempts with their marks and results, decisions, notices."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, selectinload

from exam.accounts.models import Person
from exam.attempts.models import Attempt
from exam.courses import queries as courses
from exam.courses.models import Enrolment
from exam.courses.rules import Outline
from exam.marking.queries import counting_marks, markers_of
from exam.notices.models import Notice
from exam.notices.rules import NoticeKind
from exam.papers.models import Slot
from exam.people.queries.lists import enrolments_of, names_of
from exam.results.models import Decision, Release, Result
from exam.sittings import queries as sittings
from exam.sittings.queries import Standing

QUARRELS = "appeal."
"""How actions of the trail begin that HR doesn't read here: of appeals it sees counts, administrators the trail."""
QUARRELS_TOLD = [NoticeKind.APPEAL_GRANTED.value, NoticeKind.APPEAL_POINTS.value, NoticeKind.APPEAL_DENIED.value]


@dataclass(frozen=True)
class Learning:
    """A course somebody takes, and how far they are."""

    enrolment: Enrolment
    outline: Outline


@dataclass(frozen=True)
class Marker:
    """Who gave how many of the counting marks of an attempt; no name where a rule did."""

    name: str | None
    marks: int


@dataclass(frozen=True)
class Run:
    """An attempt with what it came to."""

    attempt: Attempt
    result: Result | None
    release: Release | None
    releaser: str | None
    markers: Sequence[Marker]
    unmarked: int
    """Slots that have no mark yet."""


@dataclass(frozen=True)
class Try:
    """A sitting with all its attempts, void ones too, the latest first."""

    standing: Standing
    runs: Sequence[Run]


@dataclass(frozen=True)
class DecisionLine:
    """A decision and who made it."""

    decision: Decision
    by: str


def learning(session: Session, person_id: int) -> list[Learning]:
    """What somebody learns: one statement, and four for each course."""
    found = enrolments_of(session, [person_id]).get(person_id, [])
    return [Learning(one, courses.outline(session, one)) for one in found]


def tries(session: Session, person_id: int, now: datetime) -> list[Try]:
    """All sittings of a person, the latest first, with attempts, marks and results: eight statements."""
    standings = sittings.standings(session, sittings.of_person(session, person_id), now)
    runs = _runs(session, person_id)
    return [Try(one, runs.get(one.sitting.id, [])) for one in standings]


def _runs(session: Session, person_id: int) -> dict[int, list[Run]]:
    rows = session.execute(
        select(Attempt, Result, Release)
        .outerjoin(Result, (Result.attempt_id == Attempt.id) & Result.superseded_at.is_(None))
        .outerjoin(Release, Release.attempt_id == Attempt.id)
        .where(Attempt.person_id == person_id)
        .order_by(Attempt.started_at.desc(), Attempt.id.desc())
    ).all()
    if not rows:
        return {}
    marks = counting_marks(session, [attempt.id for attempt, _result, _release in rows])
    slots = _slot_counts(session, {attempt.paper_id for attempt, _result, _release in rows})
    markers = markers_of(session, [mark for by_position in marks.values() for mark in by_position.values()])
    authors = {marker for both in markers.values() for marker in both}
    names = names_of(
        session, authors | {release.released_by for *_, release in rows if release and release.released_by}
    )
    found: dict[int, list[Run]] = {}
    for attempt, result, release in rows:
        given = list(marks[attempt.id].values())
        run = Run(
            attempt,
            result,
            release,
            names.get(release.released_by or 0) if release else None,
            _markers([markers.get(mark.id, []) for mark in given], names),
            slots.get(attempt.paper_id, 0) - len(given),
        )
        found.setdefault(attempt.sitting_id, []).append(run)
    return found


def _slot_counts(session: Session, paper_ids: set[int]) -> dict[int, int]:
    counted = select(Slot.paper_id, func.count()).where(Slot.paper_id.in_(paper_ids)).group_by(Slot.paper_id)
    return dict(session.execute(counted).all())


def _markers(marks: Sequence[Sequence[int]], names: dict[int, str]) -> list[Marker]:
    """People first, by how much they marked, a mean of two for both of them; then what the rules gave."""
    by_people = Counter(marker for markers in marks for marker in markers)
    by_rule = sum(not markers for markers in marks)
    people = [Marker(names.get(author, "?"), count) for author, count in by_people.most_common()]
    return people + ([Marker(None, by_rule)] if by_rule else [])


def decisions(session: Session, person_id: int) -> list[DecisionLine]:
    """What was decided about somebody, the latest first: one statement."""
    rows = session.execute(
        select(Decision, Person.full_name)
        .join(Person, Person.id == Decision.decided_by)
        .where(Decision.person_id == person_id)
        .order_by(Decision.decided_at.desc(), Decision.id.desc())
    )
    return [DecisionLine(*row) for row in rows]


def notices(session: Session, person_id: int, limit: int) -> tuple[Sequence[Notice], int]:
    """The last notices to somebody with how their mails stand, and how many there are in all: three statements.

    Without the answers to appeals, which are between the candidate and whoever answered.
    """
    shown = and_(Notice.person_id == person_id, Notice.kind.not_in(QUARRELS_TOLD))
    total = session.scalar(select(func.count(Notice.id)).where(shown)) or 0
    found = session.scalars(
        select(Notice)
        .where(shown)
        .options(selectinload(Notice.deliveries))
        .order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(limit)
    ).all()
    return found, total
