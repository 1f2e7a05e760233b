"""HR's pages about people: the list, one person, adding, changing, assigning, cohorts."""

import re
from fractions import Fraction

import pytest
from sqlalchemy import func, select

from exam.accounts.actions import set_time_factor
from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.courses.models import Cohort, Enrolment
from exam.notices.models import Notice
from tests.builders import NOW, make_course, make_person
from tests.people.builders import make_cohort
from tests.results.builders import make_marked, make_released
from tests.sittings.builders import make_enrolment, make_sitting
from tests.support.database import count_statements


@pytest.fixture(autouse=True)
def fixed_clock(set_clock):
    set_clock(NOW)


@pytest.fixture
def hr(session):
    return make_person(session, Role.HR, full_name="陈珂", name_key="chen ke")


@pytest.fixture
def trainer(session):
    return make_person(session, Role.TRAINER, full_name="周敏", name_key="zhou min")


@pytest.fixture
def visitor(client, hr):
    return client.sign_in(hr)


def text(response) -> str:
    return response.get_data(as_text=True)


def names(response) -> list[str]:
    return re.findall(r'class="rowlink" href="/people/\d+">([^<]*)<', text(response))


def named(session, name: str, **columns) -> Person:
    return make_person(session, full_name=name, **columns)


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


# One person


def test_a_new_persons_page_says_what_is_missing(visitor, session):
    page = text(visitor.get(f"/people/{named(session, '林晓雨').id}"))
    for words in ("还没有安排课程", "还没有考试", "还没设密码", "还没有。"):
        assert words in page


def test_the_whole_history_stands_on_one_page(visitor, session):
    person = named(session, "林晓雨", email="lin@example.com")
    make_released(session, person, right=5, share=0)
    page = text(visitor.get(f"/people/{person.id}"))
    for words in ("首次", "不合格", "62.5", "许静 2\xa0题", "按规则 6\xa0题", "发布", "结业测试", "林晓雨"):
        assert words in page, words
    assert "待发布" not in page


def test_a_result_not_released_yet_says_so(visitor, session):
    person = named(session, "林晓雨")
    make_marked(session, person)
    assert "待发布" in text(visitor.get(f"/people/{person.id}"))


def test_a_missed_window_leads_to_reopening_it(visitor, session, set_clock):
    sitting = make_sitting(session, person=named(session, "林晓雨"))
    set_clock(sitting.closes_at.replace(year=2027))
    assert f'href="/sittings/{sitting.id}/reopen?next=/people/' in text(visitor.get(f"/people/{sitting.person_id}"))


def test_extra_time_is_shown_exactly_and_its_reason_to_administrators_only(visitor, clients, session):
    person = make_person(session, time_factor=Fraction(5, 4), time_factor_reason="视力障碍")
    set_time_factor(session, person, Fraction(5, 4), "视力障碍", actor_id=make_person(session, Role.ADMIN).id, now=NOW)
    page = text(visitor.get(f"/people/{person.id}"))
    assert "1.25" in page
    for looks in (visitor, clients().sign_in(make_person(session, Role.TRAINER)), clients().sign_in(person)):
        for path in (f"/people/{person.id}", "/exam", "/", "/profile"):
            assert "视力障碍" not in text(looks.get(path, follow_redirects=True)), path
    admin = clients().sign_in(make_person(session, Role.ADMIN))
    assert "视力障碍" in text(admin.get(f"/admin/people/{person.id}"))


def test_a_person_with_more_behind_them_asks_little_more_of_the_database(visitor, session):
    def statements(person) -> int:
        with count_statements(session) as seen:
            assert visitor.get(f"/people/{person.id}").status_code == 200
        return len(seen)

    plain = statements(make_person(session))
    full = named(session, "林晓雨")
    make_released(session, full)
    with_one = statements(full)
    make_released(session, full)
    for n in range(30):
        session.add(Notice(person_id=full.id, kind="confirmed", key=f"k{n}", params={}, created_at=NOW))
    # Another course is read with four more; notices, marks and events are bounded.
    session.flush()
    assert statements(full) <= with_one + 4
    assert with_one <= plain + 14


