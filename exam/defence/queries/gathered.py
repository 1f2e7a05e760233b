"""What was sat in a period, read in a fixed number of statements; a question that wasn't shown is missing, never 0."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, func, select, type_coerce
from sqlalchemy.orm import Session

from exam.attempts.models import Attempt
from exam.marking.models import Mark
from exam.marking.queries import worth
from exam.marking.rules import NOT_MEASURED
from exam.papers.models import Slot
from exam.results.models import Result
from exam.results.rules import Outcome
from exam.sittings.models import Sitting
from question_bank.models import Question, QuestionVersion
from question_bank.statistics.matrix import Marks


@dataclass(frozen=True, slots=True)
class Sat:
    """An attempt that counts: begun in the period, closed, not set aside, every question marked."""

    attempt_id: int
    paper_id: int
    retake: bool
    score: Fraction
    """In percent."""
    outcome: Outcome
    pass_percent: int
    distinction_percent: int


@dataclass
class Gathered:
    """The attempts of a period with their marks, and how many there were besides."""

    sat: Sequence[Sat]
    unmarked: int
    set_aside: int
    kinds: dict[int, str] = field(default_factory=dict)
    """The kind of each question."""
    worth: dict[int, float] = field(default_factory=dict)
    earned: list[dict[int, float]] = field(default_factory=list)
    """By attempt the shares of each question, 0 to 1."""

    @cached_property
    def questions(self) -> list[int]:
        """The questions that were shown, in the order of the columns."""
        return sorted(self.worth)

    @cached_property
    def data(self) -> Marks:
        """The marks of all; None for what wasn't shown or was taken out."""
        most = [self.worth[id] for id in self.questions]
        rows = [
            [own[id] * most[place] if id in own else None for place, id in enumerate(self.questions)]
            for own in self.earned
        ]
        return Marks.of(rows, most)

    def outcomes(self, retake: bool | None = None) -> Counter[Outcome]:
        """How many came to what; of first tries or retakes only where asked for."""
        return Counter(one.outcome for one in self.sat if retake is None or one.retake is retake)

    def on_papers(self) -> Mapping[int, list[Fraction]]:
        """The scores on each paper."""
        found: dict[int, list[Fraction]] = {}
        for one in self.sat:
            found.setdefault(one.paper_id, []).append(one.score)
        return found


def closed_within(exam_id: int, begin: datetime, end: datetime) -> ColumnElement[bool]:
    """Attempts at an exam that were begun in a period, and are closed."""
    begun = and_(Attempt.started_at >= begin, Attempt.started_at < end)
    return and_(Attempt.exam_id == exam_id, begun, Attempt.closed_at.is_not(None))


def gather(session: Session, within: ColumnElement[bool]) -> Gathered:
    """Read the attempts of a period (`closed_within`): three statements, however many there are."""
    rows = session.execute(_attempts(within)).all()
    sat = [
        Sat(row[0], row[1], row[2], 100 * row.earned / row.possible, row.outcome, row[6], row[7])
        for row in rows
        if row.possible
    ]
    closed, voided = session.execute(
        select(func.count(), func.count(Attempt.voided_at)).select_from(Attempt).where(within)
    ).one()
    found = Gathered(sat, closed - voided - len(sat), voided)
    place = {one.attempt_id: row for row, one in enumerate(sat)}
    found.earned = [{} for _ in sat]
    number = cache(lambda text: float(Fraction(text)))  # a few numbers, tens of thousands of times
    for attempt_id, question_id, kind, points, of in session.execute(_marks(within)):
        if points is not None and attempt_id in place and number(of):
            found.kinds[question_id] = kind.value
            found.worth[question_id] = number(of)
            found.earned[place[attempt_id]][question_id] = number(points) / number(of)
    return found


def _attempts(within: ColumnElement[bool]) -> Any:
    return (
        select(
            Attempt.id, Attempt.paper_id, Sitting.try_number > 1, Result.earned, Result.possible, Result.outcome,
            Attempt.pass_percent, Attempt.distinction_percent,
        )
        .join(Result, and_(Result.attempt_id == Attempt.id, Result.superseded_at.is_(None)))
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(within, Attempt.voided_at.is_(None))
        .order_by(Attempt.started_at, Attempt.id)
    )  # fmt: skip


def _marks(within: ColumnElement[bool]) -> Any:
    mark = (
        select(case((Mark.source.not_in(NOT_MEASURED), Mark.points)))
        .where(Mark.attempt_id == Attempt.id, Mark.position == Slot.position)
        .order_by(Mark.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Attempt.id, QuestionVersion.question_id, Question.kind, type_coerce(mark, String),
            type_coerce(worth(), String),
        )
        .join(Slot, Slot.paper_id == Attempt.paper_id)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(within, Attempt.voided_at.is_(None))
    )  # fmt: skip
