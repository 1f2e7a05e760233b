"""A choice between true and false is a statement of ours."""

from collections.abc import Sequence
from dataclasses import dataclass

from question_bank.formats.answers import folded, truth
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import EVERYTHING, NOTHING, Noted, ReadChoice

_OF_A_QUESTION = frozenset(["Y", "N", "YES", "NO"])
"""Answers to a question; a statement is true or false."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is right: None where the file doesn't say."""

    correct: bool | None


def as_truth(choices: Sequence[ReadChoice], noted: Noted) -> Truth | None:
    """The truth of a single choice between true and false, and what it loses; None for any other."""
    words = [truth(one.text) for one in choices]
    if len(choices) != 2 or {*words} != {True, False} or any(folded(one.text) in _OF_A_QUESTION for one in choices):
        return None
    right = [word for word, one in zip(words, choices, strict=True) if one.correct]
    if len(right) > 1:
        return None
    if any(one.feedback for one in choices):
        noted.append((ReadCode.NOT_KEPT, "feedback for true and for false"))
    if any(one.fraction not in (NOTHING, EVERYTHING) for one in choices):
        noted.append((ReadCode.NOT_KEPT, "points for the wrong answer"))
    return Truth(right[0] if right else None)
