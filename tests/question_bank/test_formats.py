"""What holds for all formats together: a file tells which it is, or is refused with one reason."""

import pytest

from question_bank import formats
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import (
    MOST_QUESTIONS,
    Noted,
    ReadQuestion,
    Unreadable,
    gathered,
)
from question_bank.items import Kind


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("::名::对吗？{T}", "gift"),
        ('[{"kind": "true_false", "stem": "{会员}=a？", "correct": true}]', "json"),
        ('[[question]]\nkind = "true_false"\nstem = "{会员}~a？"\ncorrect = true', "toml"),
        ("$CATEGORY: a\n\n先{=a ~b}", "gift"),
        ("哪个？\nA. 一\nB. 二\nANSWER: A", "aiken"),
        ("1. 工单当天关闭。（√）", "paper"),
        ("一、单选题\n1、哪个？\nA、一\nB、二\n答案：A", "paper"),
        ("1. 集合 {x} 有几个元素？\nA. 一\nB. 二\n答案：A", "paper"),
        ("1. 哪个？{=一 ~二}", "gift"),
        ("哪个 {括号}？\nA) 一\n\nB) 二\nAnswer: A", "aiken"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_the_format_is_told_from_the_text_in_any_encoding(text: str, name: str, encoding: str) -> None:
    found, reading = formats.read(text.encode(encoding))
    assert (found, len(reading.questions), reading.problems) == (name, 1, ())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Für welche gilt es?{T}", "latin-1"),
        ("It’s so.{T}", "cp1252"),
        ("¿Está así?{T}", "latin-1"),
    ],
)
def test_a_western_file_is_not_taken_for_chinese(text: str, encoding: str) -> None:
    _format, reading = formats.read(text.encode(encoding), name="bank.gift")
    assert ([one.code for one in reading.problems], reading.refused) == ([ReadCode.NOT_TEXT], True)


@pytest.mark.parametrize("name", ["moodle", "json", "toml"])
def test_a_file_of_fields_is_told_whatever_it_is_called(name: str) -> None:
    stem = "{=a ~b}\n\n1. 对吗？\nA. 对\nB. 错\n答案：A\nANSWER: A"
    written = formats.write(name, [ReadQuestion(Kind.TRUE_FALSE, stem, "", correct=True)])
    for file in ("bank.txt", "bank.gift", "bank", "bank.md"):
        found, reading = formats.read(written.content, name=file)
        assert (found, [one.stem for one in reading.questions]) == (name, [stem])


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", None, ReadCode.EMPTY),
        (b" \n\t", "gift", ReadCode.EMPTY),
        (b"\x89PNG\r\n\x1a\n\0\0", None, ReadCode.NOT_TEXT),
        (b"\xff\xff\xff", "aiken", ReadCode.NOT_TEXT),
        (b"\xff\xff\xff", "paper", ReadCode.NOT_TEXT),
        ("随便写的一段话。".encode(), None, ReadCode.UNKNOWN_FORMAT),
        (b"a{T}", "nonsense", ReadCode.UNKNOWN_FORMAT),
        (
            "1. 会员来电时应当先倾听再回应。（√）".encode().replace("应".encode(), b"\xe5\xba", 1),
            None,
            ReadCode.MOJIBAKE,
        ),
        ("1. 会员来电时应当先倾听。".encode().decode("cp1252", "replace").encode(), None, ReadCode.MOJIBAKE),
        ("会员来电时应当先倾听再回应".encode().decode("gb18030", "replace").encode(), None, ReadCode.MOJIBAKE),
        (b"a{T}\n\n" * (formats.LARGEST // 6 + 1), "gift", ReadCode.TOO_LARGE),
    ],
    ids=[
        "empty",
        "blank",
        "a picture",
        "bytes",
        "bytes in a paper",
        "unknown",
        "no such format",
        "one byte gone",
        "Latin letters",
        "other Chinese letters",
        "too large",
    ],
)
def test_a_file_nothing_can_be_made_of_is_refused_with_one_reason(
    content: bytes, name: str | None, code: ReadCode
) -> None:
    _format, reading = formats.read(content, name)
    assert reading.refused
    assert [problem.code for problem in reading.problems] == [code]
    assert reading.problems[0].message


def test_many_questions_take_time_in_proportion() -> None:
    """Ten thousand lines that look like something are read once each, whatever they look like."""
    starts = ("{", "A. a\n", "1、（A", "1.a\n（A）a\n", "1-2 ", "//[tag:", "::", "\\", "%1", "一、", "答案：A ", "1.A ")
    for text in (start * 10_001 for start in starts):
        _found, reading = formats.read(text.encode())
        assert reading.problems


def test_far_more_questions_than_anybody_has_are_refused() -> None:
    def bad() -> tuple[ReadQuestion, Noted]:
        raise Unreadable(ReadCode.NO_STEM)

    attempts = (("", "", bad) for _number in range(MOST_QUESTIONS + 1))
    assert [one.code for one in gathered(attempts).problems] == [ReadCode.TOO_MANY_QUESTIONS]


ESSAY_IN_A_TABLE = "题型,题干,答案\n论述题,谈谈倾听。,先听完再回应。\n"
ESSAY_IN_MOODLE = """<quiz><question type="essay"><name><text>谈</text></name>
<questiontext format="html"><text>谈谈倾听。</text></questiontext>
<graderinfo format="html"><text>先听完再回应。</text></graderinfo></question></quiz>"""


@pytest.mark.parametrize(
    "text", ["谈谈倾听。{}", "一、论述题\n1. 谈谈倾听。\n答案：先听完再回应。", ESSAY_IN_A_TABLE, ESSAY_IN_MOODLE]
)
def test_an_essay_is_not_supported_and_may_become_a_short_answer(text: str) -> None:
    _format, reading = formats.read(text.encode())
    (problem,) = reading.problems
    assert (reading.questions, problem.code) == ((), ReadCode.UNSUPPORTED_KIND)
    assert problem.instead
    assert (problem.instead.kind, problem.instead.stem) == (Kind.SHORT_ANSWER, "谈谈倾听。")
    assert [one.text for one in problem.instead.answers] in ([], ["先听完再回应。"])
