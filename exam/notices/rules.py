"""What people are told, and when a mail that could not be sent is tried again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class NoticeKind(StrEnum):
    """What happened, from the reader's side. `PARAMS` says what each needs to be worded."""

    # To a new hire
    COURSE_ASSIGNED = "course_assigned"
    WINDOW_OPEN = "window_open"
    WINDOW_REOPENED = "window_reopened"
    UNBOOKED_RUNNING_OUT = "unbooked_running_out"
    WINDOW_MISSED = "window_missed"
    BOOKING_MADE = "booking_made"
    BOOKING_CHANGED = "booking_changed"
    BOOKING_CANCELLED = "booking_cancelled"
    REMINDER_DAY = "reminder_day"
    REMINDER_HOUR = "reminder_hour"
    ATTEMPT_VOIDED = "attempt_voided"
    LATE_ANSWER_DECIDED = "late_answer_decided"
    RESULT_RELEASED = "result_released"
    RESULT_CORRECTED = "result_corrected"
    RESULT_REMARKED = "result_remarked"
    """Changed after it was known, by marking anew instead of a correction."""
    APPEALS_OPEN = "appeals_open"
    APPEALS_ENDING = "appeals_ending"
    APPEAL_GRANTED = "appeal_granted"
    APPEAL_POINTS = "appeal_points"
    """Granted, and the result has changed with it."""
    APPEAL_DENIED = "appeal_denied"
    PLAN_MADE = "plan_made"
    RETAKE_OPEN = "retake_open"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    # To a trainer or tutor
    WORK_WAITING = "work_waiting"
    SECOND_WAITING = "second_waiting"
    LATE_ANSWER_WAITING = "late_answer_waiting"
    PLAN_WAITING = "plan_waiting"
    OUTAGE = "outage"
    APPEAL_WAITING = "appeal_waiting"
    APPEAL_PRESSING = "appeal_pressing"
    CORRECTION_WAITING = "correction_waiting"
    CORRECTION_DECIDED = "correction_decided"
    PANEL_OPEN = "panel_open"
    PANEL_AGAIN = "panel_again"
    """Its second round is open."""
    REVIEW_WAITING = "review_waiting"
    REVIEW_SENT_BACK = "review_sent_back"
    REVIEW_PUBLISHED = "review_published"
    # To HR
    DECISION_WAITING = "decision_waiting"
    RESULT_CHANGED = "result_changed"
    # To an administrator
    CLOCK_STEPPED = "clock_stepped"
    # To anybody
    SIGN_IN_LINK = "sign_in_link"


CHANGE = frozenset({"score", "outcome", "score_before", "outcome_before"})
"""What became of a result that was known already: tenths of a point, and outcomes as codes."""

