"""Pages of parallel papers: what the bank lacks, assembling, the parity sheet; and a question's relations."""

import json

import pytest
from sqlalchemy import select

from exam.attempts import actions as attempts
from exam.papers import actions
from exam.papers.models import Exam, Experience, Paper, PaperSet
from exam.papers.rules import Origin, SetState
from exam.steps import LINES
from question_bank import relations
from question_bank.models import Question
from tests.builders import NOW, make_course, make_question
from tests.papers.builders import assemble_for, make_cohort, make_hall, make_wide_exam


@pytest.fixture
def desk(client, trainer):
    """A signed-in trainer."""
    return client.sign_in(trainer)


@pytest.fixture
def exam(session) -> Exam:
    return make_wide_exam(session)


def main_of(response) -> str:
    page = response.get_data(as_text=True)
    return page[page.index("<main") : page.index("</main>")].replace("\u00a0", " ")


def the_set(session) -> PaperSet:
    return session.scalars(select(PaperSet)).one()


def test_papers_are_assembled_and_the_sheet_shows_them(desk, session, exam, set_clock):
    set_clock(NOW)
    cohort = make_cohort(session, exam)
    [first, second] = make_hall(session, exam, 2, cohort)
    assert "题目互不重复" in main_of(desk.get(f"/exams/{exam.id}/papers"))
    answer = desk.post(f"/exams/{exam.id}/papers/{cohort.id}/assemble")
    kept = the_set(session)
    assert answer.location == f"/exams/{exam.id}/papers/sets/{kept.id}"
    assert kept.made_by is not None
    for sitting in (first, second):
        attempts.start(session, sitting, NOW)
    session.commit()
    sheet = main_of(desk.get(answer.location))
    assert "预期得分最多差 0 分，预计用时最多差 0 秒" in sheet
    assert "任何两份试卷都没有相同的题" in sheet
    assert sheet.count("80 ± ") == 4
    assert "考试只有" not in sheet
    exam.minutes = 6
    session.commit()
    assert "预计最多要 7 分钟，考试只有 6 分钟" in main_of(desk.get(answer.location))
    assert "4 份已备好" in main_of(desk.get(f"/exams/{exam.id}/papers"))
    page = main_of(desk.get(f"/exams/{exam.id}"))
    assert "4 份已备好" in page
    assert "随机抽" not in page


def test_the_script_is_told_step_by_step(desk, session, exam):
    cohort = make_cohort(session, exam)
    answer = desk.post(f"/exams/{exam.id}/papers/{cohort.id}/assemble", headers={"Accept": LINES})
    told = [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]
    assert [step.get("said", "") for step in told[1:4]] == [f"第 {n} 份，共 4 份" for n in (1, 2, 3)]
    assert told[-1] == {"location": f"/exams/{exam.id}/papers/sets/{the_set(session).id}"}


def test_a_refusal_is_told_in_words_and_keeps_what_there_was(desk, session, exam):
    cohort = make_cohort(session, exam)
    kept = assemble_for(session, exam, cohort.id)
    ids = session.scalars(select(Question.id)).all()
    session.add_all(Experience(question_id=id, shown=9, marked=0, shares=0, counted_at=NOW) for id in ids)
    exam.exposure_cap = 9
    session.commit()
    url = f"/exams/{exam.id}/papers/{cohort.id}/assemble"
    told = json.loads(desk.post(url, headers={"Accept": LINES}).get_data(as_text=True).splitlines()[-1])
    assert "题库组不出这么多份卷" in told["error"]
    assert desk.post(url).status_code == 422
    assert the_set(session).id == kept.id
    page = main_of(desk.get(f"/exams/{exam.id}/papers"))
    assert page.count("给人做的次数已到考试设的上限") == 1
    assert page.count("上限改为 10 人") == 1


def test_no_papers_of_another_course_or_set(desk, session, exam):
    stranger = make_cohort(session, make_wide_exam(session, course=make_course(session)))
    assert desk.post(f"/exams/{exam.id}/papers/{stranger.id}/assemble").status_code == 404
    other = assemble_for(session, exam, make_cohort(session, exam).id)
    assert desk.get(f"/exams/{exam.id + 1}/papers/sets/{other.id}").status_code == 404


