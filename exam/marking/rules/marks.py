"""Marks as pure decisions: what a slot is worth, which mark counts, and who may mark. Points are exact (`Fraction`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Protocol, TypeVar

from question_bank.items import CreditRule, Item, ShortAnswer, is_blank, parse_response

HALF = Fraction(1, 2)
LONGEST_COMMENT = 1000
LONGEST_REASON = 500
"""Characters of a comment to the candidate, and of the reason for changing a mark or deciding on a late answer."""
MOST_SNIPPETS = 9
"""Comments that a marker keeps for a question: one for each of the keys Q to O."""
BLANK = "blank"
"""The reason of a mark of 0 for a short answer without text."""


class MarkSource(StrEnum):
    """Where a mark comes from."""

    RULE = "rule"
    """The machine, by an exact rule: objective questions, and a blank short answer."""
    PERSON = "person"
    MEAN = "mean"
    """The rule for two markers who are within the tolerance: the mean of their opinions, both of which it names."""
    WITHDRAWN = "withdrawn"
    """No mark any more: its marker took it back, or a late answer was accepted in the place of the marked one."""
    CORRECTION = "correction"
    """The key, the rubric or the question itself was wrong: what it counts for since that was decided."""
    TAKEN_OUT = "taken_out"
    """The question counts for nobody: neither its points nor its worth are added up."""
    GIVEN = "given"
    """Its whole worth to everybody, whatever was answered."""


CORRECTED = frozenset({MarkSource.CORRECTION, MarkSource.TAKEN_OUT, MarkSource.GIVEN})
"""Sources above any marker: what they say stands until another correction."""


JUDGED = frozenset({MarkSource.RULE, MarkSource.PERSON, MarkSource.MEAN})
"""Marks that follow from the answer, by the key and the key points that counted when they were given."""

NOT_MEASURED = frozenset({MarkSource.WITHDRAWN, MarkSource.TAKEN_OUT, MarkSource.GIVEN})
"""Marks that say nothing about what a candidate could do: for statistics their question was not presented."""


class Undoing(StrEnum):
    """Why an opinion doesn't stand any more."""

    TAKEN_BACK = "taken_back"
    """By its marker."""
    LATE_ANSWER = "late_answer"
    """It was on a text in whose place a late answer was accepted."""
    RUBRIC = "rubric"
    """The rubric has a key point since that its marker hadn't looked for."""


# Points


def points_of(share: Fraction, worth: Fraction) -> Fraction:
    """The points of a slot: a share from 0 to 1 of its worth, exactly. Refuses other shares with ValueError."""
    if not 0 <= share.numerator <= share.denominator:
        raise ValueError(f"{share} is no share of a slot")
    return worth if share.numerator == share.denominator else share * worth


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a rule gives an answer."""

    points: Fraction
    reason: str


def by_rule(item: Item, answer: object, credit_rule: CreditRule, worth: Fraction) -> Ruling | None:
    """What an answer, in its JSON form, gets by rule alone; None where somebody has to judge: a text was written."""
    response = parse_response(item.kind, answer)
    if not isinstance(item, ShortAnswer):
        return Ruling(points_of(item.mark(response, credit_rule), worth), credit_rule.value)
    return Ruling(Fraction(0), BLANK) if is_blank(response) else None


class Given(Protocol):
    """A mark as far as its order goes: later ones have greater ids."""

    @property
    def id(self) -> int: ...
    @property
    def position(self) -> int: ...
    @property
    def source(self) -> MarkSource: ...


M = TypeVar("M", bound=Given)


def counting(marks: Iterable[M]) -> dict[int, M]:
    """By position, the mark that counts: the last one. A slot whose last mark was withdrawn has none."""
    last = {mark.position: mark for mark in sorted(marks, key=lambda mark: mark.id)}
    return {position: mark for position, mark in last.items() if mark.source is not MarkSource.WITHDRAWN}


def counting_worth(mark: Given | None, worth: Fraction) -> Fraction:
    """What a slot counts for at most: its worth, or nothing where the mark that counts took the question out."""
    return Fraction() if mark is not None and mark.source is MarkSource.TAKEN_OUT else worth


def parts(points: Fraction) -> tuple[Fraction, ...]:
    """What a key point may be given besides nothing and everything: the half points in between."""
    count = -(-points // HALF) - 1
    return tuple(HALF * step for step in range(1, int(count) + 1))


# Who may mark


class MarkRefusal(StrEnum):
    """Why a person may not mark a paper."""

    OWN_PAPER = "own_paper"
    OWN_TUTEE = "own_tutee"
    """Another trainer is there to do it."""
    ONLY_TRAINER = "only_trainer"
    """Nobody else could; but the exam's settings must say openly that a tutor may."""


def mark_refusal(
    marker_id: int, candidate_id: int, tutor_id: int | None, *, other_trainers: bool, own_trainer_may_mark: bool
) -> MarkRefusal | None:
    """Why this person may not mark this candidate's paper; None when they may.

    Nobody marks their own tutee's paper when there is another marker. Where the firm has one trainer, the exam's
    settings must say so (`own_trainer_may_mark`).
    """
    if marker_id == candidate_id:
        return MarkRefusal.OWN_PAPER
    if marker_id != tutor_id:
        return None
    if other_trainers:
        return MarkRefusal.OWN_TUTEE
    return None if own_trainer_may_mark else MarkRefusal.ONLY_TRAINER
