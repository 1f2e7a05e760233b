"""Where a question is used, how it went, and a new question from an old one."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.authoring import actions, queries
from exam.authoring.queries import usage
from exam.papers.models import Slot
from exam.papers.rules import ExamState
from question_bank import bank, tags
from question_bank.items import Kind
from question_bank.models import Question, QuestionVersion, VersionState
from tests.builders import make_exam, make_question, make_topic
from tests.marking.builders import hand_in
from tests.support.database import count_statements


@pytest.fixture
def sat(session, monkeypatch):
    """A single choice that two candidates were shown, one of whom got it right; its exam has no other."""
    monkeypatch.setattr(usage, "FEWEST", 2)
    exam = make_exam(session, questions=1)
    hand_in(session, exam=exam)
    hand_in(session, exam=exam, right=0)
    version = session.scalars(select(QuestionVersion).join(Question).where(Question.kind == Kind.SINGLE_CHOICE)).one()
    return exam, session.get_one(Question, version.question_id)


def test_the_exam_that_showed_it_and_the_share_of_the_points(session, sat):
    exam, question = sat
    assert session.scalars(select(Slot)).first()
    with count_statements(session) as statements:
        [use] = queries.where_used(session, question.id)
    assert len(statements) == 2
    assert (use.exam_id, use.title, use.seen, use.marked, use.facility) == (exam.id, exam.title, 2, 2, Fraction(1, 2))


def test_too_few_marks_say_nothing(session, sat, monkeypatch):
    monkeypatch.setattr(usage, "FEWEST", 3)
    _exam, question = sat
    assert [use.facility for use in queries.where_used(session, question.id)] == [None]


def test_which_exams_may_draw_it(session, sat):
    exam, question = sat
    retired = make_exam(session, state=ExamState.RETIRED)
    assert queries.may_draw(session, question) == [(exam.id, exam.title)]
    draft = make_question(session, published=False)
    assert queries.may_draw(session, session.get_one(Question, draft.question_id)) == []
    elsewhere = make_question(session, topic=make_topic(session, "别的"))
    assert queries.may_draw(session, session.get_one(Question, elsewhere.question_id)) == []
    assert retired.id != exam.id
    assert queries.where_used(session, elsewhere.question_id) == []


def test_a_new_question_from_an_old_one(session, trainer, now):
    old = make_question(session, difficulty=3)
    question = session.get_one(Question, old.question_id)
    tags.set_tags(session, question, ["总部"])
    new = actions.duplicate_question(session, question, actor_id=trainer.id, now=now + timedelta(hours=1))
    assert new.question_id != question.id
    assert (new.state, new.number, new.difficulty, new.author_id) == (VersionState.DRAFT, 1, 3, trainer.id)
    assert bank.item_of(new) == bank.item_of(old)
    assert tags.tags_of(session, [new.question_id]) == {new.question_id: ["总部"]}


def test_the_pages_of_both(client, trainer, session, sat):
    exam, question = sat
    desk = client.sign_in(trainer)
    page = desk.get(f"/questions/{question.id}").get_data(as_text=True)
    assert ("50%" in page, exam.title in page) == (True, True)
    answer = desk.post(f"/questions/{question.id}/duplicate")
    assert answer.location != f"/questions/{question.id}"
    assert desk.get(answer.location).status_code == 200
