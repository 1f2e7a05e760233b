"""Which sitting counts, and whether attempts are read as they are kept."""

from datetime import timedelta

from exam.attempts.models import Attempt
from exam.sittings import queries
from exam.sittings.rules import Stage
from tests.builders import NOW, make_person
from tests.sittings.builders import at, make_attempt, make_booking, make_plain_exam, make_sitting
from tests.support.database import count_statements


def test_the_columns_read_of_attempts_are_those_of_their_model():
    theirs = Attempt.__table__.c
    for column in queries.attempt.c:
        assert column.name in theirs
        moment = type(theirs[column.name].type).__name__ == "UtcDateTime"
        assert moment == (type(column.type).__name__ == "UtcDateTime"), column.name


def test_only_ones_own_sitting_is_found(session):
    sitting = make_sitting(session)
    assert queries.own_sitting(session, sitting.person_id, sitting.id) is sitting
    assert queries.own_sitting(session, make_person(session).id, sitting.id) is None


def test_without_sittings_none_counts(session):
    assert queries.current(session, make_person(session).id, NOW) is None
    assert queries.current(session, make_person(session).id) is None


def test_the_window_that_closes_first_counts(session):
    later = make_sitting(session, closes_at=at(20, 23, 59, 59))
    first = make_sitting(session, enrolment=later.enrolment)
    assert queries.current(session, later.person_id, NOW) is first


def test_a_missed_window_counts_only_when_there_is_nothing_to_sit(session):
    missed = make_sitting(session)
    assert queries.current(session, missed.person_id, at(10, 9)) is missed
    open_one = make_sitting(session, enrolment=missed.enrolment, opens_at=at(9, 9), closes_at=at(16, 23, 59, 59))
    assert queries.current(session, missed.person_id, at(10, 9)) is open_one


def test_the_retake_counts_after_the_first_try(session):
    first = make_sitting(session)
    make_attempt(session, first, at(2, 10))
    values = {"try_number": 2, "opens_at": at(4, 9), "created_at": at(4, 9)}
    retake = make_sitting(session, first.exam, enrolment=first.enrolment, **values)
    assert queries.current(session, first.person_id, at(4, 10)) is retake
    make_attempt(session, retake, at(5, 9))
    assert queries.current(session, first.person_id, at(6, 10)) is retake


def test_a_running_attempt_counts_before_everything(session):
    running = make_sitting(session, closes_at=at(20, 23, 59, 59))
    make_sitting(session, enrolment=running.enrolment)
    make_attempt(session, running, at(3, 10), closed=False)
    assert queries.current(session, running.person_id, at(3, 10, 30)) is running


def test_a_void_attempt_leaves_the_sitting_to_be_sat(session):
    sitting = make_sitting(session)
    make_attempt(session, sitting, at(3, 10), voided_at=at(3, 11), void_reason="停电")
    assert queries.standing(session, sitting, at(3, 12)).stage is Stage.OPEN
    make_attempt(session, sitting, at(4, 10))
    assert queries.standing(session, sitting, at(4, 12)).stage is Stage.DONE


def test_many_sittings_take_as_many_statements_as_one(session):
    exam = make_plain_exam(session)
    sittings = [make_sitting(session, exam) for _ in range(10)]
    make_booking(session, sittings[0], at(4, 10))
    with count_statements(session) as statements:
        found = queries.standings(session, sittings, NOW + timedelta(hours=1))
    assert len(statements) == 2
    assert [one.stage for one in found] == [Stage.BOOKED] + [Stage.OPEN] * 9
