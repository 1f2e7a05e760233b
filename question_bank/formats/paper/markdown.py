"""Papers in Markdown, as note programs and chatbots have them: the same lines without its signs."""

import re
from collections.abc import Iterator, Sequence
from string import ascii_uppercase

from question_bank.formats.paper.fields import NAMES, field_of
from question_bank.formats.paper.keys import keys_of_table
from question_bank.formats.paper.lines import CHOICE
from question_bank.formats.paper.numbers import UNNUMBERED, number_of

_SIGNS = ">#*+-•"
"""With which lines in Markdown begin."""
_WITHIN = ("**", "<", "\\_")
_QUOTE = re.compile(r"\s*(?:>\s*)+")
_TASK = re.compile(r"[-*+]\s+\[(?P<tick>[ xX√✓])\]\s+")
_BULLET = re.compile(r"[-*+•]\s+")
_HASHES = re.compile(r"#{1,6}\s+")
_BOLD = re.compile(r"\*\*(?=[^\s*])(?P<inside>[^*]{1,2000}?)(?<=[^\s*])\*\*")
_LABEL = re.compile(rf"[【\[]?(?:{NAMES})[】\]]?\s*[:：]?.{{0,60}}")
_TAG = re.compile(r"</?(?:details|summary|p|div|br|span|center|font)\b[^<>]{0,200}>", re.IGNORECASE)
_SUMMARY = re.compile(r"<summary>(?P<words>[^<>]{0,60})</summary>", re.IGNORECASE)
_UNFOLD = re.compile(r"\W*(?:点击|点此|点开)?(?:查看|展开|显示|点开).{0,12}")
_RULE = re.compile(r":?-+:?")
_PAIR = re.compile(r"(?:题号|答案)(?:[\s:：]+\S+){2,}")


def plain_lines(text: str) -> list[str]:
    """The lines of a paper, each in its place, without the signs of Markdown."""
    lines = text.split("\n")
    ticked = 0
    for at, line in enumerate(lines):
        stripped = line.strip()
        if not stripped:
            continue
        if stripped[0] not in _SIGNS and not any(sign in line for sign in _WITHIN):
            ticked = 0
            continue
        found = _TASK.match(stripped)
        lines[at] = _task(stripped[found.end() :], found["tick"], ticked) if found else _plain(line)
        ticked = ticked + 1 if found else 0
    for first, last in list(_tables(lines)):
        lines[first:last] = _as_keys(lines[first:last])
    return lines


def _task(text: str, tick: str, number: int) -> str:
    """A choice with a box before it, with a letter if it has none."""
    label = "" if CHOICE.match(text) else f"{ascii_uppercase[number % 26]}. "
    return f"{'☐' if tick == ' ' else '☑'} {label}{text}"


def _plain(line: str) -> str:
    text = _TAG.sub(" ", _SUMMARY.sub(_summary, line)) if "<" in line else line
    quoted = _QUOTE.match(text)
    text = text[quoted.end() if quoted else 0 :].strip().replace("\\_", "_")
    for mark in (_HASHES, _BULLET):
        found = mark.match(text)
        if found and _begins_something(_unbold(text[found.end() :])):
            text = text[found.end() :]
    return _unbold(text)


def _summary(found: re.Match[str]) -> str:
    """What stands above something folded up, unless it only says that there is something."""
    return "" if _UNFOLD.fullmatch(found["words"].strip()) else found["words"]


def _begins_something(text: str) -> bool:
    number = number_of(text)
    return bool((number and not number.is_bare) or CHOICE.match(text) or field_of(text)[0] or UNNUMBERED.match(text))


def _unbold(text: str) -> str:
    """The text without what makes its beginning bold, or what belongs to the question and says so."""
    if "**" not in text:
        return text
    if found := _BOLD.match(text):
        text = found["inside"] + text[found.end() :]
    return _BOLD.sub(lambda found: found["inside"] if _LABEL.fullmatch(found["inside"]) else found[0], text)


# Keys in tables.


def _tables(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where tables of keys may stand: lines that begin with a bar, or two that begin with 题号 and 答案."""
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].startswith("|"):
            end += 1
        if end - at > 1:
            yield at, end
        elif lines[at].startswith("题号") and all(map(_PAIR.fullmatch, lines[at : at + 2])) and at + 1 < len(lines):
            yield at, (end := at + 2)
        at = max(end, at + 1)


def _as_keys(lines: Sequence[str]) -> list[str]:
    """The keys in a table as lines of a paper, as many as it has; its own lines if it is no table of keys."""
    has_bars = lines[0].startswith("|")
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        if has_bars
        else re.split(r"[\s:：]+", line.strip())
        for line in lines
    ]
    filled = [row for row in rows if not all(_RULE.fullmatch(cell) for cell in row if cell)]
    if keys := keys_of_table(filled):
        return [keys, *[""] * (len(lines) - 1)]
    head = rows[0]
    if "题号" in head and any(field_of(f"{cell}:")[0] == "answer" for cell in head):
        return ["", *(_entry(head, row) if row in filled else "" for row in rows[1:])]
    return list(lines)


def _entry(head: Sequence[str], row: Sequence[str]) -> str:
    """A row of a table of keys: 1.【答案】A【解析】…"""
    cells = dict(zip(head, row, strict=False))
    said = "".join(f"【{name}】{cell}" for name, cell in cells.items() if cell and name != "题号")
    return f"{cells['题号']}.{said}"
