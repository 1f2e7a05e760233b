"""`flask statistics`, typed: what it prints, what it refuses, and its exit codes."""

import json
import math

import numpy as np
import pytest

from config import Config
from exam.app import create_app

ROWS = "id,甲,乙,丙\np1,1,0,2\np2,0,1,1\np3,1,1,2\np4,,0,0\np5,1,0,0.5\n"


@pytest.fixture(scope="module")
def app():
    """The site over a database that isn't there: these commands ask none."""
    return create_app(Config(environment="test", database_url="sqlite:////nowhere/at/all.db"))


@pytest.fixture
def run(app, tmp_path):
    """Write a file and type the command on it; gives exit code, what it printed, and what it said beside."""

    def type_in(content, *words, name="marks.csv"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        done = app.test_cli_runner().invoke(args=["statistics", str(file), *words])
        return done.exit_code, done.stdout, done.stderr

    return type_in


@pytest.fixture
def told(run):
    """The document of a file."""

    def ask(content, *words):
        code, said, _ = run(content, "--json", *words)
        assert code == 0, said
        return json.loads(said)

    return ask


@pytest.fixture
def refused(run):
    """The problems of a file that is refused as a whole, each as its place and its message."""

    def ask(content, *words):
        code, said, _ = run(content, "--json", *words)
        assert code == 2
        found = json.loads(said)
        assert found["error"] == f"{found['problems'][0]['place']}: {found['problems'][0]['message']}"
        return [(one["place"], one["message"]) for one in found["problems"]]

    return ask


def test_the_document_has_what_other_programs_look_for(told):
    found = told(ROWS, "--max", "1,1,2", "--cut", "2")
    assert set(found) == {"n", "items", "test", "rasch", "decision", "reasons", "warnings"}
    assert found["n"] == 5
    assert [item["name"] for item in found["items"]] == ["甲", "乙", "丙"]
    assert found["items"][0]["facility"] == pytest.approx(0.6)
    assert found["items"][2]["intended_weight"] == pytest.approx(50)
    assert found["test"]["mean"] == pytest.approx(2.1)
    assert found["test"]["cic"] == pytest.approx(100 * found["test"]["alpha"])
    assert set(found["decision"]) == {
        "cut", "livingston", "subkoviak_agreement", "subkoviak_kappa", "huynh_agreement", "huynh_kappa",
    }  # fmt: skip
    assert found["rasch"][2]["difficulty"] is None
    assert "right or wrong" in found["reasons"]["rasch.2.difficulty"]
    assert found["warnings"] == []


def test_every_null_has_its_reason_and_nothing_else_has(told):
    def nulls(value, path):
        if value is None:
            return [path]
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [one for key, part in inner for one in nulls(part, f"{path}.{key}".lstrip("."))]

    for content in (ROWS, "甲\n1\n", "甲,乙\n1,1\n1,1\n", "a,b\n0,1\n1,0\n", "a\n0\n0\n"):
        found = told(content, "--cut", "1")
        reasons = found.pop("reasons")
        assert nulls(found, "") == list(reasons)
    assert told(ROWS)["reasons"]["decision"] == "no cut was given"


def test_without_max_the_highest_mark_is_taken_and_told(run):
    code, said, beside = run(ROWS, "--json")
    found = json.loads(said)
    assert (code, found["items"][2]["facility"]) == (0, pytest.approx(5.5 / 10))
    assert "highest mark" in found["warnings"][0]
    assert "highest mark" in beside


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + ROWS,
        ROWS.replace("\n", "\r\n"),
        ROWS.encode("gb18030"),
        ROWS.encode("utf-16"),
        ROWS.replace(",", "\t"),
        ROWS.replace(",", ";").replace("0.5", "0,5"),
        ROWS.replace(",", "，"),
        ROWS.replace("id", "ID"),
        ROWS.replace("0.5", "０．５"),
        ROWS.replace("0.5", " 0.5 ").replace("甲", '"甲"'),
        ROWS.replace("\n", "\n\n"),
        ROWS.replace("\n", ",,\n"),
    ],
)
def test_files_as_programs_save_them(told, content):
    assert told(content) == told(ROWS)


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        ("", "file", "empty"),
        ("甲,乙\n", "file", "header only"),
        ("id\np1\n", "row 1", "only column is the id"),
        ("甲,乙\n1,x\n0,1\n", "row 2, column 乙", "'x' isn't a number"),
        ("甲,乙\n1,NA\n0,1\n", "row 2, column 乙", "isn't a number"),
        ("甲,乙\n1,nan\n0,1\n", "row 2, column 乙", "isn't a number"),
        ("甲,乙\n1,1_0\n0,1\n", "row 2, column 乙", "isn't a number"),
        ("甲,乙\n1,1e999\n", "row 2, column 乙", "isn't a number"),
        ("甲,乙\n1,0\n-1,1\n", "row 3, column 甲", "below 0"),
        ("甲,乙\n1,0\n1e300,1\n", "row 3, column 甲", "above 1,000,000"),
        ("甲,甲\n1,0\n", "row 1", "2 columns are called"),
        ("甲,\n1,0\n", "row 2", "2 cells, the header 1"),
        ("甲,,乙\n1,0,1\n", "row 1, column 2", "header is empty"),
        ("甲,乙\n1\n", "row 2", "1 cells, the header 2"),
        ("甲,乙\n1,1,1\n", "row 2", "3 cells, the header 2"),
        ('甲,乙\n1,"1\n', "file", "table"),
        (b"PK\x03\x04 a workbook", "file", "text"),
        (b"\xff\x00\x80\x81", "file", "text"),
    ],
)
def test_what_is_no_matrix_is_refused_where_it_is_wrong(refused, content, place, message):
    (found,) = refused(content)
    assert found[0] == place
    assert message in found[1]


