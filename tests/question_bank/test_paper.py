"""Papers in Chinese: what trainers write, and what has to come out of it."""

from fractions import Fraction

import pytest

from question_bank.formats import paper
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import ReadQuestion
from question_bank.formats.source import Source
from question_bank.items import Kind

MESSY = """会员服务部新员工测试题（满分100分）

一、单选题（每题2分，共4分）
1. 会员来电投诉时，首先应当（ B ）。
A. 解释规定    B. 倾听并记录\tC. 转给主管    D. 请对方稍等
解析：先听后说。
难度：易  知识点：投诉处理
２．下列哪一项不是会员权益？
Ａ、积分
(B) 生日礼遇，
2019 年起提供
Ｃ．免息贷款
【答案】Ｃ
二、多项选择题(每题 3 分)
第1题 工单必须写明：
（A）时间
（B）经过
（C）处理人
（D）天气
正确答案：A、B、C
三、判断题
1、工单当天必须关闭。（ × ）
2、可以把会员电话告诉其他会员。
答案：错误
（3）回访应在三天内完成。（对）
四、简答题（每题5分）
1. 请写出处理投诉的步骤。
参考答案：
（1）倾听并记录；（2分）
（2）表示理解并道歉；（1分）
（3）说明步骤和时限。（2分）
2. 什么是会员等级？
答：按消费额划分的级别，
每年重新计算。
"""


def read(text: str) -> tuple[ReadQuestion, ...]:
    reading = paper.read(Source(text.encode()))
    assert reading.problems == ()
    return reading.questions


def keys(question: ReadQuestion) -> str:
    return "".join(one.id for one in question.choices if one.correct)


def test_a_messy_paper_is_understood() -> None:
    reading = paper.read(Source(MESSY.encode()))
    assert [(one.code, one.place) for one in reading.problems] == [(ReadCode.NOT_A_QUESTION, "line 1")]
    assert [(one.place, one.kind, one.points) for one in reading.questions] == [
        ("line 4", Kind.SINGLE_CHOICE, 2), ("line 8", Kind.SINGLE_CHOICE, 2), ("line 15", Kind.MULTIPLE_CHOICE, 3),
        ("line 22", Kind.TRUE_FALSE, None), ("line 23", Kind.TRUE_FALSE, None), ("line 25", Kind.TRUE_FALSE, None),
        ("line 27", Kind.SHORT_ANSWER, 5), ("line 32", Kind.SHORT_ANSWER, 5),
    ]  # fmt: skip
    first, second, third, *statements, steps, levels = reading.questions
    assert (first.stem, keys(first), first.explanation) == ("会员来电投诉时，首先应当（　　）。", "B", "先听后说。")
    assert (first.topic, first.difficulty) == ("投诉处理", 1)
    assert [one.text for one in first.choices] == ["解释规定", "倾听并记录", "转给主管", "请对方稍等"]
    assert [one.text for one in second.choices] == ["积分", "生日礼遇， 2019 年起提供", "免息贷款"]
    assert (keys(second), keys(third)) == ("C", "ABC")
    assert {one.fraction for one in third.choices if one.correct} == {Fraction(1, 3)}
    assert [one.correct for one in statements] == [False, False, True]
    assert [(one.text, one.points) for one in steps.key_points] == [
        ("倾听并记录", 2), ("表示理解并道歉", 1), ("说明步骤和时限", 2)
    ]  # fmt: skip
    assert [one.text for one in levels.answers] == ["按消费额划分的级别，\n每年重新计算。"]


@pytest.mark.parametrize("key", ["ABD", "A,B,D", "A、B、D", "A|B|D", "A；B；D", "Ａ Ｂ Ｄ", "DBA", "a b d"])
def test_several_answers_are_spelled_in_many_ways(key: str) -> None:
    (question,) = read(f"1. 哪些？\nA. 一\nB. 二\nC. 三\nD. 四\n答案：{key}")
    assert (question.kind, keys(question)) == (Kind.MULTIPLE_CHOICE, "ABD")


@pytest.mark.parametrize(
    ("words", "truth"), [(["对", "正确", "√", "T", "是"], True), (["错", "错误", "×", "F", "否", "不对"], False)]
)
def test_true_and_false_have_many_words(words: list[str], truth: bool) -> None:
    for word in words:
        found = read(f"判断题\n1. 甲（{word}）\n2. 乙\n答案：{word}\n3、丙\n【答案】 {word}")
        assert [one.correct for one in found] == [truth] * 3, word


@pytest.mark.parametrize("number", ["1.", "1．", "1、", "（1）", "第1题", "1)", "1 "])
@pytest.mark.parametrize(
    "choices", ["A.一 B.二 C.三", "A、一\nB、二\nC、三", "(A)一 (B)二 (C)三", "Ａ．一　Ｂ．二　Ｃ．三"]
)
def test_numbers_and_choices_are_written_in_many_ways(number: str, choices: str) -> None:
    (question,) = read(f"{number}选哪个？\n{choices}\n答案：B")
    assert (question.stem, keys(question)) == ("选哪个？", "B")
    assert [one.text for one in question.choices] == ["一", "二", "三"]


