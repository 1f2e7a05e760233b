"""Changing many questions at once and taking it back: what works, what is left out and why, what an undo leaves."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.authoring import actions, queries
from exam.authoring.actions import Change
from exam.authoring.models import BulkEdit
from exam.authoring.rules import BulkAct
from exam.errors import Conflict, Refused
from exam.notices.models import Notice
from exam.papers.models import BlueprintRow
from question_bank import bank, review, snapshots, tags
from question_bank.items import Kind
from question_bank.models import Question, VersionState
from tests.builders import make_exam, make_item, make_person, make_question, make_topic

LATER = timedelta(hours=1)


def question_of(session, version):
    return session.get_one(Question, version.question_id)


def edit(session, trainer, now, versions, act, **what):
    ids = [version.question_id for version in versions]
    return actions.edit_many(session, ids, Change(act, **what), actor_id=trainer.id, now=now + LATER)


def state(session, versions):
    return snapshots.take(session, sorted(version.question_id for version in versions))


def undo(session, trainer, done, now):
    return actions.undo(session, done.edit, actor_id=trainer.id, now=now + 2 * LATER)


@pytest.fixture
def shelf(session, now):
    """A draft, a published one, one in review, one that has been sat, one with a draft besides, and a retired one."""
    made = {name: make_question(session) for name in ("published", "sat", "both", "retired")}
    made |= {name: make_question(session, published=False) for name in ("draft", "in_review")}
    review.submit(session, made["in_review"], now=now, author_id=None)
    bank.mark_used(session, [made["sat"].id], now=now)
    bank.revise(session, question_of(session, made["both"]), make_item(), difficulty=2, now=now, reason="规定变了")
    bank.retire(session, question_of(session, made["retired"]), now=now, author_id=7)
    tags.set_tags(session, question_of(session, made["both"]), ["总部"])
    return made


CHANGES = [
    (BulkAct.TOPIC, {"topic": True}, 5, {"topic_fixed": 1}),
    (BulkAct.DIFFICULTY, {"difficulty": 3}, 5, {"in_review": 1}),
    (BulkAct.DIFFICULTY, {"difficulty": 2}, 0, {"in_review": 1, "same": 5}),
    (BulkAct.ADD_TAG, {"tag": "总部"}, 5, {"same": 1}),
    (BulkAct.REMOVE_TAG, {"tag": "总部"}, 1, {"same": 5}),
    (BulkAct.SUBMIT, {}, 2, {"not_a_draft": 4}),
    (BulkAct.PUBLISH, {}, 3, {"not_a_draft": 3}),
    (BulkAct.RETIRE, {}, 5, {"same": 1}),
    (BulkAct.RESTORE, {}, 1, {"same": 5}),
]


@pytest.mark.parametrize(("act", "what", "number", "left"), CHANGES)
def test_what_can_be_changed_is_and_taken_back_exactly(session, trainer, now, shelf, act, what, number, left):
    versions = list(shelf.values())
    if what.get("topic"):
        what = {"topic": make_topic(session, "别的")}
    before = state(session, versions)
    found = bank.search(session, text="总部")
    done = edit(session, trainer, now, versions, act, **what)
    assert (done.number, done.left) == (number, Counter(left))
    if not number:
        assert done.edit is None
        return
    assert state(session, versions) != before
    assert undo(session, trainer, done, now) == (number, 0)
    assert state(session, versions) == before
    assert bank.search(session, text="总部") == found
    trail = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert trail == ["questions.edited", "questions.edit_undone"]


def test_a_version_that_was_sat_is_regraded_by_a_new_one_of_the_same_wording(session, trainer, now, shelf):
    old = shelf["sat"]
    edit(session, trainer, now, [old], BulkAct.DIFFICULTY, difficulty=3)
    new = bank.current_version(session, old.question_id)
    assert (old.state, old.difficulty) == (VersionState.SUPERSEDED, 2)
    assert (new.state, new.number, new.difficulty) == (VersionState.PUBLISHED, 2, 3)
    assert bank.item_of(new) == bank.item_of(old)


def test_what_has_been_changed_or_used_since_stays(session, trainer, now, shelf):
    versions = [shelf["published"], shelf["sat"], shelf["draft"]]
    done = edit(session, trainer, now, versions, BulkAct.DIFFICULTY, difficulty=3)
    used = bank.current_version(session, shelf["sat"].question_id)
    bank.mark_used(session, [used.id], now=now + LATER)
    bank.revise(session, question_of(session, shelf["draft"]), make_item(), difficulty=3, now=now + 2 * LATER)
    assert undo(session, trainer, done, now) == (1, 2)
    assert (shelf["published"].difficulty, used.state) == (2, VersionState.PUBLISHED)
    with pytest.raises(Conflict):
        undo(session, trainer, done, now)


def test_a_tag_is_taken_back_although_the_question_was_published_meanwhile(session, trainer, now, shelf):
    done = edit(session, trainer, now, [shelf["draft"]], BulkAct.ADD_TAG, tag="新")
    bank.publish(session, shelf["draft"], now=now + LATER)
    assert undo(session, trainer, done, now) == (1, 0)
    assert shelf["draft"].state is VersionState.PUBLISHED
    assert tags.tags_of(session, [shelf["draft"].question_id]) == {}


def test_nobody_publishes_their_own_in_bulk_where_a_second_person_is_wanted(session, trainer, now):
    make_exam(session)
    own = actions.save_question(
        session, None, make_item(), topic=make_topic(session), difficulty=2, source=None, actor_id=trainer.id, now=now
    )
    others = make_question(session, published=False)
    done = edit(session, trainer, now, [own, others], BulkAct.PUBLISH)
    assert (done.number, done.left) == (1, Counter({"second_person": 1}))
    assert (own.state, others.approved_by) == (VersionState.DRAFT, trainer.id)


def test_what_an_editor_would_ask_for_is_asked_for_in_bulk(session, trainer, now, shelf):
    silent = make_question(session, replace(make_item(), explanation=""), published=False)
    unexplained = shelf["published"]
    bank.revise(session, question_of(session, unexplained), make_item(), difficulty=2, now=now)
    done = edit(session, trainer, now, [silent, unexplained], BulkAct.SUBMIT)
    assert (done.number, done.left) == (0, Counter({"no_explanation": 1, "no_reason": 1}))


def test_reviewers_are_told_once_of_all_that_was_submitted(session, trainer, now):
    colleague = make_person(session, Role.TRAINER)
    versions = [make_question(session, published=False) for _ in range(3)]
    edit(session, trainer, now, versions, BulkAct.SUBMIT)
    assert [(one.kind, one.person_id) for one in session.scalars(select(Notice))] == [("review_waiting", colleague.id)]


def test_what_would_leave_an_exam_short_is_refused_as_a_whole(session, trainer, now):
    make_exam(session, questions=1)
    needed = session.scalars(select(Question).where(Question.kind == Kind.TRUE_FALSE)).one()
    spare = make_question(session)
    change = Change(BulkAct.RETIRE)
    with pytest.raises(Refused) as refusal:
        actions.edit_many(session, [spare.question_id, needed.id], change, actor_id=trainer.id, now=now)
    assert refusal.value.code == "exam_needs_it"


def test_an_undo_that_would_leave_an_exam_short_is_refused(session, trainer, now):
    draft = make_question(session, published=False, difficulty=3)
    done = edit(session, trainer, now, [draft], BulkAct.PUBLISH)
    exam = make_exam(session)
    row = session.scalars(select(BlueprintRow).filter_by(exam_id=exam.id).order_by(BlueprintRow.position)).first()
    row.difficulty, row.count = 3, 1
    session.flush()
    with pytest.raises(Refused) as refusal:
        undo(session, trainer, done, now)
    assert refusal.value.code == "exam_needs_it"


def test_too_many_at_once_are_refused(session, trainer, now):
    with pytest.raises(Refused) as refusal:
        actions.edit_many(session, range(1, 502), Change(BulkAct.RETIRE), actor_id=trainer.id, now=now)
    assert refusal.value.code == "too_many"


def test_only_ones_own_last_edit_is_offered_for_undoing(session, trainer, now, shelf):
    done = edit(session, trainer, now, [shelf["draft"]], BulkAct.ADD_TAG, tag="新")
    other = make_person(session, Role.TRAINER)
    assert queries.last_edit(session, trainer.id, now) == done.edit
    assert queries.last_edit(session, trainer.id, now + 2 * LATER) is None
    assert queries.last_edit(session, other.id, now) is None
    assert queries.own_edit(session, done.edit.id, other.id) is None
    undo(session, trainer, done, now)
    assert queries.last_edit(session, trainer.id, now) is None


# Pages


@pytest.fixture
def desk(client, trainer):
    """A signed-in trainer."""
    return client.sign_in(trainer)


def text(response):
    return response.get_data(as_text=True)


def test_ticked_questions_are_tagged_from_the_list_and_it_is_undone_there(desk, session):
    ticked = [make_question(session) for _ in range(2)]
    make_question(session)
    ids = [version.question_id for version in ticked]
    answer = desk.post("/questions/edit?q=%20&state=published", data={"id": ids, "act": "add_tag", "tag": "＃总部"})
    assert answer.location == "/questions?q=%20&state=published" or "state=published" in answer.location
    page = text(desk.get("/questions"))
    assert "2 题已改" in page
    assert page.count("#总部</a>") == 2
    edit_id = session.scalars(select(BulkEdit.id)).one()
    assert desk.post(f"/questions/edits/{edit_id}/undo").status_code == 302
    assert "#总部</a>" not in text(desk.get("/questions"))


def test_all_that_fit_the_filters_are_changed(desk, session):
    for _ in range(21):
        make_question(session, topic=make_topic(session, "甲"))
    other = make_question(session, topic=make_topic(session, "乙"))
    topic = make_topic(session, "甲").id
    assert "全部 21" in text(desk.get(f"/questions?topic={topic}"))
    desk.post(f"/questions/edit?topic={topic}", data={"everything": "1", "act": "difficulty", "difficulty": "3"})
    assert bank.search(session, difficulty=3)[1] == 21
    assert other.difficulty == 2


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"act": "topic"},
        {"act": "topic", "topic": "999"},
        {"act": "difficulty", "difficulty": "9"},
        {"act": "add_tag", "tag": " # "},
        {"act": "add_tag", "tag": "长" * 41},
        {"act": "state", "state": "burn"},
        {"act": "burn"},
        {"id": ["x", "-1", "99999999999999"], "act": "state", "state": "retire"},
    ],
)
def test_nonsense_changes_nothing(desk, session, data):
    version = make_question(session)
    answer = desk.post("/questions/edit?_external=1&_anchor=x", data={"id": [version.question_id], **data})
    assert answer.location == "/questions"
    assert session.scalars(select(BulkEdit)).all() == []


def test_why_questions_were_left_out_is_said(desk, session, now):
    version = make_question(session)
    bank.mark_used(session, [version.id], now=now)
    data = {"id": [version.question_id], "act": "topic", "topic": str(make_topic(session, "别的").id)}
    desk.post("/questions/edit", data=data)
    assert "没有改" in text(desk.get("/questions"))


def test_somebody_elses_edit_is_not_there(desk, session, now):
    other = make_person(session, Role.TRAINER)
    done = edit(session, other, now, [make_question(session)], BulkAct.ADD_TAG, tag="新")
    assert desk.post(f"/questions/edits/{done.edit.id}/undo").status_code == 404
