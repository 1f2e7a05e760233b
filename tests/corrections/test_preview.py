"""What a preview says is exactly what carrying it out does: marks, results, outcomes, figures and statistics."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from exam.accounts.rules import Role
from exam.attempts.models import Attempt
from exam.corrections import actions, queries
from exam.corrections.rules import BY_WORTH, Policy, adds_key_points
from exam.marking.models import Mark
from exam.marking.queries import counting_marks, reweighed
from exam.results import actions as results
from exam.results.queries import current_results
from exam.results.rules import Outcome
from question_bank import bank
from question_bank.items import Kind, ShortAnswer
from question_bank.models import QuestionVersion
from tests.builders import make_person
from tests.corrections.builders import apply, propose, version_of, with_key
from tests.marking.builders import LATER, hand_in, mark_all

SHARES = [Fraction(), Fraction(1, 5), Fraction(1, 2), Fraction(1)]
PASSED = (Outcome.PASS, Outcome.DISTINCTION)
people = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(SHARES), st.sampled_from(["handed in", "marked", "released"])),
    min_size=1, max_size=3,
)  # fmt: skip
keys = st.sampled_from([("b",), ("c",), None])
rubrics = st.sampled_from([("1", "4"), ("4", "1"), ("2", "6"), None])
ways = st.sampled_from([way for way in Policy if way is not Policy.RESTORE])
worths = st.sampled_from(["1", "5/2", "20"])
AROUND_THE_CUTS = [
    (6, Fraction(1, 5), "released"),
    (5, Fraction(1, 2), "released"),
    (5, Fraction(1), "marked"),
    (0, Fraction(1), "handed in"),
]
"""80 and 90 hang on one question."""


@pytest.fixture
def two(session):
    return [make_person(session, Role.TRAINER, full_name=name) for name in ("周敏", "许静")]


def sit(session, exam, marker, right, share, how_far):
    """An attempt with so many objective questions right, and so much of the short answers."""
    attempt = hand_in(session, exam=exam, right=right)
    if how_far != "handed in":
        five = 5 * share
        mark_all(session, attempt, marker, {"k1": min(five, Fraction(2)), "k2": max(Fraction(), five - 2)})
    if how_far == "released":
        results.release(session, [attempt], marker.id, LATER)
    return attempt


def mended(session, attempt, key, rubric, policy):
    """A version of the paper, and its key by which answers would count; none for the ways that need none."""
    version, _position = version_of(session, attempt, Kind.SHORT_ANSWER if rubric else Kind.SINGLE_CHOICE)
    if policy not in (Policy.ONLY_UP, Policy.ALL):
        return version, None
    item = bank.item_of(version)
    if rubric and isinstance(item, ShortAnswer):
        points = [replace(one, points=Fraction(worth)) for one, worth in zip(item.key_points, rubric, strict=True)]
        return version, replace(item, key_points=tuple(points))
    return version, with_key(version, *(key or ("b",)))


def state_of(session):
    """What every attempt has: its marks that count, and its result."""
    ids = session.scalars(select(Attempt.id)).all()
    marks = {
        id: {position: queries.standing_of(mark) for position, mark in by_place.items()}
        for id, by_place in counting_marks(session, ids).items()
    }
    found = current_results(session, ids)
    return marks, {id: (one.earned, one.possible, one.outcome) for id, one in found.items()}


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@example(sat=AROUND_THE_CUTS, key=("b",), rubric=None, policy=Policy.ONLY_UP, worth="1")
@example(sat=AROUND_THE_CUTS, key=("b",), rubric=None, policy=Policy.ALL, worth="1")
@example(sat=AROUND_THE_CUTS, key=None, rubric=None, policy=Policy.FULL_MARKS, worth="1")
@example(sat=AROUND_THE_CUTS, key=None, rubric=None, policy=Policy.TAKE_OUT, worth="1")
@example(sat=AROUND_THE_CUTS, key=None, rubric=None, policy=Policy.WORTH, worth="20")
@example(sat=AROUND_THE_CUTS, key=None, rubric=("2", "3"), policy=Policy.WORTH, worth="1")
@example(sat=AROUND_THE_CUTS, key=None, rubric=("2", "3"), policy=Policy.WORTH_ONLY_UP, worth="1")
@given(sat=people, key=keys, rubric=rubrics, policy=ways, worth=worths)
def test_what_the_preview_says_is_exactly_what_happens(session, exam, two, sat, key, rubric, policy, worth):
    undone = session.begin_nested()
    attempts = [sit(session, exam, two[0], *one) for one in sat]
    version, item = mended(session, attempts[0], key, rubric, policy)
    assert item is None or not adds_key_points(bank.item_of(version), item)
    asked = {exam.id: Fraction(worth)} if policy in BY_WORTH else None
    correction, seen = propose(session, version, item, policy, two[0], worths=asked)
    (marks, scores), rows = state_of(session), session.scalar(select(func.count(Mark.id)))
    assert apply(session, correction, two[1]).digest == seen.digest
    for move in seen.moves:
        id = move.sat.attempt_id
        if move.then is not None:
            marks.setdefault(id, {})[move.sat.position] = move.then
        if id in scores:
            scores[id] = (move.earned, move.possible, move.outcome)
    after = state_of(session)
    assert after == (marks, scores)
    assert session.scalar(select(func.count(Mark.id))) == rows + sum(move.then is not None for move in seen.moves)
    assert reweighed(session, marks) == {
        (move.sat.attempt_id, move.sat.position): move.worth for move in seen.moves if move.reweighed is not None
    }
    assert seen.figures.passed_after == sum(one[2] in PASSED for one in after[1].values())
    assert queries.preview(session, correction, policy).moves == []
    assert correction.figures == actions.figures_data(seen.figures)
    undone.rollback()
    session.expire_all()


def values(statistics):
    return [getattr(statistics.totals, name).value for name in ("mean", "sd", "alpha", "sem")]


@pytest.mark.parametrize("policy", [Policy.ALL, Policy.FULL_MARKS, Policy.TAKE_OUT, *BY_WORTH])
def test_the_new_statistics_are_those_afterwards(session, exam, two, policy, monkeypatch):
    monkeypatch.setattr("exam.corrections.queries.measured.FEWEST", 3)
    attempts = [sit(session, exam, two[0], *one) for one in AROUND_THE_CUTS]
    version, item = mended(session, attempts[0], ("b",), None, policy)
    asked = {exam.id: Fraction(20)} if policy in BY_WORTH else None
    correction, seen = propose(session, version, item, policy, two[0], worths=asked)
    (promised,) = queries.statistics(session, correction, seen, queries.sitters(session, correction))
    assert (promised.title, promised.results) == ("结业测试", 3)
    assert promised.before.item_rest is not None
    assert (promised.after.item_rest is None) == (policy in (Policy.FULL_MARKS, Policy.TAKE_OUT))
    apply(session, correction, two[1])
    nothing_more = queries.preview(session, correction, policy)
    (kept,) = queries.statistics(session, correction, nothing_more, queries.sitters(session, correction))
    assert values(kept.before) == pytest.approx(values(promised.after))
    assert values(kept.before) != pytest.approx(values(promised.before))


def test_few_results_have_no_statistics_and_of_very_many_the_latest(session, exam, two, monkeypatch):
    attempts = [sit(session, exam, two[0], *one) for one in AROUND_THE_CUTS[:3]]
    version = session.get_one(QuestionVersion, version_of(session, attempts[0])[0].id)
    correction, seen = propose(session, version, None, Policy.TAKE_OUT, two[0])
    sats = queries.sitters(session, correction)
    (few,) = queries.statistics(session, correction, seen, sats)
    assert (few.results, few.before) == (3, None)
    monkeypatch.setattr("exam.corrections.queries.measured.FEWEST", 1)
    monkeypatch.setattr("exam.corrections.queries.measured.MOST", 2)
    (many,) = queries.statistics(session, correction, seen, sats)
    assert (many.results, many.latest) == (2, True)
    latest = [current_results(session, [one.id])[one.id].earned for one in attempts[1:]]
    assert many.before.totals.mean.value == pytest.approx(float(sum(latest) / 2))
