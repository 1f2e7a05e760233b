"""An exam that asks for second markers, who marks it, and the desk they sit at."""

import pytest

from exam.accounts.rules import Role
from tests.builders import make_exam, make_person
from tests.marking.builders import Desk


@pytest.fixture
def markers(session):
    return [make_person(session, Role.TRAINER, full_name=name) for name in ("周敏", "陈立", "许静", "何平")]


@pytest.fixture
def exam(session):
    """An exam whose every attempt gets a second marker; its one short answer is worth 25 points, of five key points."""
    return make_exam(session, questions=1, second_marking=True, second_share=100, second_tolerance=3)


@pytest.fixture
def desk(session, exam, markers):
    return Desk(session, exam)
