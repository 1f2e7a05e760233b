"""What changed between two wordings of a question, field by field, for a page that shows them side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from question_bank.items import Item, MultipleChoice, ShortAnswer, SingleChoice, TrueFalse

Value = str | bool | int | Fraction | tuple[str, ...] | None


@dataclass(frozen=True)
class Difference:
    """One field before and after; None where it wasn't there.

    `field` is one of stem, explanation, reference, choice (its text), correct, order, key_point (its text), points,
    accepted, difficulty, source; `part` the id of the choice or key point it belongs to.
    """

    field: str
    part: str | None
    before: Value
    after: Value


def differences(old: Item, new: Item) -> list[Difference]:
    """All that differs between two items of one kind, in the order in which an editor shows the fields."""
    before, after = dict(_facts(old)), dict(_facts(new))
    fields = [*after, *(field for field in before if field not in after)]
    return [
        Difference(name, part, before.get((name, part)), after.get((name, part)))
        for name, part in fields
        if before.get((name, part)) != after.get((name, part))
    ]


def seen_part(item: Item) -> tuple[object, ...]:
    """What a candidate sees of an item: all but the key, the explanation and what only markers use."""
    choices = item.choices if isinstance(item, SingleChoice | MultipleChoice) else ()
    return (item.kind, item.stem, tuple((choice.id, choice.text) for choice in choices))


def _facts(item: Item) -> Iterator[tuple[tuple[str, str | None], Value]]:
    yield ("stem", None), item.stem
    match item:
        case SingleChoice() | MultipleChoice():
            for choice in item.choices:
                yield ("choice", choice.id), choice.text
                yield ("correct", choice.id), choice.correct
            yield ("order", None), tuple(choice.id for choice in item.choices)
        case TrueFalse():
            yield ("correct", None), item.correct
        case ShortAnswer():
            for key_point in item.key_points:
                yield ("key_point", key_point.id), key_point.text
                yield ("points", key_point.id), key_point.points
                yield ("accepted", key_point.id), key_point.accepted
            yield ("order", None), tuple(key_point.id for key_point in item.key_points)
            yield ("reference", None), item.reference
    yield ("explanation", None), item.explanation
