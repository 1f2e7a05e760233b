"""The room in a real Chromium while things break around it; each test is a row of `make faults` as well.

`Claims` listens to what the page says: nothing may be called saved that the server hasn't acknowledged before.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Response, expect

from exam.attempts.models import Attempt
from question_bank.items import Kind
from tests.attempts.builders import begin, make_ready_sitting, places
from tests.builders import NOW, make_person
from tests.support.looking import too_wide
from tests.support.room import Room
from tests.support.server import LiveServer

SetClock = Callable[[datetime], None]
NewPage = Callable[..., Page]

LISTEN = """addEventListener("DOMContentLoaded", () => {
  const line = document.querySelector("[data-save-line]");
  if (line) new MutationObserver(() => {
    const field = document.querySelector("section:not([hidden]) textarea");
    if (/^Saved/.test(line.textContent) && field) claim(field.value);
  }).observe(line, {childList: true, subtree: true, characterData: true});
})"""

OFF = """(() => {
  const Real = Date;
  window.off = %d;
  window.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + off); }
    static now() { return Real.now() + off; }
  };
})()"""
"""Sets the device's clock off by milliseconds; `off` can be changed later. What counts on steadily isn't touched."""

NO_STORAGE = "Object.defineProperty(window, 'indexedDB', {get() { throw new Error('refused'); }})"
DAY = 24 * 3600 * 1000


class Claims:
    """What a page has called saved, and what the server had acknowledged."""

    def __init__(self, page: Page) -> None:
        self.claimed: list[str] = []
        self.acknowledged = {""}
        page.expose_function("claim", lambda said: self.claimed.append(said))
        page.add_init_script(LISTEN)
        page.on("response", self._heard)

    def _heard(self, response: Response) -> None:
        if response.request.method == "PUT" and response.status == 200:
            sent: dict[str, Any] = response.request.post_data_json["response"] or {}
            self.acknowledged.add(sent.get("text", ""))

    @property
    def false(self) -> set[str]:
        """What was called saved and wasn't."""
        return set(self.claimed) - self.acknowledged


@pytest.fixture
def attempt(live_server: LiveServer, set_clock: SetClock) -> Attempt:
    """A running attempt of eight questions, whose room nobody has opened yet; its candidate reads English."""
    set_clock(NOW)
    with live_server.session() as session:
        return begin(session, make_person(session, locale="en"), opened=False)


@pytest.fixture
def text(attempt: Attempt) -> int:
    """The position of a short answer."""
    return places(attempt, Kind.SHORT_ANSWER)[0]


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Callable[[Claims], None]:
    """Check a page's claims, and keep the figures for the table."""

    def check(claims: Claims) -> None:
        assert claims.false == set()
        record_property("acknowledged", len(claims.acknowledged) - 1)
        record_property("lost", 0)

    return check


def enter(server: LiveServer, page: Page, attempt: Attempt, question: int) -> Room:
    """The room, open at a question."""
    room = Room(server, page, attempt).enter(question)
    expect(room.heading(question)).to_be_visible()
    return room


def test_offline_for_five_minutes_while_typing(
    live_server: LiveServer, page: Page, attempt: Attempt, text: int, set_clock: SetClock, figures: Callable[..., None]
) -> None:
    claims = Claims(page)
    page.clock.install()
    room = enter(live_server, page, attempt, text)
    room.context.set_offline(True)
    words = ""
    for minute in range(1, 6):
        words += f"第 {minute} 分钟。"
        room.text.fill(words)
        page.clock.run_for(60_000)  # its timers and its tries go by as in a minute
        set_clock(NOW + timedelta(minutes=minute))
        expect(room.save_line).to_have_text("1 waiting to be saved")
        assert room.answers()[text] is None
    room.context.set_offline(False)
    page.clock.run_for(20_000)
    page.clock.resume()
    # A try that began before the network was back fails first; on a busy machine the next one is some seconds later.
    expect(room.save_line).to_have_text("Saved 09:35:00", timeout=40_000)
    expect(room.clock).to_contain_text(re.compile(r"(55:00|54:[345]\d)"))
    assert room.answers()[text] == {"text": words}
    figures(claims)


