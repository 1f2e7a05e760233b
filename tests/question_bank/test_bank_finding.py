"""What the bank holds: counted, and searched by every condition."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from question_bank import bank
from question_bank.bank import Order, QuestionState
from question_bank.items import Kind
from question_bank.models import QuestionVersion, Topic
from tests.question_bank.builders import MULTIPLE, SINGLE, STATEMENT, make, published, question_of, revise


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
