"""The parallel papers of a cohort: keeping them, setting them aside, and what is known of questions."""

from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.models import AuditEvent
from exam.attempts import actions as attempts
from exam.courses.models import Enrolment
from exam.errors import Conflict, Refused
from exam.papers import actions, queries
from exam.papers.models import Exam, Experience, PaperSet
from exam.papers.rules import BlueprintLine, Origin, Outdated, SetState, Unfit, assemble_beside
from exam.schedule import JOBS
from question_bank import bank, relations
from question_bank.items import Kind
from question_bank.models import Question, QuestionVersion
from tests.builders import NOW, make_exam, make_item, make_person, make_question
from tests.marking.builders import hand_in, mark_all
from tests.papers.builders import (
    assemble_for,
    cohort_id_of,
    make_cohort,
    make_hall,
    make_wide_exam,
    papers_of,
    through_all,
)
from tests.support.database import count_statements

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def exam(session: Session) -> Exam:
    return make_wide_exam(session)


def question_ids(session: Session, paper_id: int) -> set[int]:
    return {slot.question_id for slot in queries.slots(session, paper_id)}


def current(session: Session, exam: Exam, cohort_id: int) -> int | None:
    found = queries.current_sets(session, exam, [cohort_id]).get(cohort_id)
    return found.id if found else None


def latest(session: Session) -> PaperSet:
    return session.scalars(select(PaperSet).order_by(PaperSet.id.desc()).limit(1)).one()


def a_question(session: Session, kept: PaperSet) -> Question:
    """A question that stands in the set."""
    slot = queries.slots(session, papers_of(session, kept)[0].id)[0]
    return session.get_one(Question, slot.question_id)


def test_the_papers_of_a_cohort_are_frozen_with_what_is_expected_of_them(session: Session, exam: Exam) -> None:
    cohort = make_cohort(session, exam)
    kept = assemble_for(session, exam, cohort.id)
    papers = papers_of(session, kept)
    assert (kept.state, kept.number, kept.most_uses, kept.common, kept.beside) == (SetState.READY, 4, 1, 0, True)
    assert len(papers) == 4
    assert {paper.expected_points for paper in papers} == {Fraction(80)}
    assert {paper.expected_seconds for paper in papers} == {60 + 90 + 30 + 240}
    assert all(paper.expected_error > 0 and paper.repeats == 0 for paper in papers)
    ids = [question_ids(session, paper.id) for paper in papers]
    assert len(set.union(*ids)) == 16
    assert current(session, exam, cohort.id) == kept.id
    assert current(session, exam, make_cohort(session, exam).id) is None
    used = session.scalars(select(QuestionVersion).where(QuestionVersion.question_id.in_(set.union(*ids))))
    assert all(version.used_at for version in used)
    assert session.scalars(select(AuditEvent.action)).all()[-1] == "exam.papers_assembled"


def test_a_new_set_takes_the_place_of_the_one_before(session: Session, exam: Exam) -> None:
    cohort = make_cohort(session, exam)
    first, second = (assemble_for(session, exam, cohort.id, seed) for seed in (1, 2))
    assert current(session, exam, cohort.id) == second.id
    session.refresh(first)
    assert (first.outdated_why, second.outdated_at) == (Outdated.REPLACED, None)


def change_the_blueprint(session: Session, exam: Exam, kept: PaperSet) -> None:
    rows = queries.lines(session, exam.id)
    actions.set_blueprint(session, exam, rows[1:] + rows[:1], actor_id=None, now=LATER)


def retire_a_question(session: Session, exam: Exam, kept: PaperSet) -> None:
    bank.retire(session, a_question(session, kept), now=LATER)


def publish_a_newer_version(session: Session, exam: Exam, kept: PaperSet) -> None:
    item = make_item()
    bank.publish(session, bank.revise(session, a_question(session, kept), item, difficulty=2, now=LATER), now=LATER)


def say_it_is_of_a_family(session: Session, exam: Exam, kept: PaperSet) -> None:
    question = a_question(session, kept)
    relations.relate(session, question, family="退款时限", seconds=None, enemies=())
    actions.outdate_with(session, [question.id], LATER)


def ask_for_more_papers(session: Session, exam: Exam, kept: PaperSet) -> None:
    actions.set_parallel(session, exam, papers=3, cap=None, actor_id=None, now=LATER)


