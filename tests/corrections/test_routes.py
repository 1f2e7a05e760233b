"""Correcting a question over HTTP: the key, the preview, the second person, the candidate's letter."""

import json
import re
from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts.models import Person
from exam.corrections.models import Correction
from exam.corrections.rules import State
from exam.marking.queries import counting_marks
from question_bank.items import Kind
from question_bank.models import QuestionVersion
from tests.attempts.builders import places
from tests.builders import make_exam, make_person
from tests.marking.builders import LATER
from tests.results.builders import make_released
from tests.support.story import read, words


@pytest.fixture(autouse=True)
def _later(set_clock):
    set_clock(LATER)


@pytest.fixture
def sat(session):
    """Somebody who passed with 80, everything objective right; their single choice's version and place."""
    attempt = make_released(session, make_person(session, full_name="林晓雨"), make_exam(session), share=Fraction(1, 5))
    position = places(attempt, Kind.SINGLE_CHOICE)[0]
    mark = counting_marks(session, [attempt.id])[attempt.id][position]
    return attempt, session.get_one(QuestionVersion, mark.question_version_id), position


def main_of(response):
    return words(next(read(response.text).iter("main"))).replace("\u00a0", " ")


def seen_in(response):
    return re.search(r'name="seen" value="(\w+)"', response.text)[1]


def test_from_the_mended_key_to_the_letter(session, clients, trainer, second, sat):
    attempt, version, position = sat
    author, approver = clients().sign_in(trainer), clients().sign_in(second)
    page = author.get(f"/corrections/new/{version.id}")
    assert 'value="a" checked' in page.text
    begun = author.post(f"/corrections/new/{version.id}", data={"right": ["b"], "explanation": "见手册第 4 条。"})
    address = begun.location
    preview = author.get(address, query_string={"policy": "all"})
    said = main_of(preview)
    assert "现在什么都还没有改变" in said
    assert re.search(r"1 *人合格变不合格", said)
    assert "林晓雨" not in said
    assert re.search(r"0 *人合格变不合格", main_of(author.get(address, query_string={"policy": "only_up"})))
    proposal = {"policy": "all", "reason": "手册第 4 条写明。", "seen": seen_in(preview)}
    looked = author.post(f"{address}/propose", data=proposal | {"policy": "only_up", "act": "look"})
    assert "手册第 4 条写明。" in main_of(looked)
    assert re.search(r"0 *人合格变不合格", main_of(looked))
    unseen = author.post(f"{address}/propose", data=proposal | {"policy": "only_up"})
    assert unseen.status_code == 409  # another way than the one that was looked at
    assert author.post(f"{address}/propose", data=proposal | {"reason": " "}).status_code == 422
    assert author.post(f"{address}/propose", data=proposal).location == address
    assert counting_marks(session, [attempt.id])[attempt.id][position].points == Fraction(25, 2)
    assert approver.get("/notices").status_code == 200
    looked = approver.get(address)
    assert approver.post(f"{address}/decide", data={"act": "refuse", "seen": "x"}).status_code == 422
    done = approver.post(f"{address}/decide", data={"act": "approve", "note": "属实。", "seen": seen_in(looked)})
    assert done.location == address
    applied = main_of(author.get(address))
    assert "题目已更正" in applied
    assert "80.0 → 67.5" in applied
    candidate = clients().sign_in(session.get_one(Person, attempt.person_id))
    assert "手册第 4 条写明" in main_of(candidate.get("/notices"))
    assert "还差" in main_of(candidate.get(f"/attempts/{attempt.id}/result"))


def test_a_faulty_question_is_taken_out_and_that_taken_back(session, clients, trainer, second, sat):
    attempt, version, position = sat
    author, approver = clients().sign_in(trainer), clients().sign_in(second)
    address = author.post(f"/corrections/new/{version.id}", data={"act": "faulty"}).location
    assert author.get(f"/corrections/new/{version.id}").location == address
    seen = seen_in(author.get(address, query_string={"policy": "take_out"}))
    author.post(f"{address}/propose", data={"policy": "take_out", "reason": "题目过时。", "seen": seen})
    approver.post(f"{address}/decide", data={"act": "approve", "seen": seen})
    assert session.scalars(select(Correction)).one().state is State.APPLIED
    back = author.post(f"{address}/undo").location
    seen = seen_in(author.get(back))
    author.post(f"{back}/propose", data={"policy": "restore", "reason": "仍然适用。", "seen": seen})
    approver.post(f"{back}/decide", data={"act": "approve", "seen": seen})
    assert counting_marks(session, [attempt.id])[attempt.id][position].points == Fraction(25, 2)
    assert "已被后来的更正撤回" in main_of(author.get(address))


