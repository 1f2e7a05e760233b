"""Deciding on a whole group of answers at once, and taking the last act back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from exam.accounts.actions import unsaved_audit
from exam.accounts.models import Person
from exam.errors import Conflict, NotFound, Refused, _l
from exam.marking import queries
from exam.marking.actions.marks import give, let_count, lock, refuse_unless_markable, tell_if_marked
from exam.marking.models import Mark, OpinionWithdrawal
from exam.marking.queries import DeskAnswer, LastAct
from exam.marking.rules import Task, Undoing


@dataclass(frozen=True)
class Given:
    """What became of a decision on a group."""

    marks: list[Mark]
    left_out: Mapping[int, Refused]
    """The attempts whose answers were left as they are, and why."""


def give_together(
    session: Session,
    question_id: int,
    attempt_ids: Collection[int],
    marker: Person,
    key_points: Mapping[str, Fraction],
    comment: str,
    now: datetime,
    *,
    shown: int,
    reason: str = "",
) -> Given:
    """Give the answers to a question in these attempts the same, each an opinion and a mark of its own.

    Those who can't be marked by this person, or not any more, are left out with the reason; so is an answer that the
    marker has marked before, for that would be a correction nobody looked at. Where it is the one that was shown
    (`shown`, with `reason` for a correction), all is refused. Refuses points that a key point doesn't have.
    """
    lock(session, {*attempt_ids, shown})
    answers, left_out = [], {}
    found = queries.answers(session, marker.id, question_id, {*attempt_ids, shown})
    version_id = next((answer.version.id for answer in found if answer.attempt.id == shown), None)
    for answer in found:
        try:
            _refuse_unless_alike(answer, version_id, is_shown=answer.attempt.id == shown, reason=reason)
        except Refused as refusal:
            if answer.attempt.id == shown:
                raise
            left_out[answer.attempt.id] = refusal
        else:
            answers.append(answer)
    if shown not in {answer.attempt.id for answer in answers}:
        raise NotFound(_l("There is no short answer to mark here."), code="nothing_to_mark")
    answers.sort(key=lambda answer: answer.attempt.id != shown)
    marks = give(session, answers, marker, key_points, comment, now, reason=reason)
    return Given(marks, left_out)


@dataclass(frozen=True)
class TakenBack:
    """Where an act was that has been taken back: its first answer."""

    question_id: int
    attempt_id: int
    answers: int
    """How many were marked by it."""


def take_back(session: Session, marker: Person, now: datetime) -> TakenBack:
    """Take a marker's last act back: what counts without its opinions counts again.

    Refuses where there is no act, and where a candidate has seen a mark of it: that one is corrected, with a reason.
    """
    last = queries.last_act(session, marker.id)
    if last is None:
        raise NotFound(_l("There is nothing to take back."), code="nothing_to_undo")
    lock(session, {opinion.attempt_id for opinion in last.opinions})
    _refuse_unless_undoable(session, last)
    answers = {
        answer.attempt.id: answer
        for answer in queries.answers(
            session, marker.id, last.act.question_id, {opinion.attempt_id for opinion in last.opinions}
        )
    }
    for opinion in last.opinions:
        answer = answers[opinion.attempt_id]
        session.add(
            OpinionWithdrawal(
                opinion_id=opinion.id, why=Undoing.TAKEN_BACK, withdrawn_by=marker.id, withdrawn_at=now
            )
        )  # fmt: skip
        left = [one for one in answer.standing if one.id != opinion.id]
        let_count(session, answer, left, marker.id, "", now)
        session.add(
            unsaved_audit(
                actor_id=marker.id, action="mark.taken_back", subject_type="attempt", subject_id=opinion.attempt_id,
                about_id=answer.attempt.person_id, now=now, position=opinion.position,
                points_before=opinion.share * answer.worth,
            )
        )  # fmt: skip
    session.flush()
    tell_if_marked(session, [answer.attempt for answer in answers.values()], now)
    first = min(last.opinions, key=lambda one: one.id)
    return TakenBack(last.act.question_id, first.attempt_id, len(last.opinions))


def _refuse_unless_alike(answer: DeskAnswer, version_id: int | None, *, is_shown: bool, reason: str) -> None:
    refuse_unless_markable(answer, reason if is_shown else "")
    if answer.task is Task.CORRECT and not is_shown:
        raise Conflict(_l("You have marked this answer already."), code="marked")
    if answer.version.id != version_id:
        raise Conflict(_l("This answer is to another version of the question."), code="other_version")


def _refuse_unless_undoable(session: Session, last: LastAct) -> None:
    if queries.released(session, {opinion.attempt_id for opinion in last.opinions}):
        raise Conflict(_l("A candidate has seen this mark already. Correct it instead, and say why."), code="released")
