"""An answer in words: its key points with what each is worth, or the whole of it as wordings."""

import re
from collections.abc import Sequence
from fractions import Fraction

from question_bank.formats.paper.drafts import AGAIN
from question_bank.formats.paper.numbers import CIRCLED, NUMBER
from question_bank.formats.reading import EVERYTHING, ReadAnswer, ReadKeyPoint

_NUMBER = r"([0-9]{1,4}(?:\.[0-9]{1,3})?)"
_WORTH = re.compile(rf"[（(]\s*(?:本点|计|得|共|\+)?\s*{_NUMBER}\s*分\s*[)）]|[（(]\s*\+\s*{_NUMBER}\s*[)）]")
_WORTH_AT_END = re.compile(
    rf"[\s,，;；:：.。…·—–-]*(?:\+\s*{_NUMBER}\s*分?|(?:得|计)?\s*(?<![0-9.]){_NUMBER}\s*分)\s*[;；。]?$"
)
_CIRCLE = re.compile(rf"(?P<sign>[{CIRCLED}])\s*[.．、]?\s*")
_INNER = re.compile(
    r"(?:(?<=[\s;；。,，)）])|^)(?:[（(]\s*(?P<bracketed>[0-9０-９]{1,2})\s*[)）]|(?P<plain>[0-9０-９]{1,2})(?:[、)）]|[.．](?![0-9])))\s*"
)
_OMITTED = re.compile(r"略[。.]?|[（(]略[)）]")


def wordings(lines: Sequence[str]) -> tuple[ReadAnswer, ...]:
    """The answers that lines hold, each begun with 答案; none where it says that there is none."""
    texts = "\n".join(lines).split(AGAIN)
    return tuple(ReadAnswer(text.strip()) for text in texts if text.strip() and not _OMITTED.fullmatch(text.strip()))


def are_points(lines: Sequence[str]) -> bool:
    """Whether lines are points rather than sentences: two of them have numbers, or one says what it is worth."""
    rows = _rows(lines)
    return sum(is_numbered for _text, is_numbered in rows) > 1 or any(map(_WORTH.search, lines))


def key_points(lines: Sequence[str], whole: Fraction | None) -> tuple[ReadKeyPoint, ...]:
    """The points in lines: those that have numbers, else each line.

    One that doesn't say what it is worth has its part of the whole, or 1 without.
    """
    texts: list[str] = []
    rows = _rows(lines)
    apart = not are_points(lines)
    for text, is_numbered in rows:
        if apart or is_numbered or not texts or _worth(texts[-1])[1] is not None:
            texts.append(text)
        else:
            texts[-1] += "\n" + text
    usual = whole / len(texts) if whole and texts else EVERYTHING
    made = []
    for text in texts:
        words, worth = _worth(text)
        made.append(ReadKeyPoint(words.strip().rstrip("；;。"), usual if worth is None else worth))
    return tuple(made)


def has_worth(text: str) -> bool:
    """Whether a point says what it is worth."""
    return _worth(text)[1] is not None


def _worth(text: str) -> tuple[str, Fraction | None]:
    """A point without what it is worth, and that."""
    found = _WORTH.search(text) or _WORTH_AT_END.search(text)
    if not found:
        return text, None
    return text[: found.start()] + text[found.end() :].lstrip("；;。"), Fraction(next(filter(None, found.groups())))


def _rows(lines: Sequence[str]) -> list[tuple[str, bool]]:
    """The points without their numbers, and whether they had one: also several that stand in one line."""
    rows: list[tuple[str, bool]] = []
    for line in lines:
        if line == AGAIN:
            continue
        starts = _starts(line)
        if not starts:
            found = NUMBER.match(line)
            rows.append((line[found.end() :], True) if found else (line, False))
            continue
        if before := line[: starts[0][0]].strip():
            rows.append((before, False))
        ends = [*(start for start, _end in starts[1:]), len(line)]
        rows += [(line[end:stop].strip(), True) for (_start, end), stop in zip(starts, ends, strict=True)]
    return rows


def _starts(line: str) -> list[tuple[int, int]]:
    """Where numbers that go on from one another begin and end in a line: ①…②…, or (1)…(2)…."""
    circles = [(one.start(), one.end()) for one in _CIRCLE.finditer(line)]
    if circles:
        return circles
    for style in ("bracketed", "plain"):
        found = [one for one in _INNER.finditer(line) if one[style]]
        numbers = [int(one[style]) for one in found]
        if len(found) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
            return [(one.start(), one.end()) for one in found]
    return []
