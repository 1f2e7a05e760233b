"""The bank's own files: one topic a file, TOML, easy to read, review and translate. The sample bank is written in it.

Choices and key points get their ids from their place ("a", "b" …; "p1", "p2" …), so a file stays free of them.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from string import ascii_lowercase
from typing import Any

from question_bank.items import (
    Choice,
    Item,
    KeyPoint,
    Kind,
    MultipleChoice,
    ShortAnswer,
    SingleChoice,
    TrueFalse,
    is_storable,
)

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_COMMON_FIELDS = frozenset(["key", "kind", "difficulty", "source", "stem", "explanation"])
_OWN_FIELDS = {
    Kind.SINGLE_CHOICE: frozenset(["choices"]),
    Kind.MULTIPLE_CHOICE: frozenset(["choices"]),
    Kind.TRUE_FALSE: frozenset(["correct"]),
    Kind.SHORT_ANSWER: frozenset(["reference", "key_points"]),
}


@dataclass(frozen=True)
class Entry:
    """One question of a file. `place` counts the questions from 1; `key` is its stable name."""

    key: str
    item: Item
    difficulty: int
    source: str | None = None
    place: int = 0


class ReadingCode(StrEnum):
    """Why a file, or one question of it, can't be read."""

    NOT_TOML = "not_toml"
    NO_TOPIC = "no_topic"
    UNKNOWN_FIELD = "unknown_field"
    BAD_FIELD = "bad_field"
    SAME_KEY_TWICE = "same_key_twice"


@dataclass(frozen=True)
class ReadingProblem:
    """What is wrong in a file: in question number `place` (None: in the file itself), at `field`."""

    code: ReadingCode
    place: int | None = None
    field: str | None = None
    detail: str = ""


@dataclass(frozen=True)
class Reading:
    """What a file says: all questions that could be read, and why the others could not."""

    topic_slug: str
    topic_name: str
    entries: tuple[Entry, ...] = ()
    problems: tuple[ReadingProblem, ...] = ()


class _Unreadable(Exception):
    def __init__(self, field: str, code: ReadingCode = ReadingCode.BAD_FIELD) -> None:
        super().__init__(field)
        self.field = field
        self.code = code


