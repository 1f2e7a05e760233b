"""Lists of people and the trail: what the filters find."""

from datetime import timedelta

import pytest

from exam.accounts import actions, queries
from exam.accounts.queries import PeopleFilter, TrailFilter
from exam.accounts.rules import PersonState, Role
from tests.builders import make_person
from tests.support.database import count_statements


def usernames(session, now, order="name", descending=False, limit=20, offset=0, **wanted):
    found, total = queries.people(session, PeopleFilter(**wanted), now, order, descending, limit, offset)
    return [person.username for person in found], total


@pytest.fixture
def four(session, now):
    make_person(session, Role.NEW_HIRE, username="lin", full_name="林晓雨", name_key="lin xiao yu", password_hash="x")
    make_person(
        session, Role.TRAINER, Role.HR, username="zhou", full_name="周敏", name_key="zhou min", staff_number="HY_7",
        password_hash="x", locked_until=now + timedelta(minutes=1),
    )  # fmt: skip
    make_person(session, Role.ADMIN, username="chen", full_name="陈立", name_key="chen li", email="Chen@example.com")
    make_person(
        session, Role.NEW_HIRE, username="an", full_name="安然", name_key="an ran", active=False, password_hash="x",
        locked_until=now - timedelta(minutes=1),
    )  # fmt: skip


@pytest.mark.usefixtures("four")
def test_people_sort_by_pinyin_or_user_name_and_come_in_pages(session, now):
    assert usernames(session, now) == (["an", "chen", "lin", "zhou"], 4)
    assert usernames(session, now, descending=True)[0] == ["zhou", "lin", "chen", "an"]
    assert usernames(session, now, limit=2, offset=2) == (["lin", "zhou"], 4)


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"text": "林"}, ["lin"]),
        ({"text": "xiao"}, ["lin"]),
        ({"text": "ZHOU"}, ["zhou"]),
        ({"text": "HY_7"}, ["zhou"]),
        ({"text": "_"}, ["zhou"]),
        ({"text": "%"}, []),
        ({"text": "chen@"}, ["chen"]),
        ({"role": Role.HR}, ["zhou"]),
        ({"role": Role.NEW_HIRE}, ["an", "lin"]),
        ({"state": PersonState.LOCKED}, ["zhou"]),
        ({"state": PersonState.INVITED}, ["chen"]),
        ({"state": PersonState.ACTIVE}, ["lin"]),
        ({"state": PersonState.CLOSED}, ["an"]),
        ({"state": PersonState.ACTIVE, "role": Role.ADMIN}, []),
    ],
)
def test_people_are_found_by_text_role_and_state(session, now, wanted, found):
    assert usernames(session, now, **wanted) == (found, len(found))


def test_those_with_a_role_are_the_active_ones_who_have_it_in_one_statement(session):
    first, both = make_person(session, Role.TRAINER), make_person(session, Role.HR, Role.TRAINER)
    make_person(session, Role.TRAINER, active=False)
    make_person(session, Role.HR)
    assert [one.id for one in queries.people_with_role(session, Role.TRAINER)] == [first.id, both.id]
    with count_statements(session) as statements:
        assert queries.ids_with_role(session, Role.TRAINER) == [first.id, both.id]
    assert len(statements) == 1


def test_a_demo_offers_its_named_sign_ins_only_new_hires_first(session):
    for name, role in (
        ("admin", Role.ADMIN), ("hr", Role.HR), ("trainer2", Role.TRAINER), ("newhire3", Role.NEW_HIRE),
        ("nh07", Role.NEW_HIRE), ("hrm", Role.HR),
    ):  # fmt: skip
        make_person(session, role, username=name)
    assert [one.username for one in queries.demo_people(session)] == ["newhire3", "trainer2", "hr", "admin"]


@pytest.fixture
def events(session, now):
    hr = make_person(session, Role.HR, full_name="王倩", name_key="wang qian")
    lin = make_person(session, full_name="林晓雨", name_key="lin xiao yu")
    for days, actor, action, about, detail in (
        (0, hr.id, "person.created", lin.id, {}),
        (1, None, "person.locked", lin.id, {}),
        (2, hr.id, "window.reopened", lin.id, {"reason": "右手受伤 100%"}),
        (3, hr.id, "cohort.made", None, {"name": "2026 春"}),
    ):
        actions.audit(
            session, actor_id=actor, action=action, subject_type="person", subject_id=1, about_id=about,
            now=now + timedelta(days=days), **detail,
        )  # fmt: skip
    return hr, lin


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["cohort.made", "window.reopened", "person.locked", "person.created"]),
        ({"who": "王"}, ["cohort.made", "window.reopened", "person.created"]),
        ({"who": "lin xiao"}, ["window.reopened", "person.locked", "person.created"]),
        ({"who": "nobody"}, []),
        ({"action": "cohort.made"}, ["cohort.made"]),
        ({"text": "受伤"}, ["window.reopened"]),
        ({"text": "100%"}, ["window.reopened"]),
        ({"text": "%"}, ["window.reopened"]),
        ({"text": "reopened"}, ["window.reopened"]),
        ({"text": "2026"}, ["cohort.made"]),
    ],
)
def test_the_trail_is_found_by_person_action_and_words(session, events, wanted, found):
    lines, total = queries.trail(session, TrailFilter(**wanted), 20, 0)
    assert ([line.event.action for line in lines], total) == (found, len(found))


def test_the_trail_is_found_by_days_and_comes_in_pages(session, now, events):
    span = TrailFilter(since=now + timedelta(days=1), before=now + timedelta(days=3))
    lines, total = queries.trail(session, span, 1, 1)
    assert ([line.event.action for line in lines], total) == (["person.locked"], 2)


def test_a_line_of_the_trail_names_who_acted_and_whom_it_concerns(session, events):
    lines, _total = queries.trail(session, TrailFilter(), 20, 0)
    assert [(line.actor, line.about) for line in lines] == [
        ("王倩", None), ("王倩", "林晓雨"), (None, "林晓雨"), ("王倩", "林晓雨"),
    ]  # fmt: skip
