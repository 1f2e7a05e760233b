"""The many ways in which trainers and other systems write papers, each with what has to come out of it."""

from fractions import Fraction

import pytest

from question_bank.formats import paper
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import Reading, ReadQuestion
from question_bank.formats.source import Source
from question_bank.responses import Kind
from tests.question_bank.test_paper import keys, read

TWO = "A.解释 B.倾听"


def brief(question: ReadQuestion) -> str | bool | None:
    """The key of a choice, else whether the statement is true."""
    return keys(question) if question.choices else question.correct


def codes(text: str) -> list[ReadCode]:
    return [one.code for one in paper.read_text(text).problems]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("===<<<单选题>>>>>===", Kind.SINGLE_CHOICE), ("## 二、多选题", Kind.MULTIPLE_CHOICE),
        ("【单选题】", Kind.SINGLE_CHOICE), ("（一）单选题", Kind.SINGLE_CHOICE), ("Ⅲ、多选题", Kind.MULTIPLE_CHOICE),
        ("第一部分 单项选择题（每题2分）", Kind.SINGLE_CHOICE), ("不定项选择题：", Kind.MULTIPLE_CHOICE),
        ("一、单项选择题：本大题共2小题，每小题2分，在四个选项中只有一项符合要求。", Kind.SINGLE_CHOICE),
        ("一、选择题（每题2分）", Kind.SINGLE_CHOICE), ("第一部分 基础知识", Kind.SINGLE_CHOICE),
    ],
)  # fmt: skip
def test_headings_say_the_kind_in_many_ways(heading: str, kind: Kind) -> None:
    (question,) = read(f"{heading}\n1. 哪个？\n{TWO}\n答案：B")
    assert (question.kind, question.stem, keys(question)) == (kind, "哪个？", "B")
    assert question.points == (2 if "每" in heading else None)


@pytest.mark.parametrize(
    ("start", "kind", "points"),
    [
        ("1. (单选题, 2.0分) 哪个？", Kind.SINGLE_CHOICE, 2), ("1.[多选]哪个？", Kind.MULTIPLE_CHOICE, None),
        ("1、哪个？（多选）", Kind.MULTIPLE_CHOICE, None), ("1、哪个？ [单选题]", Kind.SINGLE_CHOICE, None),
        ("1.（2分）哪个？", Kind.SINGLE_CHOICE, 2), ("1. 哪个？（本题2分）", Kind.SINGLE_CHOICE, 2),
        ("【1】哪个？", Kind.SINGLE_CHOICE, None),
    ],
)  # fmt: skip
def test_a_question_may_say_its_kind_and_points_itself(start: str, kind: Kind, points: int | None) -> None:
    (question,) = read(f"{start}\n{TWO}\n答案：B")
    assert (question.kind, question.points, question.stem) == (kind, points, "哪个？")


@pytest.mark.parametrize(
    "choices",
    ["A:解释 B:倾听", "A）解释\nB）倾听", "A\t解释\tB\t倾听", "A 解释\nB 倾听", "A．\n解释\nB．\n倾听",
     "A.解释;B.倾听；", "Ａ　解释\nＢ　倾听", "(A) 解释(B) 倾听"],
)  # fmt: skip
def test_choices_are_lettered_in_many_ways(choices: str) -> None:
    (question,) = read(f"1. 首先应当\n{choices}\n答案：B")
    assert ([one.text for one in question.choices], keys(question)) == (["解释", "倾听"], "B")


@pytest.mark.parametrize(
    "key",
    ["答案 B", "答案：B。", "答案为B", "【答案】Ｂ", "[答案] b", "〖答案〗B", "正确选项：B",
     "答案：（B）", "答案：B. 倾听", "答案：B（倾听）", "答案：倾听",
     "【正确答案】：B", "Answer: B", "我的答案：A 正确答案：B", "题型：单选题 答案：B"],
)  # fmt: skip
def test_a_key_is_written_in_many_ways(key: str) -> None:
    reading = paper.read_text(f"1. 哪个？\n{TWO}\n{key}\n2. 下一题（√）")
    assert [(brief(one), one.explanation) for one in reading.questions] == [("B", ""), (True, "")]
    assert [one.code for one in reading.problems] == ([ReadCode.NOT_KEPT] if "我的" in key else [])


@pytest.mark.parametrize(
    ("text", "truth", "stem"),
    [
        ("（ √ ）1. 工单当天关闭。", True, "工单当天关闭。"), ("（错）1、工单当天关闭。", False, "工单当天关闭。"),
        ("1. 工单当天关闭。 ×", False, "工单当天关闭。"), ("1. 工单当天关闭。 错误", False, "工单当天关闭。"),
        ("1. 工单当天关闭。\n答案：错误，应为三天", False, "工单当天关闭。"),
        ("1. 工单当天关闭。\nA.对 B.错\n答案：B", False, "工单当天关闭。"),
    ],
)  # fmt: skip
def test_statements_have_their_keys_anywhere(text: str, truth: bool, stem: str) -> None:
    (question,) = read(f"判断题\n{text}")
    assert (question.correct, question.stem) == (truth, stem)
    assert question.explanation == ("应为三天" if "应为" in text else "")


