"""Reading attempts, for the room and for the features that come after it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from exam.attempts.models import Answer, Attempt, Contact, Flag, LateAnswer, RoomEvent, RoomMessage, TimeCredit
from exam.attempts.rules import CloseReason, Door, Layout, door
from exam.papers.models import Slot
from exam.sittings.models import Sitting
from question_bank.models import QuestionVersion

OPENED = "opened"
"""The event of a page that opened the room; its detail names the page and the epoch it was given."""
TIME_GIVEN = "time_given"
"""The event of time given to a running attempt; its detail has `seconds`, and `outage` (a number) or `reason`."""
LAST_ANSWER = "last_answer"
"""In that detail: the id of the answer kept last before."""


@dataclass(frozen=True, slots=True)
class Written:
    """An answer in the candidate's own tokens, when it was saved, and its place in the order of them."""

    response: dict[str, object] | None
    saved_at: datetime
    epoch: int
    number: int


@dataclass(frozen=True, slots=True)
class LivePage:
    """The page that has the room: the name it gave itself, since when, and when it was last heard from."""

    name: str | None
    opened_at: datetime
    last_heard: datetime
    opening: str | None
    """The name of the opening itself: the same request, sent again, is no other page."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an open page asks for every few seconds, read as one row."""

    attempt_id: int
    epoch: int
    started_at: datetime
    deadline: datetime
    grace_seconds: int
    close_reason: CloseReason | None
    closed_at: datetime | None
    voided_at: datetime | None
    heard_epoch: int | None
    heard_at: datetime | None
    heard_waiting: int | None
    """The last contact kept; all three are None before the first."""
    newest_message: int | None
    """The id of the newest message that hasn't been read."""
    credits: int

    def door(self, now: datetime) -> Door:
        """Whether an answer that arrives now is taken."""
        return door(self.deadline, self.grace_seconds, self.close_reason, self.voided_at, now)


# One attempt


def own_attempt(session: Session, person_id: int, attempt_id: int) -> Attempt | None:
    """An attempt of this person; somebody else's is as good as none."""
    return session.scalar(_OWN, {"attempt_id": attempt_id, "person_id": person_id})


_OWN = select(Attempt).where(Attempt.id == bindparam("attempt_id"), Attempt.person_id == bindparam("person_id"))


def own_attempt_with_exam(session: Session, person_id: int, attempt_id: int) -> Attempt | None:
    """The same with its sitting, exam and paper, for pages that name them."""
    loaded = _OWN.options(joinedload(Attempt.sitting).joinedload(Sitting.exam), joinedload(Attempt.paper))
    return session.scalar(loaded, {"attempt_id": attempt_id, "person_id": person_id})


def anybodys_attempt(session: Session, attempt_id: int) -> Attempt | None:
    """An attempt of whomever, with its sitting, exam and person, for trainers."""
    return session.scalar(
        select(Attempt)
        .where(Attempt.id == attempt_id)
        .options(joinedload(Attempt.sitting).joinedload(Sitting.exam), joinedload(Attempt.person))
    )


def layout(session: Session, attempt_id: int) -> Layout | None:
    """What is shown in an attempt. It never changes."""
    data = session.scalar(select(Attempt.layout).where(Attempt.id == attempt_id))
    return None if data is None else Layout.from_data(data)


def of_sitting(session: Session, sitting_id: int) -> Attempt | None:
    """The attempt that a sitting has led to, if there is one that isn't void."""
    return session.scalar(select(Attempt).where(Attempt.sitting_id == sitting_id, Attempt.voided_at.is_(None)))


def running(session: Session, person_id: int) -> Attempt | None:
    """The attempt this person is in the middle of, with its sitting and exam."""
    return session.scalar(
        select(Attempt)
        .where(Attempt.person_id == person_id, Attempt.closed_at.is_(None), Attempt.voided_at.is_(None))
        .order_by(Attempt.id.desc())
        .limit(1)
        .options(joinedload(Attempt.sitting).joinedload(Sitting.exam))
    )


def written(session: Session, attempt: Attempt) -> dict[int, Written]:
    """The answers that count so far, by position."""
    layout = Layout.from_data(attempt.layout)
    ranked = _ranked([attempt.id])
    columns = ranked.c.position, ranked.c.response, ranked.c.saved_at, ranked.c.epoch, ranked.c.number
    rows = session.execute(select(*columns).where(ranked.c.rank == 1))
    return {position: Written(layout.places[position].show(data), *rest) for position, data, *rest in rows}


