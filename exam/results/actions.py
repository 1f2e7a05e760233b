"""Results in verbs: compute, release, decide. A later result supersedes an earlier one; decisions are appended."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.accounts.models import Person
from exam.accounts.queries import ids_with_role
from exam.accounts.rules import Role
from exam.attempts.models import Attempt
from exam.courses.models import Enrolment
from exam.errors import Conflict, Forbidden, Refused, _l
from exam.events import result_released
from exam.marking import queries as marking
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind
from exam.papers.models import Exam
from exam.results import queries, rules
from exam.results.models import Decision, Release, Result
from exam.results.queries import Standing
from exam.results.rules import Outcome, Step, Verdict
from exam.sittings.actions import open_retake
from exam.sittings.models import Sitting
from exam.sittings.rules import tries_left

VERDICT_NOTICES = {Verdict.CONFIRMED: NoticeKind.CONFIRMED, Verdict.NOT_CONFIRMED: NoticeKind.NOT_CONFIRMED}
"""One more try is told by the opening of its window."""
NOT_HRS_TURN = {
    Step.WAITING: _l("The last exam hasn't been marked yet."),
    Step.MARKED: _l("The last result hasn't been released yet. Ask a trainer to release it."),
    Step.TUTORING: _l("A retake is left: the tutor prepares it. Decide once it has been sat."),
    Step.RETAKE: _l("A retake's window is open. Decide once it has been sat or missed."),
}


def on_attempt_marked(attempt: Attempt, *, session: Session, now: datetime, because: str | None = None) -> None:
    """Listens to `attempt_marked`."""
    compute(session, attempt, now, because)


def on_attempt_voided(attempt: Attempt, *, session: Session, now: datetime) -> None:
    """Listens to `attempt_voided`: what a candidate has been told counts, and is not taken back by setting it aside."""
    if queries.is_released(session, attempt.id):
        raise Conflict(_l("The result of this attempt has been released, so it stays."), "released")


def compute(session: Session, attempt: Attempt, now: datetime, because: str | None = None) -> Result:
    """Add up the marks that count; the same sum again gives the same result.

    A changed sum supersedes the result. If it was released already, the candidate is told again, HR is told where it
    had decided, and a changed outcome has its consequences; a decision never changes by itself. `because` is why, in
    the words of whoever corrected a question: the candidate reads them. Expects the attempt
    locked, as whoever marks it has to. Refuses with ValueError an attempt that isn't wholly marked.
    """
    slots = marking.earned(session, attempt.id)
    points = [slot.points for slot in slots if slot.points is not None]
    if len(points) < len(slots):
        raise ValueError(f"attempt {attempt.id} isn't wholly marked")
    earned, possible = rules.total(points), rules.total(slot.worth for slot in slots)
    before = queries.current_result(session, attempt.id)
    if before and (before.earned, before.possible) == (earned, possible):
        return before
    if before:
        before.superseded_at = now
        session.flush()  # the database allows one current result at any moment
    result = Result(
        attempt_id=attempt.id,
        revision=before.revision + 1 if before else 1,
        earned=earned,
        possible=possible,
        score_tenths=rules.score_tenths(earned, possible),
        outcome=rules.outcome(earned, possible, attempt),
        computed_at=now,
    )
    session.add(result)
    session.flush()
    if before and queries.is_released(session, attempt.id):
        _tell_of_change(session, attempt, before, result, because, now)
    return result


def release(session: Session, attempts: Iterable[Attempt], actor_id: int | None, now: datetime) -> int:
    """Let candidates see their results; how many were released now. One that is released already is left as it is.

    Refuses an attempt that is void, isn't wholly marked, waits for a second marker, or has late answers nobody has
    decided on.
    """
    released = 0
    for attempt in attempts:
        _lock(session, attempt)
        if queries.is_released(session, attempt.id):
            continue
        result = _result_to_release(session, attempt)
        session.add(Release(attempt_id=attempt.id, released_at=now, released_by=actor_id))
        session.flush()
        _audit(session, "result.released", attempt, actor_id, now, earned=result.earned, outcome=result.outcome)
        _tell_candidate(session, attempt, result, now)
        result_released.send(attempt, session=session, now=now)
        _tell_hr_if_their_turn(session, attempt, result, now)
        released += 1
    return released


def decide(
    session: Session,
    enrolment: Enrolment,
    verdict: Verdict,
    *,
    outstanding: bool,
    reason: str,
    actor_id: int,
    now: datetime,
    seen: int | None = None,
) -> Decision:
    """Decide on a person, or revise an earlier decision by a further one.

    One more try opens its window at once. `seen` is the id of the decision that stood when this one was thought of, 0
    for none. Refuses: while it isn't HR's turn, a confirmation without a pass, the title where the terms don't give it,
    a lacking reason, a decision on oneself, and one on top of a decision that wasn't seen.
    """
    session.scalars(select(Enrolment).where(Enrolment.id == enrolment.id).with_for_update()).one()
    where = queries.standing(session, enrolment.id, now)
    if where is None:
        raise LookupError(f"enrolment {enrolment.id} is gone")
    _refuse_unseen(where, seen)
    _refuse_decision(where, verdict, outstanding, reason, actor_id)
    if verdict is Verdict.ONE_MORE_TRY:
        failed = session.get_one(Sitting, where.sitting_id)
        open_retake(session, failed, actor_id, now, extra=True)
    decision = Decision(
        person_id=enrolment.person_id,
        enrolment_id=enrolment.id,
        attempt_id=where.attempt_id if where.reached is not Step.MISSED else None,
        verdict=verdict,
        outstanding=outstanding,
        reason=reason.strip(),
        decided_by=actor_id,
        decided_at=now,
    )
    session.add(decision)
    session.flush()
    _note_decision(session, decision, where, now)
    return decision


def note_export(session: Session, actor_id: int, form: str, filters: dict[str, Any], now: datetime) -> None:
    """Write down who took the results out of the site, and which."""
    audit(
        session, actor_id=actor_id, action="results.exported", subject_type="results", subject_id=None, now=now,
        format=form, **filters,
    )  # fmt: skip


def _note_decision(session: Session, decision: Decision, before: Standing, now: datetime) -> None:
    """Write a decision into the trail, and tell the person unless a new window tells them."""
    audit(
        session,
        actor_id=decision.decided_by,
        action="decision.made" if before.decision is None else "decision.revised",
        subject_type="enrolment",
        subject_id=decision.enrolment_id,
        about_id=decision.person_id,
        now=now,
        verdict=decision.verdict,
        outstanding=decision.outstanding,
        reason=decision.reason,
        before=before.decision.verdict if before.decision else None,
    )
    if decision.verdict in VERDICT_NOTICES:
        link = f"/attempts/{before.attempt_id}/result" if before.attempt_id else "/exam"
        kind = VERDICT_NOTICES[decision.verdict]
        notify(session, decision.person_id, kind, key=f"decision:{decision.id}", now=now, link=link)


def _refuse_unseen(where: Standing, seen: int | None) -> None:
    standing = where.decision.id if where.decision else 0
    if where.verdicts and seen is not None and seen != standing:
        message = _l("Somebody else has decided meanwhile, see above. To put your decision on top of it, say why.")
        raise Conflict(message, code="unseen_decision", field="reason")


def _refuse_decision(where: Standing, verdict: Verdict, outstanding: bool, reason: str, actor_id: int) -> None:
    if where.person.id == actor_id:
        raise Forbidden(_l("Nobody decides on themselves. Ask somebody else in HR."), code="own_decision")
    if not where.verdicts:
        raise Conflict(NOT_HRS_TURN.get(where.reached, _l("It isn't time to decide yet.")), code="not_hrs_turn")
    if verdict not in where.verdicts:
        raise Refused(_l("The result doesn't allow this decision."), code="verdict")
    if outstanding and (verdict is not Verdict.CONFIRMED or not where.may_be_outstanding):
        raise Refused(_l("The title asks for a distinction, on the first try unless the exam says otherwise."), "title")
    if rules.needs_reason(verdict, where.decision is not None) and not reason.strip():
        raise Refused(_l("Say why. It is kept in the file, and the person sees it."), "no_reason", field="reason")


def _result_to_release(session: Session, attempt: Attempt) -> Result:
    if attempt.closed_at is None or attempt.voided_at is not None:
        raise Conflict(_l("This attempt is still running or has been set aside."), code="not_closed")
    if marking.is_late_waiting(session, attempt.id):
        raise Conflict(_l("Answers came late; decide on them first."), code="late_answers")
    if marking.is_second_waiting(session, attempt.id):
        raise Conflict(_l("An answer waits for a second marker; the result is out after that."), code="second_marking")
    result = queries.current_result(session, attempt.id)
    if result is None or not queries.releasable(session, attempt.id):
        raise Conflict(_l("Not every answer has been marked yet."), code="not_marked")
    return result


def _tell_candidate(
    session: Session,
    attempt: Attempt,
    result: Result,
    now: datetime,
    kind: NoticeKind = NoticeKind.RESULT_RELEASED,
    **params: Any,
) -> None:
    title = session.get_one(Exam, attempt.exam_id).title
    notify(
        session, attempt.person_id, kind, key=f"{attempt.id}:{result.revision}", now=now,
        link=f"/attempts/{attempt.id}/result", exam=title, **params,
    )  # fmt: skip


def _tell_of_change(
    session: Session, attempt: Attempt, before: Result, result: Result, because: str | None, now: datetime
) -> None:
    _audit(
        session, "result.changed", attempt, None, now,
        earned=result.earned, outcome=result.outcome, earned_before=before.earned, outcome_before=before.outcome,
    )  # fmt: skip
    if because:
        _tell_candidate(
            session, attempt, result, now, NoticeKind.RESULT_CORRECTED, reason=because, **rules.change(before, result)
        )
    elif because is None:
        _tell_candidate(session, attempt, result, now, NoticeKind.RESULT_REMARKED, **rules.change(before, result))
    if result.outcome is not before.outcome:
        result_released.send(attempt, session=session, now=now)
    sitting = session.get_one(Sitting, attempt.sitting_id)
    if queries.last_decision(session, sitting.enrolment_id) is not None:
        _tell_hr(session, attempt, sitting, result, now, NoticeKind.RESULT_CHANGED, **rules.change(before, result))
    elif result.outcome is not before.outcome:
        _tell_hr_if_their_turn(session, attempt, result, now)


def _tell_hr_if_their_turn(session: Session, attempt: Attempt, result: Result, now: datetime) -> None:
    sitting, exam = session.get_one(Sitting, attempt.sitting_id), session.get_one(Exam, attempt.exam_id)
    if result.outcome is not Outcome.FAIL or not tries_left(sitting.try_number, exam.max_retakes):
        _tell_hr(session, attempt, sitting, result, now)


def _tell_hr(
    session: Session,
    attempt: Attempt,
    sitting: Sitting,
    result: Result,
    now: datetime,
    kind: NoticeKind = NoticeKind.DECISION_WAITING,
    **change: Any,
) -> None:
    name = session.get_one(Person, attempt.person_id).full_name
    title = session.get_one(Exam, attempt.exam_id).title
    for person_id in ids_with_role(session, Role.HR):
        notify(
            session, person_id, kind, key=f"result:{result.id}", now=now, link=f"/results/{sitting.enrolment_id}",
            exam=title, name=name, **change,
        )  # fmt: skip


def _audit(session: Session, action: str, attempt: Attempt, actor_id: int | None, now: datetime, **detail: Any) -> None:
    audit(
        session, actor_id=actor_id, action=action, subject_type="attempt", subject_id=attempt.id,
        about_id=attempt.person_id, now=now, **detail,
    )  # fmt: skip


def _lock(session: Session, attempt: Attempt) -> None:
    session.scalars(select(Attempt.id).where(Attempt.id == attempt.id).with_for_update()).one()
