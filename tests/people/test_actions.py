"""What HR does about people, and what is refused."""

import pytest
from sqlalchemy import func, select

from exam.accounts.models import AuditEvent, Person, SignInLink
from exam.accounts.rules import Role
from exam.courses.models import Cohort, Enrolment
from exam.errors import Conflict, Forbidden, Refused
from exam.notices.models import Notice
from exam.people import actions
from exam.people.actions import Assigned, Whole
from exam.people.rules import Entry
from tests.builders import make_course, make_person
from tests.people.builders import make_cohort

NEW_HIRE = frozenset({Role.NEW_HIRE})


def whole(**changes: object) -> Whole:
    values = {"full_name": "何嘉宁", "email": "", "staff_number": "", "tutor_id": None, "roles": NEW_HIRE}
    return Whole(**{**values, **changes})


def events(session, action: str) -> list[AuditEvent]:
    return list(session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


@pytest.fixture
def hr(session):
    return make_person(session, Role.HR)


@pytest.fixture
def trainer(session):
    return make_person(session, Role.TRAINER, full_name="周敏")


# One person


def test_somebody_added_gets_a_user_name_a_link_and_the_course(session, hr, trainer, now):
    cohort = make_cohort(session)
    added = actions.add(session, whole(email="he@example.com", tutor_id=trainer.id), cohort, actor_id=hr.id, now=now)
    assert added.person.username == "hejianing"
    assert added.person.tutor_id == trainer.id
    assert session.scalar(select(Enrolment.cohort_id).where(Enrolment.person_id == added.person.id)) == cohort.id
    assert session.scalar(select(SignInLink.person_id)) == added.person.id
    assert session.scalar(select(Notice.kind).where(Notice.person_id == added.person.id)) == "course_assigned"


def test_a_proposed_user_name_avoids_those_taken(session, hr, now):
    names = [actions.add(session, whole(), None, actor_id=hr.id, now=now).person.username for _ in range(2)]
    assert names == ["hejianing", "hejianing2"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"full_name": ""}, "full_name"),
        ({"full_name": "何" * 81}, "full_name"),
        ({"roles": frozenset()}, "roles"),
        ({"email": "taken@example.com"}, "email"),
        ({"email": "TAKEN@example.com"}, "email"),
        ({"staff_number": "M0001"}, "staff_number"),
        ({"staff_number": "1" * 41}, "staff_number"),
        ({"username": "taken"}, "username"),
        ({"username": "a b/c"}, "username"),
        ({"tutor_id": 999_999}, "tutor"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(session, hr, now, changes, field):
    make_person(session, username="taken", email="taken@example.com", staff_number="M0001")
    with pytest.raises(Refused) as refused:
        actions.add(session, whole(**changes), None, actor_id=hr.id, now=now)
    assert refused.value.detail["field"] == field


def test_a_course_for_somebody_who_is_no_new_hire_is_refused(session, hr, now):
    with pytest.raises(Refused) as refused:
        actions.add(session, whole(roles=frozenset({Role.TRAINER})), make_cohort(session), actor_id=hr.id, now=now)
    assert refused.value.detail["field"] == "cohort"


def test_hr_can_neither_make_nor_change_an_administrator(session, hr, now):
    admin = make_person(session, Role.ADMIN)
    with pytest.raises(Forbidden):
        actions.add(session, whole(roles=frozenset({Role.ADMIN})), None, actor_id=hr.id, now=now)
    with pytest.raises(Forbidden):
        actions.change(session, admin, whole(email="mine@example.com"), actor_id=hr.id, now=now)
    somebody = make_person(session)
    with pytest.raises(Forbidden):
        actions.change(session, somebody, whole(roles=frozenset({Role.ADMIN})), actor_id=hr.id, now=now)


def test_a_change_sets_everything_and_says_what_it_was(session, hr, trainer, now):
    person = make_person(session, full_name="何佳宁", staff_number="M1", email="old@example.com")
    wanted = whole(
        full_name="何嘉宁", staff_number="M2", email="new@example.com", tutor_id=trainer.id,
        roles=frozenset({Role.NEW_HIRE, Role.TRAINER}),
    )  # fmt: skip
    actions.change(session, person, wanted, actor_id=hr.id, now=now)
    assert (person.full_name, person.staff_number, person.email) == ("何嘉宁", "M2", "new@example.com")
    assert person.name_key == "he jia ning"
    assert person.tutor_id == trainer.id
    assert person.roles == {Role.NEW_HIRE, Role.TRAINER}
    [changed] = events(session, "person.changed")
    assert changed.detail["staff_number"] == "M1 → M2"
    assert changed.about_id == person.id
    assert events(session, "person.tutor_set")[0].detail == {"before": None, "after": "周敏"}


def test_a_change_of_nothing_leaves_no_trace(session, hr, now):
    person = make_person(session, full_name="何嘉宁")
    actions.change(session, person, whole(), actor_id=hr.id, now=now)
    assert session.scalar(select(func.count(AuditEvent.id))) == 0


def test_a_change_to_somebody_elses_number_or_address_is_refused(session, hr, now):
    make_person(session, email="taken@example.com", staff_number="M0001")
    person = make_person(session)
    for changes, field in (({"email": "taken@example.com"}, "email"), ({"staff_number": "M0001"}, "staff_number")):
        with pytest.raises(Conflict) as refused:
            actions.change(session, person, whole(**changes), actor_id=hr.id, now=now)
        assert refused.value.detail["field"] == field


def test_a_tutor_is_a_trainer_with_an_open_account_and_not_oneself(session, hr, now):
    person = make_person(session, Role.TRAINER, Role.NEW_HIRE)
    closed = make_person(session, Role.TRAINER, active=False)
    for tutor in (person, closed, make_person(session)):
        with pytest.raises(Refused) as refused:
            actions.set_tutor(session, person, tutor.id, actor_id=hr.id, now=now)
        assert refused.value.detail["field"] == "tutor"


def test_a_tutor_whose_account_was_closed_since_may_stay_and_be_taken_away(session, hr, now):
    closed = make_person(session, Role.TRAINER, active=False)
    person = make_person(session, full_name="何嘉宁", tutor_id=closed.id)
    actions.change(session, person, whole(full_name="何家宁", tutor_id=closed.id), actor_id=hr.id, now=now)
    assert person.tutor_id == closed.id
    assert actions.set_tutor(session, person, None, actor_id=hr.id, now=now)
    assert person.tutor_id is None


# Courses


def test_a_course_is_assigned_once_and_the_cohort_changed_later(session, hr, now):
    course = make_course(session)
    first, second = make_cohort(session, course), make_cohort(session, course)
    person = make_person(session)
    assert actions.assign(session, person, first, actor_id=hr.id, now=now) is Assigned.NEW
    assert actions.assign(session, person, first, actor_id=hr.id, now=now) is Assigned.SAME
    assert actions.assign(session, person, second, actor_id=hr.id, now=now) is Assigned.MOVED
    assert session.scalars(select(Enrolment.cohort_id).where(Enrolment.person_id == person.id)).all() == [second.id]
    assert events(session, "cohort.changed")[0].detail == {"before": first.name, "after": second.name}
    assert session.scalar(select(func.count(Notice.id))) == 1


@pytest.mark.parametrize(("roles", "columns"), [([Role.TRAINER], {}), ([], {"active": False})])
def test_who_is_no_new_hire_or_closed_out_stays_as_they_are(session, hr, now, roles, columns):
    person = make_person(session, *roles, **columns)
    assert actions.assign(session, person, make_cohort(session), actor_id=hr.id, now=now) is Assigned.NOT_POSSIBLE
    assert session.scalar(select(func.count(Enrolment.id))) == 0


# Lists


def imported(session, entries, hr, now, **choices):
    values = {"cohort": None, "new_cohorts_in": None, "tutor_id": None, "source": "people.xlsx"}
    return actions.import_people(session, entries, **{**values, **choices}, actor_id=hr.id, now=now)


def test_a_list_is_imported_with_courses_tutors_and_links(session, hr, trainer, now):
    course = make_course(session)
    cohort = make_cohort(session, course, name="2026 年 11 月")
    other = make_person(session, Role.TRAINER)
    entries = [
        Entry("何嘉宁", "he"),
        Entry("沈一诺", "shen", tutor_id=other.id, cohort="2026 年 12 月"),
        Entry("唐若溪", "tang", cohort="2026 年 12 月"),
        Entry("吴浩", "wu", roles=frozenset({Role.TRAINER}), cohort="2026 年 12 月"),
    ]
    added = imported(session, entries, hr, now, cohort=cohort, new_cohorts_in=course, tutor_id=trainer.id)
    where = dict(
        session.execute(
            select(Person.username, Cohort.name)
            .join(Enrolment, Enrolment.person_id == Person.id)
            .join(Enrolment.cohort)
        ).all()
    )
    assert where == {"he": "2026 年 11 月", "shen": "2026 年 12 月", "tang": "2026 年 12 月"}
    assert [one.person.tutor_id for one in added] == [trainer.id, other.id, trainer.id, None]
    assert len({one.token for one in added}) == 4
    [event] = events(session, "people.imported")
    assert event.detail == {"count": 4, "file": "people.xlsx"}


def test_without_a_cohort_nobody_gets_a_course(session, hr, now):
    imported(session, [Entry("何嘉宁", "he")], hr, now)
    assert session.scalar(select(func.count(Enrolment.id))) == 0


def test_a_new_cohort_without_a_course_to_make_it_in_is_refused(session, hr, now):
    with pytest.raises(Refused) as refused:
        imported(session, [Entry("何嘉宁", "he", cohort="2026 年 12 月")], hr, now)
    assert refused.value.detail["field"] == "cohort"


def test_a_cohort_named_only_by_trainers_is_not_made(session, hr, now):
    entry = Entry("吴浩", "wu", roles=frozenset({Role.TRAINER}), cohort="2026 年 12 月")
    imported(session, [entry], hr, now, new_cohorts_in=make_course(session))
    assert session.scalar(select(func.count(Cohort.id))) == 0


def test_all_are_imported_or_nobody(session, hr, now):
    make_person(session, username="taken")
    session.commit()
    with pytest.raises(Conflict):
        imported(session, [Entry("何嘉宁", "he"), Entry("沈一诺", "taken")], hr, now)
    session.rollback()
    assert session.scalar(select(func.count(Person.id)).where(Person.username == "he")) == 0
