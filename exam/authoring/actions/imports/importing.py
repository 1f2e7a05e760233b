"""Questions brought from an import into the bank, all or none."""

from collections.abc import Generator, Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.authoring.actions import make_topic
from exam.authoring.actions.imports.places import place_words
from exam.authoring.actions.imports.states import item_of, settle
from exam.authoring.models import Import, ImportEntry, ImportRow
from exam.authoring.queries.imports import contents_since
from exam.authoring.rules.imports import IMPORTABLE, LEFT, Decision
from exam.errors import Refused, _l
from question_bank import bank
from question_bank.bank import BankError
from question_bank.likeness import same_as
from question_bank.lots import NewQuestion, draft_many
from question_bank.models import Question, Topic, VersionState

AT_ONCE = 500
"""Questions between two words on how far it is."""


def bring_in(
    session: Session, made: Import, *, actor_id: int | None, now: datetime
) -> Generator[tuple[int, int], None, ImportEntry | None]:
    """Bring all questions that are ready into the bank as drafts; says after each lot how many of how many are in.

    What somebody else brought in since the file was read waits instead: None if that is all of it. Refuses an import of
    which nothing is ready, or whose questions have no topic to go to.
    """
    session.refresh(made, with_for_update=True)
    ready = session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == made.id, ImportRow.state.in_(IMPORTABLE))
        .order_by(ImportRow.position)
    ).all()
    if not ready:
        raise Refused(_l("No question of this import is ready yet. Look at the marked ones."), code="nothing_ready")
    topics = _topics(session, made, ready, actor_id, now)
    _hold(session, topics.values())
    came = _came_meanwhile(session, made, ready)
    ready = [row for row in ready if row not in came]
    if not ready:
        return None
    entry = ImportEntry(import_id=made.id, actor_id=actor_id, number=len(ready), made_at=now)
    session.add(entry)
    session.flush()
    for first in range(0, len(ready), AT_ONCE):
        _bring(session, made, ready[first : first + AT_ONCE], topics, entry, actor_id, now)
        yield min(first + AT_ONCE, len(ready)), len(ready)
    _finish(session, made, now)
    audit(
        session,
        actor_id=actor_id,
        action="questions.imported",
        subject_type="question_import",
        subject_id=made.id,
        now=now,
        number=len(ready),
        file=made.name,
    )
    return entry


def _topics(
    session: Session, made: Import, rows: Sequence[ImportRow], actor_id: int | None, now: datetime
) -> dict[str | None, Topic]:
    """The topic of each name; one that the bank doesn't have is made."""
    listed = bank.topics(session)
    known = {topic.slug: topic for topic in listed} | {topic.name: topic for topic in listed}
    found: dict[str | None, Topic] = {}
    for row in rows:
        if row.topic in found:
            continue
        if row.topic is None:
            if made.topic_id is None:
                raise Refused(_l("Say which topic the questions belong to that name none."), code="no_topic")
            found[None] = session.get_one(Topic, made.topic_id)
        else:
            found[row.topic] = known.get(row.topic) or make_topic(session, row.topic, actor_id=actor_id, now=now)
    return found


def _hold(session: Session, topics: Iterable[Topic]) -> None:
    """Let the same file be brought in by one trainer after the other; single questions may be written meanwhile."""
    ids = {topic.id for topic in topics}
    held = select(Topic.id).where(Topic.id.in_(ids)).order_by(Topic.id).with_for_update(key_share=True)
    session.execute(held).all()


def _came_meanwhile(session: Session, made: Import, rows: Iterable[ImportRow]) -> set[ImportRow]:
    """The rows that say what has come into the bank since they were compared with it; they wait to be decided about."""
    since = {same_as(content): id for id, content in contents_since(session, made.created_at)}
    came = set()
    for row in rows if since else ():
        found = since.get(same_as(row.content or {"stem": ""}))
        if found and row.decision is Decision.UNDECIDED:
            row.like_id, row.like_percent = found, 100
            settle(row)
            came.add(row)
    session.flush()
    return came


def _bring(
    session: Session,
    made: Import,
    rows: Sequence[ImportRow],
    topics: dict[str | None, Topic],
    entry: ImportEntry,
    actor_id: int | None,
    now: datetime,
) -> None:
    fresh = [row for row in rows if row.decision is not Decision.VERSION]
    drafts = []
    for row in fresh:
        item = item_of(row.content)
        assert item is not None, "a row that isn't complete isn't ready"
        place = topics[row.topic], item, row.difficulty or made.difficulty, tuple(row.tags)
        drafts.append(NewQuestion(*place, row.family, row.expected_seconds))
    versions = draft_many(session, drafts, author_id=actor_id, now=now)
    for row, version in zip(fresh, versions, strict=True):
        row.question_id, row.version_id = version.question_id, version.id
    for row in rows:
        if row.decision is Decision.VERSION:
            _revise(session, made, row, actor_id, now)
        row.entry_id = entry.id
        settle(row)
    session.flush()


def _revise(session: Session, made: Import, row: ImportRow, actor_id: int | None, now: datetime) -> None:
    """Make a row the next wording of the question that is like it."""
    question, item = session.get_one(Question, row.like_id), item_of(row.content)
    assert item is not None
    if bank.current_version(session, question.id).state is not VersionState.PUBLISHED:
        raise Refused(
            _l("%(place)s: the question in the bank has a draft already. Import it as a question of its own.",
               place=place_words(row.place)),
            code="has_draft",
        )  # fmt: skip
    try:
        version = bank.revise(
            session,
            question,
            item,
            difficulty=row.difficulty or made.difficulty,
            author_id=actor_id,
            now=now,
            reason=made.name,
        )
    except BankError as error:
        raise Refused(
            _l("%(place)s can't become a version of the question that is like it: that is retired, or of another kind.",
               place=place_words(row.place)),
            code=error.code.value,
        ) from error  # fmt: skip
    row.question_id, row.version_id = question.id, version.id


def _finish(session: Session, made: Import, now: datetime) -> None:
    """Let the file go once nothing is left to do."""
    made.changed_at = now
    left = session.scalar(select(func.count()).where(ImportRow.import_id == made.id, ImportRow.state.in_(LEFT)))
    if not left:
        made.content = None
    session.flush()
