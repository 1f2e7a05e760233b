"""The receipt in a browser: download it, have the file checked, find it in the menu, and print it."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from exam.receipts.queries import revisions
from tests.builders import make_person
from tests.marking.builders import LATER
from tests.receipts.builders import handed_in, revised
from tests.support.server import LiveServer


def test_what_is_downloaded_can_be_checked(page: Page, live_server: LiveServer, set_clock, tmp_path) -> None:
    set_clock(LATER)
    with live_server.session() as session:
        person = make_person(session, full_name="林小雨")
        attempt = handed_in(live_server.app, session, person)
        code = revisions(session, attempt.id)[0].receipt.code
        address = f"/attempts/{attempt.id}/receipt"
    live_server.sign_in(page, person)
    page.goto(address)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载回执").click()
    assert download.value.suggested_filename.startswith("JY-")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    page.get_by_role("button", name="现在核对").click()
    found = page.get_by_role("region", name="回执真实，答案未改动")
    expect(found).to_contain_text(code)
    page.locator("summary", has_text="林小雨").click()
    page.get_by_role("link", name="核对回执").click()
    expect(found).not_to_be_attached()
    page.get_by_label("下载的回执文件").set_input_files(file)
    page.get_by_role("button", name="核对这份回执").click()
    expect(found).to_contain_text("林小雨")
    file.write_text(file.read_text("utf-8").replace('"answered": 8', '"answered": 7'), "utf-8")
    page.get_by_label("下载的回执文件").set_input_files(file)
    page.get_by_role("button", name="核对这份回执").click()
    expect(page.get_by_role("region", name="签名不是本站的")).to_be_visible()


def test_the_printed_receipt_is_one_clean_page_whatever_the_look(
    new_page: Callable[..., Page], live_server: LiveServer, set_clock
) -> None:
    """Nothing to press, no gap where it stood, and the check code as dark as the rest: paper is always light."""
    set_clock(LATER)
    with live_server.session() as session:
        person = make_person(session)
        attempt = handed_in(live_server.app, session, person)
        for _ in range(2):
            position = revised(live_server.app, session, attempt)
    page = new_page(color_scheme="dark")
    live_server.sign_in(page, person)
    page.goto(f"/attempts/{attempt.id}/receipt")
    expect(page.get_by_text(f"第 {position} 题迟到送达的答案已计入")).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("a.btn, button, nav, .masthead, .foot").filter(visible=True)).to_have_count(0)
    for buttons in page.locator("main .d-flex").all():
        expect(buttons).to_have_css("display", "none")
    ink = "rgb(28, 37, 41)"
    for dark in (page.locator(".facts dd").first, page.locator(".facts code")):
        expect(dark).to_have_css("color", ink)
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