def test_a_letter_for_a_statement_without_choices_is_read_with_a_warning() -> None:
    reading = paper.read_text("判断题（正确选A，错误选B）\n1. 甲\n答案：B")
    assert ([one.correct for one in reading.questions], [one.code for one in reading.problems]) == (
        [False], [ReadCode.TRUTH_BY_LETTER]
    )  # fmt: skip


FIVE = "一、单选题\n" + "".join(f"{number}. 哪个？\n{TWO}\n" for number in range(1, 6))


@pytest.mark.parametrize(
    "below",
    ["1-5 ABABA", "参考答案\n1-5：A B A B A", "答案：1-3 ABA 4-5 BA", "参考答案：\n1~3 ABA；4~5 BA",
     "1.A 2.B 3.A 4.B 5.A",
     "1A2B3A4B5A", "1、A，2、B，3、A\n4、B；5、A", "附：参考答案\n一、单选题：1-5 ABABA",
     "===<<<参考答案>>>===\n单选题\n1—5题：ABABA",
     "《会员服务试题》答案\n（1）A （2）B （3）A （4）B （5）A", "参考答案与解析\n1.A\n2.B\n3.A\n4.B\n5.A",
     "参考答案\n1.【答案】A【解析】\n2.【答案】B\n3. A\n4. B\n5. A"],
)  # fmt: skip
def test_keys_stand_together_in_many_ways(below: str) -> None:
    assert [keys(one) for one in read(FIVE + below)] == list("ABABA")


def test_keys_below_go_by_section_with_explanations_and_answers_in_words() -> None:
    found = read(
        "一、单选题\n1. 甲？\nA.一 B.二\n2. 乙？\nA.一 B.二\n二、判断题\n3. 丙\n三、简答题\n4. 写出步骤\n"
        "5. 什么是会员？\n"
        "参考答案\n单选题 1.A\n2.【答案】B【解析】因为\n二、判断题\n3. 错 解析：不对\n三、简答题\n"
        "4. 答：（1）倾听（2分）\n（2）道歉（1分）\n"
        "5.按消费额划分\n的级别\n"
    )
    assert [brief(one) for one in found[:3]] == ["A", "B", False]
    assert [one.explanation for one in found[:3]] == ["", "因为", "不对"]
    assert [(one.text, one.points) for one in found[3].key_points] == [("倾听", 2), ("道歉", 1)]
    assert [one.text for one in found[4].answers] == ["按消费额划分\n的级别"]


def test_each_section_may_have_its_keys_below_it() -> None:
    found = read(
        f"一、单选题\n1. 甲？\n{TWO}\n参考答案：\n1. A\n二、判断题\n1. 乙\n2. 丙\n1~2 对 错\n"
        f"三、多选题\n1. 丁？\n{TWO} C.记录\n答案\n1. AC\n"
    )
    assert [brief(one) for one in found] == ["A", True, False, "AC"]


@pytest.mark.parametrize(
    "points",
    ["①倾听（2分）\n②道歉（1分）", "①倾听；（2分）②道歉（1分）", "(1)倾听 2分\n(2)道歉 1分", "1) 倾听+2\n2) 道歉+1分",
     "1、倾听……2分\n2、道歉……1分",
     "（1）倾听，得2分；（2）道歉，得1分。", "倾听（2分）\n道歉（1分）", "1）倾听（计2分） 2）道歉（计1分）"],
)  # fmt: skip
@pytest.mark.parametrize("word", ["参考答案：\n", "采分点：", "【评分标准】\n"])
def test_key_points_are_numbered_and_valued_in_many_ways(points: str, word: str) -> None:
    (question,) = read(f"简答题\n1. 写出步骤\n{word}{points}")
    assert [(one.text, one.points) for one in question.key_points] == [("倾听", 2), ("道歉", 1)]


def test_an_answer_may_come_with_its_points_and_a_point_without_its_worth() -> None:
    (question,) = read("简答题（每题6分）\n1. 写出步骤\n参考答案：先听后说。\n采分点：\n倾听\n道歉\n跟进")
    assert [one.text for one in question.answers] == ["先听后说。"]
    assert [(one.text, one.points) for one in question.key_points] == [("倾听", 2), ("道歉", 2), ("跟进", 2)]


