"""What every verb of the bank does with a version: hold its question, write it, and keep the question findable."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from question_bank.catalogue import current_version, history, item_of
from question_bank.items import Item, SingleChoice, to_data
from question_bank.media_store import tie_media
from question_bank.models import OPEN, Question, QuestionTag, QuestionVersion, VersionState
from question_bank.searching import search_text
from question_bank.tokens import in_words


def hold(session: Session, subject: Question | QuestionVersion) -> Question:
    """Make whoever else changes this question wait until our transaction ends, and see what they had done before."""
    question_id = subject.id if isinstance(subject, Question) else subject.question_id
    question = session.scalars(select(Question).where(Question.id == question_id).with_for_update()).one()
    session.refresh(subject)
    return question


def supersede(session: Session, question: Question) -> None:
    """Flushed at once: the database allows one published version at any moment."""
    for version in history(session, question.id):
        if version.state is VersionState.PUBLISHED:
            version.state = VersionState.SUPERSEDED
    session.flush()


@dataclass(frozen=True, slots=True)
class Written:
    """What stands beside the wording of a version: who wrote it, when, and why; `source` is a course page's slug."""

    difficulty: int
    source: str | None
    author_id: int | None
    now: datetime
    reason: str = ""


def new_version(
    session: Session,
    question: Question,
    item: Item,
    written: Written,
    *,
    state: VersionState = VersionState.DRAFT,
    corrects_id: int | None = None,
) -> QuestionVersion:
    """The next version of a question. `keep_findable` is left to the caller."""
    last = session.scalar(select(func.max(QuestionVersion.number)).where(QuestionVersion.question_id == question.id))
    version = QuestionVersion(
        question_id=question.id,
        number=(last or 0) + 1,
        state=state,
        author_id=written.author_id,
        writers=[],
        created_at=written.now,
        published_at=None if state in OPEN else written.now,
        corrects_id=corrects_id,
    )
    _write(version, item, written)
    session.add(version)
    session.flush()
    tie_media(session, version, item)
    return version


def rewrite(session: Session, version: QuestionVersion, item: Item, written: Written) -> None:
    """Write into a version that may still change; whoever does so has had a hand in it from now on."""
    before = item_of(version)
    _write(version, item, written)
    session.flush()
    tie_media(session, version, item, before)


def _write(version: QuestionVersion, item: Item, written: Written) -> None:
    version.content, version.stem, version.key_place = to_data(item), in_words(item.stem), key_place(item)
    version.difficulty, version.source = written.difficulty, written.source
    version.reason, version.changed_at = written.reason, written.now
    if written.author_id is not None and written.author_id not in version.writers:
        version.writers = [*version.writers, written.author_id]


def key_place(item: Item) -> int | None:
    """Of a single choice with one key: the place of the key among the choices, from 0."""
    if not isinstance(item, SingleChoice) or len(item.keys) != 1:
        return None
    return next(place for place, choice in enumerate(item.choices) if choice.correct)


def keep_findable(session: Session, question: Question) -> None:
    """Let a search find the question by what its current version and its tags say now."""
    tags = session.scalars(select(QuestionTag.tag).where(QuestionTag.question_id == question.id))
    question.search_text = search_text(item_of(current_version(session, question.id)), question.key, tags)
    session.flush()
