"""HR's pages about many people: who may see them, the list, several at once, cohorts."""

import re

import pytest
from sqlalchemy import func, select

from exam.accounts.rules import Role
from exam.courses.models import Cohort, Enrolment
from tests.builders import make_course, make_person
from tests.people.builders import make_cohort, named, names, text
from tests.sittings.builders import make_enrolment
from tests.support.database import count_statements

pytestmark = pytest.mark.usefixtures("fixed_clock")


# Who may


GETS = ["/people", "/people/new", "/people/cohorts", "/people/assign", "/people/tutor", "/people/import",
        "/people/import/template.xlsx", "/people/{id}", "/people/{id}/edit"]  # fmt: skip
POSTS = ["/people/new", "/people/cohorts", "/people/assign", "/people/tutor", "/people/import",
         "/people/import/confirm", "/people/import/links", "/people/{id}/edit", "/people/{id}/course"]  # fmt: skip


@pytest.mark.parametrize("role", [Role.NEW_HIRE, Role.TRAINER])
def test_others_are_kept_out_of_every_page(client, session, role):
    client.sign_in(make_person(session, role))
    somebody = make_person(session)
    assert {client.get(path.format(id=somebody.id)).status_code for path in GETS} == {403}
    assert {client.post(path.format(id=somebody.id)).status_code for path in POSTS} == {403}


def test_an_administrator_sees_the_same_pages(client, session):
    client.sign_in(make_person(session, Role.ADMIN))
    somebody = make_person(session)
    for path in ("/people", "/people/new", f"/people/{somebody.id}", f"/people/{somebody.id}/edit"):
        assert client.get(path).status_code == 200


def test_the_first_administrator_of_a_new_site_is_led_to_where_people_are_added(client, session):
    client.sign_in(make_person(session, Role.ADMIN))
    assert 'href="/people"' in text(client.get("/", follow_redirects=True))
    assert 'href="/people/new"' in text(client.get("/people"))


def test_nothing_is_posted_without_a_token(visitor, session):
    somebody = make_person(session)
    assert {visitor.post(path.format(id=somebody.id), csrf=False).status_code for path in POSTS} == {400}


@pytest.mark.parametrize("path", ["/people/999999", "/people/999999/edit"])
def test_nobody_is_not_found(visitor, path):
    assert visitor.get(path).status_code == 404
    assert visitor.post("/people/999999/course").status_code == 404


# The list


def test_people_are_found_by_name_pinyin_number_and_address(visitor, session):
    named(session, "林晓雨", name_key="lin xiao yu", username="linxy", staff_number="M0412", email="lin@example.com")
    named(session, "何嘉宁", name_key="he jia ning", username="hejn", staff_number="M0500")
    for typed in ("林晓", "xiao yu", "Ｍ０４１２", "LINXY", "lin@", "  林晓雨 "):
        assert names(visitor.get("/people", query_string={"text": typed})) == ["林晓雨"], typed
    assert "没有找到" in text(visitor.get("/people", query_string={"text": "<b>%_"}))


def test_the_list_is_filtered(visitor, session, trainer):
    cohort = make_cohort(session)
    lin = named(session, "林晓雨", tutor_id=trainer.id, password_hash="x")
    make_enrolment(session, lin, cohort.course, cohort_id=cohort.id)
    named(session, "何嘉宁", active=False)
    found = {
        "林晓雨": [{"cohort": cohort.id}, {"tutor": trainer.id}, {"role": "new_hire", "state": "active"}],
        "何嘉宁": [{"state": "closed"}],
        "周敏": [{"role": "trainer"}],
    }
    for name, queries in found.items():
        for query in queries:
            assert names(visitor.get("/people", query_string=query)) == [name], query


@pytest.mark.parametrize("query", ["cohort=x", "tutor=99999999999999", "role=boss", "state=&page=0", "sort=password"])
def test_filters_that_mean_nothing_show_everybody(visitor, query):
    assert names(visitor.get(f"/people?{query}")) == ["陈珂"]


def test_the_list_is_sorted_people_without_a_number_last(visitor, session):
    named(session, "甲", name_key="jia", staff_number="2")
    named(session, "乙", name_key="yi", staff_number="1")
    assert names(visitor.get("/people")) == ["陈珂", "甲", "乙"]
    assert names(visitor.get("/people?sort=-name")) == ["乙", "甲", "陈珂"]
    assert names(visitor.get("/people?sort=staff_number")) == ["乙", "甲", "陈珂"]
    assert names(visitor.get("/people?sort=-staff_number")) == ["甲", "乙", "陈珂"]
    assert len(names(visitor.get("/people?sort=added"))) == 3


def test_a_longer_list_asks_no_more_of_the_database(visitor, session, trainer):
    def statements() -> int:
        with count_statements(session) as seen:
            visitor.get("/people")
        return len(seen)

    course = make_course(session)
    make_enrolment(session, make_person(session, tutor_id=trainer.id), course)
    few = statements()
    for _ in range(25):
        make_enrolment(session, make_person(session, tutor_id=trainer.id), course)
    assert statements() == few
    assert len(names(visitor.get("/people?page=2"))) == 8


