"""The exam room on two pages or devices: one is live, and nothing typed in either is lost."""

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
