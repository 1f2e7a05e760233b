"""What a marker thought before: the last act, what was said of the same text, and what the machine had pointed out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from exam.attempts.models import Attempt
from exam.marking.models import CommentSnippet, MarkingAct, Opinion, OpinionWithdrawal
from exam.marking.queries.conditions import stands
from exam.marking.queries.desk import DeskAnswer
from exam.marking.rules import Followed, Undoing, followed
from question_bank.grouping import alike
from question_bank.models import QuestionVersion

LOOKED_BACK = 400
"""Opinions of a marker on a question that are looked at for how often they followed the machine."""


@dataclass(frozen=True)
class LastAct:
    """The last thing a marker decided that still stands."""

    act: MarkingAct
    opinions: Sequence[Opinion]


def last_marked_by(session: Session, person_id: int, question_id: int, before: int | None = None) -> Opinion | None:
    """The last opinion this marker gave on a question, or the last one before another; on attempts not void."""
    found = _own(person_id, question_id, Opinion).order_by(Opinion.id.desc()).limit(1)
    last: Opinion | None = session.scalar(found.where(Opinion.id < before) if before is not None else found)
    return last


def last_act(session: Session, person_id: int) -> LastAct | None:
    """The last act of a marker of which all opinions stand, with these; None where there is none."""
    found = (
        select(MarkingAct)
        .join(Opinion, Opinion.act_id == MarkingAct.id)
        .where(MarkingAct.marker_id == person_id, stands())
        .order_by(MarkingAct.id.desc())
        .limit(1)
    )
    act = session.scalar(found)
    if act is None:
        return None
    opinions = select(Opinion).where(Opinion.act_id == act.id, stands()).order_by(Opinion.attempt_id)
    return LastAct(act, session.scalars(opinions).all())


def standing(session: Session, attempt_id: int, position: int) -> Sequence[Opinion]:
    """The opinions on a slot that nobody has withdrawn, in their order."""
    found = select(Opinion).where(Opinion.attempt_id == attempt_id, Opinion.position == position, stands())
    return session.scalars(found.order_by(Opinion.id)).all()


def taken_back(session: Session, person_id: int, found: DeskAnswer) -> Opinion | None:
    """What this marker had thought of the answer and took back: where to begin again."""
    return session.scalar(
        select(Opinion)
        .join(OpinionWithdrawal, OpinionWithdrawal.opinion_id == Opinion.id)
        .where(
            Opinion.marker_id == person_id,
            Opinion.attempt_id == found.attempt.id,
            Opinion.position == found.position,
            Opinion.question_version_id == found.version.id,
            OpinionWithdrawal.why == Undoing.TAKEN_BACK,
        )
        .order_by(Opinion.id.desc())
        .limit(1)
    )


def together(session: Session, opinion: Opinion) -> set[int] | None:
    """The attempts whose answers got this opinion at once with it, taken back or not; None where it was given alone."""
    if opinion.act_id is None:
        return None
    return set(session.scalars(select(Opinion.attempt_id).where(Opinion.act_id == opinion.act_id)))


def earlier(session: Session, person_id: int, found: DeskAnswer, texts: dict[int, str]) -> Opinion | None:
    """The marker's last opinion on another answer that says the same, by the same key points: to be given again."""
    rows = session.execute(
        _own(person_id, found.question_id, Opinion.attempt_id, Opinion.id)
        .where(Opinion.question_version_id == found.version.id, Opinion.attempt_id != found.attempt.id)
        .order_by(Opinion.id)
    )
    known = dict(tuple(row) for row in rows)
    same = [one for one in alike(found.text, {id: texts.get(id, "") for id in known}) if one.percent == 100]
    return session.get(Opinion, max(known[one.key] for one in same)) if same else None


def how_followed(session: Session, person_id: int, found: DeskAnswer) -> Followed:
    """How often this marker followed the machine at a question, each act counted once."""
    rows = session.execute(
        _own(person_id, found.question_id, Opinion.key_points, Opinion.proposal, Opinion.act_id, Opinion.id)
        .order_by(Opinion.id.desc())
        .limit(LOOKED_BACK)
    ).all()
    by_act = {act_id or -id: (points, proposal or {}) for points, proposal, act_id, id in rows}
    return followed(found.item.key_points, by_act.values())


def snippets(session: Session, person_id: int, question_id: int) -> Sequence[CommentSnippet]:
    """The comments that a marker keeps for a question, in their order."""
    return session.scalars(
        select(CommentSnippet)
        .where(CommentSnippet.marker_id == person_id, CommentSnippet.question_id == question_id)
        .order_by(CommentSnippet.id)
    ).all()


def _own(person_id: int, question_id: int, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Opinion)
        .join(QuestionVersion, QuestionVersion.id == Opinion.question_version_id)
        .join(Attempt, Attempt.id == Opinion.attempt_id)
        .where(
            Opinion.marker_id == person_id,
            QuestionVersion.question_id == question_id,
            Attempt.voided_at.is_(None),
            stands(),
        )
    )
