"""Story (b): a trainer writes all four kinds of question, builds an exam from them, publishes it and marks it."""

import re
from collections.abc import Callable
from datetime import datetime

from playwright.sync_api import Page, expect
from sqlalchemy import select

from exam.accounts.rules import Role
from exam.attempts import actions as attempts
from exam.papers.models import Exam
from exam.papers.rules import ExamState
from exam.results.models import Result
from question_bank.items import Kind, MultipleChoice, ShortAnswer, SingleChoice, TextResponse, TrueFalse, from_data
from question_bank.models import Question, QuestionVersion, VersionState
from tests.attempts.builders import answer, places
from tests.attempts.builders import begin as begin_attempt
from tests.builders import NOW, make_course, make_person
from tests.support.server import LiveServer

TOPIC = "投诉处理"


def begin(page: Page, kind: str) -> None:
    """Open the editor of a new question, in the topic of the story."""
    page.goto("/questions")
    page.get_by_role("link", name="写新题").first.click()
    page.get_by_role("link", name=kind).click()
    topic = page.get_by_label("知识点", exact=True)
    if TOPIC in topic.inner_text():
        topic.select_option(label=TOPIC)
    else:
        expect(page.get_by_label("新知识点的名称")).to_be_hidden()
        topic.select_option("new")
        page.get_by_label("新知识点的名称").fill(TOPIC)


def publish(page: Page) -> None:
    """Publish what is written."""
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已发布")


def write_single_choice(page: Page) -> None:
    """With the keyboard and the mouse: a fifth choice comes and goes, the preview follows."""
    begin(page, "单选")
    page.get_by_label("题干", exact=True).fill("接到会员投诉后先做什么？")
    for letter, text in zip("ABCD", ("倾听并记录", "争论是非", "请他改天再来", "找人顶班"), strict=True):
        page.get_by_label(f"选项 {letter}", exact=True).fill(text)
    page.get_by_role("button", name="加一个选项").click()
    page.get_by_label("选项 E", exact=True).fill("多余的")
    preview = page.locator("#preview")
    expect(preview).to_contain_text("多余的")
    page.get_by_role("button", name="删除选项 C").click()
    expect(page.get_by_label("选项 D", exact=True)).to_have_value("多余的")
    page.get_by_role("button", name="删除选项 D").click()
    expect(preview.locator(".choice")).to_have_count(3)
    expect(preview).to_contain_text("接到会员投诉后先做什么？")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("#choices-error")).to_contain_text("标出正确答案")
    expect(page.get_by_label("选项 B", exact=True)).to_have_value("争论是非")
    page.get_by_label("A 是正确答案").check()
    page.get_by_label("解析").fill("先弄清发生了什么，再谈责任。")
    publish(page)


def write_multiple_choice(page: Page) -> None:
    """Two of four are right; saved as a draft first."""
    begin(page, "多选")
    page.get_by_label("题干", exact=True).fill("下列哪些做法符合投诉流程？")
    for letter, text in zip("ABCD", ("倾听并记录", "理解并道歉", "当场争论", "不了了之"), strict=True):
        page.get_by_label(f"选项 {letter}", exact=True).fill(text)
    for letter in "AB":
        page.get_by_label(f"{letter} 是正确答案").check()
    page.get_by_label("解析").fill("倾听、道歉都是流程里的步骤。")
    page.get_by_role("button", name="存草稿").click()
    expect(page.get_by_role("status")).to_contain_text("草稿已存")
    publish(page)


def write_true_false(page: Page) -> None:
    begin(page, "判断")
    page.get_by_label("题干", exact=True).fill("投诉处理完毕后不必回访。")
    page.locator("#editor").get_by_label("错误").check()
    page.get_by_label("解析").fill("要回访，确认会员满意。")
    publish(page)


