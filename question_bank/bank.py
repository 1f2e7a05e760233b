"""Changing the bank, in verbs. A session goes in; what changes is flushed, never committed; `now` is passed in.

A question begins as a draft, which a second person may look through (`question_bank.review`). Publishing it lets papers
draw it; the next wording is again a draft, and once published takes the place of the last, which stays for those who
have seen it. A version that a paper has used is never changed. A wrong key is mended by `correct`: a new version that
looks the same to candidates but counts differently.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select, update
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
    key_places,
    published_versions,
    search,
    topics,
    with_counting,
)
from question_bank.differences import Difference, seen_part
from question_bank.errors import BankCode, BankError
from question_bank.items import Item
from question_bank.media_store import media_facts, store_media, untie_media
from question_bank.models import OPEN, Question, QuestionVersion, Topic, VersionComment, VersionState
from question_bank.problems import ProblemCode, problems
from question_bank.searching import search_text
from question_bank.tokens import relinked
from question_bank.versions import Written, hold, keep_findable, new_version, rewrite, supersede

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
    "key_places",
    "mark_used",
    "media_facts",
    "publish",
    "published_versions",
    "regrade",
    "relinked",
    "replace_topic",
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
    question = Question(
        key=key,
        topic_id=topic.id,
        kind=item.kind,
        created_at=now,
        author_id=author_id,
        search_text=search_text(item, key),
    )
    session.add(question)
    session.flush()
    return new_version(session, question, item, Written(difficulty, source, author_id, now))


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
    reason: str = "",
) -> QuestionVersion:
    """Write the next wording: into the open draft when there is one, else as a new draft. `reason`: why, if asked.

    Refuses another kind, a draft in use or in review, another topic once a version has been used (results by topic hang
    on it), and an edit that began before somebody else's: `unchanged_since` is the `changed_at` of the version shown.
    """
    hold(session, question)
    version = current_version(session, question.id)
    session.refresh(version)
    if item.kind is not question.kind:
        raise BankError(BankCode.KIND_CHANGED)
    if unchanged_since is not None and version.changed_at != unchanged_since:
        raise BankError(BankCode.CHANGED_MEANWHILE)
    if version.state is VersionState.IN_REVIEW:
        raise BankError(BankCode.IN_REVIEW)
    if topic is not None and topic.id != question.topic_id:
        if any(one.used_at for one in history(session, question.id)):
            raise BankError(BankCode.TOPIC_FIXED)
        question.topic_id = topic.id
    if version.state is VersionState.DRAFT and version.used_at:
        raise BankError(BankCode.VERSION_IN_USE)
    written = Written(difficulty, source, author_id, now, reason)
    if version.state is VersionState.DRAFT:
        rewrite(session, version, item, written)
    else:
        version = new_version(session, question, item, written)
    keep_findable(session, question)
    return version


def publish(
    session: Session, version: QuestionVersion, *, now: datetime, approved_by: int | None = None
) -> QuestionVersion:
    """Let papers draw this draft, in review or not; the version published until now is superseded.

    Refuses one that has problems. Whether `approved_by` may is for the caller to say.
    """
    question = hold(session, version)
    if question.retired_at:
        raise BankError(BankCode.RETIRED)
    if version.state not in OPEN:
        raise BankError(BankCode.NOT_A_DRAFT)
    if found := problems(item_of(version)):
        raise BankError(BankCode.UNPUBLISHABLE, found)
    supersede(session, question)
    version.state, version.published_at, version.changed_at = VersionState.PUBLISHED, now, now
    version.approved_by = approved_by
    session.flush()
    return version


def discard(session: Session, version: QuestionVersion) -> None:
    """Throw a draft away, with what was said about it. Refuses the only version: its question is retired instead."""
    question = hold(session, version)
    if version.state is VersionState.IN_REVIEW:
        raise BankError(BankCode.IN_REVIEW)
    if version.state is not VersionState.DRAFT:
        raise BankError(BankCode.NOT_A_DRAFT)
    if version.used_at:
        raise BankError(BankCode.VERSION_IN_USE)
    if len(history(session, question.id)) == 1:
        raise BankError(BankCode.ONLY_VERSION)
    untie_media(session, version)
    session.execute(delete(VersionComment).where(VersionComment.version_id == version.id))
    session.delete(version)
    session.flush()
    keep_findable(session, question)


def retire(session: Session, question: Question, *, now: datetime, author_id: int | None = None) -> None:
    """Draw a question no longer; papers that have it keep it. Doing it twice changes nothing."""
    hold(session, question)
    if question.retired_at is None:
        question.retired_at, question.retired_by = now, author_id
        session.flush()


def restore(session: Session, question: Question) -> None:
    """Take a retirement back: what was published can be drawn again."""
    hold(session, question)
    question.retired_at = question.retired_by = None
    session.flush()


def replace_topic(session: Session, question: Question, topic: Topic) -> None:
    """Count a question under another topic. Refuses once one of its versions has been used, as `revise` does."""
    hold(session, question)
    if topic.id != question.topic_id and any(one.used_at for one in history(session, question.id)):
        raise BankError(BankCode.TOPIC_FIXED)
    question.topic_id = topic.id
    session.flush()


def regrade(
    session: Session, question: Question, difficulty: int, *, now: datetime, author_id: int | None = None
) -> QuestionVersion:
    """Say anew how difficult the current version is.

    One that a paper has used stays as it is: a new version of the same wording takes its place at once, approved as it
    was. Refuses a version in review, and one that is neither a draft nor published.
    """
    hold(session, question)
    version = current_version(session, question.id)
    session.refresh(version)
    if version.state is VersionState.IN_REVIEW:
        raise BankError(BankCode.IN_REVIEW)
    if version.state is VersionState.SUPERSEDED:
        raise BankError(BankCode.NOT_A_DRAFT)
    if version.difficulty == difficulty:
        return version
    if version.used_at is None:
        version.difficulty, version.changed_at = difficulty, now
        session.flush()
        return version
    supersede(session, question)
    written = Written(difficulty, version.source, author_id, now)
    same = new_version(session, question, item_of(version), written, state=VersionState.PUBLISHED)
    same.approved_by, same.writers = version.approved_by, list(version.writers)
    session.flush()
    return same


def mark_used(session: Session, version_ids: Iterable[int], *, now: datetime) -> None:
    """Lock versions that a paper has taken up, from now on unchangeable. Refuses drafts: nobody sits a draft."""
    ids = list(version_ids)
    # A hall starts at once: those used before are left alone, the others held in one order and beside the papers that
    # refer to them, so that no two candidates wait for each other.
    fresh = select(QuestionVersion.state).where(QuestionVersion.id.in_(ids), QuestionVersion.used_at.is_(None))
    states = session.scalars(fresh.order_by(QuestionVersion.id).with_for_update(key_share=True)).all()
    if any(state in OPEN for state in states):
        raise BankError(BankCode.STILL_A_DRAFT)
    session.execute(
        update(QuestionVersion)
        .where(QuestionVersion.id.in_(ids), QuestionVersion.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session="fetch")
    )


def refuse_correction(session: Session, version: QuestionVersion, item: Item) -> None:
    """Refuse what `correct` would, and change nothing."""
    if version.state in OPEN:
        raise BankError(BankCode.STILL_A_DRAFT)
    counting = item_of(counting_versions(session, [version.id])[version.id])
    if seen_part(item) != seen_part(counting):
        raise BankError(BankCode.SEEN_PART_CHANGED)
    if item == counting:
        raise BankError(BankCode.NOTHING_CHANGED)
    if found := [one for one in problems(item) if one.code not in _FORGIVEN_IN_CORRECTIONS]:
        raise BankError(BankCode.UNPUBLISHABLE, found)


def correct(
    session: Session, version: QuestionVersion, item: Item, *, now: datetime, author_id: int | None = None
) -> QuestionVersion:
    """Mend the key of a published version: a new version of the same choices, by which answers to the old one count.

    Takes the old one's place in the bank at once, unless a later wording has done so already. Refuses a draft (edit
    it), any change of what candidates have seen (`revise` it) and a correction that changes nothing. Problems refuse
    as in `publish`, but for the number of keys of a multiple choice.
    """
    question = hold(session, version)
    refuse_correction(session, version, item)
    was_published = version.state is VersionState.PUBLISHED
    if was_published:
        supersede(session, question)
    mended = new_version(
        session,
        question,
        item,
        Written(version.difficulty, version.source, author_id, now),
        state=VersionState.PUBLISHED if was_published else VersionState.SUPERSEDED,
        corrects_id=version.corrects_id or version.id,
    )
    keep_findable(session, question)
    return mended
