"""Many questions at once, as imports bring them: a few statements for each few hundred."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from question_bank.items import Item, to_data
from question_bank.media_store import tie_media
from question_bank.models import (
    Question,
    QuestionEnemy,
    QuestionTag,
    QuestionVersion,
    QuestionVersionMedia,
    Topic,
    VersionComment,
    VersionState,
)
from question_bank.problems import LONGEST_TAG, MOST_TAGS
from question_bank.searching import search_text
from question_bank.tags import tidy
from question_bank.tokens import in_words
from question_bank.versions import key_place

_AT_ONCE = 500


@dataclass(frozen=True)
class NewQuestion:
    """A question to begin, with its place in the bank."""

    topic: Topic
    item: Item
    difficulty: int
    tags: tuple[str, ...] = ()
    family: str = ""
    seconds: int | None = None


def draft_many(
    session: Session, wanted: Sequence[NewQuestion], *, author_id: int | None, now: datetime
) -> list[QuestionVersion]:
    """Begin many questions, each as `bank.draft` does, in the order given."""
    tags = [[tag for tag in tidy(one.tags) if len(tag) <= LONGEST_TAG][:MOST_TAGS] for one in wanted]
    questions = [
        Question(
            topic_id=one.topic.id,
            kind=one.item.kind,
            created_at=now,
            author_id=author_id,
            family=one.family,
            expected_seconds=one.seconds,
            search_text=search_text(one.item, None, own),
        )
        for one, own in zip(wanted, tags, strict=True)
    ]
    session.add_all(questions)
    session.flush()
    session.add_all(
        QuestionTag(question_id=question.id, tag=tag)
        for question, own in zip(questions, tags, strict=True)
        for tag in own
    )
    versions = [
        QuestionVersion(
            question_id=question.id,
            number=1,
            state=VersionState.DRAFT,
            content=to_data(one.item),
            stem=in_words(one.item.stem),
            key_place=key_place(one.item),
            difficulty=one.difficulty,
            author_id=author_id,
            writers=[] if author_id is None else [author_id],
            created_at=now,
            changed_at=now,
        )
        for question, one in zip(questions, wanted, strict=True)
    ]
    session.add_all(versions)
    session.flush()
    for version, one in zip(versions, wanted, strict=True):
        tie_media(session, version, one.item)
    return versions


def erase_drafts(session: Session, question_ids: Collection[int]) -> None:
    """Take out questions that were never more than drafts, with all that hangs on them. For undoing an import."""
    for ids in _lots(sorted(question_ids)):
        versions = select(QuestionVersion.id).where(QuestionVersion.question_id.in_(ids))
        for gone in (
            delete(QuestionVersionMedia).where(QuestionVersionMedia.question_version_id.in_(versions)),
            delete(VersionComment).where(VersionComment.version_id.in_(versions)),
            delete(QuestionEnemy).where(or_(QuestionEnemy.question_id.in_(ids), QuestionEnemy.enemy_id.in_(ids))),
            delete(QuestionTag).where(QuestionTag.question_id.in_(ids)),
            delete(QuestionVersion).where(QuestionVersion.question_id.in_(ids)),
            delete(Question).where(Question.id.in_(ids)),
        ):
            session.execute(gone, execution_options={"synchronize_session": False})
    session.expire_all()


def _lots(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), _AT_ONCE):
        yield ids[first : first + _AT_ONCE]
