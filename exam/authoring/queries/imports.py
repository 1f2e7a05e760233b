"""Reading imports, their rows and what the bank has that is like them. A fixed number of statements each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.authoring.models import Import, ImportEntry, ImportRow
from exam.authoring.rules.imports import LEFT, RowState
from question_bank.models import Question, QuestionVersion

_CURRENT = (
    select(QuestionVersion.question_id, func.max(QuestionVersion.number).label("number"))
    .group_by(QuestionVersion.question_id)
    .subquery()
)


@dataclass(frozen=True)
class Listed:
    """An import in the list, with who began it and how its questions stand."""

    made: Import
    author: str | None
    counts: dict[RowState, int]

    @property
    def left(self) -> int:
        return sum(self.counts.get(state, 0) for state in LEFT)


@dataclass(frozen=True)
class Entry:
    """One time at which questions were brought in, with by whom and from which file."""

    entry: ImportEntry
    made: Import
    actor: str | None


def import_of(session: Session, import_id: int) -> Import | None:
    """An import that hasn't been discarded."""
    made = session.get(Import, import_id)
    return made if made and made.discarded_at is None else None


def has_file(session: Session, import_id: int) -> bool:
    """Whether the file itself is still there, to be read again."""
    return session.scalar(select(Import.content.is_not(None)).where(Import.id == import_id)) or False


def imports(session: Session, *, limit: int, offset: int) -> tuple[list[Listed], int]:
    """Imports that have something left to do, the last changed first, and how many there are: three statements."""
    left = select(ImportRow.import_id).where(ImportRow.state.in_(LEFT))
    # The file is kept until nothing is left to do: without a question, or with all of them left out, it waits as well.
    wanted = (Import.discarded_at.is_(None), Import.id.in_(left) | Import.content.is_not(None))
    total = session.scalar(select(func.count()).select_from(Import).where(*wanted)) or 0
    found = session.execute(
        select(Import, Person.full_name)
        .outerjoin(Person, Person.id == Import.author_id)
        .where(*wanted)
        .order_by(Import.changed_at.desc(), Import.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    counts = counts_of(session, [made.id for made, _name in found])
    return [Listed(made, name, counts.get(made.id, {})) for made, name in found], total


def counts_of(session: Session, import_ids: Iterable[int]) -> dict[int, dict[RowState, int]]:
    """How many rows of each import stand in each state."""
    found: dict[int, dict[RowState, int]] = {}
    for import_id, state, number in session.execute(
        select(ImportRow.import_id, ImportRow.state, func.count())
        .where(ImportRow.import_id.in_(list(import_ids)))
        .group_by(ImportRow.import_id, ImportRow.state)
    ):
        found.setdefault(import_id, {})[state] = number
    return found


def entries(session: Session, *, limit: int, offset: int) -> tuple[list[Entry], int]:
    """What was brought in, the last first."""
    total = session.scalar(select(func.count()).select_from(ImportEntry)) or 0
    found = session.execute(
        select(ImportEntry, Import, Person.full_name)
        .join(Import, Import.id == ImportEntry.import_id)
        .outerjoin(Person, Person.id == ImportEntry.actor_id)
        .order_by(ImportEntry.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Entry(*columns) for columns in found], total


def entry_of(session: Session, entry_id: int) -> ImportEntry | None:
    """What was brought in at one time."""
    return session.get(ImportEntry, entry_id)


def nameless(session: Session, import_id: int) -> int:
    """How many of an import's unfinished questions name no topic."""
    wanted = (ImportRow.import_id == import_id, ImportRow.topic.is_(None), ImportRow.state.in_(LEFT))
    return session.scalar(select(func.count()).select_from(ImportRow).where(*wanted)) or 0


def rows(
    session: Session, import_id: int, states: Sequence[RowState] = (), *, limit: int, offset: int
) -> tuple[Sequence[ImportRow], int]:
    """One page of an import's questions in the order of the file, and how many there are."""
    wanted = [ImportRow.import_id == import_id]
    if states:
        wanted.append(ImportRow.state.in_(states))
    total = session.scalar(select(func.count()).select_from(ImportRow).where(*wanted)) or 0
    found = session.scalars(select(ImportRow).where(*wanted).order_by(ImportRow.position).limit(limit).offset(offset))
    return found.all(), total


def last_position(session: Session, import_id: int) -> int:
    """The position of an import's last question; 0 without any."""
    return session.scalar(select(func.max(ImportRow.position)).where(ImportRow.import_id == import_id)) or 0


def row_of(session: Session, import_id: int, position: int) -> ImportRow | None:
    """One question of an import."""
    return session.scalar(select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.position == position))


def by_positions(session: Session, import_id: int, positions: Iterable[int]) -> dict[int, ImportRow]:
    """Questions of an import by their positions."""
    found = session.scalars(
        select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.position.in_(list(positions)))
    )
    return {row.position: row for row in found}


def topics_named(session: Session, import_id: int) -> dict[str, int]:
    """The topics that an import's unfinished rows name, with how many do."""
    found = session.execute(
        select(ImportRow.topic, func.count())
        .where(ImportRow.import_id == import_id, ImportRow.topic.is_not(None), ImportRow.state.in_(LEFT))
        .group_by(ImportRow.topic)
        .order_by(func.min(ImportRow.position))
    )
    return {str(name): number for name, number in found}


# The bank


def bank_stems(session: Session) -> Iterable[tuple[int, str]]:
    """The stems of all questions that aren't retired, in their last wording, by the questions' ids."""
    found = session.execute(
        select(QuestionVersion.question_id, QuestionVersion.stem)
        .join(_CURRENT, _CURRENT.c.question_id == QuestionVersion.question_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(QuestionVersion.number == _CURRENT.c.number, Question.retired_at.is_(None))
        .order_by(QuestionVersion.question_id)
    )
    return ((id, stem) for id, stem in found)


def contents_of(session: Session, question_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The last wordings of questions as the bank keeps them, by the questions' ids."""
    wanted = list(set(question_ids))
    found: dict[int, dict[str, Any]] = {}
    for first in range(0, len(wanted), 500):
        found |= dict(
            iter(
                session.execute(
                    select(QuestionVersion.question_id, QuestionVersion.content)
                    .join(_CURRENT, _CURRENT.c.question_id == QuestionVersion.question_id)
                    .where(
                        QuestionVersion.number == _CURRENT.c.number,
                        QuestionVersion.question_id.in_(wanted[first : first + 500]),
                    )
                )
            )
        )
    return found


def contents_since(session: Session, moment: datetime) -> Iterable[tuple[int, dict[str, Any]]]:
    """Questions begun after a moment: their ids, and their last wordings as the bank keeps them."""
    found = session.execute(
        select(QuestionVersion.question_id, QuestionVersion.content)
        .join(_CURRENT, _CURRENT.c.question_id == QuestionVersion.question_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(QuestionVersion.number == _CURRENT.c.number, Question.created_at > moment, Question.retired_at.is_(None))
        .order_by(QuestionVersion.question_id.desc())
    )
    return ((id, content) for id, content in found)
