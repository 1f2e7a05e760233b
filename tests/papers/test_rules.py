"""Blueprints and drawing as tables: whether the bank suffices, and which questions a paper gets."""

from collections import Counter
from dataclasses import replace
from datetime import time
from fractions import Fraction
from itertools import count
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam.papers.rules import (
    BlueprintLine,
    Candidate,
    Flaw,
    NotEnough,
    Terms,
    TermsProblem,
    choose,
    disjoint_papers,
    flaw,
    possible,
    shortfalls,
    terms_problems,
)
from question_bank.items import Kind

COMPLAINT, CARDS = 1, 2
SINGLE, MULTIPLE, TRUTH, SHORT = Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE, Kind.TRUE_FALSE, Kind.SHORT_ANSWER


def row(number: int, difficulty: int | None = None, topic: int = COMPLAINT, kind: Kind = SINGLE, worth=2):
    return BlueprintLine(topic, kind, difficulty, number, Fraction(worth))


def bank_of(counts: dict[tuple[int, Kind, int], int]) -> list[Candidate]:
    ids = count(1)
    return [
        Candidate(number := next(ids), 100 + number, *cell) for cell, amount in counts.items() for _ in range(amount)
    ]


def singles(easy: int = 0, medium: int = 0, hard: int = 0) -> dict[tuple[int, Kind, int], int]:
    return {(COMPLAINT, SINGLE, level): number for level, number in enumerate((easy, medium, hard), start=1)}


@pytest.mark.parametrize(
    ("rows", "total"),
    [
        ([], 0),
        ([row(20, worth=2), row(10, kind=MULTIPLE, worth=3)], 70),
        ([row(3, worth=Fraction(1, 2))], Fraction(3, 2)),
        ([row(1, worth=Fraction(1, 3))] * 3, 1),
    ],
)
def test_the_worth_of_a_paper_is_exact(rows, total):
    assert possible(rows) == total


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], Flaw.NO_ROWS),
        ([row(50, worth=2)], None),
        ([row(49, worth=2)], Flaw.NOT_FULL),
        ([row(50, worth=2), row(1, worth=Fraction(1, 2))], Flaw.NOT_FULL),
        ([row(300, worth=Fraction(1, 3))], None),
    ],
)
def test_a_paper_is_worth_exactly_100(rows, found):
    assert flaw(rows) is found


@pytest.mark.parametrize(
    ("rows", "counts", "short"),
    [
        # Enough, to the last question.
        ([row(3, 3)], singles(hard=3), []),
        ([row(3, 3)], singles(hard=2), [(3, 2, False)]),
        ([row(1)], {}, [(1, 0, False)]),
        ([row(1)], {(CARDS, SINGLE, 1): 9, (COMPLAINT, TRUTH, 1): 9}, [(1, 0, False)]),
        # Any difficulty takes from all three.
        ([row(5)], singles(1, 2, 2), []),
        ([row(6)], singles(1, 2, 2), [(6, 5, False)]),
        # Two rows share the hard ones: the one that can't go elsewhere is served first, whatever the order.
        ([row(2, 3), row(3)], singles(1, 2, 2), []),
        ([row(3), row(2, 3)], singles(1, 2, 2), []),
        ([row(4), row(2, 3)], singles(1, 2, 2), [(4, 3, True)]),
        # The same row twice counts twice.
        ([row(2, 1), row(2, 1)], singles(easy=3), [(2, 1, True)]),
        ([row(2), row(2)], singles(easy=3), [(2, 1, True)]),
        # A row that lacks a difficulty takes nothing from the others.
        ([row(3, 3), row(2)], singles(2, 0, 1), [(3, 1, False)]),
    ],
)
def test_shortfalls_name_the_rows_that_cannot_be_filled(rows, counts, short):
    assert [(one.needed, one.available, one.shared) for one in shortfalls(rows, counts)] == short


@pytest.mark.parametrize(
    ("rows", "counts", "papers"),
    [
        ([], singles(9, 9, 9), 0),
        ([row(1)], {}, 0),
        ([row(2)], singles(2, 2, 2), 3),
        ([row(2)], singles(2, 2, 1), 2),
        ([row(1, 3)], singles(9, 9, 2), 2),
        ([row(1, 3), row(1)], singles(1, 1, 3), 2),
        ([row(1, 3), row(2)], singles(1, 1, 7), 3),
        ([row(1), row(1, topic=CARDS)], {**singles(9), (CARDS, SINGLE, 2): 2}, 2),
    ],
)
def test_disjoint_papers(rows, counts, papers):
    assert disjoint_papers(rows, counts) == papers


def test_a_paper_goes_from_ticking_to_writing_and_no_question_comes_twice():
    rows = [row(3, kind=kind) for kind in (SHORT, TRUTH, SINGLE, MULTIPLE)]
    rows += [row(2, kind=SINGLE, topic=CARDS)]
    counts = {(topic, kind, level): 3 for topic in (COMPLAINT, CARDS) for kind in Kind for level in (1, 2, 3)}
    choice = choose(rows, bank_of(counts), (), Random(5))
    assert [slot.kind for slot in choice.slots] == [SINGLE] * 5 + [MULTIPLE] * 3 + [TRUTH] * 3 + [SHORT] * 3
    assert len({slot.question_id for slot in choice.slots}) == 14
    assert choice.repeats == 0


