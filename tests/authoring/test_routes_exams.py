"""Exams' pages: terms, blueprint with its shortfalls in words, publishing, copies; and bad input."""

import re

import pytest
from sqlalchemy import select

from exam.papers import actions, queries
from exam.papers.models import Exam, Paper
from exam.papers.rules import ExamState, Terms
from question_bank.items import CreditRule, Kind
from tests.builders import NOW, make_course, make_exam, make_question, make_topic
from tests.support.database import count_statements


@pytest.fixture
def desk(client, trainer):
    """A signed-in trainer."""
    return client.sign_in(trainer)


TERMS = {
    "second_share": "15",
    "second_tolerance": "1",
    "title": "结业测试",
    "minutes": "60",
    "pass_percent": "80",
    "distinction_percent": "90",
    "window_days": "7",
    "max_retakes": "2",
    "places": "20",
    "appeals": "3",
    "appeal_days": "7",
    "opens_at": "09:00",
    "shuts_at": "18:00",
    "grace_seconds": "10",
    "credit_rule": "proportional",
    "late_start": "shorten",
    "review_policy": "score_only",
    "note": "带好工牌。",
}


def rows(*lines):
    """What the blueprint's editor sends: topic, kind, difficulty, count, points a row, and a spare row."""
    data = {}
    for n, line in enumerate([*lines, ("", "single_choice", "", "", "")]):
        for name, value in zip(("topic", "kind", "difficulty", "count", "points"), line, strict=True):
            data[f"rows-{n}-{name}"] = str(value)
    return data


def text(response):
    return response.get_data(as_text=True)


def only(session):
    return session.scalars(select(Exam)).one()


def test_an_exam_is_made_given_a_blueprint_and_published(desk, session):
    course, topic = make_course(session), make_topic(session)
    for _ in range(2):
        make_question(session, topic=topic, difficulty=3)
    assert desk.get("/exams/new").status_code == 200
    made = desk.post("/exams/new", data={**TERMS, "course": course.id})
    exam = only(session)
    assert made.location == f"/exams/{exam.id}/blueprint"
    assert actions.terms_of(exam).credit_rule is CreditRule.PROPORTIONAL
    desk.get(made.location)
    desk.post(made.location, data=rows((topic.id, "single_choice", "3", "２", "50")))
    assert desk.get(f"/exams/{exam.id}").status_code == 200
    assert desk.get(f"/exams/{exam.id}/sample").status_code == 200
    desk.post(f"/exams/{exam.id}/publish")
    session.refresh(exam)
    assert exam.state is ExamState.PUBLISHED
    assert session.scalars(select(Paper)).all() == []


def test_a_shortfall_is_said_in_words(desk, session):
    topic = make_topic(session, "投诉处理")
    for _ in range(2):
        make_question(session, topic=topic, difficulty=3)
    exam = actions.make_exam(session, make_course(session), Terms("测试"), actor_id=None, now=NOW)
    desk.post(f"/exams/{exam.id}/blueprint", data=rows((topic.id, "single_choice", "3", 3, 20)))
    page = text(desk.get(f"/exams/{exam.id}"))
    assert "单选·投诉处理·难：需要 3，现有 2" in page
    assert "60 分，还差 40 分" in page
    assert "/publish" not in page
    assert "需要 3，现有 2" in text(desk.get(f"/exams/{exam.id}/blueprint"))
    assert desk.get(f"/exams/{exam.id}/sample").status_code == 200
    assert desk.post(f"/exams/{exam.id}/publish").status_code == 422


BAD_TERMS = [
    ({"title": ""}, "title"),
    ({"title": "长" * 121}, "title"),
    ({"minutes": ""}, "minutes"),
    ({"minutes": "0"}, "minutes"),
    ({"minutes": "601"}, "minutes"),
    ({"minutes": "六十"}, "minutes"),
    ({"minutes": "60.5"}, "minutes"),
    ({"minutes": "9" * 40}, "minutes"),
    ({"pass_percent": "-1"}, "pass_percent"),
    ({"pass_percent": "95"}, "distinction_percent"),
    ({"opens_at": "25:00"}, "opens_at"),
    ({"shuts_at": ""}, "shuts_at"),
    ({"shuts_at": "08:00"}, "shuts_at"),
    ({"credit_rule": "generous"}, "credit_rule"),
    ({"note": "长" * 2001}, "note"),
    ({"places": "😀"}, "places"),
]


@pytest.mark.parametrize(("changes", "field"), BAD_TERMS)
def test_bad_terms_are_told_beside_their_field_and_nothing_typed_is_lost(desk, session, changes, field):
    exam = make_exam(session)
    before = actions.terms_of(exam)
    answer = desk.post(f"/exams/{exam.id}/terms", data={**TERMS, "title": "另一个名称", **changes})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)
    assert changes.get("title", "另一个名称") in text(answer)
    session.refresh(exam)
    assert actions.terms_of(exam) == before


