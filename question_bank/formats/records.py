"""Questions as records of fields, as our JSON and TOML have them: read strictly, with the place of what is wrong."""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from question_bank.families import LONGEST_FAMILY, LONGEST_TIME, SHORTEST_TIME, family_name
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import (
    EVERYTHING,
    NOTHING,
    Medium,
    Noted,
    ReadAnswer,
    ReadChoice,
    ReadKeyPoint,
    ReadQuestion,
    Unreadable,
    choice_id,
    excerpt,
)
from question_bank.responses import Kind, is_storable

_FIELDS = frozenset(["kind", "stem", "choices", "correct", "key_points", "answers", "points", "topic", "difficulty",
                     "explanation", "tags", "media", "place", "name", "key", "reference", "html", "family",
                     "expected_seconds"])  # fmt: skip
_OF_KIND = {
    Kind.SINGLE_CHOICE: ("choices",),
    Kind.MULTIPLE_CHOICE: ("choices",),
    Kind.TRUE_FALSE: ("correct",),
    Kind.SHORT_ANSWER: ("key_points", "answers", "reference"),
}
_OF_SOME_KIND = ("choices", "correct", "key_points", "answers", "reference")
_FRACTION = re.compile(r"-?[0-9]{1,40}(/[1-9][0-9]{0,39}|\.[0-9]{1,40})?")
_EXACT_TO = 12
"""Decimals from which on a number is what another program made of a fraction: 0.333333333333 stands for a third."""
_MOST_PARTS = 1000
_NAME_OF_MEDIUM = re.compile(r"[^()\s]{1,200}")


class Record(dict[str, Any]):
    """What was said in braces; `twice` is a field that was said twice."""

    twice: str | None = None


def record(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """A record of its fields."""
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    said = Record(made)
    names = [name for name, _value in pairs]
    said.twice = next(name for name in names if names.count(name) > 1)
    return said


def number(value: object) -> Fraction | None:
    """The number that is meant by 0.5, by "1/3", or by 0.3333333333333333; None if it is none, or a monstrous one."""
    text = format(value, "f") if isinstance(value, Decimal) and abs(value.adjusted()) <= 30 else str(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str) or not _FRACTION.fullmatch(text):
        return None
    exact = Fraction(text)
    if len(text.partition(".")[2]) < _EXACT_TO:
        return exact
    near = exact.limit_denominator(_MOST_PARTS)
    return near if abs(near - exact) < Fraction(1, 10**_EXACT_TO) else exact


def written_number(fraction: Fraction) -> float | str:
    """A fraction as `number` reads it back: a number where that is exact, else "3/7"."""
    plain = float(fraction)
    return plain if number(Decimal(repr(plain))) == fraction else str(fraction)


def read_record(data: object, place: str, topic: str | None = None) -> tuple[ReadQuestion, Noted]:
    """The question in a record; `topic` is the one where it names none. Raises Unreadable."""
    if not isinstance(data, dict):
        raise Unreadable(ReadCode.BAD_FIELD, "question")
    fields = _Fields(data)
    kind, noted = _kind(fields), fields.noted
    stem = fields.text("stem")
    if not stem.strip():
        raise Unreadable(ReadCode.NO_STEM)
    fields.name_unknown(_FIELDS)
    for name in _OF_SOME_KIND:
        if name not in _OF_KIND[kind] and fields.data.get(name) not in (None, [], ""):
            noted.append((ReadCode.NOT_KEPT, f"the field {name}, for it is a {kind.value.replace('_', ' ')}"))
    question = ReadQuestion(
        kind,
        stem,
        place,
        choices=_choices(fields, kind) if "choices" in _OF_KIND[kind] else (),
        correct=_truth(fields) if kind is Kind.TRUE_FALSE else None,
        key_points=_key_points(fields) if kind is Kind.SHORT_ANSWER else (),
        answers=_answers(fields) if kind is Kind.SHORT_ANSWER else (),
        points=fields.number("points", at_least=NOTHING),
        topic=fields.text("topic", topic or "") or None,
        difficulty=_difficulty(fields),
        explanation=fields.text("explanation", ""),
        tags=fields.texts("tags"),
        media=_media(fields),
        name=fields.text("name", "") or fields.text("key", "") or None,
        family=_family(fields),
        seconds=_seconds(fields),
        html=fields.flag("html", False),
    )
    if kind is Kind.SHORT_ANSWER and not question.answers and not question.key_points:
        noted.append((ReadCode.NO_KEY, ""))
    return question, list(dict.fromkeys(noted))


class _Fields:
    """The fields of a record, each asked for by its name and shape; `path` says where the record is in its question."""

    def __init__(self, data: dict[str, Any], path: str = "", noted: Noted | None = None) -> None:
        self.data = data
        self.path = path
        self.noted: Noted = [] if noted is None else noted
        if twice := getattr(data, "twice", None):
            raise Unreadable(ReadCode.BAD_FIELD, f"{path}{excerpt(twice)}, which is there twice")

    def bad(self, name: str) -> Unreadable:
        return Unreadable(ReadCode.BAD_FIELD, f"{self.path}{name}")

    def name_unknown(self, known: Iterable[str]) -> None:
        """Say which fields are passed over."""
        path = re.sub(r"[0-9]+\.", "", self.path)
        self.noted += (
            (ReadCode.NOT_KEPT, f"the field {path}{excerpt(name)}") for name in sorted(set(self.data) - set(known))
        )

    def text(self, name: str, usual: str | None = None) -> str:
        """A text; one without a usual value has to be there."""
        value = self.data.get(name)
        if value is None and usual is not None:
            return usual
        if not isinstance(value, str) or not is_storable(value):
            raise self.bad(name)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.data.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, str) and is_storable(one) for one in value):
            raise self.bad(name)
        return tuple(value)

    def flag(self, name: str, usual: bool) -> bool:
        value = self.data.get(name)
        if value is None:
            return usual
        if not isinstance(value, bool):
            raise self.bad(name)
        return value

    def number(self, name: str, at_least: Fraction) -> Fraction | None:
        value = self.data.get(name)
        found = number(value)
        if value is not None and (found is None or not at_least <= found <= 10**6):
            raise self.bad(name)
        return found

    def share(self) -> Fraction | None:
        found = self.number("fraction", at_least=-EVERYTHING)
        if found is not None and found > EVERYTHING:
            raise self.bad("fraction")
        return found

    def rows(self, name: str, known: Sequence[str]) -> Sequence["_Fields"]:
        """The records in a list."""
        value = self.data.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.bad(name)
        rows = [_Fields(one, f"{name}.{place}.", self.noted) for place, one in enumerate(value, start=1)]
        for row in rows:
            row.name_unknown(known)
        return rows


