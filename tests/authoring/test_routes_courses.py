"""Course pages as trainers edit them: saving, history, preview, knowledge checks; and bad input."""

import re

import pytest
from sqlalchemy import select

from exam.authoring import actions
from exam.courses.models import KnowledgeCheck, PageRevision
from question_bank.items import Kind, from_data
from tests.builders import NOW, make_item
from tests.support.database import count_statements

GOOD = {"title": "投诉处理", "standfirst": "五步走。", "minutes": "6", "body": "## 倾听\n\n先倾听，再记录。"}


@pytest.fixture
def desk(client, trainer):
    """A signed-in trainer."""
    return client.sign_in(trainer)


def text(response):
    return response.get_data(as_text=True)


def test_the_list_shows_every_page(desk, page):
    assert page.title in text(desk.get("/authoring/courses"))


def test_without_courses_the_list_says_so(desk):
    assert desk.get("/authoring/courses").status_code == 200


def test_a_page_is_edited_and_its_history_shown(desk, session, page, trainer):
    assert "先倾听。" in text(desk.get(f"/authoring/pages/{page.id}"))
    saved = desk.post(f"/authoring/pages/{page.id}", data={**GOOD, "version": "1"})
    assert saved.status_code == 302
    session.refresh(page)
    assert (page.body, page.minutes, page.revision, page.changed_by) == (GOOD["body"], 6, 2, trainer.id)
    shown = text(desk.get(saved.location))
    assert "周敏" in shown
    assert f"/authoring/pages/{page.id}/revisions/1" in shown
    revision = text(desk.get(f"/authoring/pages/{page.id}/revisions/1"))
    assert "<del>先倾听。</del>" in revision
    assert "<ins>先倾听，再记录。</ins>" in revision
    for path in ("revisions/2", "revisions/1?against=1", "revisions/1?against=2"):
        assert desk.get(f"/authoring/pages/{page.id}/{path}").status_code == 200
    for path in ("revisions/9", "revisions/1?against=9"):
        assert desk.get(f"/authoring/pages/{page.id}/{path}").status_code == 404


def test_an_old_edition_is_brought_back(desk, session, page):
    desk.post(f"/authoring/pages/{page.id}", data={**GOOD, "version": "1"})
    revision = text(desk.get(f"/authoring/pages/{page.id}/revisions/1"))
    form = revision.split(f'action="/authoring/pages/{page.id}"')[1].split("</form>")[0]
    data = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert desk.post(f"/authoring/pages/{page.id}", data=data).status_code == 302
    session.refresh(page)
    assert (page.body, page.revision) == ("先倾听。\n再道歉。", 3)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"standfirst": "长" * 501}, "standfirst"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "很久"}, "minutes"),
        ({"minutes": ""}, "minutes"),
        ({"body": ""}, "body"),
        ({"body": "长" * 40_001}, "body"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_nothing_typed_is_lost(desk, session, page, changes, field):
    answer = desk.post(f"/authoring/pages/{page.id}", data={**GOOD, **changes})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)
    assert "五步走。" in text(answer) or "standfirst" in changes
    assert session.scalars(select(PageRevision)).all() == []


@pytest.mark.parametrize(
    "body", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "😀 ＡＢＣ", '<img src=x onerror="a()">']
)
def test_html_in_a_page_is_shown_as_typed(desk, session, page, body):
    answer = desk.post(f"/authoring/pages/{page.id}", data={**GOOD, "body": body})
    assert answer.status_code == 302
    shown = text(desk.get(answer.location))
    assert "<script>alert" not in shown
    assert 'href="javascript' not in shown
    assert "<img src=x" not in shown
    session.refresh(page)
    assert page.body == body


def test_a_conflict_shows_what_was_typed_and_a_second_saving_wins(desk, session, page):
    desk.post(f"/authoring/pages/{page.id}", data={**GOOD, "body": "同事的", "version": "1"})
    answer = desk.post(f"/authoring/pages/{page.id}", data={**GOOD, "body": "我的", "version": "1"})
    assert answer.status_code == 409
    assert "我的" in text(answer)
    assert re.search(r'name="version"[^>]*value="2"', text(answer))
    assert desk.post(f"/authoring/pages/{page.id}", data={**GOOD, "body": "我的", "version": "2"}).status_code == 302


def test_the_preview_is_what_readers_see(desk):
    page = text(desk.post("/authoring/pages/preview", data={"body": "## 倾听\n\n**先**<script>x</script>"}))
    assert "<h2>倾听</h2>" in page
    assert "<script>" not in page


@pytest.mark.parametrize("kind", [Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE, Kind.TRUE_FALSE])
def test_a_check_is_added_changed_and_taken_out(desk, session, page, kind):
    path = f"/authoring/pages/{page.id}/checks/new?kind={kind.value}"
    assert desk.get(path).status_code == 200
    data = {"stem": "先做什么？", "explanation": "先倾听。", "correct": "true", "key": ["0", "1"]}
    data["key"] = data["key"][: 2 if kind is Kind.MULTIPLE_CHOICE else 1]
    data |= {f"choices-{n}-text": word for n, word in enumerate(("倾听", "记录", "争辩"))}
    assert desk.post(path, data=data).status_code == 302
    check = session.scalars(select(KnowledgeCheck)).one()
    assert from_data(check.content).kind is kind
    assert "先做什么？" in text(desk.get(f"/authoring/checks/{check.id}"))
    ids = {f"choices-{n}-id": "abc"[n] for n in range(3)}
    assert desk.post(f"/authoring/checks/{check.id}", data={**data, **ids, "stem": "改过？"}).status_code == 302
    session.refresh(check)
    assert check.content["stem"] == "改过？"
    assert [one["id"] for one in check.content.get("choices", [])] in (["a", "b", "c"], [])
    assert "改过？" in text(desk.get(f"/authoring/pages/{page.id}"))
    desk.post(f"/authoring/checks/{check.id}/retire")
    assert desk.get(f"/authoring/checks/{check.id}").status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stem": ""}, "stem"),
        ({"explanation": " "}, "explanation"),
        ({"key": []}, "choices"),
        ({"choices-1-text": "", "choices-0-text": ""}, "choices-0-text"),
        ({"choices-1-text": "倾听"}, "choices-1-text"),
    ],
)
def test_a_bad_check_is_told_beside_its_field(desk, session, page, changes, field):
    data = {
        "stem": "先做什么？",
        "explanation": "先倾听。",
        "key": ["0"],
        "choices-0-text": "倾听",
        "choices-1-text": "争",
    }
    answer = desk.post(f"/authoring/pages/{page.id}/checks/new?kind=single_choice", data={**data, **changes})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)
    assert session.scalars(select(KnowledgeCheck)).all() == []


def test_a_check_is_no_short_answer(desk, page):
    assert desk.get(f"/authoring/pages/{page.id}/checks/new?kind=short_answer").status_code == 404
    assert desk.post("/authoring/checks/preview?kind=short_answer", data={}).status_code == 404
    assert desk.post("/authoring/checks/preview?kind=true_false", data={"stem": "对吗"}).status_code == 200


def test_a_page_takes_the_same_number_of_statements_for_any_number_of_checks(desk, session, page, trainer):
    numbers = []
    for _ in range(2):
        for _ in range(3):
            actions.add_check(session, page, make_item(), actor_id=trainer.id, now=NOW)
        session.commit()
        with count_statements(session) as statements:
            desk.get(f"/authoring/pages/{page.id}")
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= 14
