"""Which paper a candidate gets: the cohort's parallel ones in turn, and on a retake nothing they have seen."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.attempts import actions
from exam.attempts.actions import preparing
from exam.attempts.models import Attempt, Prepared
from exam.papers import actions as papers
from exam.papers.models import Exam, Paper, PaperSet
from exam.papers.queries import slots
from exam.papers.rules import Origin
from exam.sittings.models import Sitting
from question_bank import bank
from question_bank.models import Question
from tests.builders import NOW, make_person
from tests.papers.builders import assemble_for, cohort_id_of, make_hall, make_wide_exam, papers_of
from tests.sittings.builders import make_sitting

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def exam(session: Session) -> Exam:
    return make_wide_exam(session, spare=5)


def asked(session: Session, attempt: Attempt) -> set[int]:
    return {slot.question_id for slot in slots(session, attempt.paper_id)}


def origin(session: Session, attempt: Attempt) -> Origin:
    return session.get_one(Paper, attempt.paper_id).origin


def prepared_papers(session: Session) -> list[int]:
    return list(session.scalars(select(Prepared.paper_id).order_by(Prepared.sitting_id)))


def again(session: Session, sitting: Sitting, try_number: int = 2) -> Sitting:
    """The same person's next sitting."""
    return make_sitting(session, sitting.exam, enrolment=sitting.enrolment, try_number=try_number)


def through(session: Session, sitting: Sitting) -> Attempt:
    """An attempt handed in at once."""
    attempt = actions.start(session, sitting, NOW)
    actions.submit(session, attempt, [], attempt.epoch, LATER)
    return attempt


def test_first_sittings_get_the_parallel_papers_in_turn(session: Session, exam: Exam) -> None:
    sittings = make_hall(session, exam, 9)
    kept = assemble_for(session, exam, cohort_id_of(sittings[0]))
    assert actions.prepare(session, NOW, Random(1)) == 9
    ids = [paper.id for paper in papers_of(session, kept)]
    assert prepared_papers(session) == [*ids, *ids, ids[0]]
    begun = [actions.start(session, sitting, NOW) for sitting in sittings]
    assert [attempt.paper_id for attempt in begun] == [*ids, *ids, ids[0]]
    assert len({str(attempt.layout) for attempt in begun}) == 9, "each has an order of choices of their own"


def test_turns_go_on_where_they_were(session: Session, exam: Exam) -> None:
    sittings = make_hall(session, exam, 5)
    kept = assemble_for(session, exam, cohort_id_of(sittings[0]))
    actions.start(session, sittings[0], NOW)
    assert actions.prepare(session, NOW, Random(1)) == 4
    ids = [paper.id for paper in papers_of(session, kept)]
    assert prepared_papers(session) == [*ids[1:], ids[0]]
    for sitting in sittings[1:]:
        actions.start(session, sitting, NOW)
    assert Counter(session.scalars(select(Attempt.paper_id))) == {ids[0]: 2, ids[1]: 1, ids[2]: 1, ids[3]: 1}


def test_a_start_without_anything_prepared_takes_them_too(session: Session, exam: Exam) -> None:
    sittings = make_hall(session, exam, 2)
    kept = assemble_for(session, exam, cohort_id_of(sittings[0]))
    begun = [actions.start(session, sitting, NOW).paper_id for sitting in sittings]
    assert begun == [paper.id for paper in papers_of(session, kept)][:2]


def test_each_cohort_has_its_own(session: Session, exam: Exam) -> None:
    first, second = (make_hall(session, exam, 1)[0] for _ in range(2))
    assemble_for(session, exam, cohort_id_of(first))
    assert origin(session, actions.start(session, first, NOW)) is Origin.PARALLEL
    assert origin(session, actions.start(session, second, NOW)) is Origin.DRAWN


def test_a_retake_gets_another_parallel_paper_while_one_is_all_new(session: Session, exam: Exam) -> None:
    [sitting] = make_hall(session, exam, 1)
    kept = assemble_for(session, exam, cohort_id_of(sitting))
    first, second = through(session, sitting), actions.start(session, again(session, sitting), LATER)
    assert asked(session, first).isdisjoint(asked(session, second))
    assert {first.paper_id, second.paper_id} <= {paper.id for paper in papers_of(session, kept)}


