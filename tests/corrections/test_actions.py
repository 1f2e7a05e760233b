"""Correcting a question that people have sat, on both databases: what the preview says is what happens."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.analysis.queries.gathered import gather
from exam.attempts import actions as attempts
from exam.authoring.queries import where_used
from exam.corrections import actions, queries
from exam.corrections.models import CorrectionChange
from exam.corrections.rules import Policy, State
from exam.errors import Conflict, Forbidden, Refused
from exam.marking.actions import decide_late, give_opinion
from exam.marking.queries import counting_marks
from exam.marking.rules import NOT_MEASURED, MarkSource
from exam.notices.models import Notice
from exam.papers.queries import slots
from exam.papers.queries.bank import NOT_MEASURED as BY_THEIR_WORDS
from exam.papers.queries.bank import experience
from exam.results import actions as results
from exam.results.queries import current_result
from exam.results.rules import Outcome, Verdict
from question_bank import bank
from question_bank.items import ChoiceResponse, KeyPoint, Kind, ShortAnswer
from question_bank.models import Question
from tests.attempts.builders import answer, begin
from tests.builders import NOW, make_exam, make_person
from tests.corrections.builders import apply, approve_now, propose, propose_now, version_of, with_key
from tests.marking.builders import LATER, make_late
from tests.results.builders import enrolment_of, make_marked, make_released


def points_at(session, attempt, position):
    return counting_marks(session, [attempt.id])[attempt.id][position].points


def test_those_concerned_are_told_with_the_reason_and_hr_where_it_had_decided(session, exam, trainer, second):
    hr = make_person(session, Role.HR)
    released = make_released(session, exam=exam, share=Fraction(1, 5))
    results.decide(
        session, enrolment_of(session, released), Verdict.CONFIRMED, outstanding=False, reason="", actor_id=hr.id,
        now=LATER,
    )  # fmt: skip
    unreleased = make_marked(session, exam=exam)
    version, _position = version_of(session, released)
    correction, _seen = propose(session, version, with_key(version, "b"), Policy.ALL, trainer)
    told = session.scalars(select(Notice).where(Notice.kind == "correction_waiting")).all()
    assert second.id in {one.person_id for one in told}
    assert trainer.id not in {one.person_id for one in told}
    apply(session, correction, second)
    letters = session.scalars(select(Notice).where(Notice.kind == "result_corrected")).all()
    assert [(one.person_id, one.params["reason"]) for one in letters] == [(released.person_id, "手册第 4 条写明。")]
    assert current_result(session, released.id).outcome is Outcome.FAIL
    change = {"score_before": 800, "outcome_before": "pass", "score": 675, "outcome": "fail"}
    assert change.items() <= letters[0].params.items()
    (task,) = session.scalars(select(Notice).where(Notice.kind == "result_changed")).all()
    assert task.person_id == hr.id
    assert change.items() <= task.params.items()
    corrected = select(AuditEvent.about_id).where(AuditEvent.action == "mark.corrected")
    assert set(session.scalars(corrected)) == {released.person_id, unreleased.person_id}


def test_a_second_person_decides_and_nothing_moves_before(session, exam, trainer, second):
    attempt = make_marked(session, exam=exam)
    version, position = version_of(session, attempt)
    correction, seen = propose(session, version, with_key(version, "b"), Policy.ALL, trainer)
    assert points_at(session, attempt, position) == Fraction(25, 2)
    with pytest.raises(Forbidden):
        approve_now(session, correction, "", seen=seen.digest, actor_id=trainer.id, now=LATER)
    with pytest.raises(Forbidden):
        actions.refuse(session, correction, "好", actor_id=trainer.id, now=LATER)
    actions.refuse(session, correction, "原答案没有错。", actor_id=second.id, now=LATER)
    assert correction.state is State.REFUSED
    assert points_at(session, attempt, position) == Fraction(25, 2)
    with pytest.raises(Conflict):
        apply(session, correction, second)


def test_where_no_second_person_is_asked_for_it_is_carried_out_at_once(session, trainer):
    exam = make_exam(session, own_questions=True)
    attempt = make_marked(session, exam=exam)
    version, position = version_of(session, attempt)
    correction, _seen = propose(session, version, with_key(version, "b"), Policy.ALL, trainer)
    assert correction.state is State.APPLIED
    assert points_at(session, attempt, position) == 0


def test_what_has_changed_since_it_was_seen_is_not_carried_out(session, exam, trainer, second):
    attempt = make_marked(session, exam=exam)
    version, position = version_of(session, attempt)
    correction, seen = propose(session, version, with_key(version, "b"), Policy.ALL, trainer)
    make_marked(session, exam=exam)
    with pytest.raises(Conflict) as refused:
        approve_now(session, correction, "", seen=seen.digest, actor_id=second.id, now=LATER)
    assert refused.value.code == "changed_meanwhile"
    assert correction.state is State.PROPOSED
    assert points_at(session, attempt, position) == Fraction(25, 2)


@pytest.mark.parametrize("policy", [Policy.ALL, Policy.TAKE_OUT])
def test_taking_back_is_another_correction_and_gives_everybody_what_they_had(session, exam, trainer, second, policy):
    people = [make_released(session, exam=exam, share=Fraction(1, 5)), make_marked(session, exam=exam, right=0)]
    version, _position = version_of(session, people[0])
    had = {one.id: (current_result(session, one.id).earned, current_result(session, one.id).outcome) for one in people}
    item = with_key(version, "b") if policy is Policy.ALL else None
    correction, _seen = propose(session, version, item, policy, trainer)
    apply(session, correction, second)
    back = actions.undo(session, correction, actor_id=second.id, now=LATER)
    seen = queries.preview(session, back, Policy.RESTORE)
    propose_now(session, back, Policy.RESTORE, "改回。", seen=seen.digest, actor_id=second.id, now=LATER)
    apply(session, back, trainer)
    now = {one.id: (current_result(session, one.id).earned, current_result(session, one.id).outcome) for one in people}
    assert now == had
    assert bank.item_of(bank.counting_versions(session, [version.id])[version.id]) == bank.item_of(version)
    assert len(session.scalars(select(CorrectionChange)).all()) == 2 * len(_seen.moves)
    with pytest.raises(Conflict):
        actions.undo(session, correction, actor_id=second.id, now=LATER)


@pytest.mark.parametrize(("policy", "points"), [(Policy.FULL_MARKS, Fraction(25, 2)), (Policy.TAKE_OUT, 0)])
def test_who_hands_in_later_gets_the_same(session, exam, trainer, second, policy, points):
    first = make_marked(session, exam=exam)
    version, _position = version_of(session, first)
    running = begin(session, exam=exam)
    position = next(one.position for one in slots(session, running.paper_id) if one.version.id == version.id)
    correction, _seen = propose(session, version, None, policy, trainer)
    apply(session, correction, second)
    assert session.get_one(Question, version.question_id).retired_at is not None
    attempts.submit(session, running, [], 1, LATER)
    mark = counting_marks(session, [running.id])[running.id][position]
    assert (mark.points, mark.source) == (points, MarkSource.TAKEN_OUT if points == 0 else MarkSource.GIVEN)


def test_who_handed_in_while_it_was_being_carried_out_is_reached_soon_after(
    session, exam, trainer, second, monkeypatch
):
    first = make_marked(session, exam=exam)
    version, _position = version_of(session, first)
    running = begin(session, exam=exam)
    position = next(one.position for one in slots(session, running.paper_id) if one.version.id == version.id)
    correction, _seen = propose(session, version, None, Policy.TAKE_OUT, trainer)
    apply(session, correction, second)
    with monkeypatch.context() as patch:
        patch.setattr(queries, "in_force", lambda session: [])  # not committed yet
        attempts.submit(session, running, [], 1, LATER)
    assert counting_marks(session, [running.id])[running.id][position].source is MarkSource.RULE
    assert actions.catch_up(session, LATER + timedelta(hours=2)) == 0
    assert actions.catch_up(session, LATER + timedelta(minutes=1)) == 1
    assert counting_marks(session, [running.id])[running.id][position].source is MarkSource.TAKEN_OUT
    assert actions.catch_up(session, LATER + timedelta(minutes=2)) == 0


def test_a_late_answer_does_not_bring_a_question_back(session, exam, trainer, second):
    attempt = make_marked(session, exam=exam)
    version, position = version_of(session, attempt)
    correction, _seen = propose(session, version, None, Policy.TAKE_OUT, trainer)
    apply(session, correction, second)
    late = make_late(session, attempt, position, {"choices": ["a"]})
    decide_late(session, late, True, "网络故障。", trainer, LATER)
    assert counting_marks(session, [attempt.id])[attempt.id][position].source is MarkSource.TAKEN_OUT


def test_a_new_key_point_brings_written_answers_back_to_the_desk(session, exam, trainer, second):
    attempt = make_released(session, exam=exam, share=Fraction(1, 5))
    version, position = version_of(session, attempt, Kind.SHORT_ANSWER)
    item = bank.item_of(version)
    more = ShortAnswer(item.stem, (*item.key_points, KeyPoint("k9", "记录", Fraction(1))), item.reference)
    correction, seen = propose(session, version, more, Policy.ALL, trainer)
    assert seen.figures.anew == 1
    apply(session, correction, second)
    assert position not in counting_marks(session, [attempt.id])[attempt.id]
    assert current_result(session, attempt.id).outcome is Outcome.PASS


def test_what_cannot_be_begun(session, exam, trainer):
    attempt = make_marked(session, exam=exam)
    version, _position = version_of(session, attempt)
    item = bank.item_of(version)
    for wrong in (item, replace(item, stem="另一题"), with_key(version)):
        with pytest.raises(Refused):
            actions.begin(session, version, wrong, actor_id=trainer.id, now=LATER)
    actions.begin(session, version, with_key(version, "b"), actor_id=trainer.id, now=LATER)
    with pytest.raises(Conflict):
        actions.begin(session, version, None, actor_id=trainer.id, now=LATER)


def test_a_draft_is_its_authors_and_asks_for_a_reason(session, exam, trainer, second):
    attempt = make_marked(session, exam=exam)
    version, _position = version_of(session, attempt)
    begun = actions.begin(session, version, with_key(version, "b"), actor_id=trainer.id, now=LATER)
    seen = queries.preview(session, begun, Policy.ALL).digest
    with pytest.raises(Forbidden):
        propose_now(session, begun, Policy.ALL, "因为", seen=seen, actor_id=second.id, now=LATER)
    with pytest.raises(Refused):
        propose_now(session, begun, Policy.ALL, "  ", seen=seen, actor_id=trainer.id, now=LATER)
    with pytest.raises(Refused):
        propose_now(session, begun, Policy.RESTORE, "因为", seen=seen, actor_id=trainer.id, now=LATER)
    with pytest.raises(Forbidden):
        actions.drop(session, begun, actor_id=second.id, now=LATER)
    actions.drop(session, begun, actor_id=trainer.id, now=LATER)
    assert actions.begin(session, version, None, actor_id=second.id, now=LATER).state is State.DRAFT


def test_set_aside_and_running_attempts_are_left_alone(session, exam, trainer):
    set_aside, running = make_marked(session, exam=exam), begin(session, exam=exam)
    version, position = version_of(session, set_aside)
    answer(session, running, position, ChoiceResponse(frozenset("b")), NOW)
    attempts.void(session, set_aside, trainer.id, "断电。", LATER)
    begun = actions.begin(session, version, with_key(version, "b"), actor_id=trainer.id, now=LATER)
    assert queries.sitters(session, begun) == []


def test_no_marker_overrules_a_correction(session, exam, trainer, second):
    attempt = make_marked(session, exam=exam)
    version, position = version_of(session, attempt, Kind.SHORT_ANSWER)
    correction, _seen = propose(session, version, None, Policy.TAKE_OUT, trainer)
    apply(session, correction, second)
    with pytest.raises(Conflict) as refused:
        give_opinion(session, attempt, position, second, {"k1": Fraction(2)}, "", LATER)
    assert refused.value.code == "corrected"
    assert counting_marks(session, [attempt.id])[attempt.id][position].source is MarkSource.TAKEN_OUT


def test_a_question_taken_out_measures_nothing(session, exam, trainer, second):
    """For every statistic it is as if it had not been presented, not as if everybody had failed it."""
    people = [make_released(session, exam=exam), make_released(session, exam=exam, right=0)]
    version, _position = version_of(session, people[0])
    question = version.question_id
    assert experience(session, [question])[question][1].number == 2
    correction, _seen = propose(session, version, None, Policy.TAKE_OUT, trainer)
    apply(session, correction, second)
    assert question not in experience(session, [question]) or experience(session, [question])[question][1].number == 0
    assert where_used(session, question)[0].marked == 0
    assert all(question not in earned for earned in gather(session, exam.id).earned)
    assert {one.value for one in NOT_MEASURED} == set(BY_THEIR_WORDS)
