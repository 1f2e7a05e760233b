"""The tutoring pages: whose they are, what they say, and that nothing typed is lost."""

import pytest
from sqlalchemy import select

from exam.accounts.models import Person
from exam.retakes import actions, queries
from exam.retakes.models import PlanStep
from question_bank.items import Kind
from tests.builders import make_person, make_question
from tests.retakes.builders import LATER, make_failed
from tests.support.database import count_statements


@pytest.fixture
def plan(session):
    return actions.open_plan(session, make_failed(session), LATER)


@pytest.fixture
def tutor(session, plan):
    return session.get_one(Person, plan.tutor_id)


def test_a_new_hire_works_through_the_plan_and_the_tutor_signs_it(session, client, plan, tutor):
    client.sign_in(session.get_one(Person, plan.person_id))
    assert "重读“投诉处理 1”" in client.get("/tutoring").text
    for one in queries.steps_of(session, plan.id):
        client.post(f"/tutoring/{plan.id}/steps/{one.step.id}", data={"done": "1"})
    assert "等导师签字" in client.get("/tutoring").text
    client.sign_in(tutor)
    assert "可以签字" in client.get("/tutoring/plans").text
    client.post(f"/tutoring/plans/{plan.id}/sign")
    assert "已签字" in client.get(f"/tutoring/plans/{plan.id}").text


def test_without_a_plan_the_page_says_so(session, client):
    client.sign_in(make_person(session))
    assert "没有辅导计划" in client.get("/tutoring").text


def test_a_step_of_somebody_elses_plan_is_not_there(session, client, plan):
    client.sign_in(make_person(session))
    step = session.scalars(select(PlanStep).where(PlanStep.plan_id == plan.id)).first()
    assert client.post(f"/tutoring/{plan.id}/steps/{step.id}", data={"done": "1"}).status_code == 404
    session.refresh(step)
    assert step.done_at is None


def test_a_step_is_not_reached_through_another_plan(session, client, plan, tutor):
    other = actions.open_plan(session, make_failed(session, pages=1, tutor=tutor), LATER)
    step = session.scalars(select(PlanStep).where(PlanStep.plan_id == other.id)).first()
    client.sign_in(tutor)
    assert client.post(f"/tutoring/plans/{plan.id}/steps/{step.id}", data={"done": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "写清楚要做什么"), ("　　", "写清楚要做什么"), ("练" * 201, "最多 200 个字")],
)
def test_a_step_that_can_not_be_added_says_why_and_loses_nothing(client, plan, tutor, typed, said):
    client.sign_in(tutor)
    answer = client.post(f"/tutoring/plans/{plan.id}/steps", data={"what": typed, "due_on": "2026-03-09"})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="2026-03-09"' in answer.text


@pytest.mark.parametrize("typed", ["ＡＢＣ 练习", "练习😀", "<script>alert(1)</script>"])
def test_a_step_may_say_anything_and_stays_text(client, plan, tutor, typed):
    client.sign_in(tutor)
    client.post(f"/tutoring/plans/{plan.id}/steps", data={"what": typed, "due_on": ""})
    assert "<script>alert" not in client.get(f"/tutoring/plans/{plan.id}").text


def test_a_date_that_is_none_is_refused_and_kept(client, plan, tutor):
    client.sign_in(tutor)
    answer = client.post(f"/tutoring/plans/{plan.id}/steps", data={"what": "练习", "due_on": "明天"})
    assert answer.status_code == 422
    assert 'value="明天"' in answer.text


def test_a_day_that_has_passed_is_refused_and_kept(client, plan, tutor):
    client.sign_in(tutor)
    answer = client.post(f"/tutoring/plans/{plan.id}/steps", data={"what": "练习", "due_on": "2020-01-01"})
    assert answer.status_code == 422
    assert "这一天已经过去" in answer.text
    assert 'value="2020-01-01"' in answer.text


def test_the_list_takes_the_same_number_of_statements_for_one_plan_and_for_many(session, client, plan, tutor):
    client.sign_in(tutor)
    client.get("/tutoring/plans")
    with count_statements(session) as few:
        client.get("/tutoring/plans")
    for _ in range(4):
        actions.open_plan(session, make_failed(session, tutor=tutor, pages=1), LATER)
    with count_statements(session) as many:
        client.get("/tutoring/plans")
    assert len(many) == len(few)


def test_the_plan_says_how_many_questions_of_the_retake_will_come_again(session, client, plan, tutor):
    client.sign_in(tutor)
    page = client.get(f"/tutoring/plans/{plan.id}").text.replace("\u00a0", " ")
    assert "补考会有 8 题是做过的" in page
    for kind in Kind:
        make_question(session, kind=kind)
    session.commit()
    assert "补考会有 4 题是做过的" in client.get(f"/tutoring/plans/{plan.id}").text.replace("\u00a0", " ")
