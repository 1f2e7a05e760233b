"""Answers that say the same are found; those that differ in a negation or a number never count as alike."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.grouping import NEAR, Alike, Likeness, alike, in_common, said, same

STEPS = "先请会员坐下，听他把事情说完并记录，真诚地道歉，查清积分历史后上报主管，当天给会员答复。"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("先倾听，再道歉。", "先倾听 再道歉"),
        ("先倾听，\n再道歉", "先倾听再道歉！"),
        ("請會員稍候，並記錄", "请会员稍候并记录"),
        ("ＶＩＰ会员", "vip会员"),
        ("三天内答复", "3天内答复"),
        ("３天内答复", "三天内答复"),
        ("百分之八十", "80%"),
        ("８０％", "80%"),
        ("百分之百", "100%"),
        ("一千元", "1,000 元"),
        ("1，000元", "壹仟元"),
        ("三万五千", "35000"),
        ("3.5万", "三万五"),
        ("一百零二", "102"),
        ("一百二", "120"),
        ("两个工作日", "2个工作日"),
        ("二〇二六年", "2026年"),
        ("十二点五", "12.50"),
        ("三分之一", "1/3"),
        ("①倾听②道歉", "1. 倾听；2. 道歉"),
        ("（1）倾听（2）道歉", "1、倾听2、道歉"),
        ("I don’t know", "i do not know"),
        ("can't refund", "cannot refund"),
    ],
)
def test_what_says_the_same_is_the_same(one, two):
    assert same(one, two)
    assert [found.likeness for found in alike(one, {1: two})] == [Likeness.SAME]


NEVER = [
    ("应当道歉", "不应当道歉"),
    ("不，要退款", "不要退款"),
    ("可以退货，不可以换货", "不可以退货，可以换货"),
    ("可以退货不，可以换货", "可以退货，不可以换货"),
    ("有记录", "没有记录"),
    ("须上报", "无须上报"),
    ("要打断会员", "勿打断会员"),
    ("经同意", "未经同意"),
    ("会员可入内", "非会员可入内"),
    ("要承诺", "别承诺"),
    ("吸烟", "禁止吸烟"),
    ("不得不退", "不得退"),
    ("able to refund", "not able to refund"),
    ("we refund", "we don't refund"),
    ("we refund", "we never refund"),
    ("able to refund", "unable to refund"),
    ("notable", "not able"),
    ("3天内", "5天内"),
    ("3天内", "3小时内"),
    ("三天", "三个月"),
    ("3个工作日", "3个自然日"),
    ("15分钟", "1.5分钟"),
    ("1 5", "15"),
    ("两三天", "23天"),
    ("三五天", "35天"),
    ("80%", "80"),
    ("80%", "0.8%"),
    ("3天以内", "3天以外"),
    ("至少3天", "至多3天"),
    ("<5元", ">5元"),
    ("零下5度", "5度"),
    ("-5度", "5度"),
    ("8:30", "8.30"),
    ("1/2", "12"),
    ("3-5天", "35天"),
    ("半天", "一天"),
    ("扣十分", "扣五分"),
    ("选A", "选B"),
    ("先退款", "不先退款"),
]


@pytest.mark.parametrize(("one", "two"), NEVER)
def test_what_differs_in_a_negation_or_a_number_is_never_alike(one, two):
    for head, tail in (("", ""), (STEPS, ""), ("", "。" + STEPS), (STEPS, "，" + STEPS)):
        assert alike(head + one + tail, {1: head + two + tail}) == []


@pytest.mark.parametrize(
    ("one", "two", "near"),
    [
        (STEPS, STEPS.replace("真诚地道歉", "真诚道歉"), True),
        (STEPS, STEPS.replace("会员坐下", "会员先坐下"), True),
        (STEPS, "先道歉。", False),
        ("向会员道歉", "向客户道歉", False),
        ("退款", "换货", False),
        (STEPS, STEPS.replace("当天", "三天内"), False),
    ],
)
def test_nearly_the_same_answers_are_found_with_their_likeness(one, two, near):
    found = alike(one, {"x": two})
    assert bool(found) == near
    if near:
        assert found[0].likeness is Likeness.NEAR
        assert NEAR <= found[0].percent < 100


def test_the_most_alike_come_first():
    others = {1: STEPS.replace("真诚地", "诚恳地"), 2: STEPS.replace("，", " "), 3: "别的", 4: STEPS}
    found = alike(STEPS, others)
    assert [one.key for one in found] == [4, 2, 1]
    assert found[0] == Alike(4, Likeness.IDENTICAL, 100)


@pytest.mark.parametrize("text", ["", " ", "。。。", "\u200b"])
def test_nothing_is_like_nothing(text):
    assert alike(text, {1: text}) == []
    assert not same(text, text)


def test_what_differs_is_shown():
    pieces = list(in_common("真诚地道歉", "诚恳地道歉并回访"))
    assert "".join(piece for piece, _ in pieces) == "诚恳地道歉并回访"
    assert [piece for piece, kept in pieces if not kept] == ["恳", "并回访"]


WORDS = st.sampled_from(
    [
        "应当",
        "道歉",
        "不",
        "没有",
        "别",
        "禁止",
        "3",
        "三",
        "天",
        "小时",
        "，",
        "。",
        " ",
        "5%",
        "百分之五",
        "退款",
        "not ",
        "会员",
    ]
)
ANSWERS = st.lists(WORDS, min_size=1, max_size=12).map("".join)


@given(ANSWERS, st.lists(ANSWERS, max_size=6))
def test_all_of_a_group_agree_in_negations_and_numbers(text, others):
    found = alike(text, dict(enumerate(others)))
    assert {said(others[one.key]).weights for one in found} <= {said(text).weights}


@given(st.text("aÉ①３%不半万點#’－ \n\u200b\u0301😀\0", max_size=20))
def test_anything_can_be_folded(text):
    assert alike(text, {1: text}) == ([Alike(1, Likeness.IDENTICAL, 100)] if said(text).text else [])


@given(ANSWERS)
def test_full_width_spaces_and_commas_play_no_part_without_a_negation(text):
    if not any(weight[0] == "not" for weight in said(text).weights):
        assert said(text.replace("，", "；")) == said(text)
        assert said(text.translate({code: code + 0xFEE0 for code in range(ord("0"), ord("9") + 1)})) == said(text)


@given(st.integers(1, 99_999_999))
def test_a_number_in_words_is_the_number(value):
    assert same(f"共{in_words(value)}元", f"共{value:,}元")


def in_words(value: int) -> str:
    """A number as it is written in Chinese, 100,203 as 十万零二百零三."""
    if value >= 10_000:
        rest = value % 10_000
        return in_words(value // 10_000) + "万" + ("零" if 0 < rest < 1000 else "") + (in_words(rest) if rest else "")
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            text += ("零" if gap and text else "") + "零一二三四五六七八九"[digit] + name
            gap = False
        else:
            gap = True
    return text


def test_two_thousand_long_answers_take_bounded_time():
    texts = {number: f"{STEPS * 3}{chr(0x4E00 + number)}第{number}次" for number in range(2000)}
    began = process_time()
    alike(texts[0], texts)
    assert process_time() - began < 5
    began = process_time()
    alike(texts[1], texts)
    assert process_time() - began < 0.5
