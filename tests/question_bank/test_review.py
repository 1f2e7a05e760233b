"""A second person's review: what may happen to a version in it, and what is kept of what was said."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from question_bank import bank, review
from question_bank.bank import BankCode, BankError, QuestionState
from question_bank.items import Kind, SingleChoice
from question_bank.models import CommentKind, Question, QuestionVersion, VersionState
from tests.builders import make_item, make_question

AUTHOR, REVIEWER = 1, 2


def draft(session: Session, now: datetime) -> QuestionVersion:
    version = make_question(session, published=False)
    question = session.get_one(Question, version.question_id)
    return bank.revise(session, question, make_item(), difficulty=2, now=now, author_id=AUTHOR)


def submitted(session: Session, now: datetime) -> QuestionVersion:
    version = draft(session, now)
    review.submit(session, version, now=now, author_id=AUTHOR, note="请看看解析。")
    return version


def test_what_is_submitted_waits_and_can_be_found(session: Session, now: datetime) -> None:
    version = submitted(session, now)
    assert (version.state, version.submitted_at, version.submitted_by) == (VersionState.IN_REVIEW, now, AUTHOR)
    assert bank.current_version(session, version.question_id) == version
    [row], _ = bank.search(session, state=QuestionState.IN_REVIEW)
    assert (row.version, row.state, row.is_in_review, row.has_draft) == (version, QuestionState.IN_REVIEW, True, False)
    assert bank.search(session, state=QuestionState.DRAFT) == ([], 0)


def test_what_waits_is_changed_by_nobody_and_sat_by_nobody(session: Session, now: datetime) -> None:
    version = submitted(session, now)
    question = session.get_one(Question, version.question_id)
    with pytest.raises(BankError) as refusal:
        bank.revise(session, question, make_item(), difficulty=2, now=now)
    assert refusal.value.code is BankCode.IN_REVIEW
    with pytest.raises(BankError) as refusal:
        bank.discard(session, version)
    assert refusal.value.code is BankCode.IN_REVIEW
    with pytest.raises(BankError) as refusal:
        bank.mark_used(session, [version.id], now=now)
    assert refusal.value.code is BankCode.STILL_A_DRAFT
    assert bank.published_versions(session, question.topic_id, Kind.SINGLE_CHOICE) == []


def test_it_is_sent_back_with_a_word_written_again_and_published(session: Session, now: datetime) -> None:
    version, later = submitted(session, now), now + timedelta(hours=1)
    with pytest.raises(BankError) as refusal:
        review.send_back(session, version, "  ", now=now, author_id=REVIEWER)
    assert refusal.value.code is BankCode.NOTHING_SAID
    review.send_back(session, version, "选项 C 有歧义。", now=later, author_id=REVIEWER)
    assert version.state is VersionState.DRAFT
    review.submit(session, version, now=later, author_id=AUTHOR)
    bank.publish(session, version, now=later, approved_by=REVIEWER)
    assert (version.state, version.approved_by, version.writers) == (VersionState.PUBLISHED, REVIEWER, [AUTHOR])
    said = [(one.kind, one.text, one.author_id) for one in review.comments(session, [version.id])]
    assert said == [
        (CommentKind.SUBMITTED, "请看看解析。", AUTHOR),
        (CommentKind.SENT_BACK, "选项 C 有歧义。", REVIEWER),
        (CommentKind.SUBMITTED, "", AUTHOR),
    ]


def test_it_is_taken_back_once(session: Session, now: datetime) -> None:
    version = submitted(session, now)
    review.take_back(session, version, now=now, author_id=AUTHOR)
    assert version.state is VersionState.DRAFT
    with pytest.raises(BankError) as refusal:
        review.take_back(session, version, now=now, author_id=AUTHOR)
    assert refusal.value.code is BankCode.NOT_IN_REVIEW


def test_what_could_not_be_published_is_not_submitted(session: Session, now: datetime) -> None:
    unfinished = make_question(session, SingleChoice("问", ()), published=False)
    with pytest.raises(BankError) as refusal:
        review.submit(session, unfinished, now=now, author_id=AUTHOR)
    assert refusal.value.code is BankCode.UNPUBLISHABLE
    retired = draft(session, now)
    bank.retire(session, session.get_one(Question, retired.question_id), now=now)
    with pytest.raises(BankError) as refusal:
        review.submit(session, retired, now=now, author_id=AUTHOR)
    assert refusal.value.code is BankCode.RETIRED
    with pytest.raises(BankError) as refusal:
        review.submit(session, make_question(session), now=now, author_id=AUTHOR)
    assert refusal.value.code is BankCode.NOT_A_DRAFT


def test_everybody_who_wrote_in_a_version_is_one_of_its_writers(session: Session, now: datetime) -> None:
    version = draft(session, now)
    question = session.get_one(Question, version.question_id)
    for author in (REVIEWER, AUTHOR, REVIEWER):
        bank.revise(session, question, make_item(), difficulty=2, now=now, author_id=author, reason="说法变了。")
    assert (version.writers, version.reason) == ([AUTHOR, REVIEWER], "说法变了。")
    bank.publish(session, version, now=now)
    following = bank.revise(session, question, make_item(), difficulty=2, now=now, author_id=REVIEWER)
    assert following.writers == [REVIEWER]


def test_the_database_knows_one_open_version(session: Session, now: datetime) -> None:
    version = submitted(session, now)
    columns = {"question_id": version.question_id, "number": 9, "content": {}, "stem": "", "created_at": now}
    session.add(QuestionVersion(**columns, changed_at=now))
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_discarded_draft_takes_what_was_said_about_it_along(session: Session, now: datetime) -> None:
    published = make_question(session)
    question = session.get_one(Question, published.question_id)
    version = bank.revise(session, question, make_item(), difficulty=2, now=now, author_id=AUTHOR)
    review.comment(session, version, "还要想想。", now=now, author_id=REVIEWER)
    bank.discard(session, version)
    assert review.comments(session, [version.id]) == []


def test_a_day_by_which_to_look_at_it_again(session: Session, now: datetime) -> None:
    due, retired, _other = (session.get_one(Question, make_question(session).question_id) for _ in range(3))
    for question in (due, retired):
        review.set_due(session, question, now.date())
    bank.retire(session, retired, now=now)
    assert bank.search(session, due_before=now.date()) == ([], 0)
    rows, total = bank.search(session, due_before=now.date() + timedelta(days=1))
    assert ([row.question for row in rows], total) == ([due], 1)
