"""Questions of the bank drafted, published, revised and retired: first that it works, then what is refused."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from question_bank import bank
from question_bank.bank import BankCode, BankError
from question_bank.items import Kind, SingleChoice
from question_bank.models import Topic, VersionState
from question_bank.problems import ProblemCode
from tests.question_bank.builders import SINGLE, STATEMENT, make, published, question_of, refusal, revise

UNFINISHED = SingleChoice("", ())


def test_topics_are_made_once_and_stand_in_order(session: Session, topic: Topic) -> None:
    last = bank.ensure_topic(session, "quality", "服务质量")
    assert bank.ensure_topic(session, "telephone", "another name") is topic
    assert [(one.slug, one.name) for one in bank.topics(session)] == [
        ("telephone", "电话与礼貌用语"),
        ("quality", "服务质量"),
    ]
    assert last.position == topic.position + 1


def test_a_draft_may_be_unfinished_and_is_not_drawn(session: Session, topic: Topic, now: datetime) -> None:
    version = make(session, topic, UNFINISHED, now=now)
    assert (version.number, version.state, version.author_id) == (1, VersionState.DRAFT, 7)
    assert bank.item_of(version) == UNFINISHED
    assert bank.published_versions(session, topic.id, Kind.SINGLE_CHOICE) == []


def test_a_published_question_is_drawn(session: Session, topic: Topic, now: datetime) -> None:
    version = published(session, topic, now=now)
    assert (version.state, version.published_at) == (VersionState.PUBLISHED, now)
    assert bank.published_versions(session, topic.id, Kind.SINGLE_CHOICE) == [version]
    assert bank.published_versions(session, topic.id, Kind.SINGLE_CHOICE, 1) == [version]
    assert bank.published_versions(session, topic.id, Kind.SINGLE_CHOICE, 2) == []
    assert bank.published_versions(session, topic.id, Kind.TRUE_FALSE) == []


def test_an_unfinished_question_is_not_published_and_says_why(session: Session, topic: Topic, now: datetime) -> None:
    version = make(session, topic, UNFINISHED, now=now)
    with pytest.raises(BankError) as caught:
        bank.publish(session, version, now=now)
    assert refusal(caught) is BankCode.UNPUBLISHABLE
    assert [problem.code for problem in caught.value.problems] == [
        ProblemCode.EMPTY,
        ProblemCode.TOO_FEW_CHOICES,
        ProblemCode.NO_KEY,
    ]
    assert version.state is VersionState.DRAFT


def test_publishing_twice_is_refused(session: Session, topic: Topic, now: datetime) -> None:
    version = published(session, topic, now=now)
    with pytest.raises(BankError) as caught:
        bank.publish(session, version, now=now)
    assert refusal(caught) is BankCode.NOT_A_DRAFT


def test_a_retired_question_is_not_published(session: Session, topic: Topic, now: datetime) -> None:
    version = make(session, topic, now=now)
    bank.retire(session, question_of(session, version), now=now)
    with pytest.raises(BankError) as caught:
        bank.publish(session, version, now=now)
    assert refusal(caught) is BankCode.RETIRED


def test_an_open_draft_is_revised_in_place(session: Session, topic: Topic, now: datetime) -> None:
    version = make(session, topic, now=now)
    later = now + timedelta(minutes=5)
    revised = bank.revise(
        session,
        question_of(session, version),
        replace(SINGLE, stem="New"),
        difficulty=3,
        source="telephone",
        now=later,
        unchanged_since=now,
    )
    assert revised is version
    assert (revised.number, revised.stem, revised.difficulty, revised.source) == (1, "New", 3, "telephone")
    assert (revised.created_at, revised.changed_at) == (now, later)


def test_a_published_question_is_revised_by_a_draft_that_supersedes_it_when_published(
    session: Session, topic: Topic, now: datetime
) -> None:
    first = published(session, topic, now=now)
    second = revise(session, first, replace(SINGLE, stem="New"), now)
    assert (second.number, second.state) == (2, VersionState.DRAFT)
    assert bank.published_versions(session, topic.id, Kind.SINGLE_CHOICE) == [first]
    bank.publish(session, second, now=now)
    assert first.state is VersionState.SUPERSEDED
    assert bank.published_versions(session, topic.id, Kind.SINGLE_CHOICE) == [second]
    assert bank.history(session, first.question_id) == [first, second]


def test_another_kind_is_refused(session: Session, topic: Topic, now: datetime) -> None:
    version = make(session, topic, now=now)
    with pytest.raises(BankError) as caught:
        revise(session, version, STATEMENT, now)
    assert refusal(caught) is BankCode.KIND_CHANGED


def test_an_edit_that_began_before_somebody_elses_is_refused(session: Session, topic: Topic, now: datetime) -> None:
    version = make(session, topic, now=now)
    revise(session, version, replace(SINGLE, stem="Theirs"), now + timedelta(seconds=1))
    with pytest.raises(BankError) as caught:
        bank.revise(session, question_of(session, version), SINGLE, difficulty=1, now=now, unchanged_since=now)
    assert refusal(caught) is BankCode.CHANGED_MEANWHILE
    assert version.stem == "Theirs"


def test_a_version_in_use_is_never_changed(session: Session, topic: Topic, now: datetime) -> None:
    first = published(session, topic, now=now)
    bank.mark_used(session, [first.id], now=now)
    second = revise(session, first, replace(SINGLE, stem="New"), now)
    assert second is not first
    assert bank.item_of(first) == SINGLE
    second.used_at = now
    session.flush()
    with pytest.raises(BankError) as caught:
        revise(session, second, SINGLE, now)
    assert refusal(caught) is BankCode.VERSION_IN_USE


def test_the_first_use_is_remembered(session: Session, topic: Topic, now: datetime) -> None:
    version = published(session, topic, now=now)
    bank.mark_used(session, [version.id], now=now)
    bank.mark_used(session, [version.id], now=now + timedelta(days=1))
    assert version.used_at == now


def test_a_draft_cannot_be_used(session: Session, topic: Topic, now: datetime) -> None:
    version, other = make(session, topic, now=now), published(session, topic, now=now)
    with pytest.raises(BankError) as caught:
        bank.mark_used(session, [other.id, version.id], now=now)
    assert refusal(caught) is BankCode.STILL_A_DRAFT
    assert other.used_at is None


def test_a_question_moves_to_another_topic_until_it_is_used(session: Session, topic: Topic, now: datetime) -> None:
    other, third = bank.ensure_topic(session, "quality", "服务质量"), bank.ensure_topic(session, "culture", "企业文化")
    version = published(session, topic, now=now)
    question = question_of(session, version)
    bank.revise(session, question, SINGLE, difficulty=1, now=now, topic=other)
    assert question.topic_id == other.id
    bank.mark_used(session, [version.id], now=now)
    with pytest.raises(BankError) as caught:
        bank.revise(session, question, SINGLE, difficulty=1, now=now, topic=third)
    assert refusal(caught) is BankCode.TOPIC_FIXED


def test_a_draft_is_discarded_but_not_the_only_version(session: Session, topic: Topic, now: datetime) -> None:
    first = published(session, topic, now=now)
    bank.discard(session, revise(session, first, SINGLE, now))
    assert bank.history(session, first.question_id) == [first]
    with pytest.raises(BankError) as caught:
        bank.discard(session, first)
    assert refusal(caught) is BankCode.NOT_A_DRAFT
    with pytest.raises(BankError) as caught:
        bank.discard(session, make(session, topic, now=now))
    assert refusal(caught) is BankCode.ONLY_VERSION


def test_a_retired_question_is_not_drawn_until_it_is_restored(session: Session, topic: Topic, now: datetime) -> None:
    version = published(session, topic, now=now)
    question = question_of(session, version)
    bank.retire(session, question, now=now, author_id=3)
    bank.retire(session, question, now=now + timedelta(days=1), author_id=4)
    assert (question.retired_at, question.retired_by) == (now, 3)
    assert bank.published_versions(session, topic.id, Kind.SINGLE_CHOICE) == []
    assert bank.counts(session) == {}
    bank.restore(session, question)
    assert bank.published_versions(session, topic.id, Kind.SINGLE_CHOICE) == [version]


@pytest.mark.parametrize("state", [VersionState.PUBLISHED, VersionState.DRAFT])
def test_the_database_itself_holds_one_published_version_and_one_draft(
    session: Session, topic: Topic, now: datetime, state: VersionState
) -> None:
    first = published(session, topic, now=now)
    second, third = revise(session, first, SINGLE, now), make(session, topic, now=now)
    third.question_id, third.number = first.question_id, 3
    third.published_at, third.state = now, state
    assert second.state is VersionState.DRAFT
    with pytest.raises(IntegrityError):
        session.flush()
