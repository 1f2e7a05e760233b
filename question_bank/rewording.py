"""What changed within a text, word by word: Chinese by its characters, letters and digits by whole words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Indel

_CJK = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"!\[[^\[\]\n]*\]\([^()\s]*\)|[^\W{_CJK}]+|\s+|.", re.DOTALL)
"""A picture, a word of letters or digits, a gap, or any one character."""


class Fate(StrEnum):
    """What became of a piece of a text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a text that had one fate."""

    fate: Fate
    text: str


def pieces(old: str, new: str) -> list[Piece]:
    """One text turned into another: what stayed, what went and what came, in reading order.

    All but what came is the old text, all but what went the new one. Where one character alone stayed between two
    changes, it counts as changed with them: a reader would not see what the two have in common.
    """
    found: list[Piece] = []
    gone = new_text = ""
    runs = list(_runs(_TOKEN.findall(old), _TOKEN.findall(new)))
    for place, (fate, text) in enumerate(runs):
        alone = len(text) == 1 and 0 < place < len(runs) - 1
        if fate is Fate.GONE or (fate is Fate.SAME and alone):
            gone += text
        if fate is Fate.NEW or (fate is Fate.SAME and alone):
            new_text += text
        if fate is Fate.SAME and not alone:
            found += [*_changed(gone, new_text), Piece(Fate.SAME, text)]
            gone = new_text = ""
    return [*found, *_changed(gone, new_text)]


def _runs(before: list[str], after: list[str]) -> Iterator[tuple[Fate, str]]:
    for step in Indel.opcodes(before, after):
        if step.tag == "equal":
            yield Fate.SAME, "".join(before[step.src_start : step.src_end])
        elif step.tag == "delete":
            yield Fate.GONE, "".join(before[step.src_start : step.src_end])
        else:
            yield Fate.NEW, "".join(after[step.dest_start : step.dest_end])


def _changed(gone: str, new: str) -> list[Piece]:
    return [Piece(fate, text) for fate, text in ((Fate.GONE, gone), (Fate.NEW, new)) if text]
