"""Which words stand in the header for whom. Features register theirs in their routes.py; base.html shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from exam.accounts.rules import Role
from exam.security import roles_of

Count = Callable[[Any], int]
WAITING = _l(", waiting: ")


@dataclass(frozen=True)
class Entry:
    """One word of the header. `count` is the work waiting for this person; `also` names further endpoints it covers.

    `counts` says to those who don't see the page what the number counts.
    """

    label: Any
    endpoint: str
    order: int
    count: Count | None
    also: tuple[str, ...]
    whole: bool
    counts: Any = WAITING

    @property
    def exists(self) -> bool:
        return self.endpoint in current_app.view_functions

    def nearness(self, endpoint: str) -> int:
        """How closely it covers an endpoint: 0 not at all; its own endpoint covers most, then the longest prefix."""
        if endpoint == self.endpoint:
            return 1000
        return max((len(prefix) for prefix in self._prefixes if endpoint.startswith(prefix)), default=0)

    @property
    def _prefixes(self) -> tuple[str, ...]:
        return (f"{self.endpoint.split('.')[0]}.", *self.also) if self.whole else self.also


@dataclass(frozen=True)
class Shown:
    """An entry as the header shows it to one person on one page."""

    label: Any
    endpoint: str
    count: int
    counts: Any
    current: str | None
    """The value of aria-current: page, true or None."""


class Navigation:
    """The words of each role, and those of the person's own menu."""

    def __init__(self) -> None:
        self._by_role: dict[Role, dict[str, Entry]] = {role: {} for role in Role}
        self._personal: dict[str, Entry] = {}

    def add(
        self,
        role: Role,
        label: Any,
        endpoint: str,
        order: int,
        count: Count | None = None,
        also: tuple[str, ...] = (),
        whole: bool = True,
        counts: Any = WAITING,
    ) -> None:
        """Show `label` to this role. Current on its whole blueprint and on endpoints that begin with one of `also`.

        `whole=False` where a blueprint has pages of several entries: then only its own endpoint and `also` count.
        """
        self._by_role[role][endpoint] = Entry(label, endpoint, order, count, also, whole, counts)

    def add_personal(self, label: Any, endpoint: str, order: int, count: Count | None = None) -> None:
        """Show `label` in everybody's own menu, current on its own page; the counts are summed beside the name."""
        self._personal[endpoint] = Entry(label, endpoint, order, count, (), whole=False)

    def main(self) -> list[Shown]:
        """The words for the person of this request, grouped by role."""
        roles = roles_of(current_user)
        entries = [entry for role in Role if role in roles for entry in self._sorted(self._by_role[role])]
        unique = {entry.endpoint: entry for entry in reversed(entries)}
        return self._shown([entry for entry in entries if unique[entry.endpoint] is entry])

    def personal(self) -> list[Shown]:
        """The person's own menu."""
        return self._shown(self._sorted(self._personal)) if current_user.is_authenticated else []

    @staticmethod
    def _sorted(entries: dict[str, Entry]) -> list[Entry]:
        return sorted((entry for entry in entries.values() if entry.exists), key=lambda entry: entry.order)

    @staticmethod
    def _shown(entries: list[Entry]) -> list[Shown]:
        here = request.endpoint or ""
        nearest = max((entry.nearness(here) for entry in entries), default=0)
        return [
            Shown(
                entry.label,
                entry.endpoint,
                entry.count(current_user) if entry.count else 0,
                entry.counts,
                _current(entry, here) if nearest and entry.nearness(here) == nearest else None,
            )
            for entry in entries
        ]


def _current(entry: Entry, here: str) -> str:
    return "page" if entry.endpoint == here else "true"


nav = Navigation()
