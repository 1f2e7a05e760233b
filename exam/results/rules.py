"""What marks amount to: outcome, score, topics; what a candidate sees of it; where a person stands; what HR may decide.

Exact throughout: 79.99 % fails whatever a page shows, and pages round down.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from exam.papers.rules import ReviewPolicy
from exam.sittings.rules import tries_left

WEAK_PERCENT = 60
"""Topics below this have to be relearnt."""
LONGEST_REASON = 500
"""Characters of the reason for a decision."""


class Outcome(StrEnum):
    """The result of a whole attempt."""

    FAIL = "fail"
    PASS = "pass"
    DISTINCTION = "distinction"


class Verdict(StrEnum):
    """HR's decision on a person."""

    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    ONE_MORE_TRY = "one_more_try"


# Score and outcome


class Terms(Protocol):
    """The two lines an attempt is held to; it carries its own."""

    @property
    def pass_percent(self) -> int: ...
    @property
    def distinction_percent(self) -> int: ...


def total(points: Iterable[Fraction]) -> Fraction:
    """The points of all slots together, exactly."""
    return sum(points, Fraction())


def percent(earned: Fraction, possible: Fraction) -> Fraction:
    """The score: earned of possible points (above 0) as a percentage, exactly."""
    if possible <= 0 or not 0 <= earned <= possible:
        raise ValueError(f"{earned} of {possible} points is no score")
    return 100 * earned / possible


def outcome(earned: Fraction, possible: Fraction, terms: Terms) -> Outcome:
    """Grade a whole attempt. Both lines are inclusive; 79.99 % fails where 80 passes."""
    score = percent(earned, possible)
    if score >= terms.distinction_percent:
        return Outcome.DISTINCTION
    return Outcome.PASS if score >= terms.pass_percent else Outcome.FAIL


def score_tenths(earned: Fraction, possible: Fraction) -> int:
    """The score in tenths of a percent, rounded down: for sorting and charts, never for the outcome."""
    return math.floor(10 * percent(earned, possible))


class Graded(Protocol):
    """What a result comes to."""

    @property
    def score_tenths(self) -> int: ...
    @property
    def outcome(self) -> Outcome: ...


def change(before: Graded, after: Graded) -> dict[str, object]:
    """What became of a result, as letters tell it."""
    return {
        "score_before": before.score_tenths,
        "outcome_before": before.outcome,
        "score": after.score_tenths,
        "outcome": after.outcome,
    }


def exact(score: Fraction) -> str:
    """A score to the last digit: 79.99, or as a fraction (239/3) where no decimal writing ends."""
    rest = score.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    if rest != 1:
        return str(score)
    digits = 0
    while (score * 10**digits).denominator != 1:
        digits += 1
    whole, part = divmod(int(score * 10**digits), 10**digits)
    return f"{whole}.{part:0{digits}}" if digits else str(whole)


def missing_to(line: int, earned: Fraction, possible: Fraction) -> Fraction:
    """How far a score is below a line, so that shown score and distance add up to it; 0 or less: reached."""
    return line - Fraction(score_tenths(earned, possible), 10)


@dataclass(frozen=True, slots=True)
class TopicResult:
    """What one topic of a paper brought."""

    name: str
    earned: Fraction
    possible: Fraction

    @property
    def share(self) -> Fraction:
        return self.earned / self.possible

    @property
    def weak(self) -> bool:
        return 100 * self.share < WEAK_PERCENT


def topic_results(places: Iterable[tuple[str, Fraction, Fraction]]) -> list[TopicResult]:
    """Add up (topic, earned, possible) by topic, the weakest first; equals in the order they came."""
    sums: dict[str, tuple[Fraction, Fraction]] = {}
    for name, earned, possible in places:
        before = sums.get(name, (Fraction(), Fraction()))
        sums[name] = (before[0] + earned, before[1] + possible)
    found = [TopicResult(name, earned, possible) for name, (earned, possible) in sums.items() if possible]
    return sorted(found, key=lambda topic: topic.share)


# What a candidate may see


@dataclass(frozen=True, slots=True)
class Review:
    """What a candidate may see of one attempt."""

    result: bool = False
    questions: bool = False
    """The questions with one's own answers."""
    keys: bool = False
    """Points per question, keys and explanations besides."""


