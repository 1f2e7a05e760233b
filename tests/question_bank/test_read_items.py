"""What the bank keeps of a question that was read, what it says it loses, and the way back."""

from dataclasses import replace
from fractions import Fraction

import pytest

from question_bank.formats.codes import ReadCode
from question_bank.formats.items import as_draft, as_question, with_kind
from question_bank.formats.reading import ReadAnswer, ReadChoice, ReadKeyPoint, ReadQuestion
from question_bank.items import Kind, ShortAnswer, from_data
from question_bank.problems import problems
from tests.builders import make_item

THIRD, HALF = Fraction(33_333, 100_000), Fraction(1, 2)


def choices(*rows):
    return tuple(
        ReadChoice("ABCDE"[number], text, fraction > 0, Fraction(fraction), feedback)
        for number, (text, fraction, feedback) in enumerate(rows)
    )


def codes(draft):
    return [code for code, _detail in draft.noted]


def test_feedback_goes_below_the_explanation_with_the_words_of_its_choice():
    rows = choices(("倾听", 1, "对。"), ("打断", 0, "不礼貌。"))
    question = ReadQuestion(Kind.SINGLE_CHOICE, "先做什么？", "x", rows, explanation="见第二章。")
    draft = as_draft(question)
    assert draft.data["explanation"] == "见第二章。\n“倾听”：对。\n“打断”：不礼貌。"
    assert [one["id"] for one in draft.data["choices"]] == ["a", "b"]
    assert draft.noted == []
    assert problems(from_data(draft.data)) == []


@pytest.mark.parametrize(
    ("shares", "lost"),
    [
        ((THIRD, THIRD, THIRD, 0), False),
        ((HALF, HALF, 0, 0), False),
        ((HALF, HALF, -HALF, 0), True),
        ((Fraction(3, 4), Fraction(1, 4), 0, 0), True),
    ],
)
def test_shares_that_the_exams_rule_gives_anyway_are_no_loss(shares, lost):
    question = ReadQuestion(
        Kind.MULTIPLE_CHOICE, "？", "x", choices(*(("字" * n, one, "") for n, one in enumerate(shares, 1)))
    )
    assert bool(as_draft(question).noted) is lost


def test_a_wording_that_is_worth_nothing_is_never_looked_for():
    answers = (ReadAnswer("身份", HALF), ReadAnswer("姓名", Fraction(0)))
    (point,) = as_draft(ReadQuestion(Kind.SHORT_ANSWER, "退款前先做什么？", "x", answers=answers)).data["key_points"]
    assert (point["text"], point["accepted"]) == ("身份", ["身份"])


def test_wordings_become_one_key_point_with_phrases():
    answers = (
        ReadAnswer("核对身份"),
        ReadAnswer("*核实身份*"),
        ReadAnswer("身份", Fraction(1, 2)),
        ReadAnswer("*", Fraction(0)),
    )
    draft = as_draft(ReadQuestion(Kind.SHORT_ANSWER, "先做什么？", "x", answers=answers, points=Fraction(4)))
    item = from_data(draft.data)
    assert isinstance(item, ShortAnswer)
    assert (item.reference, item.points) == ("核对身份", 4)
    assert item.key_points[0].accepted == ("核对身份", "核实身份")
    assert codes(draft) == [ReadCode.NOT_KEPT, ReadCode.KEY_POINT_MADE]


def test_points_go_in_halves_and_what_was_rounded_is_said():
    points = (ReadKeyPoint("甲", Fraction(5, 3)), ReadKeyPoint("乙", Fraction(3, 2), ("丙",)))
    draft = as_draft(ReadQuestion(Kind.SHORT_ANSWER, "？", "x", key_points=points))
    assert [one["points"] for one in draft.data["key_points"]] == ["3/2", "3/2"]
    assert codes(draft) == [ReadCode.POINTS_ROUNDED]


def test_a_truth_that_is_unknown_stays_open():
    draft = as_draft(ReadQuestion(Kind.TRUE_FALSE, "工单当天关闭。", "x"))
    assert draft.data["correct"] is None
    with pytest.raises(ValueError, match="not a question"):
        from_data(draft.data)


def test_points_and_names_are_set_aside_without_a_word_for_each():
    draft = as_draft(ReadQuestion(Kind.TRUE_FALSE, "。", "x", correct=True, points=Fraction(2), name="a"))
    assert (draft.noted, draft.aside) == ([], {"points", "names"})


@pytest.mark.parametrize("kind", Kind)
def test_an_item_goes_out_and_comes_back_the_same(kind):
    item = make_item(kind)
    question = as_question(item, place="1", topic="投诉", difficulty=2, tags=("新人",))
    draft = as_draft(question)
    again = from_data(draft.data)
    assert replace(again, **_parts(item)) == item
    assert list(_texts(again)) == list(_texts(item))
    assert draft.noted == []


def _parts(item):
    """The parts whose ids a file doesn't have."""
    return {name: getattr(item, name) for name in ("choices", "key_points") if hasattr(item, name)}


def _texts(item):
    for name in ("choices", "key_points"):
        for one in getattr(item, name, ()):
            yield one.text, getattr(one, "correct", None), getattr(one, "points", None), getattr(one, "accepted", None)


def test_another_kind_keeps_what_both_have():
    data = as_draft(ReadQuestion(Kind.SINGLE_CHOICE, "？", "x", choices(("甲", 1, ""), ("乙", 0, "")))).data
    assert len(with_kind(data, Kind.MULTIPLE_CHOICE)["choices"]) == 2
    assert with_kind(data, Kind.TRUE_FALSE)["correct"] is None
    assert with_kind(data, Kind.SHORT_ANSWER)["key_points"] == []
