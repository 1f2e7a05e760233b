"""Where the machine sees an accepted phrase in a candidate's text, and where it must not."""

import unicodedata
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.items import Found, KeyPoint, ShortAnswer
from question_bank.phrases import find, fold

HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("text", "phrase", "seen"),
    [
        ("先倾听会员说什么", "倾听", "倾听"),
        ("先 倾 听 会员", "倾听", "倾 听"),
        ("先“倾听”，再记录", "倾听，再记录", "倾听”，再记录"),
        ("ＣＲＭ 系统", "crm系统", "ＣＲＭ 系统"),
        ("用 CRM 查", "ｃｒｍ", "CRM"),
        ("５ 分钟内响应", "5分钟", "５ 分钟"),
        ("在 3—5 分钟内", "3-5 分钟", "3—5 分钟"),
        ("解决率 85％ 以上", "85 %", "85％"),
        ("满意度 4.5 分", "4.5分", "4.5 分"),
        ("a cafe\u0301 corner", "café", "cafe\u0301"),
        ("㎏ 为单位", "kg", "㎏"),
        ("Listen, and record", "listen and record", "Listen, and record"),
    ],
)
def test_a_phrase_is_found_whatever_the_width_case_spaces_and_commas(text: str, phrase: str, seen: str) -> None:
    match = find(text, [phrase])
    assert match
    assert not match.doubtful
    assert text[match.start : match.end] == seen


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("15 分钟内响应", "5 分钟"),
        ("50 分", "5"),
        ("4.5 分", "45分"),
        ("4.5 分", "5分"),
        ("14.5 分", "4.5分"),
        ("the book", "ok"),
        ("先倾。听他说", "倾听"),
        ("安抚会员\n记录问题", "会员记录"),
        ("倾听", ""),
        ("倾听", "……"),
        ("", "倾听"),
        ("3 5", "35"),
    ],
)
def test_folding_never_changes_what_is_said(text: str, phrase: str) -> None:
    assert find(text, [phrase]) is None


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("不倾听", True),
        ("没有倾听", True),
        ("没倾听", True),
        ("无需倾听", True),
        ("从未倾听", True),
        ("别倾听", True),
        ("切勿倾听", True),
        ("不应该倾听", True),
        ("不 要 倾听", True),
        ("没有及时倾听", True),
        ("避免倾听", True),
        ("特别倾听", False),
        ("分别倾听", False),
        ("不但倾听", False),
        ("不断倾听", False),
        ("不得不倾听", False),
        ("不。倾听", False),
        ("不急\n倾听", False),
        ("不倾听是错的，应当倾听", False),
    ],
)
def test_a_phrase_right_after_a_negation_is_doubtful(text: str, doubtful: bool) -> None:
    match = find(text, ["倾听"])
    assert match
    assert match.doubtful is doubtful


@pytest.mark.parametrize(
    ("text", "doubtful"), [("do not listen", True), ("I don't listen", True), ("Knot: listen", False)]
)
def test_negations_in_english_too(text: str, doubtful: bool) -> None:
    match = find(text, ["listen"])
    assert match
    assert match.doubtful is doubtful


def test_a_phrase_that_is_said_comes_before_one_that_is_denied() -> None:
    match = find("不推诿，先道歉", ["推诿", "道歉"])
    assert match
    assert (match.phrase, match.doubtful) == ("道歉", False)


def test_a_proposal_tells_each_key_point_and_adds_up_what_was_found() -> None:
    item = ShortAnswer(
        "How?",
        (
            KeyPoint("p1", "listen", 2 * HALF, ("倾听", "听完")),
            KeyPoint("p2", "no promises", 3 * HALF, ("承诺",)),
            KeyPoint("p3", "call back", 1 * HALF, ("回访",)),
        ),
    )
    proposal = item.propose("耐心听完，不承诺做不到的事。")
    assert [finding.found for finding in proposal.findings] == [Found.FOUND, Found.DOUBTFUL, Found.MISSING]
    assert [finding.span for finding in proposal.findings] == [(2, 4), (6, 8), None]
    assert proposal.points == 1


@given(st.text(), st.text(min_size=1, max_size=8))
def test_any_phrase_typed_into_any_text_has_its_place_there(text: str, phrase: str) -> None:
    match = find(f"{text}。{phrase}。{text}", [phrase])
    if fold(phrase).text and not unicodedata.combining(phrase[0]):
        assert match
        assert match.start < match.end


@given(st.text())
def test_folding_keeps_a_place_for_every_character(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert list(folded.starts) == sorted(folded.starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
