"""The exam room in a real browser: answering, handing in, on phones and for everybody."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from exam.attempts.models import Attempt
from exam.attempts.rules import CloseReason
from question_bank.items import Kind
from tests.attempts.builders import places
from tests.builders import NOW
from tests.support.looking import ALL, axe_finds, too_wide
from tests.support.room import SAVED, Room
from tests.support.server import LiveServer

SetClock = Callable[[datetime], None]


def test_all_four_kinds_are_answered_and_a_reload_keeps_everything(
    room: Room, attempt: Attempt, set_clock: SetClock
) -> None:
    single, several, truth, text = (places(attempt, kind)[0] for kind in Kind)
    room.cell(single).click()
    room.choice(single, "b").check()
    room.cell(several).click()
    room.choice(several, "a").check()
    room.choice(several, "c").check()
    room.cell(truth).click()
    room.page.get_by_label("False", exact=True).and_(room.page.locator(":visible")).check()
    room.cell(text).click()
    room.text.fill("先倾听 <b>\n再道歉 🙂")
    room.page.get_by_role("button", name="Flag").click()
    expect(room.save_line).to_have_text(SAVED)
    expect(room.cell(text)).to_have_accessible_name(f"Question {text}, answered, flagged")

    set_clock(NOW + timedelta(minutes=10))
    room.page.reload()
    expect(room.heading(text)).to_be_visible()  # the address says which question
    expect(room.text).to_have_value("先倾听 <b>\n再道歉 🙂")
    expect(room.page.locator("[data-counts]")).to_have_text("4 answered, 4 open, 1 flagged")
    expect(room.clock).to_contain_text(re.compile(r"(50:00|49:5\d)"))
    expect(room.choice(single, "b")).to_be_checked()
    assert {position: answer for position, answer in room.answers().items() if answer} == {
        single: {"choices": ["b"]}, several: {"choices": ["a", "c"]}, truth: {"truth": False},
        text: {"text": "先倾听 <b>\n再道歉 🙂"},
    }  # fmt: skip


def test_the_keyboard_alone_is_enough(room: Room, attempt: Attempt) -> None:
    several = places(attempt, Kind.MULTIPLE_CHOICE)[0]
    for _ in range(several - 1):
        room.page.keyboard.press("ArrowRight")
    expect(room.heading(several)).to_be_focused()
    room.page.keyboard.press("a")
    room.page.keyboard.press("3")
    room.page.keyboard.press("f")
    expect(room.page.locator(f"#q{several}")).to_contain_text("2 chosen: A, C")
    expect(room.page.get_by_role("button", name="Flagged")).to_have_attribute("aria-pressed", "true")
    room.page.keyboard.press("c")
    expect(room.page.locator(f"#q{several}")).to_contain_text("1 chosen: A")
    room.page.keyboard.press("ArrowLeft")
    expect(room.heading(several - 1)).to_be_focused()


def test_keys_are_letters_while_typing_and_can_be_turned_off(room: Room, text: int) -> None:
    room.cell(text).click()
    room.text.click()
    room.page.keyboard.type("flag a")
    room.page.keyboard.press("ArrowLeft")
    expect(room.text).to_have_value("flag a")
    expect(room.page.get_by_role("button", name="Flag", exact=True)).to_have_attribute("aria-pressed", "false")
    room.cell(1).click()
    room.page.get_by_label("Keys").uncheck()
    room.page.keyboard.press("a")
    room.page.keyboard.press("ArrowRight")
    expect(room.heading(1)).to_be_visible()
    expect(room.page.locator("#q1 input:checked")).to_have_count(0)
    room.page.reload()
    expect(room.page.get_by_label("Keys")).not_to_be_checked()


def test_an_emptied_answer_is_open_again(room: Room, text: int) -> None:
    room.cell(text).click()
    room.text.fill("写了")
    expect(room.save_line).to_have_text(SAVED)
    expect(room.cell(text)).to_have_accessible_name(f"Question {text}, answered")
    room.text.fill("")
    expect(room.save_line).to_have_text("1 waiting to be saved")
    expect(room.save_line).to_have_text(SAVED)
    expect(room.cell(text)).to_have_accessible_name(f"Question {text}, open")
    assert room.answers()[text] is None


def test_handing_in_shows_what_is_open_and_asks_once(room: Room, attempt: Attempt) -> None:
    for position in (1, 2):
        room.cell(position).click()
        room.page.keyboard.press("a")
    room.cell(2).click()
    room.page.keyboard.press("f")
    room.page.locator(".roombar").get_by_role("button", name="Hand in").click()
    expect(room.summary).to_contain_text("6 in all: 3–8. Unanswered questions get 0 points.")
    expect(room.summary).to_contain_text("1 in all: 2.")
    expect(room.summary).to_contain_text("Answers delivered: 2. Nothing is waiting.")
    room.summary.get_by_role("link", name="Go to question 3").click()
    expect(room.heading(3)).to_be_focused()

    room.page.locator(".roombar").get_by_role("button", name="Hand in").click()
    hand_in = room.summary.get_by_role("button", name="Hand in")
    hand_in.click()
    expect(room.summary.get_by_role("alert")).to_contain_text("Tick the line above first")
    room.summary.get_by_label("I know that questions are still unanswered: 6").check()
    hand_in.click()
    dialog = room.page.get_by_role("dialog")
    expect(dialog).to_contain_text("After that nothing can be changed.")
    dialog.get_by_role("button", name="Go back").click()
    expect(room.summary).to_be_visible()
    hand_in.click()
    dialog.get_by_role("button", name="Hand in").dblclick(no_wait_after=True)
    expect(room.page).to_have_url(re.compile("/receipt$"))
    expect(room.page.get_by_role("heading", level=1)).to_have_text("Handed in. You can relax now")
    expect(room.page.locator("main")).to_contain_text("2 of 8 questions answered, all saved")
    room.page.go_back()
    expect(room.page).to_have_url(re.compile("/receipt(#q3)?$"))
    with room.server.session() as session:
        assert session.get_one(Attempt, attempt.id).close_reason is CloseReason.SUBMITTED


def test_on_a_phone_the_answer_sheet_rises_from_below(
    live_server: LiveServer, phone: Page, attempt: Attempt, text: int
) -> None:
    room = Room(live_server, phone, attempt).enter()
    expect(room.heading(1)).to_be_visible()
    room.page.get_by_role("button", name="Next").tap()
    expect(room.heading(2)).to_be_focused()
    opener = room.page.get_by_role("button", name="Answer sheet")
    sheet = room.page.get_by_role("dialog", name="Answer sheet")
    expect(room.page.locator("[data-sheet]")).to_be_hidden()
    opener.tap()
    expect(sheet).to_be_in_viewport()
    expect(opener).to_have_attribute("aria-expanded", "true")
    room.page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(opener).to_be_focused()
    opener.tap()
    room.cell(text).tap()
    expect(room.heading(text)).to_be_focused()
    expect(room.page.locator("[data-sheet]")).to_be_hidden()
    opener.tap()
    room.page.get_by_role("button", name="Look over and hand in").tap()
    expect(room.summary).to_be_visible()
    assert too_wide(room.page) == 0


def check(page: Page) -> None:
    assert axe_finds(page, ALL) == []


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_axe_finds_nothing(
    new_page: Callable[..., Page], live_server: LiveServer, attempt: Attempt, text: int, narrow: bool, look: str
) -> None:
    page = new_page(phone=narrow)
    page.context.add_cookies([{"name": "jieye_look", "value": look, "url": live_server.url}])
    room = Room(live_server, page, attempt).enter()
    expect(room.heading(1)).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("f")
    expect(room.save_line).to_have_text(SAVED)
    check(page)
    page.evaluate(f"location.hash = '#q{text}'")
    expect(room.heading(text)).to_be_visible()
    room.context.set_offline(True)
    room.text.fill("离线")
    expect(room.banner("The connection is lost")).to_be_visible()
    check(page)
    room.context.set_offline(False)
    expect(room.save_line).to_have_text(SAVED)
    if narrow:
        page.get_by_role("button", name="Answer sheet").tap()
        check(page)
        page.get_by_role("button", name="Look over and hand in").tap()
    else:
        page.locator(".roombar").get_by_role("button", name="Hand in").click()
    check(page)
    room.summary.get_by_role("checkbox").check()
    room.summary.get_by_role("button", name="Hand in").click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(page).to_have_url(re.compile("/receipt$"))
    check(page)


def test_without_scripts_the_room_says_that_it_needs_them(
    new_page: Callable[..., Page], live_server: LiveServer, attempt: Attempt
) -> None:
    room = Room(live_server, new_page(java_script_enabled=False), attempt).enter()
    expect(room.page.get_by_text("This room needs JavaScript")).to_be_visible()
    expect(room.heading(1)).to_be_hidden()
