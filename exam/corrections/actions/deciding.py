"""Deciding on a correction: proposed by one person, approved by another."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.accounts.queries import ids_with_role
from exam.accounts.rules import Role
from exam.attempts.models import Attempt
from exam.authoring.actions import in_words
from exam.corrections import queries
from exam.corrections.actions.moving import move_marks
from exam.corrections.models import Correction
from exam.corrections.queries import Preview
from exam.corrections.rules import FAULTY, OPEN, Figures, Move, NothingLeft, Policy, Progress, Sat, State
from exam.errors import Conflict, Forbidden, Refused, _l
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind
from exam.papers.queries import wants_second_person
from question_bank import bank
from question_bank.items import from_data
from question_bank.models import Question, QuestionVersion

LOOK_AGAIN = _l("What this correction changes has changed since you looked. Nothing was done; look at it once more.")
CATCHES_UP_FOR = timedelta(hours=1)
"""After a correction was approved; carrying out ten thousand marks takes minutes."""
LONGEST_HAND_IN = timedelta(minutes=10)
"""From the moment that stands in an attempt as its end to its commit, with room to spare."""
NOTHING_LEFT = _l("Somebody's paper would have no question left that counts. Choose another way.")


def propose(
    session: Session, correction: Correction, policy: Policy, reason: str, *, seen: str, actor_id: int, now: datetime
) -> Generator[Progress, None, None]:
    """Ask a second person to approve exactly what `seen`, the digest of a preview, names.

    Where the exams' terms ask for no second person it is carried out at once, in steps to go through. Refuses another's
    draft, a lacking reason, a policy that doesn't go with it, and an effect that has changed meanwhile.
    """
    _hold(session, correction)
    _refuse_unless(correction, State.DRAFT)
    if correction.begun_by != actor_id:
        raise Forbidden(_l("Only whoever began a correction proposes it."), code="not_yours")
    if policy not in queries.policies_of(correction):
        raise Refused(_l("This way doesn't go with this correction."), code="policy", field="policy")
    if not reason.strip():
        raise Refused(_l("Say why. Everybody concerned reads it."), code="no_reason", field="reason")
    correction.policy, correction.reason = policy, reason.strip()
    _preview_as_seen(session, correction, seen)
    correction.state, correction.digest, correction.proposed_at = State.PROPOSED, seen, now
    session.flush()
    _audit(session, "correction.proposed", correction, actor_id, now, policy=policy, reason=correction.reason)
    if not wants_second_person(session):
        yield from _carry_out(session, correction, seen, actor_id=actor_id, now=now)
        return
    stem = correction.content_before["stem"][:80]
    for person_id in ids_with_role(session, Role.TRAINER):
        if person_id != actor_id:
            notify(
                session, person_id, NoticeKind.CORRECTION_WAITING, key=f"correction:{correction.id}", now=now,
                link=f"/corrections/{correction.id}", question=stem,
            )  # fmt: skip


def approve(
    session: Session, correction: Correction, note: str, *, seen: str, actor_id: int, now: datetime
) -> Generator[Progress, None, None]:
    """Carry out what a colleague has proposed, as the second person has `seen` it, in steps to go through.

    Refuses one's own, and an effect that has changed since: somebody has handed in or been marked meanwhile.
    """
    _second_person(session, correction, actor_id)
    correction.note = note.strip()
    yield from _carry_out(session, correction, seen, actor_id=actor_id, now=now)
    _tell_author(session, correction, now)


def refuse(session: Session, correction: Correction, note: str, *, actor_id: int, now: datetime) -> None:
    """Say no to what a colleague has proposed; nothing changes. Refuses one's own, and a no without a word."""
    _second_person(session, correction, actor_id)
    if not note.strip():
        raise Refused(_l("Say why not, in a sentence."), code="no_note", field="note")
    correction.note = note.strip()
    _decide(session, correction, State.REFUSED, actor_id, now)
    _audit(session, "correction.refused", correction, actor_id, now, note=correction.note)
    _tell_author(session, correction, now)


def drop(session: Session, correction: Correction, *, actor_id: int, now: datetime) -> None:
    """Give up one's own draft or proposal; nothing changes."""
    _hold(session, correction)
    _refuse_unless(correction, *OPEN)
    if correction.begun_by != actor_id:
        raise Forbidden(_l("Only whoever began a correction gives it up."), code="not_yours")
    _decide(session, correction, State.DROPPED, actor_id, now)


def on_attempts_marked_by_rule(attempts: Sequence[Attempt], *, session: Session, now: datetime) -> None:
    """Listens to `attempts_marked_by_rule`: what holds for all holds for whoever comes later.

    Papers that were being written or had been prepared may still have the question, or its old worth.
    """
    for id, exams in queries.in_force(session) if attempts else ():
        ids = [attempt.id for attempt in attempts if exams is None or attempt.exam_id in exams]
        _extend(session, session.get_one(Correction, id), ids, now)


