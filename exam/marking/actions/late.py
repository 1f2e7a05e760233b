"""Deciding on answers that came after the deadline: kept by themselves, counted only if a human accepts them."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.accounts.models import Person
from exam.accounts.queries import people_with_role
from exam.accounts.rules import Role
from exam.attempts.models import Answer, Attempt, LateAnswer
from exam.errors import Conflict, Refused, _l
from exam.events import attempts_marked_by_rule
from exam.marking import queries
from exam.marking.actions.machine import mark_by_rule
from exam.marking.actions.marks import lock, refuse_marker, tell_if_marked, withdrawn
from exam.marking.actions.second import reopen
from exam.marking.models import OpinionWithdrawal
from exam.marking.rules import Undoing, mark_refusal
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind
from exam.papers.models import Exam
from exam.receipts.actions import revise

LOOK_BACK = timedelta(hours=1)
"""How long after its arrival the job still tells trainers of a late answer."""


def decide_late(session: Session, late: LateAnswer, accept: bool, reason: str, actor: Person, now: datetime) -> None:
    """Decide on the late answers of one slot: accepted, the last of them counts; refused, none does.

    An accepted answer is appended to the attempt's answers, its receipt is written anew and its slot is marked afresh.
    Refuses without a reason, where somebody has decided already, a void attempt, and whoever may not mark the paper.
    """
    if not reason.strip():
        raise Refused(_l("Say why; the candidate may ask."), code="no_reason", field="reason")
    attempt = lock(session, [late.attempt_id])[late.attempt_id]
    waiting = _waiting(session, late)
    if late not in waiting:
        raise Conflict(_l("Somebody has decided on this answer already."), code="decided")
    if attempt.voided_at is not None:
        raise Conflict(_l("This attempt has been set aside; its answers don't count."), code="voided")
    exam, candidate = session.get_one(Exam, attempt.exam_id), session.get_one(Person, attempt.person_id)
    refuse_marker(
        mark_refusal(
            actor.id,
            candidate.id,
            candidate.tutor_id,
            other_trainers=queries.trainers_besides(session, actor.id) > 0,
            own_trainer_may_mark=exam.own_trainer_may_mark,
        )
    )
    last = max(waiting, key=lambda one: (one.epoch, one.number))
    for one in waiting:
        one.decided_at, one.decided_by, one.reason = now, actor.id, reason.strip()
        one.accepted = accept and one is last
    session.flush()
    audit(
        session,
        actor_id=actor.id,
        action="late_answer.accepted" if accept else "late_answer.refused",
        subject_type="attempt",
        subject_id=attempt.id,
        about_id=attempt.person_id,
        now=now,
        position=late.position,
        reason=reason.strip(),
    )
    if accept:
        _count(session, attempt, last, actor, now)
    notify(
        session,
        attempt.person_id,
        NoticeKind.LATE_ANSWER_DECIDED,
        key=f"late:{last.id}",
        now=now,
        link=f"/attempts/{attempt.id}/receipt",
        exam=exam.title,
    )


def tell_of_late_answers(session: Session, now: datetime) -> int:
    """Tell the trainers, once an attempt, that answers came late and wait; how many were told. A job."""
    told = 0
    attempts = queries.waiting_for_decision(session, now - LOOK_BACK)
    trainers = people_with_role(session, Role.TRAINER) if attempts else []
    for attempt in attempts:
        exam = session.get_one(Exam, attempt.exam_id)
        for trainer in trainers:
            notice = notify(
                session,
                trainer.id,
                NoticeKind.LATE_ANSWER_WAITING,
                key=f"late:{attempt.id}",
                now=now,
                link="/marking/late",
                exam=exam.title,
            )
            told += notice is not None
    return told


def _waiting(session: Session, late: LateAnswer) -> list[LateAnswer]:
    found = select(LateAnswer).where(
        LateAnswer.attempt_id == late.attempt_id,
        LateAnswer.position == late.position,
        LateAnswer.decided_at.is_(None),
    )
    return list(session.scalars(found.execution_options(populate_existing=True)))


def _count(session: Session, attempt: Attempt, late: LateAnswer, actor: Person, now: datetime) -> None:
    """Append the answer so that it is the last one, write the receipt anew, and mark the slot afresh."""
    epoch, number = _after_all_others(session, late)
    answer = Answer(
        attempt_id=attempt.id,
        position=late.position,
        epoch=epoch,
        number=number,
        response=late.response,
        saved_at=late.arrived_at,
    )
    session.add(answer)
    session.flush()
    revise(session, attempt, answer, now)
    place = queries.place(session, attempt.id, late.position)
    waiting = mark_by_rule(session, [attempt], [place], {attempt.id: {late.position: late.response}}, now)
    if waiting:
        session.add(withdrawn(attempt.id, place.position, place.version_id, actor.id, late.reason or "", now))
    for opinion in queries.standing(session, attempt.id, late.position):
        session.add(
            OpinionWithdrawal(opinion_id=opinion.id, why=Undoing.LATE_ANSWER, withdrawn_by=actor.id, withdrawn_at=now)
        )
    reopen(session, attempt.id, late.position, by_rule=not waiting, now=now)
    session.flush()
    attempts_marked_by_rule.send([attempt], session=session, now=now)
    tell_if_marked(session, [attempt], now)


def _after_all_others(session: Session, late: LateAnswer) -> tuple[int, int]:
    """The epoch and number with which an answer is the last of its slot: its own where they are."""
    known = session.execute(
        select(Answer.epoch, func.max(Answer.number))
        .where(Answer.attempt_id == late.attempt_id, Answer.position == late.position)
        .group_by(Answer.epoch)
        .order_by(Answer.epoch.desc())
        .limit(1)
    ).one_or_none()
    own = (late.epoch, late.number)
    if known is None or own > tuple(known):
        return own
    return known[0], known[1] + 1
