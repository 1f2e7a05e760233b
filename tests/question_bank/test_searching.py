"""Finding questions: by whatever they say, in Chinese and in letters, and by their tags."""

from datetime import datetime
from fractions import Fraction

import pytest
from sqlalchemy.orm import Session

from question_bank import bank, tags
from question_bank.items import Choice, KeyPoint, ShortAnswer, SingleChoice
from question_bank.models import Question, QuestionVersion
from question_bank.searching import fold, search_text, words
from tests.builders import make_item, make_question, make_topic

CHOICE = SingleChoice(
    "会员要退卡，先做什么？", (Choice("a", "核对ＶＩＰ身份", True), Choice("b", "当场拒绝")), "先弄清 Why。"
)
SHORT = ShortAnswer("写出步骤。", (KeyPoint("k1", "倾听", Fraction(1), ("先听完",)),), "倾听并记录", "情绪在先")


@pytest.mark.parametrize(
    ("typed", "folded"), [("ＶＩＰ　Card", "vip card"), (" 退卡\n时限 ", "退卡 时限"), ("a\0b", "a b"), ("", "")]
)
def test_texts_are_folded(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_the_words_of_a_search() -> None:
    assert words("退卡　时限 退卡") == ["退卡", "时限"]


def test_every_text_of_a_question_is_looked_through() -> None:
    assert search_text(CHOICE, "Q-7", ["总部"]) == (
        "会员要退卡,先做什么?\n核对vip身份\n当场拒绝\n先弄清 why。\n总部\nq-7"
    )
    assert search_text(SHORT, None).split("\n") == ["写出步骤。", "倾听", "先听完", "倾听并记录", "情绪在先"]


def found(session: Session, text: str) -> list[str]:
    return sorted(row.question.key or "?" for row in bank.search(session, text=text)[0])


@pytest.fixture
def shelf(session: Session, now: datetime) -> dict[str, QuestionVersion]:
    """A choice and a short answer."""
    topic = make_topic(session)
    made = {"choice": CHOICE, "short": SHORT}
    return {key: bank.draft(session, topic, item, difficulty=2, now=now, key=key) for key, item in made.items()}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("退卡", ["choice"]),
        ("卡", ["choice"]),
        ("vip", ["choice"]),
        ("ＷＨＹ", ["choice"]),
        ("当场 退卡", ["choice"]),
        ("当场 倾听", []),
        ("听完", ["short"]),
        ("先", ["choice", "short"]),
        ("short", ["short"]),
        ("%", []),
        ("_", []),
        ("情绪在先", ["short"]),
    ],
)
def test_each_word_must_occur_somewhere(
    session: Session, shelf: dict[str, QuestionVersion], text: str, keys: list[str]
) -> None:
    assert found(session, text) == keys


def test_a_question_is_found_by_what_it_says_now(
    session: Session, shelf: dict[str, QuestionVersion], now: datetime
) -> None:
    question = session.get_one(Question, shelf["choice"].question_id)
    bank.publish(session, shelf["choice"], now=now)
    new = bank.revise(session, question, make_item(stem="新的问法？"), difficulty=2, now=now)
    assert (found(session, "退卡"), found(session, "新的问法")) == ([], ["choice"])
    bank.discard(session, new)
    assert (found(session, "退卡"), found(session, "新的问法")) == (["choice"], [])


def test_a_question_is_found_by_its_tags_and_no_longer(session: Session, shelf: dict[str, QuestionVersion]) -> None:
    question = session.get_one(Question, shelf["short"].question_id)
    assert tags.set_tags(session, question, ["总部", "２０２６"])
    assert not tags.set_tags(session, question, ["2026", "总部"])
    assert tags.tags_of(session, [question.id]) == {question.id: ["2026", "总部"]}
    assert tags.known(session) == ["2026", "总部"]
    assert found(session, "总部") == ["short"]
    assert [row.question for row in bank.search(session, tag="总部")[0]] == [question]
    tags.set_tags(session, question, [])
    assert (found(session, "总部"), bank.search(session, tag="总部"), tags.known(session)) == ([], ([], 0), [])


def test_tags_are_tidied() -> None:
    assert tags.parted(" #总部，ＶＩＰ、vip;  新 员工\n,") == ["总部", "VIP", "新 员工"]


def test_a_tag_too_long_is_refused(session: Session) -> None:
    question = session.get_one(Question, make_question(session).question_id)
    with pytest.raises(ValueError, match="40"):
        tags.set_tags(session, question, ["长" * 41])
