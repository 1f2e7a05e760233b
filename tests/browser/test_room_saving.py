"""The exam room when saving goes wrong: lost connections, a server in trouble, a sign-in that ended, no storage."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from exam.accounts.actions.passwords import make_hash
from exam.accounts.models import Person
from exam.attempts.models import Attempt
from question_bank.items import Kind
from tests.attempts.builders import places
from tests.builders import make_person
from tests.support.room import SAVED, Room
from tests.support.server import LiveServer

SetClock = Callable[[datetime], None]


def test_nothing_is_saved_while_an_input_method_is_composing(room: Room, text: int) -> None:
    room.cell(text).click()
    room.text.focus()
    puts: list[str] = []
    room.page.on("request", lambda request: request.method == "PUT" and puts.append(request.post_data or ""))
    device = room.context.new_cdp_session(room.page)
    device.send("Input.imeSetComposition", {"text": "qing", "selectionStart": 4, "selectionEnd": 4})
    expect(room.save_line).to_have_text("1 waiting to be saved")
    room.page.clock.install()
    room.page.clock.run_for(5000)
    assert puts == []
    room.page.clock.resume()
    device.send("Input.insertText", {"text": "倾听"})
    expect(room.save_line).to_have_text(SAVED)
    assert room.answers()[text] == {"text": "倾听"}
    assert all("qing" not in put for put in puts)


def test_offline_it_goes_on_and_on_return_everything_is_saved(room: Room, attempt: Attempt, text: int) -> None:
    room.cell(text).click()
    room.text.fill("在线")
    expect(room.save_line).to_have_text(SAVED)
    room.context.set_offline(True)
    expect(room.banner("The connection is lost. Go on answering.")).to_be_visible()
    expect(room.banner("Last delivery: 09:30:00.")).to_be_visible()
    room.text.fill("离线时写的")
    room.cell(1).click()
    room.choice(places(attempt, Kind.SINGLE_CHOICE)[0], "a").check()
    expect(room.save_line).to_have_text("2 waiting to be saved")
    expect(room.cell(text)).to_have_accessible_name(re.compile("waiting to be saved"))
    assert room.answers()[text] == {"text": "在线"}
    room.context.set_offline(False)
    expect(room.save_line).to_have_text(SAVED)
    expect(room.banner("The connection is lost")).to_be_hidden()
    expect(room.page.locator("[data-announce]")).to_have_text("The connection is back. Everything is saved.")
    assert room.answers()[text] == {"text": "离线时写的"}


def test_what_a_closed_tab_had_not_sent_is_delivered_by_the_next(room: Room, text: int) -> None:
    room.cell(text).click()
    room.context.set_offline(True)
    room.text.fill("没来得及送出")
    expect(room.page.locator(f"#q{text}")).to_contain_text("they are kept on this device")
    room.page.close(run_before_unload=False)
    room.context.set_offline(False)
    room.page = room.context.new_page()
    room.enter(text)
    expect(room.page.get_by_role("heading", name="Go on here?")).to_be_visible()
    room.page.locator("[data-view=ask]").get_by_role("button", name="Go on here").click()
    expect(room.text).to_have_value("没来得及送出")
    assert room.answers()[text] == {"text": "没来得及送出"}


def test_a_restarted_server_is_waited_for(room: Room, live_server: LiveServer, text: int) -> None:
    room.cell(text).click()
    live_server.stop()
    room.text.fill("服务器停了")
    expect(room.save_line).to_have_text("1 waiting to be saved")
    expect(room.banner("Go on answering.")).to_be_visible()
    live_server.start()
    expect(room.save_line).to_have_text(SAVED, timeout=20_000)
    assert room.answers()[text] == {"text": "服务器停了"}


def test_a_server_in_trouble_is_told_apart_and_its_wish_to_wait_heeded(room: Room, text: int) -> None:
    room.cell(text).click()
    asked: list[str] = []

    def in_trouble(route: object) -> None:
        asked.append("asked")
        route.fulfill(status=503, headers={"Retry-After": "2"}, json={"code": "503"})  # type: ignore[attr-defined]

    room.page.route("**/answers/*", in_trouble)
    room.text.fill("过载")
    expect(room.banner("The server doesn't answer just now.")).to_be_visible()
    assert asked == ["asked"]
    room.page.unroute("**/answers/*")
    expect(room.save_line).to_have_text(SAVED)
    assert room.answers()[text] == {"text": "过载"}


@pytest.mark.parametrize(
    ("status", "body"), [(200, "null"), (200, "[]"), (200, '"saved"'), (409, '{"code": "never heard of"}')]
)
def test_an_answer_nobody_thought_of_is_none_and_saving_goes_on(room: Room, text: int, status: int, body: str) -> None:
    room.page.evaluate("addEventListener('error', (event) => event.preventDefault())")  # it is reported as one
    room.cell(text).click()
    kind = "application/json"
    room.page.route("**/answers/*", lambda route: route.fulfill(status=status, content_type=kind, body=body), times=1)
    room.text.fill("得到的回答看不懂")
    expect(room.save_line).to_have_text(SAVED)
    assert room.answers()[text] == {"text": "得到的回答看不懂"}
    room.text.fill("接着写的")
    room.wait_for_answer(text, {"text": "接着写的"})


def test_who_is_signed_out_signs_in_elsewhere_and_goes_on(room: Room, text: int) -> None:
    room.cell(text).click()
    room.context.clear_cookies()
    room.text.fill("登录失效时写的")
    expect(room.banner("Your sign-in has ended.")).to_be_visible()
    expect(room.save_line).to_have_text("1 waiting to be saved")
    room.sign_in()  # in another tab; the page's token no longer fits this session
    expect(room.save_line).to_have_text(SAVED)
    expect(room.banner("Your sign-in has ended.")).to_be_hidden()
    assert room.answers()[text] == {"text": "登录失效时写的"}


def test_a_browser_without_storage_says_so(
    new_page: Callable[..., Page], live_server: LiveServer, attempt: Attempt
) -> None:
    page = new_page()
    page.add_init_script("Object.defineProperty(window, 'indexedDB', {get() { throw new Error('refused'); }})")
    room = Room(live_server, page, attempt).enter()
    expect(room.banner("This browser doesn't let the page keep anything")).to_be_visible()
    room.choice(places(attempt, Kind.SINGLE_CHOICE)[0], "a").check()
    expect(room.save_line).to_have_text(SAVED)


def test_handing_in_without_a_connection_says_so_and_works_later(room: Room, text: int) -> None:
    room.cell(text).click()
    room.context.set_offline(True)
    room.text.fill("最后一句")
    room.page.locator(".roombar").get_by_role("button", name="Hand in").click()
    expect(room.summary).to_contain_text("Changes not delivered yet: 1.")
    room.summary.get_by_role("checkbox").check()
    room.summary.get_by_role("button", name="Hand in").click()
    room.page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(room.summary.get_by_role("alert")).to_contain_text("the server hasn't confirmed that")
    room.context.set_offline(False)
    expect(room.summary).not_to_contain_text("Changes not delivered yet")  # nothing moves under the button any more
    expect(room.summary.get_by_role("alert")).to_have_text("The connection is back. Press “Hand in” again.")
    room.summary.get_by_role("button", name="Hand in").click()
    room.page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(room.page).to_have_url(re.compile("/receipt$"))
    assert room.answers()[text] == {"text": "最后一句"}


def hand_in_though_the_answer_is_lost(room: Room, text: int, times: int | None) -> None:
    """Hand in with something waiting; the server hears it, and so many of its answers get lost."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    room.cell(text).click()
    room.page.route("**/answers/*", lambda route: route.abort())
    room.text.fill("一起交上去的")
    expect(room.save_line).to_have_text("1 waiting to be saved")
    room.page.route("**/submit", lose, times=times)
    room.page.locator(".roombar").get_by_role("button", name="Hand in").click()
    room.summary.get_by_role("checkbox").check()
    room.summary.get_by_role("button", name="Hand in").click()
    room.page.get_by_role("dialog").get_by_role("button", name="Hand in").click()


