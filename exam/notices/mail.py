"""Sends what waits in the outbox through the company's mail server: a job, for servers are slow or away at times."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr

from flask import current_app
from flask_babel import force_locale
from sqlalchemy.orm import Session

from config import Config
from exam.notices import actions
from exam.notices.rules import Failed, Letter, Sent
from exam.notices.wording import mail_subject, mail_text, word

TIMEOUT = 10
"""Seconds to wait for each answer of the server."""
BATCH = 20
"""Letters of one run, so that the job ends well within its lease; the rest follow a few seconds later."""
DEFAULT_LOCALE = "zh_Hans_CN"
GONE_FOR_GOOD = range(500, 600)

Send = Callable[[Letter], Sent | Failed]


def send_mail(session: Session, now: datetime) -> None:
    """The job: send what is due, or keep it where no mail server is configured."""
    config: Config = current_app.config["JIEYE"]
    if not config.mail_host:
        actions.keep_waiting(session)
        return
    with postman(config) as send:
        deliver_due(session, now, send)


def deliver_due(session: Session, now: datetime, send: Send) -> int:
    """Send up to BATCH letters; gives how many were tried.

    Commits after taking a letter and again after sending it: no transaction is open while the server is talked to, and
    what was sent stays known as sent whatever happens to the next one.
    """
    for tried in range(BATCH):
        letter = actions.claim(session, now)
        session.commit()
        if letter is None:
            return tried
        outcome = send(letter)
        actions.record(session, letter, outcome, now)
        session.commit()
        if isinstance(outcome, Failed) and outcome.server_down:
            return tried + 1
    return BATCH


@contextmanager
def postman(config: Config) -> Iterator[Send]:
    """Give a function that sends letters, all over one connection, opened for the first."""
    servers: list[smtplib.SMTP] = []

    def send(letter: Letter) -> Sent | Failed:
        try:
            if not servers:
                servers.append(connect(config))
            servers[0].send_message(write(letter, config))
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            return _failed(code, said)
        except (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError) as refused:
            # The server or the settings are at fault, not the letter: it goes once they are mended.
            return Failed(_said(refused.smtp_code, refused.smtp_error), server_down=True)
        except smtplib.SMTPResponseException as refused:
            return _failed(refused.smtp_code, refused.smtp_error)
        except (OSError, smtplib.SMTPException) as trouble:
            servers.clear()
            return Failed(f"{type(trouble).__name__}: {trouble}", server_down=True)
        except ValueError as trouble:
            return Failed(f"the address can't be written to: {trouble}", permanent=True)
        return Sent()

    try:
        yield send
    finally:
        for server in servers:
            _leave(server)


def connect(config: Config) -> smtplib.SMTP:
    """Open a connection as the settings say: plain, STARTTLS or TLS, with or without signing in."""
    context = ssl.create_default_context()
    if config.mail_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(config.mail_host, config.mail_port, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(config.mail_host, config.mail_port, timeout=TIMEOUT)
    try:
        if config.mail_security == "starttls":
            server.starttls(context=context)
        if config.mail_user:
            server.login(config.mail_user, config.mail_password)
    except BaseException:
        server.close()
        raise
    return server


def _leave(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()  # it has hung up first; everything that was taken is taken


def write(letter: Letter, config: Config) -> EmailMessage:
    """Word a letter in the language of its reader, Chinese unless they chose another."""
    with force_locale(letter.locale or DEFAULT_LOCALE):
        worded = word(letter.kind, letter.params)
        subject = mail_subject(worded.title)
        text = mail_text(letter.name, worded, config.base_url + letter.link if letter.link else None)
    # One line each: a title or name with a newline in it must not become a header of its own.
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(subject.split())
    message["From"] = config.mail_from
    message["To"] = letter.address
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = make_msgid(f"{letter.delivery_id}", domain=_domain(config.mail_from))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, charset="utf-8")
    return message


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].partition("@")[2] or "localhost"


def _failed(code: int, said: bytes | str) -> Failed:
    return Failed(_said(code, said), permanent=code in GONE_FOR_GOOD)


def _said(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return f"{code} {words}"[:500]