def test_else_a_paper_of_their_own_beside_the_parallel_ones(session: Session, exam: Exam) -> None:
    """Two parallel papers and six questions of each kind: the third and fourth try have papers of their own."""
    exam.parallel_papers = 2
    [sitting] = make_hall(session, exam, 1)
    kept = assemble_for(session, exam, cohort_id_of(sitting))
    tries = [through(session, sitting)]
    for number in (2, 3, 4):
        tries.append(through(session, again(session, sitting, number)))
    seen = [asked(session, attempt) for attempt in tries]
    assert len(set.union(*seen)) == 16
    assert [origin(session, one) for one in tries] == [Origin.PARALLEL, Origin.PARALLEL, Origin.OWN, Origin.OWN]
    own = session.get_one(Paper, tries[2].paper_id)
    parallel = papers_of(session, kept)
    assert (own.set_id, own.repeats) == (kept.id, 0)
    assert abs(own.expected_points - parallel[0].expected_points) <= 0.5
    assert abs(own.expected_seconds - parallel[0].expected_seconds) <= 120


def test_a_bank_too_small_repeats_and_says_how_many(session: Session) -> None:
    exam = make_wide_exam(session, spare=0)
    [sitting] = make_hall(session, exam, 1)
    assemble_for(session, exam, cohort_id_of(sitting))
    through(session, sitting)
    second = session.get_one(Paper, actions.start(session, again(session, sitting), LATER).paper_id)
    assert (second.origin, second.repeats) == (Origin.OWN, 4)


def test_after_an_attempt_set_aside_nothing_of_it_comes_again(session: Session, exam: Exam) -> None:
    [sitting] = make_hall(session, exam, 1)
    assemble_for(session, exam, cohort_id_of(sitting))
    first = actions.start(session, sitting, NOW)
    actions.void(session, first, make_person(session).id, "停电", LATER)
    assert asked(session, first).isdisjoint(asked(session, actions.start(session, sitting, LATER)))


def test_papers_of_their_own_are_prepared_a_few_at_a_time(session: Session, exam: Exam, monkeypatch) -> None:
    monkeypatch.setattr(preparing, "MOST_MET", 1)
    sittings = make_hall(session, exam, 2)
    assemble_for(session, exam, cohort_id_of(sittings[0]))
    for sitting in sittings:
        through(session, sitting)
        again(session, sitting)
    assert [*actions.prepare_in_batches(session, LATER)] == [1, 1]


def test_no_parallel_papers_means_drawn_ones(session: Session, exam: Exam) -> None:
    exam.exposure_cap = 1
    [sitting, *_others] = make_hall(session, exam, 99)
    [*papers.assemble_waiting(session, NOW)]
    assert session.scalars(select(PaperSet.state)).one() == "refused"
    assert origin(session, actions.start(session, sitting, NOW)) is Origin.DRAWN


def test_what_was_prepared_of_a_set_put_aside_is_never_started(session: Session, exam: Exam) -> None:
    [sitting] = make_hall(session, exam, 1)
    first = assemble_for(session, exam, cohort_id_of(sitting))
    actions.prepare(session, NOW)
    second = assemble_for(session, exam, cohort_id_of(sitting), seed=2)
    attempt = actions.start(session, sitting, LATER)
    assert session.get_one(Paper, attempt.paper_id).set_id == second.id != first.id


def test_parallel_papers_stay_when_what_was_prepared_is_thrown_away(session: Session, exam: Exam) -> None:
    [sitting] = make_hall(session, exam, 1)
    kept = assemble_for(session, exam, cohort_id_of(sitting))
    actions.prepare(session, NOW)
    [question_id, *_others] = asked_by(session, prepared_papers(session)[0])
    bank.retire(session, session.get_one(Question, question_id), now=LATER)
    assert actions.discard_stale(session, LATER) == 1
    assert prepared_papers(session) == []
    assert len(papers_of(session, kept)) == 4
    session.refresh(kept)
    assert kept.outdated_at == LATER


def asked_by(session: Session, paper_id: int) -> list[int]:
    return [slot.question_id for slot in slots(session, paper_id)]


def test_drawn_papers_give_way_to_parallel_ones_assembled_since(session: Session, exam: Exam) -> None:
    [sitting, *_rest] = make_hall(session, exam, 2)
    actions.prepare(session, NOW - timedelta(minutes=1))
    assert {session.get_one(Paper, id).origin for id in prepared_papers(session)} == {Origin.DRAWN}
    assemble_for(session, exam, cohort_id_of(sitting))
    assert actions.discard_stale(session, LATER) == 2
    assert actions.prepare(session, LATER) == 2
    assert {session.get_one(Paper, id).origin for id in prepared_papers(session)} == {Origin.PARALLEL}
    assert actions.discard_stale(session, LATER) == 0
