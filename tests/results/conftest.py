"""Who looks at results over HTTP, and whose they are."""

from fractions import Fraction

import pytest

from exam.accounts.rules import Role
from exam.courses.models import Cohort
from tests.builders import make_exam, make_person
from tests.marking.builders import LATER, hand_in
from tests.results.builders import into_cohort, make_released


@pytest.fixture
def hr(session, client, set_clock):
    """Somebody in HR, signed in with the client."""
    set_clock(LATER)
    person = make_person(session, Role.HR, full_name="陈珂")
    client.sign_in(person)
    return person


@pytest.fixture
def people(session, hr):
    """Four results: distinction, pass, fail, waiting; the first two in a cohort of their own."""
    exam = make_exam(session)
    names = [
        ("何嘉宁", "hejianing", "M01"),
        ("沈一诺", "shenyinuo", "M02"),
        ("吴桐", "wutong", "M03"),
        ("罗一鸣", "luoyiming", None),
    ]
    persons = [
        make_person(session, full_name=name, name_key=key, username=key, staff_number=staff)
        for name, key, staff in names
    ]
    best = make_released(session, persons[0], exam)
    good = make_released(session, persons[1], exam, share=Fraction(1, 5))
    bad = make_released(session, persons[2], exam, share=0)
    hand_in(session, persons[3], exam)
    cohort = Cohort(course_id=exam.course_id, name="三月批", created_at=LATER)
    session.add(cohort)
    session.flush()
    into_cohort(session, cohort.id, best, good)
    return {"cohort": cohort.id, "best": best, "good": good, "bad": bad}
