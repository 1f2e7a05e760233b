"""Aiken: single choices, a line each, and their key."""

import pytest

from question_bank.formats import aiken
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import ReadQuestion
from question_bank.formats.source import Source
from question_bank.items import Kind

PAPER = """会员投诉先做什么？
A. 先倾听
B) 先解释
C、先登记
ANSWER: A

Which is it,
in the end?
a. no choice: a small letter
A. one
B. other
answer：B.
"""


def test_choices_and_keys_are_read() -> None:
    reading = aiken.read(Source(PAPER.encode()))
    assert reading.problems == ()
    first, second = reading.questions
    assert [(one.id, one.text, one.correct) for one in first.choices] == [
        ("A", "先倾听", True), ("B", "先解释", False), ("C", "先登记", False)
    ]  # fmt: skip
    assert second.stem == "Which is it,\nin the end?\na. no choice: a small letter"
    assert ([one.id for one in second.choices if one.correct], second.place) == (["B"], "line 7")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Which?\nA. a\nB. b\nANSWER: C", ReadCode.BAD_KEY),
        ("Which?\nA. a\nB. b\nANSWER: A, B", ReadCode.BAD_KEY),
        ("Which?\nA. a\nA. b\nANSWER: A", ReadCode.BAD_KEY),
        ("Which?\nA. a\nB. b\n\nAnd this?\nA. a\nB. b\nANSWER: A", ReadCode.NO_KEY),
        ("Which?\nA. a\nANSWER: A", ReadCode.TOO_FEW_CHOICES),
        ("ANSWER: A", ReadCode.NO_STEM),
        ("A. a\nB. b\nC. c\nANSWER: B", ReadCode.NO_STEM),
        ("Which?\nA. a\nB. b\nANSWER: AB", ReadCode.BAD_KEY),
    ],
)
def test_what_is_in_the_way_is_named_with_its_line(text: str, code: ReadCode) -> None:
    reading = aiken.read(Source(("好？\nA. 是\nB. 否\nANSWER: A\n\n" + text).encode()))
    assert [(problem.code, problem.place) for problem in reading.problems] == [(code, "line 6")]
    assert reading.questions[0].stem == "好？"


def test_a_key_may_have_the_words_of_its_choice_behind_it() -> None:
    reading = aiken.read(Source(b"A. Smith wrote it.\nA) yes\nB) no\nANSWER: B) no"))
    assert reading.problems == ()
    (question,) = reading.questions
    assert (question.stem, [one.correct for one in question.choices]) == ("A. Smith wrote it.", [False, True])


def test_what_would_be_read_otherwise_is_left_out_and_said() -> None:
    reading = aiken.read(Source(PAPER.encode()))
    clash = ReadQuestion(Kind.SINGLE_CHOICE, "Which of these?\nA. no\nB. yes", "row 4", reading.questions[0].choices)
    statement = ReadQuestion(Kind.TRUE_FALSE, "It is so.", "row 5", correct=True)
    written = aiken.write([clash, statement, *reading.questions])
    assert [(one.code, one.place) for one in written.problems] == [
        (ReadCode.LEFT_OUT, "row 4"), (ReadCode.LEFT_OUT, "row 5")
    ]  # fmt: skip
    assert [one.stem for one in aiken.read(Source(written.content)).questions] == [
        one.stem for one in reading.questions
    ]
