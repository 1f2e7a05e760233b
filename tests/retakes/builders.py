"""A failed attempt with its result, as tests of retakes need it."""

from datetime import timedelta
from fractions import Fraction
from itertools import cycle

from sqlalchemy import update
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.attempts import actions as attempts
from exam.attempts.models import Attempt
from exam.courses.models import Module, Page
from exam.results.models import Result
from exam.results.rules import Outcome
from question_bank.models import QuestionVersion
from tests.attempts.builders import begin
from tests.builders import NOW, make_course, make_exam, make_person, number

LATER = NOW + timedelta(hours=1)


def make_pages(session: Session, count: int = 2) -> list[Page]:
    """Pages of one chapter, which the questions of the bank are then made to come from, in turn."""
    course = make_course(session)
    module = Module(course_id=course.id, position=1, slug="complaints", title="投诉处理", summary="")
    session.add(module)
    session.flush()
    values = {"module_id": module.id, "body": "先倾听。", "changed_at": NOW}
    pages = [
        Page(**values, position=n, slug=f"complaint-{next(number)}", title=f"投诉处理 {n}") for n in range(1, count + 1)
    ]
    session.add_all(pages)
    session.flush()
    return pages


def make_failed(
    session: Session, person: Person | None = None, tutor: Person | None = None, pages: int = 2, **result: object
) -> Attempt:
    """A first try handed in empty: every slot earned nothing, and its result is a fail."""
    tutor = tutor or make_person(session, Role.TRAINER, full_name="周敏")
    person = person or make_person(session, tutor_id=tutor.id)
    exam = make_exam(session)
    slugs = cycle(page.slug for page in make_pages(session, pages))
    for version in session.query(QuestionVersion):
        session.execute(update(QuestionVersion).where(QuestionVersion.id == version.id).values(source=next(slugs)))
    attempt = begin(session, person, exam)
    attempts.submit(session, attempt, [], 1, LATER)
    session.query(Result).delete()
    values = {"attempt_id": attempt.id, "revision": 1, "earned": Fraction(), "possible": Fraction(100)}
    values |= {"score_tenths": 0, "outcome": Outcome.FAIL, "computed_at": LATER}
    session.add(Result(**{**values, **result}))
    session.flush()
    return attempt