def test_offline_while_typing_in_real_time(
    live_server: LiveServer, page: Page, attempt: Attempt, text: int, figures: Callable[..., None]
) -> None:
    claims = Claims(page)
    room = enter(live_server, page, attempt, text)
    room.text.press_sequentially("online and ", delay=30)
    expect(room.save_line).to_have_text("Saved 09:30:00")
    room.context.set_offline(True)
    room.text.press_sequentially("offline, letter by letter, for some seconds; ", delay=80)
    expect(room.save_line).to_have_text("1 waiting to be saved")
    room.context.set_offline(False)
    room.text.press_sequentially("and online again", delay=30)
    expect(room.save_line).to_have_text("Saved 09:30:00")
    assert room.answers()[text] == {"text": "online and offline, letter by letter, for some seconds; and online again"}
    figures(claims)


def test_reloaded_offline(
    live_server: LiveServer, page: Page, attempt: Attempt, text: int, figures: Callable[..., None]
) -> None:
    claims = Claims(page)
    page.on("dialog", lambda dialog: dialog.accept())  # "leave this page?"
    room = enter(live_server, page, attempt, text)
    room.context.set_offline(True)
    live_server.stop()  # what a page sends while it goes away isn't held back by the browser's switch
    room.text.fill("断网时写的")
    expect(page.locator(f"#q{text}")).to_contain_text("they are kept on this device")
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.reload()
    live_server.start()
    room.context.set_offline(False)
    room.enter(text)
    expect(room.text).to_have_value("断网时写的")
    expect(room.save_line).to_have_text("Saved 09:30:00")
    assert room.answers()[text] == {"text": "断网时写的"}
    figures(claims)


def test_crash_of_the_tab(
    live_server: LiveServer, page: Page, attempt: Attempt, text: int, figures: Callable[..., None]
) -> None:
    claims = Claims(page)
    room = enter(live_server, page, attempt, text)
    page.route("**/answers/*", lambda route: route.abort())  # nobody can reach for the wire of a page that has crashed
    room.text.fill("写到一半，标签页崩溃")
    expect(page.locator(f"#q{text}")).to_contain_text("they are kept on this device")
    with page.expect_event("crash"), pytest.raises(Error, match="crash"):
        page.goto("chrome://crash")
    room.page = room.context.new_page()
    again = Claims(room.page)
    room.enter(text)
    room.page.get_by_role("button", name="Go on here").click()
    expect(room.text).to_have_value("写到一半，标签页崩溃")
    expect(room.save_line).to_have_text("Saved 09:30:00")
    assert room.answers()[text] == {"text": "写到一半，标签页崩溃"}
    claims.acknowledged |= again.acknowledged
    claims.claimed += again.claimed
    figures(claims)


def test_what_is_kept_against_another_device_is_what_counts(
    live_server: LiveServer, page: Page, new_page: NewPage, attempt: Attempt, text: int, set_clock: SetClock
) -> None:
    laptop = enter(live_server, page, attempt, text)
    laptop.text.fill("第一稿")
    expect(laptop.save_line).to_have_text("Saved 09:30:00")
    laptop.context.set_offline(True)
    laptop.text.fill("断网时改的")
    phone = Room(live_server, new_page(phone=True), attempt).enter(text)
    phone.page.get_by_role("button", name="Go on here").tap()
    expect(phone.text).to_have_value("第一稿")
    set_clock(NOW + timedelta(minutes=1))
    laptop.context.set_offline(False)
    expect(laptop.banner("here it can only be read")).to_be_visible()
    phone.look()
    expect(phone.page.locator("[data-overtaken]:visible")).to_contain_text("断网时改的")
    phone.page.get_by_role("button", name="Keep mine").tap()
    expect(phone.save_line).to_have_text("Saved 09:31:00")
    assert phone.answers()[text] == {"text": "第一稿"}


def test_laptop_asleep_for_twenty_minutes(
    live_server: LiveServer, page: Page, attempt: Attempt, text: int, set_clock: SetClock
) -> None:
    page.add_init_script(OFF % 0)
    room = enter(live_server, page, attempt, text)
    room.text.fill("合上电脑之前")
    set_clock(NOW + timedelta(minutes=20))
    page.evaluate("off = 20 * 60 * 1000")  # the day has gone on, what counts on steadily hasn't
    expect(room.clock).to_contain_text(re.compile(r"(40:00|39:5\d)"))
    expect(room.save_line).to_have_text(re.compile("Saved"))
    assert room.answers()[text] == {"text": "合上电脑之前"}


