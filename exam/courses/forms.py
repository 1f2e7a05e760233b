"""The shape of an answer to a knowledge check, as its page sends it."""

from collections.abc import Sequence

from question_bank.items import (
    ChoiceResponse,
    Item,
    Kind,
    MultipleChoice,
    Response,
    SingleChoice,
    TrueFalse,
    TruthResponse,
    parse_response,
)

TRUTHS = {"true": True, "false": False}


def read_response(item: Item, ticked: Sequence[str]) -> Response | None:
    """The response that the ticked values stand for, None for none. Refuses what no page sends with ValueError."""
    if not ticked:
        return None
    if item.kind is Kind.TRUE_FALSE:
        if len(ticked) > 1:
            raise ValueError("a statement is answered by true or false")
        return parse_response(item.kind, {"truth": TRUTHS.get(ticked[0])})
    return parse_response(item.kind, {"choices": list(ticked)})


def ticked_values(response: Response | None) -> frozenset[str]:
    """The values of the rows that a response ticks."""
    if isinstance(response, TruthResponse):
        return frozenset(value for value, truth in TRUTHS.items() if truth is response.truth)
    return response.choices if isinstance(response, ChoiceResponse) else frozenset()


def key_values(item: Item) -> frozenset[str]:
    """The values of the rows that are right."""
    if isinstance(item, TrueFalse):
        return ticked_values(TruthResponse(item.correct))
    return item.keys if isinstance(item, SingleChoice | MultipleChoice) else frozenset()
