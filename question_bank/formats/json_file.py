"""The bank's questions as JSON: the document that `flask questions read --json` prints, with the content of its media.

Numbers are exact: 0.5, 0.3333333333333333 or "1/3". Nothing of a question is lost when it is written.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import (
    Reading,
    ReadProblem,
    ReadQuestion,
    Unreadable,
    Written,
    gathered,
    question_data,
)
from question_bank.formats.records import read_record, record, written_number
from question_bank.formats.source import Source

_HEAD = re.compile(r'\s*(\[\s*\{|\{\s*)("|\})')
_DOCUMENT = frozenset(["format", "questions", "problems"])
_MOST_RECORDS = 1_000_000
_LONGEST_NUMBER = 60
_NONE = Decimal("NaN")
"""Stands for a number that nothing here could be; whichever field it is in refuses it."""


def fits(source: Source) -> bool:
    """Whether it begins as a list or a record of records does."""
    return bool(_HEAD.match(source.text))


def read(source: Source) -> Reading:
    """Read a file: `{"questions": […]}`, or the list alone."""
    document = _parsed(source.text)
    problems: list[ReadProblem] = []
    if isinstance(document, dict):
        for name in sorted(set(document) - _DOCUMENT):
            problems.append(ReadProblem(ReadCode.NOT_KEPT, detail=f"the field {name[:80]}"))
        document = document.get("questions")
    if not isinstance(document, list):
        raise Unreadable(ReadCode.BAD_DATA, 'there is no list of "questions"')
    if document and not any(isinstance(one, dict) and {"kind", "stem"} & set(one) for one in document):
        raise Unreadable(ReadCode.BAD_DATA, 'nothing in it has a "kind" and a "stem", as questions of this site have')
    attempts = (
        (f"question {number}", stem_of(data), partial(read_record, data, f"question {number}"))
        for number, data in enumerate(document, start=1)
    )
    return gathered(attempts, problems)


def stem_of(data: object) -> str:
    """What stands in a record as its stem, if anything: for the problem that it makes."""
    stem = data.get("stem") if isinstance(data, dict) else data
    return stem[:200] if isinstance(stem, str) else ""


def write(questions: Iterable[ReadQuestion]) -> Written:
    """Write a file that `read` reads back, to the last bit."""
    document = {"questions": [_data(question) for question in questions]}
    return Written((json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())


def _data(question: ReadQuestion) -> dict[str, Any]:
    data = question_data(question, written_number)
    for medium, one in zip(question.media, data["media"], strict=True):
        one["content"] = b64encode(medium.content).decode()
    return {**data, "html": True} if question.html else data


def _parsed(text: str) -> Any:
    if text.count("{") + text.count("[") > _MOST_RECORDS or text.count(",") > 5 * _MOST_RECORDS:
        raise Unreadable(ReadCode.TOO_LARGE, f"{_MOST_RECORDS:,} records")
    try:
        return json.loads(
            text,
            object_pairs_hook=record,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=Decimal,
        )
    except json.JSONDecodeError as error:
        raise Unreadable(ReadCode.BAD_DATA, f"line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise Unreadable(ReadCode.BAD_DATA, "brackets in brackets without end") from error


def _decimal(text: str) -> Decimal:
    return Decimal(text) if len(text) <= _LONGEST_NUMBER else _NONE


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONGEST_NUMBER else _NONE
