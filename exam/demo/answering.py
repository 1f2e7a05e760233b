"""How a new hire of the demo answers: believable answers that come to about a given score. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from question_bank.items import (
    ChoiceResponse,
    CreditRule,
    Item,
    MultipleChoice,
    Response,
    ShortAnswer,
    SingleChoice,
    TextResponse,
    TrueFalse,
    TruthResponse,
)

WRONG_AT_FIRST = 1 / 8
TRIED_AGAIN = 1 / 2


@dataclass(frozen=True)
class Answered:
    """One answer, and for a short one the key points it has: what a marker will find in it."""

    response: Response
    key_points: Mapping[str, Fraction]


def answers(
    places: Mapping[int, tuple[Item, Fraction]], target: int, rule: CreditRule, rng: Random
) -> dict[int, Answered]:
    """Answers to every slot that come to `target` points, or a little more where no slot is small enough to lose.

    `places`: by position the item and its worth. Begins with everything right and makes one slot after the other wrong
    while that leaves at least the target.
    """
    given = {position: right(item, rng) for position, (item, _worth) in places.items()}
    score = sum((worth for _item, worth in places.values()), Fraction())
    order = list(places)
    rng.shuffle(order)
    for position in order:
        item, worth = places[position]
        for worse in worse_answers(item, rng):
            loss = worth - earned(item, worse, worth, rule)
            if score - loss >= target:
                given[position], score = worse, score - loss
                break
    return given


def earned(item: Item, answered: Answered, worth: Fraction, rule: CreditRule) -> Fraction:
    """What an answer will get, a short one by the key points it has."""
    if isinstance(item, ShortAnswer):
        return worth * item.award(answered.key_points)
    return worth * item.mark(answered.response, rule)


def right(item: Item, rng: Random) -> Answered:
    """A right answer."""
    match item:
        case SingleChoice():
            return Answered(ChoiceResponse(frozenset([min(item.keys)])), {})
        case MultipleChoice():
            return Answered(ChoiceResponse(item.keys), {})
        case TrueFalse():
            return Answered(TruthResponse(item.correct), {})
        case ShortAnswer():
            return short(item, len(item.key_points), rng)


def worse_answers(item: Item, rng: Random) -> Sequence[Answered]:
    """Answers that lose something, the dearest loss first."""
    match item:
        case SingleChoice():
            wrong = sorted(choice.id for choice in item.choices if not choice.correct)
            return [Answered(ChoiceResponse(frozenset([rng.choice(wrong)])), {})]
        case MultipleChoice():
            keys = sorted(item.keys)
            wrong = sorted(choice.id for choice in item.choices if not choice.correct)
            return [
                Answered(ChoiceResponse(frozenset([*keys[:-1], rng.choice(wrong)])), {}),
                Answered(ChoiceResponse(frozenset(keys[:-1])), {}),
            ]
        case TrueFalse():
            return [Answered(TruthResponse(not item.correct), {})]
        case ShortAnswer():
            return [short(item, count, rng) for count in range(1, len(item.key_points))]


def tries(item: Item, rng: Random) -> list[Answered]:
    """The tries at a knowledge check: one in eight goes wrong at first, and half of those are tried again."""
    if rng.random() >= WRONG_AT_FIRST:
        return [right(item, rng)]
    wrong = worse_answers(item, rng)[0]
    return [wrong, right(item, rng)] if rng.random() < TRIED_AGAIN else [wrong]


def short(item: ShortAnswer, count: int, rng: Random) -> Answered:
    """A short answer with the first `count` key points, in words a candidate would use."""
    said = item.key_points[:count]
    phrases = [rng.choice(point.accepted) if point.accepted else point.text for point in said]
    text = rng.choice(("", "我觉得", "我的理解是")) + "，".join(phrases) + "。"
    return Answered(TextResponse(text), {point.id: point.points for point in said})
