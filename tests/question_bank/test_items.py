"""The four kinds and their marks, as tables that a trainer could read."""

from fractions import Fraction

import pytest

from question_bank.items import (
    Choice,
    ChoiceResponse,
    CreditRule,
    KeyPoint,
    MultipleChoice,
    ShortAnswer,
    SingleChoice,
    TextResponse,
    TrueFalse,
    TruthResponse,
    from_data,
    to_data,
)

ALL_OR_NOTHING = CreditRule.ALL_OR_NOTHING
HALF = CreditRule.HALF_FOR_INCOMPLETE
PROPORTIONAL = CreditRule.PROPORTIONAL
MINUS = CreditRule.CORRECT_MINUS_WRONG


def choices(keys: str, of: str = "abcde") -> tuple[Choice, ...]:
    return tuple(Choice(id=one, text=f"choice {one}", correct=one in keys) for one in of)


def ticked(ids: str) -> ChoiceResponse:
    return ChoiceResponse(frozenset(ids))


MULTIPLE = MultipleChoice(stem="Which of these?", choices=choices("abc"))


@pytest.mark.parametrize(
    ("chosen", "all_or_nothing", "half", "proportional", "minus"),
    [
        ("abc", "1", "1", "1", "1"),
        ("ab", "0", "1/2", "2/3", "2/3"),
        ("a", "0", "1/2", "1/3", "1/3"),
        ("abcd", "0", "0", "0", "2/3"),
        ("abd", "0", "0", "0", "1/3"),
        ("ad", "0", "0", "0", "0"),
        ("ade", "0", "0", "0", "0"),
        ("d", "0", "0", "0", "0"),
        ("abcde", "0", "0", "0", "1/3"),
        ("", "0", "0", "0", "0"),
    ],
)
def test_a_multiple_choice_with_keys_a_b_c(
    chosen: str, all_or_nothing: str, half: str, proportional: str, minus: str
) -> None:
    marks = [MULTIPLE.mark(ticked(chosen), rule) for rule in (ALL_OR_NOTHING, HALF, PROPORTIONAL, MINUS)]
    assert marks == [Fraction(all_or_nothing), Fraction(half), Fraction(proportional), Fraction(minus)]


@pytest.mark.parametrize("rule", CreditRule)
@pytest.mark.parametrize(("keys", "chosen", "mark"), [("a", "a", 1), ("a", "b", 0), ("a", "", 0), ("ab", "b", 1)])
def test_a_single_choice_is_all_or_nothing_under_every_rule(
    rule: CreditRule, keys: str, chosen: str, mark: int
) -> None:
    assert SingleChoice("Which?", choices(keys)).mark(ticked(chosen), rule) == mark


@pytest.mark.parametrize("rule", CreditRule)
@pytest.mark.parametrize(("correct", "truth", "mark"), [(True, True, 1), (True, False, 0), (False, False, 1)])
def test_a_statement_is_right_or_wrong_under_every_rule(
    rule: CreditRule, correct: bool, truth: bool, mark: int
) -> None:
    assert TrueFalse("So?", correct).mark(TruthResponse(truth), rule) == mark


@pytest.mark.parametrize("item", [MULTIPLE, SingleChoice("Which?", choices("a")), TrueFalse("So?", correct=False)])
def test_a_blank_is_worth_nothing(item: SingleChoice | MultipleChoice | TrueFalse) -> None:
    assert [item.mark(None, rule) for rule in CreditRule] == [0, 0, 0, 0]


def test_a_choice_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no choice z"):
        MULTIPLE.mark(ticked("az"), HALF)


def test_two_ticks_in_a_single_choice_are_refused() -> None:
    with pytest.raises(ValueError, match="one choice"):
        SingleChoice("Which?", choices("a")).mark(ticked("ab"), HALF)


@pytest.mark.parametrize(
    ("item", "response"),
    [
        (MULTIPLE, TruthResponse(True)),
        (TrueFalse("So?", True), TextResponse("yes")),
        (ShortAnswer("Why?", ()), TruthResponse(True)),
    ],
)
def test_a_response_of_another_kind_is_refused(
    item: MultipleChoice | TrueFalse | ShortAnswer, response: TruthResponse | TextResponse
) -> None:
    with pytest.raises(ValueError, match="is answered by"):
        item.check(response)


def test_a_multiple_choice_without_keys_is_not_marked() -> None:
    with pytest.raises(ValueError, match="without a key"):
        MultipleChoice("Which?", choices("")).mark(ticked(""), HALF)


def test_an_id_used_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        SingleChoice("Which?", (Choice("a", "one"), Choice("a", "two")))


POINTS = ShortAnswer(
    "How?",
    (
        KeyPoint("p1", "listen", Fraction(2)),
        KeyPoint("p2", "record", Fraction(3, 2)),
        KeyPoint("p3", "call", Fraction(3, 2)),
    ),
)


@pytest.mark.parametrize(
    ("given", "share"),
    [
        ({}, "0"),
        ({"p1": "2"}, "2/5"),
        ({"p1": "1/2", "p2": "3/2"}, "2/5"),
        ({"p1": "2", "p2": "3/2", "p3": "3/2"}, "1"),
        ({"p1": "0", "p3": "1"}, "1/5"),
    ],
)
def test_a_marker_gives_points_per_key_point(given: dict[str, str], share: str) -> None:
    assert POINTS.award({one: Fraction(points) for one, points in given.items()}) == Fraction(share)


@pytest.mark.parametrize("given", [{"p1": "5/2"}, {"p1": "-1/2"}, {"p1": "1/3"}, {"p9": "1"}])
def test_points_beyond_a_key_point_or_between_halves_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="can't be given"):
        POINTS.award({one: Fraction(points) for one, points in given.items()})


def test_a_key_point_of_an_odd_worth_can_be_given_in_full() -> None:
    third = ShortAnswer("How?", (KeyPoint("p1", "all", Fraction(1, 3)),))
    assert third.award({"p1": Fraction(1, 3)}) == 1


def test_a_short_answer_without_points_is_not_marked() -> None:
    with pytest.raises(ValueError, match="without points"):
        ShortAnswer("How?", ()).award({})


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "essay"},
        {"stem": None},
        {"stem": "a\0b"},
        {"explanation": 3},
        {"choices": "abc"},
        {"choices": [{"id": "a", "text": "one"}]},
        {"choices": [{"id": "a", "text": "one", "correct": 1}]},
        {"kind": "short_answer"},
        {"kind": "true_false"},
    ],
)
def test_data_that_is_no_question_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        from_data(to_data(MULTIPLE) | change)


@pytest.mark.parametrize("points", ["1e99999999", "1/0", "", "one", 2, "1.5"])
def test_points_that_are_no_exact_number_are_refused(points: object) -> None:
    data = to_data(POINTS)
    data["key_points"][0]["points"] = points
    with pytest.raises(ValueError, match=r"\S"):
        from_data(data)
