"""What papers have to know of a question besides what it says: its family, its enemies, the time it takes.

None of it belongs to a version: it may change at any time, and papers that are out keep what they have.
"""

from collections.abc import Collection, Iterable
from fractions import Fraction

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from question_bank.families import LONGEST_FAMILY, LONGEST_TIME, SHORTEST_TIME, family_name
from question_bank.models import Question, QuestionEnemy, QuestionVersion, Topic
from question_bank.versions import hold

MOST_ENEMIES = 50


def relate(
    session: Session, question: Question, *, family: str, seconds: int | None, enemies: Collection[int]
) -> set[str]:
    """Say which family a question is of, how long it takes, and which others (ids) it may not meet in a paper.

    Gives the names of what that changed. Refuses with ValueError what is out of bounds, itself, and what isn't there.
    """
    family, wanted = family_name(family), set(enemies)
    if len(family) > LONGEST_FAMILY or not (seconds is None or SHORTEST_TIME <= seconds <= LONGEST_TIME):
        raise ValueError("a family or time out of bounds")
    known = set(session.scalars(select(Question.id).where(Question.id.in_(wanted))))
    if question.id in wanted or known != wanted or len(wanted) > MOST_ENEMIES:
        raise ValueError("not questions that it could be an enemy of")
    hold(session, question)
    changed = set()
    if question.family != family:
        question.family = family
        changed.add("family")
    if question.expected_seconds != seconds:
        question.expected_seconds = seconds
        changed.add("seconds")
    before = enemies_of(session, question.id)
    if before != wanted:
        _part(session, question.id, before - wanted)
        session.add_all(_pair(question.id, other) for other in sorted(wanted - before))
        changed.add("enemies")
    session.flush()
    return changed


def _pair(one: int, other: int) -> QuestionEnemy:
    return QuestionEnemy(question_id=min(one, other), enemy_id=max(one, other))


def _part(session: Session, question_id: int, others: Collection[int]) -> None:
    pair = or_(
        (QuestionEnemy.question_id == question_id) & QuestionEnemy.enemy_id.in_(others),
        (QuestionEnemy.enemy_id == question_id) & QuestionEnemy.question_id.in_(others),
    )
    session.execute(delete(QuestionEnemy).where(pair))


def set_estimate(session: Session, version: QuestionVersion, share: Fraction | None) -> None:
    """Keep what share of its points trainers expect a version to earn, 0 to 1; None: only its difficulty tells."""
    if share is not None and not 0 <= share <= 1:
        raise ValueError("a share lies between 0 and 1")
    hold(session, version)
    version.estimate = share
    session.flush()


def enemies_of(session: Session, question_id: int) -> set[int]:
    """The ids of the questions that may not stand in a paper with this one."""
    pairs = select(QuestionEnemy.question_id, QuestionEnemy.enemy_id).where(
        or_(QuestionEnemy.question_id == question_id, QuestionEnemy.enemy_id == question_id)
    )
    return {one if other == question_id else other for one, other in session.execute(pairs)}


def enemy_pairs(session: Session, question_ids: Collection[int]) -> set[tuple[int, int]]:
    """The pairs of enemies of which both are among these, the smaller id first: one statement."""
    among = set(question_ids)
    # All of them: they are few, and thousands of ids would not fit into a statement.
    pairs = session.execute(select(QuestionEnemy.question_id, QuestionEnemy.enemy_id))
    return {(one, other) for one, other in pairs if one in among and other in among and one != other}


def families(session: Session, most: int = 200) -> list[str]:
    """The families there are, the largest first."""
    number = func.count()
    found = select(Question.family).where(Question.family != "").group_by(Question.family)
    return list(session.scalars(found.order_by(number.desc(), Question.family).limit(most)))


def family_size(session: Session, question: Question) -> int:
    """How many questions, retired ones left out, are of the family of this one, itself included; 0 without one."""
    if not question.family:
        return 0
    same = (Question.family == question.family, Question.retired_at.is_(None))
    return session.scalar(select(func.count()).select_from(Question).where(*same)) or 0


def stems(session: Session, question_ids: Iterable[int]) -> dict[int, str]:
    """What these questions ask in their latest versions, as plain text: one statement."""
    wanted = list(question_ids)
    found = select(QuestionVersion.question_id, QuestionVersion.stem).where(QuestionVersion.question_id.in_(wanted))
    return dict(iter(session.execute(found.order_by(QuestionVersion.question_id, QuestionVersion.number))))


def of_topic(session: Session, topic: Topic, most: int = 300) -> dict[int, str]:
    """The stems of the questions of a topic that aren't retired, the newest first, to choose an enemy from."""
    ids = select(Question.id).where(Question.topic_id == topic.id, Question.retired_at.is_(None))
    wanted = list(session.scalars(ids.order_by(Question.id.desc()).limit(most)))
    found = stems(session, wanted)
    return {id: found[id] for id in wanted if id in found}
