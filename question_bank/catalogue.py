"""Reading the bank: search, what can be drawn, whose key counts. Each takes a fixed number of statements."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from question_bank import differences as item_differences
from question_bank.differences import Difference
from question_bank.items import Item, Kind, from_data
from question_bank.models import OPEN, Question, QuestionTag, QuestionVersion, Topic, VersionState
from question_bank.searching import words

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
    IN_REVIEW = "in_review"
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
    is_open: bool
    """Whether `version` is a draft, or in review."""

    @property
    def has_draft(self) -> bool:
        return self.is_open and not self.is_in_review

    @property
    def state(self) -> QuestionState:
        if self.question.retired_at:
            return QuestionState.RETIRED
        if self.is_published:
            return QuestionState.PUBLISHED
        return QuestionState.IN_REVIEW if self.is_in_review else QuestionState.DRAFT

    @property
    def is_in_review(self) -> bool:
        """Whether the version worked on next waits for a second person."""
        return self.version.state is VersionState.IN_REVIEW


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
    """The version that a trainer works on next: the open one, else the published one, else the last."""
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
    tag: str = "",
    due_before: date | None = None,
    order: Order = Order.CHANGED,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Row], int]:
    """One page of the questions that meet every condition, and how many there are in all: at most two statements.

    Each word of `text` must occur somewhere in the version shown, in a tag or in the question's stable name.
    `difficulty` is that of the version shown. `due_before`: should have been looked at before that day, and isn't
    retired. Without a `state` retired questions are found too.
    """
    open_one, published = aliased(QuestionVersion), aliased(QuestionVersion)
    conditions = [
        *(Question.search_text.contains(word, autoescape=True) for word in words(text)),
        *_state_conditions(state, open_one, published),
        *_conditions(topic_ids, kind, difficulty, tag, due_before),
    ]
    last = select(func.max(QuestionVersion.id)).where(QuestionVersion.question_id == Question.id).correlate(Question)
    # Three joins instead of a subquery for every question: each finds its row by a partial unique index.
    found = (
        select(Question, Topic, QuestionVersion, published.id.is_not(None), open_one.id.is_not(None))
        .select_from(Question)
        .outerjoin(open_one, and_(open_one.question_id == Question.id, _is(open_one, *OPEN)))
        .outerjoin(published, and_(published.question_id == Question.id, _is(published, VersionState.PUBLISHED)))
        .join(QuestionVersion, QuestionVersion.id == func.coalesce(open_one.id, published.id, last.scalar_subquery()))
        .join(Topic, Topic.id == Question.topic_id)
        .where(*conditions)
    )
    page = session.execute(found.order_by(*_ordering(order), Question.id).limit(limit).offset(offset))
    rows = [Row(*columns) for columns in page]
    if len(rows) < limit and (rows or not offset):
        return rows, offset + len(rows)
    number = found.with_only_columns(func.count(Question.id))
    if not difficulty and state in (None, QuestionState.RETIRED):  # no condition is about a version
        number = select(func.count(Question.id)).where(*conditions)
    return rows, session.scalar(number) or 0


def counts(session: Session) -> dict[tuple[int, Kind, int], int]:
    """How many questions can be drawn, by (topic id, kind, difficulty); a combination without any is left out."""
    columns = (Question.topic_id, Question.kind, QuestionVersion.difficulty)
    found = session.execute(
        select(*columns, func.count()).join_from(QuestionVersion, Question).where(*_DRAWABLE).group_by(*columns)
    )
    return {(topic_id, kind, difficulty): number for topic_id, kind, difficulty, number in found}


def key_places(session: Session) -> dict[int, int]:
    """Of the single choices that can be drawn, how many have their key in which place, from 0."""
    place = QuestionVersion.key_place
    found = select(place, func.count()).join_from(QuestionVersion, Question).where(*_DRAWABLE, place.is_not(None))
    return {number: count for number, count in session.execute(found.group_by(place)) if number is not None}


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
    rank = case((version.state.in_(OPEN), 0), (version.state == VersionState.PUBLISHED, 1), else_=2)
    return (rank, version.number.desc())


def _is(version: Any, *states: VersionState) -> ColumnElement[bool]:
    """In one of these states, written out as the condition of a partial index has it, else no index is used."""
    written: ColumnElement[bool] = version.state.in_([literal_column(f"'{state.value}'") for state in states])
    return written


def _conditions(
    topic_ids: Iterable[int], kind: Kind | None, difficulty: int | None, tag: str, due_before: date | None
) -> Iterator[ColumnElement[bool]]:
    if wanted := list(topic_ids):
        yield Question.topic_id.in_(wanted)
    if kind:
        yield Question.kind == kind
    if difficulty:
        yield QuestionVersion.difficulty == difficulty
    if tag:
        yield Question.id.in_(select(QuestionTag.question_id).where(QuestionTag.tag == tag))
    if due_before:
        yield Question.review_due < due_before
        yield Question.retired_at.is_(None)


def _state_conditions(state: QuestionState | None, open_one: Any, published: Any) -> list[ColumnElement[bool]]:
    match state:
        case None:
            return []
        case QuestionState.RETIRED:
            return [Question.retired_at.is_not(None)]
        case QuestionState.PUBLISHED:
            return [Question.retired_at.is_(None), published.id.is_not(None)]
        case QuestionState.DRAFT:
            return [Question.retired_at.is_(None), open_one.state == VersionState.DRAFT]
        case QuestionState.IN_REVIEW:
            return [Question.retired_at.is_(None), open_one.state == VersionState.IN_REVIEW]


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
