"""Importing a list of people: upload, look, import, links."""

import csv
import io
import re
from random import Random

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.courses.models import Cohort, Enrolment
from exam.notices.models import Notice
from exam.people.rules import MOST_LINES
from tests.builders import make_course, make_person
from tests.people.builders import make_cohort, text, upload, workbook

pytestmark = pytest.mark.usefixtures("fixed_clock")

LIST = (
    "姓名,工号,邮箱,导师,批次\n"
    "何嘉宁,M0500,he@example.com,周敏,\n"
    "沈一诺,M0501,,,2026 年 12 月\n"
    "唐若溪,M0502,not-mail,张三,\n"
    "林晓雨,M0412,,,\n"
)


@pytest.fixture
def hr(session):
    return make_person(session, Role.HR)


@pytest.fixture
def visitor(client, session, hr):
    make_person(session, Role.TRAINER, full_name="周敏")
    make_person(session, full_name="林晓雨", staff_number="M0412", username="m0412")
    return client.sign_in(hr)


def hidden(page: str, name: str) -> str:
    return re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)[1]


def read(visitor, name: str, content: bytes | str) -> str:
    response = visitor.post("/people/import", data=upload(name, content))
    assert response.status_code == 200, text(response)
    return text(response)


def confirm(visitor, page: str, **choices: object):
    return visitor.post(
        "/people/import/confirm", data={"sheet": hidden(page, "sheet"), "count": hidden(page, "count"), **choices}
    )


def people(session) -> int:
    return session.scalar(select(func.count(Person.id)))


def test_reading_a_list_shows_what_would_happen_and_writes_nothing(visitor, session):
    before = people(session)
    make_course(session)
    page = read(visitor, "people.csv", LIST)
    for words in ("将导入 2\xa0人", "1\xa0行有问题", "已存在 1\xa0人", "导入 2\xa0人</button>", "“not-mail”不是邮箱",
                  "没有叫“张三”的培训师", "新建批次", "m0500", "第 5 行"):  # fmt: skip
        assert words in page, words
    assert people(session) == before


def test_a_list_is_imported_and_its_links_are_shown_once(visitor, session):
    course = make_course(session)
    cohort = make_cohort(session, course)
    page = read(visitor, "people.xlsx", workbook(*csv.reader(io.StringIO(LIST))))
    answer = confirm(visitor, page, cohort=cohort.id)
    assert answer.status_code == 200
    shown = text(answer)
    assert "已导入 2\xa0人" in shown
    links = re.findall(r"http://127\.0\.0\.1:5000(/welcome/[\w-]+)", shown)
    assert len(links) == 2
    assert visitor.get(links[0]).status_code == 200
    he = session.scalar(select(Person).where(Person.username == "m0500"))
    assert (he.full_name, he.email, he.tutor_id is not None) == ("何嘉宁", "he@example.com", True)
    cohorts = dict(session.execute(select(Enrolment.person_id, Cohort.name).join(Enrolment.cohort)).all())
    assert cohorts[he.id] == cohort.name
    assert "2026 年 12 月" in cohorts.values()
    assert session.scalar(select(func.count(Notice.id)).where(Notice.kind == "course_assigned")) == 2
    # The links as files, from this page only.
    sealed = hidden(shown, "links")
    excel = visitor.post("/people/import/links", data={"links": sealed, "format": "xlsx"})
    sheet = load_workbook(io.BytesIO(excel.data)).active
    assert sheet["E2"].value.endswith(links[0])
    rows = visitor.post("/people/import/links", data={"links": sealed, "format": "csv"}).data.decode("utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(rows))] == ["姓名", "何嘉宁", "沈一诺"]


def test_pressing_import_twice_imports_once(visitor, session):
    make_course(session)
    page = read(visitor, "people.csv", LIST)
    assert confirm(visitor, page).status_code == 200
    before = people(session)
    again = confirm(visitor, page)
    assert again.status_code == 409
    assert "没有可导入的" in text(again)
    assert people(session) == before


def test_somebody_added_meanwhile_brings_the_list_back_for_another_look(visitor, session):
    page = read(visitor, "people.csv", "姓名,工号\n何嘉宁,M0500\n沈一诺,M0501\n")
    make_person(session, full_name="何嘉宁", staff_number="M0500")
    answer = confirm(visitor, page)
    assert answer.status_code == 409
    assert "请再核对一遍" in text(answer)
    assert "导入 1\xa0人</button>" in text(answer)
    assert confirm(visitor, text(answer)).status_code == 200


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ({"cohort": "999999"}, "cohort"),
        ({"cohort": "new"}, "new_cohort"),
        ({"cohort": "new", "new_cohort": "批" * 81}, "new_cohort"),
        ({"cohort": "new", "new_cohort": "2026 年 11 月"}, "new_cohort"),
        ({"tutor": "999999"}, "tutor"),
    ],
)
def test_a_choice_that_cannot_be_keeps_the_list(visitor, session, choices, field):
    make_cohort(session, name="2026 年 11 月")
    before = people(session)
    answer = confirm(visitor, read(visitor, "people.csv", LIST), **choices)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)
    assert people(session) == before
    assert confirm(visitor, text(answer)).status_code == 200


