"""Questions that say the same, or nearly: found by their words, in time that grows with their number.

Two stems are alike when rapidfuzz's ratio of them (2·matches / both lengths, on folded text) is at least ALIKE. Only
stems that share one of their rarest trigrams are compared, so ten thousand against twenty thousand take seconds.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from unicodedata import normalize

from rapidfuzz import fuzz

ALIKE = 85.0
"""Per cent from which two stems are shown side by side."""
_RAREST = 12
_MOST_COUNTED = 2000
"""Stems that are looked at for one: where trigrams are common, fewer of them are looked up."""
_COMPARED = 20
"""Stems that are compared in full: those that have the most of the rarest trigrams."""
Key = TypeVar("Key", bound=Hashable)


def folded(text: str) -> str:
    """A text as it is compared: without spaces, signs, width and capitals."""
    return re.sub(r"[\W_]+", "", normalize("NFKC", text)).casefold()


def same_as(data: Mapping[str, Any]) -> tuple[str, ...]:
    """What makes a question the same as another: its stem, and its choices in any order. `data` as the bank has it."""
    choices = sorted(folded(one["text"]) for one in data.get("choices", ()))
    return (folded(data["stem"]), *choices)


@dataclass(frozen=True, slots=True)
class Likeness(Generic[Key]):
    """A question that says the same (100) or nearly, in per cent."""

    key: Key
    percent: int


class Stems(Generic[Key]):
    """Stems that others are compared with, by any keys."""

    def __init__(self, stems: Iterable[tuple[Key, str]]) -> None:
        self._stems = [(key, folded(stem)) for key, stem in stems]
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        self._exactly: dict[str, int] = {}
        for place, (_key, stem) in enumerate(self._stems):
            self._exactly.setdefault(stem, place)
            for gram in _grams(stem):
                self._places[gram].append(place)

    def like(self, stem: str, but: Key | None = None) -> Likeness[Key] | None:
        """The stem most like this one, if any is alike; the first of several. `but` is left out."""
        wanted = folded(stem)
        best: Likeness[Key] | None = None
        exactly = self._exactly.get(wanted)
        if wanted and exactly is not None and self._stems[exactly][0] != but:
            return Likeness(self._stems[exactly][0], 100)
        for place in self._candidates(wanted):
            key, other = self._stems[place]
            if key == but or not other or not 0.6 < len(other) / (len(wanted) or 1) < 1.7:
                continue
            percent = fuzz.ratio(wanted, other, score_cutoff=ALIKE)
            if percent >= ALIKE and (best is None or percent > best.percent):
                best = Likeness(key, int(percent))
        return best

    def _candidates(self, stem: str) -> list[int]:
        known = [self._places[gram] for gram in _grams(stem) if gram in self._places]
        rare: list[int] = []
        for places in sorted(known, key=len)[:_RAREST]:
            if rare and len(rare) + len(places) > _MOST_COUNTED:
                break
            rare += places[:_MOST_COUNTED]
        counted = Counter(rare)
        return sorted(place for place, _count in counted.most_common(_COMPARED))


def _grams(stem: str) -> set[str]:
    return {stem[place : place + 3] for place in range(max(1, len(stem) - 2))}


def twins(stems: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Which of these stems are like an earlier one: its place, the earlier's place, and how much in per cent."""
    known: Stems[int] = Stems(enumerate(stems))
    for place, stem in enumerate(stems):
        found = known.like(stem, but=place)
        if found and found.key < place:
            yield place, found.key, found.percent