def test_keys_at_the_end_go_to_their_section() -> None:
    found = read(
        "单选题\n1.甲？\nA.一 B.二\n2.乙？\nA.一 B.二\n多选题\n1.丙？\nA.一 B.二 C.三\n2.丁？\nA.一 B.二 C.三\n"
        "判断题\n1.戊\n2.己\n"
        "参考答案\n一、单选题\n1-2 AB\n二、多选题\n1.ABC 2.AB\n三、判断题\n1-2：√×\n"
    )
    assert [keys(one) or one.correct for one in found] == ["A", "B", "ABC", "AB", True, False]


def test_true_or_false_may_be_given_as_two_choices() -> None:
    (question,) = read("1. 工单当天关闭。\nA. 正确\nB. 错误\n答案：B")
    assert (question.kind, question.correct, question.choices) == (Kind.TRUE_FALSE, False, ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("单选题\n1. 哪个？\nA.一 B.二\n答案：AB", ReadCode.TWO_KEYS),
        ("1. 哪个？\nA.一 B.二\n答案：D", ReadCode.BAD_KEY),
        ("1. 哪个？\nA.一 B.二", ReadCode.NO_KEY),
        ("1. 哪个？\nA.一\n答案：A", ReadCode.TOO_FEW_CHOICES),
        ("1. 哪个？\nA.一\nC.三\n答案：A", ReadCode.CHOICES_OUT_OF_ORDER),
        ("1. 应当（ A ）。\nA.一 B.二\n答案：B", ReadCode.KEYS_DIFFER),
        ("判断题\n1. 甲（×）\n答案：对", ReadCode.KEYS_DIFFER),
        ("判断题\n1. 甲\n答案：也许", ReadCode.BAD_KEY),
        ("判断题\n1. 甲", ReadCode.NO_KEY),
        ("1. \nA.一 B.二\n答案：A", ReadCode.NO_STEM),
        ("填空题\n1. 会员卡有___种。\n答案：三", ReadCode.UNSUPPORTED_KIND),
        ("1. 甲（对）\n难度：神秘", ReadCode.NOT_KEPT),
        ("1. 甲（对）\n分值：很多", ReadCode.BAD_POINTS),
    ],
)
def test_what_is_in_the_way_is_named_with_its_line(text: str, code: ReadCode) -> None:
    problems = paper.read(Source(text.encode())).problems
    assert [problem.code for problem in problems] == [code]
    assert problems[0].place in ("line 1", "line 2")


@pytest.mark.parametrize("stem", ["贵宾（VIP）有何权益？", "（A）类会员有何权益？", "甲（T）乙？"])
def test_a_bracket_that_is_no_key_stays(stem: str) -> None:
    (question,) = read(f"1. {stem}\nA.一 B.二\n答案：B")
    assert (question.stem, keys(question)) == (stem, "B")


def test_a_key_given_twice_may_be_spelled_differently() -> None:
    assert [one.correct for one in read("1. 甲（T）\n答案：对")] == [True]
    assert [keys(one) for one in read("1. 甲（ A、B ）\nA.一 B.二 C.三\n答案：BA")] == ["AB"]


@pytest.mark.parametrize("points", ["2..5", "1.2.3", "9" * 5000, ".", "２"])
def test_odd_points_break_nothing(points: str) -> None:
    single, short = f"一、单选题（每题{points}分）\n1. 甲\nA.一 B.二\n答案：A\n", f"简答题\n1. 乙\n答：丙（{points}分）"
    reading = paper.read(Source((single + short).encode()))
    assert [one.stem for one in reading.questions] == ["甲", "乙"]


def test_a_key_for_no_question_is_told() -> None:
    reading = paper.read(Source("1. 甲？\nA.一 B.二\n答案：A\n2. 乙？\nA.一 B.二\n1-3 BBA".encode()))
    assert [(one.code, one.place, one.excerpt) for one in reading.problems] == [
        (ReadCode.KEY_FOR_NOTHING, "line 6", "1 B"), (ReadCode.KEY_FOR_NOTHING, "line 6", "3 A")
    ]  # fmt: skip
    assert [keys(one) for one in reading.questions] == ["A", "B"]


def test_what_would_be_read_otherwise_is_left_out_and_said() -> None:
    odd = ReadQuestion(Kind.TRUE_FALSE, "甲\n答案：错", "row 3", correct=True)
    written = paper.write([odd, *paper.read(Source(MESSY.encode())).questions])
    assert [(one.code, one.place) for one in written.problems] == [(ReadCode.LEFT_OUT, "row 3")]
    assert len(paper.read(Source(written.content)).questions) == 8