def test_who_has_handed_in_without_hearing_of_it_is_led_to_the_receipt(room: Room, text: int) -> None:
    hand_in_though_the_answer_is_lost(room, text, times=1)
    expect(room.summary.get_by_role("alert")).to_contain_text("the server hasn't confirmed that")
    expect(room.page).to_have_url(re.compile("/receipt$"), timeout=15_000)
    assert room.answers()[text] == {"text": "一起交上去的"}


def test_what_went_along_unheard_is_never_said_not_to_be_taken(room: Room, text: int) -> None:
    hand_in_though_the_answer_is_lost(room, text, times=None)
    ended = room.page.locator("[data-ended-text]")
    expect(ended).to_have_text(
        "This exam has been handed in. Still to be sent: 1. Leave this page open.", timeout=15_000
    )
    room.page.unroute("**/answers/*")
    expect(ended).to_have_text("This exam has been handed in.", timeout=20_000)
    assert room.answers()[text] == {"text": "一起交上去的"}


@pytest.mark.parametrize("epoch", [1, 2], ids=["which it then gives again", "and with it a later one"])
def test_a_server_that_has_lost_the_opening_gets_what_stands_here(room: Room, text: int, epoch: int) -> None:
    for _once_more in range(epoch - 1):
        room.page.reload()
    room.cell(text).click()
    with room.server.session() as session:
        attempt = session.get_one(Attempt, room.attempt.id)
        assert attempt.epoch == epoch
        attempt.epoch = 0  # as from a backup
    room.text.fill("备份之后写的")
    expect(room.question_state).to_have_text(SAVED)
    expect(room.text).to_have_value("备份之后写的")
    assert room.answers()[text] == {"text": "备份之后写的"}
    room.text.fill("接着写")
    expect(room.question_state).to_have_text(SAVED)
    assert room.answers()[text] == {"text": "接着写"}
    with room.server.session() as session:
        assert session.get_one(Attempt, room.attempt.id).epoch == 1


