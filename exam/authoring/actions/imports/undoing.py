"""Questions of an import taken out of the bank again, as long as nobody has done anything with them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.accounts.models import AuditEvent
from exam.authoring.actions.imports.importing import AT_ONCE
from exam.authoring.actions.imports.places import place_words
from exam.authoring.actions.imports.states import settle
from exam.authoring.models import BulkEdit, Import, ImportEntry, ImportRow
from exam.authoring.rules.imports import Decision
from exam.errors import Refused, _l
from question_bank import bank
from question_bank.lots import erase_drafts
from question_bank.models import Question, QuestionVersion, VersionState


def undo(session: Session, entry: ImportEntry, *, actor_id: int, now: datetime) -> int:
    """Take out of the bank what was brought in at one time; gives how many. The questions wait in the import again.

    Refuses once one of them has been used, published, or changed since: nobody's work is lost by it. An import that was
    discarded since is there again.
    """
    made = session.get_one(Import, entry.import_id, with_for_update=True, populate_existing=True)
    session.refresh(entry, with_for_update=True)
    if entry.undone_at:
        raise Refused(_l("This import has been undone already."), code="undone")
    mine = select(ImportRow).where(ImportRow.entry_id == entry.id).order_by(ImportRow.position)
    rows = session.scalars(mine).all()
    versions = _untouched(session, entry, rows)
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
    made.changed_at, made.discarded_at = now, None
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


def _untouched(session: Session, entry: ImportEntry, rows: Sequence[ImportRow]) -> dict[int, QuestionVersion]:
    """The versions that were brought in, by their ids, held until the end. Refuses if something became of one."""
    mine = ImportRow.entry_id == entry.id
    held = select(Question.id).join(ImportRow, ImportRow.question_id == Question.id).where(mine).order_by(Question.id)
    session.execute(held.with_for_update(of=Question)).all()
    tied = select(QuestionVersion).join(ImportRow, ImportRow.version_id == QuestionVersion.id).where(mine)
    found = session.scalars(tied.execution_options(populate_existing=True))
    versions = {version.id: version for version in found}
    touched = _touched(session, entry)
    for row in rows:
        version = versions.get(row.version_id or 0)
        fresh = version and version.state is VersionState.DRAFT and version.changed_at == entry.made_at
        if version is None or not fresh or version.submitted_at or row.question_id in touched:
            raise Refused(
                _l(
                    "%(place)s has been changed or published since. Retire single questions instead.",
                    place=place_words(row.place),
                ),
                code="changed_since",
            )
    return versions


def _touched(session: Session, entry: ImportEntry) -> set[int | None]:
    """The questions of which the trail tells something since: tags, a comment, another topic, alone or with others."""
    mine = exists().where(ImportRow.entry_id == entry.id, ImportRow.question_id == AuditEvent.subject_id)
    later = (AuditEvent.subject_type == "question", AuditEvent.at > entry.made_at)
    found: set[int | None] = set(session.scalars(select(AuditEvent.subject_id).where(*later, mine)))
    edits = select(BulkEdit.changes).where(BulkEdit.made_at > entry.made_at, BulkEdit.undone_at.is_(None))
    for changes in session.scalars(edits):
        found |= {one["question"] for one in changes}
    return found


def _forget(session: Session, question_ids: Sequence[int]) -> None:
    """Let no row of any import be like a question that goes."""
    for first in range(0, len(question_ids), AT_ONCE):
        alike = select(ImportRow).where(ImportRow.like_id.in_(question_ids[first : first + AT_ONCE]))
        for row in session.scalars(alike.with_for_update().execution_options(populate_existing=True)):
            row.like_id = row.like_percent = None
            if row.entry_id is None:
                row.decision = Decision.UNDECIDED
                settle(row)
