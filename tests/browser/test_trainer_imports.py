"""Story: a messy paper is pasted, mended in three lines, imported, found, looked through by a colleague, exported."""

import re
from pathlib import Path

from playwright.sync_api import Download, Locator, Page, expect

from exam.accounts.rules import Role
from question_bank import formats
from question_bank.items import Kind
from tests.builders import make_person, make_topic
from tests.support.server import LiveServer

PAPER = """2019 年客服岗位试题
一、单选题（每题2分）
1．会员来电投诉时，第一步应当做什么？
A．倾听并复述   B．打断   C．承诺赔偿
答案：A     难度：易
解析：先听清楚，再回应。
2、核对会员身份时可以询问什么
 A. 会员号
 B. 预留手机号
 C. 银行卡密码
答案：A、B
（3）怎样结束通话才合规矩？
Ａ、致谢后挂断  Ｂ、直接挂断
二、判断题
4. 工单当天必须回访。（√）
5. 会员的信息可以转给朋友
三、简答题
6. 简述处理退款的步骤。
参考答案：
（1）核对身份（2分）
（2）说明规则（2分）
四、填空题
7. 会员卡有___种。
"""


def paste(page: Page) -> None:
    """Paste the paper; three questions have something in the way, and one is of a kind we don't have."""
    page.goto("/questions")
    page.get_by_role("link", name="导入导出").click()
    page.get_by_label("或粘贴题目").fill(PAPER)
    page.get_by_role("button", name="识别题目").click()
    page.wait_for_url(re.compile(r"/questions/import/\d+$"))
    expect(page.get_by_role("article")).to_have_count(7)
    expect(page.get_by_role("button", name="导入 3 道题")).to_be_visible()
    expect(page.get_by_text("暂不支持这种题型：填空")).to_be_visible()


def question(page: Page, line: int) -> Locator:
    """The part of the page about the question that begins in this line."""
    return page.get_by_role("article", name=f"第 {line} 行")


def mend_three_lines(page: Page) -> None:
    """Another kind, a key ticked, and a truth said: one click each."""
    question(page, 7).get_by_role("button", name="改为多选题").click()
    expect(question(page, 7)).to_contain_text("可导入")
    question(page, 12).get_by_label("A", exact=True).check()
    question(page, 12).get_by_role("button", name="确定答案").click()
    expect(question(page, 12)).to_contain_text("可导入")
    question(page, 16).get_by_role("button", name="错误", exact=True).click()
    expect(question(page, 16)).to_contain_text("可导入")


def bring_in(page: Page) -> None:
    """Say where they go, bring in what is ready; the rest stays."""
    page.get_by_label("未写知识点的题目归入").select_option(label="客户服务")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="导入 6 道题").click()
    expect(page.get_by_text("6 道题已作为草稿进入题库")).to_be_visible()
    expect(question(page, 23)).to_contain_text("不支持")


def find_and_submit(page: Page) -> None:
    """Find one by two characters, complete it, and ask a colleague to look at it."""
    page.goto("/questions")
    page.get_by_role("searchbox").fill("复述")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("link", name="会员来电投诉时，第一步应当做什么？").click()
    expect(page.get_by_label("解析")).to_have_value("先听清楚，再回应。")
    page.get_by_role("button", name="提交审题").click()
    expect(page.get_by_role("status").first).to_contain_text("审")


def approve(page: Page) -> None:
    """The colleague finds what waits, and lets papers draw it."""
    page.goto("/questions?state=in_review")
    page.get_by_role("link", name="会员来电投诉时，第一步应当做什么？").click()
    page.get_by_role("button", name="通过并发布").click()
    expect(page.get_by_role("status").first).to_contain_text("发布")


def export(page: Page, format: str, state: str) -> Path:
    """Take the bank out in this format."""
    page.goto("/questions/export")
    page.get_by_label("格式").select_option(label=format)
    page.get_by_label("状态").select_option(label=state)
    page.get_by_role("button", name="查看导出内容").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载").click()
    taken: Download = waiting.value
    return taken.path()


def test_a_trainer_brings_a_messy_paper_into_the_bank_and_takes_it_out_again(
    page: Page, live_server: LiveServer
) -> None:
    with live_server.session() as session:
        trainer = make_person(session, Role.TRAINER, full_name="周敏")
        colleague = make_person(session, Role.TRAINER, full_name="何静")
        make_topic(session, "客户服务")
    live_server.sign_in(page, trainer)
    paste(page)
    mend_three_lines(page)
    bring_in(page)
    find_and_submit(page)
    live_server.sign_in(page, colleague)
    approve(page)
    word = export(page, "Word（.docx）", "包括草稿")
    format, reading = formats.read(word.read_bytes())
    assert (format, [one.kind for one in reading.questions].count(Kind.TRUE_FALSE)) == ("docx", 2)
    assert len(reading.questions) == 6
    qti = export(page, "QTI 2.1 包", "仅已发布")
    format, reading = formats.read(qti.read_bytes())
    (published,) = reading.questions
    assert (format, published.stem) == ("qti", "会员来电投诉时，第一步应当做什么？")
    assert [choice.correct for choice in published.choices] == [True, False, False]
    assert (published.difficulty, published.explanation) == (1, "先听清楚，再回应。")
