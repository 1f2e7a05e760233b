"""Story: a key was wrong. A trainer sees what changes and proposes it, another carries it out, a candidate reads it."""

from fractions import Fraction

import pytest
from playwright.sync_api import expect

from exam.accounts.models import Person
from exam.accounts.rules import Role
from tests.builders import make_exam, make_person
from tests.corrections.builders import version_of
from tests.marking.builders import LATER
from tests.results.builders import make_released
from tests.support.looking import too_wide
from tests.support.server import LiveServer


@pytest.fixture(autouse=True)
def _later(set_clock) -> None:
    set_clock(LATER)


def test_two_trainers_correct_a_key_while_somebody_else_is_released(live_server: LiveServer, new_page) -> None:
    with live_server.session() as session:
        trainer, second = (make_person(session, Role.TRAINER) for _ in range(2))
        exam = make_exam(session)
        attempt = make_released(session, exam=exam, share=Fraction(1, 5))
        candidate = session.get_one(Person, attempt.person_id)
        version_id = version_of(session, attempt)[0].id
        session.commit()
        exam_id, attempt_id = exam.id, attempt.id
    author, approver = new_page(), new_page(phone=True)
    live_server.sign_in(author, trainer)
    author.goto(f"/corrections/new/{version_id}")
    right = author.get_by_role("group", name="哪些选项正确")
    right.locator("[value=a]").uncheck()
    right.locator("[value=b]").check()
    author.locator("form:has(#right)").get_by_role("button", name="先看影响").click()
    author.get_by_role("radio", name="对所有人生效").check()
    author.get_by_role("button", name="看这种方式的影响").click()
    expect(author.get_by_role("row", name="合格 → 不合格")).to_have_count(1)
    author.get_by_label("理由").fill("手册第 4 条写明。")
    author.get_by_role("button", name="请同事复核").click()
    expect(author.get_by_role("main")).to_contain_text("等同事复核")

    live_server.sign_in(approver, second)
    approver.goto(author.url)
    assert not too_wide(approver)
    approver.get_by_label("写给发起人的话").fill("已核对手册。")
    with live_server.session() as session:
        make_released(session, exam=session.get_one(type(exam), exam_id), share=Fraction(1, 5))
        session.commit()
    approve = approver.get_by_role("button", name="同意并生效")
    approve.click()
    expect(approver.get_by_role("alert").first).to_contain_text("请再看一遍")
    expect(approver.get_by_label("写给发起人的话")).to_have_value("已核对手册。")
    approve.click()
    expect(approver.get_by_role("heading", name="题目已更正")).to_be_visible()
    expect(approver.get_by_role("table").get_by_role("row")).to_have_count(2)

    own = new_page()
    live_server.sign_in(own, candidate)
    own.goto("/notices")
    expect(own.get_by_role("main")).to_contain_text("手册第 4 条写明。")
    own.goto(f"/attempts/{attempt_id}/result")
    expect(own.get_by_role("main")).to_contain_text("还差 12.5 分")
