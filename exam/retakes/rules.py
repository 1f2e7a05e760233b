"""What has to be learnt before a retake, when a tutor may sign, and how many tries are left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

DAYS_PER_STEP = 1
"""A plan asks for one step a working day; the tutor may change each date."""
WEEKEND = (5, 6)
LONGEST_STEP = 200
LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Lost:
    """One slot of a failed attempt: its topic, the course page that teaches it, points earned and possible."""

    topic_id: int
    page_id: int | None
    earned: Fraction
    possible: Fraction


@dataclass(frozen=True, slots=True)
class Proposal:
    """One step a plan begins with: read this page again, or, without a page, go through the topic."""

    topic_id: int
    page_id: int | None


def weak_topics(slots: Iterable[Lost], pass_percent: int) -> list[int]:
    """The topics below the pass line, weakest first; topics of equal share in the order they came."""
    earned: dict[int, Fraction] = {}
    possible: dict[int, Fraction] = {}
    for slot in slots:
        earned[slot.topic_id] = earned.get(slot.topic_id, Fraction()) + slot.earned
        possible[slot.topic_id] = possible.get(slot.topic_id, Fraction()) + slot.possible
    shares = {topic: earned[topic] / possible[topic] for topic in possible if possible[topic]}
    return sorted((topic for topic, share in shares.items() if 100 * share < pass_percent), key=shares.__getitem__)


def first_steps(slots: Sequence[Lost], pass_percent: int) -> list[Proposal]:
    """What a plan begins with: of each weak topic, the pages whose questions lost points, the dearest loss first.

    A page stands in one step only. A topic whose questions name no page gets a step of its own.
    """
    steps: list[Proposal] = []
    seen: set[int] = set()
    for topic in weak_topics(slots, pass_percent):
        losses: dict[int | None, Fraction] = {}
        for slot in slots:
            if slot.topic_id == topic and slot.earned < slot.possible:
                losses[slot.page_id] = losses.get(slot.page_id, Fraction()) + slot.possible - slot.earned
        for page in sorted(losses, key=lambda one: -losses[one]):
            if page is None or page not in seen:
                steps.append(Proposal(topic, page))
                seen.update({page} if page is not None else ())
    return steps


def due_dates(today: date, count: int) -> list[date]:
    """One working day a step, beginning with the next one."""
    dates: list[date] = []
    day = today
    while len(dates) < count:
        day += timedelta(days=DAYS_PER_STEP)
        if day.weekday() not in WEEKEND:
            dates.append(day)
    return dates


class SignRefusal(StrEnum):
    """Why a plan can't be signed."""

    SIGNED = "signed"
    STEPS_OPEN = "steps_open"


def sign_refusal(*, signed: bool, open_steps: int) -> SignRefusal | None:
    """Why the tutor can't sign "ready for the retake"; None when they can."""
    if signed:
        return SignRefusal.SIGNED
    return SignRefusal.STEPS_OPEN if open_steps else None
