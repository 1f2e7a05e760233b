"""Accounts as HR and administrators manage them: help at the door, the list, roles, extra time, the trail."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from exam.accounts import actions
from exam.accounts.models import AuditEvent, Person
from exam.accounts.rules import Role
from tests.builders import make_person
from tests.support.database import count_statements

# HR's and the administrator's help


def test_hr_lifts_a_lock_closes_an_account_and_opens_it(client, session, person, now):
    person.locked_until, person.failed_sign_ins = now + timedelta(days=9999), 5
    client.sign_in(make_person(session, Role.HR))
    assert client.post(f"/people/{person.id}/lift-lock", data={"next": "/profile"}).location == "/profile"
    assert person.locked_until is None
    client.post(f"/people/{person.id}/active", data={"active": "0"})
    assert not person.active
    client.post(f"/people/{person.id}/active", data={"active": "1"})
    assert person.active


@pytest.mark.parametrize("what", ["sign-in-link", "one-time-password", "lift-lock", "active"])
def test_help_is_for_hr_and_administrators_with_people_who_exist(client, session, person, what):
    for role in (Role.NEW_HIRE, Role.TRAINER):
        client.sign_in(make_person(session, role))
        assert client.post(f"/people/{person.id}/{what}").status_code == 403
    client.sign_in(make_person(session, Role.HR))
    assert client.post(f"/people/999999/{what}").status_code == 404


def test_hr_cant_take_over_an_administrator(client, session, admin):
    client.sign_in(make_person(session, Role.HR))
    for what in ("sign-in-link", "one-time-password", "active"):
        assert client.post(f"/people/{admin.id}/{what}").status_code == 403
    assert admin.active


# Administrator


@pytest.mark.parametrize("path", ["/admin/people", "/admin/people/1", "/admin/audit"])
def test_the_administrators_pages_are_closed_to_others(client, session, path):
    for role in (Role.NEW_HIRE, Role.TRAINER, Role.HR):
        client.sign_in(make_person(session, role))
        assert client.get(path).status_code == 403


def test_people_are_listed_searched_and_paged(client, session, admin, person):
    for number in range(25):
        make_person(session, full_name=f"张伟{number}", name_key=f"zhang wei {number:02}")
    client.sign_in(admin)
    first = client.get("/admin/people").get_data(as_text=True)
    assert "第 1–20 项，共 27 项" in first
    assert "林晓雨" in client.get("/admin/people?text=linxy").get_data(as_text=True)
    assert "没有符合条件的人" in client.get("/admin/people?text=%25").get_data(as_text=True)
    assert client.get("/admin/people?page=99").status_code == 200
    assert client.get("/admin/people?role=admin&state=invited&sort=-username&page=x").status_code == 200
    assert client.get("/admin/people?role=boss&state=odd&sort=odd").status_code == 200


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(client, session, admin):
    client.sign_in(admin)
    counts = []
    for more in (1, 15):
        for _ in range(more):
            make_person(session, Role.NEW_HIRE, Role.TRAINER)
        with count_statements(session) as statements:
            client.get("/admin/people")
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 8


def test_roles_are_set_and_refusals_stand_beside_them(client, session, admin, person):
    client.sign_in(admin)
    page = f"/admin/people/{person.id}"
    assert client.get(page).status_code == 200
    assert client.post(f"{page}/roles", data={"roles": ["trainer", "hr"]}).status_code == 302
    assert person.roles == {Role.TRAINER, Role.HR}
    assert "至少选一个角色" in client.post(f"{page}/roles").get_data(as_text=True)
    assert client.post(f"{page}/roles", data={"roles": ["boss"]}).status_code == 422
    own = client.post(f"/admin/people/{admin.id}/roles", data={"roles": ["hr"]})
    assert "不能取消自己的管理员角色" in own.get_data(as_text=True)
    assert admin.roles == {Role.ADMIN}
    assert client.get("/admin/people/999999").status_code == 404


@pytest.mark.parametrize("factor", ["", "x", "0.5", "4", "1/0", "1e9", "nan", "９９", "1" * 50, "😀", "<b>"])
def test_a_bad_factor_comes_back_with_what_was_typed(client, admin, person, factor):
    client.sign_in(admin)
    response = client.post(f"/admin/people/{person.id}/time", data={"factor": factor, "reason": "手伤"})
    assert response.status_code == 422
    assert 'value="手伤"' in response.get_data(as_text=True)
    assert person.time_factor == 1


def test_extra_time_is_set_and_needs_a_reason(client, admin, person):
    client.sign_in(admin)
    path = f"/admin/people/{person.id}"
    assert "写明为什么加时" in client.post(f"{path}/time", data={"factor": "1.25"}).get_data(as_text=True)
    assert client.post(f"{path}/time", data={"factor": "１．２５", "reason": "手伤"}).status_code == 302
    assert 'value="1.25"' in client.get(path).get_data(as_text=True)
    client.post(f"{path}/time", data={"factor": "4/3", "reason": "手伤"})
    assert 'value="4/3"' in client.get(path).get_data(as_text=True)


def test_the_trail_is_readable_and_searched(client, session, admin, person, now):
    actions.set_roles(session, person, [Role.TRAINER], actor_id=admin.id, now=now)
    actions.audit(
        session, actor_id=None, action="odd.unknown", subject_type="thing", subject_id=7, now=now,
        closes_at=now, ok=True, factor="4/3", more={"a": [1, 2]}, half="3/2", nothing=None, html="<b>",
    )  # fmt: skip
    codes = {"decision.revised": {"verdict": "one_more_try"}, "second_marking.asked": {"why": "near_cut"}}
    for action, detail in codes.items():
        actions.audit(session, actor_id=None, action=action, subject_type="attempt", subject_id=7, now=now, **detail)
    client.sign_in(admin)
    html = client.get("/admin/audit").get_data(as_text=True)
    for shown in (
        "修改角色",
        "新员工",
        "培训师",
        "系统",
        "odd.unknown",
        "thing 7",
        "09:30",
        "ok：是",
        "a: 1、2",
        "4/3",
        "1.5",
        "决定：再考一次",
        "原因：接近分数线",
    ):
        assert shown in html
    assert "<b>" not in html.split("<table")[1].replace("&lt;b&gt;", "")
    found = client.get("/admin/audit?who=林晓雨&action=person.roles_set&from=2026-03-02&to=2026-03-02&text=trainer")
    assert "修改角色" in found.get_data(as_text=True).split("<table")[1]
    for nothing in ("?from=2026-03-03", "?to=2026-03-01", "?who=nobody", "?action=odd", "?text=nowhere"):
        assert "没有符合条件的操作记录" in client.get(f"/admin/audit{nothing}").get_data(as_text=True)
    assert client.get("/admin/audit?from=0001-01-01&to=9999-12-31&page=-1").status_code == 200


def test_the_trail_asks_the_same_number_of_questions_however_long_it_is(client, session, admin, person, now):
    client.sign_in(admin)
    counts = []
    for more in (1, 15):
        for _ in range(more):
            other = make_person(session)
            actions.audit(
                session, actor_id=other.id, action="person.created", subject_type="person", subject_id=other.id,
                about_id=other.id, now=now,
            )  # fmt: skip
        with count_statements(session) as statements:
            client.get("/admin/audit")
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 7


def test_what_is_refused_leaves_no_trail(client, session, admin, person):
    client.sign_in(admin)
    client.post(f"/admin/people/{person.id}/roles")
    client.post(f"/people/{admin.id}/active", data={"active": "0"})
    assert session.scalars(select(AuditEvent)).all() == []
    assert session.get(Person, admin.id).active
