"""Appealing and answering, on both databases."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.appeals import actions, queries
from exam.appeals.models import Appeal, AppealWindow
from exam.appeals.rules import AppealState, Closed
from exam.errors import Conflict, Forbidden, NotFound, Refused
from exam.marking.models import Opinion
from exam.marking.queries import counting_marks
from exam.notices.models import Notice
from exam.papers.rules import ReviewPolicy
from exam.results.queries import current_result
from exam.results.rules import Outcome
from question_bank.items import Kind
from tests.attempts.builders import places
from tests.builders import make_exam, make_person
from tests.marking.builders import LATER
from tests.results.builders import make_marked, make_released

DAY = timedelta(days=1)


@pytest.fixture
def attempt(session):
    """75 points: a fail whose short answers got half."""
    exam = make_exam(session, review_policy=ReviewPolicy.OWN_ANSWERS, appeals=2, appeal_days=7)
    return make_released(session, exam=exam, right=5, share=Fraction(1, 2))


@pytest.fixture
def owner(session, attempt):
    return session.get_one(Person, attempt.person_id)


@pytest.fixture
def opened(session, attempt):
    assert actions.open_windows(session, LATER) == 1
    return session.get_one(AppealWindow, attempt.id)


@pytest.fixture
def other(session):
    return make_person(session, Role.TRAINER, full_name="陈立")


def kinds(session, *wanted):
    found = session.scalars(select(Notice).where(Notice.kind.in_(wanted)).order_by(Notice.id))
    return [(one.kind, one.person_id) for one in found]


def test_the_days_begin_once_the_questions_can_be_seen_and_are_told(session, attempt, owner, opened):
    assert opened.appeals == 2
    assert opened.closes_at - LATER > 6 * DAY
    assert kinds(session, "appeals_open") == [("appeals_open", owner.id)]
    assert actions.open_windows(session, LATER + DAY) == 0


@pytest.mark.parametrize(
    "terms",
    [
        {"review_policy": ReviewPolicy.SCORE_ONLY},
        {"appeals": 0, "review_policy": ReviewPolicy.OWN_ANSWERS},
    ],
)
def test_no_days_where_questions_stay_hidden_or_no_appeal_is_offered(session, terms):
    attempt = make_released(session, exam=make_exam(session, **terms))
    assert actions.open_windows(session, LATER) == 0
    assert queries.own_appeals(session, attempt.person_id, attempt.id, LATER).closed is Closed.NOT_OFFERED


def test_none_before_the_cohort_has_finished_nor_before_the_release(session):
    exam = make_exam(session, appeals=2)
    make_released(session, exam=exam, right=0, share=0)  # failed, so a retake follows
    make_marked(session, exam=make_exam(session, review_policy=ReviewPolicy.OWN_ANSWERS))
    assert actions.open_windows(session, LATER) == 0


def test_from_the_appeal_to_one_letter(session, attempt, owner, opened, other):
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    appeal = actions.make(session, owner, attempt.id, position, "我写了先倾听。", LATER)
    assert other.id in {person for _kind, person in kinds(session, "appeal_waiting")}
    assert queries.own_appeals(session, owner.id, attempt.id, LATER).left == 1
    full = Fraction(25, 2)
    actions.answer(session, appeal, other, granted=True, text="确实写了。", points=full, now=LATER + DAY)
    assert counting_marks(session, [attempt.id])[attempt.id][position].points == full
    assert current_result(session, attempt.id).outcome is Outcome.PASS
    told = kinds(session, "appeal_points", "appeal_granted", "appeal_denied", "result_corrected", "result_released")
    assert told == [("result_released", owner.id), ("appeal_points", owner.id)]
    letter = session.scalars(select(Notice).where(Notice.kind == "appeal_points")).one().params
    assert [letter[name] for name in ("score_before", "outcome_before", "score", "outcome")] == [
        750,
        "fail",
        812,
        "pass",
    ]
    own = queries.own_appeals(session, owner.id, attempt.id, LATER + DAY)
    assert (own.left, own.at(position).answer) == (2, "确实写了。")


def test_a_denied_one_is_used_up_and_changes_nothing(session, attempt, owner, opened, other):
    appeal = actions.make(session, owner, attempt.id, 1, "我觉得 B 也对。", LATER)
    before = current_result(session, attempt.id).id
    actions.answer(session, appeal, other, granted=False, text="手册第 2 页写明。", points=None, now=LATER)
    assert current_result(session, attempt.id).id == before
    actions.make(session, owner, attempt.id, 2, "还有这题。", LATER)
    with pytest.raises(Conflict) as refused:
        actions.make(session, owner, attempt.id, 3, "再一题。", LATER)
    assert refused.value.code == "none_left"


def test_what_cannot_be_appealed(session, attempt, owner, opened, other):
    actions.make(session, owner, attempt.id, 1, "第一次。", LATER)
    refusals = [
        (owner, 1, "再一次。", LATER, "already"),
        (owner, 2, "  ", LATER, "no_text"),
        (owner, 2, "太晚了。", opened.closes_at + timedelta(seconds=1), "over"),
    ]
    for person, position, text, when, code in refusals:
        with pytest.raises(Refused) as refused:
            actions.make(session, person, attempt.id, position, text, when)
        assert refused.value.code == code
    for person, position in ((other, 2), (owner, 99)):
        with pytest.raises(NotFound):
            actions.make(session, person, attempt.id, position, "不是我的。", LATER)


def test_whoever_has_marked_it_and_whoever_tutors_leave_it_to_others(session, attempt, owner, opened, other):
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    appeal = actions.make(session, owner, attempt.id, position, "请再看。", LATER)
    marker = session.get_one(Person, session.scalars(select(Opinion.marker_id)).first())
    tutor = make_person(session, Role.TRAINER)
    owner.tutor_id = tutor.id
    for person in (marker, tutor):
        with pytest.raises(Forbidden):
            actions.answer(session, appeal, person, granted=True, text="好。", points=None, now=LATER)
    assert session.get_one(Appeal, appeal.id).state is AppealState.WAITING


@pytest.mark.parametrize(
    ("position", "granted", "points", "text", "code"),
    [
        (1, True, Fraction(1), "好。", "no_points"),
        (7, False, Fraction(1), "好。", "no_points"),
        (7, True, Fraction(13), "好。", "points"),
        (7, True, Fraction(1, 4), "好。", "points"),
        (7, True, Fraction(6), "好。", "fewer_points"),
        (7, True, None, " ", "no_reason"),
    ],
)
def test_answers_that_cannot_be_given(session, attempt, owner, opened, other, position, granted, points, text, code):
    appeal = actions.make(session, owner, attempt.id, position, "请再看。", LATER)
    with pytest.raises(Refused) as refused:
        actions.answer(session, appeal, other, granted=granted, text=text, points=points, now=LATER)
    assert refused.value.code == code


def test_it_is_taken_back_before_it_is_answered_and_answered_once(session, attempt, owner, opened, other):
    appeal = actions.make(session, owner, attempt.id, 1, "请再看。", LATER)
    actions.withdraw(session, owner, appeal, LATER)
    again = actions.make(session, owner, attempt.id, 1, "还是请再看。", LATER)
    actions.answer(session, again, other, granted=True, text="对。", points=None, now=LATER)
    with pytest.raises(Conflict):
        actions.withdraw(session, owner, again, LATER)
    with pytest.raises(Conflict):
        actions.answer(session, again, other, granted=False, text="不对。", points=None, now=LATER)


def test_the_question_of_a_granted_one_waits_until_somebody_says_what_becomes_of_it(
    session, owner, attempt, opened, other
):
    appeal = actions.make(session, owner, attempt.id, 1, "两个都对。", LATER)
    actions.answer(session, appeal, other, granted=True, text="对。", points=None, now=LATER)
    assert queries.view(session, appeal.id, other.id).to_review
    with pytest.raises(Refused):
        actions.review(session, appeal, " ", actor_id=other.id, now=LATER)
    actions.review(session, appeal, "题干已说明只选一个。", actor_id=other.id, now=LATER)
    assert not queries.view(session, appeal.id, other.id).to_review
    with pytest.raises(Conflict):
        actions.review(session, appeal, "再说一次。", actor_id=other.id, now=LATER)


def test_only_trainers_who_may_answer_are_told_of_an_appeal_and_reminded(session, attempt, owner, opened, other):
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    marker = session.scalars(select(Opinion.marker_id)).first()
    owner.tutor_id = make_person(session, Role.TRAINER).id
    actions.make(session, owner, attempt.id, position, "请再看。", LATER)
    actions.remind(session, LATER + 2 * DAY)
    for person_id, for_others in ((other.id, False), (marker, True), (owner.tutor_id, True)):
        [row], _total = queries.listed(session, person_id, LATER, offset=0, limit=9)
        assert row.for_others is for_others
    told = {person for _kind, person in kinds(session, "appeal_waiting", "appeal_pressing")}
    assert other.id in told
    assert told.isdisjoint({marker, owner.tutor_id})


def test_people_are_reminded_once_of_each_end(session, attempt, owner, opened, other):
    actions.make(session, owner, attempt.id, 1, "请再看。", LATER)
    for when in (LATER + DAY, LATER + 2 * DAY, LATER + 2 * DAY + DAY / 24, LATER + 4 * DAY, LATER + 5 * DAY):
        actions.remind(session, when)
    mine = [kind for kind, person in kinds(session, "appeal_pressing") if person == other.id]
    assert mine == ["appeal_pressing", "appeal_pressing"]  # due soon, and late
    actions.remind(session, opened.closes_at - DAY / 2)
    actions.remind(session, opened.closes_at - DAY / 4)
    assert kinds(session, "appeals_ending") == [("appeals_ending", owner.id)]


def test_nobody_is_reminded_of_appeals_who_has_none_left(session, attempt, owner, opened, other):
    appeals = [actions.make(session, owner, attempt.id, position, "请再看。", LATER) for position in (1, 2)]
    actions.remind(session, opened.closes_at - DAY / 2)
    assert kinds(session, "appeals_ending") == []
    actions.withdraw(session, owner, appeals[0], opened.closes_at - DAY / 2)
    actions.remind(session, opened.closes_at - DAY / 4)
    assert kinds(session, "appeals_ending") == [("appeals_ending", owner.id)]


def test_hr_sees_counts(session, attempt, owner, opened, other):
    first = actions.make(session, owner, attempt.id, 1, "请再看。", LATER)
    actions.make(session, owner, attempt.id, 2, "也请再看。", LATER)
    actions.answer(session, first, other, granted=True, text="对。", points=None, now=LATER + DAY)
    (found,) = queries.counts(session, LATER + 9 * DAY)
    assert (found.made, found.granted, found.denied, found.waiting, found.late) == (2, 1, 0, 1, 1)
    assert found.answered_within == DAY
