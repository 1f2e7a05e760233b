"""Giving marks. Every one is appended; the last of a slot counts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.accounts.models import Person
from exam.attempts.models import Attempt
from exam.attempts.queries import final_answers
from exam.errors import Conflict, Forbidden, NotFound, Refused, _l
from exam.events import attempt_marked
from exam.marking import queries
from exam.marking.models import Mark, Opinion
from exam.marking.queries import DeskAnswer
from exam.marking.rules import BLANK, MarkRefusal, MarkSource, all_marked, points_of, proposal_data
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind
from exam.papers.models import Exam
from exam.papers.queries import SlotView, slots
from question_bank import bank
from question_bank.items import ShortAnswer, is_blank, parse_response
from question_bank.models import QuestionVersion

REFUSALS = {
    MarkRefusal.OWN_PAPER: _l("This is your own paper. Another trainer marks it."),
    MarkRefusal.OWN_TUTEE: _l("This paper is by somebody you tutor. Another trainer marks it."),
    MarkRefusal.ONLY_TRAINER: _l(
        "This paper is by somebody you tutor, and there is no other trainer. Either somebody else becomes a trainer, "
        "or the exam's terms say openly that a tutor may mark."
    ),
}


def on_attempt_closed(attempt: Attempt, *, session: Session, now: datetime, **_: object) -> None:
    """Listens to `attempt_closed`."""
    mark_objective(session, attempt, now)


def mark_objective(session: Session, attempt: Attempt, now: datetime) -> None:
    """Mark by rule what can be: objective questions, and 0 for short answers without text. Doing it twice is once.

    Sends `attempt_marked` when that was all; else tells the trainers, once a day and exam, that work is waiting.
    """
    locked(session, attempt.id)
    marks = queries.counting_marks(session, [attempt.id])[attempt.id]
    places = [slot for slot in slots(session, attempt.paper_id) if slot.position not in marks]
    if not places:
        return
    waiting = mark_by_rule(session, attempt, places, now)
    if not waiting:
        attempt_marked.send(attempt, session=session, now=now)
    else:
        _tell_trainers(session, attempt, now)


def mark_by_rule(session: Session, attempt: Attempt, places: Iterable[SlotView], now: datetime) -> list[SlotView]:
    """Append the marks of these slots that need nobody's judgement; gives the slots that do."""
    wanted = list(places)
    counting = bank.counting_versions(session, [slot.version.id for slot in wanted])
    answers = final_answers(session, [attempt.id])[attempt.id]
    waiting = []
    for slot in wanted:
        version = counting[slot.version.id]
        item = bank.item_of(version)
        response = parse_response(item.kind, answers[slot.position])
        if isinstance(item, ShortAnswer):
            if not is_blank(response):
                waiting.append(slot)
                continue
            share, reason = Fraction(0), BLANK
        else:
            share, reason = item.mark(response, attempt.credit_rule), attempt.credit_rule.value
        session.add(_mark(attempt, slot.position, version, MarkSource.RULE, points_of(share, slot.points), reason, now))
    session.flush()
    return waiting


def give_opinion(
    session: Session,
    attempt: Attempt,
    position: int,
    marker: Person,
    key_points: Mapping[str, Fraction],
    comment: str,
    now: datetime,
    *,
    reason: str = "",
) -> Mark:
    """Keep what a marker gives a short answer, by key point, and let it count: with one marker theirs does.

    Giving again corrects one's own mark by a further one; once the result has been released that needs a reason.
    Refuses: what isn't a short answer of a closed attempt, the papers `mark_refusal` names, points a key point doesn't
    have, a blank answer, and an answer that somebody else has marked meanwhile.
    """
    locked(session, attempt.id)
    answer = _answer_at(session, attempt, position, marker)
    _refuse_unless_markable(answer, marker, reason)
    try:
        share = answer.item.award(key_points)
    except ValueError:
        raise Refused(_l("A key point can't be given these points."), code="points") from None
    opinion = Opinion(
        attempt_id=attempt.id,
        position=position,
        question_version_id=answer.version.id,
        marker_id=marker.id,
        key_points={id: str(points) for id, points in key_points.items()},
        share=share,
        comment=comment.strip(),
        proposal=proposal_data(answer.proposal),
        given_at=now,
    )
    session.add(opinion)
    session.flush()
    points = points_of(share, answer.worth)
    mark = _mark(attempt, position, answer.version, MarkSource.PERSON, points, reason.strip(), now)
    mark.author_id, mark.opinion_id = marker.id, opinion.id
    session.add(mark)
    session.flush()
    _audit(session, attempt, mark, before=answer.mark, now=now)
    tell_if_marked(session, attempt, now)
    return mark


