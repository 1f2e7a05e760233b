"""What stops a question from being published, in codes that the site puts into words beside the right field."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from question_bank.items import Item, MultipleChoice, ShortAnswer, SingleChoice, TrueFalse
from question_bank.responses import MOST_CHOICES
from question_bank.tokens import Token, parts

LONGEST_STEM = 2000
LONGEST_CHOICE = 500
LONGEST_EXPLANATION = 2000
LONGEST_REFERENCE = 5000
LONGEST_KEY_POINT = 300
LONGEST_PHRASE = 100
LONGEST_TAG = 40
MOST_TAGS = 20
MOST_KEY_POINTS = 12
MOST_PHRASES = 40
MOST_POINTS = 100


class ProblemCode(StrEnum):
    """What is wrong. In brackets: the params that come with it."""

    EMPTY = "empty"
    TOO_LONG = "too_long"  # most: characters
    TOO_FEW_CHOICES = "too_few_choices"
    TOO_MANY_CHOICES = "too_many_choices"  # most
    SAME_TEXT_TWICE = "same_text_twice"  # text
    NO_KEY = "no_key"
    ALL_KEYS = "all_keys"
    ONLY_ONE_KEY = "only_one_key"
    NO_KEY_POINTS = "no_key_points"
    TOO_MANY_KEY_POINTS = "too_many_key_points"  # most
    POINTS_NOT_POSITIVE = "points_not_positive"
    POINTS_TOO_MANY = "points_too_many"  # most
    POINTS_NOT_IN_HALVES = "points_not_in_halves"
    TOO_MANY_PHRASES = "too_many_phrases"  # most
    NOTHING_SAID_OF_PICTURE = "nothing_said_of_picture"


@dataclass(frozen=True)
class Problem:
    """One thing to mend. `field` is the item's own field; `part` the id of the choice or key point concerned."""

    field: str
    code: ProblemCode
    part: str | None = None
    most: int | None = None
    text: str | None = None


def problems(item: Item) -> list[Problem]:
    """All that stops an item from being published, in the order of its fields; empty when it may be."""
    return list(_problems(item))


def _problems(item: Item) -> Iterator[Problem]:
    yield from _text("stem", item.stem, LONGEST_STEM)
    match item:
        case SingleChoice() | MultipleChoice():
            yield from _choices(item)
        case ShortAnswer():
            yield from _key_points(item)
            yield from _text("reference", item.reference, LONGEST_REFERENCE, needed=False)
        case TrueFalse():
            pass
    yield from _text("explanation", item.explanation, LONGEST_EXPLANATION, needed=False)


def _choices(item: SingleChoice | MultipleChoice) -> Iterator[Problem]:
    if len(item.choices) < 2:
        yield Problem("choices", ProblemCode.TOO_FEW_CHOICES)
    if len(item.choices) > MOST_CHOICES:
        yield Problem("choices", ProblemCode.TOO_MANY_CHOICES, most=MOST_CHOICES)
    seen: set[str] = set()
    for choice in item.choices:
        yield from _text("choices", choice.text, LONGEST_CHOICE, part=choice.id)
        looks = _looks(choice.text)
        if looks and looks in seen:
            yield Problem("choices", ProblemCode.SAME_TEXT_TWICE, part=choice.id, text=choice.text)
        seen.add(looks)
    if not item.keys:
        yield Problem("choices", ProblemCode.NO_KEY)
    elif isinstance(item, MultipleChoice):
        if len(item.keys) == len(item.choices):
            yield Problem("choices", ProblemCode.ALL_KEYS)
        elif len(item.keys) == 1:
            yield Problem("choices", ProblemCode.ONLY_ONE_KEY)


def _key_points(item: ShortAnswer) -> Iterator[Problem]:
    if not item.key_points:
        yield Problem("key_points", ProblemCode.NO_KEY_POINTS)
    if len(item.key_points) > MOST_KEY_POINTS:
        yield Problem("key_points", ProblemCode.TOO_MANY_KEY_POINTS, most=MOST_KEY_POINTS)
    for key_point in item.key_points:
        yield from _text("key_points", key_point.text, LONGEST_KEY_POINT, part=key_point.id)
        if key_point.points <= 0:
            yield Problem("key_points", ProblemCode.POINTS_NOT_POSITIVE, part=key_point.id)
        elif key_point.points > MOST_POINTS:
            yield Problem("key_points", ProblemCode.POINTS_TOO_MANY, part=key_point.id, most=MOST_POINTS)
        elif (2 * key_point.points).denominator != 1:
            yield Problem("key_points", ProblemCode.POINTS_NOT_IN_HALVES, part=key_point.id)
        if len(key_point.accepted) > MOST_PHRASES:
            yield Problem("key_points", ProblemCode.TOO_MANY_PHRASES, part=key_point.id, most=MOST_PHRASES)
        for phrase in key_point.accepted:
            yield from _text("key_points", phrase, LONGEST_PHRASE, part=key_point.id)


def _text(field: str, text: str, most: int, *, part: str | None = None, needed: bool = True) -> Iterator[Problem]:
    if needed and not text.strip():
        yield Problem(field, ProblemCode.EMPTY, part=part)
    if len(text) > most:
        yield Problem(field, ProblemCode.TOO_LONG, part=part, most=most)
    if any(isinstance(one, Token) and not one.alt for one in parts(text)):
        yield Problem(field, ProblemCode.NOTHING_SAID_OF_PICTURE, part=part)


def _looks(text: str) -> str:
    """A choice as a reader sees it: full-width letters and stray spaces make no second choice."""
    return " ".join(unicodedata.normalize("NFKC", text).split())
