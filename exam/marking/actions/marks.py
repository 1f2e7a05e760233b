"""Giving marks by hand. Every one is appended; the last of a slot counts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.actions import unsaved_audit
from exam.accounts.models import AuditEvent, Person
from exam.attempts.models import Attempt
from exam.errors import Conflict, Forbidden, NotFound, Refused, _l
from exam.events import attempt_marked
from exam.marking import queries
from exam.marking.actions.second import ask_for_second
from exam.marking.models import Mark, MarkingAct, Opinion
from exam.marking.queries import DeskAnswer
from exam.marking.rules import (
    CORRECTED,
    Counts,
    MarkRefusal,
    MarkSource,
    Said,
    Stage,
    Task,
    points_of,
    proposal_data,
    what_counts,
)
from exam.papers.queries import slots

REFUSALS = {
    MarkRefusal.OWN_PAPER: _l("This is your own paper. Another trainer marks it."),
    MarkRefusal.OWN_TUTEE: _l("This paper is by somebody you tutor. Another trainer marks it."),
    MarkRefusal.ONLY_TRAINER: _l(
        "This paper is by somebody you tutor, and there is no other trainer. Either somebody else becomes a trainer, "
        "or the exam's terms say openly that a tutor may mark."
    ),
}

ACTS = {
    Task.FIRST: "mark.given",
    Task.SECOND: "mark.second_given",
    Task.THIRD: "mark.third_given",
    Task.CORRECT: "mark.changed",
}
"""What the trail calls an opinion."""


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
) -> Mark | None:
    """Keep what a marker gives a short answer, by key point, and let count what has to (`rules.what_counts`).

    None where no other mark counts now: a second marker was too far from the first. Giving again corrects one's own
    opinion by a further one; once the result has been released that needs a reason. Refuses: what isn't a short answer
    of a closed attempt, the papers `mark_refusal` names, points a key point doesn't have, a blank answer, and an
    answer that somebody else has marked meanwhile.
    """
    lock(session, [attempt.id])
    slot = next((slot for slot in slots(session, attempt.paper_id) if slot.position == position), None)
    found = queries.answer(session, marker.id, slot.question_id, attempt.id) if slot else None
    if found is None:
        raise NotFound(_l("There is no short answer to mark here."), code="nothing_to_mark")
    refuse_unless_markable(found, reason)
    return next(iter(give(session, [found], marker, key_points, comment, now, reason=reason)), None)


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
        was = ACTS[answer.task]
        mark = let_count(session, answer, [*answer.standing, opinion], marker.id, reason, now)
        marks.append(mark)
        session.add(_trail(answer, opinion, mark, was, reason, now))
    session.flush()
    tell_if_marked(session, [answer.attempt for answer in answers], now)
    return [mark for mark in marks if mark is not None]


def let_count(
    session: Session,
    answer: DeskAnswer,
    standing: Sequence[Opinion],
    actor_id: int,
    reason: str,
    now: datetime,
) -> Mark | None:
    """Append the mark that follows from the opinions that stand on an answer, where another one has to count now."""
    if answer.mark is not None and answer.mark.source in CORRECTED:
        return None
    second = answer.second
    due = what_counts(
        [Said(one.id, one.marker_id, one.share) for one in standing],
        second.tolerance if second else None,
        answer.worth,
    )
    if second is not None and due.stage is not None and second.stage is not due.stage:
        second.stage, second.settled_at = due.stage, now if due.stage is Stage.SETTLED else None
    by_id = {one.id: one for one in standing}
    mark = _mark_due(answer, due, by_id, actor_id, now)
    before = answer.mark
    if before is None and mark is None:
        return None
    if before is not None and mark is not None and (_same(before, mark) or _stands_above(before, mark, standing)):
        return None
    if mark is None:
        mark = withdrawn(answer.attempt.id, answer.position, answer.version.id, actor_id, "", now)
    mark.reason = reason.strip()
    session.add(mark)
    return mark


def refuse_unless_markable(answer: DeskAnswer, reason: str) -> None:
    """Refuse what this person may not mark, or not any more, saying why."""
    refuse_marker(answer.refusal)
    if answer.is_blank:
        raise Refused(_l("Nothing was written here; it counts 0 points by itself."), code="blank")
    if answer.mark is not None and answer.mark.source in CORRECTED:
        raise Conflict(_l("The points of this answer were corrected; that stands."), code="corrected")
    if answer.task is Task.NOTHING:
        raise Conflict(_l("Another trainer has marked this answer already; their mark stands."), code="marked")
    if answer.task is Task.CORRECT and answer.released and not reason.strip():
        raise Refused(_l("The candidate has seen this mark. Say why it changes."), code="no_reason", field="reason")


def tell_if_marked(session: Session, attempts: Iterable[Attempt], now: datetime) -> None:
    """Send `attempt_marked` once every slot has a mark, and again whenever one changes after that.

    Asks before for a second marker where the lot falls or the score is near a cut.
    """
    by_id = {attempt.id: attempt for attempt in attempts}
    marked = sorted(queries.wholly_marked(session, by_id))
    ask_for_second(session, [by_id[attempt_id] for attempt_id in marked], now)
    for attempt_id in marked:
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


def _mark_due(
    answer: DeskAnswer, due: Counts, opinions: Mapping[int, Opinion], actor_id: int, now: datetime
) -> Mark | None:
    if due.share is None:
        return None
    first, *others = [opinions[id] for id in due.opinions]
    return Mark(
        attempt_id=answer.attempt.id,
        position=answer.position,
        question_version_id=first.question_version_id,
        source=MarkSource.MEAN if others else MarkSource.PERSON,
        author_id=None if others else first.marker_id,
        opinion_id=first.id,
        second_opinion_id=others[0].id if others else None,
        points=points_of(due.share, answer.worth),
        reason="",
        given_at=now,
    )


def _stands_above(before: Mark, due: Mark, standing: Sequence[Opinion]) -> bool:
    """Whether a mark that no opinion made, such as one by a corrected key, isn't to give way to an earlier opinion."""
    by_opinion = before.source in (MarkSource.PERSON, MarkSource.MEAN)
    return not by_opinion and standing[-1].id not in (due.opinion_id, due.second_opinion_id)


def _same(one: Mark, two: Mark) -> bool:
    return (one.source, one.opinion_id, one.second_opinion_id) == (two.source, two.opinion_id, two.second_opinion_id)


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


def _trail(
    answer: DeskAnswer, opinion: Opinion, mark: Mark | None, action: str, reason: str, now: datetime
) -> AuditEvent:
    """What the trail says of an opinion: its own points, and what counted before where that changes."""
    detail: dict[str, Any] = {"position": opinion.position, "points": points_of(opinion.share, answer.worth)}
    if answer.mark is not None and mark is not None:
        detail |= {"points_before": answer.mark.points, "reason": reason.strip()}
    return unsaved_audit(
        actor_id=opinion.marker_id,
        action=action,
        subject_type="attempt",
        subject_id=answer.attempt.id,
        about_id=answer.attempt.person_id,
        now=now,
        **detail,
    )