def read(text: str) -> Reading:
    """Read a file of the bank. Never refuses: what can't be read is among the problems."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return Reading("", "", problems=(ReadingProblem(ReadingCode.NOT_TOML, detail=str(error)),))
    slug, name, questions = data.pop("topic", ""), data.pop("name", ""), data.pop("question", [])
    problems = [ReadingProblem(ReadingCode.UNKNOWN_FIELD, field=field) for field in data]
    if not (isinstance(slug, str) and _NAME.fullmatch(slug) and isinstance(name, str) and 0 < len(name) <= 120):
        problems.append(ReadingProblem(ReadingCode.NO_TOPIC))
        slug = name = ""
    entries: dict[str, Entry] = {}
    for place, table in enumerate(questions if isinstance(questions, list) else [questions], start=1):
        try:
            entry = _read_entry(place, table)
            if entry.key in entries:
                raise _Unreadable("key", ReadingCode.SAME_KEY_TWICE)
            entries[entry.key] = entry
        except _Unreadable as error:
            problems.append(ReadingProblem(error.code, place, error.field))
    return Reading(slug, name, tuple(entries.values()), tuple(problems))


def write(topic_slug: str, topic_name: str, entries: Iterable[Entry]) -> str:
    """Write a file that `read` reads back; the ids of choices and key points become their places."""
    blocks = [f"topic = {_string(topic_slug)}\nname = {_string(topic_name)}\n"]
    blocks.extend("\n".join(["[[question]]", *_lines(entry)]) + "\n" for entry in entries)
    return "\n".join(blocks)


def _read_entry(place: int, table: object) -> Entry:
    if not isinstance(table, dict):
        raise _Unreadable("question")
    item = _read_item(table)
    difficulty, source = table.get("difficulty"), table.get("source")
    if type(difficulty) is not int or difficulty not in (1, 2, 3):
        raise _Unreadable("difficulty")
    if source is not None and not (isinstance(source, str) and _NAME.fullmatch(source)):
        raise _Unreadable("source")
    key = _text(table, "key")
    if not _NAME.fullmatch(key):
        raise _Unreadable("key")
    return Entry(key, item, difficulty, source, place)


def _read_item(table: Mapping[str, Any]) -> Item:
    if table.get("kind") not in list(Kind):
        raise _Unreadable("kind")
    kind = Kind(table["kind"])
    _refuse_unknown(table, _COMMON_FIELDS | _OWN_FIELDS[kind])
    stem, explanation = _text(table, "stem"), _text(table, "explanation", "")
    match kind:
        case Kind.SINGLE_CHOICE:
            return SingleChoice(stem, _read_choices(table), explanation)
        case Kind.MULTIPLE_CHOICE:
            return MultipleChoice(stem, _read_choices(table), explanation)
        case Kind.TRUE_FALSE:
            return TrueFalse(stem, _truth(table, "correct"), explanation)
        case Kind.SHORT_ANSWER:
            return ShortAnswer(stem, _read_key_points(table), _text(table, "reference", ""), explanation)


def _read_choices(table: Mapping[str, Any]) -> tuple[Choice, ...]:
    rows = _rows(table, "choices", {"text", "correct"})
    if len(rows) > len(ascii_lowercase):
        raise _Unreadable("choices")
    ids = ascii_lowercase[: len(rows)]
    return tuple(
        Choice(id, _text(row, "text"), _truth(row, "correct", False)) for id, row in zip(ids, rows, strict=True)
    )


def _read_key_points(table: Mapping[str, Any]) -> tuple[KeyPoint, ...]:
    rows = _rows(table, "key_points", {"text", "points", "accepted"})
    return tuple(
        KeyPoint(f"p{number}", _text(row, "text"), _points(row), _phrases(row)) for number, row in enumerate(rows, 1)
    )


def _rows(table: Mapping[str, Any], field: str, fields: set[str]) -> list[dict[str, Any]]:
    rows = table.get(field)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _Unreadable(field)
    for row in rows:
        _refuse_unknown(row, fields)
    return rows


def _refuse_unknown(table: Mapping[str, Any], known: Iterable[str]) -> None:
    if unknown := sorted(set(table) - set(known)):
        raise _Unreadable(unknown[0], ReadingCode.UNKNOWN_FIELD)


def _text(table: Mapping[str, Any], field: str, default: str | None = None) -> str:
    value = table.get(field, default)
    if not isinstance(value, str) or not is_storable(value):
        raise _Unreadable(field)
    return value


def _truth(table: Mapping[str, Any], field: str, default: bool | None = None) -> bool:
    value = table.get(field, default)
    if not isinstance(value, bool):
        raise _Unreadable(field)
    return value


def _points(row: Mapping[str, Any]) -> Fraction:
    """Points as 2, 1.5 or "1/3"; at most 1,000 and three places, so that no odd file makes a huge number."""
    value = row.get("points")
    text = value if isinstance(value, str) else str(value) if type(value) in (int, Decimal) else ""
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3}|/[1-9][0-9]{0,3})?", text):
        raise _Unreadable("points")
    return Fraction(text)


def _phrases(row: Mapping[str, Any]) -> tuple[str, ...]:
    phrases = row.get("accepted", [])
    if not isinstance(phrases, list) or not all(isinstance(one, str) and is_storable(one) for one in phrases):
        raise _Unreadable("accepted")
    return tuple(phrases)


def _lines(entry: Entry) -> Iterable[str]:
    item = entry.item
    yield f"key = {_string(entry.key)}"
    yield f"kind = {_string(item.kind)}"
    yield f"difficulty = {entry.difficulty}"
    if entry.source:
        yield f"source = {_string(entry.source)}"
    yield f"stem = {_string(item.stem)}"
    match item:
        case SingleChoice() | MultipleChoice():
            choices = (
                f"  {{ text = {_string(choice.text)}{', correct = true' if choice.correct else ''} }},"
                for choice in item.choices
            )
            yield "\n".join(["choices = [", *choices, "]"])
        case TrueFalse():
            yield f"correct = {str(item.correct).lower()}"
        case ShortAnswer():
            yield f"reference = {_string(item.reference)}"
    yield f"explanation = {_string(item.explanation)}"
    if isinstance(item, ShortAnswer):
        yield "\n".join(["key_points = [", *map(_key_point_line, item.key_points), "]"])


def _key_point_line(key_point: KeyPoint) -> str:
    accepted = ", ".join(map(_string, key_point.accepted))
    return f"  {{ text = {_string(key_point.text)}, points = {_number(key_point.points)}, accepted = [{accepted}] }},"


def _number(points: Fraction) -> str:
    match points.denominator:
        case 1:
            return str(points)
        case 2:
            return f"{points.numerator // 2}.5"
    return _string(str(points))


def _string(text: str) -> str:
    """A TOML string. Its escapes are those of JSON; delete alone needs one more."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
