"""Reading the bank: search, what can be drawn, whose key counts. Each takes a fixed number of statements."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from question_bank import differences as item_differences
from question_bank.differences import Difference
from question_bank.items import Item, Kind, from_data
from question_bank.models import Question, QuestionVersion, Topic, VersionState

MOST_REMEMBERED = 4000
"""How many items a process remembers, some 3 KB each."""

_read: dict[tuple[str, int, datetime], Item] = {}
"""What `items` has read, by version and the moment of its last change."""

_CORRECTIONS = (
    select(QuestionVersion.corrects_id, func.max(QuestionVersion.id).label("last_id"))
    .where(QuestionVersion.corrects_id.is_not(None))
    .group_by(QuestionVersion.corrects_id)
    .subquery()
)
"""By corrected version the last that corrects it: a few dozen in a bank of thousands."""

_DRAWABLE = (QuestionVersion.state == VersionState.PUBLISHED, Question.retired_at.is_(None))


class QuestionState(StrEnum):
    """Where a question stands. One that is published may have a draft of its next version besides."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Order(StrEnum):
    """How a search is ordered; questions that tie stand in the order of their making."""

    CHANGED = "changed"
    CREATED = "created"
    TOPIC = "topic"
    DIFFICULTY = "difficulty"


@dataclass(frozen=True)
class Row:
    """One line of a search: the question, its topic, and the version that a trainer works on next."""

    question: Question
    topic: Topic
    version: QuestionVersion
    is_published: bool
    has_draft: bool

    @property
    def state(self) -> QuestionState:
        if self.question.retired_at:
            return QuestionState.RETIRED
        return QuestionState.PUBLISHED if self.is_published else QuestionState.DRAFT


def item_of(version: QuestionVersion) -> Item:
    """The item that a version holds."""
    return from_data(version.content)


def topics(session: Session) -> Sequence[Topic]:
    """All topics in their order."""
    return session.scalars(select(Topic).order_by(Topic.position, Topic.id)).all()


def history(session: Session, question_id: int) -> Sequence[QuestionVersion]:
    """All versions of a question, the oldest first."""
    return session.scalars(
        select(QuestionVersion).where(QuestionVersion.question_id == question_id).order_by(QuestionVersion.number)
    ).all()


def current_version(session: Session, question_id: int) -> QuestionVersion:
    """The version that a trainer works on next: the draft, else the published one, else the last."""
    return session.scalars(
        select(QuestionVersion)
        .where(QuestionVersion.question_id == question_id)
        .order_by(*_current_first(QuestionVersion))
        .limit(1)
    ).one()


def search(
    session: Session,
    *,
    text: str = "",
    topic_ids: Iterable[int] = (),
    kind: Kind | None = None,
    difficulty: int | None = None,
    state: QuestionState | None = None,
    order: Order = Order.CHANGED,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Row], int]:
    """One page of the questions that meet every condition, and how many there are in all: two statements.

    Each word of `text` must occur in the stem or in the question's stable name. `difficulty` is that of the version
    shown. Without a `state` retired questions are found too.
    """
    conditions = [*_text_conditions(text), *_state_conditions(state)]
    if wanted_topics := list(topic_ids):
        conditions.append(Question.topic_id.in_(wanted_topics))
    if kind:
        conditions.append(Question.kind == kind)
    if difficulty:
        conditions.append(QuestionVersion.difficulty == difficulty)
    found = (
        select(Question, Topic, QuestionVersion, _has(VersionState.PUBLISHED), _has(VersionState.DRAFT))
        .select_from(Question)
        .join(Topic, Topic.id == Question.topic_id)
        .join(QuestionVersion, QuestionVersion.id == _current_version_id())
        .where(*conditions)
    )
    total = session.scalar(found.with_only_columns(func.count())) or 0
    page = session.execute(found.order_by(*_ordering(order), Question.id).limit(limit).offset(offset))
    return [Row(*columns) for columns in page], total


def counts(session: Session) -> dict[tuple[int, Kind, int], int]:
    """How many questions can be drawn, by (topic id, kind, difficulty); a combination without any is left out."""
    columns = (Question.topic_id, Question.kind, QuestionVersion.difficulty)
    found = session.execute(
        select(*columns, func.count()).join_from(QuestionVersion, Question).where(*_DRAWABLE).group_by(*columns)
    )
    return {(topic_id, kind, difficulty): number for topic_id, kind, difficulty, number in found}


