"""Finding an accepted phrase in a candidate's own words, so that a marker sees at a glance where to look.

Two texts are compared folded: NFKC, case, spaces and punctuation play no part, because a Chinese keyboard gives
full-width letters and everybody sets commas differently. What folding must not do is change what is said:

- "4.5" never becomes "45", and "5 minutes" is not found in "15 minutes";
- no phrase is found across the end of a sentence or a line;
- a phrase right after a negation ("不", "没有" …) says the opposite, and is only reported as doubtful.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SENTENCE_END = "\n"
_SENTENCE_ENDERS = frozenset("。!?;\n\r\u2028\u2029")
_MEANINGFUL_PUNCTUATION = frozenset("%‰")
_GAP_CATEGORIES = frozenset(["Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "Zl", "Zp", "Zs", "Cc", "Cf"])
_NEGATION = re.compile(
    r"(?:(?<!不得)(?<!不能)(?<!不可)(?<!不会)不"  # "不得不" is no negation: one has to
    r"|[没沒无無未勿莫非甭毋]"
    r"|(?<![特分级个区性类识辨告差送])别"  # "特别", "分别" … are other words
    r"|禁止|避免|拒绝|忘了"
    r"|(?:^|[ \n])(?:not|never|no|without|don t)[ ])"
    r"(?:[有要用能可会必应该得须需再去曾给被是让想愿敢先]|及时|认真|耐心|主动|马上|立即|立刻|仔细|完全|充分|真正|真诚|好好)*\Z"
)
_LONGEST_NEGATION = 16
"""Folded characters before a phrase that are looked at: enough for a negation with its helpers."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text, and for each of its characters where it came from in the original: `start` to `end`."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """An accepted phrase at `start` to `end` of the original text; doubtful when a negation stands before it."""

    phrase: str
    start: int
    end: int
    doubtful: bool


def fold(text: str) -> Folded:
    """Fold a text for comparing, remembering where each character came from."""
    characters: list[tuple[str, int, int]] = []
    gap: tuple[str, int, int] | None = None
    for folded, start, end in _clusters(text):
        for character in folded:
            if _is_gap(character):
                gap = _wider(gap, character, start, end)
                continue
            if gap and characters:
                sign = _kept(gap[0], characters[-1][0], character)
                characters.extend([(sign, gap[1], gap[2])] if sign else [])
            gap = None
            characters.append((character, start, end))
    return Folded(
        text="".join(character for character, _, _ in characters),
        starts=tuple(start for _, start, _ in characters),
        ends=tuple(end for _, _, end in characters),
    )


def find(text: str | Folded, phrases: Iterable[str]) -> Match | None:
    """The first of `phrases`, in their order, that the text says; failing that, the first one it seems to deny."""
    folded = fold(text) if isinstance(text, str) else text
    doubtful = None
    for phrase in phrases:
        for match in _occurrences(folded, phrase):
            if not match.doubtful:
                return match
            doubtful = doubtful or match
    return doubtful


def _occurrences(folded: Folded, phrase: str) -> Iterator[Match]:
    wanted = fold(phrase).text
    at = folded.text.find(wanted) if wanted else -1
    while at >= 0:
        end = at + len(wanted)
        if not (_is_cut(folded.text, at) or _is_cut(folded.text, end)):
            denied = _NEGATION.search(folded.text, max(0, at - _LONGEST_NEGATION), at) is not None
            yield Match(phrase, folded.starts[at], folded.ends[end - 1], doubtful=denied)
        at = folded.text.find(wanted, at + 1)


def _is_cut(text: str, at: int) -> bool:
    """Whether a number or a Latin word goes on across this place: "15" contains no "5", "book" no "ok"."""
    before, after = text[max(0, at - 2) : at], text[at : at + 2]
    if not before or not after:
        return False
    decimal = (after[0] == "." and before[-1].isdigit()) or (before[-1] == "." and after[0].isdigit())
    return decimal or _same_word(before[-1], after[0])


def _same_word(left: str, right: str) -> bool:
    return left.isascii() and right.isascii() and ((left.isdigit() and right.isdigit()) or (left + right).isalpha())


def _clusters(text: str) -> Iterator[tuple[str, int, int]]:
    """Each character with the accents that follow it, folded, and its place: folding one by one would miss é."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.combining(text[place]):
            folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text[start:place]).casefold())
            yield folded, start, place
            start = place


def _is_gap(character: str) -> bool:
    if character in _MEANINGFUL_PUNCTUATION:
        return False
    return character.isspace() or character == "~" or unicodedata.category(character) in _GAP_CATEGORIES


def _wider(gap: tuple[str, int, int] | None, character: str, start: int, end: int) -> tuple[str, int, int]:
    """A run of spaces and punctuation as one sign: the end of a sentence, a decimal point, or just a space."""
    if character in _SENTENCE_ENDERS:
        sign = SENTENCE_END
    elif character == "." and gap is None:
        sign = "."
    else:
        sign = SENTENCE_END if gap and gap[0] == SENTENCE_END else " "
    return (sign, gap[1] if gap else start, end)


def _kept(sign: str, left: str, right: str) -> str:
    """What stays of a gap: the end of a sentence, a decimal point, a space between two numbers or two Latin words."""
    if sign == SENTENCE_END or (sign == "." and left.isdigit() and right.isdigit()):
        return sign
    return " " if _same_word(left, right) else ""
