"""GIFT: read as Moodle reads it, and written so that it is read back."""

from fractions import Fraction

import pytest

from question_bank.formats import gift
from question_bank.formats.codes import ReadCode, Severity
from question_bank.formats.pictures import plain_question
from question_bank.formats.reading import Medium, ReadAnswer, ReadQuestion
from question_bank.formats.source import Source
from question_bank.items import Kind


def one(text: str) -> ReadQuestion:
    reading = gift.read(Source(text.encode()))
    assert reading.problems == ()
    (question,) = reading.questions
    return question


def noted(text: str) -> list[tuple[ReadCode, str]]:
    return [(problem.code, problem.place) for problem in gift.read(Source(text.encode())).problems]


def test_an_equals_sign_makes_a_single_choice_and_none_a_multiple_one() -> None:
    single = one("会员投诉先做什么？{=先倾听#对 ~先解释#不对 ~%25%先登记}")
    assert single.kind is Kind.SINGLE_CHOICE
    assert [
        (choice.id, choice.text, choice.correct, choice.fraction, choice.feedback) for choice in single.choices
    ] == [
        ("A", "先倾听", True, 1, "对"),
        ("B", "先解释", False, 0, "不对"),
        ("C", "先登记", False, Fraction(1, 4), ""),
    ]
    several = one("Which?{~%33.33333%a ~%66.66667%b ~%-50%c}")
    assert several.kind is Kind.MULTIPLE_CHOICE
    assert [choice.correct for choice in several.choices] == [True, True, False]
    assert several.choices[0].fraction == Fraction(3333333, 10**7)
    assert several.choices[2].fraction == Fraction(-1, 2)


@pytest.mark.parametrize(("word", "truth"), [("T", True), ("TRUE", True), ("F", False), ("FALSE", False)])
def test_four_words_are_true_or_false(word: str, truth: bool) -> None:
    question = one(f"::工单::[html]工单<b>当天</b>关闭。{{{word}####见第三章。}}")
    assert (question.kind, question.correct, question.html) == (Kind.TRUE_FALSE, truth, True)
    assert (question.name, question.stem, question.explanation) == ("工单", "工单<b>当天</b>关闭。", "见第三章。")


def test_any_other_word_is_an_accepted_answer_and_true_written_small_is_warned_of() -> None:
    assert one("Who?{=no one =%50%nobody}").answers == (ReadAnswer("no one"), ReadAnswer("nobody", Fraction(1, 2)))
    reading = gift.read(Source(b"It is so.{True}"))
    assert reading.questions[0].kind is Kind.SHORT_ANSWER
    assert [(one.code, one.severity) for one in reading.problems] == [(ReadCode.WORD_FOR_TRUTH, Severity.WARNING)]


@pytest.mark.parametrize(
    ("braces", "kind"),
    [
        ("{}", "essay"),
        ("{#3.14:0.1}", "numerical"),
        ("{=a -> b =c -> d}", "matching"),
        ("{>3 ALL\na\nb\nc}", "ordering"),
        ("", "description"),
    ],
)
def test_kinds_the_bank_does_not_have_are_told_with_place_and_stem(braces: str, kind: str) -> None:
    reading = gift.read(Source(f"\n// a comment\n::n::写一写 {braces}\n\nNext?{{T}}".encode()))
    (problem,) = reading.problems
    assert (problem.severity, problem.place) == (Severity.UNSUPPORTED, "line 3")
    assert kind in problem.message
    assert "写一写" in problem.excerpt
    assert [question.stem for question in reading.questions] == ["Next?"]


def test_answers_within_the_sentence_leave_a_gap() -> None:
    assert one("先{=倾听 ~解释}再登记。").stem == "先_____再登记。"


def test_what_is_escaped_is_meant() -> None:
    question = one(r"a\=b \{c\} \\ d\:e\n f{=\~1\# ~x\=y}")
    assert question.stem == "a=b {c} \\ d:e\n f"
    assert [choice.text for choice in question.choices] == ["~1#", "x=y"]


def test_topics_and_tags_go_with_the_questions_below_them() -> None:
    reading = gift.read(
        Source("$CATEGORY: $course$/top/会员/投诉\n\n// [tag:新人] [tag:a\\]b]\n甲{T}\n\n乙{F}".encode())
    )
    assert [(one.topic, one.tags) for one in reading.questions] == [("会员/投诉", ("新人", "a]b")), ("会员/投诉", ())]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Which?{~only}", ReadCode.TOO_FEW_CHOICES),
        ("Which?{=a ~b", ReadCode.UNCLOSED),
        ("{T}", ReadCode.NO_STEM),
        ("Which?{~a ~%150%b}", ReadCode.BAD_WEIGHT),
        ("Which?{" + "~a" * 27 + "}", ReadCode.TOO_MANY_CHOICES),
        ("Which?{=}", ReadCode.NO_ANSWERS),
        ("Which?{~a ~b}", ReadCode.NO_KEY),
        ("Which?{=a =b ~c}", ReadCode.SEVERAL_KEYS),
        ("Which? =a ~b}", ReadCode.UNOPENED),
        ("Which?{~a ~%1000%b}", ReadCode.BAD_WEIGHT),
        ("Which?{=%100%a ~b}", ReadCode.SHARE_AS_WORDS),
        ("Who?{=me =%33,3%you}", ReadCode.SHARE_AS_WORDS),
        ("First?{=a ~b}\n::2::Second?{=c ~d}", ReadCode.MARKS_OUTSIDE),
        ("Which?\n~a\n~f{x}", ReadCode.MARKS_OUTSIDE),
        ("It is so.{T#no#yes}", ReadCode.NOT_KEPT),
        ("Who?{=me#yes}", ReadCode.NOT_KEPT),
    ],
)
def test_what_is_in_the_way_is_named_with_its_line(text: str, code: ReadCode) -> None:
    assert noted("好的。{T}\n\n" + text) == [(code, "line 3")]


