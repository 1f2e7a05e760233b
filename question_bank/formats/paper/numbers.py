"""The numbers that questions and points begin with."""

import re
from dataclasses import dataclass

NUMBER = re.compile(
    r"(?:第\s*(?P<ordinal>[0-9０-９]{1,5})\s*题\s*[.．、:：]?"
    r"|[（(]\s*(?P<bracketed>[0-9０-９]{1,5})\s*[)）]\s*[.．、]?"
    r"|(?:问题|题目|试题|习题|[Qq]uestion|Q)\s*(?P<worded>[0-9０-９]{1,5})(?:\s*[.．、:：)）]|\s+|$|(?=[（(【\[]))"
    r"|【\s*(?P<boxed>[0-9０-９]{1,5})\s*】\s*[.．、]?"
    r"|(?P<closed>[0-9０-９]{1,5})\s*[)）]"
    r"|(?P<plain>[0-9０-９]{1,5})\s*(?:、|[.．:：](?![0-9０-９])|[.．](?=(?:19|20)[0-9]{2}\s*年)|(?P<tight>．)"
    r"|(?P<bare>\s)(?![0-9０-９])))\s*"
)
UNNUMBERED = re.compile(r"(?:题目|题干|问题|试题)\s*[:：]\s*(?=\S)")
"""How a question begins that has no number."""
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True)
class Number:
    """A number at the beginning of a line, how it is written, and what follows it."""

    value: int
    style: str
    rest: str
    is_bare: bool
    """Whether nothing but a space tells it from the text."""
    is_tight: bool = False
    """Whether a digit follows at once, so that it may be part of a number: 11．3+1=（　　）."""


def number_of(line: str) -> Number | None:
    """The number that a line begins with; None if it begins with none."""
    found = NUMBER.match(line)
    if not found:
        return None
    style = next(name for name in ("ordinal", "bracketed", "worded", "boxed", "closed", "plain") if found[name])
    return Number(int(found[style]), style, line[found.end() :], bool(found["bare"]), bool(found["tight"]))