def catch_up(session: Session, now: datetime) -> int:
    """Let what holds for all hold for those too who handed in while it was being carried out; gives how many. A job.

    The one didn't see the other: on PostgreSQL neither had been committed.
    """
    reached = 0
    for id, exams in queries.in_force(session):
        correction = session.get_one(Correction, id)
        if correction.decided_at is None or correction.decided_at < now - CATCHES_UP_FOR:
            continue
        closed = select(Attempt.id).where(Attempt.counts, Attempt.closed_at >= correction.decided_at - LONGEST_HAND_IN)
        of = closed if exams is None else closed.where(Attempt.exam_id.in_(exams))
        reached += _extend(session, correction, session.scalars(of.order_by(Attempt.id).with_for_update()).all(), now)
    return reached


def _extend(session: Session, correction: Correction, ids: Sequence[int], now: datetime) -> int:
    moves = _moves_of_later(session, correction, queries.sitters(session, correction, list(ids))) if ids else []
    for _step in move_marks(session, correction, moves, correction.version_id, now):
        pass
    return len(moves)


def _carry_out(
    session: Session, correction: Correction, seen: str, *, actor_id: int, now: datetime
) -> Generator[Progress, None, None]:
    """Do exactly what was seen: the bank's key, the marks, the results, the letters."""
    # Whoever marks or closes one of these attempts waits, so nothing moves between the look and the act.
    sats = queries.sitters(session, correction)
    ids = sorted(sat.attempt_id for sat in sats)
    session.execute(select(Attempt.id).where(Attempt.id.in_(ids)).order_by(Attempt.id).with_for_update())
    found = _preview_as_seen(session, correction, seen)
    version_id = _mend_bank(session, correction, now)
    correction.figures = figures_data(found.figures)
    _decide(session, correction, State.APPLIED, actor_id, now)
    _audit(
        session, "correction.applied", correction, actor_id, now, policy=correction.policy, moved=found.figures.moved
    )
    yield from move_marks(session, correction, found.moves, version_id, now)


def _preview_as_seen(session: Session, correction: Correction, seen: str) -> Preview:
    try:
        found = queries.preview(session, correction, _policy(correction))
    except NothingLeft as error:
        raise Refused(NOTHING_LEFT, code="nothing_left", field="policy") from error
    if found.digest != seen:
        raise Conflict(LOOK_AGAIN, code="changed_meanwhile")
    return found


def _mend_bank(session: Session, correction: Correction, now: datetime) -> int:
    """Give the bank the mended key, or retire a question that is faulty itself; gives the version that counts now."""
    version = session.get_one(QuestionVersion, correction.version_id)
    if correction.content is not None:
        item = from_data(correction.content)
        if item != bank.item_of(bank.counting_versions(session, [version.id])[version.id]):
            with in_words():
                bank.correct(session, version, item, now=now, author_id=correction.begun_by)
    elif correction.policy in FAULTY:
        question = session.get_one(Question, correction.question_id)
        bank.retire(session, question, now=now, author_id=correction.begun_by)
    return bank.counting_versions(session, [version.id])[version.id].id


def _moves_of_later(session: Session, correction: Correction, sats: list[Sat]) -> list[Move]:
    """What it moves; whose paper would have nothing left that counts keeps the question, and hands in all the same."""
    found = []
    for sat in sats:
        with suppress(NothingLeft):
            found += queries.preview(session, correction, _policy(correction), [sat]).moves
    return found


def figures_data(found: Figures) -> dict[str, Any]:
    """Figures in the form in which a correction keeps them: fractions as text."""
    return {name: str(value) if isinstance(value, Fraction) else value for name, value in asdict(found).items()}


def figures_of(data: Mapping[str, Any]) -> Figures:
    """What `figures_data` kept."""
    values: dict[str, Any] = {
        name: Fraction(value) if isinstance(value, str) else value for name, value in data.items()
    }
    return Figures(**values)


def _policy(correction: Correction) -> Policy:
    if correction.policy is None:
        raise Conflict(_l("Choose first how it is to be handled."), code="no_policy")
    return correction.policy


def _decide(session: Session, correction: Correction, state: State, actor_id: int, now: datetime) -> None:
    correction.state, correction.decided_by, correction.decided_at = state, actor_id, now
    session.flush()


def _second_person(session: Session, correction: Correction, actor_id: int) -> None:
    _hold(session, correction)
    _refuse_unless(correction, State.PROPOSED)
    if correction.begun_by == actor_id:
        raise Forbidden(_l("A second person decides about your correction."), code="own_correction")


def _hold(session: Session, correction: Correction) -> None:
    """Nobody else decides about this correction before this transaction ends."""
    statement = select(Correction).where(Correction.id == correction.id).with_for_update()
    session.scalars(statement.execution_options(populate_existing=True)).one()


def _refuse_unless(correction: Correction, *states: State) -> None:
    if correction.state not in states:
        raise Conflict(_l("Somebody has decided about this correction meanwhile."), code="decided")


def _tell_author(session: Session, correction: Correction, now: datetime) -> None:
    notify(
        session, correction.begun_by, NoticeKind.CORRECTION_DECIDED, key=f"correction:{correction.id}", now=now,
        link=f"/corrections/{correction.id}", question=correction.content_before["stem"][:80],
    )  # fmt: skip


def _audit(session: Session, action: str, correction: Correction, actor_id: int, now: datetime, **detail: Any) -> None:
    audit(
        session, actor_id=actor_id, action=action, subject_type="question", subject_id=correction.question_id,
        now=now, correction=correction.id, **detail,
    )  # fmt: skip
