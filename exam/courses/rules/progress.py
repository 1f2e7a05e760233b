"""How far somebody is in a course: what is done, what is missing, and where to go on.

A page is settled once it was finished at its foot and each of its knowledge checks was answered, right or wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PageState:
    """One page as one person sees it. `open_checks` counts its knowledge checks that were never answered."""

    id: int
    slug: str
    title: str
    minutes: int
    read: bool = False
    open_checks: int = 0

    @property
    def settled(self) -> bool:
        return self.read and not self.open_checks


@dataclass(frozen=True, slots=True)
class ModuleState:
    """A chapter; `number` counts from 1."""

    number: int
    slug: str
    title: str
    summary: str
    pages: tuple[PageState, ...]

    @property
    def settled_pages(self) -> int:
        return sum(page.settled for page in self.pages)

    @property
    def settled(self) -> bool:
        return self.settled_pages == len(self.pages)

    @property
    def begun(self) -> bool:
        return any(page.read for page in self.pages)

    @property
    def first_open(self) -> PageState:
        """The page its title leads to: the first that isn't settled, else the first."""
        return next((page for page in self.pages if not page.settled), self.pages[0])


@dataclass(frozen=True, slots=True)
class Gap:
    """What a chapter still lacks: pages not finished, and knowledge checks not answered on pages that are."""

    number: int
    title: str
    pages: int
    checks: int


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole course as one person sees it. Without an enrolment (`tracked` false) nothing is ever done."""

    slug: str
    title: str
    description: str
    modules: tuple[ModuleState, ...]
    tracked: bool = True
    last_page_id: int | None = None
    completed_at: datetime | None = None

    @property
    def pages(self) -> tuple[PageState, ...]:
        return tuple(page for module in self.modules for page in module.pages)

    @property
    def total(self) -> int:
        return len(self.pages)

    @property
    def done(self) -> int:
        """How many pages are settled."""
        return sum(page.settled for page in self.pages)

    @property
    def minutes_left(self) -> int:
        """Reading time of the pages not yet finished."""
        return sum(page.minutes for page in self.pages if not page.read)

    @property
    def pages_left(self) -> int:
        return sum(gap.pages for gap in self.gaps)

    @property
    def checks_left(self) -> int:
        """Knowledge checks that are all that is missing of their pages."""
        return sum(gap.checks for gap in self.gaps)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        return gaps(self.modules)

    @property
    def current(self) -> PageState | None:
        """Where to go on; None when nothing is missing."""
        return current_page(self.pages, self.last_page_id)

    def place(self, page_id: int) -> tuple[ModuleState, int] | None:
        """The chapter of a page and its number in it, from 1; None for a page that isn't in the course."""
        for module in self.modules:
            for number, page in enumerate(module.pages, 1):
                if page.id == page_id:
                    return module, number
        return None

    def neighbours(self, page_id: int) -> tuple[PageState | None, PageState | None]:
        """The pages before and after, across chapters."""
        pages = self.pages
        here = next(index for index, page in enumerate(pages) if page.id == page_id)
        before = pages[here - 1] if here else None
        return before, pages[here + 1] if here + 1 < len(pages) else None


def gaps(modules: Iterable[ModuleState]) -> tuple[Gap, ...]:
    """What is missing, chapter by chapter; chapters that lack nothing are left out.

    A page not finished counts as a page, whatever its checks: they are met on the way.
    """
    found = []
    for module in modules:
        unread = sum(not page.read for page in module.pages)
        checks = sum(page.open_checks for page in module.pages if page.read)
        if unread or checks:
            found.append(Gap(module.number, module.title, unread, checks))
    return tuple(found)


def is_complete(modules: Sequence[ModuleState]) -> bool:
    """Whether a course is done. One without pages never is: there is nothing that could have been learnt."""
    return any(module.pages for module in modules) and not gaps(modules)


def current_page(pages: Sequence[PageState], last_page_id: int | None) -> PageState | None:
    """Where to go on: the last page if it still lacks something, else the next open one after it, else the first open.

    None when no page is open. An unknown last page (taken out of the course since) is as good as none.
    """
    last = next((index for index, page in enumerate(pages) if page.id == last_page_id), 0)
    return next((page for page in (*pages[last:], *pages[:last]) if not page.settled), None)
