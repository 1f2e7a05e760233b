"""Which rows the bank can't fill, why, and what would do; and what a question is expected to earn."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from math import isclose, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam.papers.rules import (
    Candidate,
    Cause,
    Marked,
    Task,
    expected_seconds,
    expected_share,
    lacks,
    least_cap,
    shortfalls,
)
from question_bank.items import Kind
from tests.papers.test_assembling import question, row


def said(task: Task) -> list[tuple]:
    return [(one.number, one.write, one.lower_to, one.cause.value, one.any_difficulty) for one in lacks(task)]


def family(*names: str) -> list[Candidate]:
    return [question(id, family=name) for id, name in enumerate(names, start=1)]


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        (Task([row(3)], [question(id) for id in range(1, 4)]), []),
        (Task([row(1), row(4)], [question(id) for id in range(1, 4)]), [(2, 2, 2, "count", False)]),
        # Another difficulty would do, unless somebody else needs that.
        (Task([row(2, 3)], [question(1, difficulty=3), question(2)]), [(1, 1, 1, "count", True)]),
        (Task([row(2, 3), row(1)], [question(1, difficulty=3), question(2)]), [(1, 1, 1, "count", False)]),
        (Task([row(2)], family("a", "a", "a")), [(1, 1, 1, "families", False)]),
        (Task([row(2)], [question(1), question(2)], enemies={(1, 2)}), [(1, 1, 1, "enemies", False)]),
        (
            Task([row(3)], [*family("a", "a"), question(3), question(4)], enemies={(3, 4)}),
            [(1, 1, 2, "families", False)],
        ),
        # Neither alone is the cause.
        (Task([row(2)], family("a", "a", ""), enemies={(1, 3), (2, 3)}), [(1, 1, 1, "families", False)]),
        (Task([row(2)], family("a", "a"), enemies={(1, 2)}), [(1, 1, 1, "families_and_enemies", False)]),
        # Enough for one paper, not for three.
        (Task([row(2)], [replace(question(id), room=1) for id in range(1, 6)], papers=3), [(1, 1, 1, "cap", False)]),
        (Task([row(2)], [replace(question(id), room=1) for id in range(1, 7)], papers=3), []),
    ],
)
def test_what_is_missing_why_and_what_would_do(task, expected) -> None:
    assert said(task) == expected


def test_families_and_enemies_that_are_the_cause_are_named() -> None:
    [lack] = lacks(Task([row(3)], [*family("a", "a"), question(3)]))
    assert (lack.cause, lack.families, lack.has) == (Cause.FAMILIES, ("a",), 3)
    [lack] = lacks(Task([row(2)], [question(1), question(2), question(3, topic=9)], enemies={(1, 2)}))
    assert (lack.cause, lack.pairs) == (Cause.ENEMIES, ((1, 2),))


def test_the_least_cap_that_would_do() -> None:
    """Four papers of two from three questions: each stands in three; five people to a paper, and two have seen it."""
    task = Task([row(2)], [replace(question(id), shown=2) for id in range(1, 4)], papers=4)
    assert least_cap(task, cap=1, people=20) == 17
    assert least_cap(replace(task, candidates=task.candidates[:1]), cap=1, people=20) is None


@given(
    st.lists(st.builds(row, st.integers(1, 3), st.sampled_from([None, 1, 2, 3])), min_size=1, max_size=4),
    st.lists(st.sampled_from([1, 2, 3]), max_size=9),
)
@settings(max_examples=15)
def test_without_families_and_enemies_it_agrees_with_counting(rows, levels) -> None:
    candidates = [question(id, difficulty=level) for id, level in enumerate(levels, start=1)]
    counts = Counter((one.topic, one.kind, one.difficulty) for one in candidates)
    counted = shortfalls(rows, counts)
    found = lacks(Task(rows, candidates))
    assert sum(one.write for one in found) == sum(one.needed - one.available for one in counted)
    assert {one.cause for one in found} <= {Cause.COUNT}


@given(
    st.lists(st.builds(row, st.integers(1, 3), st.sampled_from([None, 3])), min_size=1, max_size=3),
    st.lists(st.tuples(st.sampled_from([1, 3]), st.sampled_from(["", "a", "b"])), max_size=7),
)
@settings(max_examples=10)
def test_each_change_that_is_named_would_do(rows, bank) -> None:
    """Writing what is missing everywhere, or asking for so many fewer."""
    candidates = [question(id, difficulty=level, family=name) for id, (level, name) in enumerate(bank, start=1)]
    found = lacks(Task(rows, candidates))
    written = [
        question(100 * one.number + n, difficulty=one.row.difficulty or 1) for one in found for n in range(one.write)
    ]
    assert lacks(Task(rows, [*candidates, *written])) == []
    lowered = {one.number: one.lower_to for one in found}
    fewer = [replace(line, count=lowered.get(number, line.count)) for number, line in enumerate(rows, start=1)]
    assert lacks(Task([line for line in fewer if line.count], candidates)) == []


# What a question is expected to earn


@pytest.mark.parametrize(
    ("difficulty", "estimate", "marked", "share"),
    [
        (1, None, None, Fraction(9, 10)),
        (2, None, None, Fraction(4, 5)),
        (3, None, None, Fraction(13, 20)),
        # The trainers' own estimate takes the place of the difficulty.
        (3, Fraction(1, 2), None, Fraction(1, 2)),
        # As many marks as the estimate is worth: half way.
        (2, Fraction(4, 5), Marked(20, Fraction(8)), Fraction(3, 5)),
        (2, Fraction(1, 2), Marked(60, Fraction(60)), Fraction(7, 8)),
        (2, Fraction(0), Marked(4, Fraction(0)), Fraction(0)),
    ],
)
def test_estimates_move_towards_the_data(difficulty, estimate, marked, share) -> None:
    assert expected_share(difficulty, estimate, marked).share == share


def test_the_error_is_the_deviation_of_the_posterior() -> None:
    """Beta(16 + 8, 4 + 12): variance ab / ((a + b)²(a + b + 1))."""
    found = expected_share(2, None, Marked(20, Fraction(8)))
    assert isclose(found.error, sqrt(24 * 16 / (40**2 * 41)))


@given(st.integers(0, 200), st.fractions(0, 1), st.sampled_from([1, 2, 3]))
def test_it_lies_between_estimate_and_data_and_is_surer_with_more(number, share, difficulty) -> None:
    prior = expected_share(difficulty)
    found = expected_share(difficulty, None, Marked(number, number * share))
    assert min(prior.share, share) <= found.share <= max(prior.share, share) or number == 0
    more = expected_share(difficulty, None, Marked(2 * number + 1, (2 * number + 1) * found.share))
    assert more.error < found.error or found.error == 0


def test_seconds_are_what_was_said_or_usual() -> None:
    assert expected_seconds(Kind.SHORT_ANSWER, None) == 240
    assert expected_seconds(Kind.SHORT_ANSWER, 400) == 400
