"""The exam room in a real browser: what a candidate does there, and what can go wrong around them.

The server's clock stands still unless a test moves it; the page's own clock runs on between two answers of the server.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from exam.accounts.models import Person
from exam.attempts import queries
from exam.attempts.models import Attempt, LateAnswer
from exam.attempts.rules import CloseReason
from question_bank.items import Kind
from tests.attempts.builders import begin, places, token
from tests.builders import NOW, make_person
from tests.support.server import LiveServer

SAVED = "Saved 09:30:00"
SetClock = Callable[[datetime], None]


@pytest.fixture
def attempt(live_server: LiveServer, set_clock: SetClock) -> Attempt:
    """A running attempt of eight questions, whose room nobody has opened yet; its candidate reads English."""
    set_clock(NOW)
    with live_server.session() as session:
        return begin(session, make_person(session, locale="en", full_name="Lin Xiaoyu"), opened=False)


class Room:
    """A page in the room, in the words of a candidate."""

    def __init__(self, server: LiveServer, page: Page, attempt: Attempt) -> None:
        self.server, self.page, self.attempt = server, page, attempt
        self.sign_in()

    def enter(self, question: int | None = None) -> "Room":
        self.page.goto(f"/attempts/{self.attempt.id}" + (f"#q{question}" if question else ""))
        return self

    def sign_in(self) -> None:
        """Begin a new session in this browser."""
        with self.server.session() as session:
            self.server.sign_in(self.page, session.get_one(Person, self.attempt.person_id))

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    @property
    def save_line(self) -> Locator:
        return self.page.locator("[data-save-line]")

    @property
    def clock(self) -> Locator:
        return self.page.get_by_role("timer")

    @property
    def text(self) -> Locator:
        return self.page.locator("textarea:visible")

    @property
    def summary(self) -> Locator:
        return self.page.locator("[data-view=summary]")

    def heading(self, number: int) -> Locator:
        return self.page.get_by_role("heading", name=f"Question {number}", exact=True)

    def cell(self, number: int) -> Locator:
        return self.page.locator(f"[data-cell='{number}']")

    def choice(self, position: int, id: str) -> Locator:
        return self.page.locator(f"[value='{token(self.attempt, position, id)}']")

    def banner(self, words: str) -> Locator:
        return self.page.locator(".banner:visible", has_text=words)

    def look(self) -> None:
        """Let the page ask how things stand, as it does when it comes back into view."""
        self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def answers(self) -> dict[int, object]:
        """What is on the server's disk and counts."""
        with self.server.session() as session:
            return queries.final_answers(session, [self.attempt.id])[self.attempt.id]


@pytest.fixture
def room(live_server: LiveServer, page: Page, attempt: Attempt) -> Room:
    """The room entered on a wide screen."""
    entered = Room(live_server, page, attempt).enter()
    expect(entered.heading(1)).to_be_visible()
    return entered


@pytest.fixture
def text(attempt: Attempt) -> int:
    """The position of a short answer."""
    return places(attempt, Kind.SHORT_ANSWER)[0]


# Answering


def test_all_four_kinds_are_answered_and_a_reload_keeps_everything(
    room: Room, attempt: Attempt, set_clock: SetClock
) -> None:
    single, several, truth, text = (places(attempt, kind)[0] for kind in Kind)
    room.cell(single).click()
    room.choice(single, "b").check()
    room.cell(several).click()
    room.choice(several, "a").check()
    room.choice(several, "c").check()
    room.cell(truth).click()
    room.page.get_by_label("False", exact=True).and_(room.page.locator(":visible")).check()
    room.cell(text).click()
    room.text.fill("先倾听 <b>\n再道歉 🙂")
    room.page.get_by_role("button", name="Flag").click()
    expect(room.save_line).to_have_text(SAVED)
    expect(room.cell(text)).to_have_accessible_name(f"Question {text}, answered, flagged")

    set_clock(NOW + timedelta(minutes=10))
    room.page.reload()
    expect(room.heading(text)).to_be_visible()  # the address says which question
    expect(room.text).to_have_value("先倾听 <b>\n再道歉 🙂")
    expect(room.page.locator("[data-counts]")).to_have_text("4 answered, 4 open, 1 flagged")
    expect(room.clock).to_contain_text(re.compile(r"(50:00|49:5\d)"))
    expect(room.choice(single, "b")).to_be_checked()
    assert {position: answer for position, answer in room.answers().items() if answer} == {
        single: {"choices": ["b"]}, several: {"choices": ["a", "c"]}, truth: {"truth": False},
        text: {"text": "先倾听 <b>\n再道歉 🙂"},
    }  # fmt: skip


