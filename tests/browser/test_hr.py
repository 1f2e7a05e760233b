"""HR's story: a list of new hires becomes people with courses; results become decisions and a table to take away."""

from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from sqlalchemy import select

from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.courses.models import Enrolment
from exam.results.models import Decision
from tests.builders import make_course, make_exam, make_person
from tests.people.builders import make_cohort, workbook
from tests.results.builders import make_released
from tests.support.server import LiveServer

NEW_PASSWORD = "a quiet green meadow"


def test_hr_imports_people_and_one_of_them_comes_in(
    live_server: LiveServer, page: Page, new_page, tmp_path: Path
) -> None:
    with live_server.session() as session:
        hr = make_person(session, Role.HR, full_name="陈珂")
        make_person(session, Role.TRAINER, full_name="周敏")
        make_person(session, full_name="林晓雨", staff_number="M0412")
        make_cohort(session, name="2026 年 11 月")
    live_server.sign_in(page, hr)
    upload = tmp_path / "people.xlsx"
    upload.write_bytes(
        workbook(
            ("会员服务部新员工",), ("工号", "姓名", "邮箱", "导师"), ("M0500", "何嘉宁", "he@example.com", "周敏"),
            ("M0501", "沈一诺", None, None), ("M0412", "林晓雨", None, None), ("M0502", "唐若溪", "not-mail", None),
        )
    )  # fmt: skip

    page.goto("/people")
    page.get_by_role("link", name="导入名单").first.click()
    page.get_by_label("Excel 文件").set_input_files(upload)
    page.get_by_role("button", name="读取名单").click()
    expect(page.get_by_text("将导入 2 人")).to_be_visible()
    expect(page.get_by_text("“not-mail”不是邮箱")).to_be_visible()
    expect(page.get_by_text("已存在 1 人")).to_be_visible()

    name = page.get_by_label("新批次的名称")
    expect(name).to_be_hidden()
    page.get_by_label("课程和批次").select_option(label="新批次")
    name.fill("2026 年 12 月")
    page.get_by_role("button", name="导入 2 人").click()
    expect(page.get_by_role("heading", name="已导入 2 人")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="下载 Excel").click()
    sheet = load_workbook(BytesIO(Path(started.value.path()).read_bytes())).active
    assert [row[0] for row in sheet.iter_rows(values_only=True)] == ["姓名", "何嘉宁", "沈一诺"]

    # The link leads to the site of the settings; the test's own has another port.
    path = sheet["E2"].value.removeprefix("http://127.0.0.1:5000")
    hers = new_page(phone=True)
    hers.goto(path)
    hers.get_by_label("新密码", exact=True).fill(NEW_PASSWORD)
    hers.get_by_label("再填一次新密码").fill(NEW_PASSWORD)
    hers.locator("main button[type=submit], .door button[type=submit]").first.click()
    expect(hers.get_by_text("何嘉宁").first).to_be_visible()
    with live_server.session() as session:
        person = session.scalars(select(Person).where(Person.staff_number == "M0500")).one()
        assert person.password_hash
        assert session.scalar(select(Enrolment.id).where(Enrolment.person_id == person.id))


def test_hr_ticks_people_and_assigns_them(live_server: LiveServer, page: Page) -> None:
    with live_server.session() as session:
        hr = make_person(session, Role.HR)
        cohort = make_cohort(session, make_course(session, title="入职培训"), name="2026 年 11 月")
        people = [make_person(session, full_name=name) for name in ("何嘉宁", "沈一诺", "唐若溪")]
    live_server.sign_in(page, hr)
    page.goto("/people?role=new_hire")
    page.get_by_label("选中本页全部").check()
    expect(page.get_by_text("已选 3 人")).to_be_visible()
    page.get_by_label("选中沈一诺").uncheck()
    expect(page.get_by_text("已选 2 人")).to_be_visible()
    page.get_by_label("课程和批次").select_option(label="入职培训：2026 年 11 月")
    page.get_by_role("button", name="安排课程").click()
    expect(page.get_by_role("heading", name="把 2 人安排到“2026 年 11 月”？")).to_be_visible()
    page.get_by_role("button", name="安排 2 人").click()
    expect(page.get_by_text("已把 2 人安排到“2026 年 11 月”")).to_be_visible()
    with live_server.session() as session:
        assigned = session.scalars(select(Enrolment.person_id).where(Enrolment.cohort_id == cohort.id)).all()
        assert set(assigned) == {people[0].id, people[2].id}


def test_hr_reads_results_confirms_and_takes_them_away(live_server: LiveServer, page: Page) -> None:
    with live_server.session() as session:
        hr = make_person(session, Role.HR)
        person = make_person(session, full_name="林晓雨", staff_number="M0412")
        make_released(session, person, make_exam(session))
    live_server.sign_in(page, hr)
    page.goto("/results")
    page.get_by_role("link", name="林晓雨").click()
    page.get_by_role("button", name="确认林晓雨转正").click()
    page.goto(f"/people/{person.id}")
    decisions = page.get_by_role("region", name="转正决定")
    expect(decisions.get_by_text("已转正").first).to_be_visible()
    expect(page.get_by_text("许静 2 题")).to_be_visible()

    page.goto("/results")
    with page.expect_download() as started:
        page.get_by_role("link", name="XLSX").click()
    rows = list(load_workbook(BytesIO(Path(started.value.path()).read_bytes())).active.iter_rows(values_only=True))
    assert any("林晓雨" in row for row in rows)
    with live_server.session() as session:
        assert session.scalar(select(Decision.person_id)) == person.id
