"""Watching over running exams as pure decisions: who may be offline, what an outage cost, how a record reads."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Protocol, TypeVar

MINUTES = range(1, 61)
"""How many minutes can be given at once."""
LONGEST_REASON = 500
LONGEST_MESSAGE = 500
MOST_AT_ONCE = 5000
"""People to whom time is given, or something said, in one step."""
QUIET_AFTER = timedelta(seconds=30)
"""An open page speaks up every few seconds: after this it may be offline."""
SOON = timedelta(hours=1)
"""How far ahead the live page looks for those who will start."""
LATELY = timedelta(minutes=30)
"""How long those who have finished stay on the live page."""
OUTAGES_SHOWN = timedelta(hours=12)
MESSAGES_SHOWN = timedelta(days=7)

BACK = {"returned": "left", "online": "offline", "fullscreen_entered": "fullscreen_left"}
"""Events that end another one."""


class Heard(StrEnum):
    """Whether an attempt's page was heard from."""

    NOW = "now"
    QUIET = "quiet"
    """Not for a while: maybe offline."""
    NEVER = "never"
    """Started, but no page has opened the room yet."""


def heard(last: datetime | None, now: datetime) -> Heard:
    """How the last contact reads; exactly 30 s ago is still now."""
    if last is None:
        return Heard.NEVER
    return Heard.QUIET if now - last > QUIET_AFTER else Heard.NOW


def takeovers(pages: Iterable[str | None]) -> int:
    """How often another page or device took over, from the names of the pages that opened the room, in order.

    A reload keeps its page's name and is none.
    """
    return sum(before != after for before, after in pairwise(pages))


def lost(began: datetime, ended: datetime, since: datetime, until: datetime) -> timedelta:
    """How much of the time from `since` to `until` an outage took; nothing where they don't meet."""
    return max(timedelta(), min(ended, until) - max(began, since))


def minutes_to_give(length: timedelta) -> int:
    """The minutes proposed after an outage of this length: whole ones, rounded up, 1 to 60."""
    return min(max(-(-length // timedelta(minutes=1)), MINUTES[0]), MINUTES[-1])


class Event(Protocol):
    """Something that happened in a room, as far as its length goes."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...


Happened = TypeVar("Happened", bound=Event)


def lengths(events: Iterable[Happened]) -> Mapping[int, timedelta]:
    """By event that ends another (returned, online again, full screen again): for how long the other had lasted."""
    open_since: dict[str, datetime] = {}
    found = {}
    for event in events:
        began = open_since.pop(BACK.get(event.kind, ""), None)
        if began is not None:
            found[event.id] = event.at - began
        elif event.kind in BACK.values():
            open_since[event.kind] = event.at
    return found
