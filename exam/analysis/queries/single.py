"""How one question does at one exam: its figures by version and for all, who chose what, and how long it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from exam.analysis.queries.doing import choices_of, doing, keys_of, rests
from exam.analysis.queries.gathered import Gathered, Version, choice_ids, gather
from exam.analysis.rules import FEWEST, Said, letters, remarks
from exam.attempts.models import Answer, Attempt
from exam.papers.models import Exam, Slot
from question_bank.items import Choice, Kind, MultipleChoice, SingleChoice
from question_bank.models import QuestionVersion
from question_bank.orm import UtcDateTime
from question_bank.statistics.choices import ChoiceTable, mean_by_fifth
from question_bank.statistics.figures import Figure
from question_bank.statistics.items import ItemStatistics, item_statistics
from question_bank.statistics.rasch import RaschItem, rasch

LONGEST_PAUSE = 900
"""Seconds between two savings above which somebody has been doing something else."""


@dataclass(frozen=True, slots=True)
class VersionFigures:
    """The statistics of one version, or of all together where `version` is None; None below `FEWEST` persons."""

    version: Version | None
    persons: int
    figures: ItemStatistics | None


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """One choice: its letter and text (of a statement its side and none), and the share of each fifth that took it."""

    id: str
    letter: str
    text: str
    correct: bool
    total: int
    shares: tuple[float | None, ...]
    """The weakest fifth first; None where a fifth is empty."""


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What the page of a question shows; what is None or empty is so below `FEWEST` persons."""

    exam: Exam
    version: Version
    """The newest that was shown."""
    persons: int
    said: Sequence[Said]
    figures: list[VersionFigures]
    fifths: tuple[int, ...]
    choices: list[ChoiceLine]
    points: tuple[Figure, ...]
    """Of a short answer: the mean share of the points in each fifth."""
    blank: int
    rasch: RaschItem | None
    seconds: tuple[float, int] | None
    """The median time spent, and of how many attempts."""


@dataclass(frozen=True, slots=True)
class Known:
    """An exam and a question as the page of the two names them."""

    exam_id: int
    title: str
    question_id: int
    stem: str


def known(session: Session, exam_id: int, question_id: int) -> Known | None:
    """Name an exam and a question by its newest version; None where one of them isn't there."""
    row = session.execute(
        select(Exam.id, Exam.title, QuestionVersion.question_id, QuestionVersion.stem)
        .join(QuestionVersion, QuestionVersion.question_id == question_id)
        .where(Exam.id == exam_id)
        .order_by(QuestionVersion.number.desc())
        .limit(1)
    ).first()
    return Known(*row) if row else None


def question_view(session: Session, exam_id: int, question_id: int) -> QuestionView | None:
    """Read and work out a question; None where this exam has never shown it to anybody whose attempt counts."""
    exam = session.get(Exam, exam_id)
    gathered = gather(session, exam_id) if exam else None
    if exam is None or gathered is None or question_id not in gathered.column:
        return None
    rows, versions = gathered.shown_to(question_id), gathered.versions_of(question_id)
    enough = len(rows) >= FEWEST
    short = versions[0].kind is Kind.SHORT_ANSWER
    rest = rests(gathered, question_id)
    table = choices_of(gathered, question_id, rows, rest, versions)
    said = [gathered.earned[row][question_id] for row in rows]
    return QuestionView(
        exam=exam,
        version=versions[0],
        persons=len(rows),
        said=remarks(doing(gathered, question_id)),
        figures=_figures(gathered, question_id, versions),
        fifths=table.fifths if enough else (),
        choices=_choices(table, versions) if enough and not short else [],
        points=mean_by_fifth([one.share for one in said], rest) if enough and short else (),
        blank=0 if short else sum(not one.response for one in said),
        rasch=rasch(gathered.data)[gathered.column[question_id]] if enough else None,
        seconds=_seconds(session, exam_id, gathered, question_id) if enough else None,
    )


def _figures(gathered: Gathered, question_id: int, versions: Sequence[Version]) -> list[VersionFigures]:
    """All versions together, and each by itself where there are several."""
    parts: list[Version | None] = [None, *(versions if len(versions) > 1 else ())]
    found = []
    for version in parts:
        rows = gathered.shown_to(question_id, version.id if version else None)
        # A version's persons are compared with each other only: its own column among the same others.
        data = gathered.data if version is None else gathered.marks(rows)
        figures = item_statistics(data)[gathered.column[question_id]] if len(rows) >= FEWEST else None
        found.append(VersionFigures(version, len(rows), figures))
    return found


def _choices(table: ChoiceTable, versions: Sequence[Version]) -> list[ChoiceLine]:
    keys, called = keys_of(versions[0]), letters(choice_ids(versions))
    texts = {choice.id: choice.text for version in reversed(versions) for choice in _choices_in(version)}
    return [
        ChoiceLine(
            row.id,
            called.get(row.id, row.id),
            texts.get(row.id, ""),
            row.id in keys,
            row.total,
            tuple(count / of if of else None for count, of in zip(row.by_fifth, table.fifths, strict=True)),
        )
        for row in table.rows
    ]


def _choices_in(version: Version) -> Sequence[Choice]:
    item = version.item
    return item.choices if isinstance(item, SingleChoice | MultipleChoice) else ()


def _seconds(session: Session, exam_id: int, gathered: Gathered, question_id: int) -> tuple[float, int] | None:
    """The median of the seconds that attempts spent on the question, by when answers were saved.

    The time up to each saving since the one before it, on whatever question, counts for the question that was saved;
    from the start for the first. Pauses above `LONGEST_PAUSE` count for none.
    """
    before = func.lag(Answer.saved_at, type_=UtcDateTime()).over(
        partition_by=Answer.attempt_id, order_by=(Answer.saved_at, Answer.id)
    )
    since = func.coalesce(before, Attempt.started_at, type_=UtcDateTime()).label("since")
    saved = (
        select(Answer.attempt_id, Attempt.paper_id, Answer.position, Answer.saved_at, since)
        .join(Attempt, and_(Attempt.id == Answer.attempt_id, Attempt.exam_id == exam_id))
        .subquery()
    )
    counts = {gathered.sat[row].attempt_id for row in gathered.shown_to(question_id)}
    spent: dict[int, float] = {}
    rows = session.execute(
        select(saved.c.attempt_id, saved.c.saved_at, saved.c.since)
        .join(Slot, and_(Slot.paper_id == saved.c.paper_id, Slot.position == saved.c.position))
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .where(QuestionVersion.question_id == question_id)
    )
    for attempt_id, saved_at, before_it in rows:
        seconds = (saved_at - before_it).total_seconds()
        if attempt_id in counts and 0 <= seconds <= LONGEST_PAUSE:
            spent[attempt_id] = spent.get(attempt_id, 0.0) + seconds
    return (median(spent.values()), len(spent)) if len(spent) >= FEWEST else None