def _kind(fields: _Fields) -> Kind:
    name = fields.text("kind")
    if name not in list(Kind):
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, excerpt(name))
    return Kind(name)


def _choices(fields: _Fields, kind: Kind) -> tuple[ReadChoice, ...]:
    rows = fields.rows("choices", ("id", "text", "correct", "fraction", "feedback"))
    if len(rows) < 2:
        raise Unreadable(ReadCode.TOO_FEW_CHOICES)
    single = kind is Kind.SINGLE_CHOICE
    shares = [row.share() for row in rows]
    right = [
        row.flag("correct", False if share is None else share == EVERYTHING if single else share > NOTHING)
        for row, share in zip(rows, shares, strict=True)
    ]
    each = EVERYTHING if single else Fraction(1, sum(right) or 1)
    if not any(right):
        fields.noted.append((ReadCode.NO_KEY, ""))
    if single and sum(right) > 1:
        fields.noted.append((ReadCode.SEVERAL_KEYS, "the file"))
    return tuple(
        ReadChoice(
            choice_id(place),
            row.text("text"),
            correct,
            share if share is not None else each if correct else NOTHING,
            row.text("feedback", ""),
        )
        for place, (row, correct, share) in enumerate(zip(rows, right, shares, strict=True))
    )


def _truth(fields: _Fields) -> bool | None:
    if fields.data.get("correct") is None:
        fields.noted.append((ReadCode.NO_KEY, ""))
        return None
    return fields.flag("correct", False)


def _key_points(fields: _Fields) -> tuple[ReadKeyPoint, ...]:
    rows = fields.rows("key_points", ("text", "points", "accepted"))
    return tuple(
        ReadKeyPoint(row.text("text"), row.number("points", NOTHING) or NOTHING, row.texts("accepted")) for row in rows
    )


def _answers(fields: _Fields) -> tuple[ReadAnswer, ...]:
    """The wordings; a `reference`, which is how the answer might read in full, is one of them."""
    rows = fields.rows("answers", ("text", "fraction", "case_sensitive"))
    wordings = [
        ReadAnswer(
            row.text("text"),
            EVERYTHING if (share := row.share()) is None else share,
            row.flag("case_sensitive", False),
        )
        for row in rows
    ]
    reference = fields.text("reference", "")
    return (*([ReadAnswer(reference)] if reference else []), *wordings)


def _difficulty(fields: _Fields) -> int | None:
    value = fields.data.get("difficulty")
    if value is not None and (type(value) is not int or value not in (1, 2, 3)):
        raise fields.bad("difficulty")
    return value


def _family(fields: _Fields) -> str:
    found = family_name(fields.text("family", ""))
    if len(found) > LONGEST_FAMILY:
        raise fields.bad("family")
    return found


def _seconds(fields: _Fields) -> int | None:
    value = fields.data.get("expected_seconds")
    if value is not None and (type(value) is not int or not SHORTEST_TIME <= value <= LONGEST_TIME):
        raise fields.bad("expected_seconds")
    return value


def _media(fields: _Fields) -> tuple[Medium, ...]:
    media: list[Medium] = []
    for row in fields.rows("media", ("name", "bytes", "content")):
        name = row.text("name")
        if not _NAME_OF_MEDIUM.fullmatch(name) or any(one.name == name for one in media):
            raise row.bad("name")
        if row.data.get("content") is None:
            fields.noted.append((ReadCode.NOT_KEPT, f"{excerpt(name)}, whose content isn't in the file"))
            continue
        try:
            media.append(Medium(name, b64decode(row.text("content"), validate=True)))
        except (binascii.Error, ValueError) as error:
            raise row.bad("content") from error
    return tuple(media)
