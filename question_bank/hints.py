"""What would make a question better, told while it is written: never a reason to refuse it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from string import ascii_uppercase

from rapidfuzz import fuzz

from question_bank.items import Item, Kind, MultipleChoice, ShortAnswer, SingleChoice
from question_bank.searching import fold
from question_bank.tokens import in_words

MUCH_LONGER = Fraction(3, 2)
"""A key longer than every other choice by this factor stands out."""
LONG_ENOUGH = 8
"""Characters: below this a difference in length says nothing, and two choices are rarely alike by accident."""
GOOD_NUMBER_OF_CHOICES = 4
ALIKE = 90
"""Of 100: how much of two choices may be the same before they look alike, as rapidfuzz counts it."""

ALL_OR_NONE = re.compile(
    r"(以上|上述|前面|前述)(各项|几项|选项|答案|说法|内容|三项|三者|全部|两项)*"
    r"(都|均|全|皆)?(是|不是|对|不对|正确|不正确|错误|错|可以?|不可以?|符合|不符合)了?$"
    r"|^(全部|全都|都|均|皆)(是|不是|对|不对|正确|不正确|错误|可以)$|^全选$"
    r"|^(all|none|any|both) (of )?(the |these )?(above|choices|answers|options)",
)
"""A choice about the other choices, folded and without its last stop."""
NEGATION = re.compile(
    r"不能不|不得不|不会不|不可不|不该不|不应不|不要不|不是不|没有不|无不|莫不|未必不|并非不|绝不是不"
    r"|(没有|并非|不是|不会|不能)[^，。；,;?、]{0,10}(?<!是)(不(?!是|同|仅|但|断|过)|没有)"
    r"|\b(not|never|no|cannot)\b[^.,;?]{0,30}\b(not|never|no|except|without)\b"
)
"""Two signs of negation in one clause of a folded text."""
QUESTIONS = re.compile(r"(是|能|会|可|要|对|该|应|行|有)不\1|有没有|不仅|不但")
"""These have the sign and negate nothing."""
NEGATED_STEM = re.compile(
    r"不(正确|恰当|属于|包括|符合|应|该|合适|妥|当|对|准确|必)|错误的|\bnot\b|\bexcept\b|\bincorrect\b"
)
NEGATED_CHOICE = re.compile(r"^(不|没有|未|无需|无须|不必|禁止)|^(do not|don't|never|not)\b")
ASKS = re.compile(
    r"[?？]|[(（]\s*[)）]|_{2,}|＿{2,}|……|⋯⋯|\.{3,}|[:：]\s*$"
    r"|什么|哪|谁|怎样|怎么|如何|为何|几|多少|是否|何时|何地|请|写出|列出|说明|简述|选出|选择|判断|举例|阐述|论述|谈谈|分析|描述|解释"
    r"|\b(what|which|who|why|how|when|where|name|list|explain|describe|write|choose|select|state|give)\b"
)
"""What lets a reader see what is asked, anywhere in a folded text; a statement to be judged needs none."""

WEIGHTY = re.compile(
    r"[0-9]+(?:\.[0-9]+)?|(?:周|星期)[一二三四五六日天]"
    r"|[一二三四五六七八九十百千万两]+(?=[个天年月日时分秒次人元名项步周])|[不没未无非]"
)
"""The little words by which two choices may differ in what matters: numbers, days, negations."""

ENOUGH_KEYS = 20
"""Single choices below which the places of their keys say nothing."""
TOO_OFTEN = Fraction(2, 5)
"""More keys than this share in one place of four or more is uneven."""


class HintCode(StrEnum):
    """What could be better. In brackets: what comes with it."""

    NO_QUESTION = "no_question"
    DOUBLE_NEGATION = "double_negation"  # text
    FEW_CHOICES = "few_choices"
    KEY_STANDS_OUT = "key_stands_out"  # letter
    ALL_OR_NONE = "all_or_none"  # letter, text
    ALIKE = "alike"  # letter, other
    NO_PHRASES = "no_phrases"  # text
    NO_REFERENCE = "no_reference"
    NO_EXPLANATION = "no_explanation"
    NO_TOPIC = "no_topic"
    NO_SOURCE = "no_source"


@dataclass(frozen=True, slots=True)
class Hint:
    """A way to a better question."""

    code: HintCode
    letter: str = ""
    other: str = ""
    text: str = ""


def hints(item: Item, *, source: str | None, topic: bool = True) -> list[Hint]:
    """All that could be better, in the order of the fields. `topic`: whether it has one; `source`: a course page."""
    return list(_hints(item, source, topic))


def _hints(item: Item, source: str | None, topic: bool) -> Iterator[Hint]:
    yield from _of_stem(item)
    match item:
        case SingleChoice() | MultipleChoice():
            yield from _of_choices(item)
        case ShortAnswer():
            for key_point in item.key_points:
                if not key_point.accepted:
                    yield Hint(HintCode.NO_PHRASES, text=key_point.text)
            if not item.reference:
                yield Hint(HintCode.NO_REFERENCE)
    if not item.explanation.strip():
        yield Hint(HintCode.NO_EXPLANATION)
    if not topic:
        yield Hint(HintCode.NO_TOPIC)
    if not source:
        yield Hint(HintCode.NO_SOURCE)


def _of_stem(item: Item) -> Iterator[Hint]:
    stem = fold(in_words(item.stem))
    if stem and item.kind is not Kind.TRUE_FALSE and not ASKS.search(stem):
        yield Hint(HintCode.NO_QUESTION)
    if found := double_negation(stem):
        yield Hint(HintCode.DOUBLE_NEGATION, text=found)
    elif NEGATED_STEM.search(stem) and isinstance(item, SingleChoice | MultipleChoice):
        negated = [choice.text for choice in item.choices if NEGATED_CHOICE.search(fold(choice.text))]
        if negated:
            yield Hint(HintCode.DOUBLE_NEGATION, text=negated[0])


def double_negation(folded: str) -> str | None:
    """The words in which a folded text negates twice; None where it doesn't."""
    found = NEGATION.search(QUESTIONS.sub("", folded))
    return found[0] if found else None


