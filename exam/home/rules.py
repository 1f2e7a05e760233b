"""Where a new hire stands between the first day and confirmation, and the one thing to do next."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from exam.courses.rules import Outline
from exam.results.rules import Outcome, Verdict
from exam.sittings.rules import Stage, tries_left

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Step(StrEnum):
    """The one next step, or what is being waited for."""

    NO_COURSE = "no_course"
    LEARN = "learn"
    NO_EXAM = "no_exam"
    """The course is done, no exam is published for it."""
    NOT_OPEN = "not_open"
    BOOK = "book"
    BOOKED = "booked"
    BEGUN = "begun"
    """The booked half hour is running: go in."""
    NO_SHOW = "no_show"
    TOO_LATE = "too_late"
    MISSED = "missed"
    RUNNING = "running"
    MARKING = "marking"
    RELEASE = "release"
    """All is marked; a trainer has yet to release the result."""
    PLAN_COMING = "plan_coming"
    TUTORING = "tutoring"
    SIGNATURE = "signature"
    """All steps of the tutoring plan are done; the tutor has yet to sign."""
    LAST_FAIL = "last_fail"
    PASSED = "passed"
    DISTINCTION = "distinction"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"


class Milestone(StrEnum):
    """The five steps to confirmation, in their order."""

    COURSE = "course"
    BOOKING = "booking"
    TEST = "test"
    RESULT = "result"
    CONFIRMATION = "confirmation"


class Progress(StrEnum):
    """How far a milestone is."""

    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Plan:
    """A tutoring plan not yet followed by a sitting: its steps, and how many are still to do."""

    steps: int
    left: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides the next step. `stage`, `try_number` and the rest are about the sitting that counts now.

    `outcome` is known to the candidate only once released; `marked` says that every slot has a mark.
    """

    outline: Outline | None
    stage: Stage | None = None
    try_number: int = 1
    max_retakes: int = 0
    marked: bool = False
    outcome: Outcome | None = None
    plan: Plan | None = None
    verdict: Verdict | None = None

    @property
    def retake(self) -> bool:
        return self.try_number > 1

    @property
    def retakes_left(self) -> int:
        """How many retakes the exam would still allow after this try."""
        return tries_left(self.try_number, self.max_retakes)


FINAL = {Verdict.CONFIRMED: Step.CONFIRMED, Verdict.NOT_CONFIRMED: Step.NOT_CONFIRMED}
BY_STAGE = {
    Stage.NOT_OPEN: Step.NOT_OPEN,
    Stage.OPEN: Step.BOOK,
    Stage.BOOKED: Step.BOOKED,
    Stage.BEGUN: Step.BEGUN,
    Stage.NO_SHOW: Step.NO_SHOW,
    Stage.TOO_LATE: Step.TOO_LATE,
    Stage.MISSED: Step.MISSED,
}
MILESTONES: dict[Step, Milestone] = {
    Step.NO_COURSE: Milestone.COURSE,
    Step.LEARN: Milestone.COURSE,
    Step.NO_EXAM: Milestone.BOOKING,
    Step.NOT_OPEN: Milestone.BOOKING,
    Step.BOOK: Milestone.BOOKING,
    Step.NO_SHOW: Milestone.BOOKING,
    Step.TOO_LATE: Milestone.BOOKING,
    Step.MISSED: Milestone.BOOKING,
    Step.BOOKED: Milestone.TEST,
    Step.BEGUN: Milestone.TEST,
    Step.RUNNING: Milestone.TEST,
    Step.MARKING: Milestone.RESULT,
    Step.RELEASE: Milestone.RESULT,
    Step.PLAN_COMING: Milestone.RESULT,
    Step.TUTORING: Milestone.RESULT,
    Step.SIGNATURE: Milestone.RESULT,
    Step.LAST_FAIL: Milestone.CONFIRMATION,
    Step.PASSED: Milestone.CONFIRMATION,
    Step.DISTINCTION: Milestone.CONFIRMATION,
    Step.NOT_CONFIRMED: Milestone.CONFIRMATION,
}
"""The milestone a step is on; a confirmed person has none left."""


def next_step(facts: Facts) -> Step:
    """Decide the one next step. A running test comes before everything; HR's last word before all the rest."""
    if facts.stage is Stage.RUNNING:
        return Step.RUNNING
    if facts.verdict in FINAL:
        return FINAL[facts.verdict]
    if facts.outline is None:
        return Step.NO_COURSE
    if facts.stage is None:
        return Step.LEARN if facts.outline.completed_at is None else Step.NO_EXAM
    if facts.stage is not Stage.DONE:
        return BY_STAGE[facts.stage]
    return _after_the_test(facts)


def _after_the_test(facts: Facts) -> Step:
    match facts.outcome:
        case None:
            return Step.RELEASE if facts.marked else Step.MARKING
        case Outcome.PASS:
            return Step.PASSED
        case Outcome.DISTINCTION:
            return Step.DISTINCTION
    if facts.plan is not None:
        return Step.TUTORING if facts.plan.left else Step.SIGNATURE
    return Step.PLAN_COMING if facts.retakes_left else Step.LAST_FAIL


def path(step: Step) -> list[tuple[Milestone, Progress]]:
    """The five milestones, each done, now or ahead."""
    here = MILESTONES.get(step)
    order = list(Milestone)
    place = order.index(here) if here else len(order)
    return [
        (one, Progress.DONE if number < place else Progress.NOW if number == place else Progress.AHEAD)
        for number, one in enumerate(order)
    ]


@dataclass(frozen=True, slots=True)
class Countdown:
    """How long until something, in the two greatest units that say it; minutes are rounded up, never below 1."""

    days: int = 0
    hours: int = 0
    minutes: int = 0


def countdown(left: timedelta) -> Countdown:
    """Say a span in days and hours, or hours and minutes, or minutes; what is past counts as a minute."""
    minutes = max(1, -(-left // MINUTE))
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return Countdown(0, hours, rest)
    days, hours = divmod(hours, 24)
    return Countdown(days, hours)


def reading_time(minutes: int) -> Countdown:
    """How long reading takes: from an hour on to ten minutes, for nobody knows it better."""
    return countdown(timedelta(minutes=minutes if minutes < 60 else round(minutes, -1)))
