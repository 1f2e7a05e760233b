"""`flask questions read` and `score`, typed: what they print, and their exit codes."""

import json

import pytest
from sqlalchemy import func, select

from exam.authoring.models import Import
from question_bank.formats import FORMATS
from question_bank.models import Question
from tests.builders import make_topic
from tests.question_bank.qti_samples import single
from tests.support.database import count_statements

FILE = "::工单::工单当天关闭。{T}\n\n写一写{}\n"


@pytest.fixture
def run(app):
    """Type a command; gives its exit code and what it said."""

    def type_in(*words):
        done = app.test_cli_runner().invoke(args=["questions", *map(str, words)])
        return done.exit_code, done.output

    return type_in


def test_what_a_file_holds_is_one_document(run, tmp_path):
    file = tmp_path / "题库.txt"
    file.write_text(FILE, "utf-8")
    code, said = run("read", file, "--json")
    assert code == 0
    found = json.loads(said)
    assert found["format"] == "gift"
    (question,) = found["questions"]
    assert question == {
        "kind": "true_false", "stem": "工单当天关闭。", "choices": [], "correct": True, "key_points": [], "answers": [],
        "points": None, "topic": None, "difficulty": None, "explanation": "", "tags": [], "media": [],
        "place": "line 1", "name": "工单",
    }  # fmt: skip
    (problem,) = found["problems"]
    assert (problem["severity"], problem["place"], problem["excerpt"]) == ("unsupported", "line 3", "写一写{}")
    assert "essay" in problem["message"]


def test_people_read_a_line_for_each(run, tmp_path):
    file = tmp_path / "a.gift"
    file.write_text(FILE, "utf-8")
    code, said = run("read", file, "--format", "gift")
    assert code == 0
    lines = said.splitlines()
    assert lines[0] == "line 1: true_false: 工单当天关闭。"
    assert lines[1].startswith("line 3: unsupported: ")
    assert lines[2] == "gift: questions 1, problems 1"


@pytest.mark.parametrize("words", [("missing.txt",), (".",), ("a.txt", "--format", "nonsense"), ("\0",)])
def test_what_can_not_be_read_is_a_refusal_with_code_2(run, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("a{T}")
    code, said = run("read", "--json", *words)
    assert code == 2
    found = json.loads(said)
    assert found["questions"] == []
    assert [problem["severity"] for problem in found["problems"]] == ["error"]


def test_a_file_too_large_is_not_even_opened(run, tmp_path):
    file = tmp_path / "large.txt"
    with file.open("wb") as sparse:
        sparse.truncate(200 * 2**20)
    code, said = run("read", "--json", file)
    assert code == 2
    assert "larger than 50 MB" in json.loads(said)["problems"][0]["message"]


def test_no_database_is_asked(run, tmp_path, session):
    file = tmp_path / "a.gift"
    file.write_text(FILE, "utf-8")
    with count_statements(session) as statements:
        assert run("read", file)[0] == 0
    assert statements == []


def test_responses_are_scored_by_the_items_own_rules(run, tmp_path):
    (tmp_path / "q.xml").write_text(single(), "utf-8")
    (tmp_path / "r.json").write_text('{"q1": [["x1"], ["x2"], []], "nowhere": [["x1"]]}')
    code, said = run("score", tmp_path / "q.xml", "--responses", tmp_path / "r.json")
    assert code == 0
    found = json.loads(said)
    assert found["scores"] == {"q1": [1, 0, 0], "nowhere": [None]}
    assert [(problem["severity"], problem["place"]) for problem in found["problems"]] == [("error", "item nowhere")]


@pytest.mark.parametrize(
    ("file", "responses"),
    [("missing.xml", "r.json"), ("q.xml", "missing.json"), ("q.xml", ""), ("q.xml", "q.xml"), ("r.json", "r.json")],
)
def test_what_can_not_be_scored_is_a_refusal_with_code_2(run, tmp_path, monkeypatch, file, responses):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "q.xml").write_text(single(), "utf-8")
    (tmp_path / "r.json").write_text("{}")
    code, said = run("score", file, *(["--responses", responses] if responses else []))
    assert code == 2
    found = json.loads(said)
    assert (found["scores"], [problem["severity"] for problem in found["problems"]]) == ({}, ["error"])


PAPER = "1. 工单当天关闭。（√）\n2. 先做什么？\nA. 倾听\nB. 打断\n答案：A\n3. 还有呢？\nA. 记录\nB. 挂断\n"


@pytest.fixture
def typed(run, session, tmp_path):
    """Type a command with a file at hand and a topic in the bank."""
    make_topic(session, "投诉处理")
    session.commit()
    (tmp_path / "题库.txt").write_text(PAPER, "utf-8")
    return lambda *words: run(*words[:1], *(tmp_path / one if one == "题库.txt" else one for one in words[1:]))


def count(session):
    return session.scalar(select(func.count()).select_from(Question))


def test_a_file_is_imported_as_drafts_and_the_rest_waits(typed, session):
    code, said = typed("import", "题库.txt", "--topic", "投诉处理")
    assert code == 0
    lines = said.splitlines()
    assert lines[0].startswith("line 6: error: No choice is marked as right.")
    assert lines[-1] == "paper: 2 imported as drafts, 1 wait, 0 are there already"
    assert count(session) == 2
    code, said = typed("import", "题库.txt", "--topic", "投诉处理")
    assert said.splitlines()[-1] == "paper: 0 imported as drafts, 1 wait, 2 are there already"


def test_a_dry_run_changes_nothing(typed, session):
    code, said = typed("import", "题库.txt", "--topic", "投诉处理", "--dry-run")
    assert (code, said.splitlines()[-1]) == (0, "paper: 2 would be imported, 1 would wait, 0 are there already")
    assert count(session) == 0
    assert session.scalar(select(func.count()).select_from(Import)) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "missing.txt", "--topic", "投诉处理"), "There is no such file"),
        (("import", "题库.txt", "--topic", "别的"), "There is no topic 别的. There are: 投诉处理."),
        (("import", "题库.txt", "--topic", "投诉处理", "--format", "qti21"), "not well-formed"),
        (("export", "/nowhere/out.xlsx", "--format", "xlsx"), "can't be written"),
    ],
)
def test_what_can_not_be_done_is_said_with_code_2(typed, session, words, said):
    code, printed = typed(*words)
    assert code == 2
    assert said in printed
    assert count(session) == 0


@pytest.mark.parametrize("name", FORMATS)
def test_what_goes_out_can_come_in_again(typed, run, session, tmp_path, name):
    typed("import", "题库.txt", "--topic", "投诉处理")
    out = tmp_path / f"out{FORMATS[name].suffixes[0]}"
    code, said = run("export", out, "--format", name, "--topic", "投诉处理", "--state", "all")
    assert code == 0, said
    number = 1 if name == "aiken" else 2
    assert said.splitlines()[-1].startswith(f"{name}: {number} questions written")
    code, said = run("read", out, "--json")
    assert [one["kind"] for one in json.loads(said)["questions"]] == ["true_false", "single_choice"][-number:]
    assert run("export", out, "--format", name)[1].splitlines()[-1].startswith(f"{name}: 0 questions")
