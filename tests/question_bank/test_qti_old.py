"""QTI 1.2 read, as Canvas and others write it."""

from fractions import Fraction

import pytest

from question_bank.formats.codes import ReadCode, Severity
from question_bank.formats.reading import ReadAnswer
from question_bank.items import Kind
from tests.question_bank.qti_samples import (
    HALF,
    equals,
    interop,
    key,
    manifest,
    old,
    old_choices,
    one,
    package,
    read,
    said,
    when,
)


def test_canvas_has_its_points_and_its_feedback() -> None:
    rules = "".join([
        when("<other/>", feedback="general_fb", more='continue="Yes"'),
        when(equals("12"), feedback="12_fb", more='continue="Yes"'),
        when(equals("11"), "100", "correct_fb"),
        when("<other/>", feedback="general_incorrect_fb", more='continue="Yes"'),
    ])  # fmt: skip
    feedback = "".join(
        said(ident, text)
        for ident, text in [("general_fb", "见第三章"), ("correct_fb", "好"), ("general_incorrect_fb", "再想想"),
                            ("12_fb", "太早")]
    )  # fmt: skip
    content = interop(old(old_choices("先倾听", "先解释"), rules, "multiple_choice_question", feedback))
    question = one(content)
    assert (question.kind, question.stem, question.points, question.name) == (
        Kind.SINGLE_CHOICE, "先做什么？", 2, "投诉",
    )  # fmt: skip
    assert key(question) == [("A", True, 1), ("B", False, 0)]
    assert question.explanation == "见第三章"
    assert [choice.feedback for choice in question.choices] == ["好", "再想想\n太早"]
    assert question.place == "item i1"


def test_canvas_wants_all_that_is_right_and_nothing_else() -> None:
    wanted = f"<and>{equals('11')}<not>{equals('12')}</not>{equals('13')}</and>"
    content = interop(
        old(old_choices("一", "二", "三", cardinality="Multiple"), when(wanted, "100"), "multiple_answers_question")
    )
    question = one(content)
    assert question.kind is Kind.MULTIPLE_CHOICE
    assert key(question) == [("A", True, HALF), ("B", False, 0), ("C", True, HALF)]


def test_others_add_points_for_each_choice() -> None:
    rules = "".join(when(equals(name), size, more="", action="Add") for name, size in
                    [("11", "25"), ("12", "-10"), ("13", "75")])  # fmt: skip
    content = interop(old(old_choices("一", "二", "三", cardinality="Multiple"), rules))
    assert key(one(content)) == [("A", True, Fraction(1, 4)), ("B", False, -Fraction(1, 10)), ("C", True, 3 * HALF / 2)]


def test_canvas_accepts_several_wordings_whatever_their_capitals() -> None:
    gap = '<response_str ident="r" rcardinality="Single"><render_fib/></response_str>'
    rules = when(equals("Listen") + equals("倾听", 'case="Yes"'), "100")
    question = one(interop(old(gap, rules, "short_answer_question")))
    assert question.kind is Kind.SHORT_ANSWER
    assert question.answers == (ReadAnswer("Listen"), ReadAnswer("倾听", case_sensitive=True))


def test_a_statement_of_canvas() -> None:
    content = interop(old(old_choices("True", "False"), when(equals("12"), "100"), "true_false_question"))
    assert (one(content).kind, one(content).correct) == (Kind.TRUE_FALSE, False)


@pytest.mark.parametrize(
    ("presentation", "kind", "word"),
    [
        (old_choices("一", "二"), "matching_question", "matching"),
        (old_choices("一", "二"), "multiple_dropdowns_question", "inline choice"),
        (old_choices("一", "二"), "fill_in_multiple_blanks_question", "cloze"),
        ('<response_str ident="r"><render_fib/></response_str>', "essay_question", "essay"),
        ('<response_str ident="r"><render_fib/></response_str>', "", "essay"),
        ('<response_str ident="r"><render_fib/></response_str>', "numerical_question", "numerical"),
        ("", "text_only_question", "description"),
        ("", "", "description"),
        (old_choices("一", "二") * 2, "", "composite"),
        ('<response_lid ident="r" rcardinality="Ordered"><render_choice/></response_lid>', "", "ordering"),
        ('<response_xy ident="r"/>', "", "picture"),
    ],
)  # fmt: skip
def test_kinds_of_old_files_that_the_bank_does_not_have(presentation: str, kind: str, word: str) -> None:
    content = interop(
        old(presentation, kind=kind),
        old(old_choices("一", "二"), when(equals("11"), "100"), ident="i2"),
        '<itemref linkrefid="x"/>',
    )
    reading = read(content)
    told, elsewhere = reading.problems
    assert (told.severity, told.place, told.excerpt) == (Severity.UNSUPPORTED, "item i1", "先做什么？")
    assert word in told.detail
    assert (elsewhere.code, elsewhere.place) == (ReadCode.NOT_KEPT, "item x")
    assert [question.place for question in reading.questions] == ["item i2"]


