"""HR's pages about one person: the page itself, adding somebody, changing somebody."""

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
from tests.people.builders import make_cohort, named, text
from tests.results.builders import make_marked, make_released
from tests.sittings.builders import make_sitting
from tests.support.database import count_statements

pytestmark = pytest.mark.usefixtures("fixed_clock")


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