def tell_if_marked(session: Session, attempt: Attempt, now: datetime) -> None:
    """Send `attempt_marked` once every slot has a mark, and again whenever one changes after that."""
    places = [slot.position for slot in slots(session, attempt.paper_id)]
    if all_marked(places, queries.counting_marks(session, [attempt.id])[attempt.id]):
        attempt_marked.send(attempt, session=session, now=now)


def locked(session: Session, attempt_id: int) -> Attempt:
    """The attempt as the database has it now; nobody else marks it before this transaction ends."""
    statement = select(Attempt).where(Attempt.id == attempt_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def refuse_marker(refusal: MarkRefusal | None) -> None:
    """Refuse a person who may not mark this paper, saying why."""
    if refusal is not None:
        raise Forbidden(REFUSALS[refusal], code=refusal.value)


def withdraw(session: Session, attempt: Attempt, slot: SlotView, actor_id: int, reason: str, now: datetime) -> None:
    """Let the mark of a short answer count no longer: what is to be marked has changed."""
    mark = _mark(attempt, slot.position, slot.version, MarkSource.WITHDRAWN, Fraction(0), reason, now)
    mark.author_id = actor_id
    session.add(mark)
    session.flush()


def _answer_at(session: Session, attempt: Attempt, position: int, marker: Person) -> DeskAnswer:
    slot = next((slot for slot in slots(session, attempt.paper_id) if slot.position == position), None)
    found = queries.answer(session, marker.id, slot.question_id, attempt.id) if slot else None
    if found is None:
        raise NotFound(_l("There is no short answer to mark here."), code="nothing_to_mark")
    return found


def _refuse_unless_markable(answer: DeskAnswer, marker: Person, reason: str) -> None:
    refuse_marker(answer.refusal)
    if answer.is_blank:
        raise Refused(_l("Nothing was written here; it counts 0 points by itself."), code="blank")
    if answer.mark is not None and answer.mark.author_id != marker.id:
        raise Conflict(_l("Another trainer has marked this answer already; their mark stands."), code="marked")
    if answer.mark is not None and answer.released and not reason.strip():
        raise Refused(_l("The candidate has seen this mark. Say why it changes."), code="no_reason", field="reason")


def _mark(
    attempt: Attempt,
    position: int,
    version: QuestionVersion,
    source: MarkSource,
    points: Fraction,
    reason: str,
    now: datetime,
) -> Mark:
    return Mark(
        attempt_id=attempt.id,
        position=position,
        question_version_id=version.id,
        source=source,
        points=points,
        reason=reason,
        given_at=now,
    )


def _audit(session: Session, attempt: Attempt, mark: Mark, *, before: Mark | None, now: datetime) -> None:
    detail: dict[str, Any] = {"position": mark.position, "points": mark.points}
    if before is not None:
        detail |= {"points_before": before.points, "reason": mark.reason}
    audit(
        session,
        actor_id=mark.author_id,
        action="mark.given" if before is None else "mark.changed",
        subject_type="attempt",
        subject_id=attempt.id,
        about_id=attempt.person_id,
        now=now,
        **detail,
    )


def _tell_trainers(session: Session, attempt: Attempt, now: datetime) -> None:
    exam = session.get_one(Exam, attempt.exam_id)
    for trainer in queries.trainers(session):
        count = queries.left(session, trainer.id)
        if count:
            notify(
                session,
                trainer.id,
                NoticeKind.WORK_WAITING,
                key=f"marking:{exam.id}:{now:%Y-%m-%d}",
                now=now,
                link="/marking",
                exam=exam.title,
                count=count,
            )
