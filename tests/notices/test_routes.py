"""The inbox and the administrator's list of mails, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from exam.accounts.rules import Role
from exam.notices import actions
from exam.notices.models import Delivery, DeliveryState
from exam.notices.rules import NoticeKind
from tests.builders import make_person
from tests.support.database import count_statements


@pytest.fixture
def person(session):
    return make_person(session, full_name="林晓雨", email="lin@example.com")


@pytest.fixture
def admin(session):
    return make_person(session, Role.ADMIN)


def tell(session, person, now, key="1", link="/profile", exam="结业测试"):
    return actions.notify(session, person.id, NoticeKind.RESULT_RELEASED, key=key, now=now, link=link, exam=exam)


def page(client, path="/notices"):
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_an_empty_inbox_says_what_will_come(client, person):
    assert "还没有通知" in page(client.sign_in(person))


def test_notices_are_read_one_by_one_or_all_together(client, session, person, now):
    notices = [tell(session, person, now, key=str(number)) for number in range(3)]
    client.sign_in(person)
    assert "3 条未读" in page(client)
    assert client.post(f"/notices/{notices[0].id}/read", data={"next": "/notices?page=1"}).location == "/notices?page=1"
    assert "2 条未读" in page(client)
    assert client.post("/notices/read").location == "/notices"
    assert "全部已读" in page(client)


def test_looking_at_the_inbox_marks_nothing_and_going_on_marks_one(client, session, person, now):
    notice = tell(session, person, now)
    client.sign_in(person)
    page(client)
    assert notice.read_at is None
    assert client.post(f"/notices/{notice.id}/read", data={"go": "1"}).location == "/profile"
    assert notice.read_at is not None


def test_somebody_elses_notice_isnt_there(client, session, person, now):
    notice = tell(session, make_person(session), now)
    client.sign_in(person)
    assert client.post(f"/notices/{notice.id}/read").status_code == 404
    assert client.post("/notices/999999/read").status_code == 404
    assert notice.read_at is None


def test_a_notice_leads_nowhere_but_into_the_site(client, session, person, now):
    notice = tell(session, person, now, link="//evil.example")
    client.sign_in(person)
    assert client.post(f"/notices/{notice.id}/read", data={"go": "1"}).location == "/"


def test_html_in_a_title_is_shown_not_run(client, session, person, now):
    tell(session, person, now, exam="<script>alert(1)</script>😀")
    assert "<script>alert" not in page(client.sign_in(person))


@pytest.mark.parametrize(
    ("changes", "mail_host", "said"),
    [
        ({}, "", "邮件未发送：这里没有配置邮件服务器"),
        ({"state": DeliveryState.KEPT}, "", "邮件未发送：这里没有配置邮件服务器"),
        ({"state": DeliveryState.KEPT, "address": None}, "", "邮件未发送：你没有登记邮箱"),
        ({}, "mail.example", "邮件即将发到 lin@example.com"),
        ({"tries": 1}, "mail.example", "稍后会自动再试"),
        ({"state": DeliveryState.FAILED}, "mail.example", "送不到 lin@example.com"),
        ({"state": DeliveryState.KEPT}, "mail.example", "邮件未发送"),
        ({"state": DeliveryState.SENT, "sent_at": "now"}, "mail.example", "已发到 lin@example.com"),
    ],
)
def test_the_inbox_says_how_far_the_mail_has_come(client, app, session, person, now, changes, mail_host, said):
    app.config["JIEYE"] = replace(app.config["JIEYE"], mail_host=mail_host)
    notice = tell(session, person, now)
    delivery = session.scalars(select(Delivery).where(Delivery.notice_id == notice.id)).one()
    for name, value in changes.items():
        setattr(delivery, name, now if value == "now" else value)
    assert said in page(client.sign_in(person))


def test_the_header_counts_what_is_unread_in_one_question(client, session, person, now):
    client.sign_in(person)
    counts = []
    for more in (1, 30):
        for number in range(more):
            tell(session, person, now, key=f"{more}-{number}")
        with count_statements(session) as statements:
            html = page(client, "/profile")
        counts.append(sum("notice" in statement for statement in statements))
    assert counts == [1, 1]
    assert '<span class="visually-hidden">，未读：</span>31' in html or "31</span>" in html


def test_the_inbox_asks_the_same_number_of_questions_however_long_it_is(client, session, person, now):
    client.sign_in(person)
    counts = []
    for more in (1, 15):
        for number in range(more):
            tell(session, person, now, key=f"{more}-{number}")
        with count_statements(session) as statements:
            page(client)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 7


def test_a_long_inbox_comes_in_pages(client, session, person, now):
    for number in range(25):
        tell(session, person, now + timedelta(minutes=number), key=str(number))
    client.sign_in(person)
    assert "第 1–20 项，共 25 项" in page(client)
    assert "第 21–25 项，共 25 项" in page(client, "/notices?page=2")
    assert "标为已读" not in page(client, "/notices?page=9").split("<h1>")[1].split("全部标为已读")[-1]


# The administrator's mails


def test_mails_are_listed_by_state_and_sent_again(client, app, session, admin, person, now):
    app.config["JIEYE"] = replace(app.config["JIEYE"], mail_host="mail.example")
    tell(session, person, now)
    notice = tell(session, person, now, key="2")
    delivery = session.scalars(select(Delivery).where(Delivery.notice_id == notice.id)).one()
    delivery.state, delivery.last_error, delivery.next_try_at = DeliveryState.FAILED, "550 <b>no</b> such user", None
    client.sign_in(admin)
    html = page(client, "/admin/mail")
    assert "2 封" in html
    assert "550 &lt;b&gt;no&lt;/b&gt; such user" in html
    assert "1 封" in page(client, "/admin/mail?state=failed")
    assert "没有这种状态的邮件" in page(client, "/admin/mail?state=sent")
    assert client.get("/admin/mail?state=odd&page=7").status_code == 200
    response = client.post(f"/admin/mail/{delivery.id}/again", data={"next": "/admin/mail?state=failed"})
    assert response.location == "/admin/mail?state=failed"
    assert delivery.state is DeliveryState.WAITING
    assert client.post(f"/admin/mail/{delivery.id}/again").status_code == 422
    assert client.post("/admin/mail/999999/again").status_code == 404


def test_without_a_server_the_list_says_so_and_offers_no_sending(client, session, admin, person, now):
    tell(session, person, now)
    html = page(client.sign_in(admin), "/admin/mail")
    assert "这里没有配置邮件服务器" in html
    assert "重新发送" not in html


def test_no_mails_yet(client, admin):
    assert "还没有邮件" in page(client.sign_in(admin), "/admin/mail")


@pytest.mark.parametrize("role", [Role.NEW_HIRE, Role.TRAINER, Role.HR])
def test_mails_are_for_administrators(client, session, person, now, role):
    delivery_id = tell(session, person, now).deliveries[0].id
    client.sign_in(make_person(session, role))
    assert client.get("/admin/mail").status_code == 403
    assert client.post(f"/admin/mail/{delivery_id}/again").status_code == 403


def test_the_list_of_mails_asks_the_same_number_of_questions_however_long_it_is(client, session, admin, now):
    client.sign_in(admin)
    counts = []
    for more in (1, 15):
        for number in range(more):
            tell(session, make_person(session, email="a@example.com"), now, key=f"{more}-{number}")
        with count_statements(session) as statements:
            page(client, "/admin/mail")
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 6
