"""The timed run as pure decisions: what a candidate is shown, how long they may answer, which answer counts.

Nothing here asks the clock or the database: moments are passed in, aware and in UTC. Read `Layout` for what leaves the
server, `door` for what may still come in, and `counting` for what is marked in the end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from random import Random
from typing import Any, Protocol, TypeVar

from question_bank.items import (
    ChoiceResponse,
    Item,
    Kind,
    MultipleChoice,
    Response,
    ShortAnswer,
    SingleChoice,
    TextResponse,
    TrueFalse,
    is_blank,
    parse_response,
    response_data,
)

Data = Mapping[str, Any]
"""The JSON form of a response, in the bank's own ids: see `question_bank.responses`."""

ASK_WITHIN = timedelta(minutes=10)
"""A page that was heard from this recently may still be in use: another one asks before it takes over."""

LONGEST_CREDITED = timedelta(minutes=10)
"""An outage longer than this gives nothing back by itself."""
MOST_CREDIT = timedelta(minutes=15)
"""What all outages together give back to one attempt by themselves."""


# What a candidate sees


@dataclass(frozen=True, slots=True)
class Place:
    """One slot as one candidate sees it: its choices in the order shown, each as (token, id in the bank)."""

    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()

    def read(self, data: object) -> Response | None:
        """What the candidate's page sent, in the bank's ids; None for an emptied answer.

        Refuses with ValueError another shape than the kind's, a token that isn't this slot's, and text too long.
        """
        response = parse_response(self.kind, data)
        if isinstance(response, ChoiceResponse):
            response = ChoiceResponse(_translate(response.choices, dict(self.choices)))
        return None if response in (ChoiceResponse(frozenset()), TextResponse("")) else response

    def show(self, data: Data | None) -> dict[str, object] | None:
        """A kept answer in the tokens of this candidate: the way back from `read`."""
        response = parse_response(self.kind, data)
        if isinstance(response, ChoiceResponse):
            response = ChoiceResponse(_translate(response.choices, {id: token for token, id in self.choices}))
        return response_data(response)

    def accepts(self, response: Response | None) -> bool:
        """Whether a response in the bank's ids can be an answer to this slot."""
        try:
            self.show(response_data(response))
        except ValueError:
            return False
        return True


class Layout:
    """What one candidate is shown in each slot. Kept with the attempt, so that every reload shows the same.

    Each choice carries a random token of this attempt instead of its id, and the order is this candidate's own:
    comparing two screens, or reading the page's source, tells nothing about the key.
    """

    def __init__(self, places: Mapping[int, Place]) -> None:
        self.places = dict(sorted(places.items()))

    @classmethod
    def build(cls, rng: Random, items: Mapping[int, Item]) -> "Layout":
        """Shuffle the choices of each item (by position), and give each a token used nowhere else in the attempt."""
        tokens: set[str] = set()
        return cls(
            {position: Place(item.kind, _shuffled(rng, item, tokens)) for position, item in sorted(items.items())}
        )

    @classmethod
    def from_data(cls, data: Data) -> "Layout":
        """Read the JSON form kept with the attempt."""
        return cls({int(position): _place(one) for position, one in data.items()})

    @staticmethod
    def place_in(data: Data, position: int) -> Place | None:
        """One slot of a layout's JSON form, without reading the others; None where there is no such slot."""
        one = data.get(str(position))
        return None if one is None else _place(one)

    def to_data(self) -> dict[str, Any]:
        """The JSON form; `from_data` gives back an equal layout."""
        return {
            str(position): {"kind": place.kind.value, "choices": [list(pair) for pair in place.choices]}
            for position, place in self.places.items()
        }

    def count(self, *kinds: Kind) -> int:
        """How many slots are of these kinds."""
        return sum(place.kind in kinds for place in self.places.values())


def _shuffled(rng: Random, item: Item, taken: set[str]) -> tuple[tuple[str, str], ...]:
    match item:
        case TrueFalse() | ShortAnswer():
            return ()
        case SingleChoice(choices=choices) | MultipleChoice(choices=choices):
            ids = [choice.id for choice in choices]
            rng.shuffle(ids)
            return tuple((_token(rng, taken), id) for id in ids)


def _token(rng: Random, taken: set[str]) -> str:
    while (token := f"{rng.getrandbits(48):012x}") in taken:
        pass
    taken.add(token)
    return token


def _place(data: Data) -> Place:
    return Place(Kind(data["kind"]), tuple((token, id) for token, id in data["choices"]))


def _translate(names: Iterable[str], table: Mapping[str, str]) -> frozenset[str]:
    names = list(names)
    if unknown := [name for name in names if name not in table]:
        raise ValueError(f"no such choice: {', '.join(sorted(unknown))}")
    return frozenset(table[name] for name in names)


# How long


class CloseReason(StrEnum):
    """Why an attempt ended."""

    SUBMITTED = "submitted"
    DEADLINE = "deadline"


