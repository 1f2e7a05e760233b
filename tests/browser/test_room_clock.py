"""The exam room's clock: the server's word, the end of the time, and time that is given."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from exam.accounts.rules import Role
from exam.attempts import actions
from exam.attempts.models import Attempt, LateAnswer, RoomMessage
from exam.attempts.rules import CloseReason
from tests.builders import NOW, make_person
from tests.support.room import SAVED, Room
from tests.support.server import LiveServer

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
    ended = room.page.locator("[data-view=ended]")
    expect(ended).to_contain_text("Still to be sent: 1. It is kept on this device and sent once you are online again.")
    expect(room.page.locator("[data-banner=offline]")).to_be_hidden()  # it says to go on writing
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


def test_who_is_set_aside_while_writing_is_told_where_to_go(room: Room) -> None:
    with room.server.session() as session:
        attempt, trainer = session.get_one(Attempt, room.attempt.id), make_person(session, Role.TRAINER)
        actions.void(session, attempt, trainer.id, "停电。", NOW)
    room.look()
    expect(room.page.get_by_role("heading", name="Set aside")).to_be_visible()
    room.page.get_by_role("link", name="To the exam").click()
    expect(room.page).to_have_url(re.compile("/exam$"))


def give(room: Room, minutes: int, now: datetime) -> None:
    with room.server.session() as session:
        trainer = make_person(session, Role.TRAINER)
        attempt = session.get_one(Attempt, room.attempt.id)
        actions.give_time(session, attempt, minutes * 60, now, actor_id=trainer.id, reason="停电")


def test_given_time_shows_by_itself_with_its_reason(room: Room) -> None:
    give(room, 5, NOW)
    note = room.banner("5 min more: 停电. Now until 10:35.")
    expect(note).to_be_visible()
    expect(room.page.locator("[data-until]")).to_have_text("Lin Xiaoyu, until 10:35")
    expect(room.clock).to_contain_text(re.compile(r"1:0[45]:\d\d"))
    note.get_by_role("button", name="I have read this").click()
    expect(note).to_be_hidden()
    expect(room.heading(1)).to_be_focused()
    room.page.reload()
    expect(room.heading(1)).to_be_visible()
    expect(note).to_be_hidden()


def test_a_page_whose_time_was_up_goes_on_when_time_is_given(room: Room, text: int, set_clock: SetClock) -> None:
    """As after an outage near the deadline: the page can't know better, and must not hand in by itself."""
    room.cell(text).click()
    set_clock(NOW + timedelta(minutes=60) - timedelta(seconds=2))
    room.look()
    room.text.fill("断电前写的")
    set_clock(NOW + timedelta(minutes=60, seconds=1))
    ended = room.page.get_by_role("heading", name="Time is up")
    expect(ended).to_be_visible()
    give(room, 5, NOW + timedelta(minutes=60, seconds=1))
    expect(ended).to_be_hidden()
    expect(room.page.locator("[data-announce]")).to_have_text("Time has been given. The exam goes on.")
    expect(room.text).to_have_value("断电前写的")
    room.text.fill("断电后接着写的")
    expect(room.save_line).to_have_text("Saved 10:30:01")
    with room.server.session() as session:
        assert session.get_one(Attempt, room.attempt.id).closed_at is None


def test_a_message_stays_until_it_has_been_read(room: Room) -> None:
    with room.server.session() as session:
        trainer = make_person(session, Role.TRAINER)
        said = RoomMessage(attempt_id=room.attempt.id, text="请检查网线。", sent_by=trainer.id, sent_at=NOW)
        session.add(said)
    note = room.banner("The invigilator, 09:30:请检查网线。")
    expect(note).to_be_visible()
    expect(room.page.get_by_role("log")).to_contain_text("请检查网线。")
    room.page.reload()
    expect(note).to_be_visible()
    with room.page.expect_response("**/contact"):
        note.get_by_role("button", name="I have read this").click()
    expect(note).to_be_hidden()
    with room.server.session() as session:
        assert session.get_one(RoomMessage, said.id).seen_at == NOW


@pytest.mark.parametrize("days", [-1, 1])
def test_the_devices_time_of_day_plays_no_part(
    new_page: Callable[..., Page], live_server: LiveServer, attempt: Attempt, text: int, days: int
) -> None:
    page = new_page()
    page.add_init_script(f"const now = Date.now; Date.now = () => now() + {days} * 86400000")
    room = Room(live_server, page, attempt).enter(text)
    expect(room.clock).to_contain_text(re.compile(r"(1:00:00|59:5\d)"))
    page.evaluate("const now = Date.now; Date.now = () => now() + 3600000")  # set while the page is open
    room.text.fill("时钟不准")
    expect(room.save_line).to_have_text(SAVED)
    expect(room.clock).to_contain_text(re.compile(r"(1:00:00|59:[345]\d)"))


def test_after_sleep_the_server_is_asked(room: Room, set_clock: SetClock) -> None:
    """A sleeping device counts nothing: its clock is behind until the server has spoken."""
    set_clock(NOW + timedelta(minutes=20))
    with room.page.expect_response("**/contact"):
        room.page.evaluate("const now = Date.now; Date.now = () => now() + 1200000")
    expect(room.clock).to_contain_text(re.compile(r"(40:00|39:5\d)"))
