"""The pages of imports: a file is sent, looked at question by question, mended, brought in, undone, taken out again."""

import io
import json
import re

import pytest
from flask_babel import force_locale
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select, update

from exam.authoring.models import Import, ImportEntry, ImportRow
from exam.authoring.routes.imports.details import detail_words
from exam.authoring.routes.imports.wording import problem_words
from exam.authoring.rules.imports import RowState
from question_bank import formats
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import ReadProblem
from question_bank.items import Kind
from question_bank.models import Question, QuestionVersion
from tests.authoring.test_importing import PAPER
from tests.builders import NOW, make_item, make_question, make_topic

LINES = {"Accept": "application/x-ndjson"}


@pytest.fixture
def topic(session):
    return make_topic(session, "综合")


@pytest.fixture
def desk(client, trainer):
    client.sign_in(trainer)
    return client


def send(desk, text=PAPER, **more):
    """Paste a text; gives the number of the import."""
    answer = desk.post("/questions/import", data={"text": text, "format": "", **more})
    assert answer.status_code == 302, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def lines_of(answer):
    """What the page's script is told."""
    return [json.loads(line) for line in answer.text.splitlines()]


def rows_of(session, number):
    session.expire_all()
    found = session.scalars(select(ImportRow).where(ImportRow.import_id == number).order_by(ImportRow.position))
    return list(found)


def questions(session):
    return session.scalar(select(func.count()).select_from(Question))


def test_a_pasted_paper_is_shown_question_by_question(desk, session):
    number = send(desk)
    page = desk.get(f"/questions/import/{number}").text
    assert "会员来电投诉时，第一步应当做什么？" in page
    assert "标为单选题，答案却有多个" in page
    assert "暂不支持这种题型：填空" in page
    assert "将新建知识点" in page
    assert desk.get(f"/questions/import/{number}?show=error").text.count("<article") == 2
    assert "题库.txt" not in page
    assert "粘贴的文本" in desk.get("/questions/import").text