def test_a_new_cohort_in_the_file_without_any_course_is_refused(visitor, session):
    answer = confirm(visitor, read(visitor, "people.csv", LIST))
    assert answer.status_code == 422
    assert "还没有课程" in text(answer)


def test_with_several_courses_the_course_of_new_cohorts_is_asked_for(visitor, session):
    make_course(session)
    second = make_course(session)
    page = read(visitor, "people.csv", LIST)
    assert 'name="course"' in page
    confirm(visitor, page, course=second.id)
    assert session.scalar(select(Cohort.course_id)) == second.id


def test_a_list_belongs_to_the_person_who_read_it(visitor, session, clients):
    page = read(visitor, "people.csv", LIST)
    other = clients().sign_in(make_person(session, Role.HR))
    before = people(session)
    assert confirm(other, page).location == "/people/import"
    for sheet in ("", "x", hidden(page, "sheet")[:-2] + "xx"):
        assert visitor.post("/people/import/confirm", data={"sheet": sheet, "count": "2"}).location == "/people/import"
    assert people(session) == before
    assert visitor.post("/people/import/links", data={"links": hidden(page, "sheet")}).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("people.csv", "", "空的"),
        ("people.pdf", "%PDF", "只能读 Excel"),
        ("people.xlsx", "PK nonsense", "对不上"),
        ("people.csv", "工号,邮箱\nM1,a@b.cn\n", "没有找到姓名"),
        ("people.csv", "姓名\n", "只有表头"),
        ("people.csv", "姓名,名字\n林,雨\n", "有两列都是“姓名”"),
        ("people.csv", "姓名\n" + "".join(f"人{n}\n" for n in range(MOST_LINES + 1)), f"超过 {MOST_LINES} 人"),
        ("people.csv", "姓名\n" + "x" * 50_000, "超过了 1 MB"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_the_remedy(visitor, session, monkeypatch, name, content, words):
    # Larger files go through a temporary one, which the test client doesn't close.
    monkeypatch.setattr("exam.spreadsheets.MOST_BYTES", 40_000)
    before = people(session)
    answer = visitor.post("/people/import", data=upload(name, content))
    assert answer.status_code == 422
    assert words in re.search(r'id="file-error">.*?</div>', text(answer), re.S)[0]
    assert people(session) == before


def test_no_file_at_all_is_said_beside_the_field(visitor):
    answer = visitor.post("/people/import", data={})
    assert answer.status_code == 422
    assert "先选一个文件" in text(answer)


def test_more_than_the_site_takes_is_refused_before_it_is_read(visitor, app):
    app.config["MAX_CONTENT_LENGTH"] = 10_000
    answer = visitor.post("/people/import", data=upload("people.csv", "x" * 10_000))
    assert answer.status_code == 413


def test_hostile_words_are_shown_and_stored_as_text(visitor, session):
    page = read(visitor, "<b>.csv", "姓名,工号,<i>列\n<script>alert(1)</script>😀,M9,1\n=1+1,M10,\n")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;😀" in page
    assert "&lt;i&gt;列" in page
    assert "姓名是公式" in page
    confirm(visitor, page)
    assert session.scalar(select(Person.full_name).where(Person.username == "m9")) == "<script>alert(1)</script>😀"


def test_the_template_is_understood_and_holds_nobody(visitor):
    template = visitor.get("/people/import/template.xlsx").data
    answer = visitor.post("/people/import", data=upload("people.xlsx", template))
    assert "只有表头" in text(answer)
    visitor.post("/language", data={"language": "en"})
    english = visitor.get("/people/import/template.xlsx").data
    assert load_workbook(io.BytesIO(english)).active["A1"].value == "Name"
    assert "There are headings" in text(visitor.post("/people/import", data=upload("people.xlsx", english)))


def test_the_longest_list_travels_through_the_page(visitor, session):
    lines = "".join(f"人{n},M{n:05},m{n}@example.com\n" for n in range(MOST_LINES))
    page = read(visitor, "people.csv", "姓名,工号,邮箱\n" + lines)
    assert f"将导入 {MOST_LINES}\xa0人" in page
    assert f"另有 {MOST_LINES - 100}\xa0人" in page
    make_person(session, staff_number="M00000", full_name="别人")
    answer = confirm(visitor, page)
    assert answer.status_code == 409
    assert f"将导入 {MOST_LINES - 1}\xa0人" in text(answer)


def test_a_list_with_too_much_text_to_travel_is_refused(visitor, monkeypatch):
    monkeypatch.setattr("exam.people.routes.importing.LONGEST", 40_000)
    random = Random(1)  # words that can't be packed
    lines = "".join(
        f"人{n},{''.join(chr(random.randint(0x4E00, 0x9FA5)) for _ in range(50))}\n" for n in range(MOST_LINES)
    )
    answer = visitor.post("/people/import", data=upload("people.csv", "姓名,批次\n" + lines))
    assert answer.status_code == 422
    assert "拆成两份" in text(answer)