PARAMS: Mapping[NoticeKind, frozenset[str]] = {
    NoticeKind.COURSE_ASSIGNED: frozenset({"course"}),
    NoticeKind.WINDOW_OPEN: frozenset({"exam", "closes_at", "minutes"}),
    NoticeKind.WINDOW_REOPENED: frozenset({"exam", "closes_at", "reason"}),
    NoticeKind.UNBOOKED_RUNNING_OUT: frozenset({"exam", "closes_at"}),
    NoticeKind.WINDOW_MISSED: frozenset({"exam", "closes_at"}),
    NoticeKind.BOOKING_MADE: frozenset({"exam", "starts_at", "minutes"}),
    NoticeKind.BOOKING_CHANGED: frozenset({"exam", "starts_at", "minutes"}),
    NoticeKind.BOOKING_CANCELLED: frozenset({"exam", "starts_at"}),
    NoticeKind.REMINDER_DAY: frozenset({"exam", "starts_at", "minutes"}),
    NoticeKind.REMINDER_HOUR: frozenset({"exam", "starts_at", "minutes"}),
    NoticeKind.ATTEMPT_VOIDED: frozenset({"exam", "reason"}),
    NoticeKind.LATE_ANSWER_DECIDED: frozenset({"exam"}),
    NoticeKind.RESULT_RELEASED: frozenset({"exam"}),
    NoticeKind.RESULT_REMARKED: frozenset({"exam"}) | CHANGE,
    NoticeKind.RESULT_CORRECTED: frozenset({"exam", "reason"}) | CHANGE,
    NoticeKind.APPEALS_OPEN: frozenset({"exam", "closes_at", "count"}),
    NoticeKind.APPEALS_ENDING: frozenset({"exam", "closes_at"}),
    NoticeKind.APPEAL_GRANTED: frozenset({"exam", "number", "reason"}),
    NoticeKind.APPEAL_POINTS: frozenset({"exam", "number", "reason"}) | CHANGE,
    NoticeKind.APPEAL_DENIED: frozenset({"exam", "number", "reason"}),
    NoticeKind.PLAN_MADE: frozenset({"exam", "tutor"}),
    NoticeKind.RETAKE_OPEN: frozenset({"exam", "closes_at"}),
    NoticeKind.CONFIRMED: frozenset(),
    NoticeKind.NOT_CONFIRMED: frozenset(),
    NoticeKind.WORK_WAITING: frozenset({"exam", "count"}),
    NoticeKind.SECOND_WAITING: frozenset({"exam", "count"}),
    NoticeKind.LATE_ANSWER_WAITING: frozenset({"exam"}),
    NoticeKind.PLAN_WAITING: frozenset({"exam", "name"}),
    NoticeKind.OUTAGE: frozenset({"began_at", "ended_at", "count"}),
    NoticeKind.APPEAL_WAITING: frozenset({"due_at"}),
    NoticeKind.APPEAL_PRESSING: frozenset({"due_at"}),
    NoticeKind.CORRECTION_WAITING: frozenset({"question"}),
    NoticeKind.CORRECTION_DECIDED: frozenset({"question"}),
    NoticeKind.PANEL_OPEN: frozenset({"exam", "name", "count"}),
    NoticeKind.PANEL_AGAIN: frozenset({"exam"}),
    NoticeKind.REVIEW_WAITING: frozenset(),
    NoticeKind.REVIEW_SENT_BACK: frozenset({"question"}),
    NoticeKind.REVIEW_PUBLISHED: frozenset({"question"}),
    NoticeKind.DECISION_WAITING: frozenset({"exam", "name"}),
    NoticeKind.RESULT_CHANGED: frozenset({"exam", "name"}) | CHANGE,
    NoticeKind.CLOCK_STEPPED: frozenset({"machine", "seconds"}),
    NoticeKind.SIGN_IN_LINK: frozenset(),
}
"""What must be passed with each kind. Names ending in `_at` are moments in ISO form; `minutes`, `seconds`,
`count` and `number` are numbers, scores and outcomes as in `CHANGE`; the rest are words of people: titles, names,
reasons."""


def missing(kind: NoticeKind, params: Mapping[str, object]) -> frozenset[str]:
    """What a notice of this kind can't be worded without."""
    return PARAMS[kind] - params.keys()


# Delivery

PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(minutes=120))
"""How long to wait after the first, second, third and fourth failed try; after the next one it is given up."""
CLAIM = timedelta(minutes=5)
"""How long a mail stays with the process that took it to send it; after that another may try."""


def next_try(tries: int, permanent: bool, now: datetime) -> datetime | None:
    """When to try again after `tries` failed tries; None gives up: after the last, or refused for good."""
    return None if permanent or tries > len(PAUSES) else now + PAUSES[tries - 1]


@dataclass(frozen=True)
class Letter:
    """A notice on its way out of the site, not yet worded."""

    delivery_id: int
    address: str
    kind: str
    params: Mapping[str, object]
    link: str | None
    name: str
    locale: str | None
    created_at: datetime


@dataclass(frozen=True)
class Sent:
    """The mail server has taken the letter."""


@dataclass(frozen=True)
class Failed:
    """It hasn't, and why. `permanent`: it never will. `server_down`: nor would it any other letter now."""

    error: str
    permanent: bool = False
    server_down: bool = False
