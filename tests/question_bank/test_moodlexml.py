"""Moodle's XML: read as Moodle reads it, and what is in the way or not kept."""

from fractions import Fraction

import pytest

from question_bank.formats.codes import ReadCode, Severity
from question_bank.formats.reading import ReadAnswer, ReadChoice, ReadQuestion
from question_bank.items import Kind
from tests.question_bank.moodle_samples import TRUE, answer, one, question, read

RIGHT_AND_WRONG = answer("100", "先倾听") + answer("0", "先解释")
SOURCE = "会员投诉先做什么？\n100 % true\n0 % false"


def noted(text: str) -> list[tuple[ReadCode, str]]:
    return [(problem.code, problem.detail) for problem in read(text).problems]


def test_a_single_choice_is_read_with_all_that_moodle_keeps_of_it() -> None:
    feedback = '<feedback format="html"><text><![CDATA[<p>对，先听。</p>]]></text></feedback>'
    more = (
        answer("100", "先倾听", feedback) + answer("33.33333", "先登记") + answer("-50", "先解释")
        + '<generalfeedback format="html"><text><![CDATA[<p>见第三章。</p><p>再读一遍。</p>]]></text></generalfeedback>'
        "<defaultgrade>2.5000000</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden><single>1</single>"
        "<correctfeedback><text>Your answer is correct.</text></correctfeedback>"
        "<tags><tag><text>新人</text></tag><tag><text>投诉 处理</text></tag></tags>"
    )  # fmt: skip
    category = "<category><text>$course$/top/会员/投诉</text></category>"
    reading = read(f'<question type="category">{category}</question>', question("multichoice", more))
    assert reading.problems == ()
    assert reading.questions == (
        ReadQuestion(
            Kind.SINGLE_CHOICE, "会员投诉先做什么？", "question 1, line 3",
            choices=(
                ReadChoice("A", "先倾听", True, Fraction(1), "对，先听。"),
                ReadChoice("B", "先登记", False, Fraction(3333333, 10**7)),
                ReadChoice("C", "先解释", False, Fraction(-1, 2)),
            ),
            points=Fraction(5, 2), topic="会员/投诉", explanation="见第三章。\n再读一遍。", tags=("新人", "投诉 处理"),
            name="名",
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("single", "kind"),
    [
        ("", Kind.SINGLE_CHOICE),
        ("<single>true</single>", Kind.SINGLE_CHOICE),
        ("<single>false</single>", Kind.MULTIPLE_CHOICE),
        ("<single>0</single>", Kind.MULTIPLE_CHOICE),
    ],
)
def test_a_choice_is_single_unless_it_says_that_it_is_not(single: str, kind: Kind) -> None:
    read = one(question("multichoice", single + answer("50", "甲") + answer("50", "乙") + answer("100", "丙")))
    assert read.kind is kind
    assert [choice.correct for choice in read.choices] == [kind is Kind.MULTIPLE_CHOICE] * 2 + [True]


@pytest.mark.parametrize("truth", [True, False])
def test_the_answer_with_a_hundred_per_cent_says_whether_it_is_true(truth: bool) -> None:
    more = answer("100", str(truth).lower()) + answer("0", str(not truth).lower())
    assert one(question("truefalse", more)).correct is truth


def test_old_answers_in_other_languages_are_taken_by_their_order() -> None:
    reading = read(question("truefalse", answer("0", "Richtig") + answer("100", "Falsch")))
    assert [(q.correct, p.code) for q, p in zip(reading.questions, reading.problems, strict=True)] == [
        (False, ReadCode.TRUTH_BY_ORDER)
    ]
    assert reading.problems[0].severity is Severity.WARNING


def test_a_short_answer_keeps_its_wordings_as_they_are() -> None:
    more = "<usecase>1</usecase>" + answer("100", "24 * 7") + answer("80", r"\* &lt;b&gt;")
    assert one(question("shortanswer", more)).answers == (
        ReadAnswer("24 * 7", Fraction(1), True),
        ReadAnswer(r"\* <b>", Fraction(4, 5), True),
    )


@pytest.mark.parametrize(
    ("format", "source", "text"),
    [
        ("html", "<![CDATA[<p>一</p><p>二 &amp; 三&nbsp;</p>]]>", "一\n二 & 三"),
        ("html", "&lt;p&gt;一&lt;/p&gt;", "一"),
        ("html", "<p>一<br/>二</p>", "一\n二"),
        ("unheard_of", "<![CDATA[一<br>二]]>", "一\n二"),
        ("plain_text", "<![CDATA[ <b>一</b> &amp; ]]>", "<b>一</b> &amp;"),
        ("markdown", "**一**", "**一**"),
        ("moodle_auto_format", "a &lt; b\n二", "a < b\n二"),
        ("moodle_auto_format", "<![CDATA[一<br />二\n三]]>", "一\n二\n三"),
    ],
)
def test_a_text_is_read_in_its_format(format: str, source: str, text: str) -> None:
    assert one(question("truefalse", TRUE, source, format)).stem == text


@pytest.mark.parametrize(
    "type", ["essay", "numerical", "matching", "cloze", "description", "ddwtos", "calculatedmulti", "gapselect", ""]
)
def test_kinds_the_bank_does_not_have_are_told_with_place_and_stem(type: str) -> None:
    reading = read(question(type, "", "<![CDATA[<p>写一写</p>]]>"), question("truefalse", TRUE))
    (problem,) = reading.problems
    assert (problem.severity, problem.place, problem.excerpt) == (Severity.UNSUPPORTED, "question 1, line 2", "写一写")
    assert (type or "none") in problem.message
    assert reading.sources == {"question 1, line 2": "写一写", "question 2, line 3": SOURCE}
    assert [question.place for question in reading.questions] == ["question 2, line 3"]


def test_an_essay_may_become_a_short_answer_if_somebody_says_so() -> None:
    told = "<graderinfo format='html'><text>&lt;p&gt;先倾听&lt;/p&gt;</text></graderinfo><defaultgrade>5</defaultgrade>"
    (problem,) = read(question("essay", told, "写一写")).problems
    assert problem.instead == ReadQuestion(
        Kind.SHORT_ANSWER,
        "写一写",
        "question 1, line 2",
        answers=(ReadAnswer("先倾听"),),
        points=Fraction(5),
        name="名",
    )
    assert [(one.code, one.instead) for one in read(question("essay", "", "")).problems] == [
        (ReadCode.UNSUPPORTED_KIND, None)
    ]


@pytest.mark.parametrize(
    ("type", "shares", "warned"),
    [
        (
            "multichoiceset",
            ["1/2", "0", "1/2"],
            [(ReadCode.NOT_KEPT, "that only all the right choices together count")],
        ),
        ("oumultiresponse", ["1/2", "-1/2", "1/2"], []),
    ],
)
def test_plugins_whose_choices_are_right_or_wrong_are_multiple_choices(
    type: str, shares: list[str], warned: list[tuple[ReadCode, str]]
) -> None:
    reading = read(question(type, answer("100", "甲") + answer("0", "乙") + answer("100", "丙")))
    assert [str(choice.fraction) for choice in reading.questions[0].choices] == shares
    assert [(problem.code, problem.detail) for problem in reading.problems] == warned


@pytest.mark.parametrize(
    ("type", "inside", "problem"),
    [
        ("multichoice", answer("100", "甲"), (ReadCode.TOO_FEW_CHOICES, "")),
        ("multichoice", answer("0", "甲") * 27, (ReadCode.TOO_MANY_CHOICES, "")),
        ("multichoice", answer("0", "甲") * 2, (ReadCode.NO_KEY, "")),
        ("multichoice", answer("100", "甲") * 2, (ReadCode.SEVERAL_KEYS, "Moodle")),
        ("multichoice", answer("120", "甲") * 2, (ReadCode.BAD_WEIGHT, "120 %")),
        ("multichoice", answer("half", "甲") * 2, (ReadCode.BAD_WEIGHT, "half %")),
        ("truefalse", "", (ReadCode.NO_KEY, "")),
        ("truefalse", answer("100", "true") + answer("100", "false"), (ReadCode.NO_KEY, "")),
        (
            "truefalse",
            answer("100", "true") + answer("-25", "false"),
            (ReadCode.NOT_KEPT, "-25 % for the wrong answer"),
        ),
        ("shortanswer", "", (ReadCode.NO_ANSWERS, "")),
        ("truefalse", TRUE + "<defaultgrade>many</defaultgrade>", (ReadCode.BAD_POINTS, "many")),
        ("truefalse", TRUE + "<idnumber>Q-7</idnumber>", (ReadCode.NOT_KEPT, "the ID number Q-7")),
        ("truefalse", TRUE + "<hint><text>想想</text></hint>", (ReadCode.NOT_KEPT, "hints")),
        (
            "multichoice",
            RIGHT_AND_WRONG + "<shuffleanswers>0</shuffleanswers>",
            (ReadCode.NOT_KEPT, "that the choices stay in their order"),
        ),
        (
            "multichoice",
            RIGHT_AND_WRONG + "<incorrectfeedback><text>再想想</text></incorrectfeedback>",
            (ReadCode.NOT_KEPT, "feedback for the whole answer"),
        ),
        (
            "shortanswer",
            answer("100", "倾听", "<feedback><text>好</text></feedback>") * 2,
            (ReadCode.NOT_KEPT, "feedback for an answer"),
        ),
        (
            "truefalse",
            answer("100", "true", "<feedback><text>好</text></feedback>"),
            (ReadCode.NOT_KEPT, "feedback for a right and a wrong answer"),
        ),
    ],
)
def test_what_is_in_the_way_or_not_kept_is_named_once(type: str, inside: str, problem: tuple[ReadCode, str]) -> None:
    assert noted(question(type, inside)) == [problem]


def test_a_question_without_words_takes_no_other_with_it() -> None:
    reading = read(question("truefalse", TRUE, ""), "<answer/>", question("truefalse", TRUE))
    assert [(one.code, one.place) for one in reading.problems] == [
        (ReadCode.NOT_A_QUESTION, "line 3"),
        (ReadCode.NO_STEM, "question 1, line 2"),
    ]
    assert len(reading.questions) == 1


def test_what_is_said_of_a_category_is_not_kept_unless_moodle_said_it() -> None:
    def category(info: str) -> str:
        inside = f"<category><text>top/会员</text></category><info><text>{info}</text></info>"
        return f'<question type="category">{inside}</question>'

    usual = "The default category for questions shared in context 'C1'."
    reading = read(category(usual), category("新人必考"), question("truefalse", TRUE))
    assert [(one.code, one.place, one.excerpt) for one in reading.problems] == [
        (ReadCode.NOT_KEPT, "line 3", "新人必考")
    ]


def test_the_id_number_of_a_category_is_not_kept() -> None:
    category = "<category><text>top/会员</text></category><idnumber>K1</idnumber>"
    assert noted(f'<question type="category">{category}</question>{question("truefalse", TRUE)}') == [
        (ReadCode.NOT_KEPT, "the ID number K1")
    ]