def review(policy: ReviewPolicy, *, released: bool, closed_for_all: bool) -> Review:
    """What the exam's policy shows: nothing before the release, no key before everybody's sittings have closed.

    A key shown early would reach those of the cohort who still sit; so would the points of a true/false question. Under
    KEYS_AFTER_CLOSE the questions wait as well.
    """
    if not released:
        return Review()
    match policy:
        case ReviewPolicy.SCORE_ONLY:
            return Review(result=True)
        case ReviewPolicy.OWN_ANSWERS:
            return Review(result=True, questions=True)
        case ReviewPolicy.KEYS_AFTER_CLOSE:
            return Review(result=True, questions=closed_for_all, keys=closed_for_all)


# Where a person stands


class Step(StrEnum):
    """How far a person has come on the way to being confirmed in post."""

    IN_COURSE = "in_course"
    COMPLETED = "completed"
    """Has learnt the course; no exam has been opened yet."""
    WINDOW_OPEN = "window_open"
    BOOKED = "booked"
    SITTING = "sitting"
    WAITING = "waiting"
    MARKED = "marked"
    """Marked, not released."""
    PASSED = "passed"
    DISTINCTION = "distinction"
    TUTORING = "tutoring"
    """Failed; a retake follows once the tutor has signed."""
    RETAKE = "retake"
    """A retake's window is open."""
    FAILED = "failed"
    """Failed the last try."""
    MISSED = "missed"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a step follows from. The sitting is the person's latest, the rest belongs to it; `booked` is live."""

    completed: bool
    try_number: int | None = None
    closes_at: datetime | None = None
    booked: bool = False
    begun: bool = False
    closed: bool = False
    outcome: Outcome | None = None
    released: bool = False
    max_retakes: int = 0


def exam_step(facts: Facts, now: datetime) -> Step:
    """Where course and exam have brought a person; decisions play no part."""
    if facts.try_number is None or facts.closes_at is None:
        return Step.COMPLETED if facts.completed else Step.IN_COURSE
    if not facts.begun:
        if now > facts.closes_at:
            return Step.MISSED
        if facts.try_number > 1:
            return Step.RETAKE
        return Step.BOOKED if facts.booked else Step.WINDOW_OPEN
    if not facts.closed:
        return Step.SITTING
    if facts.outcome is None:
        return Step.WAITING
    if not facts.released:
        return Step.MARKED
    if facts.outcome is Outcome.FAIL:
        return Step.TUTORING if tries_left(facts.try_number, facts.max_retakes) else Step.FAILED
    return Step.DISTINCTION if facts.outcome is Outcome.DISTINCTION else Step.PASSED


FINAL = {Verdict.CONFIRMED: Step.CONFIRMED, Verdict.NOT_CONFIRMED: Step.NOT_CONFIRMED}
"""The decisions that end the way, and the step they lead to."""


def step(facts: Facts, verdict: Verdict | None, now: datetime) -> Step:
    """Where a person stands; `verdict` is the last decision on them."""
    return FINAL[verdict] if verdict in FINAL else exam_step(facts, now)


CLOSED_STEPS = frozenset([Step.PASSED, Step.DISTINCTION, Step.FAILED, Step.MISSED, Step.CONFIRMED, Step.NOT_CONFIRMED])
"""Where nothing more is to be sat unless HR opens it. Somebody still learning will sit, so isn't among them."""


def closed_for_all(steps: Iterable[Step]) -> bool:
    """Whether everybody of a cohort has done with the exam, retakes included."""
    return all(one in CLOSED_STEPS for one in steps)


# Decisions

WAITS_FOR_HR = frozenset([Step.PASSED, Step.DISTINCTION, Step.FAILED, Step.MISSED])
"""Where it is HR's turn."""


def verdicts(reached: Step, decided: bool) -> tuple[Verdict, ...]:
    """What HR may decide where course and exam have brought a person (`exam_step`); empty while it isn't HR's turn.

    A decision once made can be revised to "not confirmed" whatever has become of the result since.
    """
    match reached:
        case Step.PASSED | Step.DISTINCTION:
            return (Verdict.CONFIRMED, Verdict.NOT_CONFIRMED)
        case Step.FAILED:
            return (Verdict.ONE_MORE_TRY, Verdict.NOT_CONFIRMED)
        case Step.MISSED:
            return (Verdict.NOT_CONFIRMED,)
    return (Verdict.NOT_CONFIRMED,) if decided else ()


def needs_reason(verdict: Verdict, decided: bool) -> bool:
    """Whether a decision has to say why: against somebody, beyond the rule, or in the place of an earlier one."""
    return decided or verdict is not Verdict.CONFIRMED


def may_be_outstanding(reached: Step, try_number: int | None, distinction_on_retake: bool) -> bool:
    """Whether the title goes with a confirmation: a distinction, on a retake only if the exam's terms say so."""
    return reached is Step.DISTINCTION and (try_number == 1 or distinction_on_retake)
