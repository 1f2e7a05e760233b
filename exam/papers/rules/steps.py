"""How far an assembly is, and why it may come to nothing."""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What an assembly is doing."""

    COUNTING = "counting"
    SPLITTING = "splitting"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an assembly is: `done` papers of `papers`, or no paper yet."""

    stage: Stage
    done: int
    papers: int


class Unfit(StrEnum):
    """Why no parallel papers can be had."""

    TOO_FEW = "too_few"
    """Not even one paper, or not so many within the caps: `rules.feasibility` says what is missing."""
    UNLIKE = "unlike"
    """Papers there are, but proven: none that are alike enough."""
    OUT_OF_TIME = "out_of_time"
    """None was found in time, and it isn't proven that there are none."""


class NoPapers(ValueError):
    """No parallel papers: never unbalanced ones instead."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(f"no parallel papers: {why}")
        self.why = why
