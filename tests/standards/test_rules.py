"""What a panel's numbers say of questions, papers and the pass mark."""

from fractions import Fraction

import pytest

from exam.papers.rules import BlueprintLine
from exam.standards.rules import (
    Asked,
    Implied,
    Spread,
    Verdict,
    Weights,
    blueprint_weights,
    complete,
    implied,
    may_lead,
    paper_weights,
    spreads,
    verdict,
)
from question_bank.items import Kind

TABLE = {
    1: {1: 80, 2: 70, 3: 90, 4: 60},
    2: {1: 70, 2: 60, 3: 80, 4: 50},
    3: {1: 90, 2: 80, 3: 70, 4: 60},
}
"""Three judges, four questions. By hand: grand mean 71 2/3, MS of judges 133 1/3, of questions 366 2/3, left 66 2/3."""
EVEN = paper_weights(dict.fromkeys((1, 2, 3, 4), Fraction(25)))


def test_the_passing_score_is_the_mean_over_judges_of_what_their_newcomers_earn():
    found = implied(TABLE, EVEN)
    assert (found.percent, found.judges, found.questions) == (Fraction(215, 3), 3, 4)


def test_the_errors_are_those_of_a_two_way_table():
    """Across judges 5.7735 / √3; across both √((133.33 + 366.67 − 66.67) / 12), Brennan & Lockwood 1980."""
    found = implied(TABLE, EVEN)
    assert found.judge_error == pytest.approx(3.3333, abs=1e-4)
    assert found.whole_error == pytest.approx(6.0093, abs=1e-4)


def test_points_weigh():
    """Half of the points on the first question: judges 79, 69 and 81.67 times; by hand (40+11.67+15+10) and so on."""
    weights = paper_weights({1: Fraction(3), 2: Fraction(1), 3: Fraction(1), 4: Fraction(1)})
    found = implied(TABLE, weights)
    assert found.percent == Fraction(460 + 400 + 480, 18)
    assert weights.squares == Fraction(12, 36)


def test_one_judge_has_no_error_and_one_question_none_across_questions():
    alone = implied({1: TABLE[1]}, EVEN)
    assert (alone.percent, alone.judge_error, alone.whole_error) == (75, None, None)
    single = implied({1: {1: 80}, 2: {1: 70}}, paper_weights({1: Fraction(100)}))
    assert single.judge_error == pytest.approx(5)
    assert single.whole_error is None
    assert implied({}, EVEN) is None


def test_who_left_a_question_out_does_not_count():
    said = {1: {1: 50, 2: 60}, 2: {1: 70}}
    assert complete(said, (1, 2)) == {1: {1: 50, 2: 60}}


@pytest.mark.parametrize(
    ("values", "low", "median", "high", "mean"),
    [
        ((70,), 70, 70, 70, 70),
        ((60, 80), 60, 70, 80, 70),
        ((10, 75, 80), 10, 75, 80, 55),
        ((60, 65, 80, 100), 60, Fraction(145, 2), 100, Fraction(305, 4)),
    ],
)
def test_the_spread_of_a_question(values, low, median, high, mean):
    said = {judge: {9: value} for judge, value in enumerate(reversed(values))}
    found = spreads(said)[9]
    assert (found.lowest, found.median, found.highest, found.mean) == (low, median, high, mean)
    assert found == Spread(tuple(values))


TOPIC, OTHER = 1, 2
SINGLE = Kind.SINGLE_CHOICE


def test_a_blueprint_shares_the_points_of_a_row_among_what_it_may_draw():
    rows = [
        BlueprintLine(TOPIC, SINGLE, None, 2, Fraction(30)),
        BlueprintLine(OTHER, SINGLE, 3, 1, Fraction(40)),
    ]
    asked = {n: Asked(TOPIC, SINGLE, 1) for n in (1, 2, 3)} | {4: Asked(OTHER, SINGLE, 3), 5: Asked(OTHER, SINGLE, 1)}
    fifth, two_fifths = Fraction(1, 5), Fraction(2, 5)
    # Two questions of 30 and one of 40 points: 0.3² + 0.3² + 0.4².
    assert blueprint_weights(rows, asked) == Weights({1: fifth, 2: fifth, 3: fifth, 4: two_fifths}, Fraction(34, 100))


def test_a_row_without_a_judged_question_gives_no_passing_score():
    rows = [BlueprintLine(TOPIC, SINGLE, 2, 1, Fraction(100))]
    assert blueprint_weights(rows, {1: Asked(TOPIC, SINGLE, 1)}) is None
    assert blueprint_weights([], {1: Asked(TOPIC, SINGLE, 1)}) is None


@pytest.mark.parametrize(
    ("percent", "error", "said"),
    [
        (Fraction(78), 1.0, Verdict.NEAR),
        (Fraction(7799, 100), 1.0, Verdict.ABOVE),
        (Fraction(8201, 100), 1.0, Verdict.BELOW),
        (Fraction(78), None, Verdict.UNKNOWN),
    ],
)
def test_the_pass_mark_beside_it(percent, error, said):
    assert verdict(Implied(percent, 3, 4, error, None), 80) is said


def test_who_leads():
    assert may_lead(1, 1, True)
    assert not may_lead(2, 1, True)
    assert may_lead(2, 1, False)
