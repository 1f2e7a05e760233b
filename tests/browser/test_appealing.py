"""Appealing: what was typed is still there for whoever had to sign in again before it was sent."""

from fractions import Fraction

from playwright.sync_api import Page, expect

from exam.accounts.models import Person
from exam.appeals import actions
from exam.papers.rules import ReviewPolicy
from tests.builders import make_exam, make_person
from tests.marking.builders import LATER
from tests.results.builders import make_released


def test_signing_in_again_keeps_what_was_typed(live_server, page: Page, set_clock) -> None:
    set_clock(LATER)
    with live_server.session() as session:
        exam = make_exam(session, review_policy=ReviewPolicy.OWN_ANSWERS, appeals=2)
        attempt = make_released(session, make_person(session, locale="en"), exam, right=5, share=Fraction(1, 2))
        actions.open_windows(session, LATER)
        person, address = session.get_one(Person, attempt.person_id), f"/attempts/{attempt.id}/appeals/1"
        stranger = make_person(session, locale="en")
        session.commit()
    live_server.sign_in(page, person)
    page.goto(address)
    page.get_by_role("textbox").fill("The handbook says otherwise.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Send the appeal").click()
    expect(page.locator("[name=password]")).to_be_visible()
    live_server.sign_in(page, stranger)
    page.goto(address)
    expect(page.get_by_role("textbox")).to_have_count(0)
    live_server.sign_in(page, person)
    page.goto(address)
    expect(page.get_by_role("textbox")).to_have_value("The handbook says otherwise.")
    page.get_by_role("button", name="Send the appeal").click()
    expect(page.get_by_text("Your appeal is on its way.")).to_be_visible()
