"""What the files of a course say: course.toml, one Markdown file a page, one checks.toml a chapter.

Text in, values out; whatever is wrong is a FileProblem that names the file and the line.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from question_bank.items import Choice, MultipleChoice, ObjectiveItem, SingleChoice, TrueFalse

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST_MINUTES = 240
PAGE_FIELDS = ("slug", "title", "standfirst", "minutes")


class FileProblem(ValueError):
    """Something in a file of a course that can't be read: which file, which line from 1, and why."""

    def __init__(self, name: str, line: int, reason: str) -> None:
        super().__init__(f"{name}:{line}: {reason}")


@dataclass(frozen=True, slots=True)
class PageFile:
    """One page as its file has it."""

    slug: str
    title: str
    standfirst: str
    minutes: int
    body: str


@dataclass(frozen=True, slots=True)
class CheckFile:
    """One knowledge check and the slug of the page it stands on."""

    page: str
    item: ObjectiveItem


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """A chapter as course.toml names it."""

    slug: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class CourseFile:
    """What course.toml says."""

    slug: str
    title: str
    description: str
    modules: tuple[ModuleFile, ...]


def parse_course(name: str, text: str) -> CourseFile:
    """Read course.toml."""
    data = _toml(name, text)
    rows = data.get("module")
    if not isinstance(rows, list) or not rows:
        raise FileProblem(name, 1, "there is no [[module]]")
    lines = _lines_of(text, "[[module]]")
    modules = []
    for row, line in zip(rows, lines, strict=True):
        modules.append(
            ModuleFile(
                _slug(name, line, row.get("slug")),
                _text(name, line, row, "title"),
                _text(name, line, row, "summary", optional=True),
            )
        )
    _refuse_twice(name, 1, [module.slug for module in modules])
    description = _text(name, 1, data, "description", optional=True)
    return CourseFile(_slug(name, 1, data.get("slug")), _text(name, 1, data, "title"), description, tuple(modules))


def parse_page(name: str, text: str) -> PageFile:
    """Read a page: `key: value` lines between two lines of ---, then Markdown without a first-level heading."""
    lines = text.split("\n")
    if lines[0].strip() != "---":
        raise FileProblem(name, 1, "a page begins with a line ---")
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        raise FileProblem(name, 1, "the front matter has no second line ---")
    head: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines[1:end], 2):
        key, colon, value = line.partition(":")
        if not colon or key.strip() not in PAGE_FIELDS or key.strip() in head:
            raise FileProblem(name, number, f"a line of the front matter is one of {', '.join(PAGE_FIELDS)}, each once")
        head[key.strip()] = (number, value.strip())
    missing = [field for field in PAGE_FIELDS if not head.get(field, (0, ""))[1]]
    if missing:
        raise FileProblem(name, 1, f"the front matter lacks {', '.join(missing)}")
    minutes_line, minutes = head["minutes"]
    if not (minutes.isascii() and minutes.isdecimal() and len(minutes) < 4 and 1 <= int(minutes) <= MOST_MINUTES):
        raise FileProblem(name, minutes_line, f"minutes is a whole number from 1 to {MOST_MINUTES}")
    body = "\n".join(lines[end + 1 :]).strip()
    if not body:
        raise FileProblem(name, end + 1, "the page has no text")
    for number, written in enumerate(lines[end + 1 :], end + 2):
        if written.startswith("# "):
            raise FileProblem(name, number, "the title stands in the front matter: sections begin with ##")
    return PageFile(
        _slug(name, head["slug"][0], head["slug"][1]), head["title"][1], head["standfirst"][1], int(minutes), body
    )


def parse_checks(name: str, text: str, pages: Collection[str]) -> tuple[CheckFile, ...]:
    """Read checks.toml; `pages` are the slugs of its chapter's pages."""
    rows = _toml(name, text).get("check", [])
    found = []
    for row, line in zip(rows, _lines_of(text, "[[check]]"), strict=True):
        page = _text(name, line, row, "page")
        if page not in pages:
            raise FileProblem(name, line, f"this chapter has no page {page!r}")
        found.append(CheckFile(page, _item(name, line, row)))
    return tuple(found)


def _item(name: str, line: int, row: Mapping[str, Any]) -> ObjectiveItem:
    kind, stem, feedback = (_text(name, line, row, field) for field in ("kind", "stem", "feedback"))
    if kind == "true_false":
        if not isinstance(row.get("correct"), bool):
            raise FileProblem(name, line, "correct is true or false")
        return TrueFalse(stem, row["correct"], feedback)
    if kind not in ("single_choice", "multiple_choice"):
        raise FileProblem(name, line, "kind is single_choice, multiple_choice or true_false")
    rows = row.get("choices")
    if not isinstance(rows, list) or not 2 <= len(rows) <= 8:
        raise FileProblem(name, line, "there are 2 to 8 choices")
    choices = tuple(
        Choice(chr(ord("a") + place), _text(name, line, one, "text"), one.get("correct", False) is True)
        for place, one in enumerate(rows)
    )
    keys = sum(choice.correct for choice in choices)
    if kind == "single_choice":
        if keys != 1:
            raise FileProblem(name, line, f"a single choice has one correct choice, this one has {keys}")
        return SingleChoice(stem, choices, feedback)
    if not keys:
        raise FileProblem(name, line, "no choice is correct")
    return MultipleChoice(stem, choices, feedback)


def _toml(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        raise FileProblem(name, int(place.group(1)) if place else text.count("\n") + 1, str(error)) from error


def _lines_of(text: str, heading: str) -> list[int]:
    return [number for number, line in enumerate(text.split("\n"), 1) if line.strip().startswith(heading)]


def _text(name: str, line: int, row: object, field: str, optional: bool = False) -> str:
    value = row.get(field, "") if isinstance(row, dict) else None
    if not isinstance(value, str) or not (value.strip() or optional):
        raise FileProblem(name, line, f"{field} is text")
    return value.strip()


def _slug(name: str, line: int, value: object) -> str:
    if not isinstance(value, str) or not SLUG.fullmatch(value) or len(value) > 80:
        raise FileProblem(name, line, f"{value!r} is no slug: small letters, digits and single hyphens")
    return value


def _refuse_twice(name: str, line: int, slugs: list[str]) -> None:
    twice = {slug for slug in slugs if slugs.count(slug) > 1}
    if twice:
        raise FileProblem(name, line, f"used twice: {', '.join(sorted(twice))}")
