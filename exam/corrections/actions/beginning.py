"""Beginning a correction: a draft of its author's, to be looked at."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from exam.authoring.actions import in_words
from exam.corrections import queries
from exam.corrections.models import Correction
from exam.corrections.rules import Policy, State
from exam.errors import Conflict, Refused, _l
from question_bank import bank
from question_bank.items import Item, to_data
from question_bank.models import QuestionVersion

MOST_POINTS = 100
"""That a question may count for: the usual whole of a paper."""


def begin(
    session: Session,
    version: QuestionVersion,
    item: Item | None,
    *,
    worths: Mapping[int, Fraction] | None = None,
    actor_id: int,
    now: datetime,
) -> Correction:
    """Keep a mended key as a draft, a preview and nothing more; or by exam the new `worths` of a question.

    Without either the question itself is faulty. Refuses what `bank.correct` would, a version nobody has sat, worths
    that are as they were or of an exam that never had it, and a second open correction of the same question.
    """
    root = version.corrects_id or version.id
    _refuse_second(session, root)
    if version.used_at is None:
        raise Refused(_l("Nobody has sat this version. Edit the question instead."), code="unused")
    if item is not None:
        with in_words():
            bank.refuse_correction(session, version, item)
    counting = bank.counting_versions(session, [version.id])[version.id]
    return _add(
        session,
        Correction(
            question_id=version.question_id,
            version_id=root,
            content=to_data(item) if item else None,
            content_before=to_data(bank.item_of(counting)),
            worths=None if worths is None else _worths(session, root, worths),
            begun_by=actor_id,
            begun_at=now,
        ),
    )


def _worths(session: Session, root: int, wanted: Mapping[int, Fraction]) -> dict[str, Any]:
    """What is to count, by exam, beside what counts now; refuses what would change nothing."""
    known = {one.exam_id: one.worths for one in queries.worths(session, root)}
    if not wanted.keys() <= known.keys():
        raise Refused(_l("This exam hasn't had the question."), code="other_exam")
    if any(not 0 < worth <= MOST_POINTS for worth in wanted.values()):
        raise Refused(_l("A question counts for more than 0 and at most 100 points."), code="worth")
    changed = {id: worth for id, worth in wanted.items() if known[id] != (worth,)}
    if not changed:
        raise Refused(_l("It counts for that much already."), code="same_worth")
    return {str(id): {"from": [str(one) for one in known[id]], "to": str(to)} for id, to in changed.items()}


def undo(session: Session, applied: Correction, *, actor_id: int, now: datetime) -> Correction:
    """Begin the correction that takes an applied one back: it gives again what each mark was, and the key as it was.

    Who was first marked by its key is marked by the one before; who has been marked anew since, otherwise, is left as
    they are. Refuses one that isn't applied, is taken back already, or that a later one rests on.
    """
    if applied.state is not State.APPLIED:
        raise Conflict(_l("This correction hasn't been carried out."), code="not_applied")
    if queries.taken_back(session, applied.id):
        raise Conflict(_l("This correction has been taken back already."), code="taken_back")
    if queries.stands_on(session, applied):
        raise Conflict(_l("A later correction of this question rests on it. Take that one back first."), code="later")
    _refuse_second(session, applied.version_id)
    counting = bank.counting_versions(session, [applied.version_id])[applied.version_id]
    now_counts = to_data(bank.item_of(counting))
    return _add(
        session,
        Correction(
            question_id=applied.question_id,
            version_id=applied.version_id,
            content=applied.content_before if applied.content and now_counts != applied.content_before else None,
            content_before=now_counts,
            worths=None if applied.worths is None else {},
            policy=Policy.RESTORE,
            undoes_id=applied.id,
            begun_by=actor_id,
            begun_at=now,
        ),
    )


def _add(session: Session, correction: Correction) -> Correction:
    session.add(correction)
    session.flush()
    return correction


def _refuse_second(session: Session, root: int) -> None:
    if queries.open_one(session, root) is not None:
        raise Conflict(_l("A correction of this question is open already. Finish it first."), code="open_already")
