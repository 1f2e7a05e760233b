"""The raw points of responses to QTI items, by the items' own rules: they may be 2, or below 0.

Responses are JSON: for each item, by its identifier or its file, a list of responses, each a list of what was given.
An item that asks for several things takes an object instead, with a list for each of its responses.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

from question_bank.formats.codes import ReadCode
from question_bank.formats.qti import conditions, declarations, processing
from question_bank.formats.qti.conditions import OldItem
from question_bank.formats.qti.contents import Piece, pieces
from question_bank.formats.qti.values import Unscorable
from question_bank.formats.reading import ReadProblem, Unreadable
from question_bank.formats.source import Source

LARGEST = 10 * 2**20
"""Bytes of a file of responses."""
Given = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Scored:
    """The points of each response, by item; None for one that can't be scored, with a problem that says why."""

    scores: Mapping[str, Sequence[Fraction | None]] = field(default_factory=dict)
    problems: tuple[ReadProblem, ...] = ()
    refused: bool = False


def score(source: Source, responses: bytes) -> Scored:
    """Score every response. Refuses a file that is none of QTI, and responses that aren't in their form."""
    try:
        asked = _read_responses(responses)
        found = _named(asked, pieces(source))
    except Unreadable as error:
        return Scored(problems=(ReadProblem(error.code, detail=error.detail),), refused=True)
    scores: dict[str, list[Fraction | None]] = {}
    problems: list[ReadProblem] = []
    for name, given in asked.items():
        try:
            piece = _the_one(name, found.get(name, []))
        except Unreadable as error:
            scores[name] = [None] * len(given)
            problems.append(ReadProblem(error.code, f"item {name}", "", error.detail))
            continue
        scores[name], said = _scores(piece, given)
        problems += [ReadProblem(ReadCode.NOT_SCORED, piece.place, "", one) for one in dict.fromkeys(said)]
    return Scored(scores, tuple(problems))


def scored_data(scored: Scored) -> dict[str, list[int | float | None]]:
    """The JSON form of the points: whole numbers without a point."""
    return {name: [_number(one) for one in points] for name, points in scored.scores.items()}


def _number(points: Fraction | None) -> int | float | None:
    if points is None:
        return None
    return int(points) if points.denominator == 1 else float(points)


def _read_responses(content: bytes) -> dict[str, list[Any]]:
    if len(content) > LARGEST:
        raise Unreadable(ReadCode.BAD_RESPONSES, f"they are larger than {LARGEST // 2**20} MB")
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Unreadable(ReadCode.BAD_RESPONSES, "this is no JSON") from error
    if not isinstance(data, dict) or not all(isinstance(one, list) for one in data.values()):
        raise Unreadable(ReadCode.BAD_RESPONSES, "it is no object of lists")
    return data


def _named(asked: Collection[str], found: Iterable[Piece]) -> dict[str, list[Piece]]:
    """The items that are asked for, by each of their names; the others are let go."""
    named: dict[str, list[Piece]] = {}
    for piece in found:
        for name in piece.names:
            if name in asked:
                named.setdefault(name, []).append(piece)
    return named


def _the_one(name: str, called: Sequence[Piece]) -> Piece:
    """The item that is meant: one's identifier goes before another one's file. Raises Unreadable."""
    meant = [piece for piece in called if piece.names[0] == name] or called
    if not meant:
        raise Unreadable(ReadCode.NO_SUCH_ITEM, name)
    if len(meant) > 1:
        raise Unreadable(ReadCode.SEVERAL_ITEMS, name)
    if meant[0].trouble:
        raise meant[0].trouble
    return meant[0]


def _scores(piece: Piece, given: Sequence[Any]) -> tuple[list[Fraction | None], list[str]]:
    scores: list[Fraction | None] = []
    said = []
    try:
        mark, only = _marker(piece)
    except Unscorable as error:
        return [None] * len(given), [str(error)]
    for one in given:
        try:
            scores.append(mark(_response(one, only)).score)
        except Unscorable as error:
            scores.append(None)
            said.append(str(error))
    return scores, said


def _marker(piece: Piece) -> tuple[Any, Sequence[str]]:
    """What marks a response to an item, and the names of what it asks for."""
    assert piece.element is not None
    if piece.version == 1:
        old = OldItem(piece.element)
        return partial(conditions.marked, old), [one.get("ident", "") for one in old.responses]
    item = declarations.declared(piece.element, piece.version)
    return partial(processing.marked, item), list(item.responses)


def _response(given: Any, names: Sequence[str]) -> Given:
    """A response as it is marked. Raises Unscorable for one in another form."""
    if isinstance(given, dict):
        return {str(name): _texts(one) for name, one in given.items()}
    texts = _texts(given)
    if len(names) == 1:
        return {names[0]: texts}
    if not texts:
        return {}
    raise Unscorable(f"it asks for {len(names)} things, so a response is an object with {', '.join(names)}")


def _texts(given: Any) -> list[str]:
    parts = given if isinstance(given, list) else [] if given is None else [given]
    texts = []
    for one in parts:
        if isinstance(one, bool):
            texts.append("true" if one else "false")
        elif isinstance(one, str | int | float):
            texts.append(str(one))
        else:
            raise Unscorable("a response is a list of words")
    return texts