def published_versions(
    session: Session, topic_id: int, kind: Kind, difficulty: int | None = None
) -> Sequence[QuestionVersion]:
    """What a paper may draw for one row of its blueprint; any difficulty when None."""
    found = select(QuestionVersion).join(Question).where(*_DRAWABLE)
    found = found.where(Question.topic_id == topic_id, Question.kind == kind)
    if difficulty:
        found = found.where(QuestionVersion.difficulty == difficulty)
    return session.scalars(found.order_by(Question.id)).all()


def counting_versions(session: Session, version_ids: Iterable[int]) -> dict[int, QuestionVersion]:
    """For each version that was seen, the one whose key counts: the last that corrects it, else itself."""
    seen, counting = aliased(QuestionVersion), aliased(QuestionVersion)
    pairs = session.execute(
        with_counting(select(seen.id, counting), seen, counting).where(seen.id.in_(list(version_ids)))
    )
    return dict(iter(pairs))


def with_counting(statement: Any, seen: Any, counting: Any) -> Any:
    """Join to the versions that were seen those whose keys count for them, as `counting_versions` says."""
    first = func.coalesce(seen.corrects_id, seen.id)
    return statement.outerjoin(_CORRECTIONS, _CORRECTIONS.c.corrects_id == first).join(
        counting, counting.id == func.coalesce(_CORRECTIONS.c.last_id, first)
    )


def items(session: Session, versions: Collection[tuple[int, datetime]]) -> dict[int, Item]:
    """The items of versions, given as (id, `changed_at`), by id: a statement only for those not read before.

    What a version holds changes only together with `changed_at`, and a number that a rolled back transaction had used
    comes back with another moment: so a process may remember what it has read.
    """
    of = database_of(session)
    known = {version: item for version in versions if (item := _read.get((of, *version)))}
    missing = [id for id, changed_at in versions if (id, changed_at) not in known]
    if missing:
        rows = session.execute(
            select(QuestionVersion.id, QuestionVersion.changed_at, QuestionVersion.content).where(
                QuestionVersion.id.in_(missing)
            )
        )
        found = {(id, changed_at): from_data(content) for id, changed_at, content in rows}
        if len(_read) > MOST_REMEMBERED:
            _read.clear()
        _read.update({(of, *version): item for version, item in found.items()})
        known |= found
    return {id: item for (id, _changed_at), item in known.items()}


def database_of(session: Session) -> str:
    """Which database a session reads: what a process remembers by numbers holds for one only."""
    return session.get_bind().engine.url.database or ""


def forget_items() -> None:
    """Read everything anew: for tests, where moments stand still and numbers come back."""
    _read.clear()


def differences(old: QuestionVersion, new: QuestionVersion) -> list[Difference]:
    """What changed from one version of a question to another."""
    found = item_differences.differences(item_of(old), item_of(new))
    if old.difficulty != new.difficulty:
        found.append(Difference("difficulty", None, old.difficulty, new.difficulty))
    if old.source != new.source:
        found.append(Difference("source", None, old.source, new.source))
    return found


def _current_first(version: type[QuestionVersion]) -> tuple[ColumnElement[Any], ...]:
    rank = case((version.state == VersionState.DRAFT, 0), (version.state == VersionState.PUBLISHED, 1), else_=2)
    return (rank, version.number.desc())


def _current_version_id() -> ColumnElement[int]:
    inner = aliased(QuestionVersion)
    query = select(inner.id).where(inner.question_id == Question.id).order_by(*_current_first(inner)).limit(1)
    return query.correlate(Question).scalar_subquery()


def _has(state: VersionState) -> ColumnElement[bool]:
    inner = aliased(QuestionVersion)
    return exists().where(inner.question_id == Question.id, inner.state == state).correlate(Question)


def _text_conditions(text: str) -> list[ColumnElement[bool]]:
    words = text.replace("\0", " ").split()
    return [
        or_(*(column.icontains(word, autoescape=True) for column in (QuestionVersion.stem, Question.key)))
        for word in words
    ]


def _state_conditions(state: QuestionState | None) -> list[ColumnElement[bool]]:
    match state:
        case None:
            return []
        case QuestionState.RETIRED:
            return [Question.retired_at.is_not(None)]
        case QuestionState.PUBLISHED:
            return [Question.retired_at.is_(None), _has(VersionState.PUBLISHED)]
        case QuestionState.DRAFT:
            return [Question.retired_at.is_(None), _has(VersionState.DRAFT)]


def _ordering(order: Order) -> tuple[ColumnElement[Any], ...]:
    match order:
        case Order.CHANGED:
            return (QuestionVersion.changed_at.desc(),)
        case Order.CREATED:
            return (Question.created_at.desc(),)
        case Order.TOPIC:
            return (Topic.position.asc(), Topic.id.asc())
        case Order.DIFFICULTY:
            return (QuestionVersion.difficulty.asc(),)
