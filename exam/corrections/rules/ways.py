"""The ways in which a correction can be handled, and where one stands."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol, TypeVar

from question_bank.items import Item

LONGEST_REASON = 500
"""Characters of the reason; candidates read it."""


class Policy(StrEnum):
    """Whom a correction helps or hurts."""

    ONLY_UP = "only_up"
    """Whoever gains by the new key gains; nobody loses a point."""
    ALL = "all"
    """The new key for everybody."""
    FULL_MARKS = "full_marks"
    """The question's whole worth to everybody, answered or not."""
    TAKE_OUT = "take_out"
    """The question counts for nobody; the score is the share of the rest."""
    WORTH = "worth"
    """Another worth for everybody, and the same share of it as before."""
    WORTH_ONLY_UP = "worth_only_up"
    """Another worth for those whose score doesn't fall by it."""
    RESTORE = "restore"
    """What an earlier correction changed is as it was before it."""


BY_WORTH = (Policy.WORTH_ONLY_UP, Policy.WORTH)
"""Policies that change what the question counts for."""
FAULTY = frozenset({Policy.FULL_MARKS, Policy.TAKE_OUT})
"""Policies for a question that is wrong itself."""
STANDING = FAULTY | {Policy.WORTH}
"""Policies that hold as well for whoever hands in later."""


class State(StrEnum):
    """Where a correction stands."""

    DRAFT = "draft"
    """Somebody looks at what it would do."""
    PROPOSED = "proposed"
    """A second person is to look through it."""
    APPLIED = "applied"
    REFUSED = "refused"
    """By the second person."""
    DROPPED = "dropped"
    """By whoever began it."""


OPEN = frozenset({State.DRAFT, State.PROPOSED})


class Applied(Protocol):
    """An applied correction as far as it matters whether it still holds: later ones have greater ids."""

    @property
    def id(self) -> int: ...
    @property
    def undoes_id(self) -> int | None: ...


A = TypeVar("A", bound=Applied)


def unrevoked(applied: Iterable[A]) -> list[A]:
    """The corrections that hold, the earliest first: neither taken back, unless that was taken back itself, nor only
    taking another one back."""
    revoked: set[int] = set()
    found = []
    for one in sorted(applied, key=lambda one: one.id, reverse=True):
        if one.id in revoked:
            continue
        if one.undoes_id is None:
            found.append(one)
        else:
            revoked.add(one.undoes_id)
    return found[::-1]


def policies(mended: Item | None, *, marked_anew: bool) -> tuple[Policy, ...]:
    """What can be chosen: with a mended key all, but not ONLY_UP where persons mark anew and may give less.

    Where only what the question counts for is wrong: `BY_WORTH`.
    """
    with_key: tuple[Policy, ...] = ()
    if mended is not None:
        with_key = (Policy.ALL,) if marked_anew else (Policy.ONLY_UP, Policy.ALL)
    return (*with_key, Policy.FULL_MARKS, Policy.TAKE_OUT)