def test_a_picture_of_canvas_is_found_where_canvas_keeps_it() -> None:
    words = '&lt;img src="$IMS-CC-FILEBASE$/图.png?x=1" alt="流程"&gt;'
    content = interop(old(old_choices("一", "二"), when(equals("11"), "100")).replace("先做什么？", words))
    files = {
        "imsmanifest.xml": manifest('<resource identifier="q" type="imsqti_xmlv1p2"><file href="q/q.xml"/></resource>'),
        "q/q.xml": content,
        "web_resources/图.png": b"PNG",
    }
    assert one(package(files)).media[0].content == b"PNG"


def test_the_name_of_a_bank_is_the_topic_and_respondus_keeps_pictures_further_in() -> None:
    bank = "<qtimetadatafield><fieldlabel>bank_title</fieldlabel><fieldentry>会员</fieldentry></qtimetadatafield>"
    words = '&lt;img src="org0/图.png" alt="流程"&gt;'
    inside = old(old_choices("一", "二"), when(equals("11"), "100")).replace("先做什么？", words)
    files = {
        "imsmanifest.xml": manifest('<resource identifier="q" type="imsqti_xmlv1p2" href="q.xml"/>'),
        "q.xml": f"<questestinterop><objectbank><qtimetadata>{bank}</qtimetadata>{inside}</objectbank>"
        "</questestinterop>",
        "exam1/my_files/org0/图.png": b"PNG",
    }
    question = one(package(files))
    assert (question.topic, question.media[0].name) == ("会员", "图.png")


def test_shares_in_per_cent_of_fewer_points() -> None:
    rules = "".join(when(equals(name), size, more="", action="Add") for name, size in
                    [("11", "50"), ("12", "-10"), ("13", "50")])  # fmt: skip
    content = interop(old(old_choices("一", "二", "三", cardinality="Multiple"), rules))
    content = content.replace('maxvalue="100"', 'maxvalue="10"')
    assert key(one(content)) == [("A", True, HALF), ("B", False, -Fraction(1, 10)), ("C", True, HALF)]


def test_a_group_of_questions_says_what_each_is_worth() -> None:
    group = (
        "<selection_ordering><selection><selection_number>1</selection_number><selection_extension>"
        "<points_per_item>3</points_per_item></selection_extension></selection></selection_ordering>"
    )
    inside = old(old_choices("先倾听", "先解释"), when(equals("11"), "100"), "multiple_choice_question")
    question = one(
        interop(f"<section ident='g'>{group}{inside}</section>"), "that 1 of its group of questions are drawn"
    )
    assert (question.points, key(question)[0]) == (3, ("A", True, 1))


def test_blackboard_has_materials_in_materials_and_gaps_without_points() -> None:
    def words(text: str) -> str:
        return (
            f'<flow><material><mat_extension><mat_formattedtext type="SMART_TEXT">{text}</mat_formattedtext>'
            "</mat_extension></material></flow>"
        )

    gap = (
        words("&lt;p&gt;第&lt;b&gt;一&lt;/b&gt;步&lt;/p&gt;")
        + '<response_str ident="response"><render_fib/></response_str>'
    )
    right = (
        '<respcondition title="1"><conditionvar><varequal respident="response" case="No">倾听</varequal></conditionvar>'
        '<displayfeedback linkrefid="correct" feedbacktype="Response"/></respcondition>'
    )
    choices = "".join(
        f'<response_label ident="1{at}">{words(text)}</response_label>' for at, text in enumerate("一二", 1)
    )
    pick = words("哪个？") + f'<response_lid ident="r"><render_choice>{choices}</render_choice></response_lid>'
    short, choice = read(
        interop(old(gap, right, "Fill in the Blank") + old(pick, when(equals("12"), "100"), "Multiple Choice"))
    ).questions
    assert (short.stem, short.answers) == ("先做什么？\n第一步", (ReadAnswer("倾听"),))
    assert [(one.text, one.correct) for one in choice.choices] == [("一", False), ("二", True)]
