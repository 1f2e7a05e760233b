"""Who may publish a question, and what review does: what works, then each refusal."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.authoring import actions, queries
from exam.authoring.rules import may_approve
from exam.errors import Refused
from exam.notices.models import Notice
from exam.papers.rules import ExamState
from question_bank import bank, review
from question_bank.models import CommentKind, Question, VersionState
from tests.builders import make_exam, make_item, make_person, make_question, make_topic


@pytest.fixture
def colleague(session):
    """A second person."""
    return make_person(session, Role.TRAINER, full_name="陈立")


@pytest.fixture
def draft(session, trainer, now):
    """Written by the trainer; the exam of its bank wants a second person."""
    make_exam(session)
    topic = make_topic(session)
    return actions.save_question(
        session, None, make_item(), topic=topic, difficulty=2, source=None, actor_id=trainer.id, now=now
    )


def trail(session):
    return session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()


def told(session):
    return [(one.kind, one.person_id) for one in session.scalars(select(Notice).order_by(Notice.id))]


@pytest.mark.parametrize(
    ("person", "writers", "own", "allowed"),
    [
        (1, [1], False, False),
        (1, [2, 1], False, False),
        (2, [1], False, True),
        (1, [], False, True),
        (1, [1], True, True),
    ],
)
def test_whoever_had_a_hand_in_it_is_no_second_person(person, writers, own, allowed):
    assert may_approve(person, writers, own_questions=own) is allowed


def test_a_question_is_submitted_approved_and_everybody_is_told(session, trainer, colleague, draft, now):
    actions.submit_question(session, draft, "请看看。", actor_id=trainer.id, now=now)
    waiting = [queries.waiting_for_review(session, person.id) for person in (trainer, colleague)]
    assert waiting == [0, 1]
    actions.approve(session, draft, "很好。", actor_id=colleague.id, now=now)
    assert (draft.state, draft.approved_by) == (VersionState.PUBLISHED, colleague.id)
    assert trail(session) == ["question.created", "question.submitted", "question.published"]
    assert told(session) == [("review_waiting", colleague.id), ("review_published", trainer.id)]
    kinds = [one.kind for one in review.comments(session, [draft.id])]
    assert kinds == [CommentKind.SUBMITTED, CommentKind.PUBLISHED]


def test_many_submitted_on_a_day_are_told_once(session, trainer, colleague, draft, now):
    actions.submit_question(session, draft, "", actor_id=trainer.id, now=now)
    actions.submit_question(session, make_question(session, published=False), "", actor_id=trainer.id, now=now)
    assert told(session) == [("review_waiting", colleague.id)]


def test_a_question_is_sent_back_to_who_wrote_it(session, trainer, colleague, draft, now):
    actions.submit_question(session, draft, "", actor_id=trainer.id, now=now)
    actions.send_back(session, draft, "选项 C 有歧义。", actor_id=colleague.id, now=now)
    assert draft.state is VersionState.DRAFT
    assert told(session)[1:] == [("review_sent_back", trainer.id)]
    with pytest.raises(Refused) as refusal:
        actions.approve(session, draft, "", actor_id=colleague.id, now=now)
    assert refusal.value.code == "not_in_review"


@pytest.mark.parametrize("submitted", [True, False])
def test_nobody_publishes_what_they_wrote(session, trainer, colleague, draft, now, submitted):
    if submitted:
        actions.submit_question(session, draft, "", actor_id=trainer.id, now=now)
    with pytest.raises(Refused) as refusal:
        actions.publish_question(session, draft, actor_id=trainer.id, now=now)
    assert refusal.value.code == "second_person"
    assert "结业测试" in str(refusal.value.message)
    actions.publish_question(session, draft, actor_id=colleague.id, now=now)
    assert draft.state is VersionState.PUBLISHED


def test_who_mends_a_draft_has_had_a_hand_in_it(session, trainer, colleague, draft, now):
    question = session.get_one(Question, draft.question_id)
    mended = replace(bank.item_of(draft), stem="换个问法？")
    values = {"topic": make_topic(session), "difficulty": 2, "source": None, "now": now}
    actions.save_question(session, question, mended, actor_id=colleague.id, **values)
    with pytest.raises(Refused):
        actions.publish_question(session, draft, actor_id=colleague.id, now=now)


def test_where_every_exam_allows_it_the_writer_publishes_and_the_trail_says_so(session, trainer, draft, now):
    exam = make_exam(session, own_questions=True)
    other = make_exam(session, state=ExamState.RETIRED)
    for one in session.query(type(exam)).all():
        one.own_questions = one.id != other.id
    session.flush()
    actions.publish_question(session, draft, actor_id=trainer.id, now=now)
    last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (draft.state, draft.approved_by, last.detail["own"]) == (VersionState.PUBLISHED, trainer.id, True)


def test_only_who_wrote_or_submitted_it_takes_it_back(session, trainer, colleague, draft, now):
    actions.submit_question(session, draft, "", actor_id=trainer.id, now=now)
    with pytest.raises(Refused) as refusal:
        actions.take_back(session, draft, actor_id=colleague.id, now=now)
    assert refusal.value.code == "not_yours"
    actions.take_back(session, draft, actor_id=trainer.id, now=now)
    assert draft.state is VersionState.DRAFT


def test_tags_and_the_date_of_the_next_look_make_no_version(session, trainer, draft, now):
    question = session.get_one(Question, draft.question_id)
    for _ in range(2):
        actions.set_tags(session, question, ["总部"], actor_id=trainer.id, now=now)
        actions.set_review_due(session, question, now.date(), actor_id=trainer.id, now=now)
    assert len(bank.history(session, question.id)) == 1
    assert trail(session) == ["question.created", "question.placed", "question.placed"]
    assert (queries.overdue(session, now.date()), queries.overdue(session, now.date().replace(day=3))) == (0, 1)
