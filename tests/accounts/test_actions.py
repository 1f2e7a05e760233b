"""Adding people and changing what they may do: first that it works, then each refusal."""

from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts import actions
from exam.accounts.actions import passwords
from exam.accounts.actions.names import name_key
from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.errors import Conflict, Forbidden, Refused
from tests.builders import make_person


def add(session, now, **changes):
    values = {"username": "linxy", "full_name": "林晓雨", "roles": [Role.NEW_HIRE], "actor_id": None, "now": now}
    return actions.add_person(session, **{**values, **changes})


def trail(session):
    return [event.action for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id))]


def test_a_person_is_added_with_roles_pinyin_and_a_trail(session, now):
    hr = make_person(session, Role.HR)
    person = add(session, now, username="ＬｉｎＸＹ", full_name=" 林晓雨 ", email="l@example.com", actor_id=hr.id)
    session.expire_all()
    assert (person.username, person.full_name, person.name_key) == ("linxy", "林晓雨", "lin xiao yu")
    assert person.roles == {Role.NEW_HIRE}
    assert person.password_hash is None
    event = session.scalars(select(AuditEvent)).one()
    assert (event.actor_id, event.action, event.about_id) == (hr.id, "person.created", person.id)
    assert event.detail == {"username": "linxy", "roles": ["new_hire"]}


def test_a_password_given_at_once_is_hashed(session, now):
    person = add(session, now, password="jieye-demo")
    assert person.password_hash.startswith("$argon2id$")
    assert passwords.matches(person.password_hash, "jieye-demo")
    assert not person.must_change_password


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"username": "a"}, "bad_username", "username"),
        ({"username": ""}, "bad_username", "username"),
        ({"username": "<b>x</b>"}, "bad_username", "username"),
        ({"username": "x" * 65}, "bad_username", "username"),
        ({"full_name": "  "}, "bad_name", "full_name"),
        ({"full_name": "字" * 81}, "bad_name", "full_name"),
        ({"staff_number": "7" * 41}, "bad_staff_number", "staff_number"),
        ({"email": "a" * 250 + "@b.cn"}, "bad_email", "email"),
        ({"password": "short"}, "weak_password", "password"),
        ({"username": "taken"}, "username_taken", "username"),
        ({"username": "ＴＡＫＥＮ"}, "username_taken", "username"),
        ({"staff_number": "HY1"}, "staff_number_taken", "staff_number"),
    ],
)
def test_a_person_with_a_bad_or_taken_field_is_refused(session, now, changes, code, field):
    add(session, now, username="taken", staff_number="HY1")
    with pytest.raises(Refused) as refusal:
        add(session, now, **changes)
    assert refusal.value.code == code
    assert refusal.value.detail["field"] == field


def test_hr_making_an_administrator_is_refused(session, now):
    hr = make_person(session, Role.HR)
    with pytest.raises(Forbidden):
        add(session, now, roles=[Role.ADMIN], actor_id=hr.id)


def test_roles_are_set_and_remembered_with_before_and_after(session, now):
    admin, person = make_person(session, Role.ADMIN), make_person(session, Role.NEW_HIRE)
    actions.set_roles(session, person, [Role.TRAINER, Role.HR], actor_id=admin.id, now=now)
    session.expire_all()
    assert person.roles == {Role.TRAINER, Role.HR}
    event = session.scalars(select(AuditEvent)).one()
    assert event.detail == {"before": ["new_hire"], "after": ["hr", "trainer"]}


def test_setting_the_same_roles_leaves_no_trail(session, now):
    person = make_person(session, Role.HR)
    actions.set_roles(session, person, {Role.HR}, actor_id=None, now=now)
    assert trail(session) == []


def test_a_person_without_roles_is_refused(session, now):
    person = make_person(session)
    with pytest.raises(Refused) as refusal:
        actions.set_roles(session, person, [], actor_id=None, now=now)
    assert refusal.value.code == "no_role"


def test_taking_away_ones_own_administrator_role_is_refused(session, now):
    admin = make_person(session, Role.ADMIN)
    make_person(session, Role.ADMIN)
    with pytest.raises(Refused) as refusal:
        actions.set_roles(session, admin, [Role.HR], actor_id=admin.id, now=now)
    assert refusal.value.code == "own_admin_role"


def test_taking_away_the_last_active_administrators_role_is_refused(session, now):
    admin = make_person(session, Role.ADMIN)
    make_person(session, Role.ADMIN, active=False)
    with pytest.raises(Refused) as refusal:
        actions.set_roles(session, admin, [Role.HR], actor_id=None, now=now)
    assert refusal.value.code == "last_admin"


