"""The exam room at 200 % zoom: a screen of 1280 × 800 has room for 640 × 400, and the keyboard is enough there too."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from exam.attempts.models import Attempt
from question_bank.items import Kind
from tests.attempts.builders import places
from tests.support.looking import axe_finds, too_wide
from tests.support.room import SAVED, Room
from tests.support.server import LiveServer

ZOOMED = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
MOST_STOPS = 40

COVERED = """element => {
  const box = element.getBoundingClientRect();
  const row = element.closest("label") ?? element;
  return [box.top + 3, (box.top + box.bottom) / 2, box.bottom - 3].filter((y) =>
    !row.contains(document.elementFromPoint((box.left + box.right) / 2, y)));
}"""
"""At which heights something else lies over what has the focus, or it is off the screen."""


@pytest.fixture
def zoomed(new_page: Callable[..., Page], live_server: LiveServer, attempt: Attempt) -> Room:
    room = Room(live_server, new_page(**ZOOMED), attempt).enter()
    expect(room.heading(1)).to_be_visible()
    return room


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until it is reached; every stop on the way has to be seen whole."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focused = page.locator("*:focus")
        if focused.count():
            assert focused.evaluate(COVERED) == [], focused.evaluate("element => element.outerHTML.slice(0, 200)")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab doesn't lead to {target}")


def test_an_exam_is_sat_by_keyboard_alone(zoomed: Room, attempt: Attempt) -> None:
    page = zoomed.page
    single, text = places(attempt, Kind.SINGLE_CHOICE)[0], places(attempt, Kind.SHORT_ANSWER)[0]
    expect(zoomed.clock).to_be_in_viewport(ratio=1)
    tab_to(page, page.locator(f"#q{single} input").first)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(zoomed.save_line).to_have_text(SAVED)
    expect(zoomed.save_line).to_be_in_viewport(ratio=1)
    assert too_wide(page) == 0
    for _ in range(text - 1):
        tab_to(page, page.locator("[data-next]"))
        page.keyboard.press("Enter")
        assert too_wide(page) == 0
    tab_to(page, zoomed.text)
    page.keyboard.type("先倾听\n再道歉\n再登记\n再回访\n再汇报\n最后归档")
    expect(zoomed.save_line).to_have_text(SAVED)
    tab_to(page, page.locator("[data-flag]"))
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")

    page.locator("[data-open-sheet]").focus()
    page.keyboard.press("Enter")
    tab_to(page, zoomed.cell(2))
    tab_to(page, zoomed.cell(8))
    assert too_wide(page) == 0
    page.keyboard.press("Enter")
    expect(zoomed.heading(8)).to_be_focused()

    tab_to(page, page.locator("[data-next]"))
    page.keyboard.press("Enter")
    expect(zoomed.summary).to_contain_text("Answers delivered: 2.")
    assert too_wide(page) == 0
    tab_to(page, page.locator("[data-i-know]"))
    page.keyboard.press("Space")
    tab_to(page, page.locator("[data-submit]"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Hand in")).to_be_in_viewport(ratio=1)
    tab_to(page, page.get_by_role("dialog").get_by_role("button", name="Hand in"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/receipt$"))
    assert too_wide(page) == 0
    assert zoomed.answers()[text] == {"text": "先倾听\n再道歉\n再登记\n再回访\n再汇报\n最后归档"}


def test_banners_and_what_they_ask_for_fit_in(zoomed: Room, text: int) -> None:
    page = zoomed.page
    zoomed.page.goto(f"/attempts/{zoomed.attempt.id}#q{text}")
    zoomed.context.clear_cookies()
    zoomed.text.fill("登录失效时写的")
    expect(zoomed.banner("Your sign-in has ended.")).to_be_visible()
    assert too_wide(page) == 0
    assert axe_finds(page) == []
    tab_to(page, zoomed.banner("Your sign-in has ended.").get_by_role("button", name="Sign in here"))
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog.get_by_label("Password")).to_be_focused()
    tab_to(page, dialog.get_by_role("button", name="Go back"))
    tab_to(page, dialog.get_by_role("button", name="Sign in"))
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_has_everything_in_its_bar_whatever_the_save_line_says(
    new_page: Callable[..., Page], live_server: LiveServer, attempt: Attempt, text: int, width: int
) -> None:
    """An hour and more to go, and the longest words."""
    page = new_page(phone=True, viewport={"width": width, "height": 700})
    room = Room(live_server, page, attempt).enter(text)
    page.route("**/answers/*", lambda route: route.abort())
    room.text.fill("还没送出的话")
    expect(room.save_line).to_have_text("1 waiting to be saved")
    assert too_wide(page) == 0
    assert page.evaluate("visualViewport.width") == width
    for part in (room.clock, room.save_line, page.locator("[data-open-sheet]"), page.locator("[data-next]")):
        expect(part).to_be_in_viewport(ratio=1)
    for button in page.locator(".turn:visible .btn").all():
        assert button.evaluate("button => button.getBoundingClientRect().height") < 56  # its word on one line