def test_the_order_within_a_kind_is_by_chance_and_repeatable():
    rows = [row(3), row(3, topic=CARDS)]
    available = bank_of({(COMPLAINT, SINGLE, 1): 3, (CARDS, SINGLE, 1): 3})
    orders = {tuple(slot.question_id for slot in choose(rows, available, (), Random(seed)).slots) for seed in range(20)}
    assert len(orders) > 10
    assert choose(rows, available, (), Random(7)) == choose(rows, available, (), Random(7))


def test_each_row_gives_its_own_points():
    rows = [row(2, 1, worth=2), row(3, worth=5), row(1, worth=1)]
    slots = choose(rows, bank_of(singles(5, 5, 5)), (), Random(1)).slots
    assert Counter(slot.points for slot in slots) == {Fraction(2): 2, Fraction(5): 3, Fraction(1): 1}


@pytest.mark.parametrize(
    ("seen", "repeats"),
    [((), 0), ((1,), 0), ((1, 2, 3), 0), ((1, 2, 3, 4), 1), ((1, 2, 3, 4, 5, 6), 3), ((999,), 0)],
)
def test_seen_questions_come_again_only_when_the_bank_has_no_others(seen, repeats):
    for seed in range(10):
        choice = choose([row(3)], bank_of(singles(2, 2, 2)), seen, Random(seed))
        assert choice.repeats == repeats
        assert sum(slot.question_id in seen for slot in choice.slots) == repeats


def test_a_row_with_a_difficulty_takes_only_that_one():
    slots = choose([row(2, 3)], bank_of(singles(5, 5, 3)), {11, 12}, Random(1)).slots
    assert {slot.question_id for slot in slots} <= {11, 12, 13}


def test_a_paper_that_cannot_be_filled_is_refused_with_what_is_missing():
    with pytest.raises(NotEnough) as refusal:
        choose([row(3, 3)], bank_of(singles(9, 9, 2)), (), Random(1))
    assert [(one.needed, one.available) for one in refusal.value.shortfalls] == [(3, 2)]


cells = st.dictionaries(st.tuples(st.just(COMPLAINT), st.just(SINGLE), st.integers(1, 3)), st.integers(0, 9))
blueprints = st.lists(st.builds(row, st.integers(1, 3), st.sampled_from([None, 1, 2, 3])), min_size=1, max_size=4)


@given(blueprints, cells, st.integers())
def test_one_person_gets_as_many_disjoint_papers_as_are_promised(rows, counts, seed):
    """Also where rows with and without a difficulty share questions: a draw never uses up what the next one needs."""
    available, rng, seen = bank_of(counts), Random(seed), set()
    for _ in range(disjoint_papers(rows, counts)):
        choice = choose(rows, available, seen, rng)
        assert choice.repeats == 0
        seen.update(slot.question_id for slot in choice.slots)


@given(blueprints, cells, st.sets(st.integers(1, 27)), st.integers())
def test_a_paper_is_drawn_exactly_when_nothing_is_short(rows, counts, seen, seed):
    available = bank_of(counts)
    if shortfalls(rows, counts):
        with pytest.raises(NotEnough):
            choose(rows, available, seen, Random(seed))
        return
    slots = choose(rows, available, seen, Random(seed)).slots
    assert len({slot.question_id for slot in slots}) == len(slots) == sum(one.count for one in rows)
    assert sum(slot.points for slot in slots) == possible(rows)


@given(blueprints, cells, st.sets(st.integers(1, 27)), st.integers())
def test_no_more_repeats_than_the_bank_forces(rows, counts, seen, seed):
    available = bank_of(counts)
    if shortfalls(rows, counts):
        return
    unseen = Counter(one.difficulty for one in available if one.question_id not in seen)
    fixed = Counter()
    for one in rows:
        if one.difficulty:
            fixed[one.difficulty] += one.count
    new = sum(min(fixed[level], unseen[level]) for level in (1, 2, 3))
    spare = unseen.total() - new
    new += min(spare, sum(one.count for one in rows if not one.difficulty))
    assert choose(rows, available, seen, Random(seed)).repeats == sum(one.count for one in rows) - new


TERMS = Terms("结业测试")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, {}),
        ({"pass_percent": 90}, {}),
        ({"pass_percent": 91}, {"distinction_percent": TermsProblem.DISTINCTION_BELOW_PASS}),
        ({"minutes": 0}, {"minutes": TermsProblem.OUT_OF_RANGE}),
        ({"minutes": 601}, {"minutes": TermsProblem.OUT_OF_RANGE}),
        ({"max_retakes": 0}, {}),
        ({"window_days": 0, "places": 0}, dict.fromkeys(("window_days", "places"), TermsProblem.OUT_OF_RANGE)),
        ({"shuts_at": time(9, 0)}, {"shuts_at": TermsProblem.SHUTS_BEFORE_IT_OPENS}),
        ({"title": "   "}, {"title": TermsProblem.NO_TITLE}),
    ],
)
def test_terms_that_contradict_each_other(changes, found):
    assert terms_problems(replace(TERMS, **changes)) == found
