"""Marks as pure decisions: what a slot is worth, which mark counts, who may mark, and how the desk hides names.

Points are exact (`Fraction`). Moments and databases play no part here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from itertools import pairwise
from typing import Protocol, TypeVar

from question_bank import phrases
from question_bank.items import (
    CreditRule,
    Found,
    Item,
    KeyPoint,
    Proposal,
    ShortAnswer,
    is_blank,
    parse_response,
)

HALF = Fraction(1, 2)
LONGEST_COMMENT = 1000
LONGEST_REASON = 500
"""Characters of a comment to the candidate, and of the reason for changing a mark or deciding on a late answer."""
BLANK = "blank"
"""The reason of a mark of 0 for a short answer without text."""


class MarkSource(StrEnum):
    """Where a mark comes from."""

    RULE = "rule"
    """The machine, by an exact rule: objective questions, and a blank short answer."""
    PERSON = "person"
    WITHDRAWN = "withdrawn"
    """No mark any more: a late answer was accepted in the place of the one that had been marked."""


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


# Hidden names

_ROUNDS = 4
_HALF_BLOCK = 0xFFFF


def alias(attempt_id: int, question_id: int, secret: str) -> str:
    """The name of an answer at the desk: eight hex digits that tell nothing of the candidate.

    The same candidate has another name under every question. Only the server, which knows the secret, finds the
    attempt again (`attempt_behind`): a small Feistel cipher over the attempt's number, below 2³¹.
    """
    left, right = attempt_id >> 16, attempt_id & _HALF_BLOCK
    for turn in range(_ROUNDS):
        left, right = right, left ^ _mix(right, turn, question_id, secret)
    return f"{left:04x}{right:04x}"


def attempt_behind(name: str, question_id: int, secret: str) -> int:
    """The attempt whose answer has this name. Refuses what is no such name with ValueError."""
    if len(name) != 8 or not set(name) <= set("0123456789abcdef"):
        raise ValueError(f"{name!r} names no answer")
    left, right = int(name[:4], 16), int(name[4:], 16)
    for turn in reversed(range(_ROUNDS)):
        left, right = right ^ _mix(left, turn, question_id, secret), left
    attempt_id = left << 16 | right
    if attempt_id >> 31:  # no row has such a number, and PostgreSQL wouldn't even look for it
        raise ValueError(f"{name!r} names no answer")
    return attempt_id


def _mix(half: int, turn: int, question_id: int, secret: str) -> int:
    digest = sha256(f"{secret}|answer|{question_id}|{turn}|{half}".encode()).digest()
    return int.from_bytes(digest[:2], "big")


def in_order(attempt_ids: Iterable[int], marker_id: int, question_id: int) -> list[int]:
    """The order in which one marker gets the answers to a question: as good as random, but the same every time."""
    return sorted(attempt_ids, key=lambda one: sha256(f"{marker_id}|{question_id}|{one}".encode()).digest())


# What the machine points out


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of an answer, and the numbers (from 1) of the key points that the machine sees said in it."""

    text: str
    numbers: tuple[int, ...] = ()
    doubtful: bool = False


def segments(text: str, proposal: Proposal) -> list[Segment]:
    """Cut an answer where a recognised phrase begins or ends, so that the page can tint it."""
    spans = [
        (*finding.span, number, finding.found is Found.DOUBTFUL)
        for number, finding in enumerate(proposal.findings, start=1)
        if finding.span
    ]
    edges = sorted({0, len(text), *(edge for start, end, _, _ in spans for edge in (start, end))})
    pieces = []
    for start, end in pairwise(edges):
        over = [(number, doubtful) for first, last, number, doubtful in spans if first <= start and end <= last]
        numbers = tuple(number for number, _ in over)
        pieces.append(Segment(text[start:end], numbers, bool(over) and all(doubtful for _, doubtful in over)))
    return pieces


def proposal_data(proposal: Proposal) -> dict[str, object]:
    """What the machine pointed out, kept with the marker's opinion: by key point, what was found and the phrase."""
    return {
        finding.key_point.id: {"found": finding.found.value, "phrase": finding.phrase} for finding in proposal.findings
    }


def same_content(text: str) -> str:
    """What two answers share that differ only in spaces, punctuation, case and full-width letters."""
    return phrases.fold(text).text


def given(key_points: Iterable[KeyPoint], full: Iterable[str], partly: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The points per key point that a filled form means: a part, where one is chosen, goes before the tick."""
    ticked = set(full)
    return {one.id: partly.get(one.id, one.points if one.id in ticked else Fraction(0)) for one in key_points}
