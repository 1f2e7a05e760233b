"""Questions in Excel and CSV, in the ways in which trainers and other systems lay them out."""

import io
from fractions import Fraction

import pytest
from openpyxl import Workbook
from openpyxl.drawing.image import Image as SheetPicture
from PIL import Image

from question_bank import formats
from question_bank.formats import tables
from question_bank.formats.codes import ReadCode
from question_bank.formats.options import split, unlabelled
from question_bank.formats.reading import Unreadable
from question_bank.formats.source import Source
from question_bank.items import Kind
from tests.question_bank.workbooks import HEADINGS, keys, one, read, rows, workbook


def test_every_column_has_its_place_whatever_it_is_called_and_where_it_stands():
    reading = read(
        [
            ["会员服务部题库（2019）"],
            [],
            ["分数", "试题类型*", "备选答案Ａ", "选项B（必填）", "C", "参考答案", "题目（必填）", "难易程度",
             "所属章节", "考点", "关键字", "试题解析"],
            [2, "单选题", "倾听", "打断", "挂断", "A", "会员来电时先做什么？", "容易", "第一章", "投诉", "新人，电话",
             "先听。"],
            [1.5, "多项选择题", "会员号", "手机号", "密码", "A、B", "核对身份可以问什么？", "难", "第二章", "", "", ""],
        ]
    )  # fmt: skip
    assert reading.problems == ()
    first, second = reading.questions
    assert (first.kind, first.stem, first.place) == (Kind.SINGLE_CHOICE, "会员来电时先做什么？", "row 4")
    assert [choice.text for choice in first.choices] == ["倾听", "打断", "挂断"]
    assert (first.points, first.difficulty, first.topic) == (Fraction(2), 1, "投诉")
    assert (first.tags, first.explanation) == (("新人", "电话", "第一章"), "先听。")
    assert (second.kind, second.points, second.topic) == (Kind.MULTIPLE_CHOICE, Fraction(3, 2), "第二章")
    assert keys(reading) == ["A", "AB"]


@pytest.mark.parametrize(
    "answer",
    ["ABD", "A,B,D", "A、B、D", "A|B|D", "A；B；D", "ＡＢＤ", "a b d", "选项A、选项B、选项D", "1,2,4", "甲\n乙\n丁",
     "甲|乙|丁", "甲、乙、丁"],
)  # fmt: skip
def test_several_answers_in_any_spelling(answer):
    question = one(HEADINGS, "多选", "哪些？", "甲", "乙", "丙", "丁", answer)
    assert [choice.correct for choice in question.choices] == [True, True, False, True]
    assert question.choices[0].fraction == Fraction(1, 3)


@pytest.mark.parametrize(
    ("word", "truth"),
    [("正确", True), ("错", False), ("√", True), ("×", False), ("T", True), ("false", False), ("是", True),
     ("否", False), (True, True), (False, False), ("A", True), ("B", False), (1, True), (0, False)],
)  # fmt: skip
def test_true_and_false_in_any_spelling(word, truth):
    assert one(HEADINGS, "判断题", "工单当天关闭。", "正确", "错误", "", "", word).correct is truth
    assert one(HEADINGS, "判断", "工单当天关闭。", "错", "对", "", "", "B" if truth else "A").correct is truth


def test_a_letter_without_choices_is_read_as_true_or_false_and_said():
    reading = read([["题型", "题干", "答案"], ["判断题", "工单当天关闭。", "B"]])
    assert keys(reading) == [False]
    assert [problem.code for problem in reading.problems] == [ReadCode.TRUTH_BY_LETTER]


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        ("A.甲\nB.乙\nC.丙", ["甲", "乙", "丙"]),
        ("A、甲 B、乙 C、丙", ["甲", "乙", "丙"]),
        ("Ａ．甲；Ｂ．乙；Ｃ．丙", ["甲", "乙", "丙"]),
        ("(A)甲(B)乙(C)丙", ["甲", "乙", "丙"]),
        ("甲|乙|丙", ["甲", "乙", "丙"]),
        ("甲；乙；丙", ["甲", "乙", "丙"]),
        ("甲#乙#丙", ["甲", "乙", "丙"]),
        ("甲<br>乙<br/>丙", ["甲", "乙", "丙"]),
        ('["甲", "乙", "丙"]', ["甲", "乙", "丙"]),
        ("A. 会员卡\nB. VIP A.B 卡", ["会员卡", "VIP A.B 卡"]),
        ("只有一个", ["只有一个"]),
        ("", []),
    ],
)
def test_choices_in_one_cell_are_told_apart(cell, texts):
    assert split(cell) == texts


