"""Watching over running exams, as tables."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from exam.invigilation.rules import Heard, heard, lengths, lost, minutes_to_give, takeovers
from tests.builders import NOW


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("last", "is_heard"),
    [
        (None, Heard.NEVER),
        (after(0), Heard.NOW),
        (after(-30), Heard.NOW),
        (after(-30.001), Heard.QUIET),
        (after(-3600), Heard.QUIET),
        (after(2), Heard.NOW),
    ],
)
def test_thirty_seconds_without_a_word_may_mean_offline(last, is_heard):
    assert heard(last, NOW) is is_heard


@pytest.mark.parametrize(
    ("pages", "count"),
    [
        ([], 0),
        (["a"], 0),
        (["a", "a"], 0),
        (["a", "b"], 1),
        (["a", "b", "b", "a"], 2),
        ([None, "a"], 1),
    ],
    ids=["nobody", "one", "reloaded", "another", "and back", "a page without a name"],
)
def test_a_reload_is_no_takeover(pages, count):
    assert takeovers(pages) == count


@pytest.mark.parametrize(
    ("since", "until", "seconds"),
    [
        (-100, 1000, 60),  # sat all the while
        (30, 1000, 30),  # started in the middle
        (-100, 20, 20),  # handed in in the middle
        (60, 1000, 0),  # started as it ended
        (-100, 0, 0),  # ended as it began
        (500, 1000, 0),
    ],
)
def test_an_outage_of_a_minute_takes_what_falls_into_the_exam(since, until, seconds):
    assert lost(after(0), after(60), after(since), after(until)) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("length", "minutes"), [(1, 1), (60, 1), (61, 2), (660, 11), (3600, 60), (3601, 60), (86400, 60)]
)
def test_whole_minutes_are_proposed_after_an_outage(length, minutes):
    assert minutes_to_give(timedelta(seconds=length)) == minutes


@dataclass(frozen=True)
class Event:
    id: int
    kind: str
    at: datetime


@pytest.mark.parametrize(
    ("events", "seconds"),
    [
        ([("left", 0), ("returned", 12)], {1: 12}),
        ([("left", 0), ("offline", 5), ("returned", 12), ("online", 65)], {2: 12, 3: 60}),
        ([("returned", 12)], {}),
        ([("left", 0), ("left", 5), ("returned", 12)], {2: 7}),
        ([("paste", 0), ("fullscreen_left", 1), ("fullscreen_entered", 3), ("fullscreen_entered", 9)], {2: 2}),
        ([("left", 0)], {}),
    ],
    ids=["away", "away and offline", "only back", "left twice", "full screen", "never back"],
)
def test_coming_back_says_for_how_long(events, seconds):
    happened = [Event(place, kind, after(at)) for place, (kind, at) in enumerate(events)]
    assert lengths(happened) == {id: timedelta(seconds=length) for id, length in seconds.items()}
