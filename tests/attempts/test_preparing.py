"""Papers drawn beforehand: for whom, how long they may be used, and that a start with one is a start like any other."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.attempts import actions
from exam.attempts.actions import preparing
from exam.attempts.models import Attempt, Prepared, RoomEvent
from exam.errors import NotFound
from exam.papers import actions as papers
from exam.papers.models import Exam, Paper, Slot
from exam.papers.queries import lines, slots
from exam.sittings.models import Sitting
from question_bank import bank
from question_bank.items import Choice, Kind, SingleChoice
from question_bank.models import Question, QuestionVersion
from tests.attempts.builders import begin, count, make_ready_sitting
from tests.builders import NOW, make_exam, make_item, make_person, make_question
from tests.sittings.builders import make_booking, make_sitting
from tests.support.database import count_statements

LATER = NOW + timedelta(minutes=1)
DAY = timedelta(days=1)


def prepared(session: Session, sitting: Sitting) -> Prepared | None:
    return session.get(Prepared, sitting.id, populate_existing=True)


def ready(session: Session, exam: Exam | None = None) -> tuple[Sitting, Prepared]:
    """A sitting that can be started, with its paper prepared."""
    sitting = make_ready_sitting(session, exam=exam)
    actions.prepare(session, NOW, Random(1))
    found = prepared(session, sitting)
    assert found
    return sitting, found


def a_version(session: Session, paper_id: int, kind: Kind = Kind.SINGLE_CHOICE) -> QuestionVersion:
    """A question of a paper."""
    return next(slot.version for slot in slots(session, paper_id) if slot.item.kind is kind)


# For whom


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        ({}, True),
        ({"opens_at": NOW + timedelta(minutes=59)}, True),
        ({"opens_at": NOW + timedelta(minutes=61)}, False),
        ({"opens_at": NOW - 2 * DAY, "closes_at": NOW - DAY}, False),
    ],
)
def test_windows_that_are_open_or_open_soon_get_a_paper(session: Session, columns: dict, wanted: bool) -> None:
    sitting = make_sitting(session, make_exam(session), **columns)
    assert actions.prepare(session, NOW) == wanted
    assert (prepared(session, sitting) is not None) == wanted
    assert actions.prepare(session, NOW) == 0


def test_whoever_has_started_or_may_not_come_gets_none(session: Session) -> None:
    exam = make_exam(session)
    begin(session, exam=exam)
    make_ready_sitting(session, make_person(session, active=False), exam)
    assert actions.prepare(session, NOW) == 0


def test_an_attempt_set_aside_makes_a_new_paper_due_with_other_questions(session: Session) -> None:
    exam = make_exam(session, questions=1)
    for kind in Kind:
        make_question(session, kind=kind)
    sitting, first = ready(session, exam)
    attempt = actions.start(session, sitting, NOW)
    actions.void(session, attempt, make_person(session).id, "停电", LATER)
    actions.discard_stale(session, LATER)
    assert actions.prepare(session, LATER) == 1
    second = prepared(session, sitting)
    assert second
    seen, fresh = (
        {one.question_id for one in slots(session, paper_id)} for paper_id in (first.paper_id, second.paper_id)
    )
    assert seen.isdisjoint(fresh)
    again = actions.start(session, sitting, LATER)
    assert (again.paper_id, again.layout) == (second.paper_id, second.layout)


def test_the_next_bookings_come_first(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    exam = make_exam(session, places=5)
    sittings = [make_sitting(session, exam) for _ in range(3)]
    make_booking(session, sittings[2], NOW + timedelta(hours=1))
    make_booking(session, sittings[1], NOW + timedelta(hours=2))
    monkeypatch.setattr(preparing, "BATCH", 1)
    for sitting in reversed(sittings):
        assert actions.prepare(session, NOW) == 1
        assert prepared(session, sitting)


def test_an_exam_that_the_bank_cannot_fill_does_not_keep_others_from_theirs(session: Session) -> None:
    broken, whole = make_exam(session, questions=9), make_exam(session, questions=1)
    stuck, sitting = make_ready_sitting(session, exam=broken), make_ready_sitting(session, exam=whole)
    for question in session.scalars(select(Question).order_by(Question.id).limit(36)):
        bank.retire(session, question, now=NOW)
    assert actions.prepare(session, NOW) == 1
    assert prepared(session, sitting)
    assert prepared(session, stuck) is None


def test_many_take_as_many_statements_as_one(session: Session) -> None:
    """But for the papers' own rows: SQLite gives their ids one by one."""
    exam, numbers = make_exam(session), []
    for people in (1, 9):
        for _ in range(people):
            make_ready_sitting(session, exam=exam)
        session.commit()
        with count_statements(session) as statements:
            assert actions.prepare(session, NOW) == people
        numbers.append(sum(not one.startswith("INSERT INTO paper ") for one in statements))
    assert numbers[0] >= numbers[1]


# Starting with it


def test_a_start_takes_what_was_prepared(session: Session) -> None:
    sitting, found = ready(session)
    attempt = actions.start(session, sitting, LATER)
    assert (attempt.paper_id, attempt.layout) == (found.paper_id, found.layout)
    assert (attempt.started_at, attempt.deadline) == (LATER, LATER + timedelta(minutes=60))
    assert [event.kind for event in session.scalars(select(RoomEvent))] == ["started"]
    assert actions.start(session, sitting, LATER) is attempt
    assert count(session, Paper) == 1


