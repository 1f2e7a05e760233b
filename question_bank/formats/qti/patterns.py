"""Wordings with gaps, as our own short answers have them (`*`), and as the patterns of QTI (`.*`).

Of QTI's patterns only those are read that are words and gaps: others could take for ever to try.
"""

import re

_PARTS = re.compile(
    r"\.\*|\[(?P<either>[^\]\\^-]{2})\]|\[(?P<sign>[^\]\\^-])\]"
    r"|\\(?P<escaped>[^A-Za-mo-z0-9])|(?P<plain>[^.\\?*+{}()\[\]|^$])"
)
_GAP = re.compile(r"(?<!\\)\*")
_SPECIAL = frozenset("\\|.?*+(){}[]-^")


def has_gap(wording: str) -> bool:
    """Whether a wording has a `*` that stands for anything."""
    return bool(_GAP.search(wording))


def literal(wording: str) -> str:
    r"""A wording without gaps as it is meant: `\*` is an asterisk."""
    return wording.replace("\\*", "*")


def as_wording(text: str) -> str:
    """A text as a wording of ours: its asterisks stand for themselves."""
    return text.replace("*", "\\*")


def pattern(wording: str, case_sensitive: bool) -> str:
    """The pattern of a wording with gaps."""
    return ".*".join("".join(_sign(one, case_sensitive) for one in literal(part)) for part in _GAP.split(wording))


def _sign(sign: str, case_sensitive: bool) -> str:
    if sign == "\n":
        return "\\n"
    if sign == "$":
        return "[$]"
    other = sign.swapcase()
    if not case_sensitive and other != sign and len(other) == 1 and other.swapcase() == sign:
        return f"[{sign}{other}]"
    return f"\\{sign}" if sign in _SPECIAL else sign


def matches(pattern: str, text: str) -> bool | None:
    """Whether a text is one of a pattern; None for a pattern that is more than words and gaps."""
    parts: list[list[str]] = [[]]
    at = 0
    while at < len(pattern):
        found = _PARTS.match(pattern, at)
        if found is None:
            return None
        at = found.end()
        if found[0] == ".*":
            parts.append([])
        else:
            sign = found["either"] or found["sign"] or found["escaped"] or found["plain"]
            parts[-1].append("\n" if found["escaped"] == "n" else sign)
    return _stands(parts, text)


def _stands(parts: list[list[str]], text: str) -> bool:
    """Whether the parts follow each other in the text, the first at its beginning and the last at its end."""
    first, *others = parts
    if not _at(first, text, 0):
        return False
    if not others:
        return len(text) == len(first)
    at = len(first)
    for part in others[:-1]:
        while not _at(part, text, at):
            at += 1
            if at > len(text):
                return False
        at += len(part)
    last = len(text) - len(others[-1])
    return last >= at and _at(others[-1], text, last)


def _at(part: list[str], text: str, start: int) -> bool:
    """Whether the signs of a part stand here; each names what it may be."""
    if start + len(part) > len(text):
        return False
    return all(text[start + offset] in signs for offset, signs in enumerate(part))