def test_saved_is_said_only_of_exactly_that_text(room: Room, text: int) -> None:
    room.cell(text).click()
    held: list[Any] = []
    room.page.route("**/answers/*", lambda route: route.continue_() if held else held.append(route))
    with room.page.expect_request("**/answers/*"):
        room.text.fill("第一版")
    room.text.fill("第二版")
    expect(room.question_state).to_have_text("Changes here are waiting to be saved")
    held[0].fulfill(status=200, json={"code": "saved", "saved_clock": "09:30:01", "remaining_ms": 60_000 * 59})
    expect(room.question_state).to_have_text(SAVED)
    assert room.answers()[text] == {"text": "第二版"}
    room.cell(1).click()
    expect(room.question_state).to_be_empty()
    room.cell(text).click()
    expect(room.question_state).to_have_text(SAVED)


def test_what_stood_there_before_composing_is_saved_as_it_begins(room: Room, text: int) -> None:
    room.cell(text).click()
    room.text.focus()
    room.page.keyboard.insert_text("先倾听")
    device = room.context.new_cdp_session(room.page)
    device.send("Input.imeSetComposition", {"text": "dao", "selectionStart": 3, "selectionEnd": 3})
    room.wait_for_answer(text, {"text": "先倾听"})
    room.heading(text).evaluate("heading => heading.focus()")  # leaving the field ends the composing
    room.wait_for_answer(text, {"text": "先倾听dao"})


def test_who_is_signed_out_signs_in_again_in_place(room: Room, text: int) -> None:
    with room.server.session() as session:
        person = session.get_one(Person, room.attempt.person_id)
        person.password_hash = make_hash("a good long password")
    room.cell(text).click()
    room.context.clear_cookies()
    room.context.add_cookies([{"name": "jieye_lang", "value": "en", "url": room.server.url}])
    room.text.fill("登录失效时写的")
    room.banner("Your sign-in has ended.").get_by_role("button", name="Sign in here").click()
    dialog = room.page.get_by_role("dialog", name="Sign in again")
    password = dialog.get_by_label("Password")
    expect(password).to_be_focused()
    password.fill("wrong")
    password.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("After 4 more wrong tries the account is locked")
    password.fill("a good long password")
    password.press("Enter")
    expect(dialog).to_be_hidden()
    expect(room.save_line).to_have_text(SAVED)
    expect(room.banner("Your sign-in has ended.")).to_be_hidden()
    assert room.answers()[text] == {"text": "登录失效时写的"}


def test_somebody_elses_sign_in_in_this_browser_is_told_and_loses_nothing(room: Room, text: int) -> None:
    room.cell(text).click()
    with room.server.session() as session:
        room.server.sign_in(room.page, make_person(session, locale="en"))
    room.text.fill("换了别人登录时写的")
    expect(room.banner("Somebody else is signed in in this browser.")).to_be_visible()
    expect(room.save_line).to_have_text("1 waiting to be saved")
    room.sign_in()
    expect(room.save_line).to_have_text(SAVED, timeout=15_000)
    assert room.answers()[text] == {"text": "换了别人登录时写的"}


FULL_DISK = """
window.fullDisk = false;
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (...values) {
  if (window.fullDisk) throw new DOMException("full", "QuotaExceededError");
  return put.apply(this, values);
};
"""


def test_a_disk_that_fills_up_is_told_and_forgotten_once_there_is_room(
    new_page: Callable[..., Page], live_server: LiveServer, attempt: Attempt, text: int
) -> None:
    page = new_page()
    page.add_init_script(FULL_DISK)
    room = Room(live_server, page, attempt).enter(text)
    expect(room.heading(text)).to_be_visible()
    page.evaluate("window.fullDisk = true")
    room.text.fill("磁盘满了")
    expect(room.save_line).to_have_text(SAVED)
    expect(room.banner("This browser doesn't let the page keep anything")).to_be_visible()
    page.evaluate("window.fullDisk = false")
    room.text.fill("又有空间了")
    expect(room.banner("This browser doesn't let the page keep anything")).to_be_hidden()
    expect(room.save_line).to_have_text(SAVED)


def test_storage_cleared_under_the_page_loses_nothing(room: Room, text: int) -> None:
    """What waits is written again at once: a crash afterwards finds it."""
    room.cell(text).click()
    room.context.set_offline(True)
    room.text.fill("清除数据前写的")
    expect(room.question_state).to_contain_text("they are kept on this device")
    device = room.context.new_cdp_session(room.page)
    device.send("Storage.clearDataForOrigin", {"origin": room.server.url, "storageTypes": "indexeddb"})
    room.page.wait_for_function(
        """() => new Promise((resolve) => {
          const request = indexedDB.open("jieye-room");
          request.onsuccess = () => {
            const names = [...request.result.objectStoreNames];
            const count = names.length && request.result.transaction("answers").objectStore("answers").count();
            if (!count) return request.result.close(), resolve(false);
            count.onsuccess = () => (request.result.close(), resolve(count.result === 1));
          };
        })"""
    )
