"""What the frame's own scripts do on every page."""

from playwright.sync_api import Page, expect

from exam.accounts.rules import Role
from tests.builders import make_person
from tests.support.looking import too_wide
from tests.support.server import LiveServer

# The page of an unknown address has the whole frame and nothing else; the door has one to come back to.
ANYWHERE = "/nothing"
DOOR = "/sign-in"


def test_the_look_follows_the_system_until_somebody_chooses(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(ANYWHERE)
    root, switch = page.locator("html"), page.locator("[data-look]")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "light")


def test_the_language_changes_in_place(page: Page) -> None:
    page.goto(f"{DOOR}?next=/exams")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith(f"{DOOR}?next=/exams")


def test_the_menu_of_a_person_opens_and_closes_by_keyboard(live_server: LiveServer, page: Page) -> None:
    with live_server.session() as session:
        person = make_person(session, Role.TRAINER)
    live_server.sign_in(page, person)
    page.goto(ANYWHERE)
    menu = page.locator("[data-menu]")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_what_cannot_be_taken_back_asks_first(page: Page) -> None:
    page.goto(DOOR)
    form = page.locator("form[action='/language']")
    form.evaluate("form => { form.dataset.confirm = 'Really?'; }")
    form.get_by_role("button").click()
    dialog = page.get_by_role("dialog", name="Really?")
    dialog.locator("[value=no]").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    form.get_by_role("button").click()
    dialog.locator("[value=yes]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_it_asks_even_before_the_script_has_come(page: Page) -> None:
    page.route("**/site.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    page.goto(DOOR)
    form = page.locator("form[action='/language']")
    form.evaluate("form => { form.dataset.confirm = 'Really?'; }")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    form.get_by_role("button").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    form.get_by_role("button").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert asked == ["Really?", "Really?"]


def test_the_frame_fits_a_phone(phone: Page) -> None:
    phone.goto(ANYWHERE)
    assert too_wide(phone) == 0


def test_a_double_click_sends_once(live_server: LiveServer, page: Page) -> None:
    with live_server.session() as session:
        hr = make_person(session, Role.HR)
    live_server.sign_in(page, hr)
    page.goto("/people/new")
    page.get_by_label("姓名", exact=True).fill("陆遥")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="添加").dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("陆遥")
    assert len(sent) == 1
