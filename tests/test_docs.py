"""The documents, where they hold something that can be wrong: commands, settings, sign-ins, links, paths, numbers."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import fields
from fractions import Fraction
from functools import cache
from pathlib import Path
from sqlite3 import connect

import pytest

from config import Config, ConfigError
from exam import events
from exam.app import FEATURES, create_app
from exam.demo.cast import NEW_HIRES, PASSWORD, SIGN_INS
from exam.version import VERSION
from question_bank.items import Choice, ChoiceResponse, CreditRule, MultipleChoice
from question_bank.seeding import SEED

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
READMES = ("README.md", "docs/README.zh.md")
RULES = ("docs/rules.md", "docs/rules.zh.md")
RUNNING = "docs/running.md"

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


@cache
def read(name: str | Path) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(text: str) -> list[str]:
    """What stands between fences: commands and files."""
    return re.findall(r"^```\w*\n(.*?)^```$", text, re.M | re.S)


def code(text: str) -> list[str]:
    """Everything written as code: blocks, and spans within a line."""
    return [*blocks(text), *re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))]


def tables(text: str) -> list[list[list[str]]]:
    """The tables of a page: rows of cells, the heading first."""
    found = re.findall(r"(?:^\|.*\|\n)+", text, re.M)
    rows = [[re.split(r" ?\| ?", line.strip("|").strip(" ")) for line in table.splitlines()] for table in found]
    return [[table[0], *table[2:]] for table in rows]


def table_under(text: str, *heading: str) -> list[list[str]]:
    """The rows of the table whose heading begins with these words."""
    return next(table[1:] for table in tables(text) if tuple(table[0][: len(heading)]) == heading)


# Commands


@each_document
def test_make_commands_exist(document):
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.M))
    written = "\n".join(code(read(document)))
    assert set(re.findall(r"^(?:sudo )?make (?:-C \S+ )?([a-z][a-z-]*)", written, re.M)) <= targets


@pytest.mark.parametrize("name", READMES)
def test_the_readme_begins_with_the_two_commands(name):
    assert [block.strip() for block in blocks(read(name))] == ["make run", "make test"]


@each_document
def test_commands_of_the_site_exist(document):
    commands = create_app(Config(environment="test", database_url="sqlite://")).cli.commands
    database = commands["db"].commands
    for first, second in re.findall(r"flask --app wsgi ([a-z-]+)(?: ([a-z]+))?", "\n".join(code(read(document)))):
        assert first in commands
        assert first != "db" or second in database


def test_the_servers_options_exist():
    known = subprocess.run([sys.executable, "-m", "granian", "--help"], capture_output=True, text=True).stdout
    typed = [line for line in re.findall(r"granian (--interface .*)", read(RUNNING)) if "wsgi:serving" in line]
    assert len(typed) == 2
    for line in typed:
        for option in re.findall(r"--[a-z-]+", line):
            assert f"{option} " in known
    assert re.search(r"^def serving\(", read("wsgi.py"), re.M)


def test_the_backup_of_sqlite_can_be_restored(tmp_path):
    program = re.search(r'python -c "(import sqlite3.*?VACUUM INTO.*?)" ', read(RUNNING))
    assert program
    source, backup = tmp_path / "jieye.sqlite", tmp_path / "backup.sqlite"
    with closing(connect(source)) as live:
        live.execute("PRAGMA journal_mode=WAL")
        live.execute("CREATE TABLE answer (text)")
        live.execute("INSERT INTO answer VALUES ('已保存')")
        live.commit()  # stands in the log, not yet in the file: a plain copy would lose it
        subprocess.run([sys.executable, "-c", program[1], source, backup], check=True)
    with closing(connect(backup)) as restored:
        assert restored.execute("SELECT text FROM answer").fetchall() == [("已保存",)]


def test_restoring_makes_the_database_as_installing_does():
    made = re.findall(r"^sudo -u postgres createdb (.*)$", read(RUNNING), re.M)
    assert len(made) == 2
    assert len(set(made)) == 1


# Settings


class Asked(dict[str, str]):
    """An environment that remembers which variables it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]  # only what is used
        self.names.append(name)
        return default


def settings_table() -> Mapping[str, str]:
    return {name.strip("`"): default.strip("`") for name, default, _ in table_under(read(RUNNING), "variable")}


def test_the_table_lists_every_setting_and_no_other():
    asked = Asked()
    Config.from_env(asked)
    assert list(settings_table()) == asked.names


