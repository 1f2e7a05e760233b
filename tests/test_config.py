"""The settings: what each variable of the environment becomes, and what is refused with which words."""

from dataclasses import FrozenInstanceError, fields

import pytest

from config import Config, ConfigError

KEY = "k" * 32
PRODUCTION = {"JIEYE_ENV": "production", "SECRET_KEY": KEY}

READ = [
    ({}, {}),
    # A variable that is there but empty, as in many an .env file, counts as not set.
    (
        dict.fromkeys(("SECRET_KEY", "DATABASE_URL", "JIEYE_ENV", "JIEYE_TIMEZONE", "JIEYE_BASE_URL", "MAIL_FROM"), ""),
        {},
    ),
    (dict.fromkeys(("JIEYE_DEMO", "JIEYE_JOBS", "MAIL_PORT", "MAIL_SECURITY", "JIEYE_TRUSTED_PROXIES"), ""), {}),
    (PRODUCTION, {"environment": "production", "secret_key": KEY}),
    ({"DATABASE_URL": "postgres://a:b@c/d"}, {"database_url": "postgresql+psycopg://a:b@c/d"}),
    ({"DATABASE_URL": "postgresql://c/d"}, {"database_url": "postgresql+psycopg://c/d"}),
    ({"DATABASE_URL": "postgresql+psycopg://c/d"}, {"database_url": "postgresql+psycopg://c/d"}),
    ({"DATABASE_URL": "sqlite:////srv/jieye.sqlite"}, {"database_url": "sqlite:////srv/jieye.sqlite"}),
    ({"JIEYE_TIMEZONE": "Europe/Berlin"}, {"timezone": "Europe/Berlin"}),
    ({"JIEYE_COMPANY": "结业示范公司"}, {"company": "结业示范公司"}),
    ({"JIEYE_DEMO": "1"}, {"demo": True}),
    ({"JIEYE_DEMO": " On "}, {"demo": True}),
    ({"JIEYE_JOBS": "no"}, {"jobs": False}),
    ({"JIEYE_BASE_URL": "https://exam.example.com/"}, {"base_url": "https://exam.example.com"}),
    ({"MAIL_HOST": "mail.example.com", "MAIL_PORT": "465"}, {"mail_host": "mail.example.com", "mail_port": 465}),
    ({"MAIL_SECURITY": "STARTTLS"}, {"mail_security": "starttls"}),
    ({"JIEYE_TRUSTED_PROXIES": "1"}, {"trusted_proxies": 1}),
]

REFUSED = [
    ({"JIEYE_ENV": "production"}, "SECRET_KEY must be set in production to at least 32 characters"),
    ({"JIEYE_ENV": "production", "SECRET_KEY": ""}, "SECRET_KEY must be set in production"),
    ({"JIEYE_ENV": "production", "SECRET_KEY": "k" * 31}, "at least 32 characters that only you know"),
    ({"JIEYE_ENV": "production", "SECRET_KEY": Config.secret_key}, "SECRET_KEY must be set in production"),
    ({**PRODUCTION, "JIEYE_DEMO": "1"}, "JIEYE_DEMO is on: its password is public. Unset it in production."),
    ({"JIEYE_ENV": "staging"}, "JIEYE_ENV is 'staging'; it may be development, test or production."),
    ({"JIEYE_TIMEZONE": "Mars/Olympus"}, "JIEYE_TIMEZONE is 'Mars/Olympus'; it must be a name such as Asia/Shanghai."),
    ({"JIEYE_TIMEZONE": "Asia"}, "JIEYE_TIMEZONE is 'Asia'"),
    ({"JIEYE_TIMEZONE": "../../etc/passwd"}, "JIEYE_TIMEZONE is '../../etc/passwd'"),
    ({"JIEYE_DEMO": "perhaps"}, "JIEYE_DEMO is 'perhaps'; write 1 or 0."),
    ({"JIEYE_JOBS": "2"}, "JIEYE_JOBS is '2'; write 1 or 0."),
    ({"MAIL_PORT": "smtp"}, "MAIL_PORT is 'smtp'; it must be a whole number from 1 to 65535."),
    ({"MAIL_PORT": "-25"}, "MAIL_PORT is '-25'"),
    ({"MAIL_PORT": "70000"}, "MAIL_PORT is '70000'"),
    ({"JIEYE_TRUSTED_PROXIES": "1.5"}, "JIEYE_TRUSTED_PROXIES is '1.5'; it must be a whole number from 0 to 10."),
    ({"MAIL_SECURITY": "ssl"}, "MAIL_SECURITY is 'ssl'; it may be none, starttls, tls."),
    ({"JIEYE_BASE_URL": "exam.example.com"}, "JIEYE_BASE_URL is 'exam.example.com'; it must begin with https://"),
    ({"DATABASE_URL": "mysql://root:geheim@db/exam"}, "DATABASE_URL must begin with postgresql:// or sqlite:///"),
]


@pytest.mark.parametrize(("environment", "expected"), READ, ids=str)
def test_what_the_environment_becomes(environment, expected):
    config = Config.from_env(environment)
    values = {field.name: getattr(config, field.name) for field in fields(Config)}
    assert values == {field.name: field.default for field in fields(Config)} | expected


@pytest.mark.parametrize(("environment", "reason"), REFUSED, ids=str)
def test_what_is_refused_says_which_variable_and_why(environment, reason):
    with pytest.raises(ConfigError) as refusal:
        Config.from_env(environment)
    assert reason in str(refusal.value)
    assert "geheim" not in str(refusal.value)


def test_settings_do_not_change_while_the_site_runs():
    with pytest.raises(FrozenInstanceError):
        Config().demo = True