def test_an_explanation_may_have_numbered_lines() -> None:
    found = read(f"3. 甲？\n{TWO}\n答案：A\n解析：\n1. 先听\n2. 后说\n（4）三问\n4. 乙？\n{TWO}\n答案：B\n解析：一\n二")
    assert [one.explanation for one in found] == ["1. 先听\n2. 后说\n（4）三问", "一\n二"]


@pytest.mark.parametrize(
    ("text", "level"),
    [("★★★", 3), ("★★☆", 2), ("★★★☆☆", 2), ("★★★★", 3), ("0.85", 1), ("0.55", 2), ("0.2", 3), ("中等", 2), ("较难", 3),
     ("适中", 2), ("基础", 1)],
)  # fmt: skip
def test_difficulty_is_said_in_many_ways(text: str, level: int) -> None:
    for line in (f"难度：{text}", f"【难度系数】{text}", f"解析：无 难度等级：{text} 分值：2"):
        assert [one.difficulty for one in read(f"1. 甲（√）\n{line}")] == [level]


def test_lines_that_only_part_questions_are_no_part_of_them() -> None:
    text = (
        f"1. 甲？\n{TWO}\n答案：A\n-------\n2. 乙（√）\n=====\n\n\u200b3. 丙？\u3000{TWO}【答案】B【解析】因为\n____\n"
    )
    assert [(brief(one), one.explanation) for one in read(text)] == [("A", ""), (True, ""), ("B", "因为")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("五、论述题\n1. 谈服务\n答：略", "论述"), ("作文题\n1. 我的工作", "作文"),
        ("六、综合题（20分）\n1. 谈服务", "综合"),
        ("六、抢答题\n1. 谈服务", "抢答题"), ("1. 【投票题】哪个好？\nA.一 B.二", "投票题"),
        ("1. 哪个好？[投票题]\nA.一 B.二", "投票题"),
        ("1. 会员卡有____种。\n答案：三", "填空"), ("1. 卡有（ ）种。\n答案：三", "填空"),
        ("1. 甲\n题型：连线题\n答案：乙", "连线"),
    ],
)  # fmt: skip
def test_kinds_the_bank_has_not_are_named_and_become_nothing_else(text: str, said: str) -> None:
    reading = paper.read_text(text)
    assert reading.questions == ()
    assert [(one.code, one.detail) for one in reading.problems] == [(ReadCode.UNSUPPORTED_KIND, said)]


@pytest.mark.parametrize("choices", ["A.解释\nB.倾听 √", "A.解释\n★B.倾听", "□A.解释\n☑B.倾听", "A.解释 ×\nB.倾听 √"])
def test_a_ticked_choice_is_the_key_with_a_warning(choices: str) -> None:
    reading = paper.read_text(f"1. 哪个？\n{choices}")
    assert [([c.text for c in one.choices], keys(one)) for one in reading.questions] == [(["解释", "倾听"], "B")]
    assert [one.code for one in reading.problems] == [ReadCode.KEY_BY_LOOKS]


def test_nothing_is_lost_of_choices_where_none_should_be() -> None:
    reading = paper.read_text("简答题\n1. 写出步骤\nA.一 B.二\n答：先听")
    assert [one.stem for one in reading.questions] == ["写出步骤\nA. 一\nB. 二"]


def test_words_before_the_first_question_are_told_once() -> None:
    reading = paper.read_text("会员服务测试\n姓名：____ 得分：____\n1. 甲（√）")
    assert [(one.code, one.place, one.excerpt) for one in reading.problems] == [
        (ReadCode.NOT_A_QUESTION, "line 1", "会员服务测试 姓名：____ 得分：____")
    ]  # fmt: skip


def test_several_wordings_and_pictures_in_words_come_through_writing() -> None:
    text = "简答题\n1. ![会员卡](card.png)是什么？\n答案：会员卡\n答案：卡"
    (question,) = read(text)
    assert [one.text for one in question.answers] == ["会员卡", "卡"]
    assert read(paper.write([question]).content.decode())[0].stem == question.stem


def test_a_share_of_an_answer_is_lost_by_name() -> None:
    (question,) = read("简答题\n1. 甲？\n答案：会员卡\n答案：卡")
    half = question.answers[1].__class__("卡", Fraction(1, 2))
    written = paper.write([ReadQuestion(Kind.SHORT_ANSWER, "甲？", "", answers=(question.answers[0], half))])
    assert [one.code for one in written.problems] == [ReadCode.NOT_KEPT]
    assert [one.text for one in read(written.content.decode())[0].answers] == ["会员卡"]


def test_the_file_to_fill_in_has_a_question_of_each_kind() -> None:
    reading: Reading = paper.read(Source(paper.template()))
    assert [one.kind for one in reading.questions] == list(Kind)
    assert [one.code for one in reading.problems] == [ReadCode.NOT_A_QUESTION]
