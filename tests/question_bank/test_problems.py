"""What stops a question from being published."""

from fractions import Fraction

import pytest

from question_bank.items import Choice, Item, KeyPoint, MultipleChoice, ShortAnswer, SingleChoice, TrueFalse
from question_bank.problems import ProblemCode, problems


def choices(*texts: str, keys: str = "a") -> tuple[Choice, ...]:
    return tuple(Choice(id, text, id in keys) for id, text in zip("abcdefghijklmnopqrstuvwxyz", texts, strict=False))


def short(*key_points: KeyPoint) -> ShortAnswer:
    return ShortAnswer("How?", key_points, "So.")


FOUR = ("one", "two", "three", "four")


@pytest.mark.parametrize(
    "item",
    [
        SingleChoice("Which?", choices(*FOUR)),
        SingleChoice("Which?", choices(*FOUR, keys="ab")),
        MultipleChoice("Which?", choices(*FOUR, keys="abc")),
        TrueFalse("So.", correct=False),
        short(KeyPoint("p1", "listen", Fraction(3, 2), ("hear",)), KeyPoint("p2", "record", Fraction(1))),
    ],
)
def test_a_complete_question_has_no_problems(item: Item) -> None:
    assert problems(item) == []


@pytest.mark.parametrize(
    ("item", "field", "code", "part"),
    [
        (TrueFalse(" \u3000", True), "stem", ProblemCode.EMPTY, None),
        (TrueFalse("x" * 2001, True), "stem", ProblemCode.TOO_LONG, None),
        (TrueFalse("So.", True, "x" * 2001), "explanation", ProblemCode.TOO_LONG, None),
        (SingleChoice("Which?", choices("one")), "choices", ProblemCode.TOO_FEW_CHOICES, None),
        (SingleChoice("Which?", choices(*map(str, range(21)))), "choices", ProblemCode.TOO_MANY_CHOICES, None),
        (SingleChoice("Which?", choices("one", " ")), "choices", ProblemCode.EMPTY, "b"),
        (SingleChoice("Which?", choices("one", "x" * 501)), "choices", ProblemCode.TOO_LONG, "b"),
        (SingleChoice("Which?", choices("ABC", " ＡＢＣ ")), "choices", ProblemCode.SAME_TEXT_TWICE, "b"),
        (SingleChoice("Which?", choices(*FOUR, keys="")), "choices", ProblemCode.NO_KEY, None),
        (MultipleChoice("Which?", choices(*FOUR, keys="")), "choices", ProblemCode.NO_KEY, None),
        (MultipleChoice("Which?", choices(*FOUR, keys="b")), "choices", ProblemCode.ONLY_ONE_KEY, None),
        (MultipleChoice("Which?", choices(*FOUR, keys="abcd")), "choices", ProblemCode.ALL_KEYS, None),
        (short(), "key_points", ProblemCode.NO_KEY_POINTS, None),
        (short(KeyPoint("p1", "", Fraction(1))), "key_points", ProblemCode.EMPTY, "p1"),
        (short(KeyPoint("p1", "all", Fraction(0))), "key_points", ProblemCode.POINTS_NOT_POSITIVE, "p1"),
        (short(KeyPoint("p1", "all", Fraction(-1))), "key_points", ProblemCode.POINTS_NOT_POSITIVE, "p1"),
        (short(KeyPoint("p1", "all", Fraction(101))), "key_points", ProblemCode.POINTS_TOO_MANY, "p1"),
        (short(KeyPoint("p1", "all", Fraction(1, 3))), "key_points", ProblemCode.POINTS_NOT_IN_HALVES, "p1"),
        (short(KeyPoint("p1", "all", Fraction(1), (" ",))), "key_points", ProblemCode.EMPTY, "p1"),
        (short(KeyPoint("p1", "all", Fraction(1), ("x" * 101,))), "key_points", ProblemCode.TOO_LONG, "p1"),
        (short(KeyPoint("p1", "all", Fraction(1), ("x",) * 41)), "key_points", ProblemCode.TOO_MANY_PHRASES, "p1"),
        (
            short(*(KeyPoint(f"p{number}", "one", Fraction(1)) for number in range(13))),
            "key_points",
            ProblemCode.TOO_MANY_KEY_POINTS,
            None,
        ),
        (
            ShortAnswer("How?", (KeyPoint("p1", "all", Fraction(1)),), "x" * 5001),
            "reference",
            ProblemCode.TOO_LONG,
            None,
        ),
    ],
)
def test_each_problem_is_named_at_its_field(item: Item, field: str, code: ProblemCode, part: str | None) -> None:
    assert [(problem.field, problem.code, problem.part) for problem in problems(item)] == [(field, code, part)]


def test_all_problems_are_told_at_once() -> None:
    codes = [problem.code for problem in problems(SingleChoice("", choices("one", keys="")))]
    assert codes == [ProblemCode.EMPTY, ProblemCode.TOO_FEW_CHOICES, ProblemCode.NO_KEY]