def test_a_file_that_is_sent_is_read_by_its_content(desk, session):
    content = formats.write("xlsx", formats.read(PAPER.encode())[1].questions).content
    sent = {"file": (io.BytesIO(content), "题库.xlsx"), "format": ""}
    answer = desk.post("/questions/import", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 302
    made = session.scalars(select(Import)).one()
    assert (made.name, made.format) == ("题库.xlsx", "xlsx")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"text": "", "format": ""}, "请选择文件，或在下方粘贴题目"),
        ({"text": "随便写的一段话。", "format": ""}, "无法从内容识别格式"),
        ({"text": "锟斤拷锟斤拷", "format": ""}, "乱码"),
    ],
)
def test_what_nothing_can_be_made_of_is_refused_and_what_was_typed_stays(desk, session, data, words):
    answer = desk.post("/questions/import", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert data["text"] in answer.text
    told = desk.post("/questions/import", data=data, headers=LINES)
    assert words in json.loads(told.text.splitlines()[-1])["error"]
    assert session.scalar(select(func.count()).select_from(Import)) == 0


def test_the_pages_script_is_told_step_by_step(desk, session, topic):
    told = [
        json.loads(line)
        for line in desk.post("/questions/import", data={"text": PAPER}, headers=LINES).text.splitlines()
    ]
    assert [step.get("said") for step in told[:-1]] == ["正在读取文件……", "正在与题库比对……", "即将完成……"]
    number = int(told[-1]["location"].rsplit("/", 1)[1])
    refused = desk.post(f"/questions/import/{number}/bring-in", headers=LINES).text
    assert "请先选一个知识点" in json.loads(refused)["error"]
    assert questions(session) == 0
    desk.post(f"/questions/import/{number}/defaults", data={"topic": topic.id, "difficulty": 1})
    *said, last = [
        json.loads(line) for line in desk.post(f"/questions/import/{number}/bring-in", headers=LINES).text.splitlines()
    ]
    assert said == [{"said": "2 / 2", "share": 1.0}]
    assert last["location"] == f"/questions/import/{number}?brought=2"
    assert "2 道题已作为草稿进入题库" in desk.get(last["location"]).text
    assert questions(session) == 2


def test_a_question_is_mended_with_one_click_and_comes_in(desk, session, topic):
    number = send(desk)
    desk.post(f"/questions/import/{number}/defaults", data={"topic": topic.id, "difficulty": 2})
    assert 'value="multiple_choice"' in desk.get(f"/questions/import/{number}?show=error").text
    kept = desk.post(f"/questions/import/{number}/rows/3/mend?show=error", data={"remedy": "key", "key": "a"})
    assert kept.location == f"/questions/import/{number}?show=error#row-3"
    assert rows_of(session, number)[2].state is RowState.READY
    desk.post(f"/questions/import/{number}/rows/1/mend", data={"decision": "skip"})
    assert rows_of(session, number)[0].state is RowState.SKIPPED
    desk.post(f"/questions/import/{number}/bring-in")
    assert questions(session) == 2
    assert desk.post(f"/questions/import/{number}/rows/3/mend", data={"remedy": "true"}).status_code == 422


def test_a_question_is_mended_in_the_editor_even_one_nothing_could_be_made_of(desk, session):
    number = send(desk)
    page = desk.get(f"/questions/import/{number}/rows/5?kind=short_answer").text
    assert "会员卡有___种" in page
    typed = {
        "stem": "会员卡有几种？",
        "key_points-0-text": "三种",
        "key_points-0-points": "2",
        "topic": "",
        "difficulty": "",
    }
    answer = desk.post(f"/questions/import/{number}/rows/5?kind=short_answer", data=typed)
    assert answer.status_code == 302, answer.text
    row = rows_of(session, number)[4]
    assert (row.state, row.content["kind"], row.problems) == (RowState.READY, "short_answer", [])
    bad = desk.post(f"/questions/import/{number}/rows/5?kind=true_false", data={"stem": "留着我"})
    assert bad.status_code == 422
    assert "留着我" in bad.text


def test_what_was_typed_stays_when_the_question_came_in_meanwhile(desk, session, topic):
    number = send(desk)
    desk.post(f"/questions/import/{number}/defaults", data={"topic": topic.id, "difficulty": 1})
    desk.post(f"/questions/import/{number}/bring-in")
    choices = {"choices-0-text": "甲", "choices-1-text": "乙", "key": "0"}
    typed = {"stem": "留着我？", **choices, "topic": "", "difficulty": ""}
    answer = desk.post(f"/questions/import/{number}/rows/1", data=typed)
    assert (answer.status_code, "留着我？" in answer.text) == (422, True)
    assert "已在题库中" in answer.text
    assert desk.get(f"/questions/import/{number}/rows/1").status_code == 302


def test_the_editor_leads_back_to_the_part_of_the_list_one_came_from(desk, session):
    number = send(desk)
    page = desk.get(f"/questions/import/{number}/rows/2?show=error&page=1").text
    assert f"/questions/import/{number}?show=error&amp;page=1#row-2" in page
    assert f"/questions/import/{number}/rows/2?kind=true_false&amp;show=error&amp;page=1" in page


def test_the_pages_script_is_told_why_before_the_first_step(desk, client):
    asks = {"Accept": "application/json, application/x-ndjson;q=0.9"}
    assert "location" in lines_of(desk.post("/questions/import", data={"text": PAPER}, headers=asks))[-1]
    stale = desk.post("/questions/import", data={"text": PAPER}, headers=asks, csrf=False)
    assert (stale.status_code, stale.json["code"], bool(stale.json["csrf_token"])) == (400, "csrf", True)
    client.sign_out()
    out = client.post("/questions/import", data={"text": PAPER}, headers=asks)
    assert (out.status_code, out.json["code"]) == (401, "signed_out")


def test_an_import_whose_rest_was_discarded_can_still_be_undone(desk, session, topic):
    number = send(desk)
    desk.post(f"/questions/import/{number}/defaults", data={"topic": topic.id, "difficulty": 2})
    desk.post(f"/questions/import/{number}/bring-in")
    desk.post(f"/questions/import/{number}/discard")
    undo = f"/questions/import/entries/{session.scalars(select(ImportEntry.id)).one()}/undo"
    assert undo in desk.get("/questions/import").text
    page = desk.get(desk.post(undo).location)
    assert (page.status_code, questions(session)) == (200, 0)


def test_what_came_in_meanwhile_is_said(desk, session, topic):
    first, second = send(desk), send(desk)
    for number in (first, second):
        desk.post(f"/questions/import/{number}/defaults", data={"topic": topic.id, "difficulty": 2})
    desk.post(f"/questions/import/{first}/bring-in")
    page = desk.get(desk.post(f"/questions/import/{second}/bring-in").location).text
    assert questions(session) == 2
    assert "没有重复导入" in page


def test_an_import_is_undone_from_the_history(desk, session, topic):
    number = send(desk)
    desk.post(f"/questions/import/{number}/defaults", data={"topic": topic.id, "difficulty": 2})
    desk.post(f"/questions/import/{number}/bring-in")
    entry = session.scalars(select(ImportEntry)).one()
    assert "撤销" in desk.get("/questions/import").text
    assert desk.post(f"/questions/import/entries/{entry.id}/undo").status_code == 302
    assert questions(session) == 0
    assert "题库" in desk.get("/questions/import/history").text
    assert "已撤销" in desk.get("/questions/import").text


def test_a_discarded_import_is_gone(desk, session):
    number = send(desk)
    assert desk.post(f"/questions/import/{number}/discard").status_code == 302
    assert desk.get(f"/questions/import/{number}").status_code == 404
    assert desk.get("/questions/import/999").status_code == 404


def test_what_is_like_a_question_of_the_bank_is_shown_beside_it(desk, session, topic):
    make_question(session, make_item(stem="会员来电投诉时，首先应当做什么？"), topic=topic)
    number = send(desk, "1. 会员来电投诉时，最先应当做什么？\nA. 倾听\nB. 打断\n答案：A")
    page = desk.get(f"/questions/import/{number}").text
    assert "题库中的一道题" in page
    assert "会员来电投诉时，首先应当做什么？" in page
    desk.post(f"/questions/import/{number}/rows/1/mend", data={"decision": "version"})
    assert rows_of(session, number)[0].state is RowState.READY


def test_the_bank_goes_out_in_every_format_and_says_what_stays_behind(desk, session, topic):
    make_question(session, topic=topic)
    page = desk.get("/questions/export?format=aiken&topic=&state=published").text
    assert "未保留" in page
    for name in ("xlsx", "csv", "docx", "paper", "gift", "aiken", "moodle", "qti21", "qti30"):
        answer = desk.get(f"/questions/export/file?format={name}&topic={topic.id}&state=published")
        assert answer.status_code == 200, name
        assert len(formats.read(answer.data)[1].questions) == 1, name
    assert desk.get("/questions/export/file?format=nonsense&topic=&state=published").status_code == 404
    make_question(session, make_item(Kind.TRUE_FALSE), topic=topic)
    assert "只支持单选题" in desk.get("/questions/export?format=aiken&topic=&state=published").text


def test_a_table_without_headings_is_read_once_its_columns_are_named(desk, session):
    book = Workbook()
    for row in (["先做什么？", "倾听", "打断", "A"], ["然后？", "挂断", "记录", "B"]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    answer = desk.post("/questions/import", data={"file": (file, "题.xlsx")}, content_type="multipart/form-data")
    address = answer.location
    assert address.endswith("/columns")
    page = desk.get(address).text
    assert "先做什么？" in page
    assert re.search(r"<input[^>]*name=\"first\"[^>]*value=\"1\"", page)
    wrong = desk.post(address, data={"column": ["A", "B", "", ""], "first": 1, "sheet": 0})
    assert (wrong.status_code, "无法判断各列含义" in wrong.text) == (422, True)
    desk.post(address, data={"column": ["stem", "A", "B", "answer"], "first": 1, "sheet": 0})
    made = session.scalars(select(Import)).one()
    assert [(row.place, row.state) for row in rows_of(session, made.id)] == [
        ("row 1", RowState.READY),
        ("row 2", RowState.READY),
    ]
    assert "列设置" in desk.get(f"/questions/import/{made.id}").text
    pasted = send(desk)
    assert desk.get(f"/questions/import/{pasted}/columns").status_code == 404


def test_a_file_to_fill_in_that_nobody_filled_in_says_so(desk):
    file = desk.get("/questions/import/template/questions.xlsx").data
    data = {"file": (io.BytesIO(file), "questions.xlsx")}
    answer = desk.post("/questions/import", data=data, content_type="multipart/form-data")
    page = desk.get(answer.location).text
    assert not answer.location.endswith("/columns")
    assert "示例" in page


def test_a_refusal_says_in_words_where_a_question_stands(desk, session, topic):
    number = send(desk)
    desk.post(f"/questions/import/{number}/defaults", data={"topic": topic.id, "difficulty": 2})
    desk.post(f"/questions/import/{number}/bring-in")
    session.execute(update(QuestionVersion).values(changed_at=NOW))
    entry = session.scalars(select(ImportEntry.id)).one()
    refused = desk.post(f"/questions/import/entries/{entry}/undo")
    assert (refused.status_code, "第 2 行" in refused.text) == (422, True)


@pytest.mark.parametrize("name", ["questions.xlsx", "questions.docx", "questions.txt"])
def test_files_to_fill_in_are_given_out(desk, name):
    answer = desk.get(f"/questions/import/template/{name}")
    assert answer.status_code == 200
    assert name in answer.headers["Content-Disposition"]
    if name.endswith("xlsx"):
        assert load_workbook(io.BytesIO(answer.data)).active.cell(2, 1).value == "题型"
    assert desk.get("/questions/import/template/other.exe").status_code == 404


def test_the_site_says_in_english_what_the_bank_says(app):
    with app.test_request_context(), force_locale("en"):
        different = [
            code for code in ReadCode if problem_words(code.value, "x") != ReadProblem(code, detail="x").message
        ]
    assert different == []


def test_every_problem_of_a_file_has_its_sentence(app):
    with app.test_request_context():
        for code in ReadCode:
            said = problem_words(code.value, "x")
            assert re.search("[\u4e00-\u9fff]", said), code
            assert "%(" not in said
        assert detail_words("points (of 3)") == "points（3 处）" or "处" in detail_words("points (of 3)")