def test_the_keyboard_alone_is_enough(room: Room, attempt: Attempt) -> None:
    several = places(attempt, Kind.MULTIPLE_CHOICE)[0]
    for _ in range(several - 1):
        room.page.keyboard.press("ArrowRight")
    expect(room.heading(several)).to_be_focused()
    room.page.keyboard.press("a")
    room.page.keyboard.press("3")
    room.page.keyboard.press("f")
    expect(room.page.locator(f"#q{several}")).to_contain_text("2 chosen: A, C")
    expect(room.page.get_by_role("button", name="Flagged")).to_have_attribute("aria-pressed", "true")
    room.page.keyboard.press("c")
    expect(room.page.locator(f"#q{several}")).to_contain_text("1 chosen: A")
    room.page.keyboard.press("ArrowLeft")
    expect(room.heading(several - 1)).to_be_focused()


def test_keys_are_letters_while_typing_and_can_be_turned_off(room: Room, text: int) -> None:
    room.cell(text).click()
    room.text.click()
    room.page.keyboard.type("flag a")
    room.page.keyboard.press("ArrowLeft")
    expect(room.text).to_have_value("flag a")
    expect(room.page.get_by_role("button", name="Flag", exact=True)).to_have_attribute("aria-pressed", "false")
    room.cell(1).click()
    room.page.get_by_label("Keys").uncheck()
    room.page.keyboard.press("a")
    room.page.keyboard.press("ArrowRight")
    expect(room.heading(1)).to_be_visible()
    expect(room.page.locator("#q1 input:checked")).to_have_count(0)
    room.page.reload()
    expect(room.page.get_by_label("Keys")).not_to_be_checked()


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


def test_an_emptied_answer_is_open_again(room: Room, text: int) -> None:
    room.cell(text).click()
    room.text.fill("写了")
    expect(room.save_line).to_have_text(SAVED)
    expect(room.cell(text)).to_have_accessible_name(f"Question {text}, answered")
    room.text.fill("")
    expect(room.save_line).to_have_text("1 waiting to be saved")
    expect(room.save_line).to_have_text(SAVED)
    expect(room.cell(text)).to_have_accessible_name(f"Question {text}, open")
    assert room.answers()[text] is None


# Lost connections


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


# Two devices


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


# The end


def test_handing_in_shows_what_is_open_and_asks_once(room: Room, attempt: Attempt) -> None:
    for position in (1, 2):
        room.cell(position).click()
        room.page.keyboard.press("a")
    room.cell(2).click()
    room.page.keyboard.press("f")
    room.page.locator(".roombar").get_by_role("button", name="Hand in").click()
    expect(room.summary).to_contain_text("6 in all: 3–8. Unanswered questions get 0 points.")
    expect(room.summary).to_contain_text("1 in all: 2.")
    expect(room.summary).to_contain_text("Answers delivered: 2. Nothing is waiting.")
    room.summary.get_by_role("link", name="Go to question 3").click()
    expect(room.heading(3)).to_be_focused()

    room.page.locator(".roombar").get_by_role("button", name="Hand in").click()
    hand_in = room.summary.get_by_role("button", name="Hand in")
    hand_in.click()
    expect(room.summary.get_by_role("alert")).to_contain_text("Tick the line above first")
    room.summary.get_by_label("I know that questions are still unanswered: 6").check()
    hand_in.click()
    dialog = room.page.get_by_role("dialog")
    expect(dialog).to_contain_text("After that nothing can be changed.")
    dialog.get_by_role("button", name="Go back").click()
    expect(room.summary).to_be_visible()
    hand_in.click()
    dialog.get_by_role("button", name="Hand in").dblclick(no_wait_after=True)
    expect(room.page).to_have_url(re.compile("/receipt$"))
    expect(room.page.get_by_role("heading", level=1)).to_have_text("Handed in. You can relax now")
    expect(room.page.locator("main")).to_contain_text("2 of 8 questions answered, all saved")
    room.page.go_back()
    expect(room.page).to_have_url(re.compile("/receipt(#q3)?$"))
    with room.server.session() as session:
        assert session.get_one(Attempt, attempt.id).close_reason is CloseReason.SUBMITTED


