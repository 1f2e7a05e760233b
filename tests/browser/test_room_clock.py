"""The exam room's clock: the server's word, the end of the time, and time that is given."""

from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import expect

from exam.attempts.models import Attempt, LateAnswer
from exam.attempts.rules import CloseReason
from tests.builders import NOW
from tests.support.room import Room

SetClock = Callable[[datetime], None]


def test_when_the_time_is_up_the_page_locks_and_sends_the_last_words(
    room: Room, attempt: Attempt, text: int, set_clock: SetClock
) -> None:
    room.cell(text).click()
    set_clock(NOW + timedelta(minutes=56))
    room.look()
    expect(room.clock).to_contain_text("Last 5 minutes")
    expect(room.page.locator("[data-announce]")).to_have_text("5 minutes left.")
    set_clock(NOW + timedelta(minutes=60) - timedelta(seconds=2))
    room.look()
    expect(room.page.locator("[data-announce]")).to_have_text("1 minute left.")
    room.text.fill("铃响前")
    set_clock(NOW + timedelta(minutes=60, seconds=1))  # the server's time goes on; what is on its way is in grace
    expect(room.page.get_by_role("heading", name="Time is up")).to_be_focused()
    expect(room.page.locator("[data-view=ended]")).to_contain_text("They are being handed in; this takes some seconds.")
    set_clock(NOW + timedelta(minutes=60, seconds=11))
    expect(room.page.locator("[data-view=ended]")).to_contain_text("Everything that was saved has been handed in.")
    room.page.get_by_role("link", name="See the receipt").click()
    expect(room.page.get_by_role("heading", level=1)).to_have_text("The time is up; your answers have been handed in")
    assert room.answers()[text] == {"text": "铃响前"}
    with room.server.session() as session:
        closed = session.get_one(Attempt, attempt.id)
        assert (closed.close_reason, closed.closed_at) == (CloseReason.DEADLINE, NOW + timedelta(minutes=60))


def test_what_comes_after_the_deadline_is_kept_late_and_said_so(room: Room, text: int, set_clock: SetClock) -> None:
    room.cell(text).click()
    set_clock(NOW + timedelta(minutes=60) - timedelta(seconds=2))
    room.look()
    expect(room.clock).to_contain_text("Last 5 minutes")
    room.context.set_offline(True)
    room.text.fill("断网到铃响以后")
    expect(room.page.get_by_role("heading", name="Time is up")).to_be_visible()
    expect(room.page.locator("[data-view=ended]")).to_contain_text("Still to be sent: 1. Leave this page open.")
    set_clock(NOW + timedelta(minutes=70))
    room.context.set_offline(False)
    expect(room.page.locator("[data-view=ended]")).to_contain_text("Arrived after the deadline: 1.", timeout=20_000)
    room.page.get_by_role("link", name="See the receipt").click()
    expect(room.page.locator("main")).to_contain_text("Arrived after the deadline: 1.")
    assert room.answers()[text] is None
    with room.server.session() as session:
        assert session.query(LateAnswer).one().response == {"text": "断网到铃响以后"}


def test_a_device_that_comes_back_after_the_deadline_delivers_from_the_receipt(
    room: Room, text: int, set_clock: SetClock
) -> None:
    room.cell(text).click()
    room.context.set_offline(True)
    room.text.fill("电池没电了")
    expect(room.page.locator(f"#q{text}")).to_contain_text("they are kept on this device")
    room.page.close(run_before_unload=False)
    set_clock(NOW + timedelta(hours=5))
    room.context.set_offline(False)
    room.page = room.context.new_page()
    room.enter()
    expect(room.page.locator("main")).to_contain_text("Arrived after the deadline: 1.")
