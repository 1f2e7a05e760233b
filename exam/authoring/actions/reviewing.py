"""Review by a second person: submitting, taking back, sending back, approving, and what is said on the way."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam.accounts.queries import ids_with_role
from exam.accounts.rules import Role
from exam.authoring.actions.questions import audit_question, publish_question
from exam.authoring.actions.refusals import in_words
from exam.errors import Refused, _l
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind
from question_bank import review
from question_bank.models import CommentKind, QuestionVersion, VersionState

LONGEST_STEM_SHOWN = 60
"""Characters of a question's text that a notice quotes."""


def submit_question(session: Session, version: QuestionVersion, note: str, *, actor_id: int, now: datetime) -> None:
    """Ask for a second person. Refuses what couldn't be published, and what isn't a draft."""
    with in_words():
        review.submit(session, version, now=now, author_id=actor_id, note=note)
    audit_question(session, "question.submitted", version, actor_id, now)
    tell_reviewers(session, [version], actor_id=actor_id, now=now)


def tell_reviewers(session: Session, versions: list[QuestionVersion], *, actor_id: int, now: datetime) -> None:
    """Tell the trainers who may be the second person that questions wait: each once a day and sender, however many."""
    writers = {writer for version in versions for writer in version.writers} | {actor_id}
    for person_id in ids_with_role(session, Role.TRAINER):
        if person_id not in writers:
            key = f"{actor_id}:{now:%Y-%m-%d}"
            notify(session, person_id, NoticeKind.REVIEW_WAITING, key=key, now=now, link="/questions?state=in_review")


def take_back(session: Session, version: QuestionVersion, *, actor_id: int, now: datetime) -> None:
    """Go on writing. Refuses others than those who wrote or submitted it: they send it back, with a reason."""
    session.refresh(version)
    if actor_id not in version.writers and actor_id != version.submitted_by:
        raise Refused(_l("Only who wrote it takes it back. Send it back instead, and say why."), code="not_yours")
    with in_words():
        review.take_back(session, version, now=now, author_id=actor_id)
    audit_question(session, "question.taken_back", version, actor_id, now)


def send_back(session: Session, version: QuestionVersion, text: str, *, actor_id: int, now: datetime) -> None:
    """Ask its writers for changes, saying which."""
    with in_words():
        review.send_back(session, version, text, now=now, author_id=actor_id)
    audit_question(session, "question.sent_back", version, actor_id, now, text=text)
    _tell_writers(session, version, NoticeKind.REVIEW_SENT_BACK, actor_id, now)


def approve(session: Session, version: QuestionVersion, text: str, *, actor_id: int, now: datetime) -> None:
    """Publish what waits for review, with a word if there is one to say. Refuses as `publish_question` does."""
    session.refresh(version)
    if version.state is not VersionState.IN_REVIEW:
        raise Refused(_l("This version isn't in review any more."), code="not_in_review")
    publish_question(session, version, actor_id=actor_id, now=now)
    review.comment(session, version, text, now=now, author_id=actor_id, kind=CommentKind.PUBLISHED)
    _tell_writers(session, version, NoticeKind.REVIEW_PUBLISHED, actor_id, now)


def comment(session: Session, version: QuestionVersion, text: str, *, actor_id: int, now: datetime) -> None:
    """Say something about a version, in whatever state."""
    with in_words():
        review.comment(session, version, text, now=now, author_id=actor_id)
    audit_question(session, "question.commented", version, actor_id, now, text=text)


def _tell_writers(session: Session, version: QuestionVersion, kind: NoticeKind, actor_id: int, now: datetime) -> None:
    stem = " ".join(version.stem.split())
    shown = stem if len(stem) <= LONGEST_STEM_SHOWN else f"{stem[:LONGEST_STEM_SHOWN]}……"
    for person_id in {*version.writers, version.submitted_by} - {None, actor_id}:
        notify(
            session,
            person_id,
            kind,
            key=f"{version.id}:{now.isoformat()}",
            now=now,
            link=f"/questions/{version.question_id}",
            question=shown,
        )
