"""Both languages are whole: every sentence of the site has its Chinese, with the same blanks to fill."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

EXAM = Path(__file__).parent.parent / "exam"
CHINESE = EXAM / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "_l": None, "_n": (1, 2), "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
KEYWORDS |= {"lazy_ngettext": (1, 2), "_ln": (1, 2), "pgettext": ((1, "c"), 2)}
METHODS = [("**.py", "python"), ("templates/**", "jinja2")]
OPTIONS = {"**.py": {}, "templates/**": {"silent": "false", "encoding": "utf-8", "extensions": "jinja2.ext.do"}}
BLANK = re.compile(r"%\((\w+)\)")
HAN = re.compile(r"[\u3400-\u9fff]")
BRAND = "结业"


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with CHINESE.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN")


def sentences() -> list[tuple[str, str, str | None]]:
    """Where it stands, the sentence (its singular), and its context."""
    found = extract_from_dir(str(EXAM), METHODS, OPTIONS, KEYWORDS)
    return [
        (f"{file}:{line}", words if isinstance(words, str) else words[0], context)
        for file, line, words, _comments, context in found
    ]


def translated(message: Message) -> str:
    return message.string if isinstance(message.string, str) else message.string[0]


def test_the_catalogue_has_the_chinese_of_every_sentence_and_of_nothing_else(chinese: Catalog) -> None:
    found = sentences()
    missing = [
        f"{place}: {sentence!r}"
        for place, sentence, context in found
        if not (message := chinese.get(sentence, context)) or not translated(message) or message.fuzzy
    ]
    assert missing == []
    said = {sentence for _place, sentence, _context in found}
    kept = {message.id if isinstance(message.id, str) else message.id[0] for message in chinese if message.id}
    assert kept - said == set()


def test_the_blanks_are_the_same(chinese: Catalog) -> None:
    different = []
    for message in chinese:
        ids = message.id if isinstance(message.id, str) else " ".join(message.id)
        here, there = set(BLANK.findall(translated(message))), set(BLANK.findall(ids))
        if message.id and translated(message) and here != there and not (message.pluralizable and here < there):
            different.append((ids, translated(message)))
    assert different == []


def test_chinese_stands_in_the_catalogue_and_in_content_only() -> None:
    content = (EXAM / "courses" / "seed", EXAM / "papers" / "seed", EXAM / "demo", EXAM / "translations")
    mixed = [
        f"{path.relative_to(EXAM)}:{number}: {line.strip()}"
        for path in sorted([*EXAM.rglob("*.py"), *EXAM.rglob("*.html"), *EXAM.rglob("*.js")])
        if not any(path.is_relative_to(folder) for folder in content)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if HAN.search(line.replace(BRAND, "").replace("中文", ""))
    ]
    assert mixed == []
