"""Reading and writing the bank's own files."""

from fractions import Fraction

import pytest

from question_bank.formats.toml import Entry, ReadingCode, read, write
from question_bank.items import Choice, KeyPoint, ShortAnswer, SingleChoice

HEAD = 'topic = "complaint"\nname = "投诉处理"\n'
TRUE_FALSE = '[[question]]\nkey = "t1"\nkind = "true_false"\ndifficulty = 1\nstem = "So."\ncorrect = true\n'
SHORT = '[[question]]\nkey = "a1"\nkind = "short_answer"\ndifficulty = 1\nstem = "How?"\nkey_points = [%s]\n'


def test_choices_and_key_points_get_their_ids_from_their_place() -> None:
    reading = read(
        HEAD
        + '[[question]]\nkey = "s1"\nkind = "single_choice"\ndifficulty = 3\nsource = "complaint"\nstem = "Which?"\n'
        + 'choices = [ { text = "one" }, { text = "two", correct = true } ]\n'
        + SHORT % '{ text = "listen", points = 1.5, accepted = ["hear"] }, { text = "record", points = 2 }'
    )
    assert reading.problems == ()
    assert (reading.topic_slug, reading.topic_name) == ("complaint", "投诉处理")
    single, short = reading.entries
    assert single == Entry(
        "s1", SingleChoice("Which?", (Choice("a", "one"), Choice("b", "two", True))), 3, "complaint", 1
    )
    assert short.item == ShortAnswer(
        "How?", (KeyPoint("p1", "listen", Fraction(3, 2), ("hear",)), KeyPoint("p2", "record", Fraction(2)))
    )


def test_points_are_written_as_people_write_them() -> None:
    key_points = (
        KeyPoint("p1", "whole", Fraction(2)),
        KeyPoint("p2", "half", Fraction(3, 2), ("1½",)),
        KeyPoint("p3", "odd", Fraction(1, 3)),
    )
    text = write("complaint", "投诉处理", [Entry("a1", ShortAnswer("How?", key_points), 1)])
    assert text.splitlines()[-4:-1] == [
        '  { text = "whole", points = 2, accepted = [] },',
        '  { text = "half", points = 1.5, accepted = ["1½"] },',
        '  { text = "odd", points = "1/3", accepted = [] },',
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ('key = "t1"', 'key = "T 1"', ReadingCode.BAD_FIELD, "key"),
        ('key = "t1"\n', "", ReadingCode.BAD_FIELD, "key"),
        ("true_false", "essay", ReadingCode.BAD_FIELD, "kind"),
        ('"true_false"', '["true_false"]', ReadingCode.BAD_FIELD, "kind"),
        ("difficulty = 1", "difficulty = 4", ReadingCode.BAD_FIELD, "difficulty"),
        ("difficulty = 1", "difficulty = true", ReadingCode.BAD_FIELD, "difficulty"),
        ('stem = "So."', "stem = 5", ReadingCode.BAD_FIELD, "stem"),
        ('stem = "So."', 'stem = "\\u0000"', ReadingCode.BAD_FIELD, "stem"),
        ("correct = true", 'correct = "yes"', ReadingCode.BAD_FIELD, "correct"),
        ("correct = true", "", ReadingCode.BAD_FIELD, "correct"),
        ("correct = true", "correct = true\ncorect = true", ReadingCode.UNKNOWN_FIELD, "corect"),
        ("correct = true", "correct = true\nchoices = []", ReadingCode.UNKNOWN_FIELD, "choices"),
        ("difficulty = 1", 'difficulty = 1\nsource = "a b"', ReadingCode.BAD_FIELD, "source"),
    ],
)
def test_a_question_that_cannot_be_read_is_named_and_the_others_are_read(
    old: str, new: str, code: ReadingCode, field: str
) -> None:
    reading = read(HEAD + TRUE_FALSE.replace(old, new) + TRUE_FALSE.replace("t1", "t2"))
    assert [(problem.code, problem.place, problem.field) for problem in reading.problems] == [(code, 1, field)]
    assert [(entry.key, entry.place) for entry in reading.entries] == [("t2", 2)]


@pytest.mark.parametrize("points", ["0.5e9", "1e999999999", "inf", "nan", "-1", "true", '"1/0"', '"half"', "1.2345"])
def test_points_that_are_no_plain_number_are_refused(points: str) -> None:
    reading = read(HEAD + SHORT % f'{{ text = "x", points = {points} }}')
    assert [problem.field for problem in reading.problems] == ["points"]


def test_a_key_used_twice_is_told() -> None:
    reading = read(HEAD + TRUE_FALSE + TRUE_FALSE)
    assert [(problem.code, problem.place) for problem in reading.problems] == [(ReadingCode.SAME_KEY_TWICE, 2)]
    assert len(reading.entries) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("topic = ", ReadingCode.NOT_TOML),
        ("x = " + "[" * 100_000, ReadingCode.NOT_TOML),
        ("", ReadingCode.NO_TOPIC),
        ('topic = "投诉"\nname = "x"', ReadingCode.NO_TOPIC),
        ('topic = 1\nname = "x"', ReadingCode.NO_TOPIC),
        (HEAD + "more = 1", ReadingCode.UNKNOWN_FIELD),
        (HEAD + "question = 1", ReadingCode.BAD_FIELD),
    ],
)
def test_a_file_that_is_none_of_ours_is_told(text: str, code: ReadingCode) -> None:
    assert [problem.code for problem in read(text).problems] == [code]
