"""How well markers agree, by question and by marker, and how each was in the last session: one statement."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts.models import Attempt
from exam.marking.models import Opinion, SecondMarking
from exam.marking.queries.conditions import stands
from exam.marking.queries.worths import worth
from exam.marking.rules import Agreement, Decision, Drift, agreement, drift, last_session
from exam.papers.models import Slot
from question_bank.models import QuestionVersion

LOOKED_AT = 20_000
"""The latest opinions that are looked at."""
Pairs = list[tuple[Fraction, Fraction]]


@dataclass(frozen=True)
class QuestionAgreement:
    """How well two markers agree at a question."""

    stem: str
    agreement: Agreement


@dataclass(frozen=True)
class MarkerAgreement:
    """How well a marker agrees with the others, and what they were like in their last session."""

    name: str
    agreement: Agreement
    decisions: int
    """Of the last session."""
    drift: Drift | None
    """None where the session has too few decisions."""


@dataclass(frozen=True)
class Agreements:
    """All of it, those with the most pairs first."""

    all: Agreement
    questions: Sequence[QuestionAgreement]
    markers: Sequence[MarkerAgreement]


@dataclass(frozen=True)
class _Given:
    """An opinion as far as it matters here."""

    row: Any
    asked: bool
    """Whether a second marker was asked for."""

    @property
    def points(self) -> Fraction:
        points: Fraction = self.row.Opinion.share * self.row.worth
        return points


def agreements(session: Session, exam_id: int | None = None, within: ColumnElement[bool] | None = None) -> Agreements:
    """The agreement of first and second markers, each with the opinion they gave before they could talk: their first.

    `within`: only of attempts of which this is true, for instance of a period.
    The drift of a marker rests on decisions: a group that was marked at once is one.
    """
    given = _given(session, exam_id, within)
    names = {one.row.Opinion.marker_id: one.row.full_name for one in given}
    stems = {one.row.question_id: one.row.stem for one in given}
    by_question: defaultdict[int, Pairs] = defaultdict(list)
    by_marker: defaultdict[int, Pairs] = defaultdict(list)
    for first, second in _pairs(given):
        pair = (first.points, second.points)
        by_question[first.row.question_id].append(pair)
        by_marker[first.row.Opinion.marker_id].append(pair)
        by_marker[second.row.Opinion.marker_id].append((pair[1], pair[0]))
    markers = []
    for marker_id, decisions in _decisions(given).items():
        last = last_session(decisions)
        markers.append(MarkerAgreement(names[marker_id], agreement(by_marker[marker_id]), len(last), drift(last)))
    questions = [QuestionAgreement(stems[id], agreement(pairs)) for id, pairs in by_question.items()]
    every = [pair for pairs in by_question.values() for pair in pairs]
    return Agreements(
        agreement(every),
        sorted(questions, key=lambda one: -one.agreement.n),
        sorted(markers, key=lambda one: -one.agreement.n),
    )


def _given(session: Session, exam_id: int | None, within: ColumnElement[bool] | None) -> list[_Given]:
    found = (
        select(
            Opinion, worth().label("worth"), QuestionVersion.question_id, QuestionVersion.stem, Person.full_name,
            SecondMarking.id.label("asked"),
        )
        .join(Attempt, Attempt.id == Opinion.attempt_id)
        .join(Slot, and_(Slot.paper_id == Attempt.paper_id, Slot.position == Opinion.position))
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .join(Person, Person.id == Opinion.marker_id)
        .outerjoin(
            SecondMarking,
            and_(SecondMarking.attempt_id == Opinion.attempt_id, SecondMarking.position == Opinion.position),
        )
        .where(Attempt.voided_at.is_(None), stands())
        .order_by(Opinion.id.desc())
        .limit(LOOKED_AT)
    )  # fmt: skip
    if exam_id is not None:
        found = found.where(Attempt.exam_id == exam_id)
    if within is not None:
        found = found.where(within)
    return [_Given(row, row.asked is not None) for row in reversed(session.execute(found).all())]


def _pairs(given: Sequence[_Given]) -> list[tuple[_Given, _Given]]:
    theirs: defaultdict[tuple[int, int], dict[int, _Given]] = defaultdict(dict)
    for one in given:
        if one.asked:
            opinion = one.row.Opinion
            theirs[opinion.attempt_id, opinion.position].setdefault(opinion.marker_id, one)
    return [(both[0], both[1]) for both in (list(one.values()) for one in theirs.values()) if len(both) > 1]


def _decisions(given: Sequence[_Given]) -> Mapping[int, list[Decision]]:
    acts: dict[int, _Given] = {}
    for one in given:
        opinion = one.row.Opinion
        acts.setdefault(opinion.act_id or -opinion.id, one)
    usual: defaultdict[int, list[Fraction]] = defaultdict(list)
    for one in acts.values():
        usual[one.row.question_id].append(one.row.Opinion.share)
    means = {question_id: sum(shares) / len(shares) for question_id, shares in usual.items()}
    found: defaultdict[int, list[Decision]] = defaultdict(list)
    for one in acts.values():
        above = float(100 * (one.row.Opinion.share - means[one.row.question_id]))
        found[one.row.Opinion.marker_id].append(Decision(one.row.Opinion.given_at, above))
    return found