CHANGES = {
    change_the_blueprint: Outdated.BLUEPRINT,
    retire_a_question: Outdated.QUESTION,
    publish_a_newer_version: Outdated.QUESTION,
    say_it_is_of_a_family: Outdated.QUESTION,
    ask_for_more_papers: Outdated.SETTINGS,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_set_that_is_out_of_date_is_not_given_out_and_says_why(session: Session, exam: Exam, change) -> None:
    [sitting] = make_hall(session, exam, 1)
    kept = assemble_for(session, exam, cohort_id_of(sitting))
    change(session, exam, kept)
    assert current(session, exam, kept.cohort_id) is None
    actions.set_aside_broken(session, LATER)
    session.refresh(kept)
    assert (kept.outdated_at, kept.outdated_why) == (LATER, CHANGES[change])
    assert [*actions.assemble_waiting(session, LATER, Random(1))] == ["looked", "kept"]
    assert current(session, exam, kept.cohort_id) == latest(session).id != kept.id


@pytest.mark.parametrize("change", [change_the_blueprint, retire_a_question, publish_a_newer_version])
def test_what_changes_while_papers_are_assembled_is_noticed(session: Session, exam: Exam, change) -> None:
    cohort = make_cohort(session, exam)
    kept = assemble_for(session, exam, cohort.id)
    looked = actions.survey(session, exam, cohort.id)
    made, beside = through_all(assemble_beside(looked.task, 1))
    change(session, exam, kept)
    with pytest.raises(Conflict) as refusal:
        actions.keep_set(session, looked, made, actions.Making(1, 0.1), beside=beside, now=LATER)
    assert refusal.value.code == "bank_changed"


def test_an_exam_without_a_blueprint_has_no_papers(session: Session, exam: Exam) -> None:
    actions.retire(session, exam, actor_id=None, now=NOW)
    actions.set_blueprint(session, exam, [], actor_id=None, now=NOW)
    with pytest.raises(Refused) as refusal:
        actions.survey(session, exam, make_cohort(session, exam).id)
    assert refusal.value.code == "no_rows"


# The job


def test_the_job_assembles_for_cohorts_that_wait_once(session: Session, exam: Exam) -> None:
    make_hall(session, exam, 2)
    assert [*actions.assemble_waiting(session, NOW, Random(1))] == ["looked", "kept"]
    assert latest(session).made_by is None
    assert [*actions.assemble_waiting(session, NOW, Random(1))] == []


def test_it_assembles_for_those_who_learn_still_and_not_for_those_who_are_through(session: Session, exam: Exam) -> None:
    [learning, missed, begun] = (make_hall(session, exam, 1)[0] for _ in range(3))
    learner = session.get_one(Enrolment, learning.enrolment_id)
    learner.completed_at = None
    session.delete(learning)
    missed.opens_at, missed.closes_at = NOW - timedelta(days=9), NOW - timedelta(days=2)
    attempts.start(session, begun, NOW)
    session.flush()
    [*actions.assemble_waiting(session, NOW, Random(1))]
    assert session.scalars(select(PaperSet.cohort_id)).all() == [learner.cohort_id]


def test_a_refusal_is_kept_and_tried_again_later_or_with_another_blueprint(session: Session) -> None:
    exam = make_exam(session, questions=1, exposure_cap=1)
    [*_hall] = make_hall(session, exam, 8)
    assert [*actions.assemble_waiting(session, NOW, Random(1))] == ["looked", "kept"]
    assert (latest(session).state, latest(session).why) == (SetState.REFUSED, Unfit.TOO_FEW)
    soon, later = NOW + timedelta(minutes=9), NOW + timedelta(minutes=11)
    assert [*actions.assemble_waiting(session, soon)] == []
    assert [*actions.assemble_waiting(session, later)] == ["looked", "kept"]
    change_the_blueprint(session, exam, latest(session))
    assert [*actions.assemble_waiting(session, later)] == ["looked", "kept"]


def test_the_jobs_are_on_the_list() -> None:
    assert {"assemble parallel papers", "add up what questions earned"} <= {job.name for job in JOBS}


def test_a_later_set_lies_beside_what_was_sat(session: Session, exam: Exam) -> None:
    sittings = make_hall(session, exam, 2)
    first = assemble_for(session, exam, cohort_id_of(sittings[0]))
    attempts.start(session, sittings[0], NOW)
    for question in session.scalars(select(Question)):
        question.expected_seconds = 100
    session.flush()
    actions.outdate_with(session, [a_question(session, first).id], LATER)
    looked = actions.survey(session, exam, first.cohort_id)
    assert looked.task.band is not None
    assert looked.task.band.seconds == (400 - 120, 400 + 120)
    assert assemble_for(session, exam, first.cohort_id).beside


# Settings


@pytest.mark.parametrize("values", [{"papers": 0}, {"papers": 21}, {"cap": 0}])
def test_settings_out_of_range_are_refused(session: Session, exam: Exam, values: dict) -> None:
    with pytest.raises(Refused) as refusal:
        actions.set_parallel(session, exam, **{"papers": 4, "cap": None, **values}, actor_id=None, now=NOW)
    assert refusal.value.code == "out_of_range"


def test_the_cap_leaves_room_for_as_many_papers_as_people_may_see_it(session: Session, exam: Exam) -> None:
    cohort = cohort_id_of(make_hall(session, exam, 8)[0])
    exam.exposure_cap = 5
    [shown, often, *_rest] = session.scalars(select(Question.id).order_by(Question.id))
    for id, number in ((shown, 1), (often, 4)):
        session.add(Experience(question_id=id, shown=number, marked=0, shares=Fraction(), counted_at=NOW))
    session.flush()
    rooms = {one.question_id: one.room for one in actions.survey(session, exam, cohort).task.candidates}
    assert (rooms.pop(shown), rooms.pop(often), set(rooms.values())) == (2, 0, {2})


# What is known of questions


def test_experience_adds_up_the_marks_that_count(session: Session) -> None:
    exam = make_exam(session, questions=1)
    marker = make_person(session)
    first = hand_in(session, exam=exam)
    mark_all(session, first, marker, {"k1": Fraction(2), "k2": Fraction()})
    mark_all(session, first, marker, {"k1": Fraction(2), "k2": Fraction(3)})
    second = hand_in(session, exam=exam, right=0)
    mark_all(session, second, marker, {"k1": Fraction(), "k2": Fraction()})
    third = hand_in(session, exam=exam)
    attempts.void(session, third, marker.id, "停电", LATER)
    assert sum(actions.count_experience(session, NOW)) == 4
    found = {
        session.get_one(Question, one.question_id).kind: (one.shown, one.marked, one.shares)
        for one in session.scalars(select(Experience))
    }
    assert found[Kind.SHORT_ANSWER] == (3, 2, 1)
    assert found[Kind.SINGLE_CHOICE] == (3, 2, 1)
    assert sum(actions.count_experience(session, LATER)) == 0
    assert {one.counted_at for one in session.scalars(select(Experience))} == {NOW}


def test_candidates_carry_what_is_known_of_them(session: Session) -> None:
    version, other = make_question(session, difficulty=3), make_question(session)
    question = session.get_one(Question, version.question_id)
    relations.relate(session, question, family="  退款　时限 ", seconds=75, enemies=[other.question_id])
    session.add(Experience(question_id=other.question_id, shown=30, marked=20, shares=Fraction(8), counted_at=NOW))
    session.flush()
    rows = [BlueprintLine(question.topic_id, Kind.SINGLE_CHOICE, None, 1, Fraction(5))]
    first, second = queries.candidates(session, rows)
    assert (first.share, first.seconds, first.family, first.shown) == (Fraction(13, 20), 75, "退款 时限", 0)
    assert (second.share, second.seconds, second.family, second.shown) == (Fraction(3, 5), 60, "", 30)
    assert queries.enemies(session, [first, second]) == {(first.question_id, second.question_id)}
    assert queries.enemies(session, [first]) == set()
    relations.set_estimate(session, version, Fraction(1, 4))
    assert queries.candidates(session, rows)[0].share == Fraction(1, 4)


def test_a_larger_bank_takes_no_more_statements(session: Session, exam: Exam) -> None:
    cohort = make_cohort(session, exam)
    numbers = []
    for more in (0, 9):
        for _ in range(more):
            make_question(session)
        session.commit()
        with count_statements(session) as statements:
            actions.survey(session, exam, cohort.id)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


def test_origins_are_told_by_cohort(session: Session, exam: Exam) -> None:
    sittings = make_hall(session, exam, 3)
    attempts.start(session, sittings[0], NOW)
    kept = assemble_for(session, exam, cohort_id_of(sittings[0]))
    for sitting in sittings[1:]:
        attempts.start(session, sitting, NOW)
    empty = make_cohort(session, exam)
    told = {one.cohort.id: one for one in queries.cohort_papers(session, exam)}
    own = told[kept.cohort_id]
    assert (own.people, own.latest, own.current) == (3, kept, True)
    assert own.begun == {Origin.DRAWN: 1, Origin.PARALLEL: 2}
    assert (told[empty.id].people, told[empty.id].latest, told[empty.id].begun) == (0, None, {})
