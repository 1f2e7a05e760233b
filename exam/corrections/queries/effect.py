"""The attempts that have a question, as far as a correction of it matters: a fixed number of statements."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from exam.attempts.models import Answer, Attempt
from exam.corrections.models import Correction
from exam.corrections.queries.force import standing_of, taking_back
from exam.corrections.queries.worths import family, worth_asked
from exam.corrections.rules import Figures, Move, Opinion, Policy, Sat, digest, effect, figures
from exam.marking import queries as marking
from exam.marking.models import Mark
from exam.marking.models import Opinion as OpinionRow
from exam.marking.queries.conditions import stands
from exam.papers.models import Paper, Slot
from exam.results.models import Release, Result
from question_bank import bank
from question_bank.items import Item, Kind, ShortAnswer, from_data
from question_bank.models import QuestionVersion


@dataclass(frozen=True)
class Preview:
    """What a correction would do under one policy."""

    policy: Policy
    moves: list[Move]
    figures: Figures

    @property
    def digest(self) -> str:
        """The name of exactly this effect."""
        return digest(self.moves)

    @property
    def flips(self) -> list[Move]:
        """Those whose outcome changes, the lowest score first."""
        found = [move for move in self.moves if move.flips]
        return sorted(found, key=lambda move: (move.sat.percent or Fraction(), move.sat.attempt_id))


def preview(session: Session, correction: Correction, policy: Policy, sats: list[Sat] | None = None) -> Preview:
    """What this correction does under this policy as things stand now; `sats` where they have been read already."""
    found = sitters(session, correction) if sats is None else sats
    moves = effect(found, mended_item(correction), policy)
    return Preview(policy, moves, figures(found, moves))


def mended_item(correction: Correction) -> Item | None:
    """The item by which answers would count; None where the key isn't touched."""
    return from_data(correction.content) if correction.content else None


def sitters(session: Session, correction: Correction, attempt_ids: list[int] | None = None) -> list[Sat]:
    """Every closed attempt that has the question and isn't void, or only some of them."""
    root = correction.version_id
    rows = session.execute(_of_attempts(_attempts(root), attempt_ids)).all()
    marks = _last_marks(session, root, attempt_ids)
    short = correction.content_before["kind"] == Kind.SHORT_ANSWER
    opinions = _opinions(session, root, marks, attempt_ids) if short else {}
    other = marking.reweighed(session, [row.attempt_id for row in rows])
    undone = taking_back(session, correction)
    asked = worth_asked(session, correction)
    found = []
    for row in rows:
        mark = marks.get(row.attempt_id)
        worth = other.get((row.attempt_id, row.position), row.points)
        was = undone(row.attempt_id, mark, worth)
        found.append(
            Sat(
                attempt_id=row.attempt_id,
                position=row.position,
                worth=worth,
                credit_rule=row.credit_rule,
                answer=row.response,
                now=standing_of(mark),
                earned=row.earned,
                possible=row.possible,
                pass_percent=row.pass_percent,
                distinction_percent=row.distinction_percent,
                released=row.released is not None,
                opinions=opinions.get(row.attempt_id, ()),
                touched=was.touched,
                since=was.since,
                before=was.standing,
                asked=asked(row, worth),
            )
        )
    return found


def _attempts(root: int) -> Select[Any]:
    """Attempts and places with a version of this family, which its first version names."""
    response = (
        select(Answer.response)
        .where(Answer.attempt_id == Attempt.id, Answer.position == Slot.position)
        .order_by(Answer.epoch.desc(), Answer.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Attempt.id.label("attempt_id"), Slot.position, Slot.points, Attempt.credit_rule, Attempt.pass_percent,
            Attempt.distinction_percent, Attempt.exam_id, response.label("response"), Result.earned, Result.possible,
            Release.attempt_id.label("released"), Paper.created_at.label("paper_made_at"),
        )
        .join(Paper, Paper.id == Attempt.paper_id)
        .join(Slot, Slot.paper_id == Paper.id)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .outerjoin(Result, and_(Result.attempt_id == Attempt.id, Result.superseded_at.is_(None)))
        .outerjoin(Release, Release.attempt_id == Attempt.id)
        .where(family(root), Attempt.counts)
    )  # fmt: skip


def _of_attempts(statement: Any, attempt_ids: list[int] | None) -> Any:
    return statement if attempt_ids is None else statement.where(Attempt.id.in_(attempt_ids))


def _places(root: int, attempt_ids: list[int] | None) -> Any:
    places = (
        select(Attempt.id, Slot.position)
        .join(Slot, Slot.paper_id == Attempt.paper_id)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .where(family(root), Attempt.voided_at.is_(None))
    )
    return _of_attempts(places, attempt_ids).subquery()


def _last_marks(session: Session, root: int, attempt_ids: list[int] | None) -> dict[int, Mark]:
    """By attempt the last mark of the question, whatever it says."""
    places = _places(root, attempt_ids)
    last = (
        select(func.max(Mark.id))
        .join(places, and_(places.c.id == Mark.attempt_id, places.c.position == Mark.position))
        .group_by(Mark.attempt_id)
    )
    return {mark.attempt_id: mark for mark in session.scalars(select(Mark).where(Mark.id.in_(last)))}


def _opinions(
    session: Session, root: int, marks: dict[int, Mark], attempt_ids: list[int] | None
) -> dict[int, list[Opinion]]:
    """By attempt the opinions that made the mark: those it names, else those of its markers that stand."""
    places = _places(root, attempt_ids)
    rows = session.scalars(
        select(OpinionRow)
        .join(places, and_(places.c.id == OpinionRow.attempt_id, places.c.position == OpinionRow.position))
        .where(stands())
        .order_by(OpinionRow.id)
    ).all()
    items = _items(session, {row.question_version_id for row in rows})
    by_id = {row.id: row for row in rows}
    last: defaultdict[int, dict[int, OpinionRow]] = defaultdict(dict)
    for row in rows:
        last[row.attempt_id][row.marker_id] = row
    found = {}
    for attempt_id, by_marker in last.items():
        mark = marks.get(attempt_id)
        ids = (mark.opinion_id, mark.second_opinion_id) if mark else ()
        named = [by_id[id] for id in ids if id in by_id]
        # Where a correction has taken their place: two count together, of three the one who decided.
        both = list(by_marker.values()) if len(by_marker) < 3 else list(by_marker.values())[-1:]
        found[attempt_id] = [_opinion(row, items) for row in named or both]
    return found


def _opinion(row: OpinionRow, items: dict[int, ShortAnswer]) -> Opinion:
    return Opinion({id: Fraction(str(points)) for id, points in row.key_points.items()}, items[row.question_version_id])


def _items(session: Session, version_ids: set[int]) -> dict[int, ShortAnswer]:
    versions = session.scalars(select(QuestionVersion).where(QuestionVersion.id.in_(version_ids)))
    found = {version.id: bank.item_of(version) for version in versions}
    return {id: item for id, item in found.items() if isinstance(item, ShortAnswer)}
