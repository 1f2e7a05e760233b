"""Questions of the bank as formats write them."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from question_bank.bank import item_of
from question_bank.formats.items import as_question
from question_bank.formats.reading import ReadQuestion
from question_bank.models import Media, Question, QuestionVersion, QuestionVersionMedia, Topic, VersionState
from question_bank.tags import tags_of

AT_ONCE = 500


def questions(session: Session, topic_ids: Collection[int] = (), published_only: bool = True) -> list[ReadQuestion]:
    """The questions to export, by topics in their order: published wordings, or of each question the last.

    Retired ones stay out. Pictures and sounds come with them. Four statements for each few hundred.
    """
    current = (
        select(QuestionVersion.question_id, func.max(QuestionVersion.number).label("number"))
        .group_by(QuestionVersion.question_id)
        .subquery()
    )
    wanted = (
        select(Question, Topic, QuestionVersion)
        .join(Topic, Topic.id == Question.topic_id)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .where(Question.retired_at.is_(None))
        .order_by(Topic.position, Topic.id, Question.id)
    )
    if published_only:
        wanted = wanted.where(QuestionVersion.state == VersionState.PUBLISHED)
    else:
        wanted = wanted.join(current, current.c.question_id == Question.id).where(
            QuestionVersion.number == current.c.number
        )
    if topic_ids:
        wanted = wanted.where(Question.topic_id.in_(topic_ids))
    rows = session.execute(wanted).all()
    found: list[ReadQuestion] = []
    for first in range(0, len(rows), AT_ONCE):
        found += _read(session, [(one, topic, version) for one, topic, version in rows[first : first + AT_ONCE]])
    return found


def _read(session: Session, rows: Sequence[tuple[Question, Topic, QuestionVersion]]) -> list[ReadQuestion]:
    tags = tags_of(session, [question.id for question, _topic, _version in rows])
    media: dict[int, dict[str, bytes]] = {}
    tied = session.execute(
        select(QuestionVersionMedia.question_version_id, Media.name, Media.content)
        .join(Media, Media.id == QuestionVersionMedia.media_id)
        .where(QuestionVersionMedia.question_version_id.in_([version.id for _question, _topic, version in rows]))
    )
    for version_id, name, content in tied:
        media.setdefault(version_id, {})[name] = content
    return [
        as_question(
            item_of(version),
            place=f"question {question.id}",
            topic=topic.name,
            difficulty=version.difficulty,
            tags=tags.get(question.id, ()),
            name=question.key,
            media=media.get(version.id),
            family=question.family,
            seconds=question.expected_seconds,
        )
        for question, topic, version in rows
    ]