def overtaken(session: Session, attempt_id: int) -> dict[int, Written]:
    """What earlier pages sent too late to count or to be seen by the live one, by position, while it isn't decided.

    A laptop that was offline while its owner went on with the phone delivers late; the room offers to take it back.
    Told by the order in which answers were kept: what came in after the live page had opened it can't have seen, and
    what came in after a later page's answer to the same question has never counted. Opening the room anew decides
    nothing; an answer that a later page saves afterwards does.
    """
    seen = (
        select(RoomEvent.detail[LAST_ANSWER].as_integer())
        .where(RoomEvent.attempt_id == attempt_id, RoomEvent.kind == OPENED)
        .order_by(RoomEvent.id.desc())
        .limit(1)
    )
    # NULL, and so no answer to compare with, where no later page has saved one.
    newest_of_later = func.max(Answer.id).over(
        partition_by=Answer.position, order_by=Answer.epoch.desc(), range_=(None, -1)
    )
    kept = (
        select(Answer, newest_of_later.label("newest_of_later")).where(Answer.attempt_id == attempt_id).subquery()
    ).c
    rows = session.execute(
        select(kept.position, kept.response, kept.saved_at, kept.epoch, kept.number)
        .join(Attempt, Attempt.id == kept.attempt_id)
        .where(kept.epoch < Attempt.epoch, or_(kept.id > seen.scalar_subquery(), kept.id > kept.newest_of_later))
        .order_by(kept.epoch, kept.number)
    ).all()
    if not rows:
        return {}
    layout = Layout.from_data(session.scalars(select(Attempt.layout).where(Attempt.id == attempt_id)).one())
    return {position: Written(layout.places[position].show(data), *rest) for position, data, *rest in rows}


def last_answer(session: Session, attempt_id: int) -> int:
    """The id of the answer kept last, 0 if there is none: later ones have greater ids while the attempt is locked."""
    return session.scalar(select(func.max(Answer.id)).where(Answer.attempt_id == attempt_id)) or 0


def standing(session: Session, person_id: int, attempt_id: int) -> Standing | None:
    """How this person's attempt stands, in one statement; somebody else's is as good as none."""
    unread = select(func.max(RoomMessage.id)).where(RoomMessage.attempt_id == attempt_id, RoomMessage.seen_at.is_(None))
    credits = select(func.count(TimeCredit.id)).where(TimeCredit.attempt_id == attempt_id)
    row = session.execute(
        select(
            Attempt.id.label("attempt_id"),
            Attempt.epoch,
            Attempt.started_at,
            Attempt.deadline,
            Attempt.grace_seconds,
            Attempt.close_reason,
            Attempt.closed_at,
            Attempt.voided_at,
            Contact.epoch.label("heard_epoch"),
            Contact.at.label("heard_at"),
            Contact.waiting.label("heard_waiting"),
            unread.scalar_subquery().label("newest_message"),
            credits.scalar_subquery().label("credits"),
        )
        .outerjoin(Contact, Contact.attempt_id == Attempt.id)
        .where(Attempt.id == attempt_id, Attempt.person_id == person_id)
    ).mappings()
    return next((Standing(**one) for one in row), None)


def unread_messages(session: Session, attempt_id: int, after: int) -> list[RoomMessage]:
    """What the invigilator has said and the candidate hasn't acknowledged, from after the message with that id."""
    return list(
        session.scalars(
            select(RoomMessage)
            .where(RoomMessage.attempt_id == attempt_id, RoomMessage.id > after, RoomMessage.seen_at.is_(None))
            .order_by(RoomMessage.id)
        )
    )


def flags(session: Session, attempt_id: int) -> set[int]:
    """The positions the candidate wants to come back to."""
    return set(session.scalars(select(Flag.position).where(Flag.attempt_id == attempt_id)))