def test_letters_before_choices_in_their_own_columns_go_but_not_those_that_are_the_choices():
    assert unlabelled(["A. 甲", "B、乙"]) == ["甲", "乙"]
    assert unlabelled(["A", "B"]) == ["A", "B"]
    assert unlabelled(["A. 甲", "C. 乙"]) == ["A. 甲", "C. 乙"]


def test_one_row_a_choice_with_merged_cells_or_without():
    rows = [
        ["题型", "题目", "选项", "是否正确", "解析"],
        ["单选题", "先做什么？", "倾听", "是", "先听。"],
        [None, None, "打断", "否"],
        ["多选题", "可以问什么？", "会员号", 1],
        [None, None, "手机号", 1],
        [None, None, "密码", 0],
    ]
    for merged in ((), ("A2:A3", "B2:B3", "E2:E3", "A4:A6", "B4:B6")):
        reading = read(rows, merged=merged)
        assert reading.problems == ()
        assert keys(reading) == ["A", "AB"]
        assert [question.place for question in reading.questions] == ["row 2", "row 4"]


def test_repeated_stems_with_a_choice_each_are_one_question():
    reading = read(
        rows("题号/题干/选项/答案", "1/先做什么？/A.倾听/A", "1/先做什么？/B.打断/A", "2/然后？/A.记录\nB.挂断/A")
    )
    assert keys(reading) == ["A", "A"]


def test_what_is_merged_over_several_questions_holds_for_each():
    reading = read(
        rows("章节/题干/答案", "投诉/工单当天关闭。/对", "/投诉不用记录。/错", "/要回访。/对"), merged=("A2:A4",)
    )
    assert [question.topic for question in reading.questions] == ["投诉"] * 3


def test_headings_of_two_rows():
    reading = read(
        rows("题型/题干/选项///答案", "//A/B/C/", "单选/先做什么？/听/说/问/C"),
        merged=("C1:E1", "A1:A2", "B1:B2", "F1:F2"),
    )
    assert keys(reading) == ["C"]
    assert [choice.text for choice in reading.questions[0].choices] == ["听", "说", "问"]


def test_kinds_come_from_the_sheet_or_a_line_above_where_no_column_says_them():
    columns = ["题干", "选项A", "选项B", "答案"]
    reading = read(
        [columns, ["一、单选题（每题2分）"], ["甲？", "一", "二", "A"], ["二、多选题"], ["乙？", "一", "二", "A"]],
        [columns[:1] + columns[3:], ["工单当天关闭。", "对"]],
        [["说明"], ["这里没有题目"]],
        names=("综合", "判断题", "填写说明"),
    )
    assert [question.kind for question in reading.questions] == [
        Kind.SINGLE_CHOICE,
        Kind.MULTIPLE_CHOICE,
        Kind.TRUE_FALSE,
    ]
    assert [question.place for question in reading.questions][::2] == ["sheet 综合 row 3", "sheet 判断题 row 2"]
    assert [(problem.code, problem.place) for problem in reading.problems] == [
        (ReadCode.SHEET_PASSED_OVER, "sheet 填写说明")
    ]


@pytest.mark.parametrize(
    ("heading", "codes"),
    [
        ("题型（0单选，1判断，2多选）", {0: "A", 1: True, 2: "AB"}),
        ("题目类型(1单选2多选3判断4简答)", {1: "A", 3: True, 2: "AB"}),
        ("类型", {"single": "A", "judge": True, "multi": "AB"}),
        ("Question Type", {"SINGLE_CHOICE": "A", "true/false": True, "multiple choice": "AB"}),
        ("题型", {"选择题": "A", "是非题": True, "不定项选择题": "AB"}),
    ],
)
def test_kinds_as_words_and_codes(heading, codes):
    rows = [[heading, "题干", "选项A", "选项B", "答案"]]
    for code, key in codes.items():
        rows.append(
            [
                code,
                f"题 {code}",
                "对" if key is True else "一",
                "错" if key is True else "二",
                key if key is not True else "A",
            ]
        )
    reading = read(rows)
    assert reading.problems == ()
    assert keys(reading) == list(codes.values())


def test_a_code_that_nothing_explains_is_told_from_the_content_and_said():
    reading = read([["题型", "题干", "选项A", "选项B", "答案"], [7, "甲？", "一", "二", "AB"]])
    assert keys(reading) == ["AB"]
    assert [problem.code for problem in reading.problems] == [ReadCode.KIND_GUESSED]


def test_an_unknown_kind_takes_no_other_question_with_it():
    reading = read(
        [HEADINGS, ["填空题", "会员卡有__种。"], ["听力题", "听录音。"], ["单选题", "甲？", "一", "二", "", "", "B"]]
    )
    assert keys(reading) == ["B"]
    assert [(problem.code, problem.place) for problem in reading.problems] == [
        (ReadCode.UNSUPPORTED_KIND, "row 2"),
        (ReadCode.UNSUPPORTED_KIND, "row 3"),
    ]


