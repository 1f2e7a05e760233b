"""What marks amount to: the outcome of an attempt, exactly."""

from enum import StrEnum


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