def live_page(session: Session, attempt: Attempt) -> LivePage | None:
    """The page that opened the room last; None before the first."""
    opened = session.scalar(
        select(RoomEvent)
        .where(RoomEvent.attempt_id == attempt.id, RoomEvent.kind == OPENED)
        .order_by(RoomEvent.id.desc())
        .limit(1)
    )
    if opened is None:
        return None
    saved = select(func.max(Answer.saved_at)).where(Answer.attempt_id == attempt.id, Answer.epoch == attempt.epoch)
    contact = select(Contact.at).where(Contact.attempt_id == attempt.id, Contact.epoch == attempt.epoch)
    heard = [opened.at, session.scalar(saved), session.scalar(contact)]
    last_heard = max(at for at in heard if at)
    return LivePage(opened.detail.get("page"), opened.at, last_heard, opened.detail.get("opening"))


def late_count(session: Session, attempt_id: int) -> int:
    """How many slots got an answer after the deadline that somebody decides on, several drafts of one counted once."""
    slots = func.count(LateAnswer.position.distinct())
    by_somebody = or_(LateAnswer.decided_at.is_(None), LateAnswer.decided_by.is_not(None))
    return session.scalar(select(slots).where(LateAnswer.attempt_id == attempt_id, by_somebody)) or 0


def credits(session: Session, attempt_id: int) -> Sequence[TimeCredit]:
    """The time given to an attempt, in its order."""
    return session.scalars(select(TimeCredit).where(TimeCredit.attempt_id == attempt_id).order_by(TimeCredit.id)).all()


def given_back(session: Session, attempt_ids: Iterable[int]) -> dict[int, int]:
    """For each attempt that outages have been made good to, how many seconds in all."""
    rows = session.execute(
        select(TimeCredit.attempt_id, func.sum(TimeCredit.seconds))
        .where(TimeCredit.attempt_id.in_(list(attempt_ids)), TimeCredit.outage_id.is_not(None))
        .group_by(TimeCredit.attempt_id)
    )
    return {attempt_id: int(seconds) for attempt_id, seconds in rows}


# For other features

_attempt, _slot, _answer = Attempt.__table__.c, Slot.__table__.c, Answer.__table__.c

# Made once: it is needed for every attempt that closes. The order is `rules.counting`'s.
FINAL_ANSWERS = (
    select(
        _attempt.id,
        _slot.position,
        select(_answer.response)
        .where(_answer.attempt_id == _attempt.id, _answer.position == _slot.position)
        .order_by(_answer.epoch.desc(), _answer.number.desc())
        .limit(1)
        .scalar_subquery(),
    )
    .join_from(Attempt.__table__, Slot.__table__, _slot.paper_id == _attempt.paper_id)
    .where(_attempt.id.in_(bindparam("attempt_ids", expanding=True)))
    .order_by(_attempt.id, _slot.position)
)


def final_answers(session: Session, attempt_ids: Iterable[int]) -> dict[int, dict[int, dict[str, Any] | None]]:
    """For each attempt every position with the response that counts, in the bank's ids; None: open or emptied again."""
    final: dict[int, dict[int, dict[str, Any] | None]] = {}
    rows = session.execute(FINAL_ANSWERS, {"attempt_ids": padded(attempt_ids)}).all()
    for attempt_id, position, response in rows:
        final.setdefault(attempt_id, {})[position] = response
    return final


def padded(ids: Iterable[int]) -> list[int]:
    """The same ids, the last of them repeated up to a power of two: so that few statements of the sort are prepared."""
    found = list(ids)
    return found + found[-1:] * ((1 << (len(found) - 1).bit_length()) - len(found)) if found else found


def seen_question_ids(session: Session, person_id: int, exam_id: int) -> set[int]:
    """The questions this person has met in earlier attempts at the exam, void ones included."""
    return set(
        session.scalars(
            select(QuestionVersion.question_id)
            .join(Slot, Slot.question_version_id == QuestionVersion.id)
            .join(Attempt, Attempt.paper_id == Slot.paper_id)
            .where(Attempt.person_id == person_id, Attempt.exam_id == exam_id)
        )
    )


def _ranked(attempt_ids: list[int]) -> Any:
    """All answers of these attempts, each with its rank in its slot: 1 counts. The order is `rules.counting`'s."""
    order = func.row_number().over(
        partition_by=(Answer.attempt_id, Answer.position), order_by=(Answer.epoch.desc(), Answer.number.desc())
    )
    return select(Answer, order.label("rank")).where(Answer.attempt_id.in_(attempt_ids)).subquery()
