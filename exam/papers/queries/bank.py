"""What papers may draw, with all that is known of it: a fixed number of statements, however large the bank."""

from collections.abc import Collection, Iterable
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, and_, column, func, select, table
from sqlalchemy.orm import Session

from exam.papers.models import Experience, Slot
from exam.papers.rules import BlueprintLine, Candidate, Chosen, Marked, Weight, expected_seconds, expected_share, weigh
from question_bank import relations
from question_bank.models import Question, QuestionVersion, VersionState
from question_bank.orm import FractionType

# Attempts and marks are of later features and know papers; their tables are read by their names.
_attempt = table("attempt", column("id"), column("paper_id"), column("voided_at"))
_mark = table(
    "mark", column("id"), column("attempt_id"), column("position"), column("points", FractionType()), column("source")
)
_reweighing = table("reweighing", column("attempt_id"), column("position"), column("worth", FractionType()))
NOT_MEASURED = ("withdrawn", "taken_out", "given")
"""Marks that say nothing of what a candidate could do; a test holds these words to `exam.marking.rules`."""

_KNOWN = (
    Question.id,
    QuestionVersion.id.label("version_id"),
    Question.topic_id,
    Question.kind,
    QuestionVersion.difficulty,
    QuestionVersion.estimate,
    Question.family,
    Question.expected_seconds,
    Experience.shown,
    Experience.marked,
    Experience.shares,
)


def candidates(session: Session, rows: Iterable[BlueprintLine]) -> list[Candidate]:
    """Every published question that one of these rows may draw: one statement."""
    drawable = and_(
        QuestionVersion.state == VersionState.PUBLISHED,
        Question.retired_at.is_(None),
        Question.topic_id.in_({row.topic for row in rows}),
    )
    return _candidates(session, drawable)


def enemies(session: Session, known: Iterable[Candidate]) -> set[tuple[int, int]]:
    """The pairs among these that no paper may have both of: one statement."""
    return relations.enemy_pairs(session, {one.question_id for one in known})


def _candidates(session: Session, which: ColumnElement[bool]) -> list[Candidate]:
    found = session.execute(
        select(*_KNOWN)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .outerjoin(Experience, Experience.question_id == Question.id)
        .where(which)
        .order_by(Question.id)
    )
    return [_candidate(row) for row in found]


def _candidate(row: Any) -> Candidate:
    marked = None if row.marked is None else Marked(row.marked, row.shares)
    expected = expected_share(row.difficulty, row.estimate, marked)
    return Candidate(
        row.id,
        row.version_id,
        row.topic_id,
        row.kind,
        row.difficulty,
        share=expected.share,
        error=expected.error,
        seconds=expected_seconds(row.kind, row.expected_seconds),
        family=row.family,
        shown=row.shown or 0,
    )


def weights_of(session: Session, paper_ids: Collection[int]) -> dict[int, Weight]:
    """What these papers are expected to ask by what is known today: two statements."""
    wanted = list(paper_ids)
    found = session.execute(
        select(Slot.paper_id, Slot.question_version_id, Slot.points).where(Slot.paper_id.in_(wanted))
    ).all()
    versions = {row.question_version_id for row in found}
    known = {one.version_id: one for one in _candidates(session, QuestionVersion.id.in_(versions))}
    papers: dict[int, list[Chosen]] = {paper_id: [] for paper_id in wanted}
    for paper_id, version_id, points in found:
        one = known[version_id]
        papers[paper_id].append(Chosen(one.question_id, version_id, one.kind, points))
    by_question = {one.question_id: one for one in known.values()}
    return {paper_id: weigh(slots, by_question) for paper_id, slots in papers.items()}


def experience(session: Session, question_ids: Collection[int]) -> dict[int, tuple[int, Marked]]:
    """Of each of these questions ever shown: to how many, and what they earned of it by the marks that count now.

    Versions are taken together; attempts set aside were shown, but earned nothing. Two statements.
    """
    worth = func.coalesce(_reweighing.c.worth, Slot.points)
    shown = (
        select(QuestionVersion.question_id, _attempt.c.id, _attempt.c.voided_at, Slot.position, worth.label("worth"))
        .select_from(QuestionVersion)
        .join(Slot, Slot.question_version_id == QuestionVersion.id)
        .join(_attempt, _attempt.c.paper_id == Slot.paper_id)
        .outerjoin(
            _reweighing, and_(_reweighing.c.attempt_id == _attempt.c.id, _reweighing.c.position == Slot.position)
        )
        .where(QuestionVersion.question_id.in_(question_ids))
        .subquery()
    )
    number = session.execute(select(shown.c.question_id, func.count()).group_by(shown.c.question_id))
    its_mark = and_(_mark.c.attempt_id == shown.c.id, _mark.c.position == shown.c.position)
    last = select(func.max(_mark.c.id)).join(shown, its_mark).group_by(_mark.c.attempt_id, _mark.c.position)
    # By kind of mark instead of each: thousands of candidates have a handful of different points.
    rows = session.execute(
        select(shown.c.question_id, shown.c.worth, _mark.c.points, func.count())
        .join(_mark, its_mark)
        .where(_mark.c.id.in_(last), shown.c.voided_at.is_(None), _mark.c.source.not_in(NOT_MEASURED))
        .group_by(shown.c.question_id, shown.c.worth, _mark.c.points)
    )
    earned: dict[int, Marked] = {}
    for question_id, most, points, count in rows:
        before = earned.get(question_id, Marked())
        share = min(Fraction(1), max(Fraction(), points / most))
        earned[question_id] = Marked(before.number + count, before.shares + count * share)
    return {question_id: (count, earned.get(question_id, Marked())) for question_id, count in number}
