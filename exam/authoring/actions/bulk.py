"""Changing many questions at once, as one act that can be taken back."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.authoring.actions.questions import keeping_exams_whole
from exam.authoring.actions.reviewing import tell_reviewers
from exam.authoring.models import BulkEdit
from exam.authoring.rules import BulkAct, may_approve
from exam.errors import Conflict, Refused, _l
from exam.papers.queries import wants_second_person
from question_bank import bank, review, snapshots, tags
from question_bank.bank import BankError
from question_bank.models import OPEN, CommentKind, Question, QuestionVersion, Topic, VersionState
from question_bank.problems import MOST_TAGS

MOST = 500
"""How many questions one act may change: each is held until all are done."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to happen to each question; `value` belongs to the act: a topic, a difficulty, a tag, or nothing."""

    act: BulkAct
    topic: Topic | None = None
    difficulty: int = 0
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it: the edit if anything changed, and how many were left as they were, by the reason's code."""

    edit: BulkEdit | None
    number: int
    left: Counter[str]


class _Left(Exception):
    """This question stays as it is."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def edit_many(session: Session, question_ids: Collection[int], change: Change, *, actor_id: int, now: datetime) -> Done:
    """Change each of these questions that can be changed, and say of the others why not. One entry in the trail.

    Refuses more than `MOST`, and as a whole what would leave a published exam short of questions.
    """
    if len(question_ids) > MOST:
        raise Refused(_l("These are too many for one go: at most %(most)s questions.", most=MOST), code="too_many")
    # Held in one order, so that two trainers never wait for each other.
    wanted = select(Question).where(Question.id.in_(list(question_ids))).order_by(Question.id)
    questions = session.scalars(wanted.with_for_update()).all()
    before = snapshots.take(session, [question.id for question in questions])
    own_questions = wants_second_person(session) is None
    left: Counter[str] = Counter()
    with keeping_exams_whole(session):
        for question in questions:
            try:
                _change(session, question, change, actor_id, now, own_questions)
            except BankError as error:
                left[error.code.value] += 1
            except _Left as reason:
                left[reason.code] += 1
    edit = _keep(session, before, change, left, actor_id, now)
    if edit and change.act is BulkAct.SUBMIT:
        ids = [one["question"] for one in edit.changes]
        tell_reviewers(session, _versions(session, ids), actor_id=actor_id, now=now)
    number = edit.number if edit else 0
    left["same"] += len(questions) - number - left.total()
    return Done(edit, number, +left)


def _change(
    session: Session, question: Question, change: Change, actor_id: int, now: datetime, own_questions: bool
) -> None:
    match change.act:
        case BulkAct.TOPIC:
            assert change.topic
            bank.replace_topic(session, question, change.topic)
        case BulkAct.DIFFICULTY:
            bank.regrade(session, question, change.difficulty, now=now, author_id=actor_id)
        case BulkAct.ADD_TAG | BulkAct.REMOVE_TAG:
            _tag(session, question, change)
        case BulkAct.RETIRE:
            bank.retire(session, question, now=now, author_id=actor_id)
        case BulkAct.RESTORE:
            bank.restore(session, question)
        case BulkAct.SUBMIT:
            version = _finished(session, question, [VersionState.DRAFT])
            review.submit(session, version, now=now, author_id=actor_id)
        case BulkAct.PUBLISH:
            version = _finished(session, question, OPEN)
            if not may_approve(actor_id, version.writers, own_questions=own_questions):
                raise _Left("second_person")
            bank.publish(session, version, now=now, approved_by=actor_id)


def _tag(session: Session, question: Question, change: Change) -> None:
    present = tags.tags_of(session, [question.id]).get(question.id, [])
    others = [tag for tag in present if tag.casefold() != change.tag.casefold()]
    if change.act is BulkAct.ADD_TAG and len(others) == len(present):
        if len(present) >= MOST_TAGS:
            raise _Left("too_many_tags")
        tags.set_tags(session, question, [*present, change.tag])
    elif change.act is BulkAct.REMOVE_TAG:
        tags.set_tags(session, question, others)


def _finished(session: Session, question: Question, states: Iterable[VersionState]) -> QuestionVersion:
    """The open version, if it is in one of these states and has what an editor asks for before it goes on."""
    version = bank.current_version(session, question.id)
    if version.state not in states:
        raise _Left("not_a_draft")
    if not bank.item_of(version).explanation:
        raise _Left("no_explanation")
    if version.number > 1 and not version.reason:
        raise _Left("no_reason")
    return version


def _keep(
    session: Session,
    before: dict[int, snapshots.Snapshot],
    change: Change,
    left: Counter[str],
    actor_id: int,
    now: datetime,
) -> BulkEdit | None:
    after = snapshots.take(session, before)
    changes = []
    for id in before:
        was, became = snapshots.changed(before[id], after[id])
        if became:
            changes.append({"question": id, "before": was, "after": became})
    if not changes:
        return None
    value = change.topic.name if change.topic else str(change.difficulty or change.tag)
    edit = BulkEdit(actor_id=actor_id, act=change.act, changes=changes, number=len(changes), value=value, made_at=now)
    session.add(edit)
    session.flush()
    ids = [one["question"] for one in changes]
    _audit(session, "questions.edited", edit, actor_id, now, questions=ids, skipped=left.total())
    return edit


def undo(session: Session, edit: BulkEdit, *, actor_id: int, now: datetime) -> tuple[int, int]:
    """Take a change of many questions back: how many are again what they were, and how many changed since and stay.

    Refuses a second time, and what would leave a published exam short of questions.
    """
    session.refresh(edit, with_for_update=True)
    if edit.undone_at:
        raise Conflict(_l("This has been undone already."), code="undone")
    back = 0
    with keeping_exams_whole(session):
        for one in sorted(edit.changes, key=lambda one: int(one["question"])):
            question = session.get(Question, one["question"])  # an import that was undone has taken it along
            if question and snapshots.put_back(session, question, one["before"], one["after"]):
                back += 1
                _say_taken_back(session, question, edit, actor_id, now)
    edit.undone_at = now
    session.flush()
    left = edit.number - back
    _audit(session, "questions.edit_undone", edit, actor_id, now, skipped=left)
    return back, left


def _say_taken_back(session: Session, question: Question, edit: BulkEdit, actor_id: int, now: datetime) -> None:
    if edit.act is BulkAct.SUBMIT:
        version = bank.current_version(session, question.id)
        review.comment(session, version, "", now=now, author_id=actor_id, kind=CommentKind.TAKEN_BACK)


def _versions(session: Session, question_ids: list[int]) -> list[QuestionVersion]:
    found = select(QuestionVersion).where(
        QuestionVersion.question_id.in_(question_ids), QuestionVersion.state == VersionState.IN_REVIEW
    )
    return list(session.scalars(found))


def _audit(session: Session, action: str, edit: BulkEdit, actor_id: int, now: datetime, **detail: Any) -> None:
    audit(
        session,
        actor_id=actor_id,
        action=action,
        subject_type="bulk_edit",
        subject_id=edit.id,
        now=now,
        what=edit.act.value,
        after=edit.value,
        count=edit.number,
        **detail,
    )