@pytest.mark.parametrize("off", [DAY, -DAY], ids=["ahead", "behind"])
def test_device_clock_off_by_a_day(
    live_server: LiveServer, page: Page, attempt: Attempt, text: int, off: int, figures: Callable[..., None]
) -> None:
    claims = Claims(page)
    page.add_init_script(OFF % off)
    room = enter(live_server, page, attempt, text)
    expect(room.clock).to_contain_text(re.compile(r"(1:00:00|60:00|59:5\d)"))
    room.text.fill("昨天还是明天")
    expect(room.save_line).to_have_text("Saved 09:30:00")
    page.evaluate("off = -off")  # somebody sets it while the page is open
    room.text.fill("都一样")
    expect(room.save_line).to_have_text("Saved 09:30:00")
    expect(room.clock).to_contain_text(re.compile(r"(1:00:00|60:00|59:[345]\d)"))
    assert room.answers()[text] == {"text": "都一样"}
    figures(claims)


def test_storage_refused_is_said_before_the_start_and_nothing_is_lost_while_the_page_lives(
    live_server: LiveServer, page: Page, set_clock: SetClock
) -> None:
    set_clock(NOW)
    page.add_init_script(NO_STORAGE)
    with live_server.session() as session:
        sitting = make_ready_sitting(session, make_person(session, locale="en"))
        live_server.sign_in(page, sitting.person)
    page.goto(f"/exam/{sitting.id}/start")
    expect(page.locator("[data-check=storage]")).to_contain_text("This browser keeps nothing")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Start answering").click()
    expect(page.locator(".banner:visible")).to_contain_text("This browser doesn't let the page keep anything")
    expect(page.get_by_role("heading", name="Question 1", exact=True)).to_be_visible()
    page.context.set_offline(True)
    page.keyboard.press("a")
    expect(page.locator("[data-save-line]")).to_have_text("1 waiting to be saved")
    page.context.set_offline(False)
    expect(page.locator("[data-save-line]")).to_have_text("Saved 09:30:00")


def test_at_200_percent_by_keyboard_alone(new_page: NewPage, live_server: LiveServer, attempt: Attempt) -> None:
    page = new_page(viewport={"width": 640, "height": 450}, device_scale_factor=2)
    room = enter(live_server, page, attempt, 1)
    for number in range(1, 9):
        expect(room.heading(number)).to_be_in_viewport()
        if room.text.is_visible():
            press_until_focused(page, "textarea")
            page.keyboard.type("by keyboard")
            press_until_focused(page, "[data-next]")
        else:
            page.keyboard.press("a")
        expect(room.clock).to_be_in_viewport()
        assert too_wide(page) == 0
        page.keyboard.press("ArrowRight")
    expect(room.summary).to_be_visible()
    press_until_focused(page, "[data-submit]")
    page.keyboard.press("Enter")
    press_until_focused(page, "dialog .btn-primary")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/receipt$"))
    expect(page.locator("main")).to_contain_text("8 of 8 questions answered, all saved")


def press_until_focused(page: Page, wanted: str) -> None:
    """Press Tab until something has the focus, at most as often as there can be things on the way."""
    for _ in range(60):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never leads to {wanted}")


def test_roles_for_screen_readers(live_server: LiveServer, page: Page, attempt: Attempt, text: int) -> None:
    room = enter(live_server, page, attempt, 1)
    expect(page.get_by_role("timer")).to_contain_text("Time left")
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("region", name="Question 1")).to_be_visible()
    expect(page.get_by_role("group")).to_have_accessible_name(re.compile("接到会员投诉后"))
    radios = page.get_by_role("group").get_by_role("radio")
    expect(radios).to_have_count(4)
    expect(radios.first).to_have_accessible_name(re.compile(r"\S"))
    room.cell(text).press("Enter")
    expect(room.heading(text)).to_be_focused()
    expect(page.get_by_role("textbox")).to_have_accessible_name(f"Your answer to question {text}")
    spoken = page.locator("[aria-live=polite][data-announce]")
    room.context.set_offline(True)
    room.text.fill("说出来")
    expect(room.cell(text)).to_have_accessible_name(re.compile("waiting to be saved"))
    expect(page.get_by_role("status").filter(has_text="The connection is lost. Go on answering.")).to_be_visible()
    room.context.set_offline(False)
    expect(spoken).to_have_text("The connection is back. Everything is saved.")