def test_another_worth_from_the_wrong_number_to_the_letter(session, clients, trainer, second, sat):
    attempt, version, position = sat
    author, approver = clients().sign_in(trainer), clients().sign_in(second)
    address = f"/corrections/new/{version.id}"
    assert 'value="12.5"' in author.get(address).text

    def asks(worth):
        form = {"act": "worth", "worths-0-exam_id": str(attempt.exam_id), "worths-0-worth": worth}
        return author.post(address, data=form)

    wrong = asks("两分")
    assert (wrong.status_code, "写一个数" in main_of(wrong), 'value="两分"' in wrong.text) == (422, True, True)
    same = asks("12.5")
    assert (same.status_code, "没有要改的" in main_of(same)) == (422, True)
    begun = asks("２．５")  # full-width
    looked = author.get(begun.location, query_string={"policy": "worth"})
    assert "12.5 → 2.5 分" in main_of(looked)
    assert re.search(r"1 *人合格变不合格", main_of(looked))  # 70 of 90
    assert re.search(r"0 *人合格变不合格", main_of(author.get(begun.location)))  # only upwards
    proposal = {"policy": "worth", "reason": "公告写的是 2.5 分。", "seen": seen_in(looked)}
    assert author.post(f"{begun.location}/propose", data=proposal).location == begun.location
    looked = approver.get(begun.location)
    approver.post(f"{begun.location}/decide", data={"act": "approve", "seen": seen_in(looked)})
    applied = main_of(author.get(begun.location))
    assert "12.5 / 12.5" in applied
    assert "2.5 / 2.5" in applied
    assert counting_marks(session, [attempt.id])[attempt.id][position].points == Fraction(5, 2)
    candidate = clients().sign_in(session.get_one(Person, attempt.person_id))
    assert "公告写的是 2.5 分" in main_of(candidate.get("/notices"))


def test_what_changed_meanwhile_is_shown_before_anything_is_done(session, clients, trainer, second, sat):
    _attempt, version, _position = sat
    author = clients().sign_in(trainer)
    address = author.post(f"/corrections/new/{version.id}", data={"act": "faulty"}).location
    stale = {"policy": "take_out", "reason": "题目过时。", "seen": "0" * 32}
    answer = author.post(f"{address}/propose", data=stale)
    assert answer.status_code == 409
    assert "请再看一遍" in main_of(answer)
    assert "题目过时。" in main_of(answer)


@pytest.mark.parametrize("kind", [Kind.TRUE_FALSE, Kind.SHORT_ANSWER, Kind.MULTIPLE_CHOICE])
def test_the_key_of_every_kind_is_shown_to_be_mended(session, client, trainer, sat, kind):
    attempt, _version, _position = sat
    mark = counting_marks(session, [attempt.id])[attempt.id][places(attempt, kind)[0]]
    client.sign_in(trainer)
    address = f"/corrections/new/{mark.question_version_id}"
    page = client.get(address).text
    keys = {
        Kind.TRUE_FALSE: {"truth": "false"},
        Kind.MULTIPLE_CHOICE: {"right": ["a"]},
        Kind.SHORT_ANSWER: {
            "key_points-0-id": "k1", "key_points-0-text": "先倾听", "key_points-0-points": "4",
            "key_points-1-id": "k2", "key_points-1-text": "再道歉", "key_points-1-points": "1.5",
        },
    }  # fmt: skip
    assert "checked" in page or "key_points-1-points" in page
    begun = client.post(address, data=keys[kind])
    assert "/corrections/" in begun.location
    assert client.get(begun.location).status_code == 200
    bad = {"key_points-0-id": "k1", "key_points-0-points": "viel"} if kind is Kind.SHORT_ANSWER else {}
    client.post(f"{begun.location}/drop")
    if kind is not Kind.TRUE_FALSE:
        assert client.post(address, data=bad).status_code == 422


def test_the_script_is_told_how_far_it_is_and_a_refusal_in_words(session, clients, trainer, second, sat):
    _attempt, version, _position = sat
    author, approver = clients().sign_in(trainer), clients().sign_in(second)
    address = author.post(f"/corrections/new/{version.id}", data={"act": "faulty"}).location
    form = {"policy": "take_out", "reason": "题目有误。", "seen": seen_in(author.get(f"{address}?policy=take_out"))}
    author.post(f"{address}/propose", data=form)
    asked = {"Accept": "application/json, application/x-ndjson;q=0.9"}
    wrong = approver.post(f"{address}/decide", data={"act": "approve", "seen": "x", "note": ""}, headers=asked)
    assert [json.loads(line) for line in wrong.text.splitlines()] == [
        {"error": "在你查看之后，这次更正的影响有了变化。现在什么都没有做，请再看一遍。"}
    ]
    page = approver.get(address)
    told = approver.post(f"{address}/decide", data={"act": "approve", "seen": seen_in(page), "note": ""}, headers=asked)
    assert [json.loads(line) for line in told.text.splitlines()] == [
        {"said": "已执行 0 / 1 份……", "share": 0},
        {"location": address},
    ]
    assert session.scalars(select(Correction.state)).all() == [State.APPLIED]
    assert "题目已更正" in approver.get(address).text
