"""The choices of a question as tables have them: in columns, all in one cell, or a row each."""

import json
import re
from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from unicodedata import normalize

_LABEL = re.compile(r"\s*[（(\[【]?\s*([A-ZＡ-Ｚa-z])\s*(?:[.．、:：)）\]】]\s*|\s+(?=\S))")
_SEPARATORS = ("\n", "|", "｜", "；", ";", "#", "$", "\t", "，", ",", "、")
_JOINTS = re.compile(r"[|｜\n]|(?<=[\s；;])(?=[A-HＡ-Ｈ]\s?[.．、:：)）])")
_TEXTS = ("text", "content", "value", "title", "name", "label", "desc", "description", "optionText", "内容")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def unlabelled(texts: Sequence[str]) -> list[str]:
    """Choices without their letters, where each begins with its own: "A. 一" and "B. 二"."""
    stripped = []
    for number, text in enumerate(texts):
        found = _LABEL.match(text)
        if not found or _letter(found[1]) != chr(ord("A") + number) or not text[found.end() :].strip():
            return list(texts)
        stripped.append(text[found.end() :].strip())
    return stripped


def looks_labelled(texts: Sequence[str]) -> bool:
    """Whether these choices would lose their beginnings when they are read again."""
    return bool(texts) and unlabelled(texts) != list(texts)


def split(cell: str) -> list[str]:
    """The choices that stand together in one cell: by their letters, else by the sign between them."""
    if cell.startswith(("[", "{")) and (found := listed(cell)):
        return unlabelled(found)
    cell = _BREAK.sub("\n", cell)
    if by_letters := _by_letters(cell):
        return by_letters
    for sign in _SEPARATORS:
        pieces = [piece.strip() for piece in cell.split(sign)]
        if sum(map(bool, pieces)) > 1:
            return unlabelled([piece for piece in pieces if piece])
    return [cell.strip()] if cell.strip() else []


def joined(text: str) -> list[str]:
    """The choices that stand in one by mistake: after a bar, a line's end or another letter; empty if it is one."""
    pieces = [_LABEL.sub("", piece, count=1).strip(" ；;") for piece in _JOINTS.split(text)]
    found = [piece for piece in pieces if piece]
    return found if len(found) > 1 else []


def _by_letters(cell: str) -> list[str]:
    """The choices between labels A, B, C … that follow each other; empty if it doesn't begin with A or has no B."""
    starts: list[tuple[int, int]] = []
    position = 0
    while len(starts) < 26:
        letter = chr(ord("A") + len(starts))
        wide = chr(ord(letter) - ord("A") + ord("Ａ"))
        found = re.compile(
            rf"(?<![A-Za-z0-9])[（(\[【]?\s*[{letter}{wide}{letter.lower()}]\s*[.．、:：)）\]】]\s*"
        ).search(cell, position)
        if not found or (not starts and cell[: found.start()].strip()):
            break
        starts.append((found.start(), found.end()))
        position = found.end()
    if len(starts) < 2:
        return []
    ends = [start for start, _end in starts[1:]] + [len(cell)]
    return [cell[begin:end].strip(" \n\t;；|,，、#$") for (_start, begin), end in zip(starts, ends, strict=True)]


def listed(cell: str) -> list[str]:
    """The texts of a list in JSON, as other systems keep choices; empty if it is none.

    `["甲", "乙"]`, `{"A": "甲", "B": "乙"}` with the letters in their order, or `[{"key": "A", "text": "甲"}, …]`.
    """
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return []
    if isinstance(found, dict):
        found = list(found.values()) if [_letter(one) for one in found] == list(ascii_uppercase[: len(found)]) else []
    if not isinstance(found, list):
        return []
    texts = [_text_of(one) if isinstance(one, dict) else one for one in found]
    words = [one.strip() for one in texts if isinstance(one, str)]
    return words if len(words) == len(texts) else []


def _text_of(choice: Mapping[str, object]) -> object:
    """What a choice says: the first of the usual names, beside its letter."""
    return next((choice[name] for name in _TEXTS if name in choice), None)


def _letter(sign: str) -> str:
    return normalize("NFKC", sign).upper()
