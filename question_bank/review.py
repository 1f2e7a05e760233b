"""Review by a second person: a draft is submitted, looked through, and published or sent back with a word why.

Who may do what is for the caller to say, who knows the people. What was said stays with the version it was said about.
Each flushes and never commits.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.catalogue import item_of
from question_bank.errors import BankCode, BankError
from question_bank.models import CommentKind, Question, QuestionVersion, VersionComment, VersionState
from question_bank.problems import problems
from question_bank.versions import hold


def submit(session: Session, version: QuestionVersion, *, now: datetime, author_id: int | None, note: str = "") -> None:
    """Show a draft to a second person; until they have decided nobody changes it. Refuses one that has problems."""
    question = hold(session, version)
    if question.retired_at:
        raise BankError(BankCode.RETIRED)
    if version.state is not VersionState.DRAFT:
        raise BankError(BankCode.NOT_A_DRAFT)
    if found := problems(item_of(version)):
        raise BankError(BankCode.UNPUBLISHABLE, found)
    version.state, version.changed_at = VersionState.IN_REVIEW, now
    version.submitted_at, version.submitted_by = now, author_id
    comment(session, version, note, now=now, author_id=author_id, kind=CommentKind.SUBMITTED)


def take_back(session: Session, version: QuestionVersion, *, now: datetime, author_id: int | None) -> None:
    """Go on writing what waits for review."""
    _reopen(session, version, now)
    comment(session, version, "", now=now, author_id=author_id, kind=CommentKind.TAKEN_BACK)


def send_back(session: Session, version: QuestionVersion, text: str, *, now: datetime, author_id: int | None) -> None:
    """Ask for changes before it is published. Refuses without a word why."""
    if not text.strip():
        raise BankError(BankCode.NOTHING_SAID)
    _reopen(session, version, now)
    comment(session, version, text, now=now, author_id=author_id, kind=CommentKind.SENT_BACK)


def comment(
    session: Session,
    version: QuestionVersion,
    text: str,
    *,
    now: datetime,
    author_id: int | None,
    kind: CommentKind = CommentKind.COMMENT,
) -> VersionComment:
    """Say something about a version, whatever its state. Refuses an empty remark that says nothing by its kind."""
    if kind is CommentKind.COMMENT and not text.strip():
        raise BankError(BankCode.NOTHING_SAID)
    said = VersionComment(version_id=version.id, kind=kind, text=text, author_id=author_id, written_at=now)
    session.add(said)
    session.flush()
    return said


def comments(session: Session, version_ids: Iterable[int]) -> Sequence[VersionComment]:
    """What was said about these versions, the first first: one statement."""
    found = select(VersionComment).where(VersionComment.version_id.in_(list(version_ids)))
    return session.scalars(found.order_by(VersionComment.written_at, VersionComment.id)).all()


def set_due(session: Session, question: Question, day: date | None) -> None:
    """Say by which day somebody should look whether the question is still right; None for no such day."""
    hold(session, question)
    question.review_due = day
    session.flush()


def _reopen(session: Session, version: QuestionVersion, now: datetime) -> None:
    hold(session, version)
    if version.state is not VersionState.IN_REVIEW:
        raise BankError(BankCode.NOT_IN_REVIEW)
    version.state, version.changed_at = VersionState.DRAFT, now
    session.flush()
