"""One correction after another, on both databases: nothing counts for more than its worth, and each can be taken back
in turn until everybody has what they had."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from exam.accounts.rules import Role
from exam.attempts import actions as attempts
from exam.attempts.models import Attempt
from exam.corrections import actions, queries
from exam.corrections.rules import BY_WORTH, Move, Policy, State
from exam.errors import Conflict, Refused
from exam.marking.queries import counting_marks, earned, reweighed, wholly_marked
from exam.marking.rules import MarkSource
from exam.papers.queries import slots
from exam.results.queries import current_results
from question_bank import bank
from question_bank.items import ChoiceResponse, KeyPoint, Kind, ShortAnswer
from tests.attempts.builders import answer, begin
from tests.builders import make_exam, make_person
from tests.corrections.builders import apply, propose, propose_now, version_of, with_key
from tests.corrections.test_preview import sit
from tests.marking.builders import LATER
from tests.results.builders import make_marked

HALF, ONE, TEN, FULL = Fraction(1, 2), Fraction(1), Fraction(10), Fraction(25, 2)


@pytest.fixture
def two(session):
    return [make_person(session, Role.TRAINER, full_name=name) for name in ("周敏", "许静")]


def correct(session, version, policy, two, item=None, worths=None):
    correction, _seen = propose(session, version, item, policy, two[0], worths=worths)
    apply(session, correction, two[1])
    return correction


def take_back(session, correction, two):
    back = actions.undo(session, correction, actor_id=two[0].id, now=LATER)
    seen = queries.preview(session, back, Policy.RESTORE)
    propose_now(session, back, Policy.RESTORE, "改回。", seen=seen.digest, actor_id=two[0].id, now=LATER)
    apply(session, back, two[1])
    return back


def points_at(session, attempt, position):
    return counting_marks(session, [attempt.id])[attempt.id][position].points


def state_of(session):
    """By attempt what each slot has, what it counts for, and the result."""
    ids = session.scalars(select(Attempt.id)).all()
    results, other = current_results(session, ids), reweighed(session, ids)
    found = {}
    for attempt in session.scalars(select(Attempt).where(Attempt.id.in_(ids))):
        marks = counting_marks(session, [attempt.id])[attempt.id]
        worths = {
            one.position: other.get((attempt.id, one.position), one.points) for one in slots(session, attempt.paper_id)
        }
        own, result = {at: queries.standing_of(mark) for at, mark in marks.items()}, results.get(attempt.id)
        found[attempt.id] = own, worths, result and (result.earned, result.possible, result.outcome)
    return found


def hold_together(session):
    ids = session.scalars(select(Attempt.id)).all()
    results = current_results(session, ids)
    for id, (marks, worths, _result) in state_of(session).items():
        assert all(0 <= mark.points <= worths[at] for at, mark in marks.items())
        if id in wholly_marked(session, ids):
            parts = earned(session, id)
            sums = sum(one.points for one in parts), sum(one.worth for one in parts)
            assert (results[id].earned, results[id].possible) == sums


def key(session, version, letters):
    """Another key than the one that counts, or other points for the key points."""
    item = bank.item_of(bank.counting_versions(session, [version.id])[version.id])
    if isinstance(item, ShortAnswer):
        points = tuple(
            KeyPoint(one.id, one.text, one.points + number + ord(letters[0]) - 96)
            for number, one in enumerate(item.key_points)
        )
        return ShortAnswer(item.stem, points, item.reference)
    return with_key(version, *letters)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([Policy.ALL, Policy.ONLY_UP]), st.sampled_from(["b", "c", "bc"])),
        st.tuples(st.sampled_from([Policy.FULL_MARKS, Policy.TAKE_OUT]), st.none()),
        st.tuples(st.sampled_from(BY_WORTH), st.sampled_from(["1/2", "10", "100"])),
    ),
    min_size=2, max_size=4,
)  # fmt: skip
EVERYTHING = [
    (Policy.ALL, "b"), (Policy.WORTH, "10"), (Policy.FULL_MARKS, None), (Policy.WORTH, "1/2"), (Policy.TAKE_OUT, None),
]  # fmt: skip


@settings(max_examples=1, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@example(steps=EVERYTHING, short=False)
@example(steps=EVERYTHING, short=True)
@given(steps=STEPS, short=st.booleans())
def test_in_any_order_and_taken_back_in_turn(session, exam, two, steps, short):
    undone = session.begin_nested()
    sat = [(6, ONE, "released"), (0, HALF, "marked"), (3, ONE, "handed in")]
    first, *_others = [sit(session, exam, two[0], *one) for one in sat]
    version, _position = version_of(session, first, Kind.SHORT_ANSWER if short else Kind.SINGLE_CHOICE)
    states, made = [state_of(session)], []
    for policy, what in steps:
        item = key(session, version, what) if policy in (Policy.ALL, Policy.ONLY_UP) else None
        worths = {exam.id: Fraction(what)} if policy in BY_WORTH else None
        try:
            made.append(correct(session, version, policy, two, item, worths))
        except Refused:  # it is so already
            continue
        hold_together(session)
        states.append(state_of(session))
    for correction in reversed(made):
        assert state_of(session) == states.pop()
        take_back(session, correction, two)
        hold_together(session)
    assert state_of(session) == states.pop()
    undone.rollback()
    session.expire_all()


def test_a_key_taken_back_after_another_worth_gives_its_share_of_that_worth(session, exam, two):
    attempt = make_marked(session, exam=exam)
    version, position = version_of(session, attempt)
    mended = correct(session, version, Policy.ALL, two, with_key(version, "b"))
    correct(session, version, Policy.WORTH, two, worths={exam.id: TEN})
    take_back(session, mended, two)
    assert points_at(session, attempt, position) == TEN


def test_what_a_key_point_sent_back_to_the_desk_returns_in_the_worth_of_today(session, exam, two):
    attempt = make_marked(session, exam=exam)
    version, position = version_of(session, attempt, Kind.SHORT_ANSWER)
    item = bank.item_of(version)
    more = ShortAnswer(item.stem, (*item.key_points, KeyPoint("k9", "记录", ONE)), item.reference)
    mended = correct(session, version, Policy.ALL, two, more)
    correct(session, version, Policy.WORTH, two, worths={exam.id: TEN})
    take_back(session, mended, two)
    assert points_at(session, attempt, position) == TEN
    hold_together(session)


def test_the_later_one_is_taken_back_first(session, exam, two):
    attempt = make_marked(session, exam=exam)
    version, _position = version_of(session, attempt)
    first = correct(session, version, Policy.ALL, two, with_key(version, "b"))
    later = correct(session, version, Policy.FULL_MARKS, two)
    with pytest.raises(Conflict) as refused:
        actions.undo(session, first, actor_id=two[0].id, now=LATER)
    assert refused.value.code == "later"
    again = take_back(session, take_back(session, later, two), two)
    with pytest.raises(Conflict):
        actions.undo(session, first, actor_id=two[0].id, now=LATER)
    take_back(session, again, two)
    assert actions.undo(session, first, actor_id=two[0].id, now=LATER).undoes_id == first.id


def test_who_was_first_marked_by_a_key_that_is_taken_back_is_marked_by_the_one_before(session, exam, two):
    attempt, running = make_marked(session, exam=exam), begin(session, exam=exam)
    version, position = version_of(session, attempt)
    own = next(one.position for one in slots(session, running.paper_id) if one.version.id == version.id)
    answer(session, running, own, ChoiceResponse(frozenset("a")), LATER)
    mended = correct(session, version, Policy.ALL, two, with_key(version, "b"))
    further = correct(session, version, Policy.ALL, two, with_key(version, "c"))
    attempts.submit(session, running, [], 1, LATER + timedelta(seconds=1))
    assert points_at(session, running, own) == 0
    for correction in (further, mended):
        take_back(session, correction, two)
    assert (points_at(session, attempt, position), points_at(session, running, own)) == (FULL, FULL)


def test_the_worth_of_one_exam_holds_on_when_that_of_another_is_corrected(session, exam, two):
    other = make_exam(session, title="补考")
    people = [make_marked(session, exam=exam), make_marked(session, exam=other)]
    version, _position = version_of(session, people[0])
    running = begin(session, exam=exam)
    correct(session, version, Policy.WORTH, two, worths={exam.id: TEN})
    correct(session, version, Policy.WORTH, two, worths={other.id: ONE})
    correct(session, version, Policy.WORTH_ONLY_UP, two, worths={exam.id: Fraction(20)})
    attempts.submit(session, running, [], 1, LATER)
    assert set(reweighed(session, [running.id]).values()) == {TEN}


def test_what_was_given_to_all_is_given_again_once_what_came_after_is_taken_back(session, exam, two):
    first, running, last = make_marked(session, exam=exam), begin(session, exam=exam), begin(session, exam=exam)
    version, _position = version_of(session, first)
    given_to_all = correct(session, version, Policy.FULL_MARKS, two)
    take_back(session, correct(session, version, Policy.TAKE_OUT, two), two)
    attempts.submit(session, running, [], 1, LATER)
    sources = {mark.source for mark in counting_marks(session, [running.id])[running.id].values()}
    assert MarkSource.GIVEN in sources
    take_back(session, given_to_all, two)
    attempts.submit(session, last, [], 1, LATER)
    assert MarkSource.GIVEN not in {mark.source for mark in counting_marks(session, [last.id])[last.id].values()}


def test_only_upwards_an_answer_that_waits_to_be_marked_anew_keeps_its_worth(session, exam, two):
    attempt = make_marked(session, exam=exam)
    version, _position = version_of(session, attempt, Kind.SHORT_ANSWER)
    item = bank.item_of(version)
    more = ShortAnswer(item.stem, (*item.key_points, KeyPoint("k9", "记录", ONE)), item.reference)
    correct(session, version, Policy.ALL, two, more)
    _begun, seen = propose(session, version, None, Policy.WORTH_ONLY_UP, two[0], worths={exam.id: TEN})
    assert seen.moves == []


def test_who_would_be_left_without_a_question_hands_in_all_the_same(session, exam, two, monkeypatch):
    first, running = make_marked(session, exam=exam), begin(session, exam=exam)
    monkeypatch.setattr(Move, "possible", Fraction())
    version, _position = version_of(session, first)
    begun = actions.begin(session, version, None, actor_id=two[0].id, now=LATER)
    begun.policy, begun.reason, begun.state, begun.decided_at = Policy.TAKE_OUT, "过期。", State.APPLIED, LATER
    session.flush()
    attempts.submit(session, running, [], 1, LATER)
    assert MarkSource.TAKEN_OUT not in {
        one.source for one in counting_marks(session, [running.id])[running.id].values()
    }