@pytest.mark.parametrize(
    "row", rows("单选题/示例：先做什么？/一/二///A", "必填/必填/选填/选填/选填/选填/必填，如 A", "例：单选题/题/一/二")
)
def test_an_example_or_hint_below_the_headings_is_no_question(row):
    reading = read(
        [
            HEADINGS,
            row,
            ["单选题", "甲？", "一", "二", "", "", "B"],
            ["单选题", "示例中有几项？", "一", "二", "", "", "B"],
        ]
    )
    assert keys(reading) == ["B", "B"]
    assert [(problem.code, problem.place) for problem in reading.problems] == [(ReadCode.EXAMPLE_ROW, "row 2")]


def test_short_answers_have_wordings_or_key_points():
    columns = ["题型", "题干", "答案", "采分点", "分值"]
    wording, points, counted = read(
        [
            columns,
            ["简答题", "客诉怎么记录？", "参考答案：当天登记。", "", 5],
            ["问答题", "退款步骤？", "", "1. 核对身份（2分）\n2. 说明时限（3分）", 5],
            ["简答题", "回访步骤？", "（1）问候；（1分）\n（2）核对结果（2分）", "", 3],
        ]
    ).questions
    assert [answer.text for answer in wording.answers] == ["当天登记。"]
    assert [(one.text, one.points) for one in points.key_points] == [("核对身份", 2), ("说明时限", 3)]
    assert [one.points for one in counted.key_points] == [1, 2]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (("单选题", "", "一", "二", "", "", "A"), ReadCode.NO_STEM),
        (("单选题", "甲？", "一", "", "", "", "A"), ReadCode.TOO_FEW_CHOICES),
        (("单选题", "甲？", "一", "", "三", "", "A"), ReadCode.CHOICES_OUT_OF_ORDER),
        (("单选题", "甲？", "一", "二", "", "", "E"), ReadCode.BAD_KEY),
        (("单选题", "甲？", "一", "二", "", "", "其他"), ReadCode.BAD_KEY),
        (("单选题", "甲？", "一", "二", "", "", ""), ReadCode.NO_KEY),
        (("单选题", "甲？", "一", "二", "", "", "AB"), ReadCode.TWO_KEYS),
        (("判断题", "甲。", "", "", "", "", ""), ReadCode.NO_KEY),
        (("判断题", "甲。", "", "", "", "", "也许"), ReadCode.BAD_KEY),
    ],
)
def test_what_is_in_the_way_is_named_with_its_row(cells, code):
    reading = read([HEADINGS, cells])
    assert [(problem.code, problem.place) for problem in reading.problems] == [(code, "row 2")]


