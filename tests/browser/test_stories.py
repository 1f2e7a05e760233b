"""Story (a): a new hire, on a phone, passes at the second try; between the tries a trainer marks and a tutor prepares.

Stories (b) and (c) are told in test_trainer_authors.py and test_hr.py. Every page on the way is looked at by axe.
"""

import re
from datetime import UTC, datetime

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from exam.attempts.models import Attempt
from exam.results.models import Result
from exam.results.rules import Outcome
from exam.sittings.forms import SLOT_FORMAT
from tests.builders import NOW
from tests.sittings.builders import at
from tests.support.looking import axe_finds
from tests.support.story import HALF, RIGHT, WHOLE, make_cast

RIGHT_WORDS = {kind.value: words for kind, words in RIGHT.items()}
QUESTIONS = 8


def look(page: Page) -> None:
    """Nothing on this page keeps anybody out."""
    assert axe_finds(page) == []


def press(page: Page, name: str) -> None:
    """The one button or link of this name that can be seen."""
    page.get_by_role("button", name=name, exact=True).or_(page.get_by_role("link", name=name, exact=True)).and_(
        page.locator(":visible")
    ).first.click()


# The new hire


def learn(page: Page) -> None:
    """From the home page through the course, a knowledge check included, until the test can be booked."""
    page.goto("/")
    look(page)
    page.locator(".next a").click()
    look(page)
    page.locator("label.choice").first.click()
    press(page, "看看对不对")
    expect(page.get_by_role("status")).to_be_visible()
    look(page)
    press(page, "学完，下一页")
    press(page, "学完这一页")
    expect(page.get_by_role("heading", level=1)).to_contain_text("可以预约考试")


def book(page: Page, starts_at: datetime) -> None:
    page.goto("/exam")
    look(page)
    day = page.locator(f"input[value='{starts_at.astimezone(UTC).strftime(SLOT_FORMAT)}']")
    if not day.is_visible():
        page.goto(f"/exam?day={starts_at.date().isoformat()}")
    page.locator("label.slot").filter(has=day).click()
    press(page, "预约这个时间")
    expect(page.get_by_role("status").first).to_contain_text("已预约")
    look(page)


def start(page: Page, door: str, name: str) -> None:
    page.goto("/exam")
    press(page, door)
    look(page)
    page.get_by_label(f"我是{name}本人").check()
    press(page, "开始作答")
    expect(page.get_by_role("heading", name="第 1 题", exact=True)).to_be_visible()
    look(page)


def answer(page: Page, text: str, wrong: tuple[str, ...] = ()) -> None:
    """Go through all questions with the thumb, right but for the kinds named, and see the last one saved."""
    for number in range(1, QUESTIONS + 1):
        expect(page.get_by_role("heading", name=f"第 {number} 题", exact=True)).to_be_visible()
        question = page.locator(f"[data-question='{number}']")
        kind = question.get_attribute("data-kind") or ""
        if kind == "short_answer":
            question.locator("textarea").fill(text)
        elif kind not in wrong:
            for choice in right_choices(question, kind):
                choice.click()
        page.locator("[data-next]").click()
    expect(page.locator("[data-view=summary]")).to_be_visible()


def right_choices(question: Locator, kind: str) -> list[Locator]:
    found = question.locator("label.choice")
    return [found.filter(has_text=re.compile(f"{words}$")) for words in sorted(RIGHT_WORDS[kind])]


def hand_in(page: Page) -> str:
    """Hand in and read the receipt; gives the address of the attempt."""
    look(page)
    unsure = page.locator("[data-i-know]")
    if unsure.is_visible():
        unsure.check()
    page.locator("[data-submit]").click()
    dialog = page.get_by_role("dialog")
    if dialog.is_visible():
        dialog.get_by_role("button", name="交卷").click()
    page.wait_for_url("**/receipt")
    expect(page.get_by_role("main")).to_contain_text("JY-")
    look(page)
    return page.url.removesuffix("/receipt")


# The staff


def mark(page: Page) -> int:
    """Mark what waits at the desk by what it says; gives how many."""
    page.goto("/marking")
    look(page)
    press(page, "继续评阅")
    marked = 0
    while page.locator("form[data-desk]").count():
        look(page)
        text = page.locator(".answer p").inner_text().replace("\u2060", "")
        for said, point in (("倾听", "倾听并记录"), ("道歉", "表示理解并道歉")):
            if said in text:
                page.get_by_label(point, exact=False).first.check()
        before = page.url
        press(page, "保存并看下一份")
        page.wait_for_url(lambda address, before=before: address != before)
        marked += 1
    return marked


def release(page: Page, name: str) -> None:
    page.goto("/marking/release")
    look(page)
    press(page, f"发布{name}的成绩")
    expect(page.get_by_role("status").first).to_contain_text("1 份")


def sign(page: Page, name: str) -> None:
    """The tutor ticks the talk off and signs."""
    page.goto("/tutoring/plans")
    look(page)
    page.get_by_role("link", name=name).click()
    look(page)
    press(page, f"签字：{name}可以补考")
    page.get_by_role("dialog").get_by_role("button", name="签字").click()
    expect(page.get_by_role("status").first).to_contain_text("已签字")


def test_a_new_hire_passes_at_the_second_try(live_server, phone, page, new_page, set_clock) -> None:
    set_clock(NOW)
    with live_server.session() as session:
        cast = make_cast(session)
        newcomer = cast.newcomer(session, full_name="林晓雨")
    name = newcomer.full_name
    live_server.sign_in(phone, newcomer)
    live_server.sign_in(page, cast.marker)

    learn(phone)
    book(phone, at(3, 10))
    set_clock(at(3, 10, 1))
    start(phone, "去开考", name)
    answer(phone, HALF, wrong=("multiple_choice", "true_false"))
    phone.reload()
    expect(phone.locator("textarea:visible")).to_have_value(HALF)
    phone.locator("[data-next]").click()
    first = hand_in(phone)
    phone.goto(f"{first}/result")
    expect(phone.get_by_role("main")).to_contain_text("待评阅")
    look(phone)

    set_clock(at(3, 14))
    assert mark(page) == 2
    release(page, name)
    phone.goto("/notices")
    look(phone)
    phone.goto(f"{first}/result")
    expect(phone.get_by_role("main")).to_contain_text("36")
    look(phone)
    press(phone, "看辅导计划")
    look(phone)
    while phone.get_by_role("button", name=re.compile("^标为完成")).count():
        phone.get_by_role("button", name=re.compile("^标为完成")).first.click()
        phone.wait_for_load_state()

    tutor = new_page()
    live_server.sign_in(tutor, cast.tutor)
    sign(tutor, name)

    set_clock(at(4, 15))
    start(phone, "现在就考", name)
    answer(phone, WHOLE)
    second = hand_in(phone)
    assert second != first
    mark(page)
    release(page, name)
    phone.goto(f"{second}/result")
    expect(phone.get_by_role("main")).to_contain_text("100")
    look(phone)
    phone.goto("/")
    look(phone)
    with live_server.session() as session:
        results = session.scalars(select(Result).join(Attempt).order_by(Attempt.started_at)).all()
        assert [one.outcome for one in results] == [Outcome.FAIL, Outcome.DISTINCTION]
