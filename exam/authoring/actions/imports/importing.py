"""Questions brought from an import into the bank, all or none, and taken out again."""

from collections.abc import Generator, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.authoring.actions import make_topic
from exam.authoring.actions.imports.states import item_of, settle
from exam.authoring.models import Import, ImportEntry, ImportRow
from exam.authoring.rules.imports import IMPORTABLE, LEFT, Decision
from exam.errors import Refused, _l
from question_bank import bank
from question_bank.bank import BankError
from question_bank.lots import NewQuestion, draft_many, erase_drafts
from question_bank.models import Question, QuestionVersion, Topic, VersionState

AT_ONCE = 500
"""Questions between two words on how far it is."""


def bring_in(
    session: Session, made: Import, *, actor_id: int | None, now: datetime
) -> Generator[tuple[int, int], None, ImportEntry]:
    """Bring all questions that are ready into the bank as drafts; says after each lot how many of how many are in.

    Refuses an import of which nothing is ready, or whose questions have no topic to go to.
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
    known = {topic.name: topic for topic in bank.topics(session)} | {
        topic.slug: topic for topic in bank.topics(session)
    }
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
        drafts.append(NewQuestion(topics[row.topic], item, row.difficulty or made.difficulty, tuple(row.tags)))
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
               place=row.place),
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
            _l("%(place)s can't become a version of the question that is like it: its kind is another.",
               place=row.place),
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


def _forget(session: Session, question_ids: Sequence[int]) -> None:
    """Let no row of any import be like a question that goes."""
    for first in range(0, len(question_ids), AT_ONCE):
        alike = select(ImportRow).where(ImportRow.like_id.in_(question_ids[first : first + AT_ONCE]))
        for row in session.scalars(alike):
            row.like_id = row.like_percent = None
            if row.entry_id is None:
                row.decision = Decision.UNDECIDED
                settle(row)


def undo(session: Session, entry: ImportEntry, *, actor_id: int, now: datetime) -> int:
    """Take out of the bank what was brought in at one time; gives how many. The questions wait in the import again.

    Refuses once one of them has been used, published, or changed since: nobody's work is lost by it.
    """
    session.refresh(entry, with_for_update=True)
    if entry.undone_at:
        raise Refused(_l("This import has been undone already."), code="undone")
    rows = session.scalars(select(ImportRow).where(ImportRow.entry_id == entry.id)).all()
    versions = {
        version.id: version
        for version in session.scalars(
            select(QuestionVersion).join(ImportRow, ImportRow.version_id == QuestionVersion.id).where(
                ImportRow.entry_id == entry.id
            )
        )
    }  # fmt: skip
    for row in rows:
        version = versions.get(row.version_id or 0)
        untouched = version and version.state is VersionState.DRAFT and version.changed_at == entry.made_at
        if version is None or not untouched or version.submitted_at:
            raise Refused(
                _l("%(place)s has been changed or published since. Retire single questions instead.", place=row.place),
                code="changed_since",
            )
    new = [row.question_id for row in rows if row.decision is not Decision.VERSION and row.question_id]
    revised = [versions[row.version_id or 0] for row in rows if row.decision is Decision.VERSION]
    for row in rows:
        row.entry_id = row.question_id = row.version_id = None
        settle(row)
    session.flush()
    for version in revised:
        bank.discard(session, version)
    _forget(session, new)
    session.flush()
    erase_drafts(session, new)
    entry.undone_at, entry.undone_by = now, actor_id
    session.flush()
    audit(
        session,
        actor_id=actor_id,
        action="questions.import_undone",
        subject_type="question_import",
        subject_id=entry.import_id,
        now=now,
        number=len(rows),
    )
    return len(rows)
