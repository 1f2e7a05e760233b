"""The shape of what the room's page sends: JSON in, frozen values out; another shape is refused with 422. And the
two forms: the candidate's word before the start, and why an attempt is set aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from flask_wtf import FlaskForm
from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired, Length

from exam.attempts.rules import Cause, PageEvent
from exam.cleaning import clean_text
from exam.errors import Refused, _l

LARGEST = 2**31 - 1
"""The largest whole number that every database keeps in an integer column."""
MOST_WAITING = 2000
MOST_EVENTS_AT_ONCE = 200
MOST_SEEN = 200
MOST_FACTS = 6
LONGEST_NAME = 64
LONGEST_REASON = 500
KINDS = frozenset(PageEvent)
CAUSES = frozenset(Cause)


class StartForm(FlaskForm):
    """The candidate's word before the clock runs."""

    honest = BooleanField(validators=[DataRequired(_l("Confirm that it is you, and that you answer on your own."))])


class VoidForm(FlaskForm):
    """Why an attempt doesn't count."""

    reason = TextAreaField(
        _l("Reason"),
        filters=[clean_text],
        validators=[
            DataRequired(_l("Say what went wrong, for instance: power cut in the building from 10:20 on.")),
            Length(max=LONGEST_REASON, message=_l("At most %(max)d characters.")),
        ],
    )


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """An answer as sent: its slot, its number on that page, and the response still in tokens.

    The rest is the page's word, for one that comes late: how long ago it was written, what its clock showed then, and
    for how long it had reached nobody; each in milliseconds, None where it says nothing that can be. `epoch` is the
    page's that wrote it, if that isn't the one that sends it.
    """

    position: int
    number: int
    response: object
    age_ms: int | None = None
    left_ms: int | None = None
    offline_ms: int | None = None
    epoch: int | None = None


@dataclass(frozen=True, slots=True)
class SentPage:
    """A page that wants to open the room: the name it gave itself, whether it was told to take over, and a name for
    this opening, under which it asks again if it hears nothing."""

    name: str
    take_over: bool
    opening: str


@dataclass(frozen=True, slots=True)
class SentEvent:
    """Something a page has noticed, `ago_ms` before it sent this; `key` is the same when it is sent again."""

    kind: PageEvent
    cause: Cause
    ago_ms: int
    key: str
    detail: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SentContact:
    """A page's word about itself: its epoch (0 before it has one), and how many questions wait to be saved.

    `after` and `credits` say what it has been told: the last message's id and how much time given; `seen` are the ids
    of messages that have been read.
    """

    epoch: int
    waiting: int
    after: int
    credits: int
    seen: tuple[int, ...]
    events: tuple[SentEvent, ...]


def read_answer(position: int, data: object) -> tuple[int, SentAnswer]:
    """`{"epoch": 1, "number": 7, "response": …}` as the epoch and the answer, with what goes along."""
    match data:
        case {"epoch": epoch, "number": number, "response": response, **word}:
            return _count(epoch), SentAnswer(position, _count(number), response, *_word(word))
    raise unreadable()


def read_submission(data: object) -> tuple[int, list[SentAnswer]]:
    """`{"epoch": 2, "waiting": [{"position": 3, "number": 7, "response": …, "epoch": 1}, …]}` as the epoch and the
    answers; each may have the epoch of the page that wrote it."""
    match data:
        case {"epoch": epoch, "waiting": list(waiting)} if len(waiting) <= MOST_WAITING:
            return _count(epoch), [_waiting(one) for one in waiting]
    raise unreadable()


def leaves_nothing(data: object) -> int | None:
    """The epoch of a page that hands in with nothing waiting; None for any other, and for another shape."""
    match data:
        case {"epoch": epoch, "waiting": []} if type(epoch) is int:
            return epoch
    return None


def read_flag(data: object) -> tuple[int, bool]:
    """`{"epoch": 1, "flagged": true}` as the epoch and whether the slot is flagged."""
    match data:
        case {"epoch": epoch, "flagged": bool(flagged)}:
            return _count(epoch), flagged
    raise unreadable()


