"""The bank's pages: lists, the editor of each kind, versions, states; and bad input in the editor."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from exam.accounts.rules import Role
from question_bank import bank
from question_bank.items import Kind, MultipleChoice, ShortAnswer, SingleChoice, TrueFalse
from question_bank.models import Question, QuestionVersion, Topic, VersionState
from tests.builders import make_exam, make_item, make_person, make_question, make_topic
from tests.support.database import count_statements


@pytest.fixture
def desk(client, trainer):
    """A signed-in trainer."""
    return client.sign_in(trainer)


def typed(session, kind=Kind.SINGLE_CHOICE, **changes):
    """What the editor sends for a good question of this kind."""
    data = {
        "topic": str(make_topic(session).id),
        "difficulty": "2",
        "source": "",
        "stem": "接到投诉后先做什么？",
        "explanation": "先弄清发生了什么。",
        "act": "save",
    }
    match kind:
        case Kind.TRUE_FALSE:
            data["correct"] = "false"
        case Kind.SHORT_ANSWER:
            data |= {
                "reference": "先倾听，再道歉。",
                "key_points-0-text": "倾听",
                "key_points-0-points": "2",
                "key_points-0-accepted": "倾听\n听完\n\n倾听",
                "key_points-1-text": "道歉",
                "key_points-1-points": "１．５",
                "key_points-2-text": "",
            }
        case _:
            data |= {f"choices-{n}-text": text for n, text in enumerate(("倾听", "记录", "争辩", "推诿", "", ""))}
            data["key"] = ["0", "1"] if kind is Kind.MULTIPLE_CHOICE else ["0"]
    return {**data, **changes}


def newest(session):
    return session.scalars(select(QuestionVersion).order_by(QuestionVersion.id.desc())).first()


def text(response):
    return response.get_data(as_text=True)


def test_the_bank_shows_questions_states_and_counts(desk, session):
    make_question(session, make_item(stem="第一步做什么？"))
    make_question(session, published=False)
    page = text(desk.get("/questions"))
    assert "第一步做什么？" in page
    assert "2\u00a0题" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=会员", {"a", "b"}),
        ("q=会员+积分", {"b"}),
        ("q=没有这个词", set()),
        ("kind=true_false", {"c"}),
        ("difficulty=3", {"b"}),
        ("state=draft", {"c"}),
        ("topic=TOPIC", {"c"}),
        ("kind=nonsense&difficulty=9&topic=x&state=gone&order=up&page=zero", {"a", "b", "c"}),
        ("q=%25", set()),
    ],
)
def test_the_bank_is_filtered(desk, session, query, found):
    other = make_topic(session, "别的")
    make_question(session, make_item(stem="问题 a 会员"))
    make_question(session, make_item(stem="问题 b 会员 积分"), difficulty=3)
    make_question(session, make_item(Kind.TRUE_FALSE, "问题 c"), topic=other, published=False)
    page = text(desk.get(f"/questions?{query.replace('TOPIC', str(other.id))}"))
    assert set(re.findall(r"问题 (\w)", page)) == found


def test_the_bank_takes_the_same_number_of_statements_for_any_length(desk, session):
    numbers = []
    for _ in range(2):
        for _ in range(8):
            make_question(session)
        session.commit()
        with count_statements(session) as statements:
            desk.get("/questions")
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= 16


@pytest.mark.parametrize("order", ["", "changed", "created", "topic", "difficulty"])
def test_the_bank_in_every_order_and_on_a_page_beyond_the_last(desk, session, order):
    make_question(session)
    assert desk.get(f"/questions?order={order}").status_code == 200
    assert desk.get(f"/questions?order={order}&page=99").status_code == 200


def test_an_empty_bank_says_so(desk):
    assert desk.get("/questions").status_code == 200


def test_a_new_question_begins_with_its_kind(desk, session):
    page = text(desk.get("/questions/new"))
    assert [kind for kind in Kind if f"kind={kind.value}" in page] == list(Kind)


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_is_written_published_and_shown_again(desk, session, kind):
    assert desk.get(f"/questions/new?kind={kind.value}").status_code == 200
    saved = desk.post(f"/questions/new?kind={kind.value}", data=typed(session, kind))
    version = newest(session)
    assert (saved.status_code, version.state) == (302, VersionState.DRAFT)
    assert "接到投诉后先做什么？" in text(desk.get(f"/questions/{version.question_id}"))
    desk.post(f"/questions/{version.question_id}", data=typed(session, kind, act="publish"))
    published = newest(session)
    assert (published.id, published.state) == (version.id, VersionState.PUBLISHED)
    assert desk.get(f"/questions/{version.question_id}").status_code == 200
    assert bank.item_of(published).kind is kind


def test_what_was_typed_is_what_is_kept(desk, session):
    items = {}
    for kind in Kind:
        desk.post(f"/questions/new?kind={kind.value}", data=typed(session, kind))
        items[kind] = bank.item_of(newest(session))
    single, multiple, truth, short = items.values()
    assert isinstance(single, SingleChoice)
    assert [(one.text, one.correct) for one in single.choices] == [
        ("倾听", True), ("记录", False), ("争辩", False), ("推诿", False),
    ]  # fmt: skip
    assert isinstance(multiple, MultipleChoice)
    assert multiple.keys == {"a", "b"}
    assert isinstance(truth, TrueFalse)
    assert not truth.correct
    assert isinstance(short, ShortAnswer)
    assert [(one.text, str(one.points), one.accepted) for one in short.key_points] == [
        ("倾听", "2", ("倾听", "听完")),
        ("道歉", "3/2", ()),
    ]


def test_a_draft_may_be_unfinished_but_not_nameless(desk, session):
    assert desk.post("/questions/new?kind=single_choice", data=typed(session, key=[])).status_code == 302
    assert desk.post("/questions/new?kind=single_choice", data=typed(session, stem=" ")).status_code == 422


def test_a_new_topic_is_made_with_the_question(desk, session):
    data = typed(session, topic="new", new_topic="  会员  活动 ")
    desk.post("/questions/new?kind=single_choice", data=data)
    version = newest(session)
    topic = session.get_one(Topic, session.get_one(Question, version.question_id).topic_id)
    assert topic.name == "会员 活动"
    assert desk.post("/questions/new?kind=single_choice", data={**data, "new_topic": ""}).status_code == 422


LONG = "长" * 2001
BAD = [
    ({"stem": ""}, "stem"),
    ({"stem": LONG}, "stem"),
    ({"explanation": LONG}, "explanation"),
    ({"explanation": ""}, "explanation"),
    ({"topic": ""}, "topic"),
    ({"topic": "99999"}, "topic"),
    ({"topic": "x' OR 1=1"}, "topic"),
    ({"difficulty": "4"}, "difficulty"),
    ({"source": "no-such-page"}, "source"),
    ({"key": []}, "choices"),
    ({"key": ["0", "1", "2", "3"]}, "choices"),
    ({"choices-1-text": "倾听"}, "choices-1-text"),
    ({"choices-1-text": " 倾 听 ".replace(" ", "")}, "choices-1-text"),
    ({"choices-2-text": "字" * 501}, "choices-2-text"),
    ({"key": ["0", "4"]}, "choices-4-text"),
]


@pytest.mark.parametrize(("changes", "field"), BAD)
def test_bad_input_is_told_beside_its_field_and_nothing_typed_is_lost(desk, session, changes, field):
    kind = Kind.MULTIPLE_CHOICE
    data = typed(session, kind, **{"act": "publish", **changes})
    answer = desk.post(f"/questions/new?kind={kind.value}", data=data)
    page = text(answer)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert "data-error-summary" in page
    assert "推诿" in page
    assert changes.get("stem", "接到投诉后先做什么？") in page
    assert session.scalars(select(Question)).all() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"key_points-0-points": "两分"}, "key_points-0-points"),
        ({"key_points-0-points": "1e9"}, "key_points-0-points"),
        ({"key_points-0-points": "-1"}, "key_points-0-points"),
        ({"key_points-0-points": ""}, "key_points-0-points"),
        ({"key_points-0-points": "0.3"}, "key_points-0-points"),
        ({"key_points-0-points": "101"}, "key_points-0-points"),
        ({"key_points-0-text": "", "key_points-0-accepted": "听"}, "key_points-0-text"),
        ({"key_points-0-text": "字" * 301}, "key_points-0-text"),
        ({"key_points-0-accepted": "字" * 101}, "key_points-0-text"),
        ({"reference": "字" * 5001}, "reference"),
    ],
)
def test_bad_key_points_are_told_beside_their_field(desk, session, changes, field):
    data = typed(session, Kind.SHORT_ANSWER, **{"act": "publish", **changes})
    answer = desk.post("/questions/new?kind=short_answer", data=data)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)
    assert "道歉" in text(answer)


def test_no_key_points_or_no_truth(desk, session):
    without = {f"key_points-{n}-{part}": "" for n in range(3) for part in ("text", "points", "accepted")}
    data = typed(session, Kind.SHORT_ANSWER, **{"act": "publish", **without})
    assert 'id="key_points-error"' in text(desk.post("/questions/new?kind=short_answer", data=data))
    data = typed(session, Kind.TRUE_FALSE)
    del data["correct"]
    assert 'id="correct-error"' in text(desk.post("/questions/new?kind=true_false", data=data))


@pytest.mark.parametrize(
    "stem", ["<script>alert(1)</script>", "😀 怎么办？", "ＡＢＣ（全角）１２３", "a\u202eb 怎么办", "“引号”&amp;<b>"]
)
def test_whatever_is_typed_is_shown_as_typed(desk, session, stem):
    answer = desk.post("/questions/new?kind=single_choice", data=typed(session, stem=stem))
    assert answer.status_code == 302
    assert newest(session).stem == stem
    page = text(desk.get(answer.location))
    assert "<script>alert" not in page
    assert "<b>" not in page.split("<main")[1].split("stem")[1][:200]


def test_the_preview_shows_what_candidates_see_and_no_more(desk, session):
    page = text(desk.post("/questions/preview?kind=multiple_choice", data=typed(session, Kind.MULTIPLE_CHOICE)))
    assert page.count('type="checkbox"') == 4
    assert "checked" not in page
    assert "先弄清发生了什么" not in page
    assert desk.post("/questions/preview?kind=nonsense", data={}).status_code == 404


@pytest.mark.parametrize("kind", list(Kind))
def test_the_preview_takes_anything(desk, kind):
    assert desk.post(f"/questions/preview?kind={kind.value}", data={}).status_code == 200


def test_an_edit_of_a_published_question_is_a_new_version_and_is_compared(desk, session):
    version = make_question(session)
    item = bank.item_of(version)
    data = typed(
        session, stem=item.stem + "（改）", **{f"choices-{n}-id": one.id for n, one in enumerate(item.choices)}
    )
    desk.post(f"/questions/{version.question_id}", data=data)
    draft = newest(session)
    assert (draft.number, [one.id for one in bank.item_of(draft).choices]) == (2, ["a", "b", "c", "d"])
    page = text(desk.get(f"/questions/{version.question_id}/versions/2?against=1"))
    assert item.stem + "（改）" in page
    assert '倾听<del><span class="visually-hidden">［去掉： </span>并记录<' in page
    assert '<ins><span class="visually-hidden">［加上： </span>（改）<' in page
    for path in ("versions/1", "versions/2", "versions/1?against=2", "versions/2?against=99"):
        assert desk.get(f"/questions/{version.question_id}/{path}").status_code == 200
    assert desk.get(f"/questions/{version.question_id}/versions/9").status_code == 404


def test_a_short_answers_versions_are_compared(desk, session):
    version = make_question(session, kind=Kind.SHORT_ANSWER)
    desk.post(f"/questions/{version.question_id}", data=typed(session, Kind.SHORT_ANSWER, difficulty="3"))
    assert desk.get(f"/questions/{version.question_id}/versions/2").status_code == 200


def test_a_conflict_shows_what_was_typed_and_a_second_saving_wins(desk, session):
    version = make_question(session)
    stale = version.changed_at.replace(year=2020).isoformat()
    answer = desk.post(f"/questions/{version.question_id}", data=typed(session, stem="我的问法？", version=stale))
    page = text(answer)
    assert answer.status_code == 409
    assert "我的问法？" in page
    fresh = re.search(r'name="version"[^>]*value="([^"]+)"', page)
    again = desk.post(f"/questions/{version.question_id}", data=typed(session, stem="我的问法？", version=fresh[1]))
    assert again.status_code == 302
    assert newest(session).stem == "我的问法？"


def test_a_draft_is_discarded(desk, session):
    version = make_question(session)
    bank.revise(
        session,
        session.get_one(Question, version.question_id),
        replace(bank.item_of(version), stem="草稿"),
        difficulty=2,
        now=version.changed_at,
    )
    assert "草稿" in text(desk.get(f"/questions/{version.question_id}"))
    assert desk.post(f"/questions/{version.question_id}/discard").status_code == 302
    assert newest(session).id == version.id
    assert desk.post(f"/questions/{version.question_id}/discard").status_code == 422


def test_a_question_is_retired_and_restored(desk, session):
    version = make_question(session)
    desk.post(f"/questions/{version.question_id}/retire")
    page = text(desk.get(f"/questions/{version.question_id}"))
    assert f"/questions/{version.question_id}/restore" in page
    assert 'name="act"' not in page
    desk.post(f"/questions/{version.question_id}/restore")
    assert session.get_one(Question, version.question_id).retired_at is None


def test_a_question_that_an_exam_needs_is_not_retired(desk, session):
    make_exam(session, questions=1)
    question = session.scalars(select(Question).where(Question.kind == Kind.TRUE_FALSE)).one()
    assert desk.post(f"/questions/{question.id}/retire").status_code == 422


PATHS = ["/questions", "/questions/new", "/questions/{}", "/questions/{}/versions/1", "/exams", "/authoring/courses"]


@pytest.mark.parametrize("role", [Role.NEW_HIRE, Role.HR, Role.ADMIN])
@pytest.mark.parametrize("path", PATHS)
def test_only_trainers_see_the_bank(client, session, role, path):
    version = make_question(session)
    client.sign_in(make_person(session, role))
    assert client.get(path.format(version.question_id)).status_code == 403


@pytest.mark.parametrize(
    "path", ["/questions/99999", "/exams/99999", "/authoring/pages/99999", "/authoring/checks/99999"]
)
def test_what_is_not_there_is_not_found(desk, path):
    assert desk.get(path).status_code == 404


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_the_editor_speaks_both_languages(desk, session, trainer, language):
    trainer.locale = language
    version = make_question(session, kind=Kind.SHORT_ANSWER)
    assert ("Edit question" in text(desk.get(f"/questions/{version.question_id}"))) == (language == "en")