def test_drawn_papers_are_said_openly(desk, session, exam, set_clock):
    set_clock(NOW)
    [sitting, *_rest] = make_hall(session, exam, 99)
    exam.exposure_cap = 1
    [*actions.assemble_waiting(session, NOW)]
    attempts.start(session, sitting, NOW)
    session.commit()
    assert the_set(session).state is SetState.REFUSED
    page = main_of(desk.get(f"/exams/{exam.id}"))
    assert "没有平行卷：逐人随机抽卷" in page
    assert "1 人用的是随机抽的卷" in page
    assert "题库组不出这么多份卷" in main_of(desk.get(f"/exams/{exam.id}/papers"))


@pytest.mark.parametrize("values", [{"papers": ""}, {"papers": "0"}, {"papers": "21"}, {"cap": "0"}, {"cap": "许多"}])
def test_bad_settings_are_told_beside_their_field(desk, session, exam, values):
    answer = desk.post(f"/exams/{exam.id}/papers", data={"papers": "4", "cap": "", **values})
    [name] = values
    assert answer.status_code == 422
    assert f'id="{name}-error"' in main_of(answer)
    assert main_of(answer).split("-error", 1)[1].split("</div>")[0].count("。") == 1
    session.refresh(exam)
    assert (exam.parallel_papers, exam.exposure_cap) == (4, None)


def test_settings_are_kept_and_sets_of_before_set_aside(desk, session, exam):
    kept = assemble_for(session, exam, make_cohort(session, exam).id)
    session.commit()
    assert desk.post(f"/exams/{exam.id}/papers", data={"papers": "３", "cap": "500"}).status_code == 302
    session.refresh(exam)
    assert (exam.parallel_papers, exam.exposure_cap) == (3, 500)
    assert "已过期：设置改过" in main_of(desk.get(f"/exams/{exam.id}/papers"))
    assert "这套卷不再发出" in main_of(desk.get(f"/exams/{exam.id}/papers/sets/{kept.id}"))


def test_families_that_are_too_wide_are_named(desk, session):
    exam = make_wide_exam(session, spare=0)
    for question in session.scalars(select(Question)):
        relations.relate(session, question, family="退款时限", seconds=None, enemies=())
    session.commit()
    page = main_of(desk.get(f"/exams/{exam.id}"))
    assert "只能用上不该同卷的题" in page
    assert "同类组一卷只用一题：" in page or "题库有 1，一份试卷只能用 0" in page
    assert "再写 1 题" in page


# A question's relations


def test_family_enemies_and_time_are_kept(desk, session):
    one, two, three = (make_question(session).question_id for _ in range(3))
    url = f"/questions/{one}/papers"
    data = {"family": " 退款　时限 ", "expected_seconds": "９０", "enemy": f"#{two} 接到会员投诉后"}
    assert desk.post(url, data=data).location == url
    assert desk.post(url, data={**data, "kept": [str(two)], "enemy": f"第 {three} 题"}).status_code == 302
    question = session.get_one(Question, one, populate_existing=True)
    assert (question.family, question.expected_seconds) == ("退款 时限", 90)
    assert relations.enemies_of(session, one) == {two, three}
    page = main_of(desk.get(url))
    assert f'value="{two}"' in page
    assert "退款 时限" in main_of(desk.get(f"/questions/{one}"))
    desk.post(url, data={**data, "kept": [str(three)], "enemy": ""})
    assert relations.enemies_of(session, one) == {three}
    assert relations.enemies_of(session, three) == {one}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"family": "长" * 61}, "family"),
        ({"expected_seconds": "4"}, "expected_seconds"),
        ({"expected_seconds": "3601"}, "expected_seconds"),
        ({"enemy": "投诉"}, "enemy"),
        ({"enemy": "999999999"}, "enemy"),
        ({"enemy": "SELF"}, "enemy"),
    ],
)
def test_what_cannot_be_related_is_told_beside_its_field(desk, session, values, field):
    id = make_question(session).question_id
    values = {name: str(id) if value == "SELF" else value for name, value in values.items()}
    answer = desk.post(f"/questions/{id}/papers", data={"family": "", "expected_seconds": "", "enemy": "", **values})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in main_of(answer)
    assert relations.enemies_of(session, id) == set()


def test_parallel_papers_with_a_question_related_anew_are_set_aside(desk, session, exam):
    kept = assemble_for(session, exam, make_cohort(session, exam).id)
    [id] = session.scalars(select(Question.id).limit(1))
    session.commit()
    desk.post(f"/questions/{id}/papers", data={"family": "甲", "expected_seconds": "", "enemy": ""})
    session.refresh(kept)
    assert kept.outdated_at is not None
    assert session.scalars(select(Paper.origin).where(Paper.set_id == kept.id)).all() == [Origin.PARALLEL] * 4
