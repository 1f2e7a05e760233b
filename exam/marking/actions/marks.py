"""Giving marks by hand. Every one is appended; the last of a slot counts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.actions import unsaved_audit
from exam.accounts.models import Person
from exam.attempts.models import Attempt
from exam.errors import Conflict, Forbidden, NotFound, Refused, _l
from exam.events import attempt_marked
from exam.marking import queries
from exam.marking.models import Mark, MarkingAct, Opinion
from exam.marking.queries import DeskAnswer
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
    lock(session, [attempt.id])
    slot = next((slot for slot in slots(session, attempt.paper_id) if slot.position == position), None)
    found = queries.answer(session, marker.id, slot.question_id, attempt.id) if slot else None
    if found is None:
        raise NotFound(_l("There is no short answer to mark here."), code="nothing_to_mark")
    refuse_unless_markable(found, marker, reason)
    [mark] = give(session, [found], marker, key_points, comment, now, reason=reason)
    return mark


def give(
    session: Session,
    answers: Sequence[DeskAnswer],
    marker: Person,
    key_points: Mapping[str, Fraction],
    comment: str,
    now: datetime,
    *,
    reason: str = "",
) -> list[Mark]:
    """Keep one decision on all of these answers to a question, which the marker may mark and which are locked.

    Refuses points that a key point doesn't have.
    """
    act = MarkingAct(marker_id=marker.id, question_id=answers[0].question_id, made_at=now)
    session.add(act)
    session.flush()
    opinions = [_opinion(answer, act, key_points, comment, now) for answer in answers]
    session.add_all(opinions)
    session.flush()
    marks = []
    for answer, opinion in zip(answers, opinions, strict=True):
        mark = mark_of(answer.attempt, answer.position, opinion, points_of(opinion.share, answer.worth), now)
        mark.reason = reason.strip()
        marks.append(mark)
    session.add_all(marks)
    session.flush()
    session.add_all(
        _trail(answer, mark, "mark.given" if answer.mark is None else "mark.changed", now)
        for answer, mark in zip(answers, marks, strict=True)
    )
    session.flush()
    tell_if_marked(session, [answer.attempt for answer in answers], now)
    return marks


def refuse_unless_markable(answer: DeskAnswer, marker: Person, reason: str) -> None:
    """Refuse what this person may not mark, or not any more, saying why."""
    refuse_marker(answer.refusal)
    if answer.is_blank:
        raise Refused(_l("Nothing was written here; it counts 0 points by itself."), code="blank")
    if answer.mark is not None and answer.mark.author_id != marker.id:
        raise Conflict(_l("Another trainer has marked this answer already; their mark stands."), code="marked")
    if answer.mark is not None and answer.released and not reason.strip():
        raise Refused(_l("The candidate has seen this mark. Say why it changes."), code="no_reason", field="reason")


def tell_if_marked(session: Session, attempts: Iterable[Attempt], now: datetime) -> None:
    """Send `attempt_marked` once every slot has a mark, and again whenever one changes after that."""
    by_id = {attempt.id: attempt for attempt in attempts}
    for attempt_id in sorted(queries.wholly_marked(session, by_id)):
        attempt_marked.send(by_id[attempt_id], session=session, now=now)


def lock(session: Session, attempt_ids: Iterable[int]) -> dict[int, Attempt]:
    """The attempts as the database has them now; nobody else marks them before this transaction ends."""
    statement = select(Attempt).where(Attempt.id.in_(list(attempt_ids))).order_by(Attempt.id).with_for_update()
    found = session.scalars(statement.execution_options(populate_existing=True))
    return {attempt.id: attempt for attempt in found}


def refuse_marker(refusal: MarkRefusal | None) -> None:
    """Refuse a person who may not mark this paper, saying why."""
    if refusal is not None:
        raise Forbidden(REFUSALS[refusal], code=refusal.value)


def withdrawn(attempt_id: int, position: int, version_id: int, actor_id: int, reason: str, now: datetime) -> Mark:
    """The mark that lets no mark of a slot count: what is to be marked has changed, or its marker takes it back."""
    return Mark(
        attempt_id=attempt_id,
        position=position,
        question_version_id=version_id,
        source=MarkSource.WITHDRAWN,
        author_id=actor_id,
        points=Fraction(0),
        reason=reason,
        given_at=now,
    )


def mark_of(attempt: Attempt, position: int, opinion: Opinion, points: Fraction, now: datetime) -> Mark:
    """The mark that one person's opinion makes."""
    return Mark(
        attempt_id=attempt.id,
        position=position,
        question_version_id=opinion.question_version_id,
        source=MarkSource.PERSON,
        author_id=opinion.marker_id,
        opinion_id=opinion.id,
        points=points,
        reason="",
        given_at=now,
    )


def _opinion(
    answer: DeskAnswer, act: MarkingAct, key_points: Mapping[str, Fraction], comment: str, now: datetime
) -> Opinion:
    try:
        share = answer.item.award(key_points)
    except ValueError:
        raise Refused(_l("A key point can't be given these points."), code="points") from None
    return Opinion(
        attempt_id=answer.attempt.id,
        position=answer.position,
        question_version_id=answer.version.id,
        marker_id=act.marker_id,
        key_points={id: str(points) for id, points in key_points.items()},
        share=share,
        comment=comment.strip(),
        proposal=proposal_data(answer.proposal),
        given_at=now,
        act_id=act.id,
    )


def _trail(answer: DeskAnswer, mark: Mark, action: str, now: datetime) -> Any:
    detail: dict[str, Any] = {"position": mark.position, "points": mark.points}
    if answer.mark is not None:
        detail |= {"points_before": answer.mark.points, "reason": mark.reason}
    return unsaved_audit(
        actor_id=mark.author_id,
        action=action,
        subject_type="attempt",
        subject_id=answer.attempt.id,
        about_id=answer.attempt.person_id,
        now=now,
        **detail,
    )
