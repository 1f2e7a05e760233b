"""Rows of sittings, bookings and attempts, as tests of sittings need them, and what has come of them."""

from datetime import datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts.models import Attempt, CloseReason
from exam.courses.models import Cohort, Course, Enrolment
from exam.notices.models import Notice
from exam.papers.models import Exam, Paper
from exam.papers.rules import ExamState
from exam.sittings import actions, queries, rules
from exam.sittings.models import Booking, Sitting
from question_bank.items import CreditRule
from tests.builders import NOW, make_course, make_person, number

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of March 2026 by Shanghai's clocks; NOW is the 2nd, 9:30."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=SHANGHAI)


def make_plain_exam(session: Session, course: Course | None = None, **columns: object) -> Exam:
    """A published exam without questions: open from 9 to 18, with 2 places a half hour."""
    values = {"title": "结业测试", "state": ExamState.PUBLISHED, "created_at": NOW, "places": 2}
    values |= {"opens_at": time(9), "shuts_at": time(18), "course": course or make_course(session)}
    exam = Exam(**{**values, **columns})
    session.add(exam)
    session.flush()
    return exam


def make_enrolment(
    session: Session, person: Person | None = None, course: Course | None = None, **columns: object
) -> Enrolment:
    """Somebody who has completed a course, unless said otherwise."""
    course, person = course or make_course(session), person or make_person(session)
    cohort = Cohort(course_id=course.id, name=f"2026 年 3 月 第 {next(number)} 批", created_at=NOW)
    session.add(cohort)
    session.flush()
    values = {"assigned_at": NOW - timedelta(days=20), "completed_at": NOW, "cohort_id": cohort.id}
    enrolment = Enrolment(**{**values, "person_id": person.id, "course_id": course.id, **columns})
    session.add(enrolment)
    session.flush()
    return enrolment


def make_sitting(
    session: Session, exam: Exam | None = None, person: Person | None = None, **columns: object
) -> Sitting:
    """A first try whose window of 7 days opened at NOW."""
    exam = exam or make_plain_exam(session)
    course = session.get_one(Course, exam.course_id)
    enrolment = columns.pop("enrolment", None) or make_enrolment(session, person, course)
    values = {"try_number": 1, "opens_at": NOW, "closes_at": rules.window_end(NOW, 7, SHANGHAI), "created_at": NOW}
    values |= {"person": session.get_one(Person, enrolment.person_id), "exam": exam, "enrolment": enrolment}
    sitting = Sitting(**{**values, **columns})
    session.add(sitting)
    session.flush()
    return sitting


def make_booking(session: Session, sitting: Sitting, starts_at: datetime, place: int = 1, **columns: object) -> Booking:
    """A booked start time."""
    values = {"sitting_id": sitting.id, "exam_id": sitting.exam_id, "starts_at": starts_at, "booked_at": NOW}
    booking = Booking(**{**values, "place": place, **columns})
    session.add(booking)
    session.flush()
    return booking


def make_attempt(
    session: Session, sitting: Sitting, started_at: datetime, closed: bool = True, **columns: object
) -> Attempt:
    """A test that was started, and handed in after half an hour unless it is still running."""
    paper = Paper(exam_id=sitting.exam_id, created_at=started_at)
    session.add(paper)
    session.flush()
    values = {
        "sitting_id": sitting.id, "person_id": sitting.person_id, "exam_id": sitting.exam_id, "paper_id": paper.id,
        "layout": {}, "minutes": Fraction(60), "pass_percent": 80, "distinction_percent": 90,
        "credit_rule": CreditRule.HALF_FOR_INCOMPLETE, "grace_seconds": 10,
        "started_at": started_at, "deadline": started_at + timedelta(hours=1),
    }  # fmt: skip
    if closed:
        values |= {"closed_at": started_at + timedelta(minutes=30), "close_reason": CloseReason.SUBMITTED}
    attempt = Attempt(**{**values, **columns})
    session.add(attempt)
    session.flush()
    return attempt


def slot(moment: datetime) -> str:
    """A start time as the calendar's form sends it."""
    return (moment - timedelta(hours=8)).strftime("%Y-%m-%dT%H:%MZ")


def live(session: Session) -> list[Booking]:
    """The bookings that stand."""
    return list(session.scalars(select(Booking).where(Booking.cancelled_at.is_(None))))


def admit(session: Session, sitting: Sitting, now: datetime) -> None:
    """As somebody who presses start."""
    actions.admit(session, queries.arrival(session, sitting.person_id, sitting.id, now), now)


def notices(session: Session) -> list[tuple[str, str | None]]:
    """What people were told, and of which start time, in its order."""
    return [(one.kind, one.params.get("starts_at")) for one in session.scalars(select(Notice).order_by(Notice.id))]


def kinds(session: Session) -> list[str]:
    """What people were told, in its order."""
    return [kind for kind, _starts_at in notices(session)]
