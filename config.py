"""All settings of the site, read once from the environment into one frozen value."""

import os
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parent


class ConfigError(Exception):
    """A setting is missing or can't be used; the text says which and what to do."""


@dataclass(frozen=True)
class Config:
    """What the site needs to know of the place it runs in. `docs/running.md` lists the variables."""

    environment: str = "development"
    """development, test or production."""
    secret_key: str = "development only"
    receipt_key: str = ""
    """32 bytes in base64 or hex that sign receipts; empty: derived from the secret key."""
    receipt_old_keys: str = ""
    """Public keys of earlier times, in base64 or hex, by which older receipts can still be checked."""
    database_url: str = f"sqlite:///{ROOT / 'instance' / 'jieye.sqlite'}"
    timezone: str = "Asia/Shanghai"
    company: str = ""
    demo: bool = False
    """Whether the demo's sign-ins, with a password everybody knows, may exist."""
    base_url: str = "http://127.0.0.1:5000"
    """Where people reach the site; links in mails begin with it."""
    mail_host: str = ""
    """An SMTP server; empty means that mails are only kept and shown in the site."""
    mail_port: int = 25
    mail_user: str = ""
    mail_password: str = ""
    mail_security: str = "none"
    """none, starttls or tls."""
    mail_from: str = "jieye@localhost"
    jobs: bool = True
    """Whether this process runs the periodic jobs (closing due attempts, sending mail)."""
    trusted_proxies: int = 0
    test_clock: str = ""
    """A file by which tests set the machine's clock off: see `exam/clock.py`."""
    password_hash: str = "standard"
    """standard, or cheap for tests."""
    max_upload_bytes: int = 5 * 1024 * 1024

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone: windows end at its midnight, pages show its time."""
        return ZoneInfo(self.timezone)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read the settings; an empty one counts as not set.

        Refuses, saying why, what can't be used and what would make a production site unsafe.
        """
        config = cls(
            environment=environ.get("JIEYE_ENV") or cls.environment,
            secret_key=environ.get("SECRET_KEY") or cls.secret_key,
            receipt_key=_keys(environ, "JIEYE_RECEIPT_KEY", most=1),
            receipt_old_keys=_keys(environ, "JIEYE_RECEIPT_OLD_KEYS"),
            database_url=_database_url(environ.get("DATABASE_URL") or cls.database_url),
            timezone=_timezone(environ.get("JIEYE_TIMEZONE") or cls.timezone),
            company=environ.get("JIEYE_COMPANY", cls.company),
            demo=_switch(environ, "JIEYE_DEMO", cls.demo),
            base_url=_address(environ.get("JIEYE_BASE_URL") or cls.base_url),
            mail_host=environ.get("MAIL_HOST", cls.mail_host),
            mail_port=_number(environ, "MAIL_PORT", cls.mail_port, range(1, 65536)),
            mail_user=environ.get("MAIL_USER", cls.mail_user),
            mail_password=environ.get("MAIL_PASSWORD", cls.mail_password),
            mail_security=_choice(environ, "MAIL_SECURITY", cls.mail_security, ("none", "starttls", "tls")),
            mail_from=environ.get("MAIL_FROM") or cls.mail_from,
            jobs=_switch(environ, "JIEYE_JOBS", cls.jobs),
            test_clock=environ.get("JIEYE_TEST_CLOCK", cls.test_clock),
            trusted_proxies=_number(environ, "JIEYE_TRUSTED_PROXIES", cls.trusted_proxies, range(11)),
        )
        config.check()
        return config

    def check(self) -> None:
        """Refuse a production site that anybody could enter."""
        if self.environment not in ("development", "test", "production"):
            raise ConfigError(f"JIEYE_ENV is {self.environment!r}; it may be development, test or production.")
        if self.test_clock and self.environment != "test":
            raise ConfigError("JIEYE_TEST_CLOCK sets the site's clock off; it is for JIEYE_ENV=test only.")
        if not self.production:
            return
        if self.secret_key == Config.secret_key or len(self.secret_key) < 32:
            raise ConfigError(
                "SECRET_KEY must be set in production to at least 32 characters that only you know, for instance from: "
                'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        if self.demo:
            raise ConfigError("JIEYE_DEMO is on: its password is public. Unset it in production.")


def key_bytes(text: str) -> bytes:
    """A key of 32 bytes from its base64 or hex. Refuses anything else with ValueError."""
    key = bytes.fromhex(text) if len(text) == 64 else b64decode(text, validate=True)
    if len(key) != 32:
        raise ValueError("not 32 bytes")
    return key


def _keys(environ: Mapping[str, str], name: str, most: int = 100) -> str:
    """Keys with spaces or commas between them. They aren't repeated when refused: one may be secret."""
    value = environ.get(name, "").strip()
    try:
        keys = [key_bytes(one) for one in value.replace(",", " ").split()]
    except ValueError as error:
        raise ConfigError(f"{name} can't be read: a key is 32 bytes in base64 or hex.") from error
    if len(keys) > most:
        raise ConfigError(f"{name} holds {len(keys)} keys; it may hold {most}.")
    return value


def _database_url(url: str) -> str:
    """Name the driver: hosting providers hand out postgres:// and postgresql:// addresses."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if not url.startswith(("postgresql+psycopg://", "sqlite:///")):
        # The address isn't repeated: it may hold a password.
        raise ConfigError("DATABASE_URL must begin with postgresql:// or sqlite:///")
    return url


def _address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ConfigError(f"JIEYE_BASE_URL is {url!r}; it must begin with https:// or http://")
    return url.rstrip("/")


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # a folder of zones, such as Asia, is an OSError
        raise ConfigError(f"JIEYE_TIMEZONE is {name!r}; it must be a name such as Asia/Shanghai.") from error
    return name


def _switch(environ: Mapping[str, str], name: str, default: bool) -> bool:
    value = environ.get(name, "").strip().lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    if value:
        raise ConfigError(f"{name} is {value!r}; write 1 or 0.")
    return default


def _number(environ: Mapping[str, str], name: str, default: int, allowed: range) -> int:
    value = environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal() or int(value) not in allowed:
        raise ConfigError(f"{name} is {value!r}; it must be a whole number from {allowed[0]} to {allowed[-1]}.")
    return int(value)


def _choice(environ: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = environ.get(name, "").strip().lower() or default
    if value not in allowed:
        raise ConfigError(f"{name} is {value!r}; it may be {', '.join(allowed)}.")
    return value