def test_columns_that_mean_nothing_here_are_named_not_dropped_mutely():
    reading = read(
        [[*HEADINGS, "出题人", "选项A图片"], ["单选题", "甲？", "一", "二", "", "", "A", "王芳", "http://x/y.png"]]
    )
    assert keys(reading) == ["A"]
    assert [problem.detail for problem in reading.problems] == ["column 出题人", "column 选项A图片"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_the_ways_excel_writes_it(encoding, delimiter):
    text = (
        delimiter.join(HEADINGS)
        + "\r\n"
        + delimiter.join(["单选题", '"先做""什么""？\n选一个"', "一", "二", "", "", "B"])
        + "\r\n"
    )
    format, reading = formats.read(text.encode(encoding), name="题库.csv")
    assert (format, reading.problems) == ("csv", ())
    assert reading.questions[0].stem == '先做"什么"？\n选一个'
    assert keys(reading) == ["B"]


def test_a_workbook_without_headings_is_refused():
    format, reading = formats.read(workbook([["甲", "乙"], ["丙", "丁"]]), name="a.xlsx")
    assert (format, reading.refused, reading.problems[0].code) == ("xlsx", True, ReadCode.NO_HEADINGS)


@pytest.mark.parametrize(("first", "place"), [(1, "row 1"), (2, "row 2")])
def test_columns_that_nobody_has_named_can_be_named(first, place):
    content = workbook(rows(*["第一/甲/乙/丙"] * (first - 1), "先做什么？/倾听/打断/A"))
    format, reading = formats.read(content, name="a.xlsx")
    assert (format, reading.problems[0].code) == ("xlsx", ReadCode.NO_HEADINGS)
    reading = tables.read_columns(Source(content), 0, first, ["stem", "A", "B", "answer"])
    assert (keys(reading), reading.questions[0].place, reading.problems) == (["A"], place, ())
    with pytest.raises(Unreadable):
        tables.read_columns(Source(content), 0, first, ["A", "B", "", ""])
    with pytest.raises(Unreadable):
        tables.read_columns(Source(content), 1, first, ["stem", "A", "B", "answer"])
    csv = Source("先做什么？;倾听;打断;A\n然后？;记录;挂断;B\n".encode())
    assert keys(tables.read_columns(csv, 0, 1, ["stem", "A", "B", "answer"])) == ["A", "B"]


def test_headings_with_a_remark_behind_them() -> None:
    question = one(
        ["Question - at most 120 letters", "Answer 1 - at most 75", "Answer 2 - at most 75", "Correct answer(s) - one"],
        "Which one?", "Ask", "Listen", "2",
    )  # fmt: skip
    assert (question.stem, [choice.text for choice in question.choices]) == ("Which one?", ["Ask", "Listen"])
    assert [choice.correct for choice in question.choices] == [False, True]


@pytest.mark.parametrize("wrong", ["错误答案", "干扰项", "incorrect_answer_", "Wrong Answer "])
def test_the_right_choice_in_one_column_and_the_wrong_ones_in_others(wrong: str) -> None:
    question = one(["题目", "正确答案", f"{wrong}1", f"{wrong}2"], "哪一步在先？", "倾听", "道歉", "转接")
    assert question.kind is Kind.SINGLE_CHOICE
    assert [(choice.text, choice.correct) for choice in question.choices] == [
        ("倾听", True), ("道歉", False), ("转接", False)
    ]  # fmt: skip


def test_a_row_an_option_with_its_letter_in_a_column_of_its_own() -> None:
    reading = read(rows("题干/选项/选项内容/是否正确", "哪一步？/A/倾听/是", "/B/转接/否"))
    (question,) = reading.questions
    assert ([choice.text for choice in question.choices], keys(reading)) == (["倾听", "转接"], ["A"])
    assert reading.problems == ()


def test_a_row_an_option_with_ticks_where_the_answer_would_be() -> None:
    reading = read(rows("题型/题干/选项内容/答案", "多选/哪几步？/倾听/√", "//转接/", "//记录/✓", "判断/先倾听。//√"))
    assert (keys(reading), reading.problems) == (["AC", True], ())


@pytest.mark.parametrize(
    "cell",
    ['["倾听","转接"]', '{"A":"倾听","B":"转接"}', '[{"key":"A","value":"倾听"},{"key":"B","value":"转接"}]',
     "A:倾听#B:转接"],
)  # fmt: skip
def test_options_as_other_systems_keep_them_in_one_cell(cell: str) -> None:
    reading = read([["title", "options", "answer"], ["哪一步？", cell, '["B"]']])
    (question,) = reading.questions
    assert ([choice.text for choice in question.choices], keys(reading)) == (["倾听", "转接"], ["B"])


def test_correct_option_beside_columns_of_options_is_the_answer() -> None:
    question = one(["question_text", "option_a", "option_b", "correct_option"], "Which?", "Ask", "Listen", "b")
    assert [choice.correct for choice in question.choices] == [False, True]


def test_multiple_choice_in_english_is_told_by_its_answer() -> None:
    reading = read(
        [
            ["Question Text", "Question Type", "Option 1", "Option 2", "Option 3", "Correct Answer"],
            ["Text of the question", "Question Type (default is Multiple Choice)", "Option 1", "Option 2", "", "One"],
            ["First?", "Multiple Choice", "a", "b", "c", "2"],
            ["Next?", "Checkbox", "a", "b", "c", "1,3"],
            ["Why?", "Open-Ended", "", "", "", ""],
        ]
    )
    assert [(question.kind, question.stem) for question in reading.questions] == [
        (Kind.SINGLE_CHOICE, "First?"), (Kind.MULTIPLE_CHOICE, "Next?"),
    ]  # fmt: skip
    assert keys(reading) == ["B", "AC"]
    assert [problem.code for problem in reading.problems] == [
        ReadCode.EXAMPLE_ROW, ReadCode.KIND_GUESSED, ReadCode.UNSUPPORTED_KIND
    ]  # fmt: skip
    assert reading.problems[-1].instead is not None


def test_hidden_sheets_and_pictures_are_named_not_dropped_mutely():
    book = Workbook()
    for row in rows("题干/答案", "看图，对吗？/对", "这样呢？/错"):
        book.active.append(row)
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    book.active.add_image(SheetPicture(picture), "C2")
    book.create_sheet("旧题").sheet_state = "hidden"
    book["旧题"].append(["题干"])
    file = io.BytesIO()
    book.save(file)
    reading = tables.read_xlsx(Source(file.getvalue()))
    assert keys(reading) == [True, False]
    assert [(problem.code, problem.place) for problem in reading.problems] == [
        (ReadCode.NOT_KEPT, "row 2"),
        (ReadCode.SHEET_HIDDEN, "sheet 旧题"),
    ]
