"""A judge at work: each number is saved at once, Enter goes on, and what a lost connection kept back is sent later."""

import pytest
from playwright.sync_api import Page, expect

from exam.accounts.rules import Role
from exam.standards import queries
from tests.builders import make_person
from tests.standards.builders import make_panel


@pytest.fixture
def panel(live_server):
    """A judge with four questions; gives the judge, the address and how to read what is saved."""
    with live_server.session() as session:
        judge = make_person(session, Role.TRAINER, locale="en")
        made = make_panel(session, judges=[judge])
        address, ids = f"/exams/{made.exam_id}/panels/{made.id}/judge", (made.id, judge.id)

    def saved():
        with live_server.session() as session:
            return list(queries.own(session, *ids).values())

    return judge, address, saved


def test_a_number_is_saved_on_leaving_its_field(live_server, page: Page, panel) -> None:
    judge, address, saved = panel
    live_server.sign_in(page, judge)
    page.goto(address)
    fields = page.get_by_label("Of 100, get it right")
    fields.first.focus()
    page.keyboard.type("75")
    page.keyboard.press("Enter")
    expect(fields.nth(1)).to_be_focused()
    expect(page.locator("[data-progress]")).to_have_text("1 of 4 judged")
    page.keyboard.type("much")
    page.keyboard.press("Enter")
    expect(page.locator("[data-state]").nth(1)).to_have_text("a whole number from 0 to 100")
    page.locator("[data-quick]").nth(2).get_by_role("button", name="60").click()
    expect(page.locator("[data-state]").nth(2)).to_contain_text("saved ")
    assert saved() == [75, 60]


def test_what_a_lost_connection_kept_back_is_sent_later(live_server, page: Page, panel) -> None:
    judge, address, saved = panel
    live_server.sign_in(page, judge)
    page.clock.install()
    page.goto(address)
    page.context.set_offline(True)
    page.get_by_label("Of 100, get it right").first.fill("80")
    page.keyboard.press("Tab")
    state = page.locator("[data-state]").first
    expect(state).to_have_text("not saved yet: trying again")
    page.context.set_offline(False)
    page.clock.fast_forward(6000)
    expect(state).to_contain_text("saved ")
    assert saved() == [80]
