"""Each verb of the bank: first that it works, then what it refuses."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from question_bank import bank
from question_bank.bank import BankCode, BankError, Order, QuestionState
from question_bank.differences import Difference
from question_bank.items import Choice, Item, KeyPoint, Kind, MultipleChoice, ShortAnswer, SingleChoice, TrueFalse
from question_bank.models import Question, QuestionVersion, Topic, VersionState
from question_bank.problems import ProblemCode

SINGLE = SingleChoice("Who answers first?", (Choice("a", "the nearest", True), Choice("b", "the oldest")), "Always.")
MULTIPLE = MultipleChoice("Which?", (Choice("a", "one", True), Choice("b", "two", True), Choice("c", "three")))
STATEMENT = TrueFalse("A ring takes about three seconds.", correct=True)
UNFINISHED = SingleChoice("", ())


@pytest.fixture
def topic(session: Session) -> Topic:
    return bank.ensure_topic(session, "telephone", "电话与礼貌用语")


def make(session: Session, topic: Topic, item: Item = SINGLE, *, now: datetime, difficulty: int = 1) -> QuestionVersion:
    return bank.draft(session, topic, item, difficulty=difficulty, now=now, author_id=7)


def published(
    session: Session, topic: Topic, item: Item = SINGLE, *, now: datetime, difficulty: int = 1
) -> QuestionVersion:
    return bank.publish(session, make(session, topic, item, now=now, difficulty=difficulty), now=now)


def question_of(session: Session, version: QuestionVersion) -> Question:
    return session.get_one(Question, version.question_id)


def revise(session: Session, version: QuestionVersion, item: Item, now: datetime) -> QuestionVersion:
    return bank.revise(session, question_of(session, version), item, difficulty=2, now=now)


def refusal(caught: pytest.ExceptionInfo[BankError]) -> BankCode:
    return caught.value.code


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


def corrected(item: MultipleChoice | SingleChoice, keys: str) -> Item:
    return replace(item, choices=tuple(replace(choice, correct=choice.id in keys) for choice in item.choices))


def test_a_corrected_key_counts_for_those_who_saw_the_old_one(session: Session, topic: Topic, now: datetime) -> None:
    seen, other = published(session, topic, now=now), published(session, topic, MULTIPLE, now=now)
    bank.mark_used(session, [seen.id], now=now)
    mended = bank.correct(session, seen, corrected(SINGLE, "b"), now=now, author_id=8)
    assert (mended.number, mended.state, mended.corrects_id) == (2, VersionState.PUBLISHED, seen.id)
    assert (seen.state, bank.item_of(seen)) == (VersionState.SUPERSEDED, SINGLE)
    again = bank.correct(session, mended, corrected(SINGLE, "ab"), now=now)
    assert bank.counting_versions(session, [seen.id, mended.id, other.id]) == {
        seen.id: again,
        mended.id: again,
        other.id: other,
    }


def test_correcting_an_old_wording_leaves_the_new_one_published(session: Session, topic: Topic, now: datetime) -> None:
    old = published(session, topic, now=now)
    new = bank.publish(session, revise(session, old, replace(SINGLE, stem="New"), now), now=now)
    mended = bank.correct(session, old, corrected(SINGLE, "b"), now=now)
    assert (mended.state, new.state) == (VersionState.SUPERSEDED, VersionState.PUBLISHED)
    assert bank.counting_versions(session, [old.id, new.id]) == {old.id: mended, new.id: new}


def test_an_open_draft_survives_a_correction_and_stays_the_current_one(
    session: Session, topic: Topic, now: datetime
) -> None:
    first = published(session, topic, now=now)
    draft = revise(session, first, replace(SINGLE, stem="New"), now)
    bank.correct(session, first, corrected(SINGLE, "b"), now=now)
    assert bank.current_version(session, first.question_id) is draft


@pytest.mark.parametrize("keys", ["a", "abc"])
def test_a_corrected_multiple_choice_may_keep_one_key_or_all(
    session: Session, topic: Topic, now: datetime, keys: str
) -> None:
    seen = published(session, topic, MULTIPLE, now=now)
    assert bank.correct(session, seen, corrected(MULTIPLE, keys), now=now).state is VersionState.PUBLISHED


def test_the_key_points_of_a_short_answer_can_be_corrected(session: Session, topic: Topic, now: datetime) -> None:
    item = ShortAnswer("How?", (KeyPoint("p1", "listen", Fraction(5)),))
    seen = published(session, topic, item, now=now)
    mended = replace(item, key_points=(KeyPoint("p1", "listen", Fraction(3)), KeyPoint("p2", "record", Fraction(2))))
    assert bank.item_of(bank.correct(session, seen, mended, now=now)) == mended


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (SINGLE, BankCode.NOTHING_CHANGED),
        (corrected(SINGLE, ""), BankCode.UNPUBLISHABLE),
        (replace(corrected(SINGLE, "b"), stem="Who?"), BankCode.SEEN_PART_CHANGED),
        (replace(SINGLE, choices=SINGLE.choices[:1]), BankCode.SEEN_PART_CHANGED),
        (replace(SINGLE, choices=SINGLE.choices[::-1]), BankCode.SEEN_PART_CHANGED),
        (STATEMENT, BankCode.SEEN_PART_CHANGED),
    ],
)
def test_a_correction_changes_the_key_and_nothing_that_was_seen(
    session: Session, topic: Topic, now: datetime, item: Item, code: BankCode
) -> None:
    seen = published(session, topic, now=now)
    with pytest.raises(BankError) as caught:
        bank.correct(session, seen, item, now=now)
    assert refusal(caught) is code
    assert seen.state is VersionState.PUBLISHED


def test_a_draft_is_edited_not_corrected(session: Session, topic: Topic, now: datetime) -> None:
    version = make(session, topic, now=now)
    with pytest.raises(BankError) as caught:
        bank.correct(session, version, corrected(SINGLE, "b"), now=now)
    assert refusal(caught) is BankCode.STILL_A_DRAFT


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


def test_counts_are_by_topic_kind_and_difficulty(session: Session, topic: Topic, now: datetime) -> None:
    other = bank.ensure_topic(session, "quality", "服务质量")
    for item, difficulty, of in [(SINGLE, 1, topic), (SINGLE, 1, topic), (MULTIPLE, 3, topic), (STATEMENT, 1, other)]:
        published(session, of, item, now=now, difficulty=difficulty)
    make(session, topic, now=now)
    assert bank.counts(session) == {
        (topic.id, Kind.SINGLE_CHOICE, 1): 2,
        (topic.id, Kind.MULTIPLE_CHOICE, 3): 1,
        (other.id, Kind.TRUE_FALSE, 1): 1,
    }


def test_differences_name_each_field(session: Session, topic: Topic, now: datetime) -> None:
    old = published(session, topic, now=now)
    choices = (Choice("b", "the oldest"), Choice("a", "whoever hears it", True), Choice("c", "nobody"))
    new = bank.revise(
        session, question_of(session, old), SingleChoice("Who?", choices), difficulty=3, source="telephone", now=now
    )
    assert bank.differences(old, new) == [
        Difference("stem", None, "Who answers first?", "Who?"),
        Difference("choice", "a", "the nearest", "whoever hears it"),
        Difference("choice", "c", None, "nobody"),
        Difference("correct", "c", None, False),
        Difference("order", None, ("a", "b"), ("b", "a", "c")),
        Difference("explanation", None, "Always.", ""),
        Difference("difficulty", None, 1, 3),
        Difference("source", None, None, "telephone"),
    ]
    assert bank.differences(new, new) == []


@pytest.fixture
def shelf(session: Session, topic: Topic, now: datetime) -> dict[str, QuestionVersion]:
    """Four questions, one in each state; "both" is published with a draft of its next wording."""
    other = bank.ensure_topic(session, "quality", "服务质量")
    made = {
        "published": published(session, topic, SINGLE, now=now, difficulty=2),
        "draft": make(session, other, replace(STATEMENT, stem="满意度 100% 以上"), now=now + timedelta(hours=1)),
        "retired": published(session, other, STATEMENT, now=now + timedelta(hours=2), difficulty=3),
    }
    bank.retire(session, question_of(session, made["retired"]), now=now)
    both = published(session, topic, MULTIPLE, now=now + timedelta(hours=3), difficulty=3)
    made["both"] = revise(session, both, replace(MULTIPLE, stem="Which of these?"), now + timedelta(hours=4))
    return made


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({}, ["both", "retired", "draft", "published"]),
        ({"order": Order.CREATED}, ["both", "retired", "draft", "published"]),
        ({"order": Order.TOPIC}, ["published", "both", "draft", "retired"]),
        ({"order": Order.DIFFICULTY}, ["draft", "published", "both", "retired"]),
        ({"state": QuestionState.DRAFT}, ["both", "draft"]),
        ({"state": QuestionState.PUBLISHED}, ["both", "published"]),
        ({"state": QuestionState.RETIRED}, ["retired"]),
        ({"kind": Kind.TRUE_FALSE}, ["retired", "draft"]),
        ({"difficulty": 2}, ["both", "published"]),
        ({"text": "WHICH these"}, ["both"]),
        ({"text": "满意度"}, ["draft"]),
        ({"text": "100%"}, ["draft"]),
        ({"text": "%"}, ["draft"]),
        ({"text": "_"}, []),
        ({"text": "nothing\0like it"}, []),
        ({"limit": 2}, ["both", "retired"]),
        ({"limit": 2, "offset": 2}, ["draft", "published"]),
        ({"offset": 9}, []),
    ],
)
def test_a_search_meets_every_condition(
    session: Session, shelf: dict[str, QuestionVersion], conditions: dict[str, object], found: list[str]
) -> None:
    rows, total = bank.search(session, **conditions)
    assert [row.version for row in rows] == [shelf[name] for name in found]
    assert total == (4 if {"limit", "offset"} & set(conditions) else len(found))


def test_a_search_by_topic_tells_the_state_of_each(
    session: Session, topic: Topic, shelf: dict[str, QuestionVersion]
) -> None:
    rows, _ = bank.search(session, topic_ids=[topic.id])
    assert [(row.state, row.is_published, row.has_draft) for row in rows] == [
        (QuestionState.PUBLISHED, True, True),
        (QuestionState.PUBLISHED, True, False),
    ]
    assert {row.topic for row in rows} == {topic}
    rows, _ = bank.search(session, state=QuestionState.RETIRED)
    assert [row.state for row in rows] == [QuestionState.RETIRED]


def test_a_search_takes_two_statements_however_many_it_finds(
    session: Session, shelf: dict[str, QuestionVersion]
) -> None:
    statements: list[str] = []
    session.expire_all()
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
    rows, total = bank.search(session, limit=2)
    assert [(row.question.kind, row.topic.name, row.version.stem, row.state) for row in rows]
    assert total > len(rows) == 2
    assert len(statements) == 2
