"""Opening windows: for the first try, for a retake, and anew for one that was missed."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.company import zone
from exam.courses.models import Enrolment
from exam.errors import Conflict, Refused, _l
from exam.notices.rules import NoticeKind
from exam.papers.models import Exam
from exam.sittings import queries, rules
from exam.sittings.actions.guards import load, minutes, note, tell
from exam.sittings.models import Sitting
from exam.sittings.rules import Stage

BATCH = 200
"""How many enrolments one run of the job looks after."""


def open_first(session: Session, enrolment: Enrolment, now: datetime) -> list[Sitting]:
    """Open the window of the first try at each published exam of a course that is now completed.

    An exam that has been opened for this enrolment before is left as it is, so doing it twice changes nothing.
    """
    found = queries.published_exams(session, enrolment.course_id)
    opened = [_open_try(session, enrolment, exam, 1, None, now) for exam in found]
    for sitting in filter(None, opened):
        tell(session, sitting, NoticeKind.WINDOW_OPEN, sitting.id, now, minutes=minutes(sitting))
    return [sitting for sitting in opened if sitting]


def on_course_completed(enrolment: Enrolment, *, session: Session, now: datetime) -> None:
    """Listens to `course_completed`."""
    open_first(session, enrolment, now)


def open_missing(session: Session, now: datetime) -> int:
    """Open windows for those who completed a course before its exam was published; gives how many."""
    return sum(len(open_first(session, enrolment, now)) for enrolment in queries.without_sitting(session, BATCH))


def on_exam_published(_exam: Exam, *, session: Session, now: datetime) -> None:
    """Listens to `exam_published`: who has been waiting for it is let in at once, the rest by the job."""
    open_missing(session, now)


def _open_try(
    session: Session, enrolment: Enrolment, exam: Exam, try_number: int, actor_id: int | None, now: datetime
) -> Sitting | None:
    """A new sitting with a whole window from now; None if this try has been opened already."""
    if queries.last_try(session, enrolment.id, exam.id) >= try_number:
        return None
    sitting = Sitting(
        person=session.get_one(Person, enrolment.person_id),
        exam=exam,
        enrolment=enrolment,
        try_number=try_number,
        opens_at=now,
        closes_at=rules.window_end(now, exam.window_days, zone()),
        created_at=now,
        created_by=actor_id,
    )
    try:
        with session.begin_nested():
            session.add(sitting)
    except IntegrityError:  # another process opened it in the same moment
        return None
    return sitting


def open_retake(
    session: Session, failed_sitting: Sitting, actor_id: int, now: datetime, *, extra: bool = False
) -> Sitting:
    """Open the next try with a new window. `extra` lets HR give one more than the exam allows.

    Refuses while the earlier try hasn't been sat to its end, when a later one is open already, and when no retake is
    left. Whether the try was failed and its tutoring signed is for `retakes` to know. An exam that has been retired
    since still owes its candidates their retakes.
    """
    before = load(session, failed_sitting, now)
    if before.stage is not Stage.DONE:
        raise Refused(_l("This try hasn't been sat to its end, so there is nothing to retake."), "not_sat")
    sitting = before.sitting
    number = queries.last_try(session, sitting.enrolment_id, sitting.exam_id) + 1
    if number != sitting.try_number + 1:
        raise Conflict(_l("The next try has been opened already."), "already_open")
    if not rules.tries_left(sitting.try_number, before.exam.max_retakes) and not extra:
        raise Refused(_l("No retake is left. HR decides how it goes on."), "no_retake_left")
    opened = _open_try(session, sitting.enrolment, before.exam, number, actor_id, now)
    if opened is None:
        raise Conflict(_l("The next try has been opened already."), "already_open")
    note(session, "retake.opened", opened, actor_id, now, try_number=number, closes_at=opened.closes_at, extra=extra)
    tell(session, opened, NoticeKind.RETAKE_OPEN, opened.id, now)
    return opened


def reopen(
    session: Session, sitting: Sitting, closes_at: datetime, reason: str, actor_id: int, now: datetime
) -> Sitting:
    """Give a window that was missed, or is about to be, a later end.

    Refuses a sitting that has been sat, an end that isn't later or leaves no time for the test, one too far ahead, and
    no reason.
    """
    standing = load(session, sitting, now)
    before = standing.sitting.closes_at
    if standing.run is not None:
        raise Refused(_l("This test has been started, so its window can't be reopened."), "already_sat")
    if not reason.strip():
        raise Refused(_l("Say why, so that others understand it later."), "no_reason")
    if closes_at <= before:
        raise Refused(_l("The new end must be later than the present one."), "not_later")
    latest = rules.latest_start(closes_at, standing.exam.minutes, sitting.person.time_factor)
    if latest <= now:
        raise Refused(_l("That end leaves no time for the whole test."), "too_short")
    if closes_at > now + rules.LONGEST_REOPENING:
        raise Refused(_l("The new end is too far ahead: at most 90 days from now."), "too_far")
    sitting.closes_at, sitting.reopened_at, sitting.reopened_by = closes_at, now, actor_id
    sitting.reopen_reason = reason.strip()
    session.flush()
    note(session, "window.reopened", sitting, actor_id, now, before=before, closes_at=closes_at, reason=reason)
    tell(
        session,
        sitting,
        NoticeKind.WINDOW_REOPENED,
        f"{sitting.id}:{closes_at.isoformat()}",
        now,
        reason=reason.strip(),
    )
    return sitting
