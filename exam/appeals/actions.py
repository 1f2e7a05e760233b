"""Appealing, and answering appeals. Nothing here commits."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.accounts.models import Person
from exam.appeals import queries
from exam.appeals.models import Appeal, AppealWindow
from exam.appeals.queries import AppealView
from exam.appeals.rules import AppealState, Barred, Closed, due, urgency
from exam.attempts.models import Attempt
from exam.company import zone
from exam.errors import Conflict, Forbidden, NotFound, Refused, _l
from exam.events import attempt_marked
from exam.marking.models import Mark
from exam.marking.queries import wholly_marked
from exam.marking.rules import MarkSource
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind
from exam.papers.models import Exam
from exam.results import queries as results
from exam.results.models import Result
from exam.results.rules import change as changed_result
from exam.sittings.rules import window_end
from question_bank.items import ShortAnswer

CLOSED = {
    Closed.NOT_OFFERED: _l("This exam offers no appeals. Talk to your tutor."),
    Closed.NOT_YET: _l("You can appeal once you can see the questions: when everybody in your cohort has finished."),
    Closed.OVER: _l("The days for appeals are over."),
    Closed.NONE_LEFT: _l("You have no appeal left. One that is granted is given back."),
    Closed.ALREADY: _l("You have appealed this question already."),
}
BARRED = {
    Barred.OWN_PAPER: _l("This is your own paper. Another trainer answers."),
    Barred.OWN_TUTEE: _l("This paper is by somebody you tutor. Another trainer answers."),
    Barred.HAS_MARKED: _l("You have marked this answer. Somebody who hasn't answers the appeal."),
}
HALF = Fraction(1, 2)


def open_windows(session: Session, now: datetime) -> int:
    """Begin the days for appeals of those who can now see their questions, and tell them; gives how many. A job."""
    found = queries.newly_visible(session, now)
    for attempt, exam in found:
        closes_at = window_end(now, exam.appeal_days, zone())
        session.add(AppealWindow(attempt_id=attempt.id, opens_at=now, closes_at=closes_at, appeals=exam.appeals))
        session.flush()
        notify(
            session, attempt.person_id, NoticeKind.APPEALS_OPEN, key=f"appeals:{attempt.id}", now=now,
            link=f"/attempts/{attempt.id}/appeals", exam=exam.title, closes_at=closes_at, count=exam.appeals,
        )  # fmt: skip
    return len(found)


def remind(session: Session, now: datetime) -> int:
    """Recall the end of the days for appeals, and appeals that nobody has answered; gives how many were told. A job.

    Each once: a candidate a day before the end, the trainers who may answer a day before it is due and again when it
    is late.
    """
    told = 0
    for attempt, exam, window in queries.ending(session, now):
        notice = notify(
            session, attempt.person_id, NoticeKind.APPEALS_ENDING, key=f"appeals:{attempt.id}", now=now,
            link=f"/attempts/{attempt.id}/appeals", exam=exam.title, closes_at=window.closes_at,
        )  # fmt: skip
        told += notice is not None
    for appeal in queries.pressing(session, now):
        key = f"{appeal.id}:{urgency(appeal.due_at, now).value}"
        for trainer in queries.answerers(session, appeal):
            told += _tell_trainer(session, appeal, trainer, NoticeKind.APPEAL_PRESSING, key, now)
    return told


def make(session: Session, person: Person, attempt_id: int, position: int, text: str, now: datetime) -> Appeal:
    """Appeal the marking of a question, with a text. The trainers who may answer are told.

    Refuses outside the days for it, without a text, a second time, and once all appeals are used up.
    """
    locked = select(Attempt.id).where(Attempt.id == attempt_id, Attempt.person_id == person.id).with_for_update()
    session.execute(locked)
    own = queries.own_appeals(session, person.id, attempt_id, now)
    slot = own.slot(position) if own else None
    if own is None or (slot is None and own.closed is None):
        raise NotFound()
    why = own.closed or (Closed.ALREADY if own.at(position) else None) or (None if own.left else Closed.NONE_LEFT)
    if why is not None or slot is None:
        raise Conflict(CLOSED[why or Closed.NOT_YET], code=(why or Closed.NOT_YET).value)
    if not text.strip():
        raise Refused(_l("Say what you think is wrong, and why."), code="no_text", field="text")
    appeal = Appeal(
        attempt_id=attempt_id, position=position, question_version_id=slot.version.id, text=text.strip(), made_at=now,
        due_at=due(now),
    )  # fmt: skip
    session.add(appeal)
    session.flush()
    _audit(session, "appeal.made", appeal, person.id, person.id, now)
    for trainer in queries.answerers(session, appeal):
        _tell_trainer(session, appeal, trainer, NoticeKind.APPEAL_WAITING, str(appeal.id), now)
    return appeal


def withdraw(session: Session, person: Person, appeal: Appeal, now: datetime) -> None:
    """Take one's own appeal back before it is answered: it is as if it had never been made."""
    appeal = _held(session, appeal)
    if appeal.state is not AppealState.WAITING:
        raise Conflict(_l("This appeal has been answered already."), code="answered")
    appeal.state = AppealState.WITHDRAWN
    session.flush()
    _audit(session, "appeal.withdrawn", appeal, person.id, person.id, now)


