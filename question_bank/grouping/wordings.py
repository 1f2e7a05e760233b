"""Which answers to one question share a wording of their own: not the question's, the model answer's or the course's.

Two answers have one wording when they are the same or nearly the same, as the marking desk has it (`grouping.alike`),
and still so after the phrases that everybody may know have been taken away. Whoever is nearly the same as one of a
wording belongs to it: a chain makes a wording more common, never rarer.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from question_bank.grouping import LONG_ENOUGH, NEAR, Key, Said, said

PHRASE = 4
"""Characters in a row (folded) from which on what an answer shares with known words is taken from there."""


def wordings(texts: Mapping[Key, str], known: Iterable[str] = ()) -> dict[Key, Said]:
    """For each answer that tells something, one answer of its wording, folded: the same for all who share it.

    `known` are the question's own words, the model answer's and what was taught, taken away wherever they stand. An
    answer of which fewer than `LONG_ENOUGH` characters remain tells nothing and is left out. For n answers n²/2
    comparisons, of those only that agree in their negations and numbers.
    """
    without, own = _Known(known), {}
    alike: defaultdict[object, list[Said]] = defaultdict(list)
    for one in {said(text): None for text in texts.values()}:
        own[one] = without(one.text)
        if len(own[one]) >= LONG_ENOUGH:
            alike[one.weights].append(one)
    shared: dict[Said, Said] = {}
    for several in alike.values():
        firsts = _chained(_near([one.text for one in several]) & _near([own[one] for one in several]))
        shared |= {one: several[first] for one, first in zip(several, firsts, strict=True)}
    return {key: shared[one] for key, text in texts.items() if (one := said(text)) in shared}


def _near(texts: Sequence[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which of these texts are nearly the same as which, n × n."""
    return cdist(texts, texts, scorer=Indel.normalized_similarity, score_cutoff=NEAR / 100) > 0


def _chained(near: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> list[int]:
    """For each place the first one that a chain of near ones leads to."""
    first = list(range(len(near)))
    for place in first[:]:
        if first[place] != place:
            continue
        reached = [place]
        for at in reached:
            for other in np.flatnonzero(near[at]).tolist():
                if first[other] == other and other > place:
                    first[other] = place
                    reached.append(other)
    return first


class _Known:
    """Takes known words out of a folded text: phrases of `PHRASE` characters and more, and shorter ones as a whole."""

    def __init__(self, texts: Iterable[str]) -> None:
        folded = {said(text).text for text in texts}
        self._phrases = {text[at : at + PHRASE] for text in folded for at in range(len(text) - PHRASE + 1)}
        short = sorted((text for text in folded if 1 < len(text) < PHRASE), key=len, reverse=True)
        self._short = re.compile("|".join(map(re.escape, short)) or "(?!)")

    def __call__(self, text: str) -> str:
        gone = {at for found in self._short.finditer(text) for at in range(*found.span())}
        for at in range(len(text) - PHRASE + 1):
            if text[at : at + PHRASE] in self._phrases:
                gone.update(range(at, at + PHRASE))
        return "".join(sign for at, sign in enumerate(text) if at not in gone)
