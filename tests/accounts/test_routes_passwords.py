"""The pages of one's own account: one-time links and passwords, a forgotten password, the profile."""

import re
from datetime import timedelta

import pytest

from exam.accounts import actions
from exam.accounts.rules import Role
from tests.accounts.builders import GOOD, sign_in, who
from tests.builders import make_person

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
