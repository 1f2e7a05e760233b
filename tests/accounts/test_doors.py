"""Trying passwords, one-time links and passwords, and asking for a link."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from exam import events
from exam.accounts import actions, queries
from exam.accounts.actions import passwords
from exam.accounts.models import AuditEvent, SignInLink, Throttle
from exam.accounts.rules import ADDRESS_DOOR, ASKING_DOOR, LINK_LASTS, NAME_DOOR, Role
from exam.errors import Forbidden, Refused
from tests.accounts.builders import GOOD
from tests.builders import make_person

HERE = "192.0.2.7"


@pytest.fixture
def person(session):
    return make_person(session, username="linxy", password_hash=passwords.make_hash(GOOD))


def wrong(session, now, typed="linxy", address=HERE):
    tried = actions.knock(session, typed, address, now)
    actions.note_wrong_password(session, tried, now)
    return tried.left


def trail(session):
    return [event.action for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id))]


def test_the_right_password_forgets_the_wrong_ones(session, now, person):
    assert [wrong(session, now) for _ in range(4)] == [4, 3, 2, 1]
    assert person.failed_sign_ins == 4
    tried = actions.knock(session, "ＬＩＮＸＹ", HERE, now)
    assert passwords.matches(person.password_hash, GOOD)
    assert actions.note_right_password(session, tried, now) is person
    assert person.failed_sign_ins == 0
    assert wrong(session, now) == 4


@pytest.mark.parametrize("typed", ["linxy", "HY-7", "hy-7", "lin@example.com", "Lin@Example.com"])
def test_a_person_is_found_by_user_name_staff_number_or_address(session, typed):
    person = make_person(session, username="linxy", staff_number="HY-7", email="lin@example.com")
    assert queries.by_sign_in_name(session, typed) is person


def test_a_user_name_goes_before_somebody_elses_staff_number_and_a_shared_address_means_nobody(session):
    first = make_person(session, username="hy-7", email="team@example.com")
    make_person(session, staff_number="HY-7", email="team@example.com")
    assert queries.by_sign_in_name(session, "HY-7") is first
    assert queries.by_sign_in_name(session, "team@example.com") is None


def test_the_fifth_wrong_password_locks_the_account_and_leaves_a_trail(session, now, person):
    for _ in range(5):
        left = wrong(session, now)
    assert left == 0
    assert person.locked_until == now + timedelta(minutes=15)
    assert trail(session) == ["person.locked"]
    with pytest.raises(Refused) as refusal:
        actions.knock(session, "linxy", HERE, now + timedelta(minutes=14))
    assert refusal.value.code == "locked"
    assert refusal.value.detail["until"] == now + timedelta(minutes=15)
    assert wrong(session, now + timedelta(minutes=15)) == 4


def test_a_name_without_an_account_locks_alike_and_is_not_kept_in_plain(session, now):
    assert [wrong(session, now, "somebody") for _ in range(5)] == [4, 3, 2, 1, 0]
    with pytest.raises(Refused) as refusal:
        actions.knock(session, "SOMEBODY", HERE, now)
    assert refusal.value.code == "locked"
    assert refusal.value.detail["until"] == now + timedelta(minutes=15)
    assert not [row.key for row in session.scalars(select(Throttle)) if "somebody" in row.key]


def test_a_lock_is_lifted_at_once(session, now, person):
    hr = make_person(session, Role.HR)
    for _ in range(5):
        wrong(session, now)
    actions.lift_lock(session, person, actor_id=hr.id, now=now)
    assert person.locked_until is None
    assert wrong(session, now) == 4
    assert trail(session) == ["person.locked", "person.lock_lifted"]


def test_lifting_a_lock_that_isnt_there_changes_nothing(session, now, person):
    actions.lift_lock(session, person, actor_id=person.id, now=now)
    assert trail(session) == []


def test_too_many_wrong_passwords_from_one_address_are_refused_whatever_the_name(session, now):
    session.add(Throttle(key=f"address:{HERE}", span_began_at=now, count=ADDRESS_DOOR.tries))
    session.flush()
    with pytest.raises(Refused) as refusal:
        actions.knock(session, "anybody", HERE, now)
    assert refusal.value.code == "too_many"
    assert actions.knock(session, "anybody", "198.51.100.1", now).left == NAME_DOOR.tries - 2


def test_whoever_gets_in_costs_their_address_nothing(session, now, person):
    for _ in range(ADDRESS_DOOR.tries + 5):
        actions.note_right_password(session, actions.knock(session, "linxy", HERE, now), now)
    assert session.get(Throttle, f"address:{HERE}", populate_existing=True).count == 0


def test_a_closed_account_with_the_right_password_is_refused_by_its_own_words(session, now, person):
    person.active = False
    tried = actions.knock(session, "linxy", HERE, now)
    with pytest.raises(Refused) as refusal:
        actions.note_right_password(session, tried, now)
    assert refusal.value.code == "closed_out"


def test_old_tries_are_forgotten_by_the_job(session, now):
    session.add(Throttle(key="name:1", span_began_at=now - timedelta(days=2), count=1))
    session.add(Throttle(key="name:2", span_began_at=now - timedelta(hours=2), count=1))
    session.flush()
    actions.forget_old_tries(session, now)
    assert [row.key for row in session.scalars(select(Throttle))] == ["name:2"]


# Links


def test_a_link_sets_the_password_once(session, now, person):
    hr = make_person(session, Role.HR)
    before = person.get_id()
    person.locked_until = now + timedelta(minutes=5)
    token = actions.make_sign_in_link(session, person, hr.id, now)
    assert actions.use_sign_in_link(session, token, "another password", now) is person
    assert passwords.matches(person.password_hash, "another password")
    assert person.get_id() != before
    assert person.locked_until is None
    with pytest.raises(Refused) as refusal:
        actions.use_sign_in_link(session, token, "a third password", now)
    assert refusal.value.code == "link_gone"
    assert trail(session) == ["person.link_made", "person.password_set_by_link"]


def test_only_the_links_hash_is_kept(session, now, person):
    token = actions.make_sign_in_link(session, person, None, now)
    link = session.scalars(select(SignInLink)).one()
    assert token not in (link.token_hash, person.password_hash)
    assert link.token_hash == actions.hash_token(token)
    assert not [event for event in session.scalars(select(AuditEvent)) if token in str(event.detail)]


@pytest.mark.parametrize(
    ("after", "open_"), [(timedelta(0), True), (LINK_LASTS - timedelta(seconds=1), True), (LINK_LASTS, False)]
)
def test_a_link_works_for_seven_days(session, now, person, after, open_):
    token = actions.make_sign_in_link(session, person, None, now)
    assert (queries.open_link(session, actions.hash_token(token), now + after) is not None) is open_


def test_a_newer_link_ends_the_earlier_one_and_so_does_closing_the_account(session, now, person):
    first = actions.make_sign_in_link(session, person, None, now)
    second = actions.make_sign_in_link(session, person, None, now)
    assert queries.open_link(session, actions.hash_token(first), now) is None
    assert queries.open_link(session, actions.hash_token(second), now)
    person.active = False
    session.flush()
    assert queries.open_link(session, actions.hash_token(second), now) is None


def test_a_weak_password_is_refused_and_the_link_stays_good(session, now, person):
    token = actions.make_sign_in_link(session, person, None, now)
    with pytest.raises(Refused) as refusal:
        actions.use_sign_in_link(session, token, "1234567890", now)
    assert (refusal.value.code, refusal.value.detail["field"]) == ("common", "password")
    assert queries.open_link(session, actions.hash_token(token), now)


@pytest.mark.parametrize("make", [actions.make_sign_in_link, actions.make_one_time_password])
def test_ways_in_for_oneself_an_administrator_or_a_closed_account_are_refused(session, now, person, make):
    hr, admin = make_person(session, Role.HR), make_person(session, Role.ADMIN)
    for whom, code in ((hr, "oneself"), (admin, "not_admin")):
        with pytest.raises(Refused) as refusal:
            make(session, whom, hr.id, now)
        assert refusal.value.code == code
    person.active = False
    with pytest.raises(Refused) as refusal:
        make(session, person, hr.id, now)
    assert refusal.value.code == "closed_out"


def test_a_trainer_making_a_way_in_is_refused(session, now, person):
    trainer = make_person(session, Role.TRAINER)
    with pytest.raises(Forbidden):
        actions.make_sign_in_link(session, person, trainer.id, now)


# Passwords


def test_a_one_time_password_works_until_it_is_replaced(session, now, person):
    hr = make_person(session, Role.HR)
    once = actions.make_one_time_password(session, person, hr.id, now)
    assert passwords.matches(person.password_hash, once)
    assert person.must_change_password
    with pytest.raises(Refused) as refusal:
        actions.replace_one_time_password(session, person, once, now)
    assert refusal.value.code == "same_password"
    actions.replace_one_time_password(session, person, "my very own one", now)
    assert not person.must_change_password
    with pytest.raises(Refused) as refusal:
        actions.replace_one_time_password(session, person, "and one more of them", now)
    assert refusal.value.code == "not_one_time"


def test_changing_the_password_ends_other_sessions(session, now, person):
    before = person.get_id()
    actions.change_password(session, person, GOOD, "another password", now)
    assert person.get_id() != before
    assert trail(session) == ["person.password_changed"]


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("not this one", "another password", "wrong_password", "old"),
        (GOOD, GOOD, "same_password", "password"),
        (GOOD, "short", "too_short", "password"),
        (GOOD, "abcd" * 33, "too_long", "password"),
        (GOOD, "linxiaoyu-hy", "is_username", "password"),
    ],
)
def test_a_password_change_is_refused_with_its_field(session, now, person, old, new, code, field):
    person.username = "linxiaoyu-hy"
    with pytest.raises(Refused) as refusal:
        actions.change_password(session, person, old, new, now)
    assert (refusal.value.code, refusal.value.detail["field"]) == (code, field)


def test_full_width_letters_are_the_same_password():
    assert passwords.matches(passwords.make_hash("ｐａｓｓ word 2026"), "pass word 2026")


def test_nobodys_password_never_matches_and_broken_hashes_dont_either():
    assert not passwords.matches(None, "anything at all")
    assert not passwords.matches("not a hash", "anything at all")


def test_an_unknown_profile_of_hashes_is_refused():
    with pytest.raises(ValueError, match="not a profile"):
        passwords.use_profile("free")


# Asking for a link


@pytest.fixture
def asked():
    people = []

    def hear(person, **_rest):
        people.append(person)

    with events.sign_in_link_asked.connected_to(hear):
        yield people


def test_a_link_is_asked_for_by_user_name_or_address(session, now, person, asked):
    person.email = "lin@example.com"
    session.flush()
    actions.ask_for_link(session, "LinXY", HERE, now)
    actions.ask_for_link(session, "lin@example.com", HERE, now)
    assert asked == [person, person]


def test_nothing_is_said_or_sent_for_nobody_for_who_has_no_address_or_is_closed_out(session, now, person, asked):
    closed = make_person(session, email="c@example.com", active=False)
    for name in ("nobody", "linxy", closed.username):
        actions.ask_for_link(session, name, HERE, now)
    assert asked == []


def test_nobodys_mailbox_is_flooded(session, now, person, asked):
    person.email = "lin@example.com"
    session.flush()
    for number in range(6):
        actions.ask_for_link(session, "linxy", f"192.0.2.{number}", now)
    assert len(asked) == 3


def test_an_address_that_asks_too_often_is_refused(session, now):
    for number in range(ASKING_DOOR.tries):
        actions.ask_for_link(session, f"name{number}", HERE, now)
    with pytest.raises(Refused) as refusal:
        actions.ask_for_link(session, "another", HERE, now)
    assert refusal.value.code == "too_many"
