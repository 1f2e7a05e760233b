"""The invigilator's page in a browser: it reads itself anew without losing ticks or focus, and says when it can't."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from exam.accounts.rules import Role
from exam.attempts.models import Attempt, RoomMessage, TimeCredit
from exam.invigilation import actions
from tests.attempts.builders import answer, begin, right_answers
from tests.builders import NOW, make_exam, make_person
from tests.invigilation.builders import make_contact
from tests.support.looking import too_wide

LATER = NOW + timedelta(minutes=20)
PAUSE, AFTER_A_FAILURE, AFTER_TWO = 5_000, 9_000, 17_000
"""Milliseconds after which the page has surely read itself anew: it does so every four or five seconds, and rests
longer where the site didn't answer."""


@pytest.fixture
def room(live_server, set_clock):
    """A trainer, and three people of whom one was heard from a moment ago; gives the trainer and the attempts' ids."""
    set_clock(LATER)
    with live_server.session() as session:
        trainer = make_person(session, Role.TRAINER, full_name="周敏")
        exam = make_exam(session)
        names = ("王浩", "李佳怡", "赵雨晴")
        runs = [begin(session, make_person(session, full_name=name), exam) for name in names]
        for run in runs:
            make_contact(session, run, LATER)
    return trainer, [run.id for run in runs]


def open_live(page: Page) -> None:
    """Open the page with a clock that can be moved on."""
    page.clock.install()
    page.goto("/invigilation")


def let_pass(page: Page, milliseconds: int) -> None:
    """Let the page's timers run as if so much time had gone by, and its clock go on."""
    page.clock.run_for(milliseconds)
    page.clock.resume()


def row(page: Page, name: str):
    return page.locator("[data-rows] tr").filter(has_text=name)


def test_a_trainer_gives_time_and_says_something(live_server, page: Page, room) -> None:
    trainer, ids = room
    live_server.sign_in(page, trainer)
    page.goto("/invigilation")
    page.get_by_label("选中王浩").check()
    page.get_by_label("选中赵雨晴").check()
    expect(page.locator("[data-count]")).to_have_text("已选 2 人")
    page.get_by_role("button", name="补时").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("给 2 人补时")
    page.get_by_label("分钟").fill("10")
    page.get_by_label("理由").fill("所在楼层停电。")
    page.get_by_role("button", name="给 2 人补时").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("王浩")
    dialog.get_by_role("button", name="补时").click()
    expect(page.get_by_role("status").first).to_contain_text("已给 2 人补时")
    expect(row(page, "王浩")).to_contain_text("补时 10 分钟")
    expect(row(page, "李佳怡")).not_to_contain_text("补时")

    page.get_by_label("选中李佳怡").check()
    page.get_by_role("button", name="发消息").click()
    page.get_by_label("消息内容").fill("空调马上就好。")
    page.get_by_role("button", name="发给李佳怡").click()
    expect(row(page, "李佳怡")).to_contain_text("1 条消息未读")
    with live_server.session() as session:
        given = session.scalars(select(TimeCredit).order_by(TimeCredit.attempt_id)).all()
        assert [(one.attempt_id, one.seconds) for one in given] == [(ids[0], 600), (ids[2], 600)]
        assert [(one.attempt_id, one.text) for one in session.scalars(select(RoomMessage))] == [
            (ids[1], "空调马上就好。")
        ]


def test_the_list_reads_itself_anew_and_keeps_ticks_and_focus(live_server, page: Page, room, set_clock) -> None:
    trainer, ids = room
    live_server.sign_in(page, trainer)
    open_live(page)
    page.get_by_label("选中李佳怡").check()
    page.get_by_role("link", name="王浩").focus()
    set_clock(LATER + timedelta(seconds=50))
    with live_server.session() as session:
        run = session.get_one(Attempt, ids[1])
        answer(session, run, 1, right_answers(run)[1], LATER)
        make_contact(session, run, LATER + timedelta(seconds=48), waiting=1)
        actions.give_minutes(session, [ids[2]], 5, "停电。", trainer, LATER)
        begin(session, make_person(session, full_name="欧阳明月"), now=LATER)
    let_pass(page, PAUSE)
    expect(row(page, "李佳怡")).to_contain_text("1 / 8")
    expect(row(page, "李佳怡")).to_contain_text("页面报告 1 处待送出")
    expect(row(page, "王浩")).to_contain_text("50 秒前，可能离线")
    expect(row(page, "欧阳明月")).to_be_visible()
    expect(page.locator("[data-part=summary]")).to_contain_text("4 人正在考试")
    expect(page.get_by_label("选中李佳怡")).to_be_checked()
    expect(page.locator("[data-count]")).to_have_text("已选 1 人")
    expect(page.get_by_role("link", name="王浩")).to_be_focused()


def test_an_empty_room_fills_by_itself(live_server, page: Page, set_clock) -> None:
    set_clock(LATER)
    with live_server.session() as session:
        trainer = make_person(session, Role.TRAINER)
    live_server.sign_in(page, trainer)
    open_live(page)
    expect(page.get_by_text("考场里没有人")).to_be_visible()
    with live_server.session() as session:
        begin(session, make_person(session, full_name="王浩"))
    let_pass(page, PAUSE)
    expect(row(page, "王浩")).to_be_visible()
    expect(page.get_by_text("考场里没有人")).to_have_count(0)


def test_it_says_when_the_site_cant_be_reached_and_goes_on(live_server, page: Page, room) -> None:
    trainer, _ids = room
    live_server.sign_in(page, trainer)
    open_live(page)
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        let_pass(page, PAUSE)
    expect(page.locator("[data-state]")).to_have_text("")  # one answer that got lost isn't worth a word
    let_pass(page, AFTER_A_FAILURE)
    expect(page.locator("[data-state]")).to_contain_text("连不上网站，这里停在 09:50:00", timeout=30_000)
    page.get_by_label("选中王浩").check()
    page.context.set_offline(False)
    let_pass(page, AFTER_TWO)
    expect(page.locator("[data-state]")).to_have_text("", timeout=60_000)
    expect(page.get_by_label("选中王浩")).to_be_checked()


def test_without_scripts_a_reload_and_the_ticks_do_it(live_server, new_page, room) -> None:
    trainer, _ids = room
    page = new_page(java_script_enabled=False)
    live_server.sign_in(page, trainer)
    page.goto("/invigilation")
    page.get_by_label("选中王浩").check()
    page.get_by_role("button", name="补时").click()
    page.get_by_label("分钟").fill("5")
    page.get_by_label("理由").fill("停电。")
    page.get_by_role("button", name="给王浩补时").click()
    expect(row(page, "王浩")).to_contain_text("补时 5 分钟")
    page.get_by_role("link", name="刷新").click()
    expect(row(page, "王浩")).to_contain_text("补时 5 分钟")


def test_on_a_phone_each_candidate_is_an_entry(live_server, phone: Page, room) -> None:
    trainer, _ids = room
    live_server.sign_in(phone, trainer)
    phone.goto("/invigilation")
    assert too_wide(phone) == 0
    phone.get_by_label("选中王浩").check()
    phone.get_by_role("button", name="发消息").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("给王浩发消息")
