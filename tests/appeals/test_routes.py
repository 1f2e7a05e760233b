"""Appeals over HTTP: from the counter to the letter, without names."""

from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.appeals import actions
from exam.appeals.models import Appeal
from exam.papers.rules import ReviewPolicy
from question_bank.items import Kind
from tests.attempts.builders import places
from tests.builders import make_exam, make_person
from tests.marking.builders import LATER
from tests.results.builders import make_released
from tests.support.story import read, words


@pytest.fixture(autouse=True)
def _later(set_clock):
    set_clock(LATER)


@pytest.fixture
def attempt(session):
    exam = make_exam(session, review_policy=ReviewPolicy.OWN_ANSWERS, appeals=2)
    return make_released(session, make_person(session, full_name="林晓雨"), exam, right=5, share=Fraction(1, 2))


def main_of(response):
    return words(next(read(response.text).iter("main"))).replace("\u00a0", " ")


def test_from_the_counter_to_the_letter(session, clients, attempt):
    candidate = clients().sign_in(session.get_one(Person, attempt.person_id))
    answerer = clients().sign_in(make_person(session, Role.TRAINER, full_name="陈立"))
    home = f"/attempts/{attempt.id}/appeals"
    assert "大家都考完" in main_of(candidate.get(home))
    assert candidate.get(f"{home}/1").status_code == 404
    actions.open_windows(session, LATER)
    assert f'href="{home}"' in candidate.get(f"/attempts/{attempt.id}/result").text
    assert "可以申诉 2 道题" in main_of(candidate.get(home))
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    for nothing in (" ", "\u200b\n\u200b"):
        assert candidate.post(f"{home}/{position}", data={"text": nothing}).status_code == 422
    too_long = candidate.post(f"{home}/{position}", data={"text": "很长" * 501})
    assert (too_long.status_code, "很长" * 501 in too_long.text) == (422, True)
    assert candidate.post(f"{home}/{position}", data={"text": "我写了先倾听。"}).location == home
    assert "可以申诉 1 道题" in main_of(candidate.get(home))
    appeal = session.scalars(select(Appeal)).one()
    seen = main_of(answerer.get(f"/appeals/{appeal.id}"))
    assert "我写了先倾听。" in seen
    assert "林晓雨" not in seen
    assert "林晓雨" not in main_of(answerer.get("/appeals"))
    bad = answerer.post(f"/appeals/{appeal.id}", data={"granted": "yes", "answer": "对。", "points": "99"})
    assert bad.status_code == 422
    assert "对。" in bad.text
    answerer.post(f"/appeals/{appeal.id}", data={"granted": "yes", "answer": "确实写了。", "points": "12.5"})
    told = main_of(candidate.get(home))
    assert "确实写了。" in told
    assert "可以申诉 2 道题" in told
    letter = main_of(candidate.get("/notices"))
    assert "原来 75 分（不合格），现在 81.2 分（合格）" in letter
    assert "理由：确实写了。" in letter
    assert "题目怎么处理" in main_of(answerer.get(f"/appeals/{appeal.id}"))
    answerer.post(f"/appeals/{appeal.id}/review", data={"note": "题目没有问题。"})
    assert "题目没有问题。" in main_of(answerer.get(f"/appeals/{appeal.id}"))
    assert "再次检查，没有改动" in main_of(candidate.get(home))


def test_what_was_written_too_late_or_twice_is_shown_and_why_it_was_not_sent(session, clients, attempt):
    actions.open_windows(session, LATER)
    candidate = clients().sign_in(session.get_one(Person, attempt.person_id))
    home = f"/attempts/{attempt.id}/appeals"
    for text in ("第一个标签页。", "第二个标签页。"):
        seen = candidate.post(f"{home}/1", data={"text": text})
    assert seen.status_code == 422
    assert "第二个标签页。" in main_of(seen)
    candidate.post(f"{home}/2", data={"text": "还有这题。"})
    assert "申诉次数已用完" in main_of(candidate.get(home))
    appeal = session.scalars(select(Appeal).order_by(Appeal.id)).first()
    for text in ("先答复的。", "后答复的。"):
        answerer = clients().sign_in(make_person(session, Role.TRAINER))
        seen = answerer.post(f"/appeals/{appeal.id}", data={"granted": "no", "answer": text})
    assert seen.status_code == 422
    told = main_of(seen)
    assert "这份申诉已有答复。" in told
    assert "后答复的。" in told


def test_hr_sees_counts_and_no_word_of_it(session, clients, attempt):
    actions.open_windows(session, LATER)
    candidate = clients().sign_in(session.get_one(Person, attempt.person_id))
    candidate.post(f"/attempts/{attempt.id}/appeals/1", data={"text": "秘密的理由。"})
    answerer = make_person(session, Role.TRAINER, full_name="陈立")
    appeal = session.scalars(select(Appeal)).one()
    actions.answer(session, appeal, answerer, granted=False, text="秘密的答复。", points=None, now=LATER)
    hr = clients().sign_in(make_person(session, Role.HR))
    page = main_of(hr.get("/appeals/counts"))
    assert "结业测试" in page
    history = main_of(hr.get(f"/people/{attempt.person_id}"))
    assert "成绩出来了" in history
    for secret in ("秘密", "陈立", "申诉了一道题", "申诉已答复"):
        assert secret not in page + history
    assert "林晓雨" not in page


def test_an_appeal_is_taken_back_by_its_candidate_only(session, clients, attempt):
    actions.open_windows(session, LATER)
    candidate = clients().sign_in(session.get_one(Person, attempt.person_id))
    candidate.post(f"/attempts/{attempt.id}/appeals/1", data={"text": "请再看。"})
    appeal = session.scalars(select(Appeal)).one()
    stranger = clients().sign_in(make_person(session))
    assert stranger.post(f"/appeals/{appeal.id}/withdraw").status_code == 404
    assert stranger.get(f"/attempts/{attempt.id}/appeals").status_code == 404
    candidate.post(f"/appeals/{appeal.id}/withdraw")
    assert "可以申诉 2 道题" in main_of(candidate.get(f"/attempts/{attempt.id}/appeals"))
