"""A bank with spare questions, and cohorts that wait for an exam."""

from collections.abc import Generator
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.courses.models import Cohort, Course
from exam.papers import actions
from exam.papers.models import Exam, Paper, PaperSet
from exam.papers.rules import Origin, assemble_beside
from exam.sittings.models import Sitting
from question_bank.items import Kind
from tests.builders import NOW, make_exam, make_question, number
from tests.sittings.builders import make_enrolment, make_sitting

Made = TypeVar("Made")


def make_wide_exam(session: Session, spare: int = 3, **columns: object) -> Exam:
    """An exam of one question of each kind, with so many spare ones of each."""
    exam = make_exam(session, questions=1, **columns)
    for kind in Kind:
        for _ in range(spare):
            make_question(session, kind=kind)
    return exam


def make_cohort(session: Session, exam: Exam) -> Cohort:
    """A cohort of the exam's course."""
    cohort = Cohort(course_id=exam.course_id, name=f"第 {next(number)} 批", created_at=NOW)
    session.add(cohort)
    session.flush()
    return cohort


def make_hall(session: Session, exam: Exam, people: int, cohort: Cohort | None = None) -> list[Sitting]:
    """So many people of one cohort whose window opened just now."""
    cohort, course = cohort or make_cohort(session, exam), session.get_one(Course, exam.course_id)
    enrolments = [make_enrolment(session, course=course, cohort_id=cohort.id) for _ in range(people)]
    return [make_sitting(session, exam, enrolment=enrolment) for enrolment in enrolments]


def cohort_id_of(sitting: Sitting) -> int:
    """The cohort that a sitting of `make_hall` belongs to."""
    return sitting.enrolment.cohort_id


def assemble_for(session: Session, exam: Exam, cohort_id: int, seed: int = 1) -> PaperSet:
    """The parallel papers of a cohort, as a trainer has them assembled."""
    looked = actions.survey(session, exam, cohort_id)
    made, beside = through_all(assemble_beside(looked.task, seed))
    return actions.keep_set(session, looked, made, actions.Making(seed, 0.1), beside=beside, now=NOW)


def through_all(steps: Generator[Any, None, Made]) -> Made:
    """What comes of an action that says how far it is."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def papers_of(session: Session, kept: PaperSet) -> list[Paper]:
    """The parallel papers of a set."""
    return list(
        session.scalars(
            select(Paper).where(Paper.set_id == kept.id, Paper.origin == Origin.PARALLEL).order_by(Paper.id)
        )
    )
