"""Questions in the bank for tests of its verbs: three plain items, and versions of them in each state."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from question_bank import bank
from question_bank.bank import BankCode, BankError
from question_bank.items import Choice, Item, MultipleChoice, SingleChoice, TrueFalse
from question_bank.models import Question, QuestionVersion, Topic

SINGLE = SingleChoice("Who answers first?", (Choice("a", "the nearest", True), Choice("b", "the oldest")), "Always.")
MULTIPLE = MultipleChoice("Which?", (Choice("a", "one", True), Choice("b", "two", True), Choice("c", "three")))
STATEMENT = TrueFalse("A ring takes about three seconds.", correct=True)


def make(session: Session, topic: Topic, item: Item = SINGLE, *, now: datetime, difficulty: int = 1) -> QuestionVersion:
    """A draft of a new question."""
    return bank.draft(session, topic, item, difficulty=difficulty, now=now, author_id=7)


def published(
    session: Session, topic: Topic, item: Item = SINGLE, *, now: datetime, difficulty: int = 1
) -> QuestionVersion:
    """The same, published."""
    return bank.publish(session, make(session, topic, item, now=now, difficulty=difficulty), now=now)


def question_of(session: Session, version: QuestionVersion) -> Question:
    """The question that a version belongs to."""
    return session.get_one(Question, version.question_id)


def revise(session: Session, version: QuestionVersion, item: Item, now: datetime) -> QuestionVersion:
    """The version that now has this item: a new draft, or the open one."""
    return bank.revise(session, question_of(session, version), item, difficulty=2, now=now)


def refusal(caught: pytest.ExceptionInfo[BankError]) -> BankCode:
    """The code of a refusal."""
    return caught.value.code
