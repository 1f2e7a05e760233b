"""How passwords are kept: as argon2 hashes, as dear as the settings say."""

import secrets
from functools import cache

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

from exam.accounts.rules import plain_password

PROFILES = {"standard": profiles.RFC_9106_LOW_MEMORY, "cheap": profiles.CHEAPEST}
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody mistakes for each other on paper."""

_chosen = ["standard"]


def use_profile(name: str) -> None:
    """Choose how dear a hash is: standard (some 0.1 s), or cheap for tests."""
    if name not in PROFILES:
        raise ValueError(f"{name!r} is not a profile of password hashes; choose from {', '.join(PROFILES)}")
    _chosen[0] = name


def make_hash(password: str) -> str:
    """What is stored instead of a password."""
    return _hasher(_chosen[0]).hash(plain_password(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether this is the password. Takes as long when there is none, so that time tells nothing about accounts."""
    try:
        right = _hasher(_chosen[0]).verify(stored or _nobodys_hash(_chosen[0]), plain_password(password))
    except (VerificationError, InvalidHashError):
        return False
    return right and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made in another way than today's."""
    return _hasher(_chosen[0]).check_needs_rehash(stored)


def one_time_password() -> str:
    """A password to be read out or written down: three groups of four, 59 bits."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(3))


@cache
def _hasher(profile: str) -> PasswordHasher:
    return PasswordHasher.from_parameters(PROFILES[profile])


@cache
def _nobodys_hash(profile: str) -> str:
    return _hasher(profile).hash(secrets.token_hex(16))
