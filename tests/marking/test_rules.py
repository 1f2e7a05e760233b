"""Marks as tables: points, which mark counts, who may mark, hidden names, what the machine points out."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

import pytest

from exam.marking.rules import (
    Counts,
    Decision,
    MarkRefusal,
    MarkSource,
    Said,
    Segment,
    Stage,
    Task,
    agreement,
    alias,
    attempt_behind,
    counting,
    drawn,
    drift,
    followed,
    given,
    in_order,
    is_near,
    last_session,
    margin,
    mark_refusal,
    parts,
    points_of,
    segments,
    task,
    what_counts,
    why_second,
)
from question_bank.items import KeyPoint, ShortAnswer
from tests.builders import NOW

RULE, PERSON, WITHDRAWN = MarkSource.RULE, MarkSource.PERSON, MarkSource.WITHDRAWN


@dataclass
class FakeMark:
    id: int
    position: int
    source: MarkSource = PERSON


@pytest.mark.parametrize(
    ("share", "worth", "points"),
    [("0", "5", "0"), ("1", "5", "5"), ("1/3", "5", "5/3"), ("7/10", "2", "7/5"), ("1/2", "1/3", "1/6")],
)
def test_points_are_the_exact_share_of_a_slots_worth(share, worth, points):
    assert points_of(Fraction(share), Fraction(worth)) == Fraction(points)


@pytest.mark.parametrize("share", ["-1/10", "11/10"])
def test_a_share_outside_0_to_1_is_refused(share):
    with pytest.raises(ValueError, match="share"):
        points_of(Fraction(share), Fraction(5))


def test_the_last_mark_of_a_slot_counts_in_whatever_order_they_are_read():
    marks = [FakeMark(3, 1), FakeMark(1, 1, RULE), FakeMark(2, 2)]
    assert {position: mark.id for position, mark in counting(marks).items()} == {1: 3, 2: 2}


def test_a_withdrawn_mark_leaves_the_slot_unmarked_until_the_next_one():
    first = [FakeMark(1, 1, RULE), FakeMark(2, 1, WITHDRAWN)]
    assert counting(first) == {}
    assert counting([*first, FakeMark(3, 1)])[1].id == 3


@pytest.mark.parametrize(
    ("points", "between"),
    [
        ("1/2", []),
        ("1", ["1/2"]),
        ("3/2", ["1/2", "1"]),
        ("2", ["1/2", "1", "3/2"]),
        ("1/3", []),
        ("4/3", ["1/2", "1"]),
    ],
)
def test_a_part_of_a_key_point_is_given_in_halves(points, between):
    assert list(parts(Fraction(points))) == [Fraction(one) for one in between]


# marker 1, candidate 2
@pytest.mark.parametrize(
    ("candidate", "tutor", "others", "allowed_openly", "refusal"),
    [
        (2, 3, True, False, None),
        (2, None, False, False, None),
        (2, 1, True, False, MarkRefusal.OWN_TUTEE),
        (2, 1, True, True, MarkRefusal.OWN_TUTEE),
        (2, 1, False, False, MarkRefusal.ONLY_TRAINER),
        (2, 1, False, True, None),
        (1, 3, True, True, MarkRefusal.OWN_PAPER),
        (1, None, False, True, MarkRefusal.OWN_PAPER),
    ],
)
def test_who_may_mark(candidate, tutor, others, allowed_openly, refusal):
    found = mark_refusal(1, candidate, tutor, other_trainers=others, own_trainer_may_mark=allowed_openly)
    assert found is refusal


@pytest.mark.parametrize("attempt_id", [1, 2, 41, 65_535, 65_536, 2_147_483_647])
def test_an_alias_leads_back_to_its_attempt(attempt_id):
    assert attempt_behind(alias(attempt_id, 7, "secret"), 7, "secret") == attempt_id


def test_aliases_differ_by_candidate_question_and_secret():
    names = {alias(attempt, question, secret) for attempt in range(50) for question in (1, 2) for secret in ("a", "b")}
    assert len(names) == 200


@pytest.mark.parametrize("name", ["", "7f3a", "zzzzzzzz", "7F3A0000", "7f3a00001"])
def test_what_is_no_alias_is_refused(name):
    with pytest.raises(ValueError, match="names no answer"):
        attempt_behind(name, 7, "secret")


def test_each_marker_has_an_order_of_their_own_that_stays():
    ids = range(100)
    assert in_order(ids, 1, 5) == in_order(reversed(ids), 1, 5) != in_order(ids, 2, 5)
    assert in_order(ids, 1, 5) != list(ids) != in_order(ids, 1, 6)


ITEM = ShortAnswer(
    "怎么做？",
    (
        KeyPoint("a", "倾听", Fraction(1), ("倾听",)),
        KeyPoint("b", "道歉", Fraction(2), ("道歉", "真诚道歉")),
        KeyPoint("c", "回访", Fraction(2), ("回访",)),
    ),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("没写到", [Segment("没写到")]),
        ("先倾听，再道歉", [Segment("先"), Segment("倾听", (1,)), Segment("，再"), Segment("道歉", (2,))]),
        ("不用道歉", [Segment("不用"), Segment("道歉", (2,), doubtful=True)]),
    ],
)
def test_recognised_phrases_are_cut_out(text, found):
    assert segments(text, ITEM.propose(text)) == found


def test_a_part_goes_before_the_tick_and_the_rest_is_nothing():
    assert given(ITEM.key_points, ["a", "b"], {"b": Fraction(1, 2)}) == {"a": 1, "b": Fraction(1, 2), "c": 0}


@pytest.mark.parametrize(
    ("points", "found", "agreed", "judged"),
    [
        ({"a": "1"}, {"a": "found"}, 1, 1),
        ({"a": "0"}, {"a": "found"}, 0, 1),
        ({"a": "1/2"}, {"a": "found"}, 0, 1),
        ({}, {"a": "missing"}, 1, 1),
        ({"a": "1"}, {"a": "missing"}, 0, 1),
        ({"a": "1"}, {"a": "doubtful"}, 0, 0),
        ({"a": "1", "b": "1"}, {"a": "found", "b": "missing", "gone": "found"}, 1, 2),
        ({"a": "1"}, {}, 0, 0),
    ],
)
def test_how_often_a_marker_followed_the_machine(points, found, agreed, judged):
    points_each = [KeyPoint(id, id, Fraction(1)) for id in "abc"]
    told = followed(points_each, [(points, {id: {"found": word} for id, word in found.items()})])
    assert (told.agreed, told.judged, told.enough) == (agreed, judged, False)


# Second marking


@pytest.mark.parametrize(
    ("score", "error", "near"),
    [
        ("77", None, True),
        ("76.9", None, False),
        ("83", None, True),
        ("83.1", None, False),
        ("86.9", None, False),
        ("87", None, True),
        ("93", None, True),
        ("93.1", None, False),
        ("100", None, False),
        ("75.5", "4.5", True),
        ("75.4", "4.5", False),
        ("76.9", "1", False),
        ("77", "1", True),
    ],
)
def test_scores_that_may_cross_a_cut_are_near(score, error, near):
    within = margin(Fraction(error) if error else None)
    assert is_near(Fraction(score), (80, 90), within) is near


def test_the_lot_falls_on_the_same_attempts_and_on_about_its_share():
    chosen = [id for id in range(4000) if drawn(id, "secret", 15)]
    assert chosen == [id for id in range(4000) if drawn(id, "secret", 15)]
    assert 500 < len(chosen) < 700
    assert chosen != [id for id in range(4000) if drawn(id, "another", 15)]
    assert not any(drawn(id, "secret", 0) for id in range(200))
    assert all(drawn(id, "secret", 100) for id in range(200))


def test_why_an_attempt_gets_a_second_marker():
    terms = {"attempt_id": 1, "lot": "x", "share": 0}
    assert why_second(Fraction(81), (80, 90), None, **terms) == "near_cut"
    assert why_second(Fraction(70), (80, 90), None, **terms) is None
    assert why_second(Fraction(70), (80, 90), None, **terms | {"share": 100}) == "lot"


@pytest.mark.parametrize(
    ("said", "tolerance", "share", "opinions", "stage"),
    [
        ("", None, None, (), None),
        ("", 1, None, (), Stage.SECOND),
        ("A 1/2", None, "1/2", (1,), None),
        ("A 1/2, A 1", None, "1", (2,), None),
        ("A 1/2", 1, "1/2", (1,), Stage.SECOND),
        ("A 1/2, B 7/10", 1, "3/5", (1, 2), Stage.SETTLED),
        ("A 1/2, B 71/100", 1, "1/2", (1,), Stage.THIRD),
        ("A 1/2, B 1/2", 0, "1/2", (1, 2), Stage.SETTLED),
        ("A 1/2, B 6/10", 0, "1/2", (1,), Stage.THIRD),
        ("A 0, B 1, C 3/4", 1, "3/4", (3,), Stage.SETTLED),
        ("A 0, B 1, A 9/10", 1, "19/20", (3, 2), Stage.SETTLED),
        ("A 0, B 1, C 3/4, A 1", 1, "1", (4, 2), Stage.SETTLED),
    ],
)
def test_what_counts_of_one_two_or_three_markers_on_five_points(said, tolerance, share, opinions, stage):
    parsed = [one.split() for one in said.split(", ") if one]
    given_so_far = [Said(n, ord(who), Fraction(text)) for n, (who, text) in enumerate(parsed, start=1)]
    found = what_counts(given_so_far, tolerance, Fraction(5))
    assert found == Counts(Fraction(share) if share else None, opinions, stage)


@pytest.mark.parametrize(
    ("marked", "gave", "stage", "left"),
    [
        (False, False, None, Task.FIRST),
        (False, False, Stage.SECOND, Task.FIRST),
        (True, False, None, Task.NOTHING),
        (True, False, Stage.SECOND, Task.SECOND),
        (True, False, Stage.THIRD, Task.THIRD),
        (True, False, Stage.SETTLED, Task.NOTHING),
        (True, True, None, Task.CORRECT),
        (True, True, Stage.SECOND, Task.CORRECT),
        (True, True, Stage.THIRD, Task.CORRECT),
    ],
)
def test_what_is_left_to_do_for_a_marker(marked, gave, stage, left):
    assert task(marked=marked, gave=gave, stage=stage) is left


# Agreement and drift


def kappa_by_definition(pairs):
    """1 − Σ v·observed / Σ v·expected over all categories, v = (i − j)²: Cohen 1968, as his table is worked out."""
    scores = sorted({score for pair in pairs for score in pair})
    n = len(pairs)
    observed = sum((a - b) ** 2 for a, b in pairs)
    rows = {score: sum(a == score for a, _ in pairs) for score in scores}
    columns = {score: sum(b == score for _, b in pairs) for score in scores}
    expected = sum((i - j) ** 2 * rows[i] * columns[j] for i in scores for j in scores) / Fraction(n)
    return float(1 - observed / expected)


@pytest.mark.parametrize(
    ("pairs", "exact", "within"),
    [
        ([(1, 1), (2, 2), (3, 3)], "1", "1"),
        ([(0, 5), (5, 0)], "0", "0"),
        ([(1, 2), (2, 2), (3, 5), (4, 4)], "1/2", "3/4"),
        ([("1/2", "1"), (3, 3), (5, "7/2"), (0, 1)], "1/4", "3/4"),
    ],
)
def test_agreement_of_two_markers(pairs, exact, within):
    exactly = [(Fraction(one), Fraction(two)) for one, two in pairs]
    found = agreement(exactly)
    assert (found.n, found.exact, found.within_one) == (len(pairs), Fraction(exact), Fraction(within))
    assert found.kappa == pytest.approx(kappa_by_definition(exactly))
    assert not found.enough


def test_agreement_says_nothing_where_nothing_can_be_said():
    assert agreement([]).kappa is None
    assert agreement([(Fraction(2), Fraction(2))] * 30).kappa is None
    assert agreement([(Fraction(2), Fraction(2))] * 20).enough


def decisions(values, pause=1):
    return [Decision(NOW + timedelta(minutes=pause * place), value) for place, value in enumerate(values)]


def test_a_session_ends_with_a_long_pause():
    early, late = decisions([1, 2, 3]), [Decision(NOW + timedelta(hours=4, minutes=n), n) for n in range(2)]
    assert last_session(late + early) == late
    assert last_session(early[::-1]) == early
    assert last_session([]) == []


@pytest.mark.parametrize(
    ("values", "change", "sure"),
    [
        ([0] * 40, 0, False),
        ([place / 2 for place in range(41)], 20, True),
        ([-place / 2 for place in range(41)], -20, True),
        ([30 if place % 2 else -30 for place in range(40)], 4.39, False),
        ([place / 1000 for place in range(41)], 0.04, False),
    ],
)
def test_a_drift_is_told_only_when_it_is_sure_and_worth_telling(values, change, sure):
    found = drift(decisions(values))
    assert found.change == pytest.approx(change, abs=0.01)
    assert found.is_sure is sure
    assert len(found.parts) == 6


def test_few_decisions_show_no_drift():
    assert drift(decisions(range(29))) is None
    assert drift(decisions(range(30))).parts[0] == 2
