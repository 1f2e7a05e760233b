"""A trainer drops a picture onto a text and says what it shows; candidates see it, also without a network."""

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime

from playwright.sync_api import Page, expect
from sqlalchemy import select

from exam.accounts.models import Person
from exam.accounts.rules import Role
from question_bank.models import Media, QuestionVersion
from tests.attempts.builders import begin
from tests.builders import NOW, make_item, make_person, make_question
from tests.media.builders import illustrated_exam
from tests.question_bank.samples import telling_jpeg
from tests.support.server import LiveServer

DROP = """([data, type]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], "photo.jpg", { type }));
  const field = document.querySelector("[name=explanation]");
  for (const name of ["dragover", "drop"]) {
    field.dispatchEvent(new DragEvent(name, { dataTransfer: files, bubbles: true, cancelable: true }));
  }
}"""


def drop(page: Page, content: bytes, kind: str = "image/jpeg") -> None:
    """Drop a file onto the explanation."""
    page.evaluate(DROP, [b64encode(content).decode(), kind])


def test_a_picture_is_dropped_described_and_kept(
    live_server: LiveServer, page: Page, set_clock: Callable[[datetime], None]
) -> None:
    set_clock(NOW)
    with live_server.session() as session:
        trainer = make_person(session, Role.TRAINER)
        question = make_question(session, make_item()).question_id
    live_server.sign_in(page, trainer)
    page.goto(f"/questions/{question}")
    dialog = page.get_by_role("dialog")
    drop(page, b"<svg/>", "image/svg+xml")
    dialog.get_by_label("内容说明").fill("收银台")
    dialog.get_by_role("button", name="添加").click()
    expect(dialog.get_by_role("alert")).to_contain_text("另存为 PNG")
    dialog.get_by_role("button", name="返回").click()
    drop(page, telling_jpeg(size=(800, 500)))
    expect(dialog.get_by_text("photo.jpg")).to_be_visible()
    expect(dialog.get_by_label("放在哪里")).to_have_value("5")
    dialog.get_by_role("button", name="添加").click()
    expect(dialog.get_by_role("alert")).to_contain_text("写明内容")
    dialog.get_by_label("内容说明").fill("收银台")
    dialog.get_by_label("放在哪里").select_option(label="题干")
    dialog.get_by_role("button", name="添加").click()
    expect(page.locator("#preview").get_by_role("img", name="收银台")).to_be_visible()
    expect(page.get_by_text("800 × 500 像素")).to_be_visible()
    page.get_by_role("button", name="存草稿").click()
    expect(page.get_by_role("status")).to_contain_text("草稿已存")
    with live_server.session() as session:
        [name] = session.scalars(select(Media.name))
        draft = session.scalars(select(QuestionVersion).order_by(QuestionVersion.id.desc())).first()
        assert draft
        assert draft.content["stem"].endswith(f"\n![收银台]({name})")


def test_the_rooms_pictures_are_there_without_a_network_and_can_be_enlarged(
    live_server: LiveServer, page: Page, set_clock: Callable[[datetime], None]
) -> None:
    set_clock(NOW)
    with live_server.session() as session:
        exam, *_ = illustrated_exam(session)
        attempt = begin(session, exam=exam, opened=False)
        person = session.get_one(Person, attempt.person_id)
    live_server.sign_in(page, person)
    page.goto(f"/attempts/{attempt.id}", wait_until="networkidle")
    assert page.evaluate("[...document.querySelectorAll('.question img')].every((one) => one.naturalWidth > 0)")
    page.context.set_offline(True)
    page.get_by_role("button", name="下一题").click()
    shown = page.locator("#q2 legend img")
    expect(shown).to_be_visible()
    shown.click()
    large = page.get_by_role("dialog", name="放大的图片")
    expect(large.get_by_role("img", name="收银台")).to_be_visible()
    page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    chosen = page.locator("#q2 .choice", has=page.locator("img"))
    chosen.locator("img").click()
    expect(chosen.locator("input")).to_be_checked()
    page.context.set_offline(False)
