"""What is looked for on a page in the browser, whichever it is: what keeps people out, and what doesn't fit."""

from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ONLY_VIOLATIONS = {"resultTypes": ["violations"]}
"""What axe has found well isn't told in detail: half of its time went into that."""
SEVERE = ("serious", "critical")
ALL = ("minor", "moderate", *SEVERE)


def axe_finds(page: Page, impacts: Sequence[str] = SEVERE) -> list[str]:
    """What axe finds of these impacts, with the first places of each."""
    page.wait_for_load_state()
    found = [one for one in Axe().run(page, options=ONLY_VIOLATIONS).response["violations"] if one["impact"] in impacts]
    return [f"{page.url}: {one['id']} {[node['html'] for node in one['nodes']][:3]}" for one in found]


def too_wide(page: Page) -> int:
    """By how many pixels the page scrolls sideways, once it has its styles."""
    page.wait_for_load_state()
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide
