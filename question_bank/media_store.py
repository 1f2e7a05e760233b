"""The bank's pictures and sounds: kept once, by the hash of their content, and tied to the versions that show them."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from question_bank.items import Item
from question_bank.media import clean
from question_bank.models import Media, QuestionVersion, QuestionVersionMedia
from question_bank.tokens import Facts, all_names, seen_names


def store_media(session: Session, content: bytes, author_id: int | None, now: datetime) -> Media:
    """Keep a picture or sound, cleaned; one that is there already is given back. Refuses with `media.MediaError`."""
    # What the bank has given out comes back in exports: it is clean, and cleaned again it might be another.
    if known := _of_digest(session, sha256(content).hexdigest()):
        return known
    cleaned = clean(content)
    if known := _of_digest(session, cleaned.digest):
        return known
    medium = Media(
        name=cleaned.name,
        digest=cleaned.digest,
        content_type=cleaned.content_type,
        size=len(cleaned.content),
        width=cleaned.width,
        height=cleaned.height,
        duration_ms=cleaned.duration_ms,
        content=cleaned.content,
        created_at=now,
        author_id=author_id,
    )
    try:
        with session.begin_nested():
            session.add(medium)
    except IntegrityError:  # somebody else has brought it in this very moment
        if known := _of_digest(session, cleaned.digest):
            return known
        raise
    return medium


def media_facts(session: Session, items: Iterable[Item]) -> dict[str, Facts]:
    """What a page has to know of the media in these questions' texts, by name: one statement, or none at all."""
    return facts_of(session, all_names(items))


def facts_of(session: Session, names: Iterable[str]) -> dict[str, Facts]:
    """The same for these names; one that the bank doesn't have is left out."""
    wanted = set(names)
    if not wanted:
        return {}
    rows = session.execute(select(Media.name, Media.width, Media.height, Media.size).where(Media.name.in_(wanted)))
    return {name: Facts(name, width, height, size) for name, width, height, size in rows}


def tie_media(session: Session, version: QuestionVersion, item: Item, before: Item | None = None) -> None:
    """Say which media a version shows, now that its texts are these; `before` are those it had. Flushed."""
    names = all_names([item])
    if before is not None and all_names([before]):
        untie_media(session, version)
    if not names:
        return
    seen = seen_names(item)
    rows = session.execute(select(Media.id, Media.name).where(Media.name.in_(names)))
    session.add_all(
        QuestionVersionMedia(question_version_id=version.id, media_id=id, seen=name in seen) for id, name in rows
    )
    session.flush()


def untie_media(session: Session, version: QuestionVersion) -> None:
    """Forget which media a version shows; they themselves stay."""
    session.execute(delete(QuestionVersionMedia).where(QuestionVersionMedia.question_version_id == version.id))


def _of_digest(session: Session, digest: str) -> Media | None:
    return session.scalar(select(Media).where(Media.digest == digest))
