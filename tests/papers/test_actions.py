"""Making exams, publishing them, and assembling papers: what works, then each refusal."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from sqlalchemy import select

from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.errors import Conflict, Refused
from exam.events import exam_published
from exam.papers import actions, queries
from exam.papers.models import BlueprintRow, Paper
from exam.papers.rules import BlueprintLine, ExamState, Terms, disjoint_papers, possible
from question_bank import bank, seeding
from question_bank.items import CreditRule, Kind
from question_bank.models import Question
from tests.builders import make_course, make_exam, make_person, make_question, make_topic
from tests.support.database import count_statements

SINGLE = Kind.SINGLE_CHOICE
TERMS = Terms("结业测试")


@pytest.fixture
def trainer(session):
    return make_person(session, Role.TRAINER)


@pytest.fixture
def topic(session):
    return make_topic(session)


@pytest.fixture
def exam(session, trainer, now):
    return actions.make_exam(session, make_course(session), TERMS, actor_id=trainer.id, now=now)


def rows_of(topic, *rows):
    return [BlueprintLine(topic.id, kind, level, number, Fraction(worth)) for kind, level, number, worth in rows]


def trail(session):
    return session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()


def test_a_new_exam_is_a_draft_with_the_terms_given(session, trainer, now):
    terms = replace(TERMS, minutes=45, credit_rule=CreditRule.PROPORTIONAL)
    exam = actions.make_exam(session, make_course(session), terms, actor_id=trainer.id, now=now)
    assert (exam.state, actions.terms_of(exam)) == (ExamState.DRAFT, terms)
    assert trail(session) == ["exam.created"]


def test_terms_that_contradict_each_other_are_refused(session, trainer, now):
    course = make_course(session)
    with pytest.raises(Refused) as refusal:
        actions.make_exam(session, course, replace(TERMS, pass_percent=95), actor_id=trainer.id, now=now)
    assert refusal.value.code == "bad_terms"
    assert refusal.value.detail["fields"] == {"distinction_percent": "distinction_below_pass"}


def test_changed_terms_are_audited_with_what_changed(session, exam, trainer, now):
    actions.edit_terms(session, exam, replace(TERMS, minutes=90), actor_id=trainer.id, now=now)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "exam.terms_changed")).one()
    assert exam.minutes == 90
    assert event.detail["changes"] == {"minutes": ["60", "90"]}


def test_terms_saved_unchanged_leave_no_trace(session, exam, trainer, now):
    actions.edit_terms(session, exam, TERMS, actor_id=trainer.id, now=now)
    assert trail(session) == ["exam.created"]


def test_a_draft_may_have_an_unfinished_blueprint(session, exam, topic, now):
    rows = rows_of(topic, (SINGLE, None, 3, "2.5"), (Kind.SHORT_ANSWER, 3, 1, 5))
    actions.set_blueprint(session, exam, rows, actor_id=None, now=now)
    assert queries.lines(session, exam.id) == rows


def test_a_blueprint_replaces_the_one_before(session, exam, topic, now):
    actions.set_blueprint(session, exam, rows_of(topic, (SINGLE, None, 3, 2)), actor_id=None, now=now)
    actions.set_blueprint(session, exam, [], actor_id=None, now=now)
    assert session.scalars(select(BlueprintRow)).all() == []


def test_a_blueprint_made_from_an_earlier_one_is_refused(session, exam, topic, now):
    seen, rows = exam.blueprint_edition, rows_of(topic, (SINGLE, None, 3, 2))
    actions.set_blueprint(session, exam, rows, seen=seen, actor_id=None, now=now)
    with pytest.raises(Conflict, check=lambda error: error.code == "edition"):
        actions.set_blueprint(session, exam, [], seen=seen, actor_id=None, now=now)
    assert queries.lines(session, exam.id) == rows
    actions.set_blueprint(session, exam, [], seen=seen + 1, actor_id=None, now=now)


@pytest.mark.parametrize("changes", [{"count": 0}, {"count": 201}, {"points": Fraction(0)}, {"topic": 999_999}])
def test_a_senseless_row_is_refused(session, exam, topic, now, changes):
    [row] = rows_of(topic, (SINGLE, None, 1, 1))
    with pytest.raises(Refused) as refusal:
        actions.set_blueprint(session, exam, [replace(row, **changes)], actor_id=None, now=now)
    assert refusal.value.code == "bad_row"


def test_publishing_tells_who_listens(session, topic, exam, now):
    for _ in range(2):
        make_question(session, topic=topic)
    actions.set_blueprint(session, exam, rows_of(topic, (SINGLE, None, 2, 50)), actor_id=None, now=now)
    heard = []
    with exam_published.connected_to(lambda sender, **_: heard.append(sender)):
        actions.publish(session, exam, actor_id=None, now=now)
        actions.publish(session, exam, actor_id=None, now=now)
    assert exam.state is ExamState.PUBLISHED
    assert heard == [exam]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "no_rows"),
        ([(SINGLE, None, 2, 49)], "not_full"),
        ([(SINGLE, None, 3, Fraction(100, 3))], "not_enough_questions"),
        ([(SINGLE, 3, 1, 50), (SINGLE, 1, 1, 50)], "not_enough_questions"),
    ],
)
def test_what_cannot_be_sat_is_not_published(session, topic, exam, now, rows, code):
    """The bank has two single choices of medium difficulty."""
    make_question(session, topic=topic)
    make_question(session, topic=topic)
    make_question(session, topic=topic, published=False)
    bank.retire(session, session.get(Question, make_question(session, topic=topic).question_id), now=now)
    actions.set_blueprint(session, exam, rows_of(topic, *rows), actor_id=None, now=now)
    with pytest.raises(Refused) as refusal:
        actions.publish(session, exam, actor_id=None, now=now)
    assert refusal.value.code == code
    assert exam.state is ExamState.DRAFT


def test_a_course_leads_to_one_published_exam(session, now):
    course = make_course(session)
    first, second = make_exam(session, course), make_exam(session, course, state=ExamState.DRAFT)
    with pytest.raises(Conflict) as refusal:
        actions.publish(session, second, actor_id=None, now=now)
    assert refusal.value.code == "course_has_an_exam"
    actions.retire(session, first, actor_id=None, now=now)
    actions.publish(session, second, actor_id=None, now=now)
    assert queries.published_exam(session, first.course_id) is second


def test_a_published_exam_stays_one_that_can_be_sat(session, topic, now):
    exam = make_exam(session)
    with pytest.raises(Refused) as refusal:
        actions.set_blueprint(session, exam, rows_of(topic, (SINGLE, None, 1, 99)), actor_id=None, now=now)
    assert refusal.value.code == "not_full"


def test_a_copy_is_a_draft_with_the_same_terms_and_blueprint(session, now):
    exam = make_exam(session, minutes=45)
    made = actions.copy(session, exam, title="第二套", actor_id=None, now=now)
    assert (made.title, made.minutes, made.state) == ("第二套", 45, ExamState.DRAFT)
    assert queries.lines(session, made.id) == queries.lines(session, exam.id)


def test_a_paper_is_frozen_and_locks_its_versions(session, now):
    exam = make_exam(session, questions=2)
    paper = actions.assemble(session, exam, set(), now, Random(1))
    slots = queries.slots(session, paper.id)
    assert [slot.position for slot in slots] == list(range(1, 9))
    assert [slot.item.kind for slot in slots[::2]] == list(Kind)
    assert sum(slot.points for slot in slots) == 100
    assert {slot.version.used_at for slot in slots} == {now}


def test_a_second_paper_avoids_what_was_seen_and_says_how_many_it_could_not(session, now):
    exam = make_exam(session, questions=2)
    for kind in Kind:
        make_question(session, kind=kind)
    first = actions.assemble(session, exam, set(), now, Random(1))
    seen = {slot.question_id for slot in queries.slots(session, first.id)}
    second = actions.assemble(session, exam, seen, now + timedelta(days=1), Random(1))
    repeated = [slot.question_id for slot in queries.slots(session, second.id) if slot.question_id in seen]
    assert (second.repeats, len(repeated)) == (4, 4)


def test_a_bank_that_has_shrunk_refuses_the_paper(session, now):
    exam = make_exam(session, questions=1)
    for question in session.scalars(select(Question).where(Question.kind == Kind.SHORT_ANSWER)):
        bank.retire(session, question, now=now)
    with pytest.raises(Refused) as refusal:
        actions.assemble(session, exam, set(), now)
    assert refusal.value.code == "not_enough_questions"
    assert list(queries.broken_exams(session)) == [exam.id]
    assert session.scalars(select(Paper)).all() == []


def test_an_exam_without_rows_gives_no_paper(session, exam, now):
    with pytest.raises(Refused) as refusal:
        actions.assemble(session, exam, set(), now)
    assert refusal.value.code == "no_rows"


def test_assembling_takes_a_fixed_number_of_statements(session, now):
    small, large = make_exam(session, questions=1), make_exam(session, questions=20)
    numbers = []
    for exam in (small, large):
        with count_statements(session) as statements:
            actions.assemble(session, exam, set(), now, Random(1))
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


def test_reading_lists_takes_a_fixed_number_of_statements(session):
    for _ in range(3):
        make_exam(session, questions=1)
    with count_statements(session) as statements:
        assert len(queries.exams(session)) == 3
    assert len(statements) == 2


def test_the_final_test_gives_one_person_three_disjoint_papers_of_the_real_bank(session, now):
    seeding.load_seed(session, seeding.SEED, now)
    course = make_course(session)
    exam = actions.seed_exam(session, course, now)
    rows = queries.lines(session, exam.id)
    assert (sum(row.count for row in rows), possible(rows)) == (44, 100)
    assert {kind: number for kind, (number, _) in queries.kinds(rows).items()} == {
        Kind.SINGLE_CHOICE: 20,
        Kind.MULTIPLE_CHOICE: 10,
        Kind.TRUE_FALSE: 10,
        Kind.SHORT_ANSWER: 4,
    }
    assert disjoint_papers(rows, bank.counts(session)) >= 3
    seen: set[int] = set()
    for number in range(3):
        paper = actions.assemble(session, exam, seen, now, Random(number))
        drawn = {slot.question_id for slot in queries.slots(session, paper.id)}
        assert (paper.repeats, len(drawn), drawn & seen) == (0, 44, set())
        seen |= drawn
    assert actions.seed_exam(session, course, now) is exam
