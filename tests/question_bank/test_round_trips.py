"""What holds for every format: what is written is read back, and anything is survived."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import formats
from question_bank.formats import FORMATS
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import (
    Medium,
    ReadAnswer,
    ReadChoice,
    ReadKeyPoint,
    ReadQuestion,
)
from question_bank.formats.source import Source
from question_bank.items import Kind

BROKEN = "锟烫\ufffd"
"""Of these a file is made that was broken when it was saved."""
# What people write: Chinese, full-width, and everything that some format uses for its structure.
CHARACTERS = st.sampled_from("会员投诉ＡＢ（）：。√ab01 ~=#:{}\\[]%/->$.)<b>&\"'") | st.characters(
    exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters=BROKEN
)
words = st.text(CHARACTERS, min_size=1, max_size=20).map(lambda text: " ".join(text.split())).filter(bool)
texts = st.lists(words, min_size=1, max_size=3).map("\n".join)
shares = st.integers(-(10**7), 10**7).map(lambda number: Fraction(number, 10**7))
FIRST = ReadChoice("A", "对", True, Fraction(1))


@st.composite
def choices(draw: st.DrawFn, single: bool, lines: st.SearchStrategy[str], partial: bool) -> tuple[ReadChoice, ...]:
    """At least two choices with one key; other shares besides where the format has them."""
    rows = draw(st.lists(st.tuples(lines, shares, st.just("") | lines), min_size=1, max_size=5))
    made = [FIRST]
    for number, (text, share, feedback) in enumerate(rows, start=1):
        fraction = share if partial and share != 1 else Fraction(0)
        made.append(
            ReadChoice("ABCDEF"[number], text, not single and fraction > 0, fraction, feedback if partial else "")
        )
    return tuple(made)


facts = {"topic": st.none() | st.sampled_from(["会员", "会员/投诉"]), "explanation": st.just("") | texts,
         "tags": st.lists(st.sampled_from(["新人", "a]b", "[x"]), max_size=2).map(tuple),
         "name": st.none() | words}  # fmt: skip
RULED = ReadQuestion(Kind.TRUE_FALSE, "投诉要登记。", "row 2", correct=True, family="投诉登记", seconds=45)


@pytest.mark.parametrize("name", FORMATS)
def test_family_and_expected_time_come_back_or_are_named_as_lost(name: str) -> None:
    written = formats.write(name, [RULED])
    lost = [one.detail for one in written.problems if one.code is ReadCode.NOT_KEPT]
    _format, reading = formats.read(written.content, name)
    found = [(one.family, one.seconds) for one in reading.questions]
    if name in formats.KEEPS_PAPER_RULES:
        assert (found, lost) == ([("投诉登记", 45)], [])
    else:
        assert found in ([("", None)], [])  # Aiken has no statements
        assert "family and expected time (of 1)" in lost


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"questions": [{"kind": "true_false", "stem": "一", "expected_seconds": 4}]}', "expected_seconds"),
        ('{"questions": [{"kind": "true_false", "stem": "一", "family": "%s"}]}' % ("长" * 61), "family"),
        ("题型,题干,答案,预计秒数\n判断,一,对,很久\n", "expected time 很久"),
        ("题型,题干,答案,同类组\n判断,一,对,%s\n" % ("长" * 61), "family "),
    ],
)  # fmt: skip
def test_a_family_or_time_out_of_bounds_is_named(text: str, problem: str) -> None:
    _format, reading = formats.read(text.encode())
    assert [one.detail.startswith(problem) for one in reading.problems] == [True]
    assert all((one.family, one.seconds) == ("", None) for one in reading.questions)


gift_facts: dict[str, Any] = {**facts, "html": st.booleans()}
wordings = texts.filter(lambda text: "->" not in text)
gift_questions = st.one_of(
    st.builds(
        ReadQuestion, st.just(Kind.SINGLE_CHOICE), texts, st.just(""), choices(True, texts, partial=True), **gift_facts
    ),
    st.builds(
        ReadQuestion, st.just(Kind.MULTIPLE_CHOICE), texts, st.just(""), choices(False, texts, partial=True),
        **gift_facts,
    ),
    st.builds(ReadQuestion, st.just(Kind.TRUE_FALSE), texts, st.just(""), correct=st.booleans(), **gift_facts),
    st.builds(
        ReadQuestion, st.just(Kind.SHORT_ANSWER), texts, st.just(""),
        answers=st.lists(st.builds(ReadAnswer, wordings, shares), min_size=1, max_size=3).map(tuple), **gift_facts,
    ),
)  # fmt: skip
aiken_questions = st.builds(
    ReadQuestion,
    st.just(Kind.SINGLE_CHOICE),
    words.filter(lambda stem: not stem.upper().startswith("ANSWER")),
    st.just(""),
    choices(True, words, partial=False),
)
# What formats look for, in any order.
STRUCTURE = [
    "1.", "（2）", "第3题", "A.", "Ｂ、", "答案：", "【答案】", "（ A ）", "√", "1-2 ", "每题", "分", "分值：",
    "难度：", "一、单选题", "简答题", "判断题", "填空题", "ANSWER:", "{", "}", "=", "~", "%", "50", "####", "::",
    "//[tag:", "$CATEGORY:", "\n", "\n\n", "<quiz>", "<question type='truefalse'>", "</question>", "<text>",
    '{"questions": [', '{"kind": "true_false"', '"stem": "', "}]", "[[question]]\n", "kind = ", "'true_false'\n",
]  # fmt: skip
pieces = st.lists(st.sampled_from(STRUCTURE) | CHARACTERS, max_size=60).map("".join)
# What looks like structure in a paper is left out and said, so these have nothing that could.
plain = st.text(st.sampled_from("会员投诉倾听记录工单回访，。？"), min_size=1, max_size=12)
paper_facts: dict[str, Any] = {
    "topic": st.none() | plain,
    "explanation": st.just("") | plain,
    "difficulty": st.none() | st.integers(1, 3),
    "points": st.none() | st.integers(1, 20).map(lambda number: Fraction(number, 2)),
    "tags": st.lists(st.sampled_from(["新人", "老客户"]), max_size=2, unique=True).map(tuple),
}
key_points = st.builds(
    ReadKeyPoint, plain.map(lambda text: text.rstrip("。") or "倾听"), st.integers(1, 9).map(Fraction)
)


def in_paper(kind: Kind, **more: Any) -> st.SearchStrategy[ReadQuestion]:
    """Questions of a kind as a paper can have them."""
    return st.builds(ReadQuestion, st.just(kind), plain, st.just(""), **paper_facts, **more)


paper_questions = st.one_of(
    in_paper(Kind.SINGLE_CHOICE, choices=choices(True, plain, partial=False)),
    in_paper(Kind.TRUE_FALSE, correct=st.booleans()),
    in_paper(Kind.SHORT_ANSWER, key_points=st.lists(key_points, min_size=1, max_size=3).map(tuple)),
    in_paper(Kind.SHORT_ANSWER, answers=st.builds(ReadAnswer, plain).map(lambda one: (one,))),
)
cells: dict[str, Any] = {
    "topic": st.none() | words,
    "explanation": st.just("") | texts,
    "difficulty": st.none() | st.integers(1, 3),
    "points": st.none() | st.integers(1, 20).map(lambda number: Fraction(number, 2)),
    "tags": st.lists(st.sampled_from(["新人", "a]b", "[x"]), max_size=2, unique=True).map(tuple),
    "name": st.none() | words,
}
# An answer that looks like key points, such as （2分）, is read as such and left out when written.
said = texts.filter(lambda text: not any(sign in text for sign in "（(0123456789")).map(lambda text: "答" + text)


def in_table(kind: Kind, **more: Any) -> st.SearchStrategy[ReadQuestion]:
    """Questions of a kind as a table can have them."""
    return st.builds(ReadQuestion, st.just(kind), texts.map(lambda text: "问" + text), st.just(""), **cells, **more)


def equal_shares(rows: tuple[ReadChoice, ...]) -> tuple[ReadChoice, ...]:
    """The same choices, of which every other is right."""
    right = len(rows[::2])
    return tuple(
        replace(one, correct=number % 2 == 0, fraction=Fraction(1, right) if number % 2 == 0 else Fraction(0))
        for number, one in enumerate(rows)
    )


table_questions = st.one_of(
    in_table(Kind.SINGLE_CHOICE, choices=choices(True, texts, partial=False)),
    in_table(Kind.MULTIPLE_CHOICE, choices=choices(True, texts, partial=False).map(equal_shares)),
    in_table(Kind.TRUE_FALSE, correct=st.booleans()),
    in_table(Kind.SHORT_ANSWER, answers=st.lists(st.builds(ReadAnswer, said.map(lambda text: " ".join(text.split()))),
                                                 min_size=1, max_size=3).map(tuple)),
    in_table(Kind.SHORT_ANSWER, key_points=st.lists(key_points, min_size=1, max_size=3).map(tuple)),
)  # fmt: skip
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe0def46b8"
    "0000000049454e44ae426082"
)


def with_picture(question: ReadQuestion, number: int) -> ReadQuestion:
    """The question with a picture in its words, described."""
    name = f"shot{number:06}.png"
    return replace(question, stem=f"{question.stem}![图{number}]({name})", media=(Medium(name, PNG),))


word_questions = paper_questions | st.builds(with_picture, paper_questions, st.integers(0, 10**6 - 1))
# XML has no place for two characters that are none.
in_xml = texts.filter(lambda text: not {"\ufffe", "\uffff"} & {*text})
line_in_xml = words.filter(lambda text: not {"\ufffe", "\uffff"} & {*text})
MOODLES = ("moodle", "gift")
moodle_shares = {
    Kind.SINGLE_CHOICE: ["1 0", "0 1 -1/2", "1 3333333/10000000 1/20"],
    Kind.MULTIPLE_CHOICE: ["1 0", "1/2 1/2 -1", "3333333/10000000 3333333/10000000 3333333/10000000 0", "1/4 3/4 -1/3"],
}
PICTURES = (Medium("图1.png", b"\x89PNG"), Medium("s.mp3", b"\0\xff"))


@st.composite
def moodle_choices(draw: st.DrawFn, kind: Kind) -> tuple[ReadChoice, ...]:
    """Choices with shares that Moodle takes."""
    rows = [round(Fraction(share) * 10**7) for share in draw(st.sampled_from(moodle_shares[kind])).split()]
    return tuple(
        ReadChoice(id, draw(in_xml), row > 0 if kind is Kind.MULTIPLE_CHOICE else row == 10**7, Fraction(row, 10**7),
                   draw(st.just("") | in_xml))
        for id, row in zip("ABCD", rows, strict=False)
    )  # fmt: skip


@st.composite
def with_pictures(draw: st.DrawFn, questions: st.SearchStrategy[ReadQuestion]) -> ReadQuestion:
    """Questions of which some show pictures and sounds in the order of their media."""
    question = draw(questions)
    if not draw(st.booleans()):
        return question
    alt = " ".join(draw(line_in_xml).replace("[", "").replace("]", "").split())
    stem = f"{question.stem} ![{alt}](图1.png)\n![](s.mp3){question.stem}"
    return replace(question, stem=stem, media=PICTURES)


moodle_facts: dict[str, Any] = {**facts, "explanation": st.just("") | in_xml, "name": st.none() | line_in_xml,
                                "points": st.none() | st.integers(0, 999).map(lambda n: Fraction(n, 100)),
                                "tags": st.lists(line_in_xml, max_size=2, unique=True).map(tuple)}  # fmt: skip
moodle_questions = with_pictures(
    st.one_of(
        *(
            st.builds(ReadQuestion, st.just(kind), in_xml, st.just(""), moodle_choices(kind), **moodle_facts)
            for kind in moodle_shares
        ),
        st.builds(ReadQuestion, st.just(Kind.TRUE_FALSE), in_xml, st.just(""), correct=st.booleans(), **moodle_facts),
        st.builds(
            ReadQuestion, st.just(Kind.SHORT_ANSWER), in_xml, st.just(""),
            answers=st.tuples(st.builds(ReadAnswer, in_xml), st.builds(ReadAnswer, in_xml, st.just(Fraction(1, 2)))),
            **moodle_facts,
        ),
    )
)  # fmt: skip
qti_facts = {**cells, "topic": st.none() | line_in_xml, "explanation": st.just("") | in_xml,
             "name": st.none() | line_in_xml}  # fmt: skip
with_gaps = in_xml | st.sampled_from(["*", "会*员", "\\*", "a*B.$^-[x]\n\\* \\"])
portions = st.sampled_from([Fraction(1), Fraction(5, 2), Fraction(1, 3)])


def in_package(kind: Kind, **more: Any) -> st.SearchStrategy[ReadQuestion]:
    """Questions of a kind as a package of QTI can have them, with a picture and a sound or without."""
    made = st.builds(ReadQuestion, st.just(kind), in_xml, st.just(""), **qti_facts, **more)
    return made | st.builds(with_picture, made, st.integers(0, 10**6 - 1)).map(with_sound)


def with_sound(question: ReadQuestion) -> ReadQuestion:
    """The question with a sound in its explanation, called in Chinese."""
    sound = Medium("叮%20.mp3", b"RIFF")
    return replace(question, explanation=f"听![“叮”&]({sound.name})", media=(*question.media, sound))


qti_questions = st.one_of(
    in_package(Kind.SINGLE_CHOICE, choices=choices(True, in_xml, partial=True)),
    in_package(Kind.MULTIPLE_CHOICE, choices=choices(False, in_xml, partial=True)),
    in_package(Kind.MULTIPLE_CHOICE, choices=choices(True, in_xml, partial=False).map(equal_shares)),
    in_package(Kind.TRUE_FALSE, correct=st.booleans()),
    in_package(
        Kind.SHORT_ANSWER,
        answers=st.lists(st.builds(ReadAnswer, with_gaps, shares, st.booleans()), min_size=1, max_size=3).map(tuple),
    ),
    in_package(
        Kind.SHORT_ANSWER,
        answers=st.lists(st.builds(ReadAnswer, in_xml), max_size=1).map(tuple),
        key_points=st.lists(
            st.builds(ReadKeyPoint, in_xml, portions, st.lists(in_xml, max_size=2).map(tuple)), min_size=0, max_size=3
        ).map(tuple),
    ),
)


anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=f"\0{BROKEN}"), max_size=12)
fractions = (
    st.fractions(-1, 1, max_denominator=10**20) | shares | st.builds(Fraction, st.integers(0, 9), st.integers(10, 19))
)
worths = st.fractions(0, 1000, max_denominator=10**9)
own_facts: dict[str, Any] = {**facts, "points": st.none() | worths, "difficulty": st.none() | st.integers(1, 3),
                             "explanation": anything, "tags": st.lists(anything, max_size=2).map(tuple),
                             "name": st.none() | words}  # fmt: skip


@st.composite
def own_choices(draw: st.DrawFn, single: bool) -> tuple[ReadChoice, ...]:
    """Choices with any shares, of which one says that it is right."""
    rows = draw(st.lists(st.tuples(anything, st.booleans(), fractions, anything), min_size=1, max_size=3))
    others = [ReadChoice("BCD"[n], text, right and not single, *rest) for n, (text, right, *rest) in enumerate(rows)]
    return (FIRST, *others)


stems = anything.filter(str.strip)
own_questions = st.one_of(
    *(
        st.builds(ReadQuestion, st.just(kind), stems, st.just(""), own_choices(kind is Kind.SINGLE_CHOICE), **own_facts)
        for kind in (Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE)
    ),
    st.builds(ReadQuestion, st.just(Kind.TRUE_FALSE), stems, st.just(""), correct=st.booleans(), **own_facts),
    st.builds(
        ReadQuestion, st.just(Kind.SHORT_ANSWER), stems, st.just(""),
        answers=st.lists(st.builds(ReadAnswer, anything, fractions, st.booleans()), max_size=2).map(tuple),
        key_points=st.builds(ReadKeyPoint, anything, worths, st.lists(anything, max_size=2).map(tuple)).map(
            lambda one: (one,)
        ), **own_facts,
    ),
)  # fmt: skip
json_questions = st.builds(
    lambda question, media, html: replace(question, media=media, html=html),
    own_questions, st.sampled_from([(), PICTURES, (Medium("x", b""),)]), st.booleans(),
)  # fmt: skip
QUESTIONS = {
    "json": json_questions,
    "toml": own_questions,
    "moodle": moodle_questions,
    "xlsx": table_questions,
    "csv": table_questions,
    "gift": gift_questions,
    "aiken": aiken_questions,
    "paper": paper_questions,
    "docx": word_questions,
    "qti": qti_questions,
    "qti21": qti_questions,
    "qti30": qti_questions,
}


def same(name: str, content: bytes) -> list[ReadQuestion]:
    """What a file says, without where."""
    return [replace(question, place="") for question in FORMATS[name].read(Source(content)).questions]


def ordered(questions: Iterable[ReadQuestion]) -> list[ReadQuestion]:
    """Those without a topic first: Moodle has no other place for them."""
    return sorted(questions, key=lambda question: question.topic is not None)


# Two names of one way to write are tried once.
@pytest.mark.parametrize("name", {format.write: name for name, format in FORMATS.items()}.values())
@settings(max_examples=40)  # of each of a dozen formats, some of which pack a file each time
@given(data=st.data())
def test_what_is_written_is_read_back(name: str, data: st.DataObject) -> None:
    questions = data.draw(st.lists(QUESTIONS[name], min_size=1, max_size=3))
    written = FORMATS[name].write(questions)
    assert written.problems == ()
    assert same(name, written.content) == (ordered(questions) if name in MOODLES else questions)
    assert FORMATS[name].read(Source(written.content)).problems == ()


@pytest.mark.parametrize("name", FORMATS)
def test_texts_in_html_are_written_as_the_format_has_them(name: str) -> None:
    """GIFT keeps the HTML; the others get its plain text, and what that loses is said."""
    choices = (replace(FIRST, text="<p>对</p>"), ReadChoice("B", "a &lt; b", False, Fraction(0)))
    question = ReadQuestion(Kind.SINGLE_CHOICE, "<b>哪个</b>？", "line 1", choices, html=True)
    written = formats.write(name, [question])
    (read,) = same(name, written.content)
    if FORMATS[name].has_html:
        assert read == replace(question, place="")
    else:
        assert (read.stem, [choice.text for choice in read.choices]) == ("哪个？", ["对", "a < b"])
        assert [(one.place, one.detail) for one in written.problems] == [("line 1", "bold, italics and colours")]


@pytest.mark.parametrize("name", FORMATS)
@given(content=st.binary(max_size=200) | pieces.map(str.encode))
def test_anything_is_read_or_refused_and_what_was_read_is_read_again(name: str, content: bytes) -> None:
    _format, reading = formats.read(content, name)
    assert reading.questions or reading.problems
    written = FORMATS[name].write(reading.questions)
    again = FORMATS[name].read(Source(written.content)) if reading.questions else reading
    assert len(again.questions) == len(reading.questions) - sum(
        problem.code is ReadCode.LEFT_OUT for problem in written.problems
    )