def test_terms_are_changed(desk, session):
    exam = make_exam(session)
    assert desk.get(f"/exams/{exam.id}/terms").status_code == 200
    answer = desk.post(
        f"/exams/{exam.id}/terms",
        data={**TERMS, "title": "<b>期末</b>", "minutes": "４５", "distinction_on_retake": "y"},
    )
    assert answer.status_code == 302
    session.refresh(exam)
    assert (exam.title, exam.minutes, exam.distinction_on_retake) == ("<b>期末</b>", 45, True)
    assert "<b>期末" not in text(desk.get(f"/exams/{exam.id}"))


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (("", "single_choice", "", 1, 2), "rows-0-topic"),
        ((99999, "single_choice", "", 1, 2), "rows-0-topic"),
        (("TOPIC", "essay", "", 1, 2), "rows-0-kind"),
        (("TOPIC", "single_choice", "4", 1, 2), "rows-0-difficulty"),
        (("TOPIC", "single_choice", "", "", 2), "rows-0-count"),
        (("TOPIC", "single_choice", "", 0, 2), "rows-0-count"),
        (("TOPIC", "single_choice", "", 201, 2), "rows-0-count"),
        (("TOPIC", "single_choice", "", "两", 2), "rows-0-count"),
        (("TOPIC", "single_choice", "", 1, ""), "rows-0-points"),
        (("TOPIC", "single_choice", "", 1, "0"), "rows-0-points"),
        (("TOPIC", "single_choice", "", 1, "0.3"), "rows-0-points"),
        (("TOPIC", "single_choice", "", 1, "<b>"), "rows-0-points"),
    ],
)
def test_a_bad_row_is_told_beside_its_field_and_no_row_is_lost(desk, session, line, field):
    exam = make_exam(session, state=ExamState.DRAFT)
    topic = make_topic(session)
    before = queries.lines(session, exam.id)
    line = tuple(topic.id if value == "TOPIC" else value for value in line)
    answer = desk.post(f"/exams/{exam.id}/blueprint", data=rows(line, (topic.id, "true_false", "1", 7, "3.5")))
    page = text(answer)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert re.search(rf'<a href="#{field}">第 \d 行，', page)
    assert re.search(r'name="rows-1-points"[^>]*value="3.5"', page)
    assert queries.lines(session, exam.id) == before


def test_a_blueprint_that_somebody_saved_meanwhile_is_not_overwritten_unseen(desk, session):
    exam = make_exam(session, state=ExamState.DRAFT)
    topic = make_topic(session)
    url = f"/exams/{exam.id}/blueprint"
    opened = re.search(r'name="edition"[^>]*value="(\d+)"', text(desk.get(url))).group(1)
    assert desk.post(url, data=rows((topic.id, "true_false", "1", 7, "3.5")) | {"edition": opened}).status_code == 302
    kept = queries.lines(session, exam.id)
    mine = rows((topic.id, "single_choice", "1", 5, "2"))
    answer = desk.post(url, data=mine | {"edition": opened})
    assert answer.status_code == 409
    assert re.search(r'name="rows-0-count"[^>]*value="5"', text(answer))
    assert queries.lines(session, exam.id) == kept
    now = re.search(r'name="edition"[^>]*value="(\d+)"', text(answer)).group(1)
    assert desk.post(url, data=mine | {"edition": now}).status_code == 302


def test_a_published_exam_refuses_a_blueprint_that_cannot_be_sat_and_keeps_what_was_typed(desk, session):
    exam = make_exam(session)
    topic = make_topic(session)
    before = queries.lines(session, exam.id)
    answer = desk.post(f"/exams/{exam.id}/blueprint", data=rows((topic.id, "single_choice", "", 1, "97.5")))
    assert answer.status_code == 422
    assert "97.5" in text(answer)
    assert queries.lines(session, exam.id) == before


def test_a_copy_is_made_and_an_exam_retired(desk, session):
    exam = make_exam(session, parallel_papers=7, exposure_cap=90)
    assert desk.post(f"/exams/{exam.id}/copy", data={"title": " "}).status_code == 422
    assert desk.post(f"/exams/{exam.id}/copy", data={"title": "第二套"}).status_code == 302
    copy = session.scalars(select(Exam).where(Exam.title == "第二套")).one()
    assert (copy.parallel_papers, copy.exposure_cap) == (7, 90)
    assert desk.post(f"/exams/{copy.id}/publish").status_code == 409
    desk.post(f"/exams/{exam.id}/retire")
    assert desk.post(f"/exams/{copy.id}/publish").status_code == 302
    assert desk.get(f"/exams/{exam.id}").status_code == 200


def test_a_sample_shows_each_question_and_no_key(desk, session):
    exam = make_exam(session, questions=2)
    page = text(desk.get(f"/exams/{exam.id}/sample?seed=7"))
    assert page.count('class="panel question"') == 8
    assert "checked" not in page
    assert "先弄清发生了什么" not in page
    assert text(desk.get(f"/exams/{exam.id}/sample?seed=x")).count('class="panel question"') == 8


def test_the_list_takes_the_same_number_of_statements_for_any_length(desk, session):
    numbers = []
    for _ in range(2):
        for _ in range(3):
            make_exam(session, questions=1)
        session.commit()
        with count_statements(session) as statements:
            assert desk.get("/exams").status_code == 200
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= 12


def test_a_long_blueprint_takes_the_same_number_of_statements(desk, session):
    numbers = []
    for count in (1, 40):
        exam = make_exam(session, state=ExamState.DRAFT, questions=1)
        topic = make_topic(session)
        lines = [(topic.id, kind.value, "", 1, 2) for kind in [Kind.SINGLE_CHOICE] * count]
        desk.post(f"/exams/{exam.id}/blueprint", data=rows(*lines))
        session.commit()
        for path in (f"/exams/{exam.id}", f"/exams/{exam.id}/blueprint"):
            with count_statements(session) as statements:
                desk.get(path)
            numbers.append(len(statements))
    assert numbers[:2] == numbers[2:]


def test_without_exams_the_list_says_so(desk):
    assert desk.get("/exams").status_code == 200
