"""Who comes in by a one-time password chooses their own before the room, and in it without losing a word."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from exam.accounts.actions import make_one_time_password
from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.attempts.models import Attempt
from tests.builders import NOW, make_person
from tests.support.looking import axe_finds, too_wide
from tests.support.room import SAVED, Room
from tests.support.server import LiveServer

MINE = "a sentence of my own"


def one_time_password(server: LiveServer, attempt: Attempt) -> tuple[str, str]:
    """What HR tells a candidate who can't get in: the user name, and a password for once."""
    with server.session() as session:
        person = session.get_one(Person, attempt.person_id)
        return person.username, make_one_time_password(session, person, make_person(session, Role.HR).id, NOW)


def choose(page: Page) -> None:
    """Choose a password by keyboard alone."""
    first, again = page.get_by_label("New password", exact=True), page.get_by_label("New password again")
    expect(first).to_be_visible()  # a tab that is just opening can't be typed into yet
    first.focus()
    page.keyboard.type(MINE)
    page.keyboard.press("Tab")
    expect(again).to_be_focused()
    page.keyboard.type(MINE)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("size", [(1280, 800), (640, 400), (390, 844)], ids=["wide", "zoomed", "phone"])
def test_the_way_to_the_room_leads_over_a_password_of_ones_own(
    new_page: Callable[..., Page], live_server: LiveServer, attempt: Attempt, size: tuple[int, int]
) -> None:
    username, once = one_time_password(live_server, attempt)
    page = new_page(viewport={"width": size[0], "height": size[1]})
    page.context.add_cookies([{"name": "jieye_lang", "value": "en", "url": live_server.url}])
    page.goto(f"/attempts/{attempt.id}")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(once)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Choose your own password")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/first-password\?next=/attempts/{attempt.id}$"))
    expect(page.locator("[data-room]")).not_to_be_attached()
    expect(page.get_by_label("New password", exact=True)).to_be_in_viewport(ratio=1)
    assert axe_finds(page) == []
    assert too_wide(page) == 0
    page.goto(f"/attempts/{attempt.id}")  # there is no way round it
    choose(page)
    expect(page).to_have_url(re.compile(f"/attempts/{attempt.id}(#q1)?$"))
    expect(page.get_by_role("heading", name="Question 1", exact=True)).to_be_visible()


def test_in_the_room_the_banner_leads_there_and_what_waits_is_sent_afterwards(room: Room, text: int) -> None:
    _, once = one_time_password(room.server, room.attempt)  # ends every session
    room.cell(text).click()
    room.text.fill("密码换掉以前写的")
    room.banner("Your sign-in has ended.").get_by_role("button", name="Sign in here").click()
    room.page.get_by_role("dialog").get_by_label("Password").fill(once)
    room.page.keyboard.press("Enter")
    banner = room.banner("You came in by a one-time password.")
    expect(banner).to_be_visible()
    expect(room.save_line).to_have_text("1 waiting to be saved")
    with room.context.expect_page() as opened:
        banner.get_by_role("link", name="Choose a password").click()
    choose(opened.value)
    expect(opened.value).to_have_url(re.compile("/$"))
    opened.value.close()
    expect(room.save_line).to_have_text(SAVED, timeout=15_000)
    expect(banner).to_be_hidden()
    assert room.answers()[text] == {"text": "密码换掉以前写的"}
