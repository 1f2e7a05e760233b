"""The exam room on two pages or devices: one is live, and nothing typed in either is lost."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from exam.attempts.models import Attempt, RoomEvent
from tests.builders import NOW
from tests.support.room import SAVED, Room
from tests.support.server import LiveServer

SetClock = Callable[[datetime], None]


def test_a_second_device_takes_over_and_nothing_is_lost(
    room: Room, new_page: Callable[..., Page], live_server: LiveServer, attempt: Attempt, text: int, set_clock: SetClock
) -> None:
    room.cell(text).click()
    room.text.fill("在电脑上")
    expect(room.save_line).to_have_text(SAVED)
    room.context.set_offline(True)
    room.text.fill("在电脑上，断网时")

    phone = Room(live_server, new_page(phone=True), attempt).enter(text)
    ask = phone.page.locator("[data-view=ask]")
    expect(ask).to_contain_text("This exam is open on another page or device.")
    ask.get_by_role("button", name="Go on here").tap()
    expect(phone.text).to_have_value("在电脑上")
    set_clock(NOW + timedelta(minutes=1))
    phone.text.fill("在手机上")
    expect(phone.save_line).to_have_text("Saved 09:31:00")

    room.context.set_offline(False)
    expect(room.banner("here it can only be read")).to_be_visible()
    expect(room.text).not_to_be_editable()
    expect(room.page.get_by_role("button", name="Hand in")).to_be_disabled()
    assert room.answers()[text] == {"text": "在手机上"}

    phone.look()
    other = phone.page.locator("[data-overtaken]:visible")
    expect(other).to_contain_text("在电脑上，断网时")
    other.get_by_role("button", name="Take that answer instead").tap()
    expect(phone.text).to_have_value("在电脑上，断网时")
    expect(phone.save_line).to_have_text("Saved 09:31:00")

    room.banner("here it can only be read").get_by_role("button", name="Go on here").click()
    expect(room.text).to_be_editable()
    expect(room.text).to_have_value("在电脑上，断网时")
    phone.look()
    expect(phone.banner("here it can only be read")).to_be_visible()


def go_on_here(room: Room) -> None:
    room.page.get_by_role("button", name="Go on here").and_(room.page.locator(":visible")).click()


def test_going_back_to_the_first_page_offers_what_was_written_there(
    room: Room, new_page: Callable[..., Page], live_server: LiveServer, attempt: Attempt, text: int
) -> None:
    room.cell(text).click()
    room.context.set_offline(True)
    room.text.fill("先在这里写的")
    phone = Room(live_server, new_page(phone=True), attempt).enter(text)
    go_on_here(phone)
    phone.text.fill("在手机上写的")
    expect(phone.save_line).to_have_text(SAVED)
    room.context.set_offline(False)
    expect(room.banner("here it can only be read")).to_be_visible()
    go_on_here(room)
    expect(room.text).to_have_value("在手机上写的")
    offer = room.page.locator("[data-overtaken]:visible")
    expect(offer).to_contain_text("先在这里写的")
    offer.get_by_role("button", name="Keep mine").click()
    expect(offer).to_be_hidden()
    with room.page.expect_response("**/contact"):
        room.look()
    expect(offer).to_be_hidden()
    assert room.answers()[text] == {"text": "在手机上写的"}


def test_a_second_tab_delivers_what_the_first_had_waiting_and_the_newer_text_counts(room: Room, text: int) -> None:
    """Both tabs share one journal: the second sends what the first wrote, under the first one's number."""
    room.cell(text).click()
    room.page.route("**/answers/*", lambda route: route.abort())
    room.text.fill("第一个标签页里写的")
    expect(room.question_state).to_contain_text("they are kept on this device")
    second = Room(room.server, room.context.new_page(), room.attempt).enter(text)
    go_on_here(second)
    expect(second.text).to_have_value("第一个标签页里写的")
    second.text.fill("第二个标签页里写的")
    expect(second.save_line).to_have_text(SAVED)
    room.page.unroute("**/answers/*")
    expect(room.banner("here it can only be read")).to_be_visible()
    expect(room.save_line).not_to_contain_text("waiting")
    assert room.answers()[text] == {"text": "第二个标签页里写的"}


def take_over_with_the_phone(room: Room, new_page: Callable[..., Page], text: int) -> Room:
    """Go on with the phone at the same question."""
    phone = Room(room.server, new_page(phone=True), room.attempt).enter(text)
    go_on_here(phone)
    expect(phone.heading(text)).to_be_visible()
    return phone


def write_what_gets_nowhere(room: Room, text: int) -> None:
    """Write something while no answer reaches the server, though everything else does."""
    room.cell(text).click()
    room.page.route("**/answers/*", lambda route: route.abort())
    room.text.fill("还没送出去的")
    expect(room.question_state).to_contain_text("they are kept on this device")


def come_back(room: Room) -> None:
    """Hear that the phone has the room, and take it again."""
    expect(room.banner("here it can only be read")).to_be_visible(timeout=10_000)
    go_on_here(room)
    expect(room.text).to_be_editable()


