"""The pages of accounts as a browser meets them, on both databases."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from exam.accounts import actions
from exam.accounts.actions import passwords
from exam.accounts.models import AuditEvent, Person
from exam.accounts.rules import Role
from tests.builders import make_person
from tests.support.database import count_statements

JSON = {"Accept": "application/json"}
GOOD = "a good long password"
FIELDS = {"text": "long " * 2000, "html": "<script>alert(1)</script>", "emoji": "😀" * 70, "null": "a\x00b"}


@pytest.fixture
def person(session):
    return make_person(session, username="linxy", full_name="林晓雨", password_hash=passwords.make_hash(GOOD))


@pytest.fixture
def admin(session):
    return make_person(session, Role.ADMIN, full_name="陈立")


def sign_in(client, username="linxy", password=GOOD, **data):
    return client.post("/sign-in", data={"username": username, "password": password, **data})


def who(client):
    """Whose profile the client sees; None for a visitor."""
    response = client.get("/profile")
    found = re.search(r"<h1>(.*?)</h1>", response.get_data(as_text=True))
    return found.group(1) if response.status_code == 200 and found else None


# Signing in


def test_signing_in_through_the_form_and_out_again(client, person):
    page = client.get("/sign-in?next=/profile")
    assert page.status_code == 200
    response = sign_in(client, next="/profile")
    assert (response.status_code, response.location) == (302, "/profile")
    assert who(client) == "林晓雨"
    assert client.get("/sign-in").status_code == 302
    assert client.post("/sign-out").location == "/sign-in"
    assert who(client) is None


@pytest.mark.parametrize("typed", ["ＬＩＮＸＹ", " linxy ", "LinXY"])
def test_full_width_capitals_and_spaces_dont_matter(client, person, typed):
    assert sign_in(client, typed).status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_way_on_stays_within_the_site(client, person, target):
    assert sign_in(client, next=target).location == "/"


def test_wrong_passwords_say_the_consequence_and_lock(client, person, set_clock, now):
    set_clock(now)
    texts = [sign_in(client, password="wrong") for _ in range(5)]
    assert [response.status_code for response in texts] == [422] * 5
    for left, response in zip((4, 3, 2, 1), texts, strict=False):
        html = response.get_data(as_text=True)
        assert f"再试 {left} 次后账号会锁定 15 分钟" in html
        assert 'value="linxy"' in html
    assert "账号已锁定 15 分钟" in texts[4].get_data(as_text=True)
    locked = sign_in(client)
    assert locked.status_code == 429
    assert "账号已锁定到 09:45" in locked.get_data(as_text=True)
    set_clock(now + timedelta(minutes=15))
    assert sign_in(client).status_code == 302


def test_an_unknown_name_is_answered_exactly_alike(client, clients, person, set_clock, now):
    set_clock(now)

    def answers(visitor, name):
        pages = [sign_in(visitor, name, "wrong").get_data(as_text=True) for _ in range(6)]
        return [re.findall(r'<div class="invalid-feedback.*?</div>', page) for page in pages]

    assert answers(client, "linxy") == answers(clients(), "nobody-at-all")


def again(client, who, password=GOOD):
    return client.post("/sign-in/again", json={"person": who, "password": password}, headers=JSON)


def test_who_was_signed_out_gets_back_in_without_leaving_the_page(client, person):
    assert client.get("/profile", headers=JSON).status_code == 401
    back = again(client, person.id)
    assert (back.status_code, back.json["must_change_password"]) == (200, False)
    assert client.get("/profile").status_code == 200


def test_getting_back_in_is_guarded_like_the_door(client, session, person, set_clock, now):
    set_clock(now)
    refused = [again(client, person.id, "wrong") for _ in range(6)]
    assert [one.status_code for one in refused] == [422] * 5 + [429]
    assert [one.json["code"] for one in refused] == ["wrong_password"] * 5 + ["locked"]
    assert "再试 4 次后账号会锁定 15 分钟" in refused[0].json["message"]
    assert again(client, person.id).status_code == 429
    assert client.get("/profile", headers=JSON).status_code == 401


def test_a_number_nobody_has_is_answered_like_a_wrong_password(client, person):
    for number in (2**31 - 1, 2**40, -1):
        assert again(client, number).json["code"] == "wrong_password"


@pytest.mark.parametrize("sent", [None, [], {}, {"person": "1", "password": "x"}, {"person": 1, "password": ""}])
def test_what_cant_be_a_sign_in_is_refused(client, sent):
    assert client.post("/sign-in/again", json=sent, headers=JSON).status_code == 422


def test_a_password_is_never_sent_back(client, person):
    assert "sesame-sesame" not in sign_in(client, password="sesame-sesame").get_data(as_text=True)


@pytest.mark.parametrize("name", FIELDS)
def test_strange_input_at_the_door_is_answered_beside_the_field(client, name):
    response = sign_in(client, FIELDS[name], "x")
    html = response.get_data(as_text=True)
    assert response.status_code == 422
    assert 'class="invalid-feedback' in html
    assert "<script>alert" not in html


def test_empty_fields_at_the_door_say_what_to_fill_in(client):
    html = sign_in(client, "", "").get_data(as_text=True)
    assert "填写用户名、工号或邮箱。" in html
    assert "填写密码。" in html


def test_a_closed_account_is_told_only_with_the_right_password(client, person):
    person.active = False
    assert "已停用" not in sign_in(client, password="wrong").get_data(as_text=True)
    assert "已停用" in sign_in(client).get_data(as_text=True)
    assert who(client) is None


def test_a_hash_of_an_older_profile_is_renewed_on_the_way_in(client, session, person):
    person.password_hash = passwords._hasher("standard").hash(GOOD)
    assert sign_in(client).status_code == 302
    assert not passwords.is_outdated(person.password_hash)


def test_staying_signed_in_outlives_the_session_but_not_a_new_password(client, session, person):
    sign_in(client, remember="y")
    with client.session_transaction() as browser:
        browser.clear()
    assert who(client) == "林晓雨"
    person.session_epoch += 1
    session.flush()
    with client.session_transaction() as browser:
        browser.clear()
    assert who(client) is None


def test_without_asking_for_it_nobody_stays_signed_in(client, person):
    sign_in(client)
    with client.session_transaction() as browser:
        browser.clear()
    assert who(client) is None


@pytest.mark.parametrize("demo", [True, False])
def test_only_a_demo_lists_its_sign_ins(client, app, session, demo):
    make_person(session, username="newhire", full_name="林晓雨")
    app.config["JIEYE"] = replace(app.config["JIEYE"], demo=demo)
    html = client.get("/sign-in").get_data(as_text=True)
    assert ("jieye-demo" in html) is demo
    assert ('value="newhire"' in html) is demo


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/forgotten", "/profile/password", "/admin/people/1/roles"])
def test_a_post_without_a_token_is_refused(client, admin, path):
    client.sign_in(admin)
    assert client.post(path, csrf=False).status_code == 400


# One-time links and passwords


def test_a_link_made_by_hr_lets_in_once(client, clients, session, person, set_clock, now):
    set_clock(now)
    client.sign_in(make_person(session, Role.HR))
    made = client.post(f"/people/{person.id}/sign-in-link", data={"next": "/profile"})
    path = re.search(r"http://127.0.0.1:5000(/welcome/[\w-]+)", made.get_data(as_text=True)).group(1)
    newcomer = clients()
    assert newcomer.get(path).status_code == newcomer.get(path).status_code == 200
    bad = newcomer.post(path, data={"password": "short", "again": "short"})
    assert bad.status_code == 422
    assert "密码为 10–128 个字符" in bad.get_data(as_text=True)
    differ = newcomer.post(path, data={"password": "my very own one", "again": "my very own two"})
    assert "两次填的密码不一样" in differ.get_data(as_text=True)
    common = newcomer.post(path, data={"password": "1234567890", "again": "1234567890"})
    assert "很多人在用" in common.get_data(as_text=True)
    assert newcomer.post(path, data={"password": "my very own one", "again": "my very own one"}).status_code == 302
    assert who(newcomer) == "林晓雨"
    late = clients()
    assert late.get(path).status_code == 410
    assert late.post(path, data={"password": "x" * 12, "again": "x" * 12}).status_code == 410
    assert sign_in(late, password="my very own one").status_code == 302


def test_a_link_is_too_old_after_seven_days(client, session, person, set_clock, now):
    token = actions.make_sign_in_link(session, person, None, now)
    set_clock(now + timedelta(days=7))
    assert client.get(f"/welcome/{token}").status_code == 410
    assert client.get("/welcome/nonsense").status_code == 410


def test_a_one_time_password_must_be_changed_before_anything_else(client, clients, session, person):
    client.sign_in(make_person(session, Role.HR))
    made = client.post(f"/people/{person.id}/one-time-password")
    once = re.search(r'id="secret">([\w-]+)<', made.get_data(as_text=True)).group(1)
    newcomer = clients()
    assert sign_in(newcomer, password=once, next="/profile").location == "/profile"
    assert newcomer.get("/profile").location == "/first-password?next=/profile"
    assert newcomer.get("/first-password?next=/profile").status_code == 200
    refused = newcomer.post("/profile/email", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json["code"]) == (403, "must_change_password")
    again = newcomer.post("/first-password", data={"password": once, "again": once})
    assert "和一次性密码一样" in again.get_data(as_text=True)
    done = newcomer.post(
        "/first-password", data={"password": "my very own one", "again": "my very own one", "next": "/profile"}
    )
    assert done.location == "/profile"
    assert who(newcomer) == "林晓雨"
    assert newcomer.get("/first-password").status_code == 302


def test_a_person_with_a_one_time_password_can_still_leave(client, person):
    person.must_change_password = True
    client.sign_in(person)
    assert client.post("/sign-out").location == "/sign-in"


def test_a_forgotten_password_is_answered_alike_for_everybody(client, session, person):
    answers = [client.post("/forgotten", data={"username": name}) for name in ("linxy", "nobody")]
    assert {(response.status_code, response.location) for response in answers} == {(302, "/forgotten/asked")}
    assert client.get("/forgotten/asked").status_code == 200
    assert client.post("/forgotten", data={"username": ""}).status_code == 422


def test_asking_for_links_too_often_is_refused(client):
    codes = [client.post("/forgotten", data={"username": f"n{number}"}).status_code for number in range(11)]
    assert codes == [302] * 10 + [429]


# Profile


def test_a_new_password_ends_other_sessions_but_not_this_one(client, clients, person):
    other = clients().sign_in(person)
    client.sign_in(person)
    data = {"old": GOOD, "password": "my very own one", "again": "my very own one"}
    assert client.post("/profile/password", data=data).status_code == 302
    assert who(client) == "林晓雨"
    assert who(other) is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"old": "wrong", "password": "my very own one", "again": "my very own one"}, "当前密码不对"),
        ({"old": GOOD, "password": "my very own one", "again": "another"}, "两次填的密码不一样"),
        ({"old": GOOD, "password": "short", "again": "short"}, "密码为 10–128 个字符"),
        ({"old": GOOD, "password": GOOD, "again": GOOD}, "和当前密码一样"),
        ({"old": "", "password": "", "again": ""}, "填写当前密码"),
    ],
)
def test_a_password_change_is_refused_beside_its_field(client, person, data, said):
    client.sign_in(person)
    response = client.post("/profile/password", data=data)
    assert response.status_code == 422
    assert said in response.get_data(as_text=True)


@pytest.mark.parametrize("typed", ["nonsense", "a@b", "<b>@example.com", "😀@", "x" * 250 + "@example.com"])
def test_a_bad_address_comes_back_with_what_was_typed(client, person, typed):
    client.sign_in(person)
    response = client.post("/profile/email", data={"email": typed})
    assert response.status_code == 422
    assert typed.replace("<", "&lt;").replace(">", "&gt;") in response.get_data(as_text=True)
    assert person.email is None


def test_an_address_in_full_width_is_kept_plain_and_can_be_taken_away(client, person):
    client.sign_in(person)
    client.post("/profile/email", data={"email": "ｌｉｎ＠ｅｘａｍｐｌｅ．ｃｏｍ"})
    assert person.email == "lin@example.com"
    client.post("/profile/email", data={"email": ""})
    assert person.email is None


def test_somebody_elses_address_is_refused_beside_the_field(client, session, person):
    make_person(session, email="taken@example.com")
    client.sign_in(person)
    response = client.post("/profile/email", data={"email": "taken@example.com"})
    assert "已经登记在别人名下" in response.get_data(as_text=True)


def test_the_language_is_kept_and_an_unknown_one_refused(client, person):
    client.sign_in(person)
    client.post("/profile/language", data={"locale": "en"})
    assert "Change the password" in client.get("/profile").get_data(as_text=True)
    assert client.post("/profile/language", data={"locale": "xx"}).status_code == 422


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
