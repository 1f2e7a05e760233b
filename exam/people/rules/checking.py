"""What becomes of each line of a list of people: added, left out because the person is there, or why it can't be."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from exam.accounts.rules import (
    EMAIL_LONGEST,
    FULL_NAME_LONGEST,
    STAFF_NUMBER_LONGEST,
    USERNAME_LENGTHS,
    USERNAME_SIGNS,
    Role,
    can_be_username,
    fold,
)
from exam.people.rules.headings import ROLE_WORDS, Column, plain
from exam.people.rules.sheet import Line

COHORT_LONGEST = 80
CELL_LONGEST = 500
UNREADABLE = ("\ufffd", "\u951f\u65a4\u62f7")
"""What is left of letters that were read in the wrong encoding and written again."""
EMAIL = re.compile(r"[^@\s,;:<>()\[\]\"\\]+@[^@\s,;:<>()\[\]\"\\.]+(\.[^@\s,;:<>()\[\]\"\\.]+)+")
SEVERAL = re.compile(r"[,;/\u3001\uff0c\uff1b|+]")


# What is already there


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of the site, as far as a list of people needs to know them."""

    id: int
    full_name: str
    username: str
    staff_number: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Known:
    """Everybody there is, whom of them one may have as a tutor, and the names of the cohorts."""

    people: Sequence[Someone] = ()
    tutors: Sequence[Someone] = ()
    cohorts: frozenset[str] = frozenset()
    by_username: dict[str, Someone] = field(init=False)
    by_staff_number: dict[str, Someone] = field(init=False)
    by_email: dict[str, Someone] = field(init=False)
    by_name: dict[str, list[Someone]] = field(init=False)

    def __post_init__(self) -> None:
        by_name: dict[str, list[Someone]] = {}
        for one in self.people:
            by_name.setdefault(one.full_name, []).append(one)
        for name, value in (
            ("by_username", {one.username: one for one in self.people}),
            ("by_staff_number", {fold(one.staff_number): one for one in self.people if one.staff_number}),
            ("by_email", {one.email.lower(): one for one in self.people if one.email}),
            ("by_name", by_name),
        ):
            object.__setattr__(self, name, value)


# What becomes of a line


class Fault(StrEnum):
    """What is wrong with a line; the page says it with the remedy."""

    NO_NAME = "no_name"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    FORMULA = "formula"
    BAD_USERNAME = "bad_username"
    BAD_EMAIL = "bad_email"
    TAKEN = "taken"
    TWICE = "twice"
    SAME_NAME = "same_name"
    UNKNOWN_TUTOR = "unknown_tutor"
    SEVERAL_TUTORS = "several_tutors"
    UNKNOWN_ROLE = "unknown_role"
    ADMIN_ROLE = "admin_role"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a line: in which column, what stands there, and with whom or which line it collides."""

    fault: Fault
    column: Column
    value: str = ""
    other: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody to add, as the site would."""

    full_name: str
    username: str = ""
    staff_number: str = ""
    email: str = ""
    tutor_id: int | None = None
    cohort: str = ""
    roles: frozenset[Role] = frozenset({Role.NEW_HIRE})


@dataclass(frozen=True, slots=True)
class Checked:
    """A line with what becomes of it: added, left out because the person is there already, or left out for faults."""

    line: Line
    entry: Entry
    problems: tuple[Problem, ...] = ()
    already: Someone | None = None

    @property
    def ready(self) -> bool:
        return not self.problems and self.already is None


def identifier(typed: str) -> str:
    """A staff number or an address as it is stored: NFKC, no spaces."""
    return "".join(unicodedata.normalize("NFKC", typed).split())


def check(lines: Iterable[Line], known: Known, pinyin: Mapping[str, str]) -> list[Checked]:
    """What becomes of each line. `pinyin`: names in Latin letters, for user names where the file has none."""
    seen: dict[tuple[Column, str], int] = {}
    checked = [_check_line(line, known, seen) for line in lines]
    taken = set(known.by_username) | {one.entry.username for one in checked}
    return [_with_username(one, pinyin, taken) if one.ready and not one.entry.username else one for one in checked]


def _check_line(line: Line, known: Known, seen: dict[tuple[Column, str], int]) -> Checked:
    value = line.values.get
    entry = Entry(
        full_name=value(Column.NAME, ""),
        username=fold(value(Column.USERNAME, "")),
        staff_number=identifier(value(Column.STAFF_NUMBER, "")),
        email=identifier(value(Column.EMAIL, "")),
        cohort=value(Column.COHORT, ""),
    )
    problems = [*_shape_problems(line, entry)]
    tutor, tutor_problems = _tutor(value(Column.TUTOR, ""), known)
    roles, role_problems = _roles(value(Column.ROLE, ""))
    problems += [*tutor_problems, *role_problems]
    entry = replace(entry, tutor_id=tutor, roles=roles)
    already = _already(entry, known)
    if already is None:
        problems += _taken(entry, known)
    problems += _twice(line.number, entry, seen)
    return Checked(line, entry, tuple(problems), None if problems else already)