def test_what_waits_is_still_there_after_going_on_here_and_locks_nothing(
    room: Room, new_page: Callable[..., Page], text: int
) -> None:
    write_what_gets_nowhere(room, text)
    phone = take_over_with_the_phone(room, new_page, text)
    come_back(room)
    expect(room.text).to_have_value("还没送出去的")
    room.page.unroute("**/answers/*")
    expect(room.save_line).to_have_text(SAVED, timeout=15_000)
    expect(room.text).to_be_editable()
    expect(room.banner("here it can only be read")).to_be_hidden()
    phone.look()
    expect(phone.banner("here it can only be read")).to_be_visible()
    room.text.fill("接着写")
    expect(room.question_state).to_have_text(SAVED)
    room.look()
    expect(room.page.locator("[data-overtaken]:visible")).to_be_hidden()
    assert room.answers()[text] == {"text": "接着写"}


def test_what_an_earlier_page_could_not_deliver_goes_along_when_handing_in(
    room: Room, new_page: Callable[..., Page], text: int
) -> None:
    write_what_gets_nowhere(room, text)
    take_over_with_the_phone(room, new_page, text)
    come_back(room)
    room.page.locator(".roombar").get_by_role("button", name="Hand in").click()
    expect(room.summary).to_contain_text("Changes not delivered yet: 1. They go along when you hand in.")
    room.summary.get_by_role("checkbox").check()
    room.summary.get_by_role("button", name="Hand in").click()
    room.page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(room.page).to_have_url(re.compile("/receipt$"))
    assert room.answers()[text] == {"text": "还没送出去的"}


def test_the_other_devices_newer_text_stands_and_what_waits_here_is_kept_and_offered(
    room: Room, new_page: Callable[..., Page], text: int
) -> None:
    write_what_gets_nowhere(room, text)
    phone = take_over_with_the_phone(room, new_page, text)
    phone.text.fill("在手机上写的")
    expect(phone.save_line).to_have_text(SAVED)
    come_back(room)
    expect(room.text).to_have_value("在手机上写的")
    room.page.unroute("**/answers/*")
    expect(room.save_line).to_have_text(SAVED, timeout=15_000)
    offer = room.page.locator("[data-overtaken]:visible")
    expect(offer).to_contain_text("还没送出去的", timeout=10_000)
    assert room.answers()[text] == {"text": "在手机上写的"}
    room.page.reload()  # decides nothing
    expect(offer).to_contain_text("还没送出去的")
    offer.get_by_role("button", name="Take that answer instead").click()
    expect(room.question_state).to_have_text(SAVED)
    room.page.reload()
    expect(room.text).to_have_value("还没送出去的")
    expect(offer).to_be_hidden()


def look_over(phone: Room) -> None:
    phone.page.locator("[data-open-sheet]").tap()
    phone.page.get_by_role("button", name="Look over and hand in").tap()


def test_two_answers_to_one_question_are_decided_before_it_is_handed_in(
    room: Room, new_page: Callable[..., Page], text: int
) -> None:
    write_what_gets_nowhere(room, text)
    phone = take_over_with_the_phone(room, new_page, text)
    room.page.unroute("**/answers/*")
    expect(room.question_state).to_contain_text("the other page decides", timeout=15_000)
    offer = phone.page.locator("[data-overtaken]:visible")
    expect(offer).to_contain_text("还没送出去的", timeout=10_000)
    expect(phone.question_state).to_have_text("Two answers: choose below which one counts")
    expect(phone.cell(text)).to_have_attribute("aria-label", re.compile("two answers: choose one"))
    look_over(phone)
    expect(phone.summary).to_contain_text(f"Question {text} has two answers")
    phone.page.locator("[data-submit]").tap()
    expect(phone.summary).to_contain_text(f"You haven't handed in yet. Question {text} has two answers")
    expect(phone.page.get_by_role("dialog")).to_be_hidden()
    phone.summary.get_by_role("link", name=f"Go to question {text}").last.tap()
    offer.get_by_role("button", name="Take that answer instead").tap()
    expect(phone.question_state).to_have_text(SAVED)
    look_over(phone)
    expect(phone.summary).to_contain_text("Answers delivered: 1. Nothing is waiting.")
    expect(phone.summary).not_to_contain_text("has two answers")


def test_both_pages_are_recorded(
    room: Room, new_page: Callable[..., Page], live_server: LiveServer, attempt: Attempt
) -> None:
    phone = Room(live_server, new_page(phone=True), attempt).enter()
    go_on_here(phone)
    expect(phone.heading(1)).to_be_visible()
    with live_server.session() as session:
        opened = session.query(RoomEvent).filter_by(attempt_id=attempt.id, kind="opened").order_by(RoomEvent.id).all()
    assert [one.detail["took_over"] for one in opened] == [False, True]
    assert opened[0].detail["page"] != opened[1].detail["page"]
