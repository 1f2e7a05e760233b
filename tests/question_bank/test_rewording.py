"""Two wordings side by side: which words went and which came."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.rewording import Fate, pieces


def marked(old: str, new: str) -> str:
    signs = {Fate.SAME: "{}", Fate.GONE: "[-{}]", Fate.NEW: "[+{}]"}
    return "".join(signs[one.fate].format(one.text) for one in pieces(old, new))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("接到投诉后先做什么？", "接到投诉后第一步做什么？", "接到投诉后[-先][+第一步]做什么？"),
        ("same", "same", "same"),
        ("", "新", "[+新]"),
        ("旧", "", "[-旧]"),
        ("", "", ""),
        ("within 24 hours", "within 48 hours", "within [-24][+48] hours"),
        ("VIP会员", "SVIP会员", "[-VIP][+SVIP]会员"),
        ("看图![旧](a.png)", "看图![新](a.png)", "看图[-![旧](a.png)][+![新](a.png)]"),
        ("甲乙丙丁", "子乙丑寅", "[-甲乙丙丁][+子乙丑寅]"),
        ("第一条。", "第一条，并记录。", "第一条[+，并记录]。"),
    ],
)
def test_the_words_that_changed(old: str, new: str, shown: str) -> None:
    assert marked(old, new) == shown


@given(st.text("甲乙丙ab1 ，。\n", max_size=40), st.text("甲乙丙ab1 ，。\n", max_size=40))
def test_nothing_of_either_text_is_lost(old: str, new: str) -> None:
    found = pieces(old, new)
    assert "".join(one.text for one in found if one.fate is not Fate.NEW) == old
    assert "".join(one.text for one in found if one.fate is not Fate.GONE) == new
    if old == new:
        assert {one.fate for one in found} <= {Fate.SAME}
