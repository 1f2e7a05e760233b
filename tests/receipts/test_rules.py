"""The receipt as values: what it says, how answers are bound to it, what was typed or pasted, what a check finds."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam.receipts.rules import (
    Differences,
    Facts,
    NotAReceipt,
    Receipt,
    Seal,
    Signed,
    Verdict,
    differences,
    digests,
    read_code,
    read_number,
    seal,
    verdict,
    verdict_among,
)
from exam.signing import Keyring, make_keyring

NOW = datetime(2026, 3, 2, 3, 2, 17, tzinfo=UTC)
FACTS = Facts(attempt=412, person=7, exam=1, paper=90, closed_at=NOW)
SALT = "5a" * 16
ANSWERS: dict[int, Any] = {1: {"choices": ["b"]}, 2: None, 3: {"truth": True}, 10: {"text": "先倾听，再道歉。"}}
KEYS = make_keyring("", "a secret of the tests", "")


def written(answers: Any = None, keys: Keyring = KEYS, **changed: Any) -> Receipt:
    receipt = Receipt.write(FACTS, ANSWERS if answers is None else answers, salt=SALT, revision=1, key=keys.id, now=NOW)
    return replace(receipt, **changed)


def signed(receipt: Receipt, keys: Keyring = KEYS) -> Signed:
    return Signed(receipt.to_text(), keys.sign(receipt.to_text()))


examine = KEYS.examine


# What it says


def test_digests_are_over_one_exact_writing():
    whole, each = digests("aa", {2: None, 1: {"choices": ["b"]}, 10: {"text": "因为"}})
    writing = '["aa",[[1,{"choices":["b"]}],[2,null],[10,{"text":"因为"}]]]'
    assert whole == sha256(writing.encode()).hexdigest()
    assert each[10] == sha256('["aa",10,{"text":"因为"}]'.encode()).hexdigest()
    assert list(each) == [1, 2, 10]


def test_equal_answers_look_different_in_every_place_and_receipt():
    _, one = digests("aa", {1: None, 2: None})
    _, other = digests("bb", {1: None, 2: None})
    assert len({*one.values(), *other.values()}) == 4


def test_only_what_can_be_marked_counts_as_answered():
    blank = {1: None, 2: {"text": " \n　"}, 3: {"choices": []}}
    assert written({**blank, 4: {"text": "因为"}, 5: {"choices": ["a"]}, 6: {"truth": False}}).answered == 3


def test_a_receipt_says_no_answer_and_nothing_of_the_bank():
    assert not any(secret in written().to_text() for secret in ("choices", '"b"', "倾听", SALT))


def test_a_receipt_survives_its_text_and_its_file():
    receipt = written()
    assert Receipt.from_text(receipt.to_text()) == receipt
    assert Signed.read(signed(receipt).to_file()) == signed(receipt)
    assert (receipt.number, receipt.slots, receipt.answered, receipt.revision) == ("JY-000412", 4, 3, 1)
    assert receipt.code.replace(" ", "") == receipt.digest
    assert {len(group) for group in receipt.code.split()} == {4}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.pop("answers"),
        lambda data: data.update(more=1),
        lambda data: data.update(number="JY-000413"),
        lambda data: data.update(format="jieye-receipt-2"),
        lambda data: data.update(attempt=True),
        lambda data: data.update(attempt=0),
        lambda data: data.update(attempt=2**31),
        lambda data: data.update(attempt="412"),
        lambda data: data.update(answers=[]),
        lambda data: data.update(answers={"one": "aa"}),
        lambda data: data.update(closed_at="yesterday"),
        lambda data: data.update(closed_at=5),
        lambda data: data.update(closed_at="2026-03-02T03:02:17"),
        lambda data: data.update(closed_at="2026-03-02T03:02:17+08:00"),
        lambda data: data.update(written_at="9999-12-31T23:00:00+00:00"),
        lambda data: data.update(digest=5),
        lambda data: data.update(digest=None),
        lambda data: data.update(digest="AA" * 32),
        lambda data: data.update(answers={"1": "aa"}),
        lambda data: data.update(answers={"0": "aa" * 32}),
        lambda data: data.update(key=[]),
        lambda data: data.update(key={}),
        lambda data: data.update(key=None),
        lambda data: data.update(key="\ud800"),
        lambda data: data.update(key="aa"),
        lambda data: data.update(slots=-1),
        lambda data: data.update(slots={"a": 1}),
        lambda data: data.update(answered=1.5),
        lambda data: data.update(answered=True),
    ],
)
def test_what_is_not_a_receipt_is_refused(spoil):
    data = json.loads(written().to_text())
    spoil(data)
    with pytest.raises(NotAReceipt):
        Receipt.from_text(json.dumps(data, sort_keys=True, separators=(",", ":")))


# Typed and pasted


@pytest.mark.parametrize(
    ("typed", "attempt"),
    [
        ("JY-000412", 412),
        ("jy000412", 412),
        (" JY - 000 412\n", 412),
        ("ＪＹ－０００４１２", 412),
        ("JY—000412", 412),
        ("412", 412),
        ("JY-1234567", 1234567),
        ("", None),
        ("JY-", None),
        ("JY-000000", None),
        ("JY-412x", None),
        ("JY-2147483648", None),
        ("一二", None),
    ],
)
def test_a_receipt_number_is_read_as_people_type_it(typed, attempt):
    assert read_number(typed) == attempt


CODE = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (CODE, CODE),
        (" ".join(CODE[i : i + 4] for i in range(0, 64, 4)), CODE),
        (f"{CODE[:30]}\n　{CODE[30:]}".upper(), CODE),
        ("０１２３ ４５６７-８９ａｂ\u200b ｃｄｅｆ", CODE[:16]),
        (CODE[:15], None),
        (CODE + "0", None),
        ("g" * 16, None),
        ("", None),
    ],
)
def test_a_check_code_is_read_as_people_type_it(typed, code):
    assert read_code(typed) == code


@pytest.mark.parametrize(
    "through",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "".join(text.split()),
        lambda text: "  \ufeff" + text.replace(" ", "\u3000"),
        lambda text: text.replace('"', "”").replace(":", "：").replace(",", "，").replace("{", "｛"),
        lambda text: text.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)}),
        lambda text: "\u200b\n".join(text[i : i + 40] for i in range(0, len(text), 40)),
        lambda text: f"你好，这是我的回执：\n```json\n{text}```\n谢谢",
    ],
    ids=["line ends", "one line", "spaces", "punctuation", "full width", "wrapped", "amid words"],
)
def test_a_receipt_is_read_through_whatever_it_was_pasted(through):
    assert Signed.read(through(signed(written()).to_file())) == signed(written())


@pytest.mark.parametrize(
    "pasted",
    ["", "JY-000412", "{}", "[1]", '{"receipt": 1, "signature": ""}', '{"receipt": {}, "signature": 3}', "{" * 9000,
     '{"receipt":' * 5000 + "}" * 5000, '{"receipt": {"attempt": NaN}, "signature": ""}', "9" * 5000 + "{}"],
)  # fmt: skip
def test_what_was_pasted_and_is_no_receipt_is_refused(pasted):
    with pytest.raises(NotAReceipt):
        Signed.read(pasted)


@given(st.text())
def test_whatever_is_pasted_is_read_or_refused(pasted):
    for text in (pasted, f'{{"receipt": {pasted}}}'):
        with pytest.raises(NotAReceipt):
            Signed.read(text)


def leaves(data: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    return [leaf for name in data for leaf in leaves(data[name], (*path, name))] if isinstance(data, dict) else [path]


def put(data: Any, path: tuple[str, ...], value: Any) -> None:
    *way, name = path
    for step in way:
        data = data[step]
    data[name] = value


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.text("0123456789abcdef"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(anything, st.data())
def test_whatever_is_put_into_a_receipt_it_is_refused_or_judged(value, data):
    document = json.loads(signed(written()).to_file())
    put(document, data.draw(st.sampled_from([*leaves(document), ("receipt",), ("receipt", "answers")])), value)
    try:
        read = Signed.read(json.dumps(document))
    except NotAReceipt:
        return
    assert read.text.isascii()
    assert (seal(read, examine) is Seal.OURS) == (read == signed(written()))


@given(anything)
def test_any_json_is_refused(value):
    for document in (value, {"receipt": value, "signature": "AAAA"}):
        with pytest.raises(NotAReceipt):
            Signed.read(json.dumps(document))
        with pytest.raises(NotAReceipt):
            Receipt.from_text(json.dumps(document))


# What a check finds

identifiers = st.text("abcdef", min_size=1, max_size=2)
responses = st.one_of(
    st.none(),
    st.builds(lambda ids: {"choices": sorted(ids)}, st.sets(identifiers, min_size=1, max_size=3)),
    st.builds(lambda value: {"truth": value}, st.booleans()),
    st.builds(lambda text: {"text": text}, st.text(st.characters(exclude_categories=["Cs"]), max_size=20)),
)
papers = st.dictionaries(st.integers(1, 60), responses, min_size=1, max_size=12)


@given(papers, st.data())
def test_any_change_of_any_answer_is_found_and_named(answers, data):
    receipt = written(answers)
    assert not differences(receipt, FACTS, SALT, answers)
    places = data.draw(st.sets(st.sampled_from(sorted(answers)), min_size=1))
    changed = dict(answers)
    for position in places:
        changed[position] = data.draw(responses.filter(lambda one, was=answers[position]: one != was))
    assert differences(receipt, FACTS, SALT, changed) == Differences(positions=tuple(sorted(places)))


@given(papers, st.data())
def test_an_answer_that_is_gone_or_was_added_is_named(answers, data):
    position = data.draw(st.sampled_from(sorted(answers)))
    without = {place: answers[place] for place in answers if place != position}
    assert differences(written(answers), FACTS, SALT, without).positions == (position,)
    assert differences(written(without), FACTS, SALT, answers).positions == (position,)


@given(papers, st.data())
def test_any_change_of_a_receipt_breaks_its_signature(answers, data):
    genuine = signed(written(answers))
    assert seal(genuine, examine) is Seal.OURS
    content = json.loads(genuine.text)
    *way, name = data.draw(st.sampled_from(leaves(content)))
    holder = content
    for step in way:
        holder = holder[step]
    values = st.integers(0, 500) if isinstance(holder[name], int) else st.text("0123456789abcdef:+-TJY", max_size=64)
    holder[name] = data.draw(values.filter(lambda value: value != holder[name]))
    try:
        spoilt = Signed.read(json.dumps({"receipt": content, "signature": genuine.signature}))
    except NotAReceipt:
        return  # not even a receipt any more
    assert seal(spoilt, examine) in (Seal.BROKEN, Seal.UNKNOWN_KEY)


@given(st.binary(min_size=64, max_size=64))
def test_nobody_else_signs(signature):
    genuine = signed(written())
    assert seal(replace(genuine, signature=signature.hex()), examine) is Seal.BROKEN


def test_a_signature_by_a_key_of_somebody_else_is_known_as_such():
    theirs = make_keyring("", "another secret", "")
    assert seal(signed(written(keys=theirs), theirs), examine) is Seal.UNKNOWN_KEY
    assert seal(signed(written(), theirs), examine) is Seal.BROKEN


def test_a_receipt_without_key_and_signature_is_from_before():
    old = Receipt(FACTS, 1, NOW, 4, 3, digests("", ANSWERS)[0], {}, "")
    assert seal(Signed(old.to_text(), ""), examine) is Seal.NONE


def test_taking_the_signature_away_does_not_make_a_receipt_old():
    assert seal(Signed(written().to_text(), ""), examine) is Seal.BROKEN


@pytest.mark.parametrize(
    ("name", "value"),
    [("attempt", 413), ("person", 8), ("exam", 2), ("paper", 91), ("closed_at", NOW + timedelta(microseconds=1))],
)
def test_other_facts_are_named(name, value):
    assert differences(written(), replace(FACTS, **{name: value}), SALT, ANSWERS) == Differences(facts=(name,))


@pytest.mark.parametrize(
    ("worth", "on_record", "found", "says"),
    [
        (Seal.OURS, True, Differences(), Verdict.GENUINE),
        (Seal.NONE, True, Differences(), Verdict.UNSIGNED),
        (Seal.NONE, False, Differences(positions=(3,)), Verdict.UNSIGNED),
        (Seal.OURS, True, Differences(positions=(3,)), Verdict.CHANGED),
        (Seal.OURS, True, Differences(facts=("paper",)), Verdict.CHANGED),
        (Seal.OURS, False, Differences(), Verdict.NOT_ON_RECORD),
        (Seal.UNKNOWN_KEY, True, Differences(), Verdict.UNKNOWN_KEY),
        (Seal.BROKEN, True, Differences(), Verdict.FORGED),
        (Seal.BROKEN, False, Differences(positions=(3,)), Verdict.FORGED),
    ],
)
def test_the_weightiest_finding_is_the_verdict(worth, on_record, found, says):
    assert verdict(worth, on_record, found) is says


def test_only_the_genuine_is_sound():
    assert {one for one in Verdict if one.sound} == {Verdict.GENUINE}
    assert {verdict(*case) for case in product(Seal, (True, False), (Differences(), Differences(facts=("exam",))))} == (
        set(Verdict) - {Verdict.LATER_UNSOUND}
    )


def test_a_receipt_is_as_good_as_what_came_after_it():
    assert verdict_among(Verdict.GENUINE, []) is Verdict.GENUINE
    assert verdict_among(Verdict.GENUINE, [Verdict.GENUINE]) is Verdict.GENUINE
    for worse in set(Verdict) - {Verdict.GENUINE}:
        assert verdict_among(Verdict.GENUINE, [Verdict.GENUINE, worse, Verdict.GENUINE]) is Verdict.LATER_UNSOUND
        assert verdict_among(worse, [Verdict.FORGED]) is worse