def _of_choices(item: SingleChoice | MultipleChoice) -> Iterator[Hint]:
    if len(item.choices) < GOOD_NUMBER_OF_CHOICES:
        yield Hint(HintCode.FEW_CHOICES)
    wrong = max((len(in_words(choice.text)) for choice in item.choices if not choice.correct), default=0)
    lettered = list(zip(ascii_uppercase, item.choices, strict=False))
    for letter, choice in lettered:
        length = len(in_words(choice.text))
        if choice.correct and wrong and length > LONG_ENOUGH and length > MUCH_LONGER * wrong:
            yield Hint(HintCode.KEY_STANDS_OUT, letter=letter)
    for letter, choice in lettered:
        if ALL_OR_NONE.search(fold(choice.text).rstrip("。.!;；")):
            yield Hint(HintCode.ALL_OR_NONE, letter=letter, text=choice.text)
    for (letter, one), (other, two) in combinations(lettered, 2):
        if alike(one.text, two.text):
            yield Hint(HintCode.ALIKE, letter=letter, other=other)


def alike(one: str, two: str) -> bool:
    """Whether two choices say nearly the same; those that differ in a number or a negation differ in what matters."""
    first, second = fold(one), fold(two)
    if min(len(first), len(second)) < LONG_ENOUGH or _marks(first) != _marks(second):
        return False
    return fuzz.ratio(first, second) >= ALIKE


def _marks(folded: str) -> list[str]:
    return WEIGHTY.findall(folded)


@dataclass(frozen=True, slots=True)
class Uneven:
    """One place has the keys of too many single choices of the bank."""

    letter: str
    number: int
    total: int


def uneven_keys(places: Mapping[int, int]) -> Uneven | None:
    """Whether the keys of a bank's single choices stand too often in one place; `places` counts them by place, from 0.

    Candidates see the choices in another order each; on paper and in files for other systems they stand as written.
    """
    total = sum(places.values())
    if total < ENOUGH_KEYS:
        return None
    place, number = max(places.items(), key=lambda one: (one[1], -one[0]))
    return Uneven(ascii_uppercase[place % 26], number, total) if number > TOO_OFTEN * total else None