def _shape_problems(line: Line, entry: Entry) -> Iterable[Problem]:
    longest = {
        Column.NAME: FULL_NAME_LONGEST,
        Column.STAFF_NUMBER: STAFF_NUMBER_LONGEST,
        Column.EMAIL: EMAIL_LONGEST,
        Column.COHORT: COHORT_LONGEST,
        Column.USERNAME: USERNAME_LENGTHS.stop - 1,
    }
    if not entry.full_name:
        yield Problem(Fault.NO_NAME, Column.NAME)
    for column, text in line.values.items():
        if any(sign in text for sign in UNREADABLE):
            yield Problem(Fault.UNREADABLE, column, text)
        elif len(text) > longest.get(column, CELL_LONGEST):
            yield Problem(Fault.TOO_LONG, column, text, other=str(longest.get(column, CELL_LONGEST)))
        elif text.startswith("="):
            yield Problem(Fault.FORMULA, column, text)
        elif column is Column.USERNAME and not can_be_username(entry.username):
            yield Problem(Fault.BAD_USERNAME, column, text)
        elif column is Column.EMAIL and not EMAIL.fullmatch(entry.email):
            yield Problem(Fault.BAD_EMAIL, column, text)


def _tutor(typed: str, known: Known) -> tuple[int | None, list[Problem]]:
    """The tutor of that user name, staff number or name."""
    if not typed:
        return None, []
    folded = fold(typed)
    exact = [one for one in known.tutors if folded in (one.username, fold(one.staff_number or ""))]
    found = exact or [one for one in known.tutors if plain(one.full_name) == plain(typed)]
    if len(found) == 1:
        return found[0].id, []
    return None, [Problem(Fault.SEVERAL_TUTORS if found else Fault.UNKNOWN_TUTOR, Column.TUTOR, typed)]


def _roles(typed: str) -> tuple[frozenset[Role], list[Problem]]:
    """The roles named; a new hire where none is. Administrators are never made from a file."""
    named = [word.strip() for word in SEVERAL.split(typed) if word.strip()]
    unknown = next((word for word in named if plain(word) not in ROLE_WORDS), None)
    if unknown:
        return frozenset(), [Problem(Fault.UNKNOWN_ROLE, Column.ROLE, unknown)]
    roles = frozenset(ROLE_WORDS[plain(word)] for word in named) or frozenset({Role.NEW_HIRE})
    return roles, [Problem(Fault.ADMIN_ROLE, Column.ROLE, typed)] if Role.ADMIN in roles else []


def _already(entry: Entry, known: Known) -> Someone | None:
    """Who of the site this is: same name, and same staff number, user name or address; or a bare name that is there."""
    holders = (
        known.by_staff_number.get(fold(entry.staff_number)),
        known.by_username.get(entry.username),
        known.by_email.get(entry.email.lower()),
    )
    found = next((one for one in holders if one and one.full_name == entry.full_name), None)
    bare = not (entry.staff_number or entry.username or entry.email)
    return next(iter(known.by_name.get(entry.full_name, [])), None) if bare else found


def _taken(entry: Entry, known: Known) -> list[Problem]:
    """What belongs to somebody of another name."""
    holders = (
        (Column.STAFF_NUMBER, entry.staff_number, known.by_staff_number.get(fold(entry.staff_number))),
        (Column.USERNAME, entry.username, known.by_username.get(entry.username)),
        (Column.EMAIL, entry.email, known.by_email.get(entry.email.lower())),
    )
    return [Problem(Fault.TAKEN, column, value, other=one.full_name) for column, value, one in holders if value and one]


def _twice(number: int, entry: Entry, seen: dict[tuple[Column, str], int]) -> list[Problem]:
    """What an earlier line has already; a bare name twice can't be told apart from the same person twice."""
    keys = [
        (Column.STAFF_NUMBER, fold(entry.staff_number), entry.staff_number),
        (Column.USERNAME, entry.username, entry.username),
        (Column.EMAIL, entry.email.lower(), entry.email),
    ]
    problems = []
    for column, key, value in keys:
        first = seen.setdefault((column, key), number) if key else number
        if first != number:
            problems.append(Problem(Fault.TWICE, column, value, line=first))
    if entry.full_name and not any(key for _column, key, _value in keys):
        first = seen.setdefault((Column.NAME, entry.full_name), number)
        if first != number:
            problems.append(Problem(Fault.SAME_NAME, Column.NAME, entry.full_name, line=first))
    return problems


def _with_username(one: Checked, pinyin: Mapping[str, str], taken: set[str]) -> Checked:
    entry = one.entry
    chosen = propose_username(entry.staff_number, pinyin.get(entry.full_name, ""), taken)
    taken.add(chosen)
    return replace(one, entry=replace(entry, username=chosen))


def propose_username(staff_number: str, pinyin: str, taken: Iterable[str]) -> str:
    """A free user name: the staff number, else the name in Latin letters, else `person`; with a number if taken."""
    used = taken if isinstance(taken, set | frozenset) else set(taken)
    longest = USERNAME_LENGTHS.stop - 1 - len("9999")
    possible = ("".join(sign for sign in fold(text) if sign.isalnum() or sign in USERNAME_SIGNS) for text in
                (staff_number, pinyin))  # fmt: skip
    base = next((text[:longest] for text in possible if can_be_username(text[:longest])), "person")
    number, chosen = 2, base
    while chosen in used:
        chosen, number = f"{base}{number}", number + 1
    return chosen
