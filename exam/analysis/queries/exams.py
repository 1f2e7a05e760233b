"""How an exam does: its totals, its questions with what is to be said of them, and the course pages behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from exam.analysis.queries.doing import after_chapter, doing
from exam.analysis.queries.gathered import Gathered, Version, gather
from exam.analysis.rules import FEWEST, FEWEST_TO_DECIDE, ORDER, STILL_WRONG, Said, remarks
from exam.papers.models import Exam
from question_bank.statistics.figures import Figure
from question_bank.statistics.livingston_lewis import Classification, livingston_lewis
from question_bank.statistics.reliability import stratified_alpha
from question_bank.statistics.totals import TotalStatistics, total_statistics


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question of an exam; the figures are None below `FEWEST` persons."""

    version: Version
    persons: int
    facility: float | None
    item_rest: float | None
    said: Sequence[Said]


@dataclass(frozen=True, slots=True)
class PageLine:
    """A page of the course, and how those who had finished it answer what it teaches."""

    page_id: int
    page: str
    module: str
    questions: int
    persons: int
    wrong: float
    """The share of their answers that earned less than half of the points."""
    worst: Version


@dataclass(frozen=True, slots=True)
class ExamView:
    """What the page of an exam shows; `totals` and what follows are None below `FEWEST` attempts."""

    exam: Exam
    attempts: int
    retakes: int
    scores: list[Fraction]
    totals: TotalStatistics | None
    by_kinds: Figure | None
    """Alpha by kinds of questions."""
    decisions: tuple[Classification, ...]
    """At the pass mark and at distinction; empty below `FEWEST_TO_DECIDE`."""
    questions: list[QuestionLine]
    """Those of which something is said first, the most pressing on top."""
    pages: list[PageLine]


def exam_view(session: Session, exam_id: int) -> ExamView | None:
    """Read and work out an exam; None where there is none. Six statements."""
    exam = session.get(Exam, exam_id)
    if exam is None:
        return None
    gathered = gather(session, exam_id)
    data, enough = gathered.data, len(gathered.sat) >= FEWEST
    totals = total_statistics(data) if enough else None
    kinds = [gathered.versions_of(question_id)[0].kind.value for question_id in gathered.questions]
    return ExamView(
        exam=exam,
        attempts=len(gathered.sat),
        retakes=sum(one.retake for one in gathered.sat),
        scores=[Fraction(one.tenths, 10) for one in gathered.sat],
        totals=totals,
        by_kinds=stratified_alpha(data, kinds) if totals else None,
        decisions=_decisions(gathered, totals, exam) if totals and data.persons >= FEWEST_TO_DECIDE else (),
        questions=_questions(gathered),
        pages=_pages(gathered),
    )


def _decisions(gathered: Gathered, totals: TotalStatistics, exam: Exam) -> tuple[Classification, ...]:
    worth = gathered.data.worth
    cuts = [percent * worth / 100 for percent in (exam.pass_percent, exam.distinction_percent)]
    return livingston_lewis(gathered.data.totals, totals.alpha, worth, cuts).at


def _questions(gathered: Gathered) -> list[QuestionLine]:
    lines = []
    for question_id in gathered.questions:
        how = doing(gathered, question_id)
        enough = how.persons >= FEWEST
        version = gathered.versions_of(question_id)[0]
        lines.append(
            QuestionLine(
                version,
                how.persons,
                how.facility if enough else None,
                how.item_rest if enough else None,
                remarks(how),
            )
        )
    return sorted(lines, key=_urgency)


def _urgency(line: QuestionLine) -> tuple[int, int, float]:
    first = ORDER[line.said[0].remark] if line.said else len(ORDER)
    return (first, 0 if line.facility is not None else 1, line.facility or 0.0)


def _pages(gathered: Gathered) -> list[PageLine]:
    """The pages after which most is still answered wrongly, from `STILL_WRONG` on the worst question."""
    by_page: dict[int, list[tuple[int, float, Version]]] = {}
    for question_id in gathered.questions:
        version = gathered.versions_of(question_id)[0]
        found = after_chapter(gathered, question_id, gathered.shown_to(question_id), version)
        if found and found[0] >= FEWEST and version.page_id:
            by_page.setdefault(version.page_id, []).append((*found, version))
    lines = [_page(page_id, found) for page_id, found in by_page.items()]
    return sorted((line for line in lines if line), key=lambda line: -line.wrong)


def _page(page_id: int, found: Sequence[tuple[int, float, Version]]) -> PageLine | None:
    persons = sum(count for count, _, _ in found)
    _, worst, version = max(found, key=lambda one: one[1])
    if worst < STILL_WRONG:
        return None
    wrong = sum(count * share for count, share, _ in found) / persons
    return PageLine(page_id, version.page or "", version.module or "", len(found), persons, wrong, version)
