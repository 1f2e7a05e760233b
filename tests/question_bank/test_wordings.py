"""Answers that share a wording of their own, and those that only share what everybody may know."""

import random
from time import process_time

from question_bank.grouping.wordings import wordings

KNOWN = ["会员要求退款时怎么办？", "先倾听会员的诉求，再道歉", "核对会员身份和积分历史", "致歉"]


def together(*texts: str, known: list[str] = KNOWN) -> list[list[int]]:
    """Which places share a wording; those that tell nothing are left out."""
    found: dict[object, list[int]] = {}
    for place, wording in wordings(dict(enumerate(texts)), known).items():
        found.setdefault(wording, []).append(place)
    return sorted(found.values())


def test_the_same_and_nearly_the_same_are_one_wording():
    one, same, near = "请他到旁边的小屋慢慢说。", "請他到旁边的小屋，慢慢说", "请他到旁边的小屋里慢慢说"
    assert together(one, "带她去楼上的经理室喝茶", same, near) == [[0, 2, 3], [1]]


def test_a_negation_or_a_number_parts_what_is_nearly_the_same():
    told = "我跟他讲过{}天以内{}到这个柜台来拿东西"
    texts = [told.format(*how) for how in ((3, "要"), (5, "要"), (3, "不要"), ("三", "要"))]
    assert together(*texts) == [[0, 3], [1], [2]]


def test_what_everybody_may_know_tells_nothing():
    model = "先倾听会员的诉求，再道歉。核对会员身份和积分历史"
    assert together(model, model, "致歉，然后核对会员身份和积分历史") == []
    assert together(model, known=[]) == [[0]]


def test_two_who_only_share_the_model_answer_do_not_share_a_wording():
    """The whole is near; what is their own isn't."""
    model = "先倾听会员的诉求，再道歉，并核对会员身份和积分历史" * 4
    known = [model]
    own = ("昨天那位胖大叔嚷得凶极了", "小店门口挤满看热闹邻居们")
    assert together(*(model + one for one in own), known=known) == [[0], [1]]
    assert together(model + own[0], model[:96] + own[0] + model[96:], known=known) == [[0, 1]]


def test_short_answers_tell_nothing():
    assert together("好的", "好的", "") == []


def test_three_hundred_answers_are_compared_in_little_time():
    chance = random.Random(1)
    words = [chr(0x4E10 + chance.randrange(4000)) for _ in range(400)]
    texts = {place: "".join(chance.choices(words, k=60)) for place in range(299)}
    texts[299] = texts[0][:30] + "慢" + texts[0][30:]
    begun = process_time()
    found = wordings(texts, KNOWN)
    assert found[299] == found[0]
    assert len(set(found.values())) == 299
    assert process_time() - begun < 1
