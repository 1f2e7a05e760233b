"""Opening a panel, judging in two rounds, and what finishing does."""

from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.errors import Conflict, Forbidden, Refused
from exam.notices.models import Delivery, DeliveryState, Notice
from exam.papers import queries as papers
from exam.standards import actions, queries
from exam.standards.models import Judgement
from exam.standards.rules import Scope, Stage
from question_bank.models import QuestionVersion
from tests.builders import NOW, make_exam, make_person
from tests.papers.builders import assemble_for, make_cohort, make_wide_exam
from tests.standards.builders import SOON, finished, judge_all, make_panel


@pytest.fixture
def judges(session):
    return [make_person(session, Role.TRAINER) for _ in range(2)]


def test_a_panel_judges_what_the_blueprint_may_draw(session, judges):
    exam = make_exam(session, questions=2)
    panel = make_panel(session, exam, judges)
    asked = queries.version_ids(session, panel.id)
    drawable = {one.version_id for one in papers.candidates(session, papers.lines(session, exam.id))}
    assert set(asked) == drawable
    assert [(one.person.id, one.judged) for one in queries.progress(session, panel.id)] == [(j.id, 0) for j in judges]


def test_or_only_the_questions_of_the_papers_given_out(session, judges):
    exam = make_wide_exam(session, spare=1, parallel_papers=1)
    cohort = make_cohort(session, exam)
    assert queries.askable(session, exam, Scope.PAPERS) == []
    assemble_for(session, exam, cohort.id)
    assert len(queries.askable(session, exam, Scope.PAPERS)) == 4
    assert len(queries.askable(session, exam, Scope.BANK)) == 8


def test_a_panel_beside_an_open_one_is_refused(session, judges):
    panel = make_panel(session, judges=judges)
    exam = queries.exam(session, panel.exam_id)
    with pytest.raises(Conflict):
        make_panel(session, exam, judges)
    actions.drop(session, panel, actor_id=judges[0].id, now=SOON)
    assert make_panel(session, exam, judges).stage is Stage.FIRST


def test_judges_are_told_once_that_a_round_is_open_and_who_leads_is_not(session, judges):
    leader, judge = judges
    judge.email = "chen@example.org"
    panel = make_panel(session, judges=judges, leader=leader)
    judge_all(session, panel, judge, 70)
    actions.close_first(session, panel, actor_id=leader.id, now=SOON)
    told = session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [(one.person_id, one.kind) for one in told] == [(judge.id, "panel_open"), (judge.id, "panel_again")]
    assert {one.link for one in told} == {f"/exams/{panel.exam_id}/panels/{panel.id}"}
    assert told[0].params["name"] == leader.full_name
    assert [one.state for one in session.scalars(select(Delivery))] == [DeliveryState.WAITING] * 2


def test_a_panel_without_trainers_or_questions_is_refused(session, judges):
    exam = make_exam(session, questions=1)
    hire = make_person(session)
    with pytest.raises(Refused, match="no_judges"):
        actions.open_panel(session, exam, Scope.BANK, [hire.id], actor_id=judges[0].id, now=NOW)
    with pytest.raises(Refused, match="no_questions"):
        actions.open_panel(session, exam, Scope.PAPERS, [judges[0].id], actor_id=judges[0].id, now=NOW)


def test_the_last_word_counts_and_the_earlier_stays(session, judges):
    panel = make_panel(session, judges=judges)
    version = queries.version_ids(session, panel.id)[0]
    for share, new in ((70, 1), (70, 0), (75, 1)):
        assert actions.judge(session, panel, judges[0].id, 1, {version: share}, SOON) == new
    assert queries.own(session, panel.id, judges[0].id) == {version: 75}
    assert list(session.scalars(select(Judgement.share).order_by(Judgement.id))) == [70, 75]


def test_a_judgement_that_does_not_belong_here_is_refused(session, judges):
    panel = make_panel(session, judges=judges)
    version = queries.version_ids(session, panel.id)[0]
    stranger = make_person(session, Role.TRAINER)
    for error, person, round, said in (
        (Forbidden, stranger, 1, {version: 70}),
        (Conflict, judges[0], 2, {version: 70}),
        (Refused, judges[0], 1, {version: 101}),
        (Refused, judges[0], 1, {version + 10_000: 70}),
    ):
        with pytest.raises(error):
            actions.judge(session, panel, person.id, round, said, SOON)
    assert session.scalars(select(Judgement)).all() == []