def test_a_test_that_measures_perfectly_but_for_rounding_has_no_beta_binomial(told):
    found = told("甲,乙\n1e-09,1000000\n0,0\n", "--cut", "1")
    assert found["decision"]["huynh_agreement"] is None
    assert "decision.huynh_agreement" in found["reasons"]


def test_marks_above_the_full_mark_are_named(refused):
    assert refused(ROWS, "--max", "1,1,1") == [
        ("row 2, column 丙", "'2' is above the full mark 1"),
        ("row 4, column 丙", "'2' is above the full mark 1"),
    ]


@pytest.mark.parametrize(
    "words",
    [("--max", "1,1"), ("--max", "1,1,x"), ("--max", "1,1,0"), ("--max", ""), ("--cut", "x"), ("--cut", "1,2")],
)
def test_what_is_said_of_the_file_has_to_fit_it(refused, words):
    assert refused(ROWS, *words)[0][0] == words[0]


def test_many_faults_are_told_once(refused):
    found = refused("甲\n" + "x\n" * 500)
    assert len(found) == 21
    assert found[-1][1] == "and 480 more of this sort"


def test_names_may_hold_chinese_commas_and_be_numbers(told):
    assert [one["name"] for one in told("甲，乙，丙,丁\n1,0\n0,1\n")["items"]] == ["甲，乙，丙", "丁"]
    assert [one["name"] for one in told("1\n1\n0\n")["items"]] == ["1"]


def test_the_same_id_twice_is_told_and_counted(told):
    assert "p1" in told(ROWS.replace("p2", "p1"))["warnings"][1]


def test_a_file_that_is_not_there(app, tmp_path):
    for words in ([], ["--json"]):
        done = app.test_cli_runner().invoke(args=["statistics", str(tmp_path / "none.csv"), *words])
        assert (done.exit_code, done.exception.__class__) == (2, SystemExit)
        assert "no such file" in done.stdout


def test_people_read_tables(run):
    code, said, _ = run(ROWS, "--cut", "2")
    assert code == 0
    lines = said.splitlines()
    assert lines[0] == "5 persons, 3 items"
    assert lines[2].split()[:2] == ["item", "facility"]
    assert lines[3].split()[:2] == ["甲", "0.6000"]
    assert any(line.split() == ["mean", "2.1000"] for line in lines)
    assert "rasch.2.difficulty: the Rasch model takes right or wrong only" in said


def test_a_big_file(told):
    """Half a thousand persons on 40 items, with the item names of a real export."""
    chance = np.random.default_rng(3)
    rows = (chance.normal(size=(500, 1)) + chance.logistic(size=(500, 40)) > 0).astype(int)
    content = "\n".join([",".join(f"第 {n} 题" for n in range(40)), *(",".join(map(str, row)) for row in rows)])
    found = told(content, "--cut", "24")
    assert (found["n"], list(found["reasons"])) == (500, [])
    assert math.fsum(one["difficulty"] for one in found["rasch"]) == pytest.approx(0, abs=1e-9)
