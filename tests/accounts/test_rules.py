"""Names, passwords, doors and who may help whom, as tables."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from exam.accounts.rules import (
    ADDRESS_DOOR,
    ASKING_DOOR,
    MAIL_DOOR,
    NAME_DOOR,
    PasswordProblem,
    PersonState,
    Role,
    Tries,
    as_json_text,
    can_be_time_factor,
    can_be_username,
    closed_until,
    fold,
    may_help,
    one_more,
    password_problem,
    person_state,
    tries_left,
)

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("linxy", "linxy"),
        ("LinXY", "linxy"),
        ("ＡＤＭＩＮ", "admin"),
        ("  lin xy ", "linxy"),
        ("lin\u3000xy", "linxy"),
        ("林晓雨", "林晓雨"),
        ("Straße", "strasse"),
        ("ﬁne", "fine"),
        ("Å", "å"),
    ],
)
def test_a_user_name_is_stored_without_case_width_or_spaces(typed, stored):
    assert fold(typed) == stored
    assert fold(stored) == stored


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("ab", True),
        ("林晓雨", True),
        ("lin.xy-2_0@example+1", True),
        ("x" * 64, True),
        ("a", False),
        ("", False),
        ("x" * 65, False),
        ("a b", False),
        ("<b>admin</b>", False),
        ("lin😀", False),
        ("a'--", False),
    ],
)
def test_what_can_be_a_user_name(name, allowed):
    assert can_be_username(name) is allowed


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("jieye-demo", None),
        ("会员服务部的春天真好看", None),
        ("x7" * 5, PasswordProblem.COMMON),
        ("abcd" * 32, None),
        ("三个字", PasswordProblem.TOO_SHORT),
        ("123456789", PasswordProblem.TOO_SHORT),
        ("", PasswordProblem.TOO_SHORT),
        ("abcd" * 32 + "e", PasswordProblem.TOO_LONG),
        ("linxiaoyu2026", PasswordProblem.IS_USERNAME),
        ("LinXiaoYu2026", PasswordProblem.IS_USERNAME),
        ("1234567890", PasswordProblem.COMMON),
        ("１２３４５６７８９０", PasswordProblem.COMMON),
        ("Password123", PasswordProblem.COMMON),
        ("aaaaaaaaaaaa", PasswordProblem.COMMON),
    ],
)
def test_which_passwords_are_refused_and_why(password, problem):
    assert password_problem(password, "linxiaoyu2026") is problem


def test_the_fifth_wrong_password_closes_the_door_for_fifteen_minutes():
    tries = None
    left = []
    for minute in range(5):
        assert closed_until(NAME_DOOR, tries, NOW + minute * MINUTE) is None
        tries = one_more(NAME_DOOR, tries, NOW + minute * MINUTE)
        left.append(tries_left(NAME_DOOR, tries))
    assert left == [4, 3, 2, 1, 0]
    closing = NOW + 4 * MINUTE
    assert closed_until(NAME_DOOR, tries, closing) == closing + 15 * MINUTE
    assert closed_until(NAME_DOOR, tries, closing + timedelta(minutes=14, seconds=59)) is not None
    assert closed_until(NAME_DOOR, tries, closing + 15 * MINUTE) is None


def test_after_a_closing_one_has_all_tries_again():
    tries = one_more(NAME_DOOR, Tries(5, NOW), NOW + 15 * MINUTE)
    assert tries == Tries(1, NOW + 15 * MINUTE)


def test_tries_of_the_day_before_are_forgotten():
    assert one_more(NAME_DOOR, Tries(4, NOW), NOW + timedelta(hours=23)).count == 5
    assert one_more(NAME_DOOR, Tries(4, NOW), NOW + timedelta(hours=24)).count == 1


@pytest.mark.parametrize("door", [NAME_DOOR, ADDRESS_DOOR, ASKING_DOOR, MAIL_DOOR])
def test_every_door_closes_and_opens_again(door):
    assert closed_until(door, Tries(door.tries - 1, NOW), NOW) is None
    assert closed_until(door, Tries(door.tries, NOW), NOW) == NOW + door.closed_for
    assert closed_until(door, Tries(door.tries, NOW), NOW + door.closed_for) is None
    assert door.closed_for <= door.forgets_after


@pytest.mark.parametrize(
    ("helper", "helped", "allowed"),
    [
        ({Role.ADMIN}, {Role.ADMIN}, True),
        ({Role.ADMIN}, {Role.NEW_HIRE}, True),
        ({Role.HR}, {Role.NEW_HIRE}, True),
        ({Role.HR}, {Role.TRAINER, Role.HR}, True),
        ({Role.HR}, {Role.HR, Role.ADMIN}, False),
        ({Role.TRAINER}, {Role.NEW_HIRE}, False),
        ({Role.NEW_HIRE}, {Role.NEW_HIRE}, False),
        (set(), {Role.NEW_HIRE}, False),
    ],
)
def test_who_may_help_whom_in(helper, helped, allowed):
    assert may_help(helper, helped) is allowed


@pytest.mark.parametrize(
    ("factor", "allowed"),
    [(1, True), (Fraction(5, 4), True), (3, True), (Fraction(99, 100), False), (Fraction(301, 100), False), (0, False)],
)
def test_extra_time_goes_from_one_to_three(factor, allowed):
    assert can_be_time_factor(Fraction(factor)) is allowed


@pytest.mark.parametrize(
    ("active", "has_password", "locked_for", "state"),
    [
        (True, True, None, PersonState.ACTIVE),
        (True, False, None, PersonState.INVITED),
        (True, True, 1, PersonState.LOCKED),
        (True, False, 1, PersonState.LOCKED),
        (True, True, 0, PersonState.ACTIVE),
        (False, True, 1, PersonState.CLOSED),
    ],
)
def test_how_an_account_stands(active, has_password, locked_for, state):
    until = None if locked_for is None else NOW + locked_for * MINUTE
    assert person_state(active, has_password, until, NOW) is state


def test_a_chinese_word_can_be_found_in_json():
    assert as_json_text("受伤") == r"\u53d7\u4f24"
