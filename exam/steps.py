"""Actions that say how far they are: gone through at once, or told to the page line by line."""

import json
from collections.abc import Callable, Generator, Iterator
from typing import Any, TypeVar

from flask import Response, request, stream_with_context

Step = TypeVar("Step")
Made = TypeVar("Made")

LINES = "application/x-ndjson"
"""What the page's own script asks for: a line of JSON for each step."""


def last_of(steps: Generator[Any, None, Made]) -> Made:
    """Go through all steps; gives what came of them."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: Made = end.value
            return made


def wants_lines() -> bool:
    """Whether the page's own script asks."""
    return LINES in request.headers.get("Accept", "")


def told(
    steps: Generator[Step, None, Made],
    say: Callable[[Step], dict[str, Any]],
    end: Callable[[Made], str],
    refuse: Callable[[Exception], str],
    refusals: type[Exception],
) -> Response:
    """The steps as lines of JSON: what is `said`, at last the `location` to go to, or the `error` that ended it.

    `end` commits and gives the address; `refuse` rolls back and gives the sentence.
    """

    def lines() -> Iterator[str]:
        while True:
            try:
                yield _line(say(next(steps)))
            except StopIteration as stop:
                yield _line({"location": end(stop.value)})
                return
            except refusals as error:
                yield _line({"error": refuse(error)})
                return

    return Response(stream_with_context(lines()), mimetype=LINES)


def refused_line(sentence: str) -> Response:
    """A refusal before the first step."""
    return Response(_line({"error": sentence}), mimetype=LINES)


def _line(said: dict[str, Any]) -> str:
    return json.dumps(said) + "\n"
