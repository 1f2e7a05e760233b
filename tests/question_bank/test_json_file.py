"""Our own JSON: what `questions read --json` prints, and exact to the last bit."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from question_bank import formats
from question_bank.formats import json_file
from question_bank.formats.codes import ReadCode, Severity
from question_bank.formats.reading import (
    Medium,
    ReadAnswer,
    ReadChoice,
    Reading,
    ReadKeyPoint,
    ReadQuestion,
    question_data,
)
from question_bank.formats.records import number, written_number
from question_bank.formats.source import Source
from question_bank.items import Kind

CHOICES = [{"text": "先倾听", "correct": True}, {"text": "先解释"}]
SINGLE = {"kind": "single_choice", "stem": "会员投诉先做什么？", "choices": CHOICES}
TRUE = {"kind": "true_false", "stem": "工单当天关闭。", "correct": True}
SHORT = {"kind": "short_answer", "stem": "谁来回访？", "answers": [{"text": "会员专员"}]}


def read(*questions: object) -> Reading:
    return json_file.read(Source(json.dumps({"questions": questions}).encode()))


def one(question: object) -> ReadQuestion:
    reading = read(question)
    assert reading.problems == ()
    return reading.questions[0]


def noted(question: object) -> list[tuple[ReadCode, str, str]]:
    return [(problem.code, problem.place, problem.detail) for problem in read(TRUE, question).problems]


def test_what_goes_without_saying_need_not_be_said() -> None:
    assert one(SINGLE) == ReadQuestion(
        Kind.SINGLE_CHOICE, "会员投诉先做什么？", "question 1",
        (ReadChoice("A", "先倾听", True, Fraction(1)), ReadChoice("B", "先解释", False, Fraction(0))),
    )  # fmt: skip
    several = one(
        {**SINGLE, "kind": "multiple_choice", "choices": [*CHOICES, CHOICES[0], {"text": "丁", "fraction": "-1/3"}]}
    )
    assert [(choice.correct, choice.fraction) for choice in several.choices] == [
        (True, Fraction(1, 2)), (False, 0), (True, Fraction(1, 2)), (False, Fraction(-1, 3)),
    ]  # fmt: skip
    assert one(SHORT).answers == (ReadAnswer("会员专员"),)
    assert one({**SHORT, "answers": [], "reference": "会员专员"}).answers == (ReadAnswer("会员专员"),)


def test_the_printed_document_is_read_back_but_for_the_content_of_media() -> None:
    question = ReadQuestion(
        Kind.SHORT_ANSWER, "看图 ![图](a.png)", "line 7",
        key_points=(ReadKeyPoint("倾听", Fraction(4, 3), ("听",)),), answers=(ReadAnswer("a", Fraction(1, 3), True),),
        points=Fraction(5, 2), topic="会员/投诉", difficulty=3, explanation="见第三章。", tags=("新人",),
        media=(Medium("a.png", b"\0"),), name="名",
    )  # fmt: skip
    document = {"format": "gift", "questions": [question_data(question)], "problems": []}
    reading = json_file.read(Source(json.dumps(document).encode()))
    assert reading.questions == (replace(question, place="question 1", media=()),)
    assert [(one.code, one.detail) for one in reading.problems] == [
        (ReadCode.NOT_KEPT, "a.png, whose content isn't in the file")
    ]
    again = json_file.read(Source(json_file.write([question]).content))
    assert again == Reading((replace(question, place="question 1"),))


def test_a_list_alone_will_do() -> None:
    assert formats.read(json.dumps([TRUE]).encode())[0] == "json"
    assert len(json_file.read(Source(json.dumps([TRUE, TRUE]).encode())).questions) == 2


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (1, "1"),
        (Decimal("0.5"), "1/2"),
        ("0.5", "1/2"),
        ("-2/7", "-2/7"),
        (Decimal("0.3333333"), "3333333/10000000"),
        (Decimal("0.3333333333333333"), "1/3"),
        (Decimal("0.142857142857"), "1/7"),
        ("333333333333/1000000000000", "333333333333/1000000000000"),
        (Decimal("1E-7"), "1/10000000"),
        *[(value, None) for value in (True, None, "", "half", "1/0", "１", [], Decimal("NaN"), Decimal("1E+999999"))],
        (Decimal("Infinity"), None),
    ],
)
def test_a_number_is_exact(value: object, meant: str | None) -> None:
    assert number(value) == (None if meant is None else Fraction(meant))


def test_a_fraction_is_written_as_a_number_where_that_says_it() -> None:
    third, odd = Fraction(1, 3), Fraction(333333333333, 10**12)
    assert [written_number(one) for one in (Fraction(1), third, Fraction(3333333, 10**7), odd)] == [
        1.0, 0.3333333333333333, 0.3333333, "333333333333/1000000000000",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "code", "detail"),
    [
        (5, ReadCode.BAD_FIELD, "question"),
        ({}, ReadCode.BAD_FIELD, "kind"),
        ({**TRUE, "kind": "essay"}, ReadCode.UNSUPPORTED_KIND, "essay"),
        ({**TRUE, "kind": ["x"]}, ReadCode.BAD_FIELD, "kind"),
        ({**TRUE, "stem": " \n"}, ReadCode.NO_STEM, ""),
        ({**TRUE, "stem": None}, ReadCode.BAD_FIELD, "stem"),
        ({**TRUE, "stem": "a\0"}, ReadCode.BAD_FIELD, "stem"),
        ({**TRUE, "stem": "\ud800"}, ReadCode.BAD_FIELD, "stem"),
        ({**TRUE, "correct": "yes"}, ReadCode.BAD_FIELD, "correct"),
        ({**TRUE, "difficulty": 4}, ReadCode.BAD_FIELD, "difficulty"),
        ({**TRUE, "difficulty": True}, ReadCode.BAD_FIELD, "difficulty"),
        ({**TRUE, "points": -1}, ReadCode.BAD_FIELD, "points"),
        ({**TRUE, "points": 10**20}, ReadCode.BAD_FIELD, "points"),
        ({**TRUE, "points": float("nan")}, ReadCode.BAD_FIELD, "points"),
        ({**TRUE, "tags": "a"}, ReadCode.BAD_FIELD, "tags"),
        ({**TRUE, "html": 1}, ReadCode.BAD_FIELD, "html"),
        ({**SINGLE, "choices": CHOICES[:1]}, ReadCode.TOO_FEW_CHOICES, ""),
        ({**SINGLE, "choices": CHOICES * 14}, ReadCode.TOO_MANY_CHOICES, ""),
        ({**SINGLE, "choices": "AB"}, ReadCode.BAD_FIELD, "choices"),
        ({**SINGLE, "choices": [*CHOICES, {}]}, ReadCode.BAD_FIELD, "choices.3.text"),
        ({**SINGLE, "choices": [*CHOICES, {"text": "x", "fraction": 2}]}, ReadCode.BAD_FIELD, "choices.3.fraction"),
        ({**SHORT, "key_points": [{"text": "x", "points": "1/0"}]}, ReadCode.BAD_FIELD, "key_points.1.points"),
        ({**TRUE, "media": [{"name": "a b", "content": ""}]}, ReadCode.BAD_FIELD, "media.1.name"),
        ({**TRUE, "media": [{"name": "a", "content": "?"}]}, ReadCode.BAD_FIELD, "media.1.content"),
    ],
)
def test_a_question_that_can_not_be_read_is_named_and_takes_no_other_with_it(
    question: object, code: ReadCode, detail: str
) -> None:
    assert noted(question) == [(code, "question 2", detail)]
    assert len(read(TRUE, question).questions) == 1


@pytest.mark.parametrize(
    ("question", "code", "detail"),
    [
        ({**TRUE, "colour": "red", "place": "line 3"}, ReadCode.NOT_KEPT, "the field colour"),
        ({**SINGLE, "choices": [*CHOICES, {"text": "x", "size": 2}]}, ReadCode.NOT_KEPT, "the field choices.size"),
        ({**TRUE, "choices": CHOICES}, ReadCode.NOT_KEPT, "the field choices, for it is a true false"),
        ({**TRUE, "correct": None}, ReadCode.NO_KEY, ""),
        ({**SHORT, "answers": None}, ReadCode.NO_KEY, ""),
        ({**SINGLE, "choices": [{"text": "x"}] * 2}, ReadCode.NO_KEY, ""),
        ({**SINGLE, "choices": CHOICES * 2}, ReadCode.SEVERAL_KEYS, "the file"),
    ],
)
def test_what_is_passed_over_or_lacking_is_named(question: object, code: ReadCode, detail: str) -> None:
    assert noted(question) == [(code, "question 2", detail)]
    assert len(read(TRUE, question).questions) == 2


def test_a_field_that_is_there_twice_is_refused_with_its_question() -> None:
    twice = '{"kind": "true_false", "stem": "a", "stem": "b", "correct": true}'
    reading = json_file.read(Source(f"[{twice}, {json.dumps(TRUE)}]".encode()))
    assert [(one.code, one.detail) for one in reading.problems] == [(ReadCode.BAD_FIELD, "stem, which is there twice")]
    assert len(reading.questions) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"questions": [', ReadCode.BAD_DATA),
        ('{"questions": 5}', ReadCode.BAD_DATA),
        ('{"question": []}', ReadCode.BAD_DATA),
        ('{"questions": []}', ReadCode.EMPTY),
        ('{"questions": ' + "[" * 100_000, ReadCode.BAD_DATA),
        ("[" + "{}," * 1_000_001 + "{}]", ReadCode.TOO_LARGE),
    ],
    ids=["cut off", "no list", "other name", "empty", "deep", "many records"],
)
def test_a_file_nothing_can_be_made_of_is_refused_with_one_reason(content: str, code: ReadCode) -> None:
    _format, reading = formats.read(content.encode(), name="bank.json")
    assert reading.refused
    assert [problem.code for problem in reading.problems] == [code]
    assert reading.problems[0].severity is Severity.ERROR


def test_monstrous_numbers_cost_their_question_only() -> None:
    for monster in ("9" * 100_000, "1e999999999", "-Infinity", "0." + "1" * 100_000):
        text = f'[{json.dumps(TRUE)}, {{"kind": "true_false", "stem": "x", "correct": true, "points": {monster}}}]'
        reading: Any = json_file.read(Source(text.encode()))
        assert [problem.detail for problem in reading.problems] == ["points"]
        assert len(reading.questions) == 1


@pytest.mark.parametrize(
    "document", ['[{"题目": "哪个？", "答案": "A"}]', '{"questions": [{"question": "Which?"}, 3]}']
)
def test_questions_of_another_system_are_refused_as_a_whole(document: str) -> None:
    found, reading = formats.read(document.encode(), None, "bank.json")
    assert (found, reading.refused, reading.questions) == ("json", True, ())
    (problem,) = reading.problems
    assert problem.code is ReadCode.BAD_DATA
    assert "questions of this site" in problem.message