# Several at once


def test_what_assigning_would_do_is_said_first(visitor, session):
    course = make_course(session)
    first, second = make_cohort(session, course), make_cohort(session, course, name="2026 年 11 月")
    new, there = named(session, "何嘉宁"), named(session, "林晓雨")
    make_enrolment(session, there, course, cohort_id=first.id, completed_at=None)
    boss = make_person(session, Role.TRAINER)
    ids = [new.id, there.id, boss.id, 999_999, "x"]
    page = visitor.get("/people/assign", query_string={"id": ids, "cohort": second.id})
    for words in ("把 2\xa0人安排到“2026\xa0年 11\xa0月”？", "安排课程，并发通知", "转到这个批次", "不是新员工"):
        assert words in text(page), words
    assert session.scalar(select(func.count(Enrolment.id))) == 1
    answer = visitor.post("/people/assign", data={"id": ids, "cohort": second.id, "next": "/people?role=new_hire"})
    assert answer.location == "/people?role=new_hire"
    assert set(session.scalars(select(Enrolment.cohort_id))) == {second.id}
    assert session.scalar(select(func.count(Enrolment.id))) == 2
    assert "人不变" in text(visitor.get(answer.location))


def test_without_a_cohort_or_tutor_the_page_asks_for_one(visitor, session, trainer):
    person, cohort = named(session, "林晓雨"), make_cohort(session)
    page = text(visitor.get("/people/assign", query_string={"id": person.id, "cohort": ""}))
    assert "安排到哪个批次？" in page
    assert cohort.name in page
    assert "指定哪位导师？" in text(visitor.get("/people/tutor", query_string={"id": person.id}))


@pytest.mark.parametrize("path", ["/people/assign", "/people/tutor"])
def test_nobody_ticked_leads_back_to_the_list(visitor, path):
    for answer in (visitor.get(path), visitor.post(path), visitor.get(f"{path}?id=999999&next=//evil.example")):
        assert answer.location == "/people"
    assert "先在列表里勾选人员" in text(visitor.get("/people"))


def test_a_tutor_is_assigned_to_several(visitor, session, trainer):
    people = [named(session, "何嘉宁"), named(session, "林晓雨", tutor_id=trainer.id), trainer]
    query = {"id": [one.id for one in people], "tutor": trainer.id}
    page = text(visitor.get("/people/tutor", query_string=query))
    for words in ("指定周敏做 1\xa0人的导师？", "已经是这位导师", "不能做自己的导师"):
        assert words in page, words
    assert visitor.post("/people/tutor", data=query).location == "/people"
    assert [one.tutor_id for one in people] == [trainer.id, trainer.id, None]


def test_somebody_who_is_no_trainer_cannot_be_made_a_tutor(visitor, session):
    person, other = named(session, "何嘉宁"), named(session, "林晓雨")
    assert visitor.post("/people/tutor", data={"id": person.id, "tutor": other.id}).location == "/people"
    assert person.tutor_id is None


# Cohorts


def test_cohorts_are_listed_with_figures_and_made(visitor, session):
    cohort = make_cohort(session, name="2026 年 11 月")
    make_enrolment(session, None, cohort.course, cohort_id=cohort.id)
    make_enrolment(session, None, cohort.course, cohort_id=cohort.id, completed_at=None)
    page = text(visitor.get("/people/cohorts"))
    assert re.search(r'data-say="人员 ">2<.*data-say="学完课程 ">1<', page)
    data = {"name": "2026 年 12 月", "course": cohort.course_id}
    assert visitor.post("/people/cohorts", data=data).location == "/people/cohorts"
    assert "2026 年 12 月" in text(visitor.get("/people/cohorts"))


@pytest.mark.parametrize("name", ["", "  ", "批" * 81, "2026 年 11 月", "２０２６ 年 11 月<b>" * 9])
def test_a_cohort_without_a_name_of_its_own_is_refused(visitor, session, name):
    cohort = make_cohort(session, name="2026 年 11 月")
    answer = visitor.post("/people/cohorts", data={"name": name, "course": cohort.course_id})
    assert answer.status_code == 422
    assert 'id="name-error"' in text(answer)


def test_a_cohort_of_no_course_is_refused(visitor, session):
    make_course(session)
    assert visitor.post("/people/cohorts", data={"name": "2026 年 11 月", "course": "999999"}).status_code == 422
    assert session.scalar(select(func.count(Cohort.id))) == 0


def test_the_list_of_cohorts_asks_no_more_when_it_is_longer(visitor, session):
    def statements() -> int:
        with count_statements(session) as seen:
            visitor.get("/people/cohorts")
        return len(seen)

    make_cohort(session)
    few = statements()
    course = make_course(session)
    for _ in range(9):
        make_cohort(session, course)
    assert statements() == few
