"""Correcting the key of a question that was seen, and what differs between two versions."""

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest
from sqlalchemy.orm import Session

from question_bank import bank
from question_bank.bank import BankCode, BankError
from question_bank.differences import Difference
from question_bank.items import Choice, Item, KeyPoint, MultipleChoice, ShortAnswer, SingleChoice
from question_bank.models import Topic, VersionState
from tests.question_bank.builders import MULTIPLE, SINGLE, STATEMENT, make, published, question_of, refusal, revise


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
