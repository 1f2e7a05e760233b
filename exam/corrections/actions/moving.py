"""Carrying moves out: marks appended, results following, what was before kept beside what is now."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.attempts.models import Attempt
from exam.corrections.models import Correction, CorrectionChange
from exam.corrections.rules import Move, Progress, Standing
from exam.events import attempt_marked
from exam.marking import queries as marking
from exam.marking.actions import reopen, settle
from exam.marking.models import Mark, OpinionWithdrawal, Reweighing
from exam.marking.rules import MarkSource, Undoing
from exam.results import queries as results

STEP = 20
"""Attempts between two words of how far it is."""


def move_marks(
    session: Session, correction: Correction, moves: Sequence[Move], version_id: int, now: datetime
) -> Generator[Progress, None, None]:
    """Append a mark for each move, let the results follow, and keep what was before beside what is now.

    In steps, to be gone through to the end; thousands take minutes.
    """
    if not moves:
        return
    ids = [move.sat.attempt_id for move in moves]
    before = marking.last_marks(session, {move.sat.attempt_id: move.sat.position for move in moves})
    # Where nobody has marked yet there is no mark to follow; the marker finds the new worth.
    marks = {move.sat.attempt_id: _mark(correction, move, version_id, now) for move in moves if move.then or move.anew}
    judged = _still_judged(session, moves, before)
    for id, mark in judged.items():
        _keep_judgement(marks[id], mark)
    session.add_all(marks.values())
    _reweigh(session, moves)
    session.flush()
    _mark_anew(session, [move for move in moves if move.anew], correction, now)
    decided = [move.sat for move in moves if move.then is not None and move.sat.attempt_id not in judged]
    settle(session, {sat.attempt_id: sat.position for sat in decided}, now)
    old = {id: result.id for id, result in results.current_results(session, ids).items()}
    yield from _tell(session, correction, moves, now)
    new = {id: result.id for id, result in results.current_results(session, ids).items()}
    session.add_all(
        CorrectionChange(
            correction_id=correction.id,
            attempt_id=id,
            worth_before=move.sat.worth if move.reweighed is not None else None,
            worth_after=move.reweighed,
            mark_before_id=before.get(id),
            mark_after_id=marks[id].id if id in marks else None,
            result_before_id=old.get(id),
            result_after_id=new.get(id),
        )
        for id, move in zip(ids, moves, strict=True)
    )
    session.flush()


def _still_judged(session: Session, moves: Iterable[Move], before: Mapping[int, int]) -> dict[int, Mark]:
    """By attempt the mark that markers gave, where only what the question counts for changes: it stays theirs, and a
    second marker is still asked."""
    ids = [before[move.sat.attempt_id] for move in moves if move.reweighed is not None and move.then is not None]
    found = session.scalars(select(Mark).where(Mark.id.in_(ids), Mark.opinion_id.is_not(None)))
    return {mark.attempt_id: mark for mark in found}


def _keep_judgement(mark: Mark, before: Mark) -> None:
    mark.source, mark.author_id, mark.question_version_id = before.source, before.author_id, before.question_version_id
    mark.opinion_id, mark.second_opinion_id = before.opinion_id, before.second_opinion_id


def _reweigh(session: Session, moves: Iterable[Move]) -> None:
    """Let the question count for its new worth from now on, whatever is marked after this."""
    changed = {(move.sat.attempt_id, move.sat.position): move.worth for move in moves if move.reweighed is not None}
    ids = [attempt_id for attempt_id, _position in changed]
    known = session.scalars(select(Reweighing).where(Reweighing.attempt_id.in_(ids))).all()
    for one in known:
        one.worth = changed.pop((one.attempt_id, one.position), one.worth)
    session.add_all(
        Reweighing(attempt_id=attempt_id, position=position, worth=worth)
        for (attempt_id, position), worth in changed.items()
    )


def _tell(
    session: Session, correction: Correction, moves: Sequence[Move], now: datetime
) -> Generator[Progress, None, None]:
    """Write down each move, and tell of those by which a result may change."""
    ids = [move.sat.attempt_id for move in moves]
    attempts = {one.id: one for one in session.scalars(select(Attempt).where(Attempt.id.in_(ids)))}
    whole = marking.wholly_marked(session, ids)
    for done, move in enumerate(moves):
        if done % STEP == 0:
            yield Progress(done, len(moves))
        attempt = attempts[move.sat.attempt_id]
        _audit_mark(session, correction, move, attempt, now)
        if move.counts and attempt.id in whole:
            attempt_marked.send(attempt, session=session, now=now, because=correction.reason)


def _mark_anew(session: Session, moves: Iterable[Move], correction: Correction, now: datetime) -> None:
    """Let no opinion count that was formed before the rubric had its new key point; it stays in the record."""
    for move in moves:
        for opinion in marking.standing(session, move.sat.attempt_id, move.sat.position):
            session.add(
                OpinionWithdrawal(
                    opinion_id=opinion.id, why=Undoing.RUBRIC, withdrawn_by=correction.decided_by, withdrawn_at=now
                )
            )
        reopen(session, move.sat.attempt_id, move.sat.position, by_rule=False, now=now)
    session.flush()


def _mark(correction: Correction, move: Move, version_id: int, now: datetime) -> Mark:
    return Mark(
        attempt_id=move.sat.attempt_id,
        position=move.sat.position,
        question_version_id=version_id,
        source=_source(move.then),
        author_id=correction.decided_by,
        points=move.then.points if move.then else Fraction(),
        reason=correction.reason,
        given_at=now,
    )


def _source(then: Standing | None) -> MarkSource:
    if then is None:
        return MarkSource.WITHDRAWN
    if then.out:
        return MarkSource.TAKEN_OUT
    return MarkSource.GIVEN if then.given else MarkSource.CORRECTION


def _audit_mark(session: Session, correction: Correction, move: Move, attempt: Attempt, now: datetime) -> None:
    audit(
        session, actor_id=correction.decided_by, action="mark.corrected", subject_type="attempt",
        subject_id=attempt.id, about_id=attempt.person_id, now=now, position=move.sat.position,
        points=move.then.points if move.then else None, points_before=move.sat.now.points if move.sat.now else None,
        reason=correction.reason,
    )  # fmt: skip