def test_its_terms_are_those_of_the_start(session: Session) -> None:
    sitting, _found = ready(session)
    sitting.exam.pass_percent, sitting.exam.minutes = 70, 30
    session.flush()
    attempt = actions.start(session, sitting, LATER)
    assert (attempt.pass_percent, attempt.minutes) == (70, 30)


def test_somebody_elses_sitting_is_not_found(session: Session) -> None:
    sitting, _found = ready(session)
    with pytest.raises(NotFound):
        actions.start_own(session, make_person(session).id, sitting.id, LATER)
    assert count(session, Attempt) == 0


def change_the_blueprint(session: Session, sitting: Sitting, paper_id: int) -> None:
    exam = session.get_one(Exam, sitting.exam_id)
    rows = lines(session, exam.id)
    papers.set_blueprint(session, exam, rows[1:] + rows[:1], actor_id=None, now=LATER)


def retire_a_question(session: Session, sitting: Sitting, paper_id: int) -> None:
    bank.retire(session, session.get_one(Question, a_version(session, paper_id).question_id), now=LATER)


def publish_a_newer_version(session: Session, sitting: Sitting, paper_id: int) -> None:
    question = session.get_one(Question, a_version(session, paper_id).question_id)
    bank.publish(session, bank.revise(session, question, make_item(), difficulty=2, now=LATER), now=LATER)


def correct_a_key(session: Session, sitting: Sitting, paper_id: int) -> None:
    version = a_version(session, paper_id)
    item = bank.item_of(version)
    assert isinstance(item, SingleChoice)
    choices = tuple(Choice(one.id, one.text, one.id == "b") for one in item.choices)
    bank.correct(session, version, SingleChoice(item.stem, choices, item.explanation), now=LATER)


def begin_another_attempt(session: Session, sitting: Sitting, paper_id: int) -> None:
    """By another sitting of theirs; it is set aside."""
    again = make_sitting(session, sitting.exam, enrolment=sitting.enrolment, try_number=2)
    other = actions.start(session, again, NOW)
    actions.void(session, other, make_person(session).id, "停电", NOW)


def write_a_draft(session: Session, sitting: Sitting, paper_id: int) -> None:
    question = session.get_one(Question, a_version(session, paper_id).question_id)
    bank.revise(session, question, make_item(), difficulty=2, now=LATER)


def add_a_question(session: Session, sitting: Sitting, paper_id: int) -> None:
    make_question(session)


def begin_somebody_elses_attempt(session: Session, sitting: Sitting, paper_id: int) -> None:
    begin(session, exam=sitting.exam)


OUTDATE = [change_the_blueprint, retire_a_question, publish_a_newer_version, correct_a_key, begin_another_attempt]
DO_NOT = [write_a_draft, add_a_question, begin_somebody_elses_attempt]


def exam_with_spare_questions(session: Session) -> Exam:
    exam = make_exam(session)
    for kind in Kind:
        make_question(session, kind=kind)
    return exam


@pytest.mark.parametrize("change", OUTDATE)
def test_what_is_out_of_date_is_never_started(session: Session, change) -> None:
    sitting, found = ready(session, exam_with_spare_questions(session))
    change(session, sitting, found.paper_id)
    attempt = actions.start(session, sitting, LATER)
    assert attempt.paper_id != found.paper_id
    assert count(session, RoomEvent) >= 1


@pytest.mark.parametrize("change", OUTDATE)
def test_what_is_out_of_date_is_thrown_away_and_drawn_again(session: Session, change) -> None:
    sitting, found = ready(session, exam_with_spare_questions(session))
    before = found.paper_id
    change(session, sitting, before)
    assert actions.discard_stale(session, LATER) == 1
    assert session.get(Paper, before, populate_existing=True) is None
    assert session.scalars(select(Slot).where(Slot.paper_id == before)).all() == []
    assert actions.prepare(session, LATER) >= 1
    again = prepared(session, sitting)
    assert again
    assert actions.start(session, sitting, LATER).paper_id == again.paper_id


@pytest.mark.parametrize("change", DO_NOT)
def test_what_does_not_touch_it_leaves_it(session: Session, change) -> None:
    sitting, found = ready(session)
    change(session, sitting, found.paper_id)
    assert actions.discard_stale(session, LATER) == 0
    assert actions.start(session, sitting, LATER).paper_id == found.paper_id


def test_a_paper_that_was_shown_stays(session: Session) -> None:
    sitting, found = ready(session)
    attempt = actions.start(session, sitting, LATER)
    assert actions.discard_stale(session, LATER) == 1
    assert prepared(session, sitting) is None
    assert len(slots(session, attempt.paper_id)) == 8
    assert found.paper_id == attempt.paper_id


def test_a_window_that_has_passed_keeps_no_paper(session: Session) -> None:
    sitting, _found = ready(session)
    assert actions.discard_stale(session, sitting.closes_at) == 0
    assert actions.discard_stale(session, sitting.closes_at + timedelta(seconds=1)) == 1
    assert count(session, Paper) == 0


def test_the_job_goes_on_until_everybody_has_one(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    exam = make_exam(session)
    for _ in range(3):
        make_ready_sitting(session, exam=exam)
    monkeypatch.setattr(preparing, "BATCH", 2)
    assert list(actions.prepare_in_batches(session, NOW)) == [2, 1]
