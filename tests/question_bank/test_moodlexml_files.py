"""Moodle's XML as files: the pictures in them, broken ones, and what is written so that Moodle imports it."""

from dataclasses import replace
from fractions import Fraction

import pytest

from question_bank import formats
from question_bank.formats import moodlexml
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import Medium, ReadAnswer, ReadChoice, ReadKeyPoint, ReadQuestion, Written
from question_bank.formats.source import Source
from question_bank.items import Kind
from tests.question_bank.moodle_samples import DOT, PACKED, TRUE, answer, one, question, read


def test_pictures_come_with_their_texts() -> None:
    text = (
        '<![CDATA[<p>看图<img src="@@PLUGINFILE@@/%E5%9B%BE%201.png" alt="流程"/>'
        f'<img src="data:image/png;base64,{PACKED}"></p>]]></text>'
        f'<file name="图 1.png" path="/" encoding="base64">\n{PACKED}\n</file><text>'
    )
    sound = (
        "<![CDATA[<audio controls><source src='@@PLUGINFILE@@/a/s.mp3'>s.mp3</audio>听一听"
        "<a href='@@PLUGINFILE@@/more.pdf'>读一读</a>]]></text>"
        '<file name="s.mp3" path="/a/" encoding="base64">AAAA</file><file name="more.pdf" encoding="base64">AQ==</file>'
        '<file name="unseen.png" path="/" encoding="base64">Ag==</file><text>'
    )
    read = one(question("multichoice", answer("100", sound) + answer("0", "无"), text))
    assert read.stem == "看图![流程](图-1.png)![](picture.png)"
    assert read.choices[0].text == "![](s.mp3)听一听读一读\n![](more.pdf)"
    assert read.media == (
        Medium("图-1.png", DOT), Medium("picture.png", DOT), Medium("s.mp3", b"\0\0\0"), Medium("more.pdf", b"\1"),
        Medium("unseen.png", b"\2"),
    )  # fmt: skip


def test_pictures_of_old_files_stand_in_elements_of_their_own() -> None:
    read = one(question("truefalse", TRUE + f"<image>old/a.gif</image><image_base64>{PACKED}</image_base64>"))
    assert (read.stem, read.media) == ("会员投诉先做什么？ ![](old_a.gif)", (Medium("old_a.gif", DOT),))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<img src='@@PLUGINFILE@@/none.png' alt='图'>", "none.png, which the file doesn't have"),
        ("<img src='https://example.org/a.png' alt='图'>", "the picture at https://example.org/a.png"),
        ("<img src='data:image/png;base64,A' alt='图'>", "picture.png, which is damaged or empty"),
    ],
)
def test_a_picture_that_is_not_there_is_named_and_its_words_are_kept(text: str, what: str) -> None:
    reading = read(question("truefalse", TRUE, f"<![CDATA[{text}]]>"))
    assert [(one.stem, one.media) for one in reading.questions] == [("[图]", ())]
    assert [(one.code, one.detail) for one in reading.problems] == [(ReadCode.NOT_KEPT, what)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<quiz><question>", ReadCode.BAD_XML),
        (b'<!DOCTYPE quiz [<!ENTITY a "b">]><quiz><question>&a;</question></quiz>', ReadCode.ENTITIES),
        (b'<!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>', ReadCode.ENTITIES),
        (b"<quiz>" + b"<a>" * 100_000 + b"</quiz>", ReadCode.BAD_XML),
        (b"<?xml version='1.0'?><!-- <b/> --><quiz/>", ReadCode.EMPTY),
        ("<quiz>会员</quiz>".encode("gb18030"), ReadCode.BAD_XML),
    ],
    ids=["cut off", "entity", "outer entity", "deep", "empty", "other encoding"],
)
def test_a_broken_file_is_refused_with_one_reason(content: bytes, code: ReadCode) -> None:
    format, reading = formats.read(content, name="bank.xml")
    assert (format, reading.refused) == ("moodle", True)
    assert [problem.code for problem in reading.problems] == [code]


def test_a_declared_encoding_is_heeded() -> None:
    content = f'<?xml version="1.0" encoding="GB18030"?><quiz>{question("truefalse", TRUE)}</quiz>'
    assert formats.read(content.encode("gb18030"))[1].questions[0].stem == "会员投诉先做什么？"


def test_empty_lines_before_the_declaration_are_passed_over_and_counted() -> None:
    content = f'\n\n<?xml version="1.0" encoding="GB18030"?>\n<quiz>\n{question("truefalse", TRUE)}</quiz>'
    (read,) = formats.read(content.encode("gb18030"))[1].questions
    assert (read.stem, read.place) == ("会员投诉先做什么？", "question 1, line 5")


