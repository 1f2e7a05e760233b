"""Which questions say the same, or nearly."""

import pytest

from question_bank.likeness import Stems, folded, same_as, twins

STEMS = [
    "会员来电投诉时，第一步应当做什么？",
    "退款申请多久之内应当处理完？",
    "工单当天没有解决时应当怎么办？",
]


@pytest.mark.parametrize(
    ("stem", "percent"),
    [
        ("会员来电投诉时，第一步应当做什么？", 100),
        ("会员 来电投诉时, 第一步应当做什么 ?", 100),
        ("会员来电投诉时，首先应当做什么？", 80),
        ("怎样给会员开发票？", None),
        ("投诉", None),
        ("", None),
    ],
)
def test_a_stem_is_like_another_whatever_its_signs_and_gaps(stem, percent):
    found = Stems(enumerate(STEMS)).like(stem)
    if percent is None:
        assert found is None
    elif percent == 100:
        assert (found.key, found.percent) == (0, 100)
    else:
        assert found is None or found.percent < 100


def test_one_word_more_is_nearly_the_same():
    found = Stems(enumerate(STEMS)).like("会员来电投诉时，你第一步应当做什么？")
    assert found.key == 0
    assert 85 <= found.percent < 100


def test_a_stem_is_not_like_itself():
    assert Stems(enumerate(STEMS)).like(STEMS[1], but=1) is None


def test_twins_name_the_earlier_one():
    assert list(twins([*STEMS, STEMS[1], ""])) == [(3, 1, 100)]


def test_choices_in_another_order_make_no_other_question():
    one = {"stem": "先做什么？", "choices": [{"text": "倾听"}, {"text": "Ａ"}]}
    other = {"stem": "先做什么?", "choices": [{"text": "a"}, {"text": "倾听"}]}
    assert same_as(one) == same_as(other)
    assert same_as(one) != same_as({**one, "choices": [{"text": "倾听"}]})
    assert folded("Ａ b，C") == "abc"
