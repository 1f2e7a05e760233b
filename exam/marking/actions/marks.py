"""Giving marks by hand. Every one is appended; the last of a slot counts."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.accounts.models import Person
from exam.attempts.models import Attempt
from exam.errors import Conflict, Forbidden, NotFound, Refused, _l
from exam.events import attempt_marked
from exam.marking import queries
from exam.marking.models import Mark, Opinion
from exam.marking.queries import DeskAnswer, Place
from exam.marking.rules import MarkRefusal, MarkSource, points_of, proposal_data
from exam.papers.queries import slots

REFUSALS = {
    MarkRefusal.OWN_PAPER: _l("This is your own paper. Another trainer marks it."),
    MarkRefusal.OWN_TUTEE: _l("This paper is by somebody you tutor. Another trainer marks it."),
    MarkRefusal.ONLY_TRAINER: _l(
        "This paper is by somebody you tutor, and there is no other trainer. Either somebody else becomes a trainer, "
        "or the exam's terms say openly that a tutor may mark."
    ),
}


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
    mark = _mark(attempt, position, answer.version.id, MarkSource.PERSON, points, reason.strip(), now)
    mark.author_id, mark.opinion_id = marker.id, opinion.id
    session.add(mark)
    session.flush()
    _audit(session, attempt, mark, before=answer.mark, now=now)
    tell_if_marked(session, attempt, now)
    return mark


def tell_if_marked(session: Session, attempt: Attempt, now: datetime) -> None:
    """Send `attempt_marked` once every slot has a mark, and again whenever one changes after that."""
    if all(slot.points is not None for slot in queries.earned(session, attempt.id)):
        attempt_marked.send(attempt, session=session, now=now)


def locked(session: Session, attempt_id: int) -> Attempt:
    """The attempt as the database has it now; nobody else marks it before this transaction ends."""
    statement = select(Attempt).where(Attempt.id == attempt_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def refuse_marker(refusal: MarkRefusal | None) -> None:
    """Refuse a person who may not mark this paper, saying why."""
    if refusal is not None:
        raise Forbidden(REFUSALS[refusal], code=refusal.value)


def withdraw(session: Session, attempt: Attempt, place: Place, actor_id: int, reason: str, now: datetime) -> None:
    """Let the mark of a short answer count no longer: what is to be marked has changed."""
    mark = _mark(attempt, place.position, place.version_id, MarkSource.WITHDRAWN, Fraction(0), reason, now)
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
    version_id: int,
    source: MarkSource,
    points: Fraction,
    reason: str,
    now: datetime,
) -> Mark:
    return Mark(
        attempt_id=attempt.id,
        position=position,
        question_version_id=version_id,
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
