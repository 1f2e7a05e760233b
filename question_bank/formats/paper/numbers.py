"""The numbers that questions and points begin with."""

import re
from dataclasses import dataclass

NUMBER = re.compile(
    r"(?:第\s*(?P<ordinal>[0-9０-９]{1,5})\s*题\s*[.．、:：]?"
    r"|[（(]\s*(?P<bracketed>[0-9０-９]{1,5})\s*[)）]\s*[.．、]?"
    r"|【\s*(?P<boxed>[0-9０-９]{1,5})\s*】\s*[.．、]?"
    r"|(?P<closed>[0-9０-９]{1,5})\s*[)）]"
    r"|(?P<plain>[0-9０-９]{1,5})\s*(?:、|[.．:：](?![0-9０-９])|[.．](?=(?:19|20)[0-9]{2}\s*年)"
    r"|(?P<bare>\s)(?![0-9０-９])))\s*"
)
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True)
class Number:
    """A number at the beginning of a line, how it is written, and what follows it."""

    value: int
    style: str
    rest: str
    is_bare: bool
    """Whether nothing but a space tells it from the text."""


def number_of(line: str) -> Number | None:
    """The number that a line begins with; None if it begins with none."""
    found = NUMBER.match(line)
    if not found:
        return None
    style = next(name for name in ("ordinal", "bracketed", "boxed", "closed", "plain") if found[name])
    return Number(int(found[style]), style, line[found.end() :], bool(found["bare"]))
