"""Story: a trainer says that two questions never meet, and has the papers of a cohort assembled."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from exam.accounts.rules import Role
from question_bank.models import Question
from tests.builders import make_person
from tests.papers.builders import make_cohort, make_wide_exam
from tests.support.server import LiveServer


def test_a_trainer_relates_questions_and_has_papers_assembled(live_server: LiveServer, page: Page) -> None:
    with live_server.session() as session:
        trainer = make_person(session, Role.TRAINER)
        exam = make_wide_exam(session)
        cohort, exam_id = make_cohort(session, exam).name, exam.id
        first, second = session.scalars(select(Question.id).order_by(Question.id).limit(2))
        session.commit()
    live_server.sign_in(page, trainer)
    page.goto(f"/questions/{first}")
    page.get_by_role("link", name="同类组、互斥题和用时").click()
    page.get_by_label("同类组").fill("投诉第一步")
    page.get_by_label("再加一道不同卷的题").fill(str(second))
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("checkbox", name=f"#{second}")).to_be_checked()
    page.goto(f"/exams/{exam_id}")
    page.get_by_role("link", name="组卷", exact=True).click()
    page.get_by_role("button", name=f"为{cohort}组卷").click()
    expect(page.get_by_role("heading", name="平行卷对照表")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("任何两份试卷都没有相同的题")
    expect(page.get_by_role("button", name="打印")).to_be_visible()