def write_short_answer(page: Page) -> None:
    """Three key points, one taken out again."""
    begin(page, "简答")
    page.get_by_label("题干", exact=True).fill("会员情绪激动地来投诉，请写出你的接待步骤。")
    page.get_by_label("采分点 1", exact=True).fill("倾听并记录")
    page.get_by_label("采分点 1 的分值").fill("2")
    page.get_by_label("采分点 1 认可的说法").fill("倾听\n听完")
    for number, text in ((2, "多余的"), (3, "理解并道歉")):
        page.get_by_role("button", name="加一个采分点").click()
        page.get_by_label(f"采分点 {number}", exact=True).fill(text)
    page.get_by_label("采分点 3 的分值").fill("3")
    page.get_by_role("button", name="删除采分点 2").click()
    expect(page.get_by_label("采分点 2", exact=True)).to_have_value("理解并道歉")
    page.get_by_label("参考答案").fill("先倾听并记录，再表示理解和歉意。")
    page.get_by_label("解析").fill("先处理情绪，再处理事情。")
    publish(page)


def revise(page: Page) -> None:
    """A change of a published question is a draft, compared with what stands published, then published too."""
    page.goto("/questions")
    page.get_by_label("搜索题干、选项、解析、标签、编号").fill("接到会员投诉后先做")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("link", name="接到会员投诉后先做什么？").click()
    page.get_by_label("题干", exact=True).fill("接到会员投诉后，第一步做什么？")
    page.get_by_role("button", name="存草稿").click()
    page.get_by_role("link", name="比较两版").click()
    expect(page.locator("del")).to_contain_text("先")
    expect(page.locator("ins")).to_contain_text("，第一步")
    page.get_by_role("main").get_by_role("link", name="题目", exact=True).click()
    page.wait_for_url(re.compile(r"/questions/\d+$"))  # and for its scripts, which ask before publishing
    page.get_by_label("为什么改").fill("说得更准")
    page.get_by_role("button", name="发布", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="发布").click()
    expect(page.get_by_role("status")).to_contain_text("第 2 版已发布")


def build_exam(page: Page) -> None:
    """Terms, a blueprint that first asks for more than there is, then one that adds up."""
    page.get_by_role("link", name="课程与考试", exact=True).click()
    page.get_by_role("link", name="新建考试").first.click()
    page.get_by_label("名称").fill("投诉处理测试")
    # A firm with one trainer: whether the lot asked for a second marker would be chance.
    page.get_by_label("一部分答卷的简答题由第二位培训师再评一次").uncheck()
    page.get_by_role("button", name="新建这场考试").click()
    worth = {"单选": (1, "20"), "多选": (2, "15"), "判断": (1, "20"), "简答": (1, "30")}
    for number, (kind, (count, points)) in enumerate(worth.items(), start=1):
        if number > 1:
            page.get_by_role("button", name="加一行").click()
        page.get_by_label(f"第 {number} 行的知识点").select_option(label=TOPIC)
        page.get_by_label(f"第 {number} 行的题型").select_option(label=kind)
        page.get_by_label(f"第 {number} 行的题数").fill(str(count))
        page.get_by_label(f"第 {number} 行的每题分值").fill(points)
    expect(page.locator("[data-total]")).to_have_text("5 题，100 分，满分 100 分")
    page.get_by_role("button", name="保存细目表").click()
    expect(page.get_by_text("多选·投诉处理：需要 2，现有 1")).to_be_visible()
    expect(page.get_by_role("button", name="发布这场考试")).to_have_count(0)
    page.get_by_role("link", name="编辑细目表").click()
    page.get_by_label("第 2 行的题数").fill("1")
    page.get_by_label("第 2 行的每题分值").fill("30")
    page.get_by_role("button", name="保存细目表").click()
    page.get_by_role("link", name="看一份样卷").click()
    expect(page.locator(".paper > li")).to_have_count(4)
    page.get_by_role("link", name="投诉处理测试").click()
    page.wait_for_url(re.compile(r"/exams/\d+$"))
    page.get_by_role("button", name="发布这场考试").click()
    page.get_by_role("dialog").get_by_role("button", name="发布这场考试").click()
    expect(page.get_by_role("status")).to_contain_text("考试已发布")


