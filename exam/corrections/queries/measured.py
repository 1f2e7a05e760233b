"""What a correction does to the statistics of the exams that have the question."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.analysis.queries.gathered import Earned, Gathered, gather
from exam.analysis.rules import FEWEST
from exam.attempts.models import Attempt
from exam.corrections.models import Correction
from exam.corrections.queries.effect import Preview
from exam.corrections.rules import Move, Sat
from exam.papers.models import Exam
from question_bank.statistics.figures import Figure
from question_bank.statistics.items import item_rest
from question_bank.statistics.totals import TotalStatistics, total_statistics

MOST = 2000
"""Results of an exam that its statistics are reckoned from while somebody looks, the latest where there are more: ten
thousand take many seconds. The question's page of statistics has them all afterwards."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of one exam, before or after."""

    totals: TotalStatistics
    """In points of its paper."""
    item_rest: Figure | None
    """How the question goes with the rest of the score; None once it measures nothing."""


@dataclass(frozen=True, slots=True)
class ExamChange:
    """The statistics of one exam as they are and as they would be; none where it has too few results."""

    title: str
    results: int
    """How many they are reckoned from."""
    before: Statistics | None = None
    after: Statistics | None = None
    latest: bool = False
    """Whether there are more."""


def statistics(session: Session, correction: Correction, preview: Preview, sats: list[Sat]) -> list[ExamChange]:
    """The exams that have the question, the one with the most results first."""
    moves = {sat.attempt_id: Move(sat, sat.now) for sat in sats} | {move.sat.attempt_id: move for move in preview.moves}
    return list(_changes(session, correction.question_id, moves, sats))


def _changes(session: Session, question_id: int, moves: Mapping[int, Move], sats: list[Sat]) -> Iterator[ExamChange]:
    ids = [sat.attempt_id for sat in sats if sat.earned is not None]
    number = func.count(Attempt.id)
    rows = session.execute(
        select(Exam.id, Exam.title, number)
        .join(Attempt, Attempt.exam_id == Exam.id)
        .where(Attempt.id.in_(ids))
        .group_by(Exam.id, Exam.title)
        .order_by(number.desc(), Exam.id)
    )
    for exam_id, title, results in rows.all():
        if results < FEWEST:
            yield ExamChange(title, results)
            continue
        more = results > MOST
        found = gather(session, exam_id, latest=MOST if more else None)
        then = _moved(found, question_id, moves)
        yield ExamChange(title, min(results, MOST), _of(found, question_id), _of(then, question_id), more)


def _of(found: Gathered, question_id: int) -> Statistics:
    column = found.column.get(question_id)
    if column is None or not found.data.shown[:, column].any():
        return Statistics(total_statistics(found.data), None)
    return Statistics(total_statistics(found.data), item_rest(found.data, column))


def _moved(found: Gathered, question_id: int, moves: Mapping[int, Move]) -> Gathered:
    """The same exam after the moves. What is given to all, taken out or to be marked anew measures nothing."""
    earned, shown = [], []
    for sat, by_question in zip(found.sat, found.earned, strict=True):
        move, own = moves.get(sat.attempt_id), dict(by_question)
        if move is not None:
            then = move.then
            if then is None or then.out or then.given:
                own.pop(question_id, None)
            else:
                version_id = own[question_id].version_id if question_id in own else 0
                own[question_id] = Earned(version_id, float(then.points / move.worth), None)
                shown.append(move)
        earned.append(own)
    # As where they are gathered: the question's worth is that of the latest attempt.
    latest = max(shown, key=lambda move: move.sat.attempt_id, default=None)
    return replace(found, earned=earned, worth=found.worth | ({question_id: float(latest.worth)} if latest else {}))
