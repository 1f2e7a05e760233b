"""The exam room on two pages or devices: one is live, and nothing typed in either is lost."""

from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from exam.attempts.models import Attempt
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
