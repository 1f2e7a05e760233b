"""Who people are and what their roles allow: pure decisions about names, sign-in, passwords and lockout."""

import json
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction


class Role(StrEnum):
    """What a person may do. A person may have several."""

    NEW_HIRE = "new_hire"
    TRAINER = "trainer"
    HR = "hr"
    ADMIN = "admin"


class PersonState(StrEnum):
    """How an account stands, for lists; the first that fits counts, from the last up."""

    ACTIVE = "active"
    INVITED = "invited"
    LOCKED = "locked"
    CLOSED = "closed"


def person_state(active: bool, has_password: bool, locked_until: datetime | None, now: datetime) -> PersonState:
    """How an account stands now."""
    if not active:
        return PersonState.CLOSED
    if locked_until is not None and now < locked_until:
        return PersonState.LOCKED
    return PersonState.ACTIVE if has_password else PersonState.INVITED


# Names

USERNAME_LENGTHS = range(2, 65)
FULL_NAME_LONGEST = 80
STAFF_NUMBER_LONGEST = 40
EMAIL_LONGEST = 254
USERNAME_SIGNS = frozenset("._-@+")


def fold(typed: str) -> str:
    """A user name as it is stored and compared: no spaces, NFKC, no case. `ＡＤＭＩＮ` becomes `admin`."""
    plain = unicodedata.normalize("NFKC", typed).casefold()
    # Folding the case can take a text out of NFKC again.
    return "".join(unicodedata.normalize("NFKC", plain).split())


def can_be_username(folded: str) -> bool:
    """Whether it has 2 to 64 letters (of any script), digits, and the signs . _ - @ +."""
    return len(folded) in USERNAME_LENGTHS and all(sign.isalnum() or sign in USERNAME_SIGNS for sign in folded)


# Passwords

PASSWORD_SHORTEST = 10
PASSWORD_LONGEST = 128
FEWEST_DIFFERENT = 4
COMMON = frozenset(
    [
        "1234567890",
        "0123456789",
        "12345678910",
        "123456789a",
        "1234567891",
        "0987654321",
        "9876543210",
        "1357924680",
        "11223344556",
        "1122334455",
        "1233211234567",
        "147258369a",
        "1qaz2wsx3edc",
        "1q2w3e4r5t",
        "1q2w3e4r5t6y",
        "qwertyuiop",
        "qwerty12345",
        "qwerty123456",
        "asdfghjkl123",
        "asdfghjkl1",
        "zxcvbnm123",
        "abcdefghij",
        "abc1234567",
        "abcd123456",
        "abc123456789",
        "a123456789",
        "aa123456789",
        "a1234567890",
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "mypassword",
        "welcome123",
        "welcome1234",
        "admin12345",
        "admin123456",
        "administrator",
        "iloveyou123",
        "iloveyou520",
        "woaini1314",
        "woaini5201314",
        "woaini520",
        "5201314520",
        "letmein1234",
        "changeme123",
        "p@ssw0rd123",
    ]
)


class PasswordProblem(StrEnum):
    """Why a new password won't do."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    IS_USERNAME = "is_username"
    COMMON = "common"


def plain_password(typed: str) -> str:
    """A password as it is hashed: full-width letters of a Chinese keyboard are the same password."""
    return unicodedata.normalize("NFKC", typed)


def password_problem(typed: str, username: str) -> PasswordProblem | None:
    """Why this can't be the person's new password, or None: 10 to 128 characters of any kind, not easily guessed."""
    password = plain_password(typed)
    if len(password) < PASSWORD_SHORTEST:
        return PasswordProblem.TOO_SHORT
    if len(password) > PASSWORD_LONGEST:
        return PasswordProblem.TOO_LONG
    if fold(password) == username:
        return PasswordProblem.IS_USERNAME
    if password.casefold() in COMMON or len(set(password.casefold())) < FEWEST_DIFFERENT:
        return PasswordProblem.COMMON
    return None


# Doors: where something secret is tried


@dataclass(frozen=True)
class Door:
    """How often one may be wrong, how long the door then stays closed, and after how long tries are forgotten."""

    tries: int
    closed_for: timedelta
    forgets_after: timedelta


NAME_DOOR = Door(5, timedelta(minutes=15), timedelta(hours=24))
"""Per account, and per name that has no account, so that the two can't be told apart."""
ADDRESS_DOOR = Door(100, timedelta(minutes=15), timedelta(hours=1))
"""Per network address; wide, because a whole office may share one."""
ASKING_DOOR = Door(10, timedelta(hours=1), timedelta(hours=1))
"""Asking for a sign-in link, per address."""
MAIL_DOOR = Door(3, timedelta(hours=1), timedelta(hours=1))
"""Links mailed to one person, so that nobody's mailbox is flooded."""


@dataclass(frozen=True)
class Tries:
    """How often a door was tried since when; `since` moves to the moment at which it closed."""

    count: int
    since: datetime


def closed_until(door: Door, tries: Tries | None, now: datetime) -> datetime | None:
    """When a closed door opens again, or None when it is open."""
    if tries is None or tries.count < door.tries:
        return None
    opens_at = tries.since + door.closed_for
    return opens_at if now < opens_at else None


def one_more(door: Door, tries: Tries | None, now: datetime) -> Tries:
    """Count a try at an open door. Old tries are forgotten, and those before a closing that is over."""
    if tries is None or tries.count >= door.tries or now >= tries.since + door.forgets_after:
        return Tries(1, now)
    count = tries.count + 1
    return Tries(count, now if count >= door.tries else tries.since)


def tries_left(door: Door, tries: Tries) -> int:
    """How many more may be wrong before the door closes; 0 when it has."""
    return max(0, door.tries - tries.count)


# Links and who may help whom

LINK_LASTS = timedelta(days=7)
"""A first sign-in link made by HR."""
RESET_LASTS = timedelta(hours=24)
"""A link mailed to whoever asked for it."""


def may_help(helper: Collection[Role], helped: Collection[Role]) -> bool:
    """Whether someone may make sign-in links for a person, close them out or let them in.

    An administrator may for everybody; HR for everybody but administrators, or HR could become one.
    """
    return Role.ADMIN in helper or (Role.HR in helper and Role.ADMIN not in helped)


MOST_TIME = Fraction(3)


def can_be_time_factor(factor: Fraction) -> bool:
    """Whether minutes may be multiplied by it: from 1 (no extra time) to 3."""
    return 1 <= factor <= MOST_TIME


def as_json_text(text: str) -> str:
    """How a text stands inside JSON that has only ASCII, without its quotes: for searching in it."""
    return json.dumps(text)[1:-1]
