"""Writing questions and course pages: what works, then each refusal."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from exam.accounts.models import AuditEvent
from exam.authoring import actions, queries
from exam.courses.models import KnowledgeCheck, PageRevision
from exam.errors import Conflict, Refused
from exam.papers import actions as papers
from exam.papers.rules import BlueprintLine, Terms
from question_bank import bank
from question_bank.items import Kind, SingleChoice
from question_bank.models import Question, VersionState
from tests.attempts.builders import begin
from tests.builders import make_course, make_exam, make_item, make_question, make_topic
from tests.support.database import count_statements


def save(session, trainer, now, question=None, item=None, **changes):
    values = {"topic": make_topic(session), "difficulty": 2, "source": None, "actor_id": trainer.id, "now": now}
    return actions.save_question(session, question, item or make_item(), **{**values, **changes})


def trail(session):
    return session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()


def question_of(session, version):
    return session.get_one(Question, version.question_id)


def test_a_new_question_is_a_draft(session, trainer, now):
    version = save(session, trainer, now)
    assert (version.state, version.number, version.author_id) == (VersionState.DRAFT, 1, trainer.id)
    assert trail(session) == ["question.created"]


def test_a_published_question_gets_a_draft_besides(session, trainer, now):
    version = make_question(session)
    draft = save(session, trainer, now, question_of(session, version), replace(bank.item_of(version), stem="新问法？"))
    assert (version.state, draft.state, draft.number) == (VersionState.PUBLISHED, VersionState.DRAFT, 2)


def test_saving_what_is_there_makes_no_version(session, trainer, now):
    version = make_question(session)
    same = save(session, trainer, now, question_of(session, version), bank.item_of(version))
    assert same is version
    assert trail(session) == []


def test_publishing_takes_the_place_of_the_version_before(session, trainer, now):
    version = make_question(session)
    draft = save(session, trainer, now, question_of(session, version), replace(bank.item_of(version), stem="新问法？"))
    actions.publish_question(session, draft, actor_id=trainer.id, now=now)
    assert (version.state, draft.state) == (VersionState.SUPERSEDED, VersionState.PUBLISHED)


def test_an_incomplete_draft_is_not_published(session, trainer, now):
    draft = save(session, trainer, now, item=SingleChoice("问", ()))
    with pytest.raises(Refused) as refusal:
        actions.publish_question(session, draft, actor_id=trainer.id, now=now)
    assert refusal.value.code == "unpublishable"


def test_a_colleagues_newer_text_is_not_overwritten_unawares(session, trainer, now):
    version = make_question(session)
    question = question_of(session, version)
    save(session, trainer, now, question, make_item(stem="同事的"), unchanged_since=version.changed_at)
    with pytest.raises(Conflict) as refusal:
        save(session, trainer, now, question, make_item(stem="我的"), unchanged_since=now - timedelta(hours=1))
    assert refusal.value.code == "changed_meanwhile"


def test_a_question_that_has_been_sat_keeps_its_topic(session, trainer, now):
    version = make_question(session)
    bank.mark_used(session, [version.id], now=now)
    with pytest.raises(Refused) as refusal:
        save(session, trainer, now, question_of(session, version), topic=make_topic(session, "别的"))
    assert refusal.value.code == "topic_fixed"


def test_the_only_version_is_not_discarded(session, trainer, now):
    draft = save(session, trainer, now)
    with pytest.raises(Refused) as refusal:
        actions.discard_draft(session, draft, actor_id=trainer.id, now=now)
    assert refusal.value.code == "only_version"


def test_a_question_that_a_published_exam_needs_is_not_retired(session, trainer, now):
    exam = make_exam(session, questions=1)
    question = session.scalars(select(Question).where(Question.kind == Kind.TRUE_FALSE)).one()
    with pytest.raises(Refused) as refusal:
        actions.retire_question(session, question, actor_id=trainer.id, now=now)
    assert refusal.value.code == "exam_needs_it"
    assert exam.title in str(refusal.value.message)


def test_a_question_with_another_like_it_is_retired_and_restored(session, trainer, now):
    make_exam(session, questions=1)
    question = question_of(session, make_question(session, kind=Kind.TRUE_FALSE))
    actions.retire_question(session, question, actor_id=trainer.id, now=now)
    assert question.retired_at == now
    actions.restore_question(session, question, actor_id=trainer.id, now=now)
    assert question.retired_at is None
    assert trail(session) == ["question.retired", "question.restored"]


def test_an_exam_that_was_short_before_stops_nobody(session, trainer, now):
    make_exam(session, questions=1)
    for question in session.scalars(select(Question)).all():
        bank.retire(session, question, now=now)
    other = question_of(session, make_question(session, kind=Kind.SINGLE_CHOICE, topic=make_topic(session, "别的")))
    actions.retire_question(session, other, actor_id=trainer.id, now=now)
    assert other.retired_at == now


def test_a_new_difficulty_may_not_break_an_exam(session, trainer, now):
    version = make_question(session, difficulty=3)
    terms = Terms("难", own_questions=True)
    exam = papers.make_exam(session, make_course(session), terms, actor_id=None, now=now)
    row = BlueprintLine(make_topic(session).id, Kind.SINGLE_CHOICE, 3, 1, 100)
    papers.set_blueprint(session, exam, [row], actor_id=None, now=now)
    papers.publish(session, exam, actor_id=None, now=now)
    draft = save(session, trainer, now, question_of(session, version), bank.item_of(version), difficulty=1)
    with pytest.raises(Refused) as refusal:
        actions.publish_question(session, draft, actor_id=trainer.id, now=now)
    assert refusal.value.code == "exam_needs_it"


def test_a_topic_is_made_once(session, trainer, now):
    one = actions.make_topic(session, "新知识点", actor_id=trainer.id, now=now)
    assert actions.make_topic(session, "新知识点", actor_id=trainer.id, now=now) is one
    other = actions.make_topic(session, "另一个", actor_id=trainer.id, now=now)
    assert other.slug != one.slug


def edit(session, page, trainer, now, **changes):
    values = {"title": page.title, "standfirst": page.standfirst, "body": page.body, "minutes": page.minutes}
    return actions.edit_page(session, page, **{**values, **changes}, actor_id=trainer.id, now=now)


def test_an_edit_keeps_what_the_page_said_before(session, page, trainer, now):
    later = now + timedelta(hours=1)
    assert edit(session, page, trainer, later, body="先倾听，再记录。")
    kept = session.scalars(select(PageRevision)).one()
    assert (kept.revision, kept.body, kept.changed_at) == (1, "先倾听。\n再道歉。", now)
    assert (page.revision, page.changed_at, page.changed_by) == (2, later, trainer.id)


def test_an_edit_without_a_change_leaves_no_trace(session, page, trainer, now):
    assert not edit(session, page, trainer, now)
    assert (page.revision, session.scalars(select(PageRevision)).all(), trail(session)) == (1, [], [])


def test_an_edit_that_began_before_a_colleagues_is_refused(session, page, trainer, now):
    edit(session, page, trainer, now, body="同事的")
    with pytest.raises(Conflict):
        edit(session, page, trainer, now, body="我的", based_on=1)
    assert page.body == "同事的"


def test_checks_are_added_changed_and_taken_out(session, page, trainer, now):
    for _ in range(2):
        check = actions.add_check(session, page, make_item(), actor_id=trainer.id, now=now)
    assert check.position == 2
    actions.edit_check(session, check, make_item(stem="新问法？"), actor_id=trainer.id, now=now)
    assert check.content["stem"] == "新问法？"
    actions.retire_check(session, check, actor_id=trainer.id, now=now)
    actions.retire_check(session, check, actor_id=trainer.id, now=now)
    assert trail(session) == ["course.check_added"] * 2 + ["course.check_edited", "course.check_retired"]


def test_an_incomplete_check_is_refused(session, page, trainer, now):
    with pytest.raises(Refused) as refusal:
        actions.add_check(session, page, SingleChoice("问", ()), actor_id=trainer.id, now=now)
    assert refusal.value.code == "unpublishable"
    assert session.scalars(select(KnowledgeCheck)).all() == []


def test_uses_count_what_was_shown(session, now):
    exam = make_exam(session, questions=1)
    begin(session, exam=exam)
    begin(session, exam=exam)
    papers.assemble(session, exam, (), now)
    ids = session.scalars(select(Question.id)).all()
    with count_statements(session) as statements:
        assert queries.uses(session, ids) == dict.fromkeys(ids, 2)
    assert len(statements) == 1


def test_the_states_of_all_questions_are_counted(session, now):
    make_question(session, published=False)
    make_question(session)
    bank.retire(session, question_of(session, make_question(session)), now=now)
    counts = {state.value: number for state, number in queries.state_counts(session).items()}
    assert counts == {"draft": 1, "published": 1, "retired": 1}


def test_all_courses_take_a_fixed_number_of_statements(session, page):
    make_course(session)
    with count_statements(session) as statements:
        views = queries.course_views(session)
    assert [[len(rows) for _module, rows in view.chapters] for view in views] == [[1], []]
    assert len(statements) == 4
