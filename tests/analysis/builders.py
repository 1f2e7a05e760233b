"""Exams that many have sat, written straight into the tables: what the statistics read, and nothing else."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from exam.attempts.models import Answer, Attempt
from exam.attempts.rules import CloseReason
from exam.courses.models import Cohort, Enrolment, PageProgress
from exam.marking.models import Mark
from exam.marking.rules import MarkSource
from exam.papers.models import Exam, Paper, Slot
from exam.results.models import Result
from exam.results.rules import Outcome
from exam.sittings.models import Sitting
from question_bank.items import CreditRule
from question_bank.models import QuestionVersion
from tests.builders import NOW, make_person, number
from tests.sittings.builders import make_plain_exam

Place = tuple[Fraction | int, dict[str, Any] | None]
"""What somebody earned at one place, as a share of its points, and what they answered."""


def choice(right: bool, *ids: str) -> Place:
    """An answer to a choice question."""
    return int(right), {"choices": list(ids)}


def make_paper(session: Session, exam: Exam, versions: Sequence[QuestionVersion]) -> Paper:
    """A paper of these versions that share 100 points."""
    paper = Paper(exam_id=exam.id, created_at=NOW)
    session.add(paper)
    session.flush()
    session.add_all(
        Slot(paper_id=paper.id, position=place, question_version_id=one.id, points=Fraction(100, len(versions)))
        for place, one in enumerate(versions, 1)
    )
    session.flush()
    return paper


def sat(
    session: Session,
    paper: Paper,
    versions: Sequence[QuestionVersion],
    people: Sequence[Sequence[Place]],
    *,
    apart: timedelta = timedelta(minutes=30),
    finished: Sequence[int] = (),
    tries: int = 1,
    seconds: int = 60,
) -> list[int]:
    """Attempts with results, one after the other; `finished` are the course's pages that all had finished before."""
    exam = session.get_one(Exam, paper.exam_id)
    worth = Fraction(100, len(versions))
    cohort = Cohort(course_id=exam.course_id, name=f"批次{next(number)}", created_at=NOW)
    session.add(cohort)
    session.flush()
    made: list[int] = []
    answers, marks, results, pages = [], [], [], []
    for place, earned in enumerate(people):
        attempt = _attempt(session, exam, paper, cohort, NOW + place * apart, tries)
        made.append(attempt.id)
        sitting = session.get_one(Sitting, attempt.sitting_id)
        pages += [{"enrolment_id": sitting.enrolment_id, "page_id": id, "done_at": NOW - apart} for id in finished]
        for position, ((share, response), version) in enumerate(zip(earned, versions, strict=True), 1):
            known = {"attempt_id": attempt.id, "position": position}
            moment = attempt.started_at + timedelta(seconds=seconds * position)
            answers.append({**known, "epoch": 1, "number": 1, "response": response, "saved_at": moment})
            marks.append({**known, "question_version_id": version.id, "source": MarkSource.RULE,
                          "points": share * worth, "given_at": moment})  # fmt: skip
        total = sum((share for share, _ in earned), Fraction()) * worth
        results.append({"attempt_id": attempt.id, "revision": 1, "earned": total, "possible": Fraction(100),
                        "score_tenths": int(total * 10), "outcome": Outcome.PASS if total >= 80 else Outcome.FAIL,
                        "computed_at": NOW})  # fmt: skip
    for table, rows in ((Answer, answers), (Mark, marks), (Result, results), (PageProgress, pages)):
        if rows:
            session.execute(insert(table), rows)
    session.commit()
    return made


def _attempt(session: Session, exam: Exam, paper: Paper, cohort: Cohort, moment: datetime, tries: int) -> Attempt:
    owner = make_person(session).id
    enrolment = Enrolment(person_id=owner, course_id=exam.course_id, cohort_id=cohort.id, assigned_at=NOW)
    session.add(enrolment)
    session.flush()
    sitting = Sitting(person_id=owner, exam_id=exam.id, enrolment_id=enrolment.id, try_number=tries, opens_at=NOW,
                      closes_at=NOW + timedelta(days=400), created_at=NOW)  # fmt: skip
    session.add(sitting)
    session.flush()
    attempt = Attempt(
        sitting_id=sitting.id, person_id=owner, exam_id=exam.id, paper_id=paper.id, layout={}, minutes=Fraction(60),
        pass_percent=80, distinction_percent=90, credit_rule=CreditRule.ALL_OR_NOTHING, grace_seconds=10,
        started_at=moment, deadline=moment + timedelta(hours=1), closed_at=moment + timedelta(minutes=50),
        close_reason=CloseReason.SUBMITTED,
    )  # fmt: skip
    session.add(attempt)
    session.flush()
    return attempt


def make_sat_exam(session: Session, versions: Sequence[QuestionVersion], people, **how: Any) -> Exam:
    """An exam whose one paper these people have sat."""
    exam = make_plain_exam(session)
    sat(session, make_paper(session, exam, versions), versions, people, **how)
    return exam
