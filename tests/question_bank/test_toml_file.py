"""Our own TOML, as the sample bank has it and with more."""

from fractions import Fraction

import pytest

from question_bank import formats
from question_bank.formats import toml, toml_file
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import Medium, ReadAnswer, ReadChoice, Reading, ReadKeyPoint, ReadQuestion
from question_bank.formats.source import Source
from question_bank.items import Kind
from question_bank.seeding import SEED

HEAD = 'topic = "complaint"\nname = "投诉处理"\n'
TRUE = '[[question]]\nkind = "true_false"\nstem = "工单当天关闭。"\ncorrect = true\n'


def read(text: str) -> Reading:
    return toml_file.read(Source(text.encode()))


def test_the_sample_bank_is_read_in_full() -> None:
    for path in SEED.glob("*.toml"):
        content = path.read_bytes()
        entries = toml.read(content.decode()).entries
        format, reading = formats.read(content)
        assert format == "toml"
        assert [(one.name, one.kind, one.stem) for one in reading.questions] == [
            (entry.key, entry.item.kind, entry.item.stem) for entry in entries
        ]
        assert {problem.detail for problem in reading.problems} <= {"the field source"}


def test_a_question_has_the_topic_of_its_file_or_its_own() -> None:
    reading = read(
        HEAD + '[[question]]\nkey = "a1"\nkind = "short_answer"\ndifficulty = 2\nstem = "怎么做？"\n'
        'reference = "先倾听。"\nkey_points = [ { text = "倾听", points = 1.5, accepted = ["听"] } ]\n'
        + TRUE + 'topic = "会员"\npoints = "1/3"\n'
    )  # fmt: skip
    assert reading == Reading(
        (
            ReadQuestion(
                Kind.SHORT_ANSWER, "怎么做？", "question 1", answers=(ReadAnswer("先倾听。"),), topic="投诉处理",
                key_points=(ReadKeyPoint("倾听", Fraction(3, 2), ("听",)),), difficulty=2, name="a1",
            ),
            ReadQuestion(
                Kind.TRUE_FALSE, "工单当天关闭。", "question 2", correct=True, topic="会员", points=Fraction(1, 3)
            ),
        )
    )  # fmt: skip


def test_only_what_does_not_go_without_saying_is_written() -> None:
    choices = (ReadChoice("A", "甲", True, Fraction(1)), ReadChoice("B", "乙", False, Fraction(-1, 3), "不"))
    questions = [
        ReadQuestion(
            Kind.SINGLE_CHOICE, "哪个？", "", choices, topic="会员", name="s1", media=(Medium("a.png", b"x"),)
        ),
        ReadQuestion(Kind.SHORT_ANSWER, "谁？", "", answers=(ReadAnswer("专员"),), topic="会员", points=Fraction(2)),
    ]
    written = toml_file.write(questions)
    assert written.content.decode() == (
        'name = "会员"\n\n[[question]]\nkey = "s1"\nkind = "single_choice"\nstem = "哪个？"\nchoices = [\n'
        '  { text = "甲", correct = true },\n'
        '  { text = "乙", correct = false, fraction = -0.3333333333333333, feedback = "不" },\n]\n\n'
        '[[question]]\nkind = "short_answer"\npoints = 2\nstem = "谁？"\nreference = "专员"\n'
    )
    assert [problem.detail for problem in written.problems] == ["pictures and sounds (of 1)"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("topic = ", ReadCode.BAD_DATA),
        (HEAD, ReadCode.BAD_DATA),
        ("question = 1", ReadCode.BAD_DATA),
        ("question = []", ReadCode.EMPTY),
        (f"name = 1\n{TRUE}", ReadCode.BAD_DATA),
        (TRUE + "stem = 'twice'", ReadCode.BAD_DATA),
        (TRUE + "x = " + "[" * 100_000, ReadCode.BAD_DATA),
        (TRUE + "x = " + "9" * 100_000, ReadCode.BAD_DATA),
        (TRUE + "a." * 100_000 + "b = 1", ReadCode.BAD_DATA),
        (TRUE + '"a". ' * 100_000 + "b = 1", ReadCode.BAD_DATA),
        (TRUE + "#" * 6_000_000, ReadCode.TOO_LARGE),
    ],
    ids=["cut off", "no question", "no list", "empty", "topic", "twice", "deep", "long number", "long name",
         "long quoted name", "large"],
)  # fmt: skip
def test_a_file_nothing_can_be_made_of_is_refused_with_one_reason(text: str, code: ReadCode) -> None:
    _format, reading = formats.read(text.encode(), "toml")
    assert reading.refused
    assert [problem.code for problem in reading.problems] == [code]


def test_one_bad_question_takes_no_other_with_it() -> None:
    reading = read(TRUE + TRUE.replace("true\n", "1979-05-27\n") + TRUE + "points = nan\n" + TRUE + "more = 1\n")
    assert [(one.code, one.place, one.detail) for one in reading.problems] == [
        (ReadCode.BAD_FIELD, "question 2", "correct"),
        (ReadCode.BAD_FIELD, "question 3", "points"),
        (ReadCode.NOT_KEPT, "question 4", "the field more"),
    ]
    assert len(reading.questions) == 2


def test_many_short_names_in_texts_are_no_long_name() -> None:
    assert len(read(TRUE + f'explanation = "{"a. " * 1000}"\ntags = [{"1.5, " * 0}]').questions) == 1