class Door(StrEnum):
    """Whether answers are still taken, and if not, why."""

    OPEN = "open"
    CLOSED = "closed"
    """The candidate has handed in."""
    AFTER_DEADLINE = "after_deadline"
    """Kept, but counted only if a human accepts it."""
    VOIDED = "voided"


def minutes_between(start: datetime, end: datetime) -> Fraction:
    """The time from start to end, exactly."""
    return Fraction((end - start) // timedelta(microseconds=1), 60_000_000)


def remaining_ms(end: datetime, now: datetime) -> int:
    """Whole milliseconds left, rounded down and never below 0."""
    return max(0, (end - now) // timedelta(milliseconds=1))


def is_over(end: datetime, grace_seconds: int, now: datetime) -> bool:
    """Whether even an answer on its way at the deadline comes too late. The last moment of grace still counts."""
    return now > end + timedelta(seconds=grace_seconds)


def door(
    end: datetime, grace_seconds: int, close_reason: CloseReason | None, voided_at: datetime | None, now: datetime
) -> Door:
    """Whether an answer that arrives now is taken."""
    if voided_at is not None:
        return Door.VOIDED
    if close_reason is CloseReason.SUBMITTED:
        return Door.CLOSED
    if close_reason is CloseReason.DEADLINE or is_over(end, grace_seconds, now):
        return Door.AFTER_DEADLINE
    return Door.OPEN


def ending(end: datetime, now: datetime) -> tuple[datetime, CloseReason]:
    """When and why an attempt ends that is closed now: by its candidate, or at its deadline once that has come."""
    return (now, CloseReason.SUBMITTED) if now < end else (end, CloseReason.DEADLINE)


def must_ask(page: str, live_page: str | None, last_heard: datetime | None, now: datetime) -> bool:
    """Whether a page that opens the room must first ask to take over: another one was heard from a moment ago."""
    return live_page not in (None, page) and last_heard is not None and now - last_heard < ASK_WITHIN


# What an outage of the server gives back


def time_lost(began_at: datetime, ended_at: datetime, started_at: datetime, deadline: datetime) -> timedelta:
    """How much of an attempt's time an outage took: its whole length, as far as the attempt had begun.

    Also what lies after the deadline, so that who had a minute left when it began has a minute left when it ends. An
    attempt whose time was over before lost none.
    """
    if deadline <= began_at:
        return timedelta()
    return max(timedelta(), ended_at - max(began_at, started_at))


def credit_seconds(lost: timedelta, outage: timedelta, given: int) -> int:
    """How many whole seconds an outage of this length gives back by itself to an attempt that lost this much in it.

    `given` is what earlier outages have given back. A long outage gives nothing: a person decides.
    """
    if outage > LONGEST_CREDITED:
        return 0
    whole_seconds = -(-lost // timedelta(seconds=1))
    return max(0, min(whole_seconds, MOST_CREDIT // timedelta(seconds=1) - given))


# What a page tells of itself


class PageEvent(StrEnum):
    """What an open page notices around it. Recorded neutrally: none of it changes or submits anything."""

    LEFT = "left"
    RETURNED = "returned"
    OFFLINE = "offline"
    ONLINE = "online"
    PASTE = "paste"
    FULLSCREEN_LEFT = "fullscreen_left"
    FULLSCREEN_ENTERED = "fullscreen_entered"


class Cause(StrEnum):
    """Who brought an event about, as far as a page can tell."""

    CANDIDATE = "candidate"
    PASSIVE = "passive"
    """A call, a window of the input method, a lock screen; and whatever the page can't tell."""


LONGEST_STATEMENT = 2000
"""Characters of what a candidate says to the record."""
MOST_STATEMENTS = 20
"""How many times a candidate says something to the record of one attempt."""
MOST_EVENTS = 2000
"""How many events of its pages an attempt keeps."""
RENEW_CONTACT = timedelta(seconds=7)
"""A contact younger than this isn't written anew, unless it says something else: every second one of a page."""


# Which answer counts


class Numbered(Protocol):
    """An answer as far as its order goes: the page that sent it, and its number there."""

    @property
    def epoch(self) -> int: ...
    @property
    def number(self) -> int: ...


Kept = TypeVar("Kept", bound=Numbered)


def counting(answers: Iterable[Kept]) -> Kept | None:
    """The answer of one slot that counts: the highest number of the latest page, in whatever order they arrived."""
    return max(answers, key=lambda answer: (answer.epoch, answer.number), default=None)


@dataclass(frozen=True, slots=True)
class Summary:
    """Where a candidate stands, by position."""

    answered: tuple[int, ...]
    open: tuple[int, ...]
    flagged: tuple[int, ...]


def summary(layout: Layout, answers: Mapping[int, Data | None], flagged: Iterable[int]) -> Summary:
    """Sort the slots: a short answer of nothing but spaces is still open."""
    answered = [position for position, place in layout.places.items() if _is_answer(place, answers.get(position))]
    unanswered = [position for position in layout.places if position not in answered]
    return Summary(tuple(answered), tuple(unanswered), tuple(sorted(flagged)))


def _is_answer(place: Place, data: Data | None) -> bool:
    return not is_blank(parse_response(place.kind, data))
