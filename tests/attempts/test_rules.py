"""The timed run as tables: what is shown, how long, which answer counts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest

from exam.attempts.rules import (
    CloseReason,
    Door,
    Layout,
    counting,
    door,
    ending,
    is_over,
    minutes_between,
    must_ask,
    remaining_ms,
    summary,
)
from question_bank.items import (
    Choice,
    ChoiceResponse,
    KeyPoint,
    Kind,
    MultipleChoice,
    ShortAnswer,
    SingleChoice,
    TextResponse,
    TrueFalse,
    TruthResponse,
)

TEN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ELEVEN = TEN + timedelta(hours=1)
SECOND = timedelta(seconds=1)

CHOICES = tuple(Choice(id, f"words of {id}", correct=id == "b") for id in "abcd")
ITEMS = {
    1: SingleChoice("Which one?", CHOICES),
    2: MultipleChoice("Which ones?", CHOICES),
    3: TrueFalse("Is it so?", correct=True),
    4: ShortAnswer("Why?", (KeyPoint("p1", "because", Fraction(5)),)),
}


@pytest.fixture
def layout() -> Layout:
    return Layout.build(Random(7), ITEMS)


def tokens(layout: Layout, position: int) -> dict[str, str]:
    """Token by id of the bank."""
    return {id: token for token, id in layout.places[position].choices}


# What a candidate sees


def test_a_layout_shows_every_choice_once_in_an_order_of_its_own(layout: Layout) -> None:
    for position in (1, 2):
        assert sorted(id for _token, id in layout.places[position].choices) == ["a", "b", "c", "d"]
    orders = {tuple(id for _t, id in Layout.build(Random(seed), ITEMS).places[1].choices) for seed in range(200)}
    assert len(orders) == 24


def test_tokens_are_used_once_and_say_nothing_of_the_id(layout: Layout) -> None:
    shown = [token for place in layout.places.values() for token, _id in place.choices]
    assert len(set(shown)) == len(shown) == 8
    other = Layout.build(Random(8), ITEMS)
    assert not set(shown) & {token for place in other.places.values() for token, _id in place.choices}


def test_a_layout_survives_its_json_form(layout: Layout) -> None:
    back = Layout.from_data(layout.to_data())
    assert back.places == layout.places
    assert Layout.place_in(layout.to_data(), 2) == layout.places[2]
    assert Layout.place_in(layout.to_data(), 5) is None


def test_an_answer_in_tokens_is_read_into_ids_and_shown_again(layout: Layout) -> None:
    one, several = tokens(layout, 1), tokens(layout, 2)
    cases = [
        (1, {"choices": [one["b"]]}, ChoiceResponse(frozenset("b"))),
        (2, {"choices": sorted([several["c"], several["a"]])}, ChoiceResponse(frozenset("ac"))),
        (3, {"truth": False}, TruthResponse(False)),
        (4, {"text": "  因为…\n 🙂 "}, TextResponse("  因为…\n 🙂 ")),
    ]
    for position, sent, read in cases:
        place = layout.places[position]
        assert place.read(sent) == read
        kept = {1: {"choices": ["b"]}, 2: {"choices": ["a", "c"]}}.get(position, sent)
        assert place.show(kept) == sent


@pytest.mark.parametrize(
    ("position", "sent"), [(1, {"choices": []}), (2, {"choices": []}), (4, {"text": ""}), (3, None)]
)
def test_an_emptied_answer_is_none(layout: Layout, position: int, sent: object) -> None:
    assert layout.places[position].read(sent) is None


def test_what_is_no_answer_to_this_slot_is_refused(layout: Layout) -> None:
    one, several = tokens(layout, 1), tokens(layout, 2)
    cases = [
        (1, {"choices": ["b"]}),  # the bank's own id
        (1, {"choices": [several["b"]]}),  # another question's token
        (1, {"choices": [one["a"], one["b"]]}),
        (2, {"choices": [several["a"], several["a"]]}),
        (2, {"truth": True}),
        (3, {"truth": "true"}),
        (4, {"text": "x" * 5001}),
        (4, {"text": "\0"}),
        (4, "just text"),
        (1, []),
    ]
    for position, sent in cases:
        with pytest.raises(ValueError, match=r"."):
            layout.places[position].read(sent)


def test_a_slot_knows_which_responses_can_be_its_own(layout: Layout) -> None:
    assert layout.places[1].accepts(ChoiceResponse(frozenset("b")))
    assert layout.places[1].accepts(None)
    assert not layout.places[1].accepts(ChoiceResponse(frozenset("x")))
    assert not layout.places[1].accepts(TextResponse("b"))
    assert layout.count(Kind.SHORT_ANSWER) == 1
    assert layout.count(Kind.SINGLE_CHOICE, Kind.TRUE_FALSE) == 2


# How long


@pytest.mark.parametrize(
    ("end", "minutes"),
    [(ELEVEN, 60), (TEN + 90 * SECOND, Fraction(3, 2)), (TEN + timedelta(microseconds=1), Fraction(1, 60_000_000))],
)
def test_the_time_given_is_kept_exactly(end: datetime, minutes: Fraction) -> None:
    assert minutes_between(TEN, end) == minutes


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (TEN, 3_600_000),
        (ELEVEN - timedelta(microseconds=1500), 1),
        (ELEVEN - timedelta(microseconds=900), 0),
        (ELEVEN, 0),
        (ELEVEN + SECOND, 0),
    ],
)
def test_the_time_left_is_rounded_down_and_never_below_nothing(now: datetime, left: int) -> None:
    assert remaining_ms(ELEVEN, now) == left


OPEN, CLOSED, LATE, VOID = Door.OPEN, Door.CLOSED, Door.AFTER_DEADLINE, Door.VOIDED
SUBMITTED, DEADLINE = CloseReason.SUBMITTED, CloseReason.DEADLINE


@pytest.mark.parametrize(
    ("after_deadline", "close_reason", "voided", "expected"),
    [
        (-3600, None, False, OPEN),
        (0, None, False, OPEN),
        (10, None, False, OPEN),  # the last moment of a grace of ten seconds
        (11, None, False, LATE),
        (-60, SUBMITTED, False, CLOSED),
        (60, SUBMITTED, False, CLOSED),  # handed in: no answer is late any more
        (5, DEADLINE, False, LATE),
        (-60, None, True, VOID),
        (60, DEADLINE, True, VOID),
    ],
)
def test_the_door(after_deadline: int, close_reason: CloseReason | None, voided: bool, expected: Door) -> None:
    now = ELEVEN + after_deadline * SECOND
    assert door(ELEVEN, 10, close_reason, TEN if voided else None, now) is expected


def test_an_attempt_is_over_one_microsecond_after_the_grace() -> None:
    last = ELEVEN + 10 * SECOND
    assert not is_over(ELEVEN, 10, last)
    assert is_over(ELEVEN, 10, last + timedelta(microseconds=1))
    assert is_over(ELEVEN, 0, ELEVEN + timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (ELEVEN - SECOND, (ELEVEN - SECOND, SUBMITTED)),
        (ELEVEN, (ELEVEN, DEADLINE)),
        (ELEVEN + 5 * SECOND, (ELEVEN, DEADLINE)),
    ],
)
def test_an_attempt_never_ends_after_its_deadline(now: datetime, expected: tuple[datetime, CloseReason]) -> None:
    assert ending(ELEVEN, now) == expected


@pytest.mark.parametrize(
    ("live_page", "heard_before", "asks"),
    [
        (None, None, False),  # nobody was here
        ("mine", 1, False),  # a reload
        ("other", 1, True),
        ("other", 599, True),
        ("other", 600, False),  # long gone
    ],
)
def test_a_page_asks_before_it_takes_over_from_one_in_use(
    live_page: str | None, heard_before: int | None, asks: bool
) -> None:
    heard = None if heard_before is None else TEN - heard_before * SECOND
    assert must_ask("mine", live_page, heard, TEN) is asks


# Which answer counts


@dataclass(frozen=True)
class Numbered:
    epoch: int
    number: int


@pytest.mark.parametrize(
    ("arrived", "counts"),
    [
        ([], None),
        ([(1, 1)], (1, 1)),
        ([(1, 2), (1, 1)], (1, 2)),  # reordered on the way
        ([(2, 1), (1, 9)], (2, 1)),  # the earlier page was offline and delivers late
        ([(1, 9), (2, 1), (2, 2)], (2, 2)),
    ],
)
def test_the_last_number_of_the_latest_page_counts(
    arrived: list[tuple[int, int]], counts: tuple[int, int] | None
) -> None:
    found = counting(Numbered(*one) for one in arrived)
    assert (found and (found.epoch, found.number)) == counts


def test_a_summary_sorts_the_slots(layout: Layout) -> None:
    answers = {1: {"choices": ["b"]}, 2: None, 4: {"text": " \n"}}
    found = summary(layout, answers, {4, 1})
    assert (found.answered, found.open, found.flagged) == ((1,), (2, 3, 4), (1, 4))
