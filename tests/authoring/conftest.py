"""What the tests of trainers' pages share."""

import pytest

from exam.accounts.rules import Role
from exam.courses.models import Module, Page
from tests.builders import make_course, make_person


@pytest.fixture
def trainer(session):
    """A trainer."""
    return make_person(session, Role.TRAINER, full_name="周敏")


@pytest.fixture
def page(session, now):
    """A page of a course."""
    module = Module(course_id=make_course(session).id, position=1, slug="processes", title="流程")
    session.add(module)
    session.flush()
    page = Page(
        module_id=module.id, position=1, slug="complaint", title="投诉处理", body="先倾听。\n再道歉。", changed_at=now
    )
    session.add(page)
    session.flush()
    return page