def test_the_table_says_the_defaults():
    table = settings_table()
    name_of = {"environment": "JIEYE_ENV"}
    for field in fields(Config):
        names = [name_of.get(field.name), field.name.upper(), f"JIEYE_{field.name.upper()}"]
        variable = next((name for name in names if name in table), None)
        if variable in (None, "DATABASE_URL"):
            continue  # not from the environment; a path of this machine
        default = int(field.default) if isinstance(field.default, bool) else field.default
        assert table[variable] == str(default), variable


def test_a_file_of_settings_from_the_page_is_one_the_site_takes_once_its_key_is_set():
    block = next(block for block in blocks(read(RUNNING)) if block.startswith("JIEYE_ENV="))
    written = dict(line.split("=", 1) for line in block.splitlines())
    assert set(written) <= set(settings_table())
    with pytest.raises(ConfigError, match="SECRET_KEY"):
        Config.from_env(written)
    assert Config.from_env(written | {"SECRET_KEY": "k" * 40}).production


# People, features, numbers


@pytest.mark.parametrize("name", READMES)
def test_the_readme_lists_the_sign_ins(name):
    rows = table_under(read(name), "sign-in" if name == "README.md" else "账号")
    assert [row[0].strip("`") for row in rows] == list(SIGN_INS)
    if name == "README.md":
        assert {row[0].strip("`"): row[1] for row in rows} == SIGN_INS
    assert f"`{PASSWORD}`" in read(name)


@pytest.mark.parametrize("name", [*READMES, "CHANGELOG.md"])
def test_what_comes_with_the_site_is_counted_rightly(name):
    questions = sum(len(tomllib.loads(path.read_text("utf-8"))["question"]) for path in SEED.glob("*.toml"))
    counted = re.findall(r"(\d+) (?:questions|people|道题|位走到)", read(name))
    assert sorted(map(int, counted)) == sorted([questions, len(NEW_HIRES)])


def test_the_changelog_begins_with_this_version():
    assert re.findall(r"^## (\S+)", read("CHANGELOG.md"), re.M)[0] == VERSION


def test_the_map_lists_the_features_and_events():
    map_ = read("docs/architecture.md")
    features = [row[0].strip("`") for row in table_under(map_, "feature")]
    assert features == [bp.name for bp in FEATURES if bp.name != "health"]
    signals = {name for name, value in vars(events).items() if isinstance(value, events.Signal)}
    assert {row[0].strip("`") for row in table_under(map_, "event")} == signals


@pytest.mark.parametrize("name", RULES)
def test_the_table_of_credit_rules_is_what_the_bank_gives(name):
    item = MultipleChoice("?", tuple(Choice(letter, letter, letter in "ABC") for letter in "ABCDE"))
    rules = [
        CreditRule.ALL_OR_NOTHING,
        CreditRule.HALF_FOR_INCOMPLETE,
        CreditRule.PROPORTIONAL,
        CreditRule.CORRECT_MINUS_WRONG,
    ]
    rows = table_under(read(name), "ticked" if name == "docs/rules.md" else "选了")
    assert len(rows) == 7
    for ticked, *points in rows:
        response = ChoiceResponse(frozenset(re.findall("[A-E]", ticked) if len(ticked.split()[0]) == 1 else ()))
        assert [Fraction(one) for one in points] == [3 * item.mark(response, rule) for rule in rules], ticked


# Links and paths


def anchors(text: str) -> set[str]:
    """The anchors that a page's headings make."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_document
def test_links_lead_somewhere(document):
    for link in re.findall(r"\]\(([^)\s]+)\)", read(document)):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(read(target)), link


@each_document
def test_files_that_are_named_exist(document):
    named = {one for one in code(read(document)) if re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", one)}
    ours = {path.name for path in ROOT.iterdir()} - {"instance", "test-results"}
    places = (ROOT, document.parent)
    missing = [one for one in named if "/" in one and one.split("/")[0] in ours | {"docs"}]
    assert [one for one in missing if not any((place / one).exists() for place in places)] == []


@pytest.mark.parametrize("name", ["exam-room", "overview", "marking", "importing"])
def test_pictures_are_small_and_shown_in_both_readmes(name):
    picture = ROOT / "docs" / "pictures" / f"{name}.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size <= 250 * 1024
    for readme in READMES:
        assert f"pictures/{name}.png" in read(readme)


@pytest.mark.parametrize(("english", "chinese"), [READMES, RULES])
def test_twins_have_the_same_shape(english, chinese):
    def shape(text: str) -> tuple[list[str], list[tuple[int, int]], list[str]]:
        return (
            re.findall(r"^(#+) ", text, re.M),
            [(len(table), len(table[0])) for table in tables(text)],
            blocks(text),
        )

    assert shape(read(english)) == shape(read(chinese))
