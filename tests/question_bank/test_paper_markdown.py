"""Papers in Markdown and in English, as chatbots, note programs and other systems write them."""

import pytest

from question_bank import formats
from question_bank.formats import paper
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import ReadQuestion
from question_bank.responses import Kind
from tests.question_bank.test_paper import keys, read


def test_a_quiz_of_a_chatbot_is_a_paper() -> None:
    text = """好的，以下是题目：

### **一、单选题**

**1. 接到投诉，首先应当（ ）。**
   - A. 解释 `规定`
   - B. 倾听

   **答案：** B
   **解析：** 先**听**后说。

---

## 二、多选题

> #### 问题1：工单写明什么？（多选）
> - A. 时间
> - B. 天气
> - C. 经过
>
> **答案**：A、C

### 三、简答题

**1. 写出三步。**
   **参考答案：**
   1. 倾听
   2. 道歉
   3. 解决
"""
    reading = paper.read_text(text)
    assert [one.code for one in reading.problems] == [ReadCode.NOT_A_QUESTION]
    first, second, third = reading.questions
    assert (first.kind, first.stem, keys(first)) == (Kind.SINGLE_CHOICE, "接到投诉，首先应当（ ）。", "B")
    assert ([one.text for one in first.choices], first.explanation) == (["解释 `规定`", "倾听"], "先**听**后说。")
    assert (second.kind, second.stem, keys(second)) == (Kind.MULTIPLE_CHOICE, "工单写明什么？", "AC")
    assert (third.kind, [one.text for one in third.key_points]) == (Kind.SHORT_ANSWER, ["倾听", "道歉", "解决"])


def test_boxes_of_a_task_list_are_choices_and_their_ticks_the_key() -> None:
    reading = paper.read_text(
        "1. 哪几步？\n- [x] 倾听\n- [ ] 打断\n- [x] 记录\n2. 先？\n- [ ] A. 打断\n- [x] B. 倾听\n答案：B"
    )
    assert [one.code for one in reading.problems] == [ReadCode.KEY_BY_LOOKS]
    assert [keys(one) for one in reading.questions] == ["AC", "B"]
    assert [[one.text for one in each.choices] for each in reading.questions] == [
        ["倾听", "打断", "记录"], ["打断", "倾听"],
    ]  # fmt: skip


def test_an_answer_that_is_folded_up_is_one() -> None:
    folded = "<details>\n<summary>点击查看答案</summary>\n\n**答案：B**\n</details>"
    short = "<details><summary>查看答案</summary>答案：A</details>"
    assert [keys(one) for one in read(f"1. 先？\nA. 解释\nB. 倾听\n{folded}\n2. 再？\nA. 解释\nB. 倾听\n{short}")] == [
        "B",
        "A",
    ]


@pytest.mark.parametrize(
    "below",
    ["| 题号 | 1 | 2 |\n| --- | --- | --- |\n| 答案 | A | B |", "题号 1 2\n答案 A B",
     "| 题号 | 答案 | 解析 |\n|---|---|---|\n| 1 | A | 先听 |\n| 2 | B | 再说 |"],
)  # fmt: skip
def test_keys_below_in_a_table(below: str) -> None:
    questions = read(f"1. 甲？\nA. 一  B. 二\n2. 乙？\nA. 一  B. 二\n\n参考答案\n\n{below}")
    assert [keys(one) for one in questions] == ["A", "B"]
    assert [one.explanation for one in questions] == (["先听", "再说"] if "解析" in below else ["", ""])


def test_a_table_of_questions_in_markdown() -> None:
    text = "| 题号 | 题干 | A | B | 答案 |\n| --- | :-- | --- | --- | --- |\n| 1 | 先做什么？ | 解释 | 倾听 | B |\n"
    found, reading = formats.read(text.encode())
    assert (found, reading.problems, [keys(one) for one in reading.questions]) == ("csv", (), ["B"])


ENGLISH = """1) Which comes first?
a) explain
b) listen
c) note
Answer: b, c
Explanation: Listen and note.

2) Calls are noted.
True/False
Answer: True

3) Which is it? (a) x  (b) y
Correct answer: (b)

4) Why?
Answer: To be fair.
"""


def test_a_paper_in_english() -> None:
    found, reading = formats.read(ENGLISH.encode(), None, "paper.txt")
    assert (found, reading.problems) == ("paper", ())
    first, second, third, fourth = reading.questions
    assert (first.kind, keys(first), first.explanation) == (Kind.MULTIPLE_CHOICE, "BC", "Listen and note.")
    assert (second.kind, second.stem, second.correct) == (Kind.TRUE_FALSE, "Calls are noted.", True)
    assert (third.kind, third.stem, keys(third)) == (Kind.SINGLE_CHOICE, "Which is it?", "B")
    assert (fourth.kind, fourth.answers[0].text) == (Kind.SHORT_ANSWER, "To be fair.")


