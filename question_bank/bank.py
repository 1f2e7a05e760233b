"""Changing the bank, in verbs. A session goes in; what changes is flushed, never committed; `now` is passed in.

A question begins as a draft. Publishing it lets papers draw it; the next wording is again a draft, and once published
takes the place of the last, which stays for those who have seen it. A version that a paper has used is never changed.
A wrong key is mended by `correct`: a new version that looks the same to candidates but counts differently.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from question_bank.catalogue import (
    Order,
    QuestionState,
    Row,
    counting_versions,
    counts,
    current_version,
    database_of,
    differences,
    history,
    item_of,
    items,
    published_versions,
    search,
    topics,
    with_counting,
)
from question_bank.differences import Difference, seen_part
from question_bank.errors import BankCode, BankError
from question_bank.items import Item, to_data
from question_bank.media_store import media_facts, store_media, tie_media, untie_media
from question_bank.models import Question, QuestionVersion, Topic, VersionState
from question_bank.problems import ProblemCode, problems
from question_bank.tokens import in_words, relinked

__all__ = [
    "BankCode",
    "BankError",
    "Difference",
    "Order",
    "QuestionState",
    "Row",
    "correct",
    "counting_versions",
    "counts",
    "current_version",
    "database_of",
    "differences",
    "discard",
    "draft",
    "ensure_topic",
    "history",
    "item_of",
    "items",
    "mark_used",
    "media_facts",
    "publish",
    "published_versions",
    "relinked",
    "restore",
    "retire",
    "revise",
    "search",
    "store_media",
    "topics",
    "with_counting",
]

# Candidates have seen the choices as they are, so a corrected key may leave one key, or make every choice one.
_FORGIVEN_IN_CORRECTIONS = frozenset([ProblemCode.ONLY_ONE_KEY, ProblemCode.ALL_KEYS])


def ensure_topic(session: Session, slug: str, name: str, position: int | None = None) -> Topic:
    """The topic with this slug, made when missing; one that is there keeps its name. By default it comes last."""
    topic = session.scalar(select(Topic).where(Topic.slug == slug))
    if topic is None:
        if position is None:
            position = (session.scalar(select(func.max(Topic.position))) or 0) + 1
        topic = Topic(slug=slug, name=name, position=position)
        session.add(topic)
        session.flush()
    return topic


def draft(
    session: Session,
    topic: Topic,
    item: Item,
    *,
    difficulty: int,
    now: datetime,
    author_id: int | None = None,
    source: str | None = None,
    key: str | None = None,
) -> QuestionVersion:
    """Begin a question: its first version, a draft, however incomplete. `key` is a stable name, unique in the bank."""
    question = Question(key=key, topic_id=topic.id, kind=item.kind, created_at=now, author_id=author_id)
    session.add(question)
    session.flush()
    return _new_version(session, question, item, difficulty=difficulty, source=source, author_id=author_id, now=now)


def revise(
    session: Session,
    question: Question,
    item: Item,
    *,
    difficulty: int,
    now: datetime,
    author_id: int | None = None,
    source: str | None = None,
    topic: Topic | None = None,
    unchanged_since: datetime | None = None,
) -> QuestionVersion:
    """Write the next wording: into the open draft when there is one, else as a new draft.

    Refuses another kind, a draft in use, another topic once a version has been used (results by topic hang on it), and
    an edit that began before somebody else's: `unchanged_since` is the `changed_at` of the version that was shown.
    """
    _hold(session, question)
    version = current_version(session, question.id)
    session.refresh(version)
    if item.kind is not question.kind:
        raise BankError(BankCode.KIND_CHANGED)
    if unchanged_since is not None and version.changed_at != unchanged_since:
        raise BankError(BankCode.CHANGED_MEANWHILE)
    if topic is not None and topic.id != question.topic_id:
        if any(one.used_at for one in history(session, question.id)):
            raise BankError(BankCode.TOPIC_FIXED)
        question.topic_id = topic.id
    if version.state is not VersionState.DRAFT:
        return _new_version(session, question, item, difficulty=difficulty, source=source, author_id=author_id, now=now)
    if version.used_at:
        raise BankError(BankCode.VERSION_IN_USE)
    before = item_of(version)
    version.content, version.stem = to_data(item), in_words(item.stem)
    version.difficulty, version.source, version.changed_at = difficulty, source, now
    session.flush()
    tie_media(session, version, item, before)
    return version


def publish(session: Session, version: QuestionVersion, *, now: datetime) -> QuestionVersion:
    """Let papers draw this draft; the version published until now is superseded. Refuses one that has problems."""
    question = _hold(session, version)
    if question.retired_at:
        raise BankError(BankCode.RETIRED)
    if version.state is not VersionState.DRAFT:
        raise BankError(BankCode.NOT_A_DRAFT)
    if found := problems(item_of(version)):
        raise BankError(BankCode.UNPUBLISHABLE, found)
    _supersede(session, question)
    version.state, version.published_at, version.changed_at = VersionState.PUBLISHED, now, now
    session.flush()
    return version


def discard(session: Session, version: QuestionVersion) -> None:
    """Throw a draft away. Refuses the only version of a question: that is retired instead."""
    question = _hold(session, version)
    if version.state is not VersionState.DRAFT:
        raise BankError(BankCode.NOT_A_DRAFT)
    if version.used_at:
        raise BankError(BankCode.VERSION_IN_USE)
    if len(history(session, question.id)) == 1:
        raise BankError(BankCode.ONLY_VERSION)
    untie_media(session, version)
    session.delete(version)
    session.flush()


def retire(session: Session, question: Question, *, now: datetime, author_id: int | None = None) -> None:
    """Draw a question no longer; papers that have it keep it. Doing it twice changes nothing."""
    _hold(session, question)
    if question.retired_at is None:
        question.retired_at, question.retired_by = now, author_id
        session.flush()


def restore(session: Session, question: Question) -> None:
    """Take a retirement back: what was published can be drawn again."""
    _hold(session, question)
    question.retired_at = question.retired_by = None
    session.flush()


def mark_used(session: Session, version_ids: Iterable[int], *, now: datetime) -> None:
    """Lock versions that a paper has taken up, from now on unchangeable. Refuses drafts: nobody sits a draft."""
    ids = list(version_ids)
    # A hall starts at once: those used before are left alone, the others held in one order and beside the papers that
    # refer to them, so that no two candidates wait for each other.
    fresh = select(QuestionVersion.state).where(QuestionVersion.id.in_(ids), QuestionVersion.used_at.is_(None))
    if VersionState.DRAFT in session.scalars(fresh.order_by(QuestionVersion.id).with_for_update(key_share=True)).all():
        raise BankError(BankCode.STILL_A_DRAFT)
    session.execute(
        update(QuestionVersion)
        .where(QuestionVersion.id.in_(ids), QuestionVersion.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session="fetch")
    )


def correct(
    session: Session, version: QuestionVersion, item: Item, *, now: datetime, author_id: int | None = None
) -> QuestionVersion:
    """Mend the key of a published version: a new version of the same choices, by which answers to the old one count.

    Takes the old one's place in the bank at once, unless a later wording has done so already. Refuses a draft (edit
    it), any change of what candidates have seen (`revise` it) and a correction that changes nothing. Problems refuse
    as in `publish`, but for the number of keys of a multiple choice.
    """
    question = _hold(session, version)
    if version.state is VersionState.DRAFT:
        raise BankError(BankCode.STILL_A_DRAFT)
    counting = item_of(counting_versions(session, [version.id])[version.id])
    if seen_part(item) != seen_part(counting):
        raise BankError(BankCode.SEEN_PART_CHANGED)
    if item == counting:
        raise BankError(BankCode.NOTHING_CHANGED)
    if found := [one for one in problems(item) if one.code not in _FORGIVEN_IN_CORRECTIONS]:
        raise BankError(BankCode.UNPUBLISHABLE, found)
    was_published = version.state is VersionState.PUBLISHED
    if was_published:
        _supersede(session, question)
    return _new_version(
        session,
        question,
        item,
        difficulty=version.difficulty,
        source=version.source,
        author_id=author_id,
        now=now,
        state=VersionState.PUBLISHED if was_published else VersionState.SUPERSEDED,
        corrects_id=version.corrects_id or version.id,
    )


def _hold(session: Session, subject: Question | QuestionVersion) -> Question:
    """Make whoever else changes this question wait until our transaction ends, and see what they had done before."""
    question_id = subject.id if isinstance(subject, Question) else subject.question_id
    question = session.scalars(select(Question).where(Question.id == question_id).with_for_update()).one()
    session.refresh(subject)
    return question


def _supersede(session: Session, question: Question) -> None:
    """Flushed at once: the database allows one published version at any moment."""
    for version in history(session, question.id):
        if version.state is VersionState.PUBLISHED:
            version.state = VersionState.SUPERSEDED
    session.flush()


def _new_version(
    session: Session,
    question: Question,
    item: Item,
    *,
    difficulty: int,
    source: str | None,
    author_id: int | None,
    now: datetime,
    state: VersionState = VersionState.DRAFT,
    corrects_id: int | None = None,
) -> QuestionVersion:
    last = session.scalar(select(func.max(QuestionVersion.number)).where(QuestionVersion.question_id == question.id))
    version = QuestionVersion(
        question_id=question.id,
        number=(last or 0) + 1,
        state=state,
        content=to_data(item),
        stem=in_words(item.stem),
        difficulty=difficulty,
        source=source,
        author_id=author_id,
        created_at=now,
        changed_at=now,
        published_at=None if state is VersionState.DRAFT else now,
        corrects_id=corrects_id,
    )
    session.add(version)
    session.flush()
    tie_media(session, version, item)
    return version