def test_html_and_emoji_in_a_name_are_only_text(visitor, session):
    person = named(session, "<script>alert(1)</script>😀")
    page = text(visitor.get(f"/people/{person.id}"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;😀" in page


def test_the_lock_can_be_lifted_from_the_page(visitor, session):
    person = named(session, "林晓雨", locked_until=NOW.replace(hour=9))
    assert "解除锁定" in text(visitor.get(f"/people/{person.id}"))
    answer = visitor.post(f"/people/{person.id}/lift-lock", data={"next": f"/people/{person.id}"})
    assert answer.location == f"/people/{person.id}"
    assert "/lift-lock" not in text(visitor.get(answer.location))


def test_hr_gets_no_buttons_for_an_administrator(visitor, session):
    admin = make_person(session, Role.ADMIN)
    page = text(visitor.get(f"/people/{admin.id}"))
    assert "管理员的账号只有管理员能改" in page
    assert "/one-time-password" not in page
    assert visitor.get(f"/people/{admin.id}/edit").status_code == 403
    assert visitor.post(f"/people/{admin.id}/edit", data={"full_name": "x", "roles": "hr"}).status_code == 403


# Adding


def test_somebody_is_added_and_their_link_shown_once(visitor, session, trainer):
    cohort = make_cohort(session)
    data = {"full_name": " 何 嘉宁 ", "staff_number": "Ｍ０５００", "email": "he@example.com", "roles": "new_hire",
            "tutor": trainer.id, "cohort": cohort.id}  # fmt: skip
    page = text(visitor.post("/people/new", data=data))
    assert re.search(r"http://127\.0\.0\.1:5000/welcome/[\w-]{20,}", page)
    person = session.scalar(select(Person).where(Person.username == "m0500"))
    assert (person.full_name, person.staff_number, person.tutor_id) == ("何 嘉宁", "M0500", trainer.id)
    assert session.scalar(select(Enrolment.cohort_id)) == cohort.id


def test_a_new_cohort_is_made_with_the_person(visitor, session):
    course = make_course(session)
    data = {"full_name": "何嘉宁", "roles": "new_hire", "cohort": "new", "new_cohort": "2026 年 11 月"}
    assert visitor.post("/people/new", data=data).status_code == 200
    assert session.scalar(select(Cohort.course_id).where(Cohort.name == "2026 年 11 月")) == course.id
    # The same name again is refused beside its field, and nobody is added.
    data |= {"full_name": "沈一诺"}
    answer = visitor.post("/people/new", data=data)
    assert answer.status_code == 422
    assert "new_cohort-error" in text(answer)
    assert session.scalar(select(func.count(Person.id)).where(Person.full_name == "沈一诺")) == 0


BAD = [
    ({"full_name": ""}, "full_name", "填写姓名"),
    ({"full_name": " \u200b "}, "full_name", "填写姓名"),
    ({"full_name": "何" * 81}, "full_name", "1–80"),
    ({"email": "he@"}, "email", "name@example.com"),
    ({"email": "何嘉宁"}, "email", "name@example.com"),
    ({"email": "taken@example.com"}, "email", "别人名下"),
    ({"staff_number": "9" * 41}, "staff_number", "最多 40"),
    ({"staff_number": "Ｍ０００１"}, "staff_number", "已经是"),
    ({"roles": []}, "roles", "至少选一个角色"),
    ({"roles": ["admin"]}, "roles", "管理员只能由管理员"),
    ({"roles": ["<b>"]}, "roles", "从列表里选"),
    ({"tutor": "999999"}, "tutor", "从列表里选"),
    ({"tutor": "x"}, "tutor", "从列表里选"),
]


@pytest.mark.parametrize(("changes", "field", "words"), BAD)
@pytest.mark.parametrize("page", ["new", "edit"])
def test_bad_input_is_said_beside_its_field_and_nothing_typed_is_lost(visitor, session, page, changes, field, words):
    make_person(session, email="taken@example.com", staff_number="M0001")
    person = make_person(session, full_name="原名")
    path = "/people/new" if page == "new" else f"/people/{person.id}/edit"
    data = {"full_name": "何<i>嘉宁😀", "email": "kept@example.com", "staff_number": "K77", "roles": ["new_hire"]}
    before = session.scalar(select(func.count(Person.id)))
    answer = visitor.post(path, data={**data, **changes})
    assert answer.status_code == 422
    shown = text(answer)
    assert words in re.search(rf'id="{field}-error">.*?</div>', shown, re.S)[0]
    for name, value in data.items():
        if name not in changes and name != "roles":
            assert f'value="{value.replace("<", "&lt;").replace(">", "&gt;")}"' in shown, name
    assert session.scalar(select(func.count(Person.id))) == before
    assert session.get(Person, person.id).full_name == "原名"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "x"}, "username"),
        ({"username": "a/b"}, "username"),
        ({"username": "x" * 65}, "username"),
        ({"username": "ＴＡＫＥＮ"}, "username"),
        ({"cohort": "999999"}, "cohort"),
        ({"cohort": "new"}, "new_cohort"),
        ({"cohort": "new", "new_cohort": "批" * 81}, "new_cohort"),
    ],
)
def test_bad_input_of_a_new_person_only(visitor, session, changes, field):
    make_person(session, username="taken")
    make_course(session)
    answer = visitor.post("/people/new", data={"full_name": "何嘉宁", "roles": "new_hire", **changes})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)


# Changing


def test_a_person_is_changed(visitor, session, trainer):
    person = named(session, "林小雨", staff_number="M1")
    data = {"full_name": "林晓雨", "staff_number": "M2", "email": "", "roles": ["new_hire", "hr"], "tutor": trainer.id}
    assert visitor.post(f"/people/{person.id}/edit", data=data).location == f"/people/{person.id}"
    assert (person.full_name, person.staff_number, person.tutor_id) == ("林晓雨", "M2", trainer.id)
    assert person.roles == {Role.NEW_HIRE, Role.HR}
    page = text(visitor.get(f"/people/{person.id}"))
    assert "林小雨 → 林晓雨" in page


def test_a_course_is_assigned_from_the_page(visitor, session):
    person, cohort = named(session, "林晓雨"), make_cohort(session)
    assert visitor.post(f"/people/{person.id}/course", data={"cohort": cohort.id}).status_code == 302
    assert session.scalar(select(Enrolment.cohort_id).where(Enrolment.person_id == person.id)) == cohort.id
    for data in ({}, {"cohort": "999999"}, {"cohort": "new"}, {"cohort": "new", "new_cohort": cohort.name}):
        assert visitor.post(f"/people/{person.id}/course", data=data).status_code == 422, data


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