def test_aiken_is_told_from_a_paper_by_its_capitals() -> None:
    question = "1. Which comes first?\nA. explain\nB. listen\n{}: B\n"
    assert [formats.read(question.format(word).encode())[0] for word in ("ANSWER", "Answer")] == ["aiken", "paper"]
    assert formats.read(b"Which comes first?\nA. explain\nB. listen\nAnswer: B\n")[0] == "aiken"


@pytest.mark.parametrize("start", ["Question {}: ", "Q{}. ", "题目 {}：", "**问题{}** "])
def test_numbers_may_have_a_word_before_them(start: str) -> None:
    questions = read("".join(f"{start.format(number)}哪个？\nA. 一\nB. 二\n答案：A. 一\n" for number in (1, 2)))
    assert [(one.stem, keys(one)) for one in questions] == [("哪个？", "A")] * 2


def test_questions_may_have_words_instead_of_numbers_and_letters() -> None:
    text = (
        "题目：先做什么？\n选项：解释||倾听\n答案：B\n题型：单选\n\n"
        "题目：工单当天关闭。\n选项：正确||错误\n答案：B\n题型：判断\n"
    )
    found, reading = formats.read(text.encode())
    assert (found, reading.problems) == ("paper", ())
    first, second = reading.questions
    assert ([one.text for one in first.choices], keys(first)) == (["解释", "倾听"], "B")
    assert (second.kind, second.stem, second.correct) == (Kind.TRUE_FALSE, "工单当天关闭。", False)


def test_a_question_may_begin_with_its_kind() -> None:
    judged, asked = read("1. 判断：工单当天关闭。\n答案：错\n2. 计算：1+1=（ ）\nA. 2\nB. 3\n答案：A")
    assert (judged.kind, judged.stem, judged.correct) == (Kind.TRUE_FALSE, "工单当天关闭。", False)
    assert (asked.kind, asked.stem) == (Kind.SINGLE_CHOICE, "计算：1+1=（ ）")


def choice(number: int) -> str:
    return f"{number}. 哪个？\nA. 一\nB. 二\n答案：A\n"


def test_the_chapter_is_the_topic_and_no_part_of_the_question_before() -> None:
    first, second = read(f"第1章 绪论\n{choice(1)}第二章　接待\n{choice(2)}")
    assert (first.topic, second.topic) == ("第1章 绪论", "第二章　接待")
    assert [one.text for one in first.choices] == ["一", "二"]


@pytest.mark.parametrize("line", ["2", "- 2 -", "第 2 页 共 9 页", "Page 2 of 9"])
def test_numbers_of_pages_are_passed_over(line: str) -> None:
    reading = paper.read_text(f"{choice(1)}{line}\n{choice(2)}")
    assert [(one.code, one.place) for one in reading.problems] == [(ReadCode.NOT_A_QUESTION, "line 5")]
    assert [one.explanation for one in reading.questions] == ["", ""]


def test_what_is_said_below_a_heading_belongs_to_no_question() -> None:
    reading = paper.read_text(f"一、单选题\n{choice(1)}二、判断题\n正确的打√，错误的打×。\n1. 工单当天关闭。（×）")
    assert [(one.code, one.place) for one in reading.problems] == [(ReadCode.NOT_A_QUESTION, "line 7")]
    assert [one.explanation for one in reading.questions] == ["", ""]


def plain(question: ReadQuestion) -> tuple[str, list[str], str]:
    return question.stem, [one.text for one in question.choices], keys(question)


def test_choices_with_only_a_space_may_follow_the_key() -> None:
    assert plain(read("1. 哪个方法？  **答案：B**\n   A size()\n   B length()\n   C 都不是")[0]) == (
        "哪个方法？", ["size()", "length()", "都不是"], "B",
    )  # fmt: skip


def test_one_question_with_its_key_below() -> None:
    assert plain(read("1. 2 + 2 = ?\nA. 3 B. 4\n参考答案\n1.【答案】B")[0]) == ("2 + 2 = ?", ["3", "4"], "B")


def test_a_wide_dot_may_have_a_digit_after_it() -> None:
    first, second = read("1．1+1=（ ）\nA．1 B．2\n答案：B\n2．2+2=（ ）约\n6．5 的几倍\nA．1 B．2\n答案：A")
    assert (first.stem, second.stem) == ("1+1=（ ）", "2+2=（ ）约\n6．5 的几倍")


def test_signs_that_mean_something_else_stay() -> None:
    (question,) = read("1. 若 a > b 且 **kwargs 与 2**3，则\nA. x<y\nB. -1\n答案：A")
    assert plain(question) == ("若 a > b 且 **kwargs 与 2**3，则", ["x<y", "-1"], "A")
