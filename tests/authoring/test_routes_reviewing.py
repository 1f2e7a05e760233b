"""Review in the browser's words: who sees which button, what is asked for, and what stands on the pages afterwards."""

import pytest

from exam.accounts.rules import Role
from question_bank import bank, review, tags
from question_bank.items import Kind
from question_bank.models import Question, VersionState
from tests.authoring.test_routes_questions import newest, text, typed
from tests.builders import make_exam, make_person, make_question

NEW = "/questions/new?kind=single_choice"


@pytest.fixture
def desk(client, trainer):
    """A signed-in trainer."""
    return client.sign_in(trainer)


@pytest.fixture
def colleague(clients, session):
    """Another trainer, signed in elsewhere."""
    return clients().sign_in(make_person(session, Role.TRAINER, full_name="陈立"))


def submitted(desk, session, **changes):
    desk.post(NEW, data=typed(session, act="submit", note="请看看选项 C。", **changes))
    return newest(session)


def test_where_a_second_person_is_wanted_the_editor_offers_review_and_no_publishing(desk, session):
    assert 'value="publish"' in text(desk.get(NEW))
    make_exam(session)
    page = text(desk.get(NEW))
    assert 'value="submit"' in page
    assert 'value="publish"' not in page
    refused = desk.post(NEW, data=typed(session, act="publish"))
    assert refused.status_code == 422
    assert "另一位培训师" in text(refused)
    assert "推诿" in text(refused)


def test_where_one_person_is_enough_the_pages_say_so(desk, session):
    make_exam(session, own_questions=True)
    assert "不必由第二个人审" in text(desk.get(NEW))
    desk.post(NEW, data=typed(session, act="publish"))
    version = newest(session)
    assert version.state is VersionState.PUBLISHED
    assert "未经第二个人审" in text(desk.get(f"/questions/{version.question_id}/versions/1"))


def test_a_question_is_submitted_looked_through_and_published(desk, colleague, session):
    make_exam(session)
    version = submitted(desk, session)
    mine = text(desk.get(f"/questions/{version.question_id}"))
    assert ("撤回来修改" in mine, "通过并发布" in mine, "请看看选项 C。" in mine) == (True, False, True)
    assert "接到投诉后先做什么？" in text(colleague.get("/questions?state=in_review"))
    assert "1\u00a0道题要审" in text(colleague.get("/"))
    theirs = text(colleague.get(f"/questions/{version.question_id}"))
    assert ("撤回来修改" in theirs, "通过并发布" in theirs) == (False, True)
    assert desk.post(f"/questions/{version.question_id}/versions/1/approve").status_code == 422
    colleague.post(f"/questions/{version.question_id}/versions/1/approve", data={"text": ""})
    assert session.get(type(version), version.id).state is VersionState.PUBLISHED
    assert "陈立" in text(desk.get(f"/questions/{version.question_id}"))


def test_sending_back_needs_a_word(desk, colleague, session):
    version = submitted(desk, session)
    way = f"/questions/{version.question_id}/versions/1/send-back"
    assert colleague.post(way, data={"text": " "}).status_code == 422
    assert colleague.post(way, data={"text": "长" * 2001}).status_code == 422
    assert colleague.post(way, data={"text": "选项 C <b>有歧义</b>。"}).status_code == 302
    page = text(desk.get(f"/questions/{version.question_id}"))
    assert "选项 C &lt;b&gt;有歧义&lt;/b&gt;。" in page
    assert 'value="submit"' in page


def test_what_waits_is_written_in_by_nobody_and_nothing_typed_is_lost(desk, colleague, session):
    version = submitted(desk, session)
    answer = colleague.post(f"/questions/{version.question_id}", data=typed(session, stem="另一种问法？"))
    assert answer.status_code == 422
    assert "另一种问法？" in text(answer)
    assert desk.post(f"/questions/{version.question_id}/versions/1/take-back").status_code == 302
    assert colleague.post(f"/questions/{version.question_id}", data=typed(session)).status_code == 302


def test_an_unfinished_question_is_not_submitted(desk, session):
    answer = desk.post(NEW, data=typed(session, act="submit", explanation="", key=[]))
    assert answer.status_code == 422
    assert 'id="explanation-error"' in text(answer)
    assert session.query(Question).count() == 0


@pytest.mark.parametrize("act", ["submit", "publish"])
def test_a_change_of_a_published_question_is_given_its_reason(desk, session, act):
    version = make_question(session)
    way = f"/questions/{version.question_id}"
    assert desk.post(way, data=typed(session, act="save")).status_code == 302
    answer = desk.post(way, data=typed(session, act=act))
    assert answer.status_code == 422
    assert 'id="reason-error"' in text(answer)
    assert desk.post(way, data=typed(session, act=act, reason="规定变了")).status_code == 302
    assert newest(session).reason == "规定变了"
    assert "规定变了" in text(desk.get(f"{way}/versions/2"))


def test_tags_and_the_next_look_are_kept_and_found(desk, session, set_clock, now):
    set_clock(now)
    data = typed(session, tags="总部，ＶＩＰ", tags_were="", review_due="2026-03-01", review_due_was="")
    desk.post(NEW, data=data)
    question = session.get_one(Question, newest(session).question_id)
    assert tags.tags_of(session, [question.id]) == {question.id: ["VIP", "总部"]}
    for query in ("q=vip", "tag=总部", "state=overdue"):
        assert "接到投诉后先做什么？" in text(desk.get(f"/questions?{query}"))
    unchanged = {**data, "tags_were": "总部，ＶＩＰ", "review_due": "", "review_due_was": "2026-03-01"}
    tags.set_tags(session, question, ["别人的"])
    desk.post(f"/questions/{question.id}", data=unchanged)
    session.expire_all()
    assert (tags.tags_of(session, [question.id]), question.review_due) == ({question.id: ["别人的"]}, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"review_due": "2026-02-31"}, "review_due"),
        ({"review_due": "tomorrow"}, "review_due"),
        ({"tags": "长" * 41}, "tags"),
        ({"tags": ",".join(map(str, range(21)))}, "tags"),
        ({"reason": "长" * 201}, "reason"),
    ],
)
def test_bad_places_are_told_beside_their_fields(desk, session, changes, field):
    version = make_question(session)
    answer = desk.post(f"/questions/{version.question_id}", data=typed(session, **changes))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)


def test_a_retired_question_stays_readable_with_what_was_said(desk, session, now, trainer):
    version = make_question(session, kind=Kind.SHORT_ANSWER)
    review.comment(session, version, "以前这样说过。", now=now, author_id=trainer.id)
    bank.retire(session, session.get_one(Question, version.question_id), now=now)
    page = text(desk.get(f"/questions/{version.question_id}"))
    assert "以前这样说过。" in page
    assert version.stem in page


def test_a_version_that_is_not_there_is_not_there(desk, session):
    version = make_question(session)
    for act in ("approve", "send-back", "take-back", "comment"):
        assert desk.post(f"/questions/{version.question_id}/versions/9/{act}", data={"text": "x"}).status_code == 404