def test_handing_in_without_a_connection_says_so_and_works_later(room: Room, text: int) -> None:
    room.cell(text).click()
    room.context.set_offline(True)
    room.text.fill("最后一句")
    room.page.locator(".roombar").get_by_role("button", name="Hand in").click()
    expect(room.summary).to_contain_text("Changes not delivered yet: 1.")
    room.summary.get_by_role("checkbox").check()
    room.summary.get_by_role("button", name="Hand in").click()
    room.page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(room.summary.get_by_role("alert")).to_contain_text("you haven't handed in yet")
    room.context.set_offline(False)
    room.summary.get_by_role("button", name="Hand in").click()
    room.page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(room.page).to_have_url(re.compile("/receipt$"))
    assert room.answers()[text] == {"text": "最后一句"}


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


# Phone, and everybody


def test_on_a_phone_the_answer_sheet_rises_from_below(
    live_server: LiveServer, phone: Page, attempt: Attempt, text: int
) -> None:
    room = Room(live_server, phone, attempt).enter()
    expect(room.heading(1)).to_be_visible()
    room.page.get_by_role("button", name="Next").tap()
    expect(room.heading(2)).to_be_focused()
    opener = room.page.get_by_role("button", name="Answer sheet")
    sheet = room.page.get_by_role("dialog", name="Answer sheet")
    expect(room.page.locator("[data-sheet]")).to_be_hidden()
    opener.tap()
    expect(sheet).to_be_in_viewport()
    expect(opener).to_have_attribute("aria-expanded", "true")
    room.page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(opener).to_be_focused()
    opener.tap()
    room.cell(text).tap()
    expect(room.heading(text)).to_be_focused()
    expect(room.page.locator("[data-sheet]")).to_be_hidden()
    opener.tap()
    room.page.get_by_role("button", name="Look over and hand in").tap()
    expect(room.summary).to_be_visible()
    assert room.page.evaluate("document.documentElement.scrollWidth") <= 390


def check(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_axe_finds_nothing(
    new_page: Callable[..., Page], live_server: LiveServer, attempt: Attempt, text: int, narrow: bool, look: str
) -> None:
    page = new_page(phone=narrow)
    page.context.add_cookies([{"name": "jieye_look", "value": look, "url": live_server.url}])
    room = Room(live_server, page, attempt).enter()
    expect(room.heading(1)).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("f")
    expect(room.save_line).to_have_text(SAVED)
    check(page)
    page.evaluate(f"location.hash = '#q{text}'")
    expect(room.heading(text)).to_be_visible()
    room.context.set_offline(True)
    room.text.fill("离线")
    expect(room.banner("The connection is lost")).to_be_visible()
    check(page)
    room.context.set_offline(False)
    expect(room.save_line).to_have_text(SAVED)
    if narrow:
        page.get_by_role("button", name="Answer sheet").tap()
        check(page)
        page.get_by_role("button", name="Look over and hand in").tap()
    else:
        page.locator(".roombar").get_by_role("button", name="Hand in").click()
    check(page)
    room.summary.get_by_role("checkbox").check()
    room.summary.get_by_role("button", name="Hand in").click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(page).to_have_url(re.compile("/receipt$"))
    check(page)


def test_without_scripts_the_room_says_that_it_needs_them(
    new_page: Callable[..., Page], live_server: LiveServer, attempt: Attempt
) -> None:
    room = Room(live_server, new_page(java_script_enabled=False), attempt).enter()
    expect(room.page.get_by_text("This room needs JavaScript")).to_be_visible()
    expect(room.heading(1)).to_be_hidden()