@pytest.mark.parametrize("content", [b"", b"\n\n// nothing\n", b"$CATEGORY: a\n"])
def test_a_file_without_a_question_is_refused(content: bytes) -> None:
    reading = gift.read(Source(content))
    assert reading.refused
    assert [problem.code for problem in reading.problems] == [ReadCode.EMPTY]


def test_two_questions_without_an_empty_line_between_are_one_as_in_moodle_and_never_mutely() -> None:
    reading = gift.read(Source("甲？{=a ~b}\n::2::乙？{=c ~d}".encode()))
    assert [(one.stem, len(one.choices)) for one in reading.questions] == [("甲？\n::2::乙？{=c ~d}", 2)]
    assert [one.detail for one in reading.problems] == ["{=c ~d}"]
    swallowed = gift.read(Source("写一写{}\n乙？{T}".encode()))
    assert [one.code for one in swallowed.problems] == [ReadCode.MARKS_OUTSIDE, ReadCode.UNSUPPORTED_KIND]
    assert noted("2 + {=2 =zwei} = 4") == noted("和是 1=1？{T}") == []


def test_answers_without_braces_are_no_question_and_the_braces_are_asked_for() -> None:
    (problem,) = gift.read(Source(b"Which?\n~a\n=b")).problems
    assert (problem.severity, problem.place) == (Severity.UNSUPPORTED, "line 1")
    assert "braces" in problem.message


def test_comments_may_stand_within_a_question_and_the_id_in_one_is_said() -> None:
    reading = gift.read(Source("// [id:k\\]1] [tag:新人]\n甲\n// why\n乙{=a\n// b\n~c}".encode()))
    assert [(one.stem, one.tags, len(one.choices)) for one in reading.questions] == [("甲\n \n乙", ("新人",), 2)]
    assert [(one.place, one.detail) for one in reading.problems] == [("line 2", "the ID number k]1")]


def test_the_last_four_signs_begin_the_general_feedback() -> None:
    question = gift.read(Source("甲？{=a#####说明}".encode())).questions[0]
    assert ([answer.text for answer in question.answers], question.explanation) == (["a"], "说明")


@pytest.mark.parametrize(("text", "name"), [("::两\n行::甲？{T}", "两 行"), ("::甲？{T}", None), ("::::甲？{T}", None)])
def test_a_name_stands_between_colons(text: str, name: str | None) -> None:
    assert (one(text).name, one(text).stem) == (name, "甲？")


def test_new_lines_around_a_text_are_not_part_of_it() -> None:
    question = one(r"\n甲？\n{=\na\n ~b}")
    assert (question.stem, question.choices[0].text) == ("甲？", "a")


def test_what_it_has_no_place_for_is_said_when_it_is_written() -> None:
    from_elsewhere = [
        ReadQuestion(Kind.SHORT_ANSWER, "写一写", "row 2", points=Fraction(5)),
        ReadQuestion(Kind.TRUE_FALSE, "对吗？", "row 3", correct=True, points=Fraction(2), difficulty=3),
    ]
    written = gift.write(from_elsewhere)
    assert [(one.code, one.place, one.detail) for one in written.problems][1:] == [
        (ReadCode.NOT_KEPT, "file", "difficulty (of 1)"),
        (ReadCode.NOT_KEPT, "file", "points (of 1)"),
    ]
    assert (written.problems[0].code, written.problems[0].place) == (ReadCode.LEFT_OUT, "row 2")
    assert [question.stem for question in gift.read(Source(written.content)).questions] == ["对吗？"]


def test_the_markup_of_a_question_is_that_of_its_texts_unless_they_name_their_own() -> None:
    html = one("[html]<b>a</b>{=<i>b</i>#<i>c</i> ~[plain]<i>d</i> ####<i>e</i>}")
    assert html.html
    assert [html.stem, html.explanation, html.choices[0].feedback] == ["<b>a</b>", "<i>e</i>", "<i>c</i>"]
    assert [choice.text for choice in html.choices] == ["<i>b</i>", "&lt;i&gt;d&lt;/i&gt;"]
    text = one("a<b{=[html]<p>x</p> &amp; y ~<i>d</i>}")
    assert not text.html
    assert [text.stem, *(choice.text for choice in text.choices)] == ["a<b", "x\n& y", "<i>d</i>"]


def test_wordings_of_answers_are_plain_in_any_question() -> None:
    question = one("[html]<p>a?</p>{=5 &lt; 6 =[plain]<b>}")
    assert [answer.text for answer in question.answers] == ["5 &lt; 6", "<b>"]
    assert plain_question(question)[0].answers == question.answers


def test_a_question_in_html_is_made_plain_with_its_pictures_and_what_is_lost_is_said() -> None:
    pictures = r"<img alt\='图' src\='data\:image/png;base64,AAAA'><img src\='http\://x/a.png' alt\='b'>"
    question, problems = plain_question(one(f"[html]<p>看<b>图</b></p>{pictures}{{T####<p>一</p><p>二</p>}}"))
    assert (question.stem, question.explanation) == ("看图\n![图](picture.png)[b]", "一\n二")
    assert (question.media, question.html) == ((Medium("picture.png", b"\0\0\0"),), False)
    assert [(one.code, one.place, one.detail) for one in problems] == [
        (ReadCode.NOT_KEPT, "line 1", "the picture at http://x/a.png"),
        (ReadCode.NOT_KEPT, "line 1", "bold, italics and colours"),
    ]
    assert plain_question(question) == (question, ())
    assert [one.code for one in plain_question(one("[html]<p></p>{T}"))[1]] == [ReadCode.NO_STEM]