def test_one_of_two_administrators_can_lose_the_role(session, now):
    admin, other = make_person(session, Role.ADMIN), make_person(session, Role.ADMIN, Role.HR)
    actions.set_roles(session, other, [Role.HR], actor_id=admin.id, now=now)
    assert other.roles == {Role.HR}


def test_closing_an_account_ends_its_sessions_and_opening_it_lets_in_again(session, now):
    hr, person = make_person(session, Role.HR), make_person(session)
    before = person.get_id()
    actions.close_out(session, person, actor_id=hr.id, now=now)
    actions.close_out(session, person, actor_id=hr.id, now=now)
    assert not person.active
    assert person.get_id() != before
    actions.let_in(session, person, actor_id=hr.id, now=now)
    actions.let_in(session, person, actor_id=hr.id, now=now)
    assert person.active
    assert trail(session) == ["person.closed_out", "person.let_in"]


def test_closing_ones_own_account_is_refused(session, now):
    hr = make_person(session, Role.HR)
    with pytest.raises(Refused) as refusal:
        actions.close_out(session, hr, actor_id=hr.id, now=now)
    assert refusal.value.code == "oneself"


def test_hr_closing_or_opening_an_administrators_account_is_refused(session, now):
    hr, admin = make_person(session, Role.HR), make_person(session, Role.ADMIN)
    for act in (actions.close_out, actions.let_in):
        with pytest.raises(Forbidden):
            act(session, admin, actor_id=hr.id, now=now)


def test_closing_the_last_administrators_account_is_refused(session, now):
    admin = make_person(session, Role.ADMIN)
    closed = make_person(session, Role.ADMIN, active=False)
    with pytest.raises(Refused) as refusal:
        actions.close_out(session, admin, actor_id=closed.id, now=now)
    assert refusal.value.code == "last_admin"


def test_extra_time_is_set_exactly_with_its_reason(session, now):
    admin, person = make_person(session, Role.ADMIN), make_person(session)
    actions.set_time_factor(session, person, Fraction(4, 3), " 手伤 ", actor_id=admin.id, now=now)
    session.expire_all()
    assert (person.time_factor, person.time_factor_reason) == (Fraction(4, 3), "手伤")
    event = session.scalars(select(AuditEvent)).one()
    assert event.detail == {"before": "1", "after": "4/3", "reason": "手伤"}


@pytest.mark.parametrize(
    ("factor", "reason", "code"),
    [(Fraction(1, 2), "x", "bad_factor"), (Fraction(4), "x", "bad_factor"), (Fraction(5, 4), "  ", "no_reason")],
)
def test_extra_time_out_of_range_or_without_reason_is_refused(session, now, factor, reason, code):
    person = make_person(session)
    with pytest.raises(Refused) as refusal:
        actions.set_time_factor(session, person, factor, reason, actor_id=person.id, now=now)
    assert refusal.value.code == code


def test_no_extra_time_needs_no_reason(session, now):
    person = make_person(session, time_factor=Fraction(2), time_factor_reason="x")
    actions.set_time_factor(session, person, Fraction(1), "", actor_id=person.id, now=now)
    assert (person.time_factor, person.time_factor_reason) == (1, None)


def test_an_address_is_changed_and_taken_away(session, now):
    person = make_person(session, email="old@example.com")
    actions.change_email(session, person, "new@example.com", actor_id=person.id, now=now)
    actions.change_email(session, person, None, actor_id=person.id, now=now)
    actions.change_email(session, person, None, actor_id=person.id, now=now)
    assert person.email is None
    assert trail(session) == ["person.email_changed"] * 2


def test_somebody_elses_address_is_refused(session, now):
    make_person(session, email="Taken@example.com")
    person = make_person(session)
    with pytest.raises(Conflict):
        actions.change_email(session, person, "taken@example.com", actor_id=person.id, now=now)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("林晓雨", "lin xiao yu"),
        ("单雅", "shan ya"),
        ("曾国强", "zeng guo qiang"),
        ("欧阳娜", "ou yang na"),
        ("Ann Lee", "ann lee"),
        ("李 Anna", "li anna"),
        ("字" * 80, ("zi " * 80)[:200]),
    ],
)
def test_names_sort_by_pinyin_with_surnames_read_as_such(name, key):
    assert name_key(name) == key
