"""Where something stands in a file, in words."""

import re
from typing import Any

from exam.errors import _l

_PLACES: list[tuple[re.Pattern[str], Any]] = [
    (re.compile(r"line (?P<number>\d+)"), _l("Line %(number)s")),
    (re.compile(r"row (?P<number>\d+)"), _l("Row %(number)s")),
    (re.compile(r"sheet (?P<sheet>.*) row (?P<number>\d+)"), _l("Sheet %(sheet)s, row %(number)s")),
    (re.compile(r"sheet (?P<sheet>.*)"), _l("Sheet %(sheet)s")),
    (re.compile(r"paragraph (?P<number>\d+)"), _l("Paragraph %(number)s")),
    (re.compile(r"paragraph (?P<paragraph>\d+), row (?P<number>\d+)"), _l("Paragraph %(paragraph)s, row %(number)s")),
    (re.compile(r"question (?P<number>\d+)"), _l("Question %(number)s")),
    (re.compile(r"question (?P<number>\d+), line (?P<line>\d+)"), _l("Question %(number)s, line %(line)s")),
    (re.compile(r"item (?P<name>.+)"), _l("Item %(name)s")),
    (re.compile(r"file"), _l("The file")),
]


def place_words(place: str) -> str:
    """Where something stands in a file, in the reader's language."""
    for pattern, words in _PLACES:
        if found := pattern.fullmatch(place):
            return str(words) % found.groupdict()
    return place
