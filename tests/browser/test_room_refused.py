"""The exam room when the server refuses an answer for good: there is a way out, and nothing is thrown away."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Locator, expect

from exam.attempts import actions
from exam.attempts.models import Attempt
from question_bank.items import Kind, TextResponse
from tests.attempts.builders import places
from tests.builders import NOW
from tests.support.room import SAVED, Room

JOURNAL = """() => new Promise((resolve) => {
  const request = indexedDB.open("jieye-room");
  request.onsuccess = () => {
    const all = request.result.transaction("answers").objectStore("answers").getAll();
    all.onsuccess = () => {
      request.result.close();
      resolve(all.result.map((entry) => `${entry.epoch}: ${entry.response.text}`).sort());
    };
  };
})"""


def refuse(room: Room) -> None:
    """Let the server take no answer, as if it couldn't read any."""
    body = {"code": "unreadable", "message": "This can't be read as an answer. Reload the page."}
    room.page.route("**/answers/*", lambda route: route.fulfill(status=422, json=body))


def take(room: Room) -> None:
    """Let it take answers again."""
    room.page.unroute("**/answers/*")


def button(room: Room, name: str) -> Locator:
    return room.page.locator("[data-question]:visible").get_by_role("button", name=name)


def write_under_a_used_number(room: Room, text: int) -> None:
    """Write offline, let the server get other words under the same number, and come back in a new page."""
    room.cell(text).click()
    room.context.set_offline(True)
    room.text.fill("这台设备上写的")
    expect(room.question_state).to_contain_text("they are kept on this device")
    with room.server.session() as session:
        attempt = session.get_one(Attempt, room.attempt.id)
        for number in range(1, 9):
            actions.save(session, attempt, text, 1, number, TextResponse("服务器上的"), NOW)
    room.page.close(run_before_unload=False)
    room.context.set_offline(False)
    room.page = room.context.new_page()
    room.enter(text)
    room.page.locator("[data-view=ask]").get_by_role("button", name="Go on here").click()
    expect(room.text).to_have_value("服务器上的")


def test_a_refused_answer_is_named_wherever_one_looks_and_saved_again_by_a_button(room: Room, text: int) -> None:
    room.cell(text).click()
    refuse(room)
    room.text.fill("存不下的话")
    expect(room.question_state).to_have_text(
        "This answer can't be saved: This can't be read as an answer. Reload the page."
    )
    room.cell(1).click()
    expect(button(room, "Save it again")).to_be_hidden()
    expect(room.save_line).to_have_text("1 can't be saved")
    expect(room.cell(text)).to_have_accessible_name(f"Question {text}, answered, can't be saved")
    room.cell(text).click()
    button(room, "Save it again").click()
    expect(button(room, "Save it again")).to_be_visible()  # refused once more
    take(room)
    button(room, "Save it again").focus()
    room.page.keyboard.press("Enter")
    expect(room.save_line).to_have_text(SAVED)
    expect(room.question_state).to_have_text(SAVED)
    expect(button(room, "Save it again")).to_be_hidden()
    assert room.answers()[text] == {"text": "存不下的话"}
    assert room.page.evaluate(JOURNAL) == []


def test_it_can_also_be_written_anew(room: Room, text: int) -> None:
    room.cell(text).click()
    refuse(room)
    room.text.fill("存不下的话")
    expect(button(room, "Save it again")).to_be_visible()
    take(room)
    room.text.fill("换一种说法")
    expect(room.save_line).to_have_text(SAVED)
    expect(button(room, "Save it again")).to_be_hidden()
    assert room.answers()[text] == {"text": "换一种说法"}


def test_what_another_answer_stands_in_the_way_of_is_shown_and_kept_until_it_is_saved(room: Room, text: int) -> None:
    write_under_a_used_number(room, text)
    note = room.page.locator("[data-refused]:visible")
    expect(note).to_contain_text("This was written here before and couldn't be saved:")
    expect(note).to_contain_text("这台设备上写的")
    room.page.route("**/answers/*", lambda route: route.fulfill(status=503, json={"code": "unavailable"}))
    button(room, "Take that answer instead").click()
    expect(room.text).to_have_value("这台设备上写的")
    expect(room.save_line).to_have_text("1 waiting to be saved")
    expect(room.question_state).to_contain_text("they are kept on this device")
    assert room.page.evaluate(JOURNAL) == ["1: 这台设备上写的", "2: 这台设备上写的"]
    take(room)
    expect(room.save_line).to_have_text(SAVED, timeout=15_000)
    expect(note).to_be_hidden()
    assert room.answers()[text] == {"text": "这台设备上写的"}
    assert room.page.evaluate(JOURNAL) == []


def test_what_stands_there_can_be_kept_instead(room: Room, text: int) -> None:
    write_under_a_used_number(room, text)
    button(room, "Keep mine").click()
    expect(room.save_line).to_have_text(SAVED)
    expect(room.page.locator("[data-refused]:visible")).to_be_hidden()
    assert room.answers()[text] == {"text": "服务器上的"}
    assert room.page.evaluate(JOURNAL) == []


def test_handing_in_says_which_answer_is_left_out(room: Room, attempt: Attempt, text: int) -> None:
    room.choice(places(attempt, Kind.SINGLE_CHOICE)[0], "a").check()
    expect(room.save_line).to_have_text(SAVED)
    room.cell(text).click()
    refuse(room)
    room.text.fill("存不下的话")
    expect(button(room, "Save it again")).to_be_visible()
    room.page.locator(".roombar").get_by_role("button", name="Hand in").click()
    expect(room.summary).to_contain_text(f"Question {text} can't be saved. Go there and save it again")
    room.summary.get_by_role("checkbox").check()
    room.summary.get_by_role("button", name="Hand in").click()
    room.page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(room.page).to_have_url(re.compile("/receipt$"))
    assert room.answers()[text] is None


def test_one_that_is_refused_only_while_handing_in_is_named_first(room: Room, text: int) -> None:
    room.cell(text).click()
    room.page.route("**/answers/*", lambda route: route.abort())
    room.text.fill("存不下的话")
    expect(room.save_line).to_have_text("1 waiting to be saved")
    room.page.locator(".roombar").get_by_role("button", name="Hand in").click()
    take(room)
    refuse(room)
    body = {"code": "unreadable", "message": "This can't be read as an answer. Reload the page."}
    room.page.route("**/submit", lambda route: route.fulfill(status=422, json=body), times=1)
    room.summary.get_by_role("checkbox").check()
    room.summary.get_by_role("button", name="Hand in").click()
    room.page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(room.summary.get_by_role("alert")).to_contain_text("so you haven't handed in yet")
    expect(room.summary).to_contain_text(f"Question {text} can't be saved.")


def test_the_end_waits_for_no_answer_that_can_never_be_saved(
    room: Room, set_clock: Callable[[datetime], None], text: int
) -> None:
    room.cell(text).click()
    refuse(room)
    room.text.fill("存不下的话")
    expect(button(room, "Save it again")).to_be_visible()
    set_clock(NOW + timedelta(minutes=61))
    room.look()
    ended = room.page.locator("[data-view=ended]")
    expect(ended).to_contain_text(f"Not saved: question {text}. It stays on this device")
    expect(ended.get_by_role("link", name="See the receipt")).to_be_visible()
    assert room.page.evaluate(JOURNAL) == ["1: 存不下的话"]
