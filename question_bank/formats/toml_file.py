"""The bank's questions as TOML: the fields of the sample bank's files, and what more a question from elsewhere has.

`name` at the top is the topic of all questions, `topic` in one is its own. A question needs its kind and its stem; to
be loaded as the sample bank is (toml.py), a file needs the other fields of those as well.
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from question_bank.formats.codes import ReadCode
from question_bank.formats.json_file import stem_of
from question_bank.formats.reading import (
    EVERYTHING,
    NOTHING,
    ReadAnswer,
    Reading,
    ReadProblem,
    ReadQuestion,
    Unreadable,
    Written,
    gathered,
    losses,
)
from question_bank.formats.records import read_record, written_number
from question_bank.formats.source import Source
from question_bank.responses import Kind

_HEAD = re.compile(r"^\s*\[\[\s*question\s*\]\]", re.MULTILINE)
_LARGEST = 5 * 2**20
_MOST_DOTS = 8
_WORD = re.compile(r"""(?:"[^"\n]*+"|'[^'\n]*+'|[\w-]++)[ \t]*+(\.?)[ \t]*+""", re.ASCII)


def fits(source: Source) -> bool:
    """Whether it has a table of questions."""
    return bool(_HEAD.search(source.text))


def read(source: Source) -> Reading:
    """Read a file. What the sample bank's `source` says isn't kept: a question from elsewhere has none."""
    document = _parsed(source.text)
    topic, _slug = document.pop("name", None), document.pop("topic", None)
    if topic is not None and not isinstance(topic, str):
        raise Unreadable(ReadCode.BAD_DATA, '"name", which is the topic, has to be text')
    questions = document.pop("question", None)
    if not isinstance(questions, list):
        raise Unreadable(ReadCode.BAD_DATA, "there is no [[question]]")
    problems = [ReadProblem(ReadCode.NOT_KEPT, detail=f"the field {name[:80]}") for name in sorted(document)]
    attempts = (
        (f"question {number}", stem_of(data), partial(read_record, data, f"question {number}", topic))
        for number, data in enumerate(questions, start=1)
    )
    return gathered(attempts, problems)


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > _LARGEST:
        raise Unreadable(ReadCode.TOO_LARGE, f"{_LARGEST // 2**20} MB")
    if _has_long_names(text):
        raise Unreadable(ReadCode.BAD_DATA, "a name of too many parts")
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(ReadCode.BAD_DATA, str(error)[:200]) from error
    except (RecursionError, ValueError, ArithmeticError) as error:
        raise Unreadable(ReadCode.BAD_DATA, "a number or a nesting without end") from error


def _has_long_names(text: str) -> bool:
    """Whether there is anything like a.a.a… with many parts: the parser takes the square of their number."""
    length = end = 0
    for word in _WORD.finditer(text):
        length = (length if word.start() == end else 0) + 1 if word[1] else 0
        end = word.end()
        if length > _MOST_DOTS:
            return True
    return False


def write(questions: Iterable[ReadQuestion]) -> Written:
    """Write a file that `read` reads back, and say what is lost: pictures and sounds."""
    questions = list(questions)
    topics = {question.topic for question in questions}
    common = next(iter(topics)) if len(topics) == 1 else None
    blocks = [f"name = {_string(common)}\n"] if common else []
    for question in questions:
        blocks.append("\n".join(["[[question]]", *_lines(question, common)]) + "\n")
    lost = Counter("pictures and sounds" for question in questions if question.media)
    return Written("\n".join(blocks).encode(), tuple(losses(lost)))


def _lines(question: ReadQuestion, common: str | None) -> Iterator[str]:
    if question.name:
        yield f"key = {_string(question.name)}"
    yield f"kind = {_string(question.kind.value)}"
    if question.difficulty is not None:
        yield f"difficulty = {question.difficulty}"
    if question.topic and question.topic != common:
        yield f"topic = {_string(question.topic)}"
    if question.points is not None:
        yield f"points = {_number(question.points)}"
    if question.tags:
        yield f"tags = {_strings(question.tags)}"
    if question.family:
        yield f"family = {_string(question.family)}"
    if question.seconds is not None:
        yield f"expected_seconds = {question.seconds}"
    yield f"stem = {_string(question.stem)}"
    if question.choices:
        yield _rows("choices", _choices(question))
    if question.correct is not None:
        yield f"correct = {str(question.correct).lower()}"
    if question.answers and question.answers == (ReadAnswer(question.answers[0].text or "-"),):
        yield f"reference = {_string(question.answers[0].text)}"
    elif question.answers:
        yield _rows("answers", map(_answer, question.answers))
    if question.explanation:
        yield f"explanation = {_string(question.explanation)}"
    if question.key_points:
        rows = (
            f"text = {_string(one.text)}, points = {_number(one.points)}, accepted = {_strings(one.accepted)}"
            for one in question.key_points
        )
        yield _rows("key_points", rows)


def _choices(question: ReadQuestion) -> Iterator[str]:
    """The choices; a share is told only where it isn't the one that goes without saying."""
    keys = sum(one.correct for one in question.choices)
    each = Fraction(1, keys) if question.kind is Kind.MULTIPLE_CHOICE and keys else EVERYTHING
    for one in question.choices:
        correct = ", correct = true" if one.correct else ""
        usual = each if one.correct else NOTHING
        share = "" if one.fraction == usual else f", fraction = {_number(one.fraction)}"
        wrong = ", correct = false" if share and not one.correct else ""
        feedback = f", feedback = {_string(one.feedback)}" if one.feedback else ""
        yield f"text = {_string(one.text)}{correct}{wrong}{share}{feedback}"


def _answer(answer: ReadAnswer) -> str:
    share = "" if answer.fraction == EVERYTHING else f", fraction = {_number(answer.fraction)}"
    return f"text = {_string(answer.text)}{share}{', case_sensitive = true' if answer.case_sensitive else ''}"


def _rows(name: str, rows: Iterable[str]) -> str:
    return "\n".join([f"{name} = [", *(f"  {{ {row} }}," for row in rows), "]"])


def _number(fraction: Fraction) -> str:
    if fraction.denominator == 1:
        return str(fraction)
    written = written_number(fraction)
    return _string(written) if isinstance(written, str) else repr(written)


def _strings(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_string, texts))}]"


def _string(text: str) -> str:
    """A TOML string. Its escapes are those of JSON; delete alone needs one more."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
