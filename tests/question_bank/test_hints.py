"""What would make a question better: each hint where it helps, and silence where it doesn't."""

from fractions import Fraction

import pytest
from sqlalchemy.orm import Session

from question_bank import bank
from question_bank.hints import Hint, HintCode, Uneven, alike, double_negation, hints, uneven_keys
from question_bank.items import Choice, Item, KeyPoint, Kind, ShortAnswer, SingleChoice, TrueFalse
from question_bank.searching import fold
from tests.builders import make_item, make_question


def choices(*texts: str, stem: str = "先做什么？", explanation: str = "因为") -> SingleChoice:
    return SingleChoice(stem, tuple(Choice("abcdef"[n], text, n == 0) for n, text in enumerate(texts)), explanation)


GOOD = ("倾听", "记录", "道歉", "推诿")
LISTEN = KeyPoint("a", "倾听", Fraction(1), ("听",))


@pytest.mark.parametrize(
    ("item", "found"),
    [
        (choices(*GOOD), []),
        (choices(*GOOD[:3]), [Hint(HintCode.FEW_CHOICES)]),
        (choices("一二三四五六七八九十", "一二三四五六", "二", "三"), [Hint(HintCode.KEY_STANDS_OUT, "A")]),
        (choices("一二三四五六七八九", "一二三四五六", "二", "三"), []),
        (choices("一二三四五六七八", "一", "二", "三"), []),
        (choices(*GOOD[:3], "以上都对。"), [Hint(HintCode.ALL_OR_NONE, "D", text="以上都对。")]),
        (choices(*GOOD, stem="投诉处理"), [Hint(HintCode.NO_QUESTION)]),
        (choices(*GOOD, stem="投诉处理的第一步是（　）"), []),
        (choices(*GOOD, stem="投诉处理的第一步是____。"), []),
        (choices(*GOOD, stem="第一步是：\n"), []),
        (choices(*GOOD, explanation=" "), [Hint(HintCode.NO_EXPLANATION)]),
        (
            choices("不要打断", *GOOD[1:], stem="下列做法不正确的是哪项？"),
            [Hint(HintCode.DOUBLE_NEGATION, text="不要打断")],
        ),
        (choices("倾听会员的话并记录下来", "倾听会员的话并记录下去", *GOOD[2:]), [Hint(HintCode.ALIKE, "A", "B")]),
        (TrueFalse("投诉处理完毕后要回访。", True, "因为"), []),
        (TrueFalse("员工不得不报告。", True, "因为"), [Hint(HintCode.DOUBLE_NEGATION, text="不得不")]),
        (ShortAnswer("写出步骤。", (LISTEN,), "答", "因为"), []),
        (
            ShortAnswer("写出步骤。", (KeyPoint("a", "倾听", Fraction(1)),), "", "因为"),
            [Hint(HintCode.NO_PHRASES, text="倾听"), Hint(HintCode.NO_REFERENCE)],
        ),
    ],
)
def test_what_could_be_better(item: Item, found: list[Hint]) -> None:
    assert hints(item, source="complaint") == found


def test_the_place_of_a_question_matters_too() -> None:
    assert hints(choices(*GOOD), source=None, topic=False) == [Hint(HintCode.NO_TOPIC), Hint(HintCode.NO_SOURCE)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("下列哪项不是不正确的？", "不是不"),
        ("没有一项不符合要求的是", "没有一项不"),
        ("并非所有投诉都不需要记录", "并非所有投诉都不"),
        ("You may not refuse without reason", "not refuse without"),
        ("这样做是不是不对？", None),
        ("不仅要快，还不能出错", None),
        ("没有记录，也不道歉", None),
        ("会员不满意时做什么？", None),
    ],
)
def test_double_negation(text: str, found: str | None) -> None:
    assert double_negation(fold(text)) == found


@pytest.mark.parametrize(
    ("text", "about_the_others"),
    [
        ("以上都不对", True),
        ("以上说法均正确", True),
        ("上述选项都不对。", True),
        ("全部正确", True),
        ("以上三项都是", True),
        ("All of the above.", True),
        ("None of the above", True),
        ("全部会员", False),
        ("周一以上都对会员开放", False),
    ],
)
def test_choices_about_the_other_choices(text: str, about_the_others: bool) -> None:
    codes = [hint.code for hint in hints(choices(*GOOD[:3], text), source="x")]
    assert (HintCode.ALL_OR_NONE in codes) is about_the_others


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("周一至周五 9:00–18:00", "周一至周六 9:00–18:00", False),
        ("在 24 小时内回复会员的投诉", "在 48 小时内回复会员的投诉", False),
        ("先向会员表示理解和歉意", "不先向会员表示理解和歉意", False),
        ("先向会员表示理解和歉意", "先向会员表示理解与歉意", True),
        ("倾听", "倾听", False),
    ],
)
def test_choices_that_say_nearly_the_same(one: str, two: str, same: bool) -> None:
    assert alike(one, two) is same


@pytest.mark.parametrize(
    ("places", "found"),
    [
        ({}, None),
        ({0: 19}, None),
        ({0: 8, 1: 4, 2: 4, 3: 4}, None),
        ({0: 4, 1: 4, 2: 9, 3: 3}, Uneven("C", 9, 20)),
    ],
)
def test_keys_that_stand_too_often_in_one_place(places: dict[int, int], found: Uneven | None) -> None:
    assert uneven_keys(places) == found


def test_the_places_of_the_keys_of_a_bank(session: Session) -> None:
    for kind in Kind:
        make_question(session, kind=kind)
    make_question(session, make_item(), published=False)
    assert bank.key_places(session) == {0: 1}
