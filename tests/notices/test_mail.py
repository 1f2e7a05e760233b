"""Sending through a real SMTP server, one that fails at times too."""

import email
import email.policy
import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import select

from exam.accounts.rules import Role
from exam.notices.actions import notify
from exam.notices.mail import BATCH, deliver_due, postman, send_mail
from exam.notices.models import Delivery, DeliveryState
from exam.notices.rules import Failed, NoticeKind, Sent
from exam.schedule import JOBS
from tests.builders import make_person


class Server:
    """Keeps what it is sent; answers as told by `replies`, then as usual."""

    def __init__(self):
        self.messages = []
        self.connections = 0
        self.rcpt_replies = []
        self.data_replies = []

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):  # noqa: N802 - aiosmtpd's name
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if self.rcpt_replies:
            return self.rcpt_replies.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.data_replies:
            return self.data_replies.pop(0)
        self.messages.append((envelope, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 OK"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def config(app, server):
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield replace(
        app.config["JIEYE"],
        mail_host="127.0.0.1",
        mail_port=controller.port,
        mail_from="结业 <jieye@corp.example>",
        base_url="https://learn.corp.example",
    )
    controller.stop()


@pytest.fixture
def person(session):
    return make_person(session, full_name="林晓雨", email="lin@example.com")


def tell(session, person, now, key="1", **changes):
    values = {"key": key, "now": now, "link": "/exam", "exam": "结业测试"}
    return notify(session, person.id, NoticeKind.RESULT_RELEASED, **{**values, **changes})


def run(app, session, config, now):
    with app.app_context(), postman(config) as send:
        return deliver_due(session, now, send)


def deliveries(session):
    session.expire_all()
    return session.scalars(select(Delivery).order_by(Delivery.id)).all()


def test_a_mail_arrives_whole_in_the_readers_language(app, session, config, server, person, now):
    tell(session, person, now)
    person.locale = "en"
    tell(session, person, now, key="2")
    english = make_person(session, full_name="Ann Lee", email="ann@example.com")
    english.locale = None
    tell(session, english, now)
    session.flush()
    assert run(app, session, config, now) == 3
    assert [one.state for one in deliveries(session)] == [DeliveryState.SENT] * 3
    assert server.connections == 1
    (envelope, message), (_e, _second), (_env, third) = server.messages
    assert envelope.rcpt_tos == ["lin@example.com"]
    assert envelope.mail_from == "jieye@corp.example"
    assert message["From"] == "结业 <jieye@corp.example>"
    assert message["Subject"] == "[Jieye] Your result of 结业测试 is there"
    assert third["Subject"] == "【结业】结业测试的成绩出来了"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == now
    assert message["Message-ID"].endswith("@corp.example>")
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    text = third.get_content()
    assert text.startswith("Ann Lee，你好：")
    assert "https://learn.corp.example/exam" in text


def test_a_newline_in_a_title_makes_no_header(app, session, config, server, person, now):
    tell(session, person, now, exam="x\r\nBcc: all@example.com")
    run(app, session, config, now)
    _envelope, message = server.messages[0]
    assert message["Bcc"] is None
    assert deliveries(session)[0].state is DeliveryState.SENT


def test_a_busy_server_gets_the_mail_at_the_next_try(app, session, config, server, person, now):
    server.data_replies = ["451 too busy"]
    tell(session, person, now)
    run(app, session, config, now)
    failed = deliveries(session)[0]
    assert (failed.state, failed.tries, failed.last_error) == (DeliveryState.WAITING, 1, "451 too busy")
    assert run(app, session, config, now + timedelta(seconds=59)) == 0
    assert run(app, session, config, now + timedelta(seconds=60)) == 1
    sent = deliveries(session)[0]
    assert (sent.state, sent.tries, sent.last_error) == (DeliveryState.SENT, 2, None)


@pytest.mark.parametrize("where", ["rcpt_replies", "data_replies"])
def test_an_unknown_addressee_fails_at_once_and_holds_up_nobody(app, session, config, server, person, now, where):
    setattr(server, where, ["550 no such user here"])
    tell(session, person, now)
    tell(session, make_person(session, email="b@example.com"), now)
    assert run(app, session, config, now) == 2
    first, second = deliveries(session)
    assert (first.state, first.last_error) == (DeliveryState.FAILED, "550 no such user here")
    assert second.state is DeliveryState.SENT


def test_a_server_that_is_down_is_asked_once_a_run(app, session, config, person, now):
    away = replace(config, mail_port=free_port())
    tell(session, person, now)
    tell(session, person, now, key="2")
    assert run(app, session, away, now) == 1
    first, second = deliveries(session)
    assert (first.state, first.tries) == (DeliveryState.WAITING, 1)
    assert "ConnectionRefusedError" in first.last_error
    assert second.tries == 0


def test_a_wrong_password_for_the_server_fails_no_letter_for_good(app, session, config, person, now):
    tell(session, person, now)
    run(app, session, replace(config, mail_user="jieye", mail_password="x"), now)
    assert deliveries(session)[0].state is DeliveryState.WAITING


def test_the_server_is_signed_in_to(app, session, server, person, now):
    asked = []

    def check(_server, _session, _envelope, _mechanism, data):
        asked.append((data.login, data.password))
        return AuthResult(success=True)

    controller = Controller(server, hostname="127.0.0.1", port=free_port(), authenticator=check, auth_require_tls=False)
    controller.start()
    try:
        config = replace(
            app.config["JIEYE"],
            mail_host="127.0.0.1",
            mail_port=controller.port,
            mail_user="jieye",
            mail_password="geheim",
        )
        tell(session, person, now)
        run(app, session, config, now)
    finally:
        controller.stop()
    assert asked == [(b"jieye", b"geheim")]
    assert deliveries(session)[0].state is DeliveryState.SENT


def test_a_server_without_starttls_gets_nothing_where_it_is_asked_for(app, session, config, server, person, now):
    tell(session, person, now)
    run(app, session, replace(config, mail_security="starttls"), now)
    assert server.messages == []
    assert deliveries(session)[0].state is DeliveryState.WAITING


def test_an_address_that_cant_be_written_to_fails_for_good(app, session, config, person, now):
    person.email = "a@b\nBcc: c@example.com"
    tell(session, person, now)
    run(app, session, config, now)
    assert deliveries(session)[0].state is DeliveryState.FAILED


def test_a_run_sends_a_batch_and_the_next_the_rest(session, person, now):
    for number in range(BATCH + 3):
        tell(session, person, now, key=str(number))
    assert deliver_due(session, now, lambda _letter: Sent()) == BATCH
    assert deliver_due(session, now, lambda _letter: Sent()) == 3


def test_no_transaction_is_open_while_the_server_is_talked_to(session, person, now):
    tell(session, person, now)
    open_ones = []

    def send(_letter):
        open_ones.append(session.in_transaction())
        return Failed("451 later")

    deliver_due(session, now, send)
    assert open_ones == [False]


def test_the_job_keeps_mails_where_no_server_is_configured_and_sends_where_one_is(
    app, session, config, server, person, now
):
    job = next(job for job in JOBS if job.name == "send mail")
    assert job.run is send_mail
    tell(session, person, now)
    with app.app_context():
        job.run(session, now)
    assert deliveries(session)[0].state is DeliveryState.KEPT
    app.config["JIEYE"] = config
    tell(session, make_person(session, Role.HR, email="hr@example.com"), now)
    with app.app_context():
        job.run(session, now)
    assert [envelope.rcpt_tos for envelope, _message in server.messages] == [["hr@example.com"]]


def test_a_forgotten_password_is_mended_by_mail(app, client, session, config, server, person, set_clock, now):
    set_clock(now)
    client.post("/forgotten", data={"username": person.username})
    assert run(app, session, config, now) == 1
    text = server.messages[0][1].get_content()
    path = next(line for line in text.splitlines() if "/welcome/" in line).removeprefix("https://learn.corp.example")
    new = {"password": "my very own one", "again": "my very own one"}
    assert client.post(path, data=new).status_code == 302
    assert "林晓雨" in client.get("/profile").get_data(as_text=True)
