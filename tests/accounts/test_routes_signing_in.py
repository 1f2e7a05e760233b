"""The door as a browser meets it: signing in and out, getting back in, staying signed in, and what is refused."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from exam.accounts.actions import passwords
from tests.accounts.builders import GOOD, sign_in, who
from tests.builders import make_person

JSON = {"Accept": "application/json"}
FIELDS = {"text": "long " * 2000, "html": "<script>alert(1)</script>", "emoji": "😀" * 70, "null": "a\x00b"}


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
