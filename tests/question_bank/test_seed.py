"""The sample bank itself: complete, publishable, and fair in where its keys stand."""

from collections import Counter

import pytest

from question_bank.formats.toml import Entry
from question_bank.items import Kind, ShortAnswer, SingleChoice, TrueFalse
from question_bank.problems import problems
from question_bank.seeding import SEED, read_seed

READINGS = read_seed()
ENTRIES = [entry for reading in READINGS for entry in reading.entries]


def test_every_file_is_read_and_names_its_own_topic() -> None:
    assert [path.stem[3:] for path in sorted(SEED.glob("*.toml"))] == [reading.topic_slug for reading in READINGS]
    assert len(READINGS) >= 12
    assert len({reading.topic_name for reading in READINGS}) == len(READINGS)


def test_there_are_enough_questions_of_each_kind() -> None:
    number = Counter(entry.item.kind for entry in ENTRIES)
    assert number.total() >= 160
    assert number[Kind.SINGLE_CHOICE] >= 60
    assert number[Kind.MULTIPLE_CHOICE] >= 40
    assert number[Kind.TRUE_FALSE] >= 40
    assert number[Kind.SHORT_ANSWER] >= 20


def test_all_difficulties_occur() -> None:
    number = Counter(entry.difficulty for entry in ENTRIES)
    assert all(number[difficulty] >= 0.1 * len(ENTRIES) for difficulty in (1, 2, 3))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_each_can_be_published_and_is_explained(entry: Entry) -> None:
    assert problems(entry.item) == []
    assert entry.item.explanation
    assert entry.source
    texts = [entry.item.stem, *(choice.text for choice in getattr(entry.item, "choices", ()))]
    assert not any(phrase in text for text in texts for phrase in ("以上都", "以上皆", "以上全"))


def test_keys_and_stems_are_unique() -> None:
    assert max(Counter(entry.key for entry in ENTRIES).values()) == 1
    assert max(Counter(entry.item.stem for entry in ENTRIES).values()) == 1


def test_the_key_of_a_single_choice_stands_anywhere() -> None:
    items = [entry.item for entry in ENTRIES if isinstance(entry.item, SingleChoice)]
    assert all(len(item.choices) == 4 and len(item.keys) == 1 for item in items)
    places = Counter("".join(item.keys) for item in items)
    assert all(0.15 <= places[id] / len(items) <= 0.35 for id in "abcd"), places


def test_the_key_of_a_single_choice_is_not_given_away_by_its_length() -> None:
    items = [entry.item for entry in ENTRIES if isinstance(entry.item, SingleChoice)]
    longest = sum(
        max(len(choice.text) for choice in item.choices if choice.correct)
        > max(len(choice.text) for choice in item.choices if not choice.correct)
        for item in items
    )
    assert longest / len(items) <= 0.4


def test_true_and_false_are_balanced() -> None:
    truths = [entry.item.correct for entry in ENTRIES if isinstance(entry.item, TrueFalse)]
    assert 0.35 <= sum(truths) / len(truths) <= 0.65


@pytest.mark.parametrize(
    "entry", [entry for entry in ENTRIES if isinstance(entry.item, ShortAnswer)], ids=lambda entry: entry.key
)
def test_short_answers_are_worth_five_and_their_reference_earns_it(entry: Entry) -> None:
    item = entry.item
    assert isinstance(item, ShortAnswer)
    assert item.points == 5
    assert 2 <= len(item.key_points) <= 5
    assert all(key_point.accepted for key_point in item.key_points)
    assert item.propose(item.reference).points == 5, "an accepted phrasing is missing for what the reference says"
