"""Attempts handed in, marked and released through the real actions, and what the pages say of them."""

import re
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.attempts.models import Attempt
from exam.courses.models import Enrolment
from exam.papers.models import Exam
from exam.results import actions
from exam.sittings.models import Sitting
from tests.builders import make_person
from tests.marking.builders import LATER, hand_in, mark_all


def make_marked(
    session: Session,
    person: Person | None = None,
    exam: Exam | None = None,
    *,
    right: int = 6,
    share: Fraction | int = 1,
) -> Attempt:
    """A marked attempt: 12.5 points for each of the first `right` slots, and this share of 25 for the short answers.

    Everything: 100, a distinction; share 1/5: 80, a pass; right 5 and share 1/2: 75, a fail.
    """
    attempt = hand_in(session, person, exam, right=right)
    five = 5 * Fraction(share)
    points = {"k1": min(five, Fraction(2)), "k2": max(Fraction(), five - 2)}
    mark_all(session, attempt, make_person(session, Role.TRAINER, full_name="许静"), points)
    return attempt


def make_released(session: Session, person: Person | None = None, exam: Exam | None = None, **how: object) -> Attempt:
    """The same, released."""
    attempt = make_marked(session, person, exam, **how)
    actions.release(session, [attempt], make_person(session, Role.TRAINER).id, LATER)
    return attempt


def enrolment_of(session: Session, attempt: Attempt) -> Enrolment:
    """The enrolment that an attempt belongs to."""
    return session.get_one(Enrolment, session.get_one(Sitting, attempt.sitting_id).enrolment_id)


def into_cohort(session: Session, cohort_id: int, *attempts: Attempt) -> None:
    """Put the people of these attempts into one cohort."""
    for attempt in attempts:
        enrolment_of(session, attempt).cohort_id = cohort_id
    session.flush()


def plain(response: Any) -> str:
    """The page's text with ordinary spaces."""
    return response.text.replace("\u00a0", " ")


def names_in(response: Any) -> list[str]:
    """The names in HR's table, in its order."""
    return re.findall(r'<a class="rowlink"[^>]*>([^<]*)</a>', response.text)
