"""Everything that was earned at one exam, gathered in a fixed number of statements."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

from sqlalchemy import ColumnElement, String, Text, and_, case, cast, select, type_coerce
from sqlalchemy.orm import Session, aliased

from exam.attempts.models import Answer, Attempt
from exam.courses.models import Module, Page, PageProgress
from exam.marking.models import Mark
from exam.marking.queries import worth
from exam.marking.rules import NOT_MEASURED
from exam.papers.models import Paper, Slot
from exam.results.models import Result
from exam.sittings.models import Sitting
from question_bank.items import Item, Kind, MultipleChoice, SingleChoice, from_data
from question_bank.models import Question, QuestionVersion, Topic, VersionState
from question_bank.statistics.matrix import Marks


@dataclass(frozen=True, slots=True)
class Sat:
    """An attempt that counts: closed, not set aside, every question marked."""

    attempt_id: int
    person_id: int
    started_at: datetime
    retake: bool
    tenths: int
    """Its score in tenths of a percent."""


@dataclass(frozen=True, slots=True)
class Earned:
    """What one attempt earned with one question; `response` is None for a blank, and for a short answer."""

    version_id: int
    share: float
    """Of the points: 0 to 1."""
    response: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Version:
    """A version that was shown, with the page that teaches it, if that is still there."""

    id: int
    number: int
    question_id: int
    kind: Kind
    stem: str
    topic: str
    content: Mapping[str, Any]
    published: Mapping[str, Any] | None
    """The content of the version that is published now: its key is the one to look at, if it has the same choices."""
    page_id: int | None
    page: str | None
    module: str | None

    @property
    def item(self) -> Item:
        """The question itself."""
        return from_data(self.content)


@dataclass
class Gathered:
    """The attempts of an exam and what they earned, by place in `sat` and question."""

    sat: list[Sat]
    versions: dict[int, Version]
    earned: list[dict[int, Earned]]
    """For each attempt, by question."""
    worth: dict[int, float]
    """The points of each question; the latest where they changed."""
    finished: dict[int, set[int]] = field(default_factory=dict)
    """By page, the attempts before which their person had finished it."""

    @cached_property
    def questions(self) -> list[int]:
        """The questions that were shown, in the order of the matrix's columns."""
        return sorted(self.worth)

    @cached_property
    def column(self) -> dict[int, int]:
        """The column of each question."""
        return {question_id: place for place, question_id in enumerate(self.questions)}

    @cached_property
    def data(self) -> Marks:
        """The marks of all attempts on all questions; what wasn't shown, and what isn't marked, is missing."""
        return self.marks(range(len(self.sat)))

    def marks(self, rows: Iterable[int]) -> Marks:
        """The same of some attempts."""
        width, found = len(self.questions), []
        for row in rows:
            marks: list[float | None] = [None] * width
            for question_id, one in self.earned[row].items():
                marks[self.column[question_id]] = one.share * self.worth[question_id]
            found.append(marks)
        return Marks.of(found, [self.worth[question_id] for question_id in self.questions])

    @cached_property
    def _rows(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {question_id: [] for question_id in self.worth}
        for row, by_question in enumerate(self.earned):
            for question_id in by_question:
                found[question_id].append(row)
        return found

    def shown_to(self, question_id: int, version_id: int | None = None) -> list[int]:
        """The places of the attempts that were shown this question, or this version of it."""
        rows = self._rows[question_id]
        if version_id is None:
            return rows
        return [row for row in rows if self.earned[row][question_id].version_id == version_id]

    def versions_of(self, question_id: int) -> list[Version]:
        """The versions of a question that were shown, the newest first."""
        own = [version for version in self.versions.values() if version.question_id == question_id]
        return sorted(own, key=lambda version: -version.number)


def gather(session: Session, exam_id: int, latest: int | None = None) -> Gathered:
    """Read an exam, or only the latest so many of its results: four statements, however many attempts."""
    of = _counted(exam_id, latest)
    sat = [Sat(*row) for row in session.execute(_attempts(of))]
    place = {one.attempt_id: row for row, one in enumerate(sat)}
    earned: list[dict[int, Earned]] = [{} for _ in sat]
    most: dict[int, float] = {}
    versions = {version.id: version for version in _versions(session, exam_id)}
    # A few different numbers and answers, tens of thousands of times: each is read once.
    number, said = cache(lambda text: float(Fraction(text))), cache(json.loads)
    for attempt_id, version_id, points, whole, response in session.execute(_slots(of)):
        if points is None or attempt_id not in place:
            continue
        question_id = versions[version_id].question_id
        most[question_id] = number(whole)
        answer = None if response is None else said(response)
        earned[place[attempt_id]][question_id] = Earned(version_id, number(points) / number(whole), answer)
    return Gathered(sat, versions, earned, most, _finished(session, exam_id, of))


def choice_ids(versions: Iterable[Version]) -> list[str]:
    """The ids of all choices that these versions had, in the order of the first, those only others had at the end."""
    found: dict[str, None] = {}
    for version in versions:
        item = version.item
        if isinstance(item, SingleChoice | MultipleChoice):
            found |= dict.fromkeys(choice.id for choice in item.choices)
    return list(found)


def _counted(exam_id: int, latest: int | None) -> ColumnElement[bool]:
    """The attempts at an exam that count, all or those begun last."""
    counting = and_(Attempt.exam_id == exam_id, Attempt.counts)
    if latest is None:
        return counting
    last = select(Attempt.id).join(Result, and_(Result.attempt_id == Attempt.id, Result.superseded_at.is_(None)))
    return Attempt.id.in_(
        last.where(counting).order_by(Attempt.started_at.desc(), Attempt.id.desc()).limit(latest).correlate(None)
    )


def _attempts(of: ColumnElement[bool]) -> Any:
    return (
        select(Attempt.id, Attempt.person_id, Attempt.started_at, Sitting.try_number > 1, Result.score_tenths)
        .join(Result, and_(Result.attempt_id == Attempt.id, Result.superseded_at.is_(None)))
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(of)
        .order_by(Attempt.started_at, Attempt.id)
    )


def _slots(of: ColumnElement[bool]) -> Any:
    """For each slot of each attempt its worth, the points of the mark that counts, and the answer that counts."""
    mark = (
        select(case((Mark.source.not_in(NOT_MEASURED), Mark.points)))
        .where(Mark.attempt_id == Attempt.id, Mark.position == Slot.position)
        .order_by(Mark.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    answer = (
        select(cast(Answer.response, Text))
        .where(Answer.attempt_id == Attempt.id, Answer.position == Slot.position)
        .order_by(Answer.epoch.desc(), Answer.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Attempt.id,
            Slot.question_version_id,
            type_coerce(mark, String),
            type_coerce(worth(), String),
            case((Question.kind != Kind.SHORT_ANSWER, answer)),
        )
        .join(Slot, Slot.paper_id == Attempt.paper_id)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(of)
        .order_by(Attempt.id)
    )


def _versions(session: Session, exam_id: int) -> list[Version]:
    shown = select(Slot.question_version_id).join(Paper, Paper.id == Slot.paper_id).where(Paper.exam_id == exam_id)
    own, now = aliased(QuestionVersion), aliased(QuestionVersion)
    rows = session.execute(
        select(
            own.id, own.number, own.question_id, Question.kind, own.stem, Topic.name, own.content, now.content, Page.id,
            Page.title, Module.title,
        )
        .join(Question, Question.id == own.question_id)
        .join(Topic, Topic.id == Question.topic_id)
        .outerjoin(now, and_(now.question_id == Question.id, now.state == VersionState.PUBLISHED))
        .outerjoin(Page, and_(Page.slug == own.source, Page.retired_at.is_(None)))
        .outerjoin(Module, Module.id == Page.module_id)
        .where(own.id.in_(shown))
    )  # fmt: skip
    return [Version(*row) for row in rows]


def _finished(session: Session, exam_id: int, of: ColumnElement[bool]) -> dict[int, set[int]]:
    taught = (
        select(Page.id)
        .join(QuestionVersion, QuestionVersion.source == Page.slug)
        .join(Slot, Slot.question_version_id == QuestionVersion.id)
        .join(Paper, Paper.id == Slot.paper_id)
        .where(Paper.exam_id == exam_id)
    )
    rows = session.execute(
        select(PageProgress.page_id, Attempt.id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(PageProgress, PageProgress.enrolment_id == Sitting.enrolment_id)
        .where(of, PageProgress.done_at <= Attempt.started_at)
        .where(PageProgress.page_id.in_(taught))
    )
    found: dict[int, set[int]] = {}
    for page_id, attempt_id in rows:
        found.setdefault(page_id, set()).add(attempt_id)
    return found
