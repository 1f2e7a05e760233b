"""The marking desk in a browser: keys, the running total, drafts that survive a sign-out, a thumb, no scripts."""

import re
from collections import Counter
from fractions import Fraction

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from exam.accounts.rules import Role
from exam.attempts.models import Attempt
from exam.marking.models import Opinion
from exam.marking.rules import alias
from question_bank.grouping import said
from question_bank.items import Kind
from tests.attempts.builders import places
from tests.builders import make_exam, make_person
from tests.marking.builders import copies, hand_in, question_at


@pytest.fixture
def desk(live_server):
    """A trainer and two answers to one question; gives the trainer and the addresses of the answers."""
    with live_server.session() as session:
        trainer = make_person(session, Role.TRAINER, full_name="周敏")
        exam = make_exam(session, questions=1)
        attempts = [hand_in(session, exam=exam, text=text) for text in ("先倾听，再道歉。", "不用道歉。")]
        question_id = question_at(session, attempts[0], places(attempts[0], Kind.SHORT_ANSWER)[0])
        secret = live_server.app.secret_key
        paths = [f"/marking/questions/{question_id}/{alias(one.id, question_id, secret)}" for one in attempts]
    return trainer, paths


def opinions(live_server) -> list[tuple[dict[str, str], Fraction, str]]:
    with live_server.session() as session:
        return [
            (one.key_points, one.share, one.comment) for one in session.scalars(select(Opinion).order_by(Opinion.id))
        ]


