"""Everything that the file of an exam and a period holds, without the name of any candidate."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import combinations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from exam.attempts.models import Attempt
from exam.courses.models import Cohort
from exam.defence.queries.appealed import Appealed, appealed
from exam.defence.queries.corrected import Corrected, corrected
from exam.defence.queries.figures import Measured, measured
from exam.defence.queries.gathered import Gathered, closed_within, gather
from exam.marking import queries as marking
from exam.marking.queries import Agreements
from exam.papers import queries as papers
from exam.papers.models import Exam, Paper, PaperSet, Slot
from exam.papers.rules import BlueprintLine, Origin
from exam.standards.models import Panel, PanelMember, PanelQuestion
from exam.standards.rules import Stage
from question_bank import bank
from question_bank.models import QuestionVersion


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper that was sat in the period."""

    cohort: str
    made_at: datetime | None
    """When its set was assembled, where papers of several sets of the cohort were sat."""
    number: int
    """Within its set, from 1."""
    expected: Fraction | None
    error: Fraction | None
    seconds: int | None
    scores: Sequence[Fraction]


@dataclass(frozen=True, slots=True)
class PapersSat:
    """The papers of the period: the parallel ones one by one, and how many of each origin."""

    parallel: Sequence[PaperLine]
    papers: Mapping[Origin, int]
    attempts: Mapping[Origin, int]
    overlap: tuple[int, int] | None
    """Of each two parallel papers of a set, the fewest and the most common questions."""


@dataclass(frozen=True, slots=True)
class PanelLine:
    """The panel whose word stood at the end of the period."""

    panel: Panel
    asked: int
    questions: int


@dataclass(frozen=True)
class Evidence:
    """What the file is made from."""

    exam: Exam
    lines: Sequence[BlueprintLine]
    topics: Mapping[int, str]
    gathered: Gathered
    measured: Measured | None
    papers: PapersSat
    panel: PanelLine | None
    agreements: Agreements
    corrections: Sequence[Corrected]
    appeals: Appealed


def exams(session: Session) -> list[tuple[int, str]]:
    """All exams by their titles, the newest first."""
    return [(id, title) for id, title in session.execute(select(Exam.id, Exam.title).order_by(Exam.id.desc()))]


def evidence(session: Session, exam: Exam, begin: datetime, end: datetime) -> Evidence:
    """Read and work out a period: a fixed number of statements."""
    within = closed_within(exam.id, begin, end)
    gathered = gather(session, within)
    kinds = [gathered.kinds[id] for id in gathered.questions]
    return Evidence(
        exam=exam,
        lines=papers.lines(session, exam.id),
        topics={topic.id: topic.name for topic in bank.topics(session)},
        gathered=gathered,
        measured=measured(gathered.data, kinds, (exam.pass_percent, exam.distinction_percent))
        if gathered.sat
        else None,
        papers=_papers(session, gathered, within),
        panel=_panel(session, exam.id, end),
        agreements=marking.agreements(session, exam.id, within),
        corrections=corrected(session, exam.id, begin, end),
        appeals=appealed(session, within),
    )


def _papers(session: Session, gathered: Gathered, within: ColumnElement[bool]) -> PapersSat:
    scores = gathered.on_papers()
    sat = select(Attempt.paper_id).where(within, Attempt.voided_at.is_(None))
    rows = session.execute(
        select(
            Paper.id, Paper.origin, Paper.set_id, Paper.expected_points, Paper.expected_error, Paper.expected_seconds,
            Cohort.name, PaperSet.made_at,
        )
        .outerjoin(PaperSet, PaperSet.id == Paper.set_id)
        .outerjoin(Cohort, Cohort.id == PaperSet.cohort_id)
        .where(Paper.id.in_(sat))
        .order_by(Paper.set_id, Paper.id)
    ).all()  # fmt: skip
    rows = [row for row in rows if row.id in scores]
    parallel = [row for row in rows if row.origin is Origin.PARALLEL]
    sets = _sets(session, {row.set_id for row in parallel})
    times = Counter(name for name, _set in {(row.name, row.set_id) for row in parallel})
    attempts: Counter[Origin] = Counter()
    for row in rows:
        attempts[row.origin] += len(scores[row.id])
    shared = [len(one & other) for own in sets.values() for one, other in combinations(own.values(), 2)]
    return PapersSat(
        parallel=[
            PaperLine(
                row.name or "",
                row.made_at if times[row.name] > 1 else None,
                1 + list(sets[row.set_id]).index(row.id),
                *row[3:6],
                scores[row.id],
            )
            for row in parallel
        ],
        papers=Counter(row.origin for row in rows),
        attempts=attempts,
        overlap=(min(shared), max(shared)) if shared else None,
    )


def _sets(session: Session, set_ids: Collection[int]) -> dict[int, dict[int, set[int]]]:
    """The questions of each parallel paper of these sets, the papers in their order."""
    rows = session.execute(
        select(Paper.set_id, Paper.id, QuestionVersion.question_id)
        .join(Slot, Slot.paper_id == Paper.id)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .where(Paper.set_id.in_(set_ids), Paper.origin == Origin.PARALLEL)
        .order_by(Paper.id)
    )
    found: dict[int, dict[int, set[int]]] = {}
    for set_id, paper_id, question_id in rows:
        found.setdefault(set_id or 0, {}).setdefault(paper_id, set()).add(question_id)
    return found


def _panel(session: Session, exam_id: int, end: datetime) -> PanelLine | None:
    asked = select(func.count()).where(PanelMember.panel_id == Panel.id).correlate(Panel).scalar_subquery()
    questions = select(func.count()).where(PanelQuestion.panel_id == Panel.id).correlate(Panel).scalar_subquery()
    row = session.execute(
        select(Panel, asked, questions)
        .where(Panel.exam_id == exam_id, Panel.stage == Stage.FINISHED, Panel.finished_at < end)
        .order_by(Panel.id.desc())
        .limit(1)
    ).one_or_none()
    return PanelLine(*row) if row else None
