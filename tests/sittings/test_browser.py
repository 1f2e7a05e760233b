"""Choosing a time and getting ready to start, in a browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.builders import NOW
from tests.sittings.builders import make_plain_exam, make_sitting


@pytest.fixture
def sitting(live_server, set_clock):
    set_clock(NOW)
    with live_server.session() as session:
        return make_sitting(session, make_plain_exam(session))


def test_the_bar_repeats_the_choice_and_books_it(page, live_server, sitting):
    live_server.sign_in(page, sitting.person)
    page.goto("/exam")
    bar = page.locator("[data-chosen]")
    expect(bar).to_have_text("还没有选时间")
    page.get_by_role("radio", name="3 月 4 日 周三 10:30").check(force=True)
    expect(bar).to_have_text(re.compile("3.月.4.日 周三 10:30–11:30"))
    page.keyboard.press("ArrowDown")
    expect(bar).to_have_text(re.compile("11:00–12:00"))
    page.get_by_role("button", name="预约这个时间").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("考试时间已约好")


def test_a_phone_shows_one_day_and_leads_to_the_others(phone, live_server, sitting):
    live_server.sign_in(phone, sitting.person)
    phone.goto("/exam")
    expect(phone.locator(".day:visible")).to_have_count(1)
    phone.get_by_role("navigation", name="选择日期").get_by_role("link").nth(3).click()
    # A list, for until the page's script runs all days are there.
    expect(phone.locator(".day:visible h2")).to_have_text([re.compile("周四")])


def test_a_booking_is_cancelled_only_after_a_question(page, live_server, sitting):
    live_server.sign_in(page, sitting.person)
    page.goto("/exam")
    page.get_by_role("radio").first.check(force=True)
    page.get_by_role("button", name="预约这个时间").click()
    page.get_by_role("button", name="取消预约").click()
    page.get_by_role("dialog").get_by_role("button", name="取消预约").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("选一个你方便的时间")


def test_the_start_page_tries_the_device(page, live_server, sitting):
    live_server.sign_in(page, sitting.person)
    page.goto(f"/exam/{sitting.id}/start")
    expect(page.get_by_text("网络正常")).to_be_visible()
    expect(page.get_by_text("可以在本机暂存")).to_be_visible()
    expect(page.locator("[data-without-storage]")).to_be_hidden()
    expect(page.locator("form[action$='/start']").get_by_role("checkbox")).to_have_count(1)


def test_a_browser_that_keeps_nothing_says_so_and_the_start_asks_for_a_word_more(page, live_server, sitting):
    page.add_init_script("IDBObjectStore.prototype.put = () => { throw new DOMException('no', 'QuotaExceededError') }")
    live_server.sign_in(page, sitting.person)
    page.goto(f"/exam/{sitting.id}/start")
    known = page.locator("[data-without-storage]")
    expect(page.get_by_text("这个浏览器不能暂存")).to_be_visible()
    expect(known).to_be_visible()
    form = page.locator("form[action$='/start']")
    page.get_by_label("独立作答").check()
    assert not form.evaluate("form => form.checkValidity()")
    known.get_by_role("checkbox").check()
    assert form.evaluate("form => form.checkValidity()")  # the start isn't blocked
