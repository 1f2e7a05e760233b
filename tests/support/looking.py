"""What is looked for on a page in the browser, whichever it is: what keeps people out, and what doesn't fit."""

from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ONLY_VIOLATIONS: dict[str, object] = {"resultTypes": ["violations"]}
"""What axe has found well isn't told in detail: half of its time went into that."""
SEVERE = ("serious", "critical")
ALL = ("minor", "moderate", *SEVERE)


def axe_finds(page: Page, impacts: Sequence[str] = SEVERE, colours: bool = True) -> list[str]:
    """What axe finds of these impacts, with the first places of each; without `colours` all but their contrast.

    That takes longer than everything else together, and is the same at every width.
    """
    page.wait_for_load_state()
    options = ONLY_VIOLATIONS | {"rules": {"color-contrast": {"enabled": colours}}}
    found = [one for one in Axe().run(page, options=options).response["violations"] if one["impact"] in impacts]
    return [f"{page.url}: {one['id']} {[node['html'] for node in one['nodes']][:3]}" for one in found]


def too_wide(page: Page) -> int:
    """By how many pixels the page scrolls sideways, once it has its styles."""
    page.wait_for_load_state()
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide
