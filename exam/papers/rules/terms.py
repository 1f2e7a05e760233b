"""The terms of an exam: what it promises and asks, besides its questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from question_bank.items import CreditRule


class ExamState(StrEnum):
    """A draft is being built; only a published exam gives sittings; a retired one gives no new ones."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class LateStart(StrEnum):
    """What happens to a start so late that the window's end would cut the time."""

    REFUSE = "refuse"
    SHORTEN = "shorten"


class ReviewPolicy(StrEnum):
    """What a candidate may see of the questions once the result is released."""

    SCORE_ONLY = "score_only"
    OWN_ANSWERS = "own_answers"
    KEYS_AFTER_CLOSE = "keys_after_close"
    """Questions and keys once every sitting of the cohort, retakes included, has closed."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an exam promises and asks, besides its questions. Attempts copy what they need: no edit reaches one."""

    title: str
    minutes: int = 60
    pass_percent: int = 80
    distinction_percent: int = 90
    window_days: int = 7
    max_retakes: int = 2
    credit_rule: CreditRule = CreditRule.HALF_FOR_INCOMPLETE
    grace_seconds: int = 10
    late_start: LateStart = LateStart.REFUSE
    outage_credit: bool = True
    review_policy: ReviewPolicy = ReviewPolicy.KEYS_AFTER_CLOSE
    distinction_on_retake: bool = False
    own_trainer_may_mark: bool = False
    own_questions: bool = False
    second_marking: bool = True
    second_share: int = 15
    second_tolerance: int = 1
    opens_at: time = time(9, 0)
    shuts_at: time = time(18, 0)
    places: int = 20
    appeals: int = 3
    appeal_days: int = 7
    note: str = ""


RANGES: Mapping[str, tuple[int, int]] = {
    "minutes": (1, 600),
    "pass_percent": (0, 100),
    "distinction_percent": (0, 100),
    "window_days": (1, 90),
    "max_retakes": (0, 10),
    "grace_seconds": (0, 300),
    "places": (1, 10_000),
    "second_share": (0, 100),
    "second_tolerance": (0, 20),
    "appeals": (0, 20),
    "appeal_days": (1, 90),
}
"""Smallest and greatest value of each term that is a number."""


class TermsProblem(StrEnum):
    """What two terms together can't be."""

    DISTINCTION_BELOW_PASS = "distinction_below_pass"
    SHUTS_BEFORE_IT_OPENS = "shuts_before_it_opens"
    OUT_OF_RANGE = "out_of_range"
    NO_TITLE = "no_title"


def terms_problems(terms: Terms) -> dict[str, TermsProblem]:
    """What is wrong with terms, by field; empty when they can stand."""
    found = {
        name: TermsProblem.OUT_OF_RANGE
        for name, (least, most) in RANGES.items()
        if not least <= getattr(terms, name) <= most
    }
    if not terms.title.strip():
        found["title"] = TermsProblem.NO_TITLE
    if terms.distinction_percent < terms.pass_percent:
        found["distinction_percent"] = TermsProblem.DISTINCTION_BELOW_PASS
    if terms.shuts_at <= terms.opens_at:
        found["shuts_at"] = TermsProblem.SHUTS_BEFORE_IT_OPENS
    return found
