"""Saying which questions may not meet in a paper, and how long each takes. Flushed, never committed."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.errors import Refused, _l
from exam.papers import actions as papers
from question_bank import relations
from question_bank.models import Question


def relate_question(
    session: Session,
    question: Question,
    *,
    family: str,
    seconds: int | None,
    enemies: Collection[int],
    actor_id: int,
    now: datetime,
) -> bool:
    """Keep a question's family, time and enemies (ids); whether that changed anything.

    They belong to no version: papers that are out keep what they have, and parallel papers with one of the questions
    are put aside. Refuses (`no_such_question`) an enemy that isn't another question.
    """
    before = relations.enemies_of(session, question.id)
    try:
        changed = relations.relate(session, question, family=family, seconds=seconds, enemies=enemies)
    except ValueError as error:
        raise Refused(_l("There is no other question with this number."), code="no_such_question") from error
    if not changed:
        return False
    papers.outdate_with(session, {question.id, *(before ^ set(enemies))}, now)
    audit(
        session,
        actor_id=actor_id,
        action="question.related",
        subject_type="question",
        subject_id=question.id,
        now=now,
        family=question.family,
        expected_seconds=seconds,
        enemies=sorted(enemies),
    )
    return True