def hand_in_at(live_server: LiveServer, now: datetime) -> None:
    """Somebody sits the exam just built, and writes an answer to its one short question."""
    with live_server.session() as session:
        attempt = begin_attempt(session, make_person(session), session.scalars(select(Exam)).one(), now)
        answer(session, attempt, places(attempt, Kind.SHORT_ANSWER)[0], TextResponse("我会听完他的话。"), now)
        attempts.submit(session, attempt, [], 1, now)


def mark_and_release(page: Page) -> None:
    """The phrase written into the key point is recognised; the trainer decides, and lets the result out."""
    page.goto("/marking")
    page.get_by_role("link", name="继续评阅").click()
    expect(page.locator(".answer mark")).to_contain_text("听完")
    page.get_by_label("倾听并记录").first.check()
    expect(page.locator("[data-total]")).to_have_text("12")
    page.get_by_role("button", name="保存并看下一份").click()
    page.wait_for_url("**/marking")
    page.get_by_role("link", name="发布成绩").click()
    page.get_by_role("button", name=re.compile("^发布.*的成绩$")).click()
    expect(page.get_by_role("status").first).to_contain_text("1 份")


def test_a_trainer_writes_all_four_kinds_publishes_an_exam_and_marks_it(
    page: Page, live_server: LiveServer, set_clock: Callable[[datetime], None]
) -> None:
    set_clock(NOW)
    with live_server.session() as session:
        trainer = make_person(session, Role.TRAINER, full_name="周敏")
        make_course(session)
    live_server.sign_in(page, trainer)
    write_single_choice(page)
    write_multiple_choice(page)
    write_true_false(page)
    write_short_answer(page)
    revise(page)
    build_exam(page)
    hand_in_at(live_server, NOW)
    mark_and_release(page)
    with live_server.session() as session:
        assert session.scalars(select(Result)).one().earned == 12
        assert session.scalars(select(Exam)).one().state is ExamState.PUBLISHED
        published = select(QuestionVersion).where(QuestionVersion.state == VersionState.PUBLISHED)
        items = {from_data(version.content).kind: from_data(version.content) for version in session.scalars(published)}
        assert len(session.scalars(select(Question)).all()) == 4
    single, multiple, truth, short = (items[kind] for kind in Kind)
    assert isinstance(single, SingleChoice)
    assert [(one.text, one.correct) for one in single.choices] == [
        ("倾听并记录", True),
        ("争论是非", False),
        ("找人顶班", False),
    ]
    assert isinstance(multiple, MultipleChoice)
    assert len(multiple.keys) == 2
    assert isinstance(truth, TrueFalse)
    assert not truth.correct
    assert isinstance(short, ShortAnswer)
    assert [(one.text, int(one.points), one.accepted) for one in short.key_points] == [
        ("倾听并记录", 2, ("倾听", "听完")),
        ("理解并道歉", 3, ()),
    ]


def test_without_scripts_spare_rows_do(new_page: Callable[..., Page], live_server: LiveServer) -> None:
    """The editor works without JavaScript: empty rows are dropped, and there are always some left."""
    page = new_page(java_script_enabled=False)
    with live_server.session() as session:
        trainer = make_person(session, Role.TRAINER)
    live_server.sign_in(page, trainer)
    begin_without_scripts(page)
    expect(page.get_by_label("选项 E", exact=True)).to_have_count(0)
    page.get_by_role("button", name="存草稿").click()
    expect(page.get_by_label("选项 E", exact=True)).to_have_value("")
    page.get_by_label("选项 E", exact=True).fill("第五个")
    page.get_by_role("button", name="存草稿").click()
    expect(page.get_by_label("选项 E", exact=True)).to_have_value("第五个")


def begin_without_scripts(page: Page) -> None:
    """Fill the four rows of an empty editor."""
    page.goto("/questions/new?kind=single_choice")
    page.get_by_label("知识点", exact=True).select_option("new")
    page.get_by_label("新知识点的名称").fill(TOPIC)
    page.get_by_label("题干", exact=True).fill("先做什么？")
    for letter in "ABCD":
        page.get_by_label(f"选项 {letter}", exact=True).fill(f"做法 {letter}")
    page.get_by_label("B 是正确答案").check()
