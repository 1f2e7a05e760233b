"""A result as its candidate sees it: what stands there and when, and what of questions and keys."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.marking.models import Mark
from exam.marking.rules import MarkSource
from exam.papers.rules import ReviewPolicy
from exam.results import actions
from exam.results.models import Release
from exam.results.rules import Verdict
from tests.builders import make_exam, make_person
from tests.marking.builders import LATER, hand_in
from tests.results.builders import enrolment_of, make_marked, make_released, plain
from tests.sittings.builders import make_enrolment, make_sitting
from tests.support.story import numbers, read, words

SECRETS = ("先弄清发生了什么", "先倾听并记录，再道歉")
"""The explanation and the reference answer of `make_item`."""


@pytest.fixture
def as_candidate(session, client, set_clock):
    """Sign in whoever wrote an attempt, and give the address of its result."""
    set_clock(LATER)

    def sign_in(attempt):
        client.sign_in(session.get_one(Person, attempt.person_id))
        return f"/attempts/{attempt.id}/result"

    return sign_in


def test_before_the_marking_an_honest_line_and_no_score(session, client, as_candidate):
    text = plain(client.get(as_candidate(hand_in(session))))
    assert "客观题已评，简答题待评阅" in text
    assert "一般 2 个工作日" in text
    assert "bigscore" not in text


def test_a_marked_result_stays_invisible_until_it_is_released(session, client, as_candidate):
    attempt = make_marked(session, share=Fraction(3, 5))
    page = client.get(as_candidate(attempt)).text
    assert "已全部评完，等待发布" in page
    for told in ("bigscore", "优秀", "各知识点"):
        assert told not in page, told
    assert not {"90", "75"} & set(numbers(words(next(read(page).iter("main")))))
    session.add(Release(attempt_id=attempt.id, released_at=LATER))
    assert "bigscore" in client.get(as_candidate(attempt)).text


@pytest.mark.parametrize(
    ("share", "heading", "stamp"),
    [
        (1, "优秀，恭喜你完成结业", "stamp is-solid"),
        (Fraction(1, 5), "合格，恭喜你完成结业", '"stamp"'),
        (0, "这次还差 5 分，可以补考", "stamp is-open"),
    ],
)
def test_the_result_says_score_consequence_and_topics(session, client, as_candidate, share, heading, stamp):
    text = plain(client.get(as_candidate(make_released(session, share=share))))
    for shown in (heading, stamp, "各知识点", "打印成绩单", "投诉处理"):
        assert shown in text


def test_a_last_fail_says_that_hr_decides(session, client, as_candidate):
    attempt = make_released(session, exam=make_exam(session, max_retakes=0), share=0)
    assert "补考次数已用完" in plain(client.get(as_candidate(attempt)))


def test_somebody_elses_a_running_and_a_void_attempt_are_not_found(session, client, as_candidate):
    attempt = make_released(session)
    address = as_candidate(attempt)
    assert client.get(address).status_code == 200
    client.sign_in(make_person(session))
    assert client.get(address).status_code == 404
    attempt.voided_at, attempt.void_reason = LATER, "断电"
    assert client.get(as_candidate(attempt)).status_code == 404
    assert client.get("/attempts/999999/result").status_code == 404


def test_no_key_before_everybody_has_finished(session, client, as_candidate):
    exam = make_exam(session)
    attempt = make_released(session, exam=exam)
    other = make_sitting(session, exam)
    other.enrolment.cohort_id = enrolment_of(session, attempt).cohort_id
    address = as_candidate(attempt)
    text = client.get(address).text
    assert "同批次所有人考完后开放" in text
    for secret in (*SECRETS, "is-right", 'id="review"', "接到会员投诉后"):
        assert secret not in text
    other.closes_at = LATER - timedelta(seconds=1)
    text = client.get(address).text
    for shown in (*SECRETS, "is-right", 'id="review"'):
        assert shown in text


def test_what_an_answer_had_before_it_was_corrected_stays_visible(session, client, as_candidate):
    attempt = make_released(session)
    (mark,) = session.scalars(select(Mark).where(Mark.attempt_id == attempt.id, Mark.position == 1))
    for points, reason in ((Fraction(1), "答案有误。"), (Fraction(3), "再次核对。")):
        corrected = {"source": MarkSource.CORRECTION, "points": points, "reason": reason, "given_at": LATER}
        facts = {"attempt_id": attempt.id, "position": 1, "question_version_id": mark.question_version_id}
        session.add(Mark(**facts, **corrected))
        session.flush()
    seen = plain(client.get(as_candidate(attempt)))
    assert "已更正，原来 12.5 分</b>：再次核对。" in seen
    assert 'id="question-1"' in seen  # where the page of an appeal leads


def test_a_result_that_was_corrected_after_its_release_says_what_it_was(
    session, client, clients, set_clock, as_candidate
):
    attempt = make_released(session)
    enrolment, hr = enrolment_of(session, attempt), make_person(session, Role.HR)
    actions.decide(
        session, enrolment, Verdict.CONFIRMED, outstanding=False, reason="", actor_id=hr.id, now=LATER
    )  # fmt: skip
    own, desk = as_candidate(attempt), clients().sign_in(hr)
    page = f"/results/{enrolment.id}"
    assert "更正" not in plain(desk.get(page))
    (mark,) = session.scalars(select(Mark).where(Mark.attempt_id == attempt.id, Mark.position == 1))
    facts = {"attempt_id": attempt.id, "position": 1, "question_version_id": mark.question_version_id}
    session.add(Mark(**facts, source=MarkSource.CORRECTION, points=Fraction(0), reason="有误。", given_at=LATER))
    session.flush()
    actions.compute(session, attempt, LATER + timedelta(hours=1), "有误。")
    seen = plain(desk.get(page))
    assert seen.index("已转正") < seen.index("成绩更正：原来 100 优秀，现在 87.5 合格")
    assert "决定之后成绩作过更正" in seen
    assert "更正前是 100 分，优秀" in plain(client.get(own))


def test_somebody_still_learning_keeps_the_keys_closed(session, client, as_candidate):
    attempt = make_released(session)
    learner = make_enrolment(session, completed_at=None, cohort_id=enrolment_of(session, attempt).cohort_id)
    assert "is-right" not in client.get(as_candidate(attempt)).text
    learner.person_id = attempt.person_id
    make = learner
    session.delete(make)
    assert "is-right" in client.get(as_candidate(attempt)).text


@pytest.mark.parametrize(("policy", "questions"), [(ReviewPolicy.SCORE_ONLY, False), (ReviewPolicy.OWN_ANSWERS, True)])
def test_the_other_policies_never_show_keys(session, client, as_candidate, policy, questions):
    attempt = make_released(session, exam=make_exam(session, review_policy=policy))
    text = client.get(as_candidate(attempt)).text
    assert ('id="review"' in text) is questions
    assert ("先倾听，再道歉。" in text) is questions
    for secret in (*SECRETS, "is-right", "12.5 / 12.5"):
        assert secret not in text


def test_the_other_attempts_are_listed_without_unreleased_scores(session, client, as_candidate):
    person, exam = make_person(session), make_exam(session, questions=2, max_retakes=0)
    first = make_released(session, person, exam, share=0)
    enrolment, hr = enrolment_of(session, first), make_person(session, Role.HR)
    actions.decide(
        session, enrolment, Verdict.ONE_MORE_TRY, outstanding=False, reason="病假", actor_id=hr.id, now=LATER
    )
    text = plain(client.get(as_candidate(first)))
    assert "补考已经开放" in text
    assert "病假" in text