def test_a_tag_may_stand_by_itself() -> None:
    assert one(question("truefalse", f"<tag><text>新人</text></tag>{TRUE}")).tags == ("新人",)


CHOICES = (ReadChoice("A", "甲", True, Fraction(1)), ReadChoice("B", "乙", False, Fraction(0)))


def written(*questions: ReadQuestion) -> Written:
    """The questions written; what comes back is what is in them."""
    done = moodlexml.write(questions)
    again = moodlexml.read(Source(done.content)).questions
    assert [replace(one, place="") for one in again] == [
        replace(one, difficulty=None, key_points=(), place="") for one in questions if one.place != "left out"
    ]
    return done


def test_what_moodle_needs_is_written_and_what_it_has_no_place_for_is_said() -> None:
    done = written(
        ReadQuestion(Kind.SINGLE_CHOICE, "先做\n什么？", "", CHOICES, points=Fraction(2), difficulty=3),
        ReadQuestion(Kind.SHORT_ANSWER, "写一写", "left out", key_points=(ReadKeyPoint("倾听", Fraction(1)),)),
        ReadQuestion(Kind.TRUE_FALSE, "对吗？", "left out"),
        ReadQuestion(Kind.TRUE_FALSE, "对吗？", "", correct=False, topic="会员/投诉", tags=("新人",)),
    )
    text = done.content.decode()
    assert '<questiontext format="html">\n      <text>先做&lt;br/&gt;什么？</text>' in text
    assert '<questiontext format="plain_text">\n      <text>对吗？</text>' in text
    assert "<text>先做 什么？…</text>" in text
    assert "<defaultgrade>2.0000000</defaultgrade>" in text
    assert "<text>$course$/top/会员/投诉</text>" in text
    assert [(one.code, one.detail) for one in done.problems] == [
        (ReadCode.LEFT_OUT, "a short answer without wordings"),
        (ReadCode.LEFT_OUT, "a statement that isn't said to be true or false"),
        (ReadCode.NOT_KEPT, "difficulty (of 1)"),
    ]


def test_pictures_are_written_with_the_text_that_shows_them() -> None:
    media = (Medium("a.png", DOT), Medium("s.mp3", b"\0"), Medium("b.png", b"\1"))
    stem = '看![流程 "一"](a.png)和![没有](none.png)![说](s.mp3)'
    done = written(ReadQuestion(Kind.SINGLE_CHOICE, stem, "", CHOICES, media=media))
    assert done.problems == ()
    assert done.content.count(b"<file ") == 3


@pytest.mark.parametrize(
    ("kind", "shares", "why"),
    [
        (Kind.SINGLE_CHOICE, ["1", "37/100"], "37 % is none of its grades"),
        (Kind.SINGLE_CHOICE, ["1/2", "0"], "no answer has 100 %"),
        (Kind.MULTIPLE_CHOICE, ["1/2", "-1/2"], "the shares above 0 don't add up to 100 %"),
    ],
)
def test_a_question_at_which_moodle_stops_is_named(kind: Kind, shares: list[str], why: str) -> None:
    choices = tuple(
        ReadChoice(id, id, Fraction(share) > 0, Fraction(share)) for id, share in zip("AB", shares, strict=True)
    )
    problems = moodlexml.write([ReadQuestion(kind, "哪个？", "row 2", choices)]).problems
    assert [(one.code, one.place, one.detail) for one in problems if one.place != "file"] == [
        (ReadCode.STOPS_MOODLE, "row 2", why)
    ]


def test_thirds_are_written_as_moodle_has_them() -> None:
    choices = tuple(ReadChoice(id, id, True, Fraction(1, 3)) for id in "ABC")
    done = moodlexml.write([ReadQuestion(Kind.MULTIPLE_CHOICE, "哪些？", "", choices)])
    assert done.problems == ()
    assert done.content.count(b'fraction="33.33333"') == 3


def test_what_xml_can_not_hold_is_left_out_and_said() -> None:
    answers = (ReadAnswer("a"), ReadAnswer("b", case_sensitive=True))
    done = moodlexml.write(
        [
            ReadQuestion(Kind.TRUE_FALSE, "对\x01吗？\ufffe", "", correct=True, points=Fraction(1, 3)),
            ReadQuestion(Kind.SHORT_ANSWER, "谁？", "", answers=answers, key_points=(ReadKeyPoint("x", Fraction(1)),)),
        ]
    )
    assert [one.detail for one in done.problems] == [
        "capitals that matter in some of the answers (of 1)",
        "control characters (of 1)",
        "key points (of 1)",
        "points beyond seven places (of 1)",
    ]
    assert [one.stem for one in moodlexml.read(Source(done.content)).questions] == ["对吗？", "谁？"]
