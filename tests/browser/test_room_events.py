"""What the exam room's page notices around it: recorded with its cause, changing nothing, and open to its candidate."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

from exam.attempts import actions
from exam.attempts.models import Attempt, RoomEvent, Statement
from tests.builders import NOW
from tests.support.looking import ALL, axe_finds, too_wide
from tests.support.room import Room
from tests.support.server import LiveServer

HIDE = """(hidden) => {
  Object.defineProperty(document, "visibilityState", {value: hidden ? "hidden" : "visible", configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def hide(room: Room, hidden: bool) -> None:
    """Let the window be hidden or come back, as when its tab is left; the contact that tells of it has arrived."""
    with room.page.expect_response(tells_of_something):
        room.page.evaluate(HIDE, hidden)


def tells_of_something(response: Response) -> bool:
    """Whether this answers a contact with events: the next in its turn may be on its way at the same time."""
    return response.url.endswith("/contact") and bool(response.request.post_data_json["events"])


def noticed(room: Room) -> list[tuple[str, str]]:
    with room.server.session() as session:
        kinds = ("left", "returned", "paste", "offline", "online", "fullscreen_entered", "fullscreen_left")
        found = session.query(RoomEvent).filter(RoomEvent.attempt_id == room.attempt.id, RoomEvent.kind.in_(kinds))
        return [(one.kind, one.detail["cause"]) for one in found.order_by(RoomEvent.id)]


def test_a_window_hidden_without_a_sign_of_the_candidate_is_passive(room: Room) -> None:
    hide(room, True)
    hide(room, False)
    assert noticed(room) == [("left", "passive"), ("returned", "passive")]
    expect(room.heading(1)).to_be_visible()  # and nothing else happened


@pytest.mark.parametrize("sign", ["key", "pointer"])
def test_turning_to_another_tab_is_the_candidates_doing(room: Room, sign: str) -> None:
    if sign == "key":
        room.page.keyboard.press("Control")
    else:
        room.page.evaluate("document.documentElement.dispatchEvent(new MouseEvent('mouseleave'))")
    hide(room, True)
    hide(room, False)
    assert noticed(room) == [("left", "candidate"), ("returned", "candidate")]


def test_a_moments_loss_of_the_keyboard_is_nothing(room: Room) -> None:
    """The windows of input methods take it again and again."""
    room.page.evaluate("dispatchEvent(new Event('blur')); dispatchEvent(new Event('focus'))")
    hide(room, True)
    hide(room, False)
    assert noticed(room) == [("left", "passive"), ("returned", "passive")]


def test_a_window_that_stays_visible_without_the_keyboard_is_passive(room: Room) -> None:
    room.page.evaluate("document.documentElement.dispatchEvent(new MouseEvent('mouseleave'))")
    room.page.evaluate("dispatchEvent(new Event('blur'))")
    room.wait_for_event("left")
    room.page.evaluate("dispatchEvent(new Event('focus'))")
    room.wait_for_event("returned")
    assert noticed(room) == [("left", "passive"), ("returned", "passive")]


def test_a_paste_is_noted_by_its_length_only(room: Room, text: int) -> None:
    room.cell(text).click()
    room.text.evaluate("""(field) => {
      const data = new DataTransfer();
      data.setData("text/plain", "别处写好的");
      field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
    }""")
    room.wait_for_event("paste")
    with room.server.session() as session:
        detail = session.query(RoomEvent).filter_by(kind="paste").one().detail
    assert {name: detail[name] for name in ("length", "position", "cause")} == {
        "length": 5, "position": text, "cause": "candidate",
    }  # fmt: skip
    assert "别处" not in str(detail)


def test_what_is_noticed_offline_is_told_later_even_by_the_next_page(room: Room, text: int) -> None:
    room.cell(text).click()
    room.context.set_offline(True)
    expect(room.banner("The connection is lost")).to_be_visible()
    room.page.evaluate(HIDE, True)
    room.text.fill("写在离线时")
    expect(room.question_state).to_contain_text("they are kept on this device")
    room.page.close(run_before_unload=False)
    room.context.set_offline(False)
    room.page = room.context.new_page()
    room.enter()
    room.wait_for_event("left")
    assert noticed(room) == [("offline", "passive"), ("left", "passive")]


def test_a_jump_of_the_devices_clock_keeps_no_contact_from_being_heard(room: Room) -> None:
    room.page.evaluate(HIDE, True)
    room.wait_for_event("left")
    room.page.evaluate("""() => {
      const now = Date.now;
      Date.now = () => now() + 40 * 24 * 3600 * 1000;
    }""")
    hide(room, False)
    assert noticed(room) == [("left", "passive"), ("returned", "passive")]
    with room.server.session() as session:
        assert session.query(RoomEvent).filter_by(kind="returned").one().detail["for_ms"] == 2**31 - 1


def test_events_that_the_server_refuses_are_told_once(room: Room) -> None:
    refusal = {"code": "unreadable", "message": "This can't be read."}
    room.page.route("**/contact", lambda route: route.fulfill(status=422, json=refusal), times=1)
    hide(room, True)
    with room.page.expect_response("**/contact") as heard:
        room.look()
    assert (heard.value.status, heard.value.request.post_data_json["events"]) == (200, [])


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_the_candidate_reads_the_record_and_adds_to_it(
    new_page: Callable[..., Page], live_server: LiveServer, attempt: Attempt, narrow: bool
) -> None:
    room = Room(live_server, new_page(phone=narrow), attempt).enter()
    expect(room.heading(1)).to_be_visible()
    hide(room, True)
    hide(room, False)
    with live_server.session() as session:
        actions.submit(session, session.get_one(Attempt, attempt.id), [], 1, NOW)
    page = room.page
    page.goto(f"/attempts/{attempt.id}/receipt")
    page.get_by_role("link", name="What the room recorded").click()
    expect(page.locator(".history")).to_contain_text("Opened the room.")
    expect(page.locator(".history")).to_contain_text("without your doing that it knows of")
    page.get_by_role("button", name="Add to the record").click()
    expect(page.locator("main")).to_contain_text("Write what you want to say.")
    page.get_by_label("What you want to say").fill("9:30 有电话打进来。")
    page.get_by_role("button", name="Add to the record").click()
    expect(page.locator(".history")).to_contain_text("9:30 有电话打进来。")
    assert too_wide(page) == 0
    assert axe_finds(page, ALL) == []
    with live_server.session() as session:
        assert session.query(Statement).one().text == "9:30 有电话打进来。"
