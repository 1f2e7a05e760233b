"""What comes out of a calculation: a number, or the reason why there can't be one. Never a NaN, never a crash."""

from dataclasses import dataclass
from enum import StrEnum


class WhyNot(StrEnum):
    """Why something can't be computed."""

    NOBODY = "nobody"
    ONE_PERSON = "one_person"
    FEW_PERSONS = "few_persons"
    ONE_ITEM = "one_item"
    NO_MAXIMUM = "no_maximum"
    SAME_MARK = "same_mark"
    SAME_REST = "same_rest"
    SAME_TOTAL = "same_total"
    NEGATIVE_WITH_TOTAL = "negative_with_total"
    NEVER_TOGETHER = "never_together"
    ONE_ITEM_IN_PART = "one_item_in_part"
    NEGATIVE_RELIABILITY = "negative_reliability"
    PERFECT_RELIABILITY = "perfect_reliability"
    NO_CUT = "no_cut"
    NO_SPREAD_OF_TRUTH = "no_spread_of_truth"
    ALL_DECIDED_ALIKE = "all_decided_alike"
    ALL_RIGHT = "all_right"
    ALL_WRONG = "all_wrong"
    BETWEEN_MARKS = "between_marks"
    DISCONNECTED = "disconnected"
    NOT_CONVERGED = "not_converged"
    OUT_OF_BOUNDS = "out_of_bounds"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"


SENTENCES = {
    WhyNot.NOBODY: "nobody has a mark",
    WhyNot.ONE_PERSON: "only one person has a mark, and it takes two to differ",
    WhyNot.FEW_PERSONS: "too few persons: skewness takes three, kurtosis four",
    WhyNot.ONE_ITEM: "it takes two items",
    WhyNot.NO_MAXIMUM: "the maximum mark is 0",
    WhyNot.SAME_MARK: "all persons have the same mark (no variance)",
    WhyNot.SAME_REST: "all persons have the same mark on the other items (no variance)",
    WhyNot.SAME_TOTAL: "all persons have the same total (no variance)",
    WhyNot.NEGATIVE_WITH_TOTAL: "the item goes against the total (negative covariance), and has no weight to show",
    WhyNot.NEVER_TOGETHER: "hardly anybody was shown two of the same items",
    WhyNot.ONE_ITEM_IN_PART: "a part of the test has one item only, and no reliability of its own",
    WhyNot.NEGATIVE_RELIABILITY: "the reliability is not above 0",
    WhyNot.PERFECT_RELIABILITY: "the reliability is 1",
    WhyNot.NO_CUT: "no cut was given",
    WhyNot.NO_SPREAD_OF_TRUTH: "the scores differ no more than chance would let them",
    WhyNot.ALL_DECIDED_ALIKE: "all are decided alike, and chance agrees as well",
    WhyNot.ALL_RIGHT: "everybody got it right",
    WhyNot.ALL_WRONG: "everybody got it wrong",
    WhyNot.BETWEEN_MARKS: "the Rasch model takes right or wrong only, and there are marks between",
    WhyNot.DISCONNECTED: "the data don't connect the items: no finite estimate (Fischer 1981)",
    WhyNot.NOT_CONVERGED: "the estimation did not settle",
    WhyNot.OUT_OF_BOUNDS: "the marks lie outside what the model can take",
    WhyNot.TOO_SHORT: "the test says no more than one right-or-wrong item would",
    WhyNot.TOO_LONG: "the test is so reliable that the model would take thousands of items",
}
"""The same in English, for people who read no codes."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, or why there is none: exactly one of the two is given."""

    value: float | None
    why_not: WhyNot | None = None

    @property
    def reason(self) -> str:
        """Why there is none, in English; empty where there is one."""
        return SENTENCES[self.why_not] if self.why_not else ""


def known(value: float) -> Figure:
    """A figure that could be computed."""
    return Figure(float(value))


def unknown(why_not: WhyNot) -> Figure:
    """A figure that could not, and why."""
    return Figure(None, why_not)
