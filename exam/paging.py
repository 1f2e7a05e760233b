"""Long lists in pages and in the order asked for; the rest of the query stays in every link."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request, url_for

Item = TypeVar("Item")
PAGE_SIZE = 20
LAST_PAGE = 100_000
LARGEST_NUMBER = 2**31 - 1
"""No row has a greater number, and not every database can be asked for one."""


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list: its items, how many there are in all, its number from 1, and how many fit on a page."""

    items: Sequence[Item]
    total: int
    number: int
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Position of the first item shown, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1

    @property
    def previous_url(self) -> str | None:
        return query_url(page=min(self.number, self.pages + 1) - 1) if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        return query_url(page=self.number + 1) if self.number < self.pages else None


@dataclass(frozen=True)
class Sort:
    """The order of a list: by which column, and whether from the greatest."""

    key: str
    descending: bool

    def url(self, key: str) -> str:
        """Sort by this column; the other way round if it is sorted by it already."""
        return query_url(sort=f"-{key}" if key == self.key and not self.descending else key, page=None)

    def aria(self, key: str) -> str:
        """The value of aria-sort."""
        if key != self.key:
            return "none"
        return "descending" if self.descending else "ascending"


def row_number(typed: str) -> int:
    """A row's number from a query or form, as `args.get("open", type=row_number)`; ValueError for no such number."""
    number = int(typed)
    if not 0 < number <= LARGEST_NUMBER:
        raise ValueError(f"{typed} is no row's number")
    return number


def page_number() -> int:
    """The page asked for, from 1; anything that isn't a number is page 1."""
    asked = request.args.get("page", "1")
    return min(max(1, int(asked)), LAST_PAGE) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 1


def wanted_sort(allowed: Sequence[str], default: str) -> Sort:
    """The order asked for as `sort=key` or `sort=-key`; `default` (written the same way) for anything not allowed."""
    asked = request.args.get("sort", default)
    if asked.removeprefix("-") not in allowed:
        asked = default
    return Sort(asked.removeprefix("-"), asked.startswith("-"))


def query_url(**changes: str | int | None) -> str:
    """This page's address with some of its query changed; None takes a parameter out."""
    query: dict[str, object] = {name: request.args.getlist(name) for name in request.args}
    query.update(changes)
    kept = {name: value for name, value in query.items() if value is not None}
    return url_for(request.endpoint or "", **{**kept, **(request.view_args or {})})
