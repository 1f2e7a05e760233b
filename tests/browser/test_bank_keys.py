"""The bank's list by keys: going through it, ticking, tagging and undoing; and no key while somebody types."""

import re

from playwright.sync_api import Page, expect

from exam.accounts.rules import Role
from tests.builders import make_item, make_person, make_question
from tests.support.server import LiveServer

COMPOSING = "new KeyboardEvent('keydown', {key: 'n', isComposing: true, bubbles: true})"


def test_the_bank_is_gone_through_by_keys(page: Page, live_server: LiveServer) -> None:
    with live_server.session() as session:
        trainer = make_person(session, Role.TRAINER)
        for number in range(3):
            make_question(session, make_item(stem=f"第 {number} 题问什么？"))
    live_server.sign_in(page, trainer)
    page.goto("/questions")
    expect(page.get_by_text("使用这些快捷键")).to_be_visible()
    for key in "jjxkx":
        page.keyboard.press(key)
    expect(page.locator("[data-count]")).to_have_text("已选 2 题")
    page.get_by_label("标签", exact=True).fill("jxne")
    page.keyboard.press("Enter")
    expect(page.locator(".tags")).to_have_text(["#jxne", "#jxne"])
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".tags")).to_have_count(0)
    expect(page.get_by_text("使用这些快捷键")).to_be_visible()  # the page is a new one: its script has to be there
    page.evaluate(f"document.body.dispatchEvent({COMPOSING})")
    page.keyboard.press("/")
    page.keyboard.type("nej")
    expect(page.locator("#filter-q")).to_have_value("nej")
    page.get_by_text("使用这些快捷键").click()
    page.locator("h1").click()
    page.keyboard.press("n")
    page.get_by_text("使用这些快捷键").click()
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_url(re.compile(r"/questions/\d+$"))
    page.goto("/questions")
    expect(page.get_by_text("使用这些快捷键")).to_be_visible()
    page.keyboard.press("n")
    page.wait_for_url("**/questions/new")
