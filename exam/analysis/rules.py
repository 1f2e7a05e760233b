"""What the figures of a question say in words, and from how many persons on anything is said.

Each remark is a hint for a trainer who then reads the question; none of them changes anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import log, sqrt

FEWEST = 20
"""Persons below whom nothing is said of a question or a test, and no figure is shown."""
FEWEST_TO_DECIDE = 50
"""Persons below whom nothing is said of how consistent the decisions are."""
EASY, HARD = 0.95, 0.30
"""Shares of the points from which on, and below which, a question is called too easy or too hard."""
SURE = 1.645
"""Standard errors that a difference must have: one in twenty goes so far by chance."""
VERY_SURE = 3.0
"""The same where many questions are looked at for one thing: one in a thousand."""
LEAST_RISE = 0.15
"""By how much the later half must do better before that is called a possible leak."""
STILL_WRONG = 0.4
"""The share that answers wrongly after the chapter from which on its page is named."""


ALIKE_SEEN = "exam.alike_seen"
"""What the trail calls it when somebody looks at persons whose answers are alike."""
ALIKE_OPEN = timedelta(hours=1)
"""How long they may then look."""
STANDS_OUT = 0.1
"""A pair stands out if chance gives fewer as alike."""
FEW_ON_NETWORK = 5
"""People on one network up to whom that lifts a pair: a home or a shared room, not an office behind one address."""


class Remark(StrEnum):
    """What can be said of a question; in the order in which it should be looked at."""

    CHECK_KEY = "check_key"
    AGAINST = "against"
    LEAK = "leak"
    TOO_HARD = "too_hard"
    UNUSED = "unused"
    TOO_EASY = "too_easy"
    STILL_WRONG = "still_wrong"


ORDER = {remark: place for place, remark in enumerate(Remark)}


@dataclass(frozen=True, slots=True)
class Said:
    """One remark, how many persons it rests on, and what else it names."""

    remark: Remark
    persons: int
    choices: tuple[str, ...] = ()
    """The choices it is about, by their letters."""
    count: int = 0
    """Of whom so many chose it."""
    before: float = 0.0
    after: float = 0.0
    """Shares from 0 to 1: of the earlier and the later half, or one of them alone."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice of a question: whether it is right, and how many chose it, of all and of the strong."""

    letter: str
    correct: bool
    total: int
    strong: int


@dataclass(frozen=True, slots=True)
class Doing:
    """How a question does: what the remarks are made from."""

    persons: int
    facility: float | None
    item_rest: float | None
    choices: Sequence[Chosen] = ()
    """Empty for a question without choices."""
    strong: int = 0
    """The strongest third or so, who are asked first where a key may be wrong."""
    single: bool = False
    """Whether one choice is taken; only then can a wrong one be preferred to the key."""
    rise: tuple[int, float, float, float] | None = None
    """Persons of the last week, the shares of its earlier and later half, and how sure the rise is."""
    after_chapter: tuple[int, float] | None = None
    """Persons who had finished the page that teaches it, and the share of them who answered wrongly."""


def remarks(doing: Doing) -> list[Said]:
    """What to say of a question, the most pressing first; nothing below `FEWEST` persons."""
    if doing.persons < FEWEST:
        return []
    found = [_key(doing), _against(doing), _leak(doing), *_level(doing), _unused(doing), _still_wrong(doing)]
    said = [one for one in found if one]
    if any(one.remark is Remark.CHECK_KEY for one in said):  # which explains the other
        said = [one for one in said if one.remark is not Remark.AGAINST]
    return sorted(said, key=lambda one: ORDER[one.remark])


def _key(doing: Doing) -> Said | None:
    """A wrong choice that more of the strong prefer to the key than by chance: (w − k) > 1.645 √(w + k)."""
    right = sum(one.strong for one in doing.choices if one.correct)
    wrong = max((one for one in doing.choices if not one.correct), key=lambda one: one.strong, default=None)
    if not doing.single or wrong is None or wrong.strong - right <= SURE * sqrt(wrong.strong + right):
        return None
    return Said(Remark.CHECK_KEY, doing.strong, (wrong.letter,), wrong.strong)


def _against(doing: Doing) -> Said | None:
    """Whoever does well elsewhere does worse here, beyond chance: r < −1.645 / √n."""
    if doing.item_rest is None or doing.item_rest >= -SURE / sqrt(doing.persons):
        return None
    return Said(Remark.AGAINST, doing.persons)


def _leak(doing: Doing) -> Said | None:
    if doing.rise is None:
        return None
    persons, before, after, sureness = doing.rise
    if persons < FEWEST or sureness < VERY_SURE or after - before < LEAST_RISE:
        return None
    return Said(Remark.LEAK, persons, before=before, after=after)


def _level(doing: Doing) -> list[Said]:
    if doing.facility is None:
        return []
    if doing.facility >= EASY:
        return [Said(Remark.TOO_EASY, doing.persons, after=doing.facility)]
    return [Said(Remark.TOO_HARD, doing.persons, after=doing.facility)] if doing.facility < HARD else []


def _unused(doing: Doing) -> Said | None:
    unused = tuple(one.letter for one in doing.choices if not one.correct and not one.total)
    return Said(Remark.UNUSED, doing.persons, unused) if unused else None


def _still_wrong(doing: Doing) -> Said | None:
    if doing.after_chapter is None:
        return None
    persons, wrong = doing.after_chapter
    return Said(Remark.STILL_WRONG, persons, after=wrong) if persons >= FEWEST and wrong >= STILL_WRONG else None


def lift(on_network: int | None, persons: int) -> float:
    """By how much a pair on one network is put higher: −ln of the share of people on it, 0 unless they are few."""
    return log(persons / on_network) if on_network and on_network <= FEW_ON_NETWORK else 0.0


def letters(ids: Sequence[str]) -> Mapping[str, str]:
    """What pages call the choices with these ids, in the bank's own order: A, B, C."""
    return {id: chr(ord("A") + place) for place, id in enumerate(ids)}
