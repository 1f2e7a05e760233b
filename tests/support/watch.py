"""Sees what goes wrong in a page behind its surface: errors of scripts, broken policy, requests to elsewhere."""

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Route, WebError


class Watch:
    """Collects the problems of all pages of one browser context."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.problems: list[str] = []
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("requestfailed", self._failed)
        context.route(re.compile(f"^(?!{re.escape(site)})https?:"), self._elsewhere)

    def _console(self, message: ConsoleMessage) -> None:
        # An answer of 4xx and a lost connection are told as errors too; tests of refusals want them.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console: {message.text} ({message.location.get('url')})")

    def _error(self, error: WebError) -> None:
        self.problems.append(f"script: {error.error}")

    def _failed(self, request: Request) -> None:
        # What is given up because the page is left isn't missed; what a script fetches it has to cope with.
        if request.resource_type in ("script", "stylesheet") and request.failure != "net::ERR_ABORTED":
            self.problems.append(f"not loaded: {request.url} ({request.failure})")

    def _elsewhere(self, route: Route) -> None:
        self.problems.append(f"a request to elsewhere: {route.request.url}")
        route.abort()
