"""Answers that say the same, so that a marker decides once for all of them; what they differ in is never hidden.

Two answers are put together in one of three ways: letter for letter the same; the same after NFKC, case, spaces,
punctuation, traditional characters and the forms of numbers are taken away; or nearly the same in their letters. Never
together, however alike: answers that differ in a negation, in a number or its unit (`weights`).
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from rapidfuzz.distance import Indel

from question_bank.grouping.saying import Said, said, simplified_in_place

__all__ = ["LONG_ENOUGH", "NEAR", "Alike", "Likeness", "Said", "alike", "in_common", "said", "same",
           "simplified_in_place"]  # fmt: skip

NEAR = 88
"""Per cent from which two answers are shown as nearly the same: 2·(letters in common, in order) / both lengths."""
LONG_ENOUGH = 10
"""Characters (folded) of both: of shorter answers one other letter may be another answer."""
Key = TypeVar("Key", bound=Hashable)


class Likeness(StrEnum):
    """How an answer is like another."""

    IDENTICAL = "identical"
    SAME = "same"
    """But for width, case, spaces, punctuation, traditional characters or the form of a number."""
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Alike(Generic[Key]):
    """An answer like another one: how, and how much in whole per cent, rounded down (near ones are below 100)."""

    key: Key
    likeness: Likeness
    percent: int


def same(one: str, two: str) -> bool:
    """Whether two answers say the same, letter for letter or folded. Nothing says the same as nothing."""
    return bool(said(one).text) and said(one) == said(two)


def alike(text: str, others: Mapping[Key, str]) -> list[Alike[Key]]:
    """Those of `others` that are like an answer: the most alike first, otherwise in their order.

    All of them have the same negations, numbers and units as `text`, and so as each other. One look at each: some
    milliseconds for thousands, once their texts have been folded.
    """
    asked = said(text)
    if not asked.text:
        return []
    found = [
        Alike(key, *how) for key, other in others.items() if (how := _likeness(text, asked, other, said(other)))
    ]  # fmt: skip
    ranks = {likeness: rank for rank, likeness in enumerate(Likeness)}
    return sorted(found, key=lambda one: (ranks[one.likeness], -one.percent))


def _likeness(text: str, asked: Said, other: str, known: Said) -> tuple[Likeness, int] | None:
    if known.weights != asked.weights:
        return None
    if other == text:
        return Likeness.IDENTICAL, 100
    if known.text == asked.text:
        return Likeness.SAME, 100
    if min(len(known.text), len(asked.text)) < LONG_ENOUGH:
        return None
    share = Indel.normalized_similarity(asked.text, known.text, score_cutoff=NEAR / 100)
    return (Likeness.NEAR, min(99, int(100 * share))) if share * 100 >= NEAR else None


def in_common(text: str, other: str) -> Iterable[tuple[str, bool]]:
    """The pieces of `other` in order, and whether each stands in `text` as well; so that a page can mark the rest."""
    for step in Indel.opcodes(text, other):
        piece = other[step.dest_start : step.dest_end]
        if piece:
            yield piece, step.tag == "equal"
