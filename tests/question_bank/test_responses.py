"""What the wire may carry as an answer, and what is refused."""

import pytest

from question_bank.responses import (
    ChoiceResponse,
    Kind,
    Response,
    TextResponse,
    TruthResponse,
    is_blank,
    parse_response,
    response_data,
)


@pytest.mark.parametrize(
    ("kind", "data", "response"),
    [
        (Kind.SINGLE_CHOICE, {"choices": ["a"]}, ChoiceResponse(frozenset("a"))),
        (Kind.SINGLE_CHOICE, {"choices": []}, ChoiceResponse(frozenset())),
        (Kind.MULTIPLE_CHOICE, {"choices": ["b", "a"]}, ChoiceResponse(frozenset("ab"))),
        (Kind.TRUE_FALSE, {"truth": False}, TruthResponse(False)),
        (Kind.SHORT_ANSWER, {"text": " 先倾听 \n🙂"}, TextResponse(" 先倾听 \n🙂")),
        (Kind.SHORT_ANSWER, {"text": "x" * 5000}, TextResponse("x" * 5000)),
        (Kind.TRUE_FALSE, None, None),
    ],
)
def test_each_kind_reads_its_own_shape(kind: Kind, data: object, response: Response | None) -> None:
    assert parse_response(kind, data) == response


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Kind.SINGLE_CHOICE, {"choices": ["a", "b"]}),
        (Kind.SINGLE_CHOICE, {"truth": True}),
        (Kind.SINGLE_CHOICE, {"choices": "a"}),
        (Kind.SINGLE_CHOICE, {"choices": [1]}),
        (Kind.SINGLE_CHOICE, {"choices": [["a"]]}),
        (Kind.MULTIPLE_CHOICE, {"choices": ["a", "a"]}),
        (Kind.MULTIPLE_CHOICE, {"choices": [""]}),
        (Kind.MULTIPLE_CHOICE, {"choices": ["x" * 41]}),
        (Kind.MULTIPLE_CHOICE, {"choices": [f"c{number}" for number in range(21)]}),
        (Kind.MULTIPLE_CHOICE, {"choices": ["a"], "more": 1}),
        (Kind.TRUE_FALSE, {"truth": 1}),
        (Kind.TRUE_FALSE, {"truth": None}),
        (Kind.TRUE_FALSE, {}),
        (Kind.SHORT_ANSWER, {"text": "x" * 5001}),
        (Kind.SHORT_ANSWER, {"text": "a\0b"}),
        (Kind.SHORT_ANSWER, {"text": "half a pair \ud83d"}),
        (Kind.SHORT_ANSWER, {"text": None}),
        (Kind.SHORT_ANSWER, "text"),
        (Kind.SHORT_ANSWER, ["text"]),
    ],
)
def test_any_other_shape_is_refused(kind: Kind, data: object) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_response(kind, data)


@pytest.mark.parametrize(
    ("response", "blank"),
    [
        (None, True),
        (ChoiceResponse(frozenset()), True),
        (ChoiceResponse(frozenset("a")), False),
        (TruthResponse(False), False),
        (TextResponse(" \n\u3000"), True),
        (TextResponse("0"), False),
    ],
)
def test_what_counts_as_blank(response: Response | None, blank: bool) -> None:
    assert is_blank(response) is blank


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Kind.MULTIPLE_CHOICE, {"choices": ["a", "b", "c"]}),
        (Kind.TRUE_FALSE, {"truth": True}),
        (Kind.SHORT_ANSWER, {"text": "先倾听"}),
        (Kind.SHORT_ANSWER, None),
    ],
)
def test_a_response_is_written_as_it_was_read(kind: Kind, data: object) -> None:
    assert response_data(parse_response(kind, data)) == data