def test_an_answer_takes_a_digit_for_each_key_point_and_enter(live_server, page: Page, desk) -> None:
    trainer, paths = desk
    live_server.sign_in(page, trainer)
    page.goto(paths[0])
    total = page.locator("[data-total]")
    expect(total).to_have_text("0")
    page.keyboard.press("1")
    expect(total).to_have_text("10")
    page.keyboard.press("Shift+2")
    expect(total).to_have_text("12.5")
    expect(page.get_by_label("表示理解并道歉", exact=False).first).to_have_class(re.compile("half"))
    page.keyboard.press("0")
    expect(total).to_have_text("0")
    page.keyboard.press("1")
    page.keyboard.press("2")
    expect(total).to_have_text("25")
    page.keyboard.press("c")
    page.keyboard.type("12 写得好")
    expect(total).to_have_text("25")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda address: not address.endswith(paths[0]))
    assert opinions(live_server) == [({"k1": "2", "k2": "3"}, 1, "12 写得好")]
    assert page.url.endswith(paths[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/marking")
    expect(page.get_by_role("heading", level=1)).to_have_text("全部评完了")
    assert [share for _, share, _ in opinions(live_server)] == [1, 0]


def test_keys_can_be_switched_off_and_stay_off(live_server, page: Page, desk) -> None:
    trainer, paths = desk
    live_server.sign_in(page, trainer)
    page.goto(paths[0])
    page.get_by_label("用按键评分").uncheck()
    page.reload()
    expect(page.get_by_label("用按键评分")).not_to_be_checked()
    page.locator("h1").click()
    page.keyboard.press("1")
    expect(page.locator("[data-total]")).to_have_text("0")


def test_a_marker_who_was_signed_out_loses_nothing(live_server, page: Page, desk) -> None:
    trainer, paths = desk
    live_server.sign_in(page, trainer)
    page.goto(paths[0])
    page.keyboard.press("1")
    page.get_by_label("评语").fill("还要约定回访时间")
    page.context.clear_cookies()
    page.get_by_role("button", name="保存并看下一份").click()
    page.wait_for_url(re.compile("/sign-in"))
    assert opinions(live_server) == []
    live_server.sign_in(page, trainer)
    page.goto(paths[0])
    expect(page.get_by_text("已从这台设备找回")).to_be_visible()
    expect(page.get_by_label("评语")).to_have_value("还要约定回访时间")
    expect(page.locator("[data-total]")).to_have_text("10")
    page.get_by_role("button", name="保存并看下一份").click()
    page.wait_for_url(lambda address: not address.endswith(paths[0]))
    page.goto(paths[0])
    expect(page.get_by_text("已从这台设备找回")).to_be_hidden()
    assert [comment for _, _, comment in opinions(live_server)] == ["还要约定回访时间"]


def test_the_desk_works_with_a_thumb_and_without_scripts(live_server, new_page, desk) -> None:
    trainer, paths = desk
    phone = new_page(phone=True, java_script_enabled=False)
    live_server.sign_in(phone, trainer)
    phone.goto(paths[0])
    phone.locator("#full-k1").check()
    phone.locator("select[name=part-k2]").select_option("1/2")
    phone.get_by_role("button", name="保存并看下一份").click()
    assert [points for points, _, _ in opinions(live_server)] == [{"k1": "2", "k2": "1/2"}]
    assert phone.url.endswith(paths[1])


HEADS = (
    "先倾听会员的诉求并记录下来",
    "首先核对会员身份和积分历史",
    "马上通知值班主管到服务台",
    "请会员坐下喝水等候处理结果",
)
TAILS = ("再道歉", "然后致歉", "并表示理解", "接着上报", "同时回访")
ANSWERS = 200
ALIKE = 66
DECISIONS = 154
"""The twenty wordings of the alike ones, and each of the others."""


def a_third_alike() -> list[str]:
    """A third of the answers in twenty wordings, written a little otherwise each time; the others in one each."""
    alike = [f"{HEADS[n % 4]}{' ，；'[n % 3]}{TAILS[n % 5]}{'。' * (n % 2)}" for n in range(ALIKE)]
    return alike + [f"到第{n}号柜台，{HEADS[n % 4]}，{TAILS[n // 4 % 5]}" for n in range(ALIKE, ANSWERS)]


MARK = """async (most) => {
  const acts = [];
  const main = document.getElementById("main");
  const changed = () => new Promise((next) => {
    new MutationObserver((_, watch) => { watch.disconnect(); next(); }).observe(main, { childList: true });
  });
  const press = (code, key) => document.body.dispatchEvent(new KeyboardEvent("keydown", {code, key, bubbles: true}));
  while (acts.length < most) {
    const shown = document.querySelector("[data-answer]");
    const text = shown.querySelector("p").textContent.replace(/\\u2060\\d/g, "");
    const ticks = [["倾听", "Digit1"], ["道歉", "Digit2"]].filter(([word]) => text.includes(word));
    for (const [, code] of ticks) press(code, code.at(-1));
    acts.push([text, ticks.length + 1]);
    const another = acts.length < most && changed();
    press("Enter", "Enter");
    await another;
  }
  return acts;
}"""


def test_two_hundred_answers_take_three_presses_a_decision_and_no_text_twice(live_server, page: Page) -> None:
    with live_server.session() as session:
        trainer = make_person(session, Role.TRAINER, full_name="周敏")
        attempt = hand_in(session, exam=make_exam(session, questions=1), text="")
        position = places(attempt, Kind.SHORT_ANSWER)[0]
        copies(session, attempt, position, a_third_alike())
    live_server.sign_in(page, trainer)
    page.goto("/marking")
    page.get_by_role("link", name="继续评阅").click()
    expect(page.get_by_label("用按键评分")).to_be_visible()
    acts = page.evaluate(MARK, DECISIONS)
    page.wait_for_url("**/marking")
    expect(page.get_by_role("heading", level=1)).to_have_text("全部评完了")
    assert max(presses for _text, presses in acts) <= 3
    decided = Counter(said(text).text for text, _presses in acts)
    assert set(decided.values()) == {1}
    given = opinions(live_server)
    assert len(given) == ANSWERS

    with live_server.session() as session:  # the same is handed in once more: one press gives it the same
        texts = [HEADS[0] + TAILS[0], "还有一种说法"]
        late, _other = copies(session, session.get_one(Attempt, attempt.id), position, texts)
        question_id = question_at(session, late, position)
        name = alias(late.id, question_id, live_server.app.secret_key)
    page.goto(f"/marking/questions/{question_id}/{name}")
    expect(page.get_by_text("同样的文字，你在")).to_be_visible()
    page.keyboard.press("s")
    page.wait_for_url(lambda address: name not in address)
    assert opinions(live_server)[len(given) :] == [({"k1": "2", "k2": "3"}, 1, "")]
    page.keyboard.press("z")
    page.wait_for_url(f"**/{name}")
    expect(page.locator("[data-total]")).to_have_text("25")
