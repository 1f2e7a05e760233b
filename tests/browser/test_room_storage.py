"""The exam room when the browser's storage hangs: it neither keeps what it is given nor refuses to."""

import re

from playwright.sync_api import Page, expect

from exam.attempts.models import Attempt
from question_bank.items import Kind
from tests.attempts.builders import places
from tests.support.room import SAVED, Room
from tests.support.server import LiveServer

NOTHING_KEPT = "This browser doesn't let the page keep anything"
HOLD = """() => new Promise((resolve) => {
  window.held = true;
  const request = indexedDB.open("jieye-room");
  request.onsuccess = () => {
    const store = request.result.transaction(["answers", "events"], "readwrite").objectStore("answers");
    const again = () => window.held ? (store.count().onsuccess = again) : request.result.close();
    store.count().onsuccess = () => (resolve(), again());
  };
})"""

KEPT = """(text) => new Promise((resolve) => {
  const request = indexedDB.open("jieye-room");
  request.onsuccess = () => {
    const all = request.result.transaction("answers").objectStore("answers").getAll();
    all.onsuccess = () => (request.result.close(), resolve(all.result.some((entry) => entry.response.text === text)));
  };
})"""


def hold_storage(room: Room) -> Page:
    """Let no transaction of the room's journal complete, for another page is in the middle of one without end."""
    other = room.context.new_page()
    other.goto("/healthz")
    other.evaluate(HOLD)
    return other


def hand_in(room: Room) -> None:
    room.page.locator(".roombar").get_by_role("button", name="Hand in").click()
    room.summary.get_by_role("checkbox").check()
    room.summary.get_by_role("button", name="Hand in").click()
    room.page.get_by_role("dialog").get_by_role("button", name="Hand in").click()


def test_storage_that_never_opens_is_told_and_answers_are_saved(
    live_server: LiveServer, page: Page, attempt: Attempt
) -> None:
    page.add_init_script("indexedDB.open = () => ({})")
    room = Room(live_server, page, attempt).enter()
    expect(room.heading(1)).to_be_visible()
    expect(room.banner(NOTHING_KEPT)).to_be_visible()
    room.choice(places(attempt, Kind.SINGLE_CHOICE)[0], "a").check()
    expect(room.save_line).to_have_text(SAVED)


def test_answers_are_saved_while_storage_hangs_and_it_is_told(room: Room, text: int) -> None:
    room.cell(text).click()
    other = hold_storage(room)
    room.text.fill("存储卡住时写的")
    room.wait_for_answer(text, {"text": "存储卡住时写的"})
    room.text.fill("接着写的")
    expect(room.save_line).to_have_text(SAVED)
    assert room.answers()[text] == {"text": "接着写的"}
    expect(room.banner(NOTHING_KEPT)).to_be_visible()
    other.close()


def test_storage_that_answers_again_is_given_what_waits(room: Room, text: int) -> None:
    room.cell(text).click()
    room.page.clock.install()
    other = hold_storage(room)
    room.page.route("**/answers/*", lambda route: route.abort())
    room.text.fill("存储卡住时写的")
    expect(room.banner(NOTHING_KEPT)).to_be_visible()
    with room.page.expect_request("**/answers/*"):
        room.text.fill("卡住以后写的")
    other.evaluate("window.held = false")
    room.page.clock.fast_forward(11_000)
    other.wait_for_function(KEPT, arg="卡住以后写的")


def test_handing_in_doesnt_wait_for_storage(room: Room, text: int) -> None:
    room.cell(text).click()
    room.page.route("**/answers/*", lambda route: route.abort())
    other = hold_storage(room)
    room.text.fill("跟着交卷送出的")
    hand_in(room)
    expect(room.page).to_have_url(re.compile("/receipt$"))
    assert room.answers()[text] == {"text": "跟着交卷送出的"}
    other.close()


def test_what_an_earlier_page_left_is_delivered_once_storage_can_be_read(room: Room, text: int) -> None:
    room.cell(text).click()
    room.context.set_offline(True)
    room.text.fill("没来得及送出")
    expect(room.question_state).to_contain_text("they are kept on this device")
    room.page.close(run_before_unload=False)
    room.context.set_offline(False)
    other = hold_storage(room)
    room.page = room.context.new_page()
    room.page.clock.install()
    room.enter(text)
    room.page.locator("[data-view=ask]").get_by_role("button", name="Go on here").click()
    expect(room.text).to_have_value("")
    other.evaluate("window.held = false")
    room.page.clock.fast_forward(16_000)
    room.wait_for_answer(text, {"text": "没来得及送出"})
