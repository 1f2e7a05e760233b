"""HR's table of results: who sees it, searched and sorted, summed up, and exported."""

import csv
from datetime import timedelta
from fractions import Fraction
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from sqlalchemy import select

from exam.accounts.models import AuditEvent, Person
from exam.accounts.rules import Role
from exam.results import actions
from tests.builders import make_exam, make_person
from tests.marking.builders import LATER
from tests.results.builders import enrolment_of, make_released, names_in, plain
from tests.sittings.builders import make_sitting
from tests.support.database import statements_of

# The table


HR_PAGES = ["/results", "/results/overview", "/results/outstanding", "/results/export.csv", "/results/export.xlsx"]


@pytest.mark.parametrize("role", [Role.NEW_HIRE, Role.TRAINER, Role.ADMIN])
def test_only_hr_sees_everybodys_results(session, client, role, set_clock):
    set_clock(LATER)
    enrolment = enrolment_of(session, make_released(session))
    client.sign_in(make_person(session, role))
    for page in [*HR_PAGES, f"/results/{enrolment.id}"]:
        assert client.get(page).status_code == 403
    assert client.post(f"/results/{enrolment.id}/decision", data={"verdict": "confirmed"}).status_code == 403
    assert client.get(f"/attempts/{make_released(session).id}/result").status_code in (403, 404)


def test_the_empty_pages_say_so(client, hr):
    assert "还没有人考过" in client.get("/results").text
    for page in HR_PAGES:
        assert client.get(page).status_code == 200
    assert client.get("/results/999").status_code == 404


def test_the_table_is_searched_and_filtered(client, people):
    expected = {
        "": {"何嘉宁", "沈一诺", "吴桐", "罗一鸣"},
        "q=何": {"何嘉宁"},
        "q=M02": {"沈一诺"},
        "q=WUTONG": {"吴桐"},
        "q=%25": set(),
        "outcome=pass": {"沈一诺"},
        "outcome=nonsense": {"何嘉宁", "沈一诺", "吴桐", "罗一鸣"},
        "try=1": {"何嘉宁", "沈一诺", "吴桐", "罗一鸣"},
        "try=2": set(),
        "state=waiting": {"罗一鸣"},
        "state=to_decide": {"何嘉宁", "沈一诺"},
        "state=released": {"何嘉宁", "沈一诺", "吴桐"},
        "state=marked": set(),
        "state=decided": set(),
        "state=missed": set(),
    }
    assert {query: set(names_in(client.get(f"/results?{query}"))) for query in expected} == expected


def test_the_table_filters_by_cohort_and_sorts(client, people):
    assert names_in(client.get(f"/results?cohort={people['cohort']}&sort=name")) == ["何嘉宁", "沈一诺"]
    assert names_in(client.get("/results?sort=name")) == ["何嘉宁", "罗一鸣", "沈一诺", "吴桐"]
    assert names_in(client.get("/results?sort=-score")) == ["何嘉宁", "沈一诺", "吴桐", "罗一鸣"]
    assert names_in(client.get("/results?sort=score")) == ["吴桐", "沈一诺", "何嘉宁", "罗一鸣"]
    assert "2 人等你做转正决定" in plain(client.get("/results"))


def test_a_missed_window_is_in_the_table(session, client, hr, set_clock):
    sitting = make_sitting(session, make_exam(session))
    assert names_in(client.get("/results")) == []
    set_clock(sitting.closes_at + timedelta(seconds=1))
    response = client.get("/results?state=missed")
    assert names_in(response) == [session.get_one(Person, sitting.person_id).full_name]
    assert "缺考" in response.text


def test_the_overview_counts_and_draws(client, people):
    text = plain(client.get("/results/overview"))
    assert "4 人" in text
    assert "已出成绩 3 人，合格率 66.6%（2 人），其中优秀 1 人" in text
    assert 'aria-label="分数分布：' in text
    assert "2 人" in plain(client.get(f"/results/overview?cohort={people['cohort']}"))
    assert "合格率 100%" in plain(client.get(f"/results/overview?cohort={people['cohort']}"))


# Exports


def sheet_of(response):
    return [list(row) for row in load_workbook(BytesIO(response.data)).active.iter_rows(values_only=True)]


def lines_of(response):
    return list(csv.reader(StringIO(response.data.decode("utf-8-sig"))))


def test_both_exports_hold_the_filtered_table_with_the_exact_score(session, client, people, hr):
    book = sheet_of(client.get("/results/export.xlsx?outcome=pass"))
    lines = lines_of(client.get("/results/export.csv?outcome=pass"))
    assert book[0] == lines[0]
    assert [row[:7] for row in book[1:]] == [["沈一诺", "M02", "shenyinuo", "三月批", 80, "80", "合格"]]
    assert [row[:7] for row in lines[1:]] == [["沈一诺", "M02", "shenyinuo", "三月批", "80", "80", "合格"]]
    told = select(AuditEvent).filter_by(action="results.exported").order_by(AuditEvent.id)
    events = session.scalars(told).all()
    assert [(event.actor_id, event.detail["format"], event.detail["outcome"]) for event in events] == [
        (hr.id, "xlsx", "pass"),
        (hr.id, "csv", "pass"),
    ]


def test_a_csv_begins_with_a_mark_by_which_excel_knows_its_letters(client, people):
    response = client.get("/results/export.csv")
    assert response.data.startswith(b"\xef\xbb\xbf")
    assert len(lines_of(response)) == 5


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("http://evil/","x")', "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "https://x/"]
)
def test_no_name_becomes_a_formula_or_a_link(session, client, hr, name):
    make_released(session, make_person(session, full_name=name))
    workbook = load_workbook(BytesIO(client.get("/results/export.xlsx").data))
    cell = workbook.active.cell(2, 1)
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert unescape(cell.value).strip() == name.strip()
    text = client.get("/results/export.csv").data.decode("utf-8-sig").splitlines(keepends=False)
    written = next(line for line in text[1:])
    assert not written.lstrip('"').startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_score_that_no_decimal_writes_out_is_exported_exactly(session, client, hr):
    attempt = make_released(session)
    result = actions.queries.current_result(session, attempt.id)
    result.earned = Fraction(239, 3)
    row = sheet_of(client.get("/results/export.xlsx"))[1]
    assert row[4:6] == [79.6, "239/3"]


def test_the_pages_take_as_many_statements_for_ten_as_for_one(session, client, hr, set_clock):
    exam = make_exam(session)
    first = make_released(session, exam=exam)
    enrolment = enrolment_of(session, first)
    session.commit()
    pages = ["/results", f"/results?open={enrolment.id}", "/results/overview", "/results/outstanding"]

    before = statements_of(session, client, pages)
    for _ in range(9):
        make_released(session, exam=exam)
    assert statements_of(session, client, pages) == before
    assert max(before) <= 16