def answer(
    session: Session,
    appeal: Appeal,
    person: Person,
    *,
    granted: bool,
    text: str,
    points: Fraction | None,
    now: datetime,
) -> None:
    """Answer an appeal with a reason, in one letter. `points` is what a granted one against a short answer now gets.

    A granted appeal is given back to its candidate, and its question waits for a review. Refuses whoever has marked
    the answer or may not mark the paper, an answer without a reason, points that aren't of this question, and one that
    was answered meanwhile.
    """
    appeal = _held(session, appeal)
    found = queries.view(session, appeal.id, person.id)
    if found is None or appeal.state is not AppealState.WAITING:
        raise Conflict(_l("This appeal has been answered already."), code="answered")
    _refuse_person(found)
    if not text.strip():
        raise Refused(_l("Give the reason; the candidate reads it."), code="no_reason", field="answer")
    if points is not None:
        _refuse_points(found, points, granted)
    appeal.state = AppealState.GRANTED if granted else AppealState.DENIED
    appeal.answer, appeal.answered_by, appeal.answered_at = text.strip(), person.id, now
    session.flush()
    attempt = session.get_one(Attempt, appeal.attempt_id)
    action = "appeal.granted" if granted else "appeal.denied"
    _audit(session, action, appeal, person.id, attempt.person_id, now, reason=appeal.answer, points=points)
    before = results.current_result(session, attempt.id)
    if points is not None:
        _give(session, appeal, attempt, found, points, now)
    _tell_candidate(session, appeal, attempt, before, now)


def review(session: Session, appeal: Appeal, note: str, *, actor_id: int, now: datetime) -> None:
    """Say why the question of a granted appeal stays as it is; a correction of it would say so itself."""
    appeal = _held(session, appeal)
    if appeal.state is not AppealState.GRANTED or appeal.reviewed_at is not None:
        raise Conflict(_l("Nothing is left to review here."), code="nothing_to_review")
    if not note.strip():
        raise Refused(_l("Say why the question stays as it is."), code="no_note", field="note")
    appeal.reviewed_at, appeal.reviewed_by, appeal.review_note = now, actor_id, note.strip()
    session.flush()
    person_id = session.get_one(Attempt, appeal.attempt_id).person_id
    _audit(session, "appeal.reviewed", appeal, actor_id, person_id, now, note=appeal.review_note)


def _tell_candidate(session: Session, appeal: Appeal, attempt: Attempt, before: Result | None, now: datetime) -> None:
    """The one letter: the answer with its reason, and what it has made of the result."""
    result, change = results.current_result(session, attempt.id), {}
    kind = NoticeKind.APPEAL_GRANTED if appeal.state is AppealState.GRANTED else NoticeKind.APPEAL_DENIED
    page = "appeals"
    if before and result and result is not before:
        kind, change, page = NoticeKind.APPEAL_POINTS, changed_result(before, result), "result"
    notify(
        session, attempt.person_id, kind, key=f"appeal:{appeal.id}", now=now, link=f"/attempts/{attempt.id}/{page}",
        exam=session.get_one(Exam, attempt.exam_id).title, number=appeal.position, reason=appeal.answer, **change,
    )  # fmt: skip


def _give(
    session: Session, appeal: Appeal, attempt: Attempt, found: AppealView, points: Fraction, now: datetime
) -> None:
    """Append the mark; the letter about the appeal tells of it, so that no other one has to."""
    mark = Mark(
        attempt_id=attempt.id, position=appeal.position, question_version_id=found.version.id,
        source=MarkSource.CORRECTION, author_id=appeal.answered_by, points=points, reason=appeal.answer, given_at=now,
    )  # fmt: skip
    session.add(mark)
    session.flush()
    appeal.mark_id = mark.id
    if wholly_marked(session, [attempt.id]):
        attempt_marked.send(attempt, session=session, now=now, because="")
    session.flush()


def _refuse_person(found: AppealView) -> None:
    if found.refusal is not None:
        raise Forbidden(BARRED[found.refusal], code=found.refusal.value)


def _refuse_points(found: AppealView, points: Fraction, granted: bool) -> None:
    if not granted or not isinstance(found.item, ShortAnswer):
        raise Refused(
            _l("Points change with a granted appeal against a short answer; a key is corrected for everybody."),
            code="no_points", field="points",
        )  # fmt: skip
    if not (0 <= points <= found.worth and (points == found.worth or (2 * points).denominator == 1)):
        raise Refused(_l("Points go in halves, up to what the question is worth."), code="points", field="points")
    if found.mark is not None and points < found.mark.points:
        raise Refused(_l("A granted appeal takes no points away."), code="fewer_points", field="points")


def _held(session: Session, appeal: Appeal) -> Appeal:
    """The appeal as the database has it; nobody else answers it before this transaction ends."""
    statement = select(Appeal).where(Appeal.id == appeal.id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def _tell_trainer(session: Session, appeal: Appeal, trainer: Person, kind: NoticeKind, key: str, now: datetime) -> bool:
    notice = notify(
        session, trainer.id, kind, key=f"appeal:{key}", now=now, link=f"/appeals/{appeal.id}", due_at=appeal.due_at
    )
    return notice is not None


def _audit(
    session: Session, action: str, appeal: Appeal, actor_id: int, about_id: int, now: datetime, **detail: Any
) -> None:
    audit(
        session, actor_id=actor_id, action=action, subject_type="attempt", subject_id=appeal.attempt_id,
        about_id=about_id, now=now, position=appeal.position, **detail,
    )  # fmt: skip