def read_page(data: object) -> SentPage:
    """`{"page": "name of its own", "take_over": false}`, and as needed `"opening": "name of this opening"`."""
    match data:
        case {"page": str(name), "take_over": bool(take_over), **rest} if name:
            return SentPage(_name(name), take_over, _name(rest.get("opening", "")))
    raise unreadable()


def _name(value: object) -> str:
    if _is_name(value):
        return value
    raise unreadable()


def _is_name(value: object) -> TypeGuard[str]:
    """Whether it is a name a page made up: ASCII without control characters, for not every database keeps others."""
    return isinstance(value, str) and len(value) <= LONGEST_NAME and value.isascii() and value.isprintable()


def read_contact(data: object) -> SentContact:
    """`{"epoch": 1, "waiting": 0}`, and as needed `"after"`, `"credits"`, `"seen": [7]`, `"events": [{"kind": "left",
    "cause": "passive", "ago_ms": 1200, "key": "of this event", "detail": {"position": 3}}]`."""
    match data:
        case {"epoch": epoch, "waiting": waiting, **rest}:
            return SentContact(
                epoch=_number(epoch),
                waiting=_number(waiting),
                after=_number(rest.get("after", 0)),
                credits=_number(rest.get("credits", 0)),
                seen=tuple(map(_number, _list(rest.get("seen"), MOST_SEEN))),
                events=_events(rest.get("events")),
            )
    raise unreadable()


def unreadable() -> Refused:
    """The refusal of anything a page of ours can't have sent."""
    return Refused(_l("This can't be read as an answer. Reload the page."), code="unreadable")


def _waiting(data: object) -> SentAnswer:
    match data:
        case {"position": position, "number": number, "response": response, **word}:
            epoch = _count(word["epoch"]) if "epoch" in word else None
            return SentAnswer(_count(position), _count(number), response, *_word(word), epoch=epoch)
    raise unreadable()


def _word(word: Mapping[Any, Any]) -> tuple[int | None, int | None, int | None]:
    """What a page says about an answer. It only informs: what can't be true is left out, and the answer kept."""
    age, left, offline = (word.get(name) for name in ("age_ms", "left_ms", "offline_ms"))
    return _plausible(age), _plausible(left), _plausible(offline)


def _plausible(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST else None


def _count(value: object) -> int:
    """A whole number from 1; True is none, though Python says it is."""
    if type(value) is not int or not 1 <= value <= LARGEST:
        raise unreadable()
    return value


def _number(value: object) -> int:
    """A whole number from 0."""
    return 0 if type(value) is int and value == 0 else _count(value)


def _list(value: object, most: int) -> list[Any]:
    """A list that isn't too long; left out, it is empty."""
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > most:
        raise unreadable()
    return value


def _events(value: object) -> tuple[SentEvent, ...]:
    """What can be read of them. They only inform: one that can't be is left out, and the contact heard."""
    sent = value[:MOST_EVENTS_AT_ONCE] if isinstance(value, list) else []
    return tuple(event for event in map(_event, sent) if event)


def _event(data: object) -> SentEvent | None:
    match data:
        case {"kind": str(kind), "cause": str(cause), "ago_ms": ago_ms, **rest} if kind in KINDS and cause in CAUSES:
            ago, key, facts = _bounded(ago_ms), rest.get("key", ""), _facts(rest.get("detail", {}))
            if ago is not None and _is_name(key) and facts is not None:
                return SentEvent(PageEvent(kind), Cause(cause), ago, key, facts)
    return None


def _facts(detail: object) -> dict[str, int] | None:
    """The numbers that go with an event; never words of the candidate."""
    if not isinstance(detail, dict) or len(detail) > MOST_FACTS or not all(map(_is_name, detail)):
        return None
    facts = {name: number for name, value in detail.items() if (number := _bounded(value)) is not None}
    return facts if len(facts) == len(detail) else None


def _bounded(value: object) -> int | None:
    """A whole number from 0, at most the largest: a device's clock that jumps by years makes greater ones."""
    return min(value, LARGEST) if type(value) is int and value >= 0 else None