def test_a_round_closes_only_once_somebody_has_judged_all_and_by_who_leads(session, judges):
    panel = make_panel(session, judges=judges)
    with pytest.raises(Refused, match="nobody_complete"):
        actions.close_first(session, panel, actor_id=judges[0].id, now=SOON)
    judge_all(session, panel, judges[1], 70)
    with pytest.raises(Forbidden):
        actions.close_first(session, panel, actor_id=judges[1].id, now=SOON)
    judges[0].active = False
    actions.close_first(session, panel, actor_id=judges[1].id, now=SOON)
    assert panel.stage is Stage.SECOND
    with pytest.raises(Conflict):
        judge_all(session, panel, judges[1], 80, round=1)


def test_the_spread_between_the_rounds_is_that_of_the_first(session, judges):
    panel = make_panel(session, judges=judges)
    judge_all(session, panel, judges[0], 60)
    judge_all(session, panel, judges[1], 80)
    actions.close_first(session, panel, actor_id=judges[0].id, now=SOON)
    judge_all(session, panel, judges[0], 70, round=2)
    assert {one.values for one in queries.spread_of(session, panel.id, 1).values()} == {(60, 80)}
    assert {one.values for one in queries.spread_of(session, panel.id, 2).values()} == {(70, 80)}
    # The same number again is a look all the same.
    judge_all(session, panel, judges[1], 80, round=2)
    assert [one.again for one in queries.progress(session, panel.id)] == [4, 4]


def test_finishing_keeps_the_passing_score_and_tells_the_papers(session, judges):
    exam = make_exam(session, questions=1)
    panel = finished(session, exam, [60, 70, 80])
    assert (panel.stage, panel.judges, panel.implied) == (Stage.FINISHED, 3, 70)
    assert panel.judge_error == Fraction(5774, 1000)  # 10 / √3
    assert panel.whole_error == panel.judge_error  # all questions are the same to these judges
    versions = session.scalars(select(QuestionVersion)).all()
    assert {one.estimate for one in versions} == {Fraction(7, 10)}
    known = papers.candidates(session, papers.lines(session, exam.id))
    assert {one.share for one in known} == {Fraction(7, 10)}
    assert exam.pass_percent == 80
    trail = select(AuditEvent.action).filter_by(subject_type="panel").order_by(AuditEvent.id)
    assert session.scalars(trail).all() == ["panel.opened", "panel.first_closed", "panel.finished"]
    with pytest.raises(Conflict):
        actions.finish(session, panel, actor_id=panel.opened_by, now=SOON)


def test_who_left_a_question_out_does_not_count_in_the_end(session, judges):
    panel = make_panel(session, judges=judges)
    judge_all(session, panel, judges[0], 60)
    some = queries.version_ids(session, panel.id)[:2]
    actions.judge(session, panel, judges[1].id, 1, dict.fromkeys(some, 100), SOON)
    actions.close_first(session, panel, actor_id=judges[0].id, now=SOON)
    actions.finish(session, panel, actor_id=judges[0].id, now=SOON)
    assert (panel.judges, panel.implied, panel.judge_error) == (1, 60, None)


def test_what_waits_for_a_judge(session, judges):
    panel = make_panel(session, judges=judges)
    assert [one.left for one in queries.waiting_for(session, judges[0].id)] == [4]
    judge_all(session, panel, judges[0], 60)
    assert queries.waiting_for(session, judges[0].id) == []
    assert queries.waiting_for(session, make_person(session, Role.TRAINER).id) == []


def test_a_paper_of_its_own_has_its_own_passing_score(session, judges):
    exam = make_wide_exam(session, spare=1, parallel_papers=2)
    cohort = make_cohort(session, exam)
    assemble_for(session, exam, cohort.id)
    panel = make_panel(session, exam, judges)
    said = {id: 50 + 5 * place for place, id in enumerate(queries.version_ids(session, panel.id))}
    actions.judge(session, panel, judges[0].id, 1, said, SOON)
    words = queries.counting(session, panel.id, list(said))
    cuts = queries.by_paper(session, panel, exam, words)
    assert [one.number for one in cuts] == [1, 2]
    # Each question is worth 25 points, and each is on one of the papers or both.
    assert all(one.found.percent.denominator in (1, 2, 4) for one in cuts)
    assert all(50 < one.found.percent < 85 for one in cuts)
