"""What our own files say beyond the standard, in its own places, so that they are read back as they were written.

Such an item names us as its tool. Its MAXSCORE is the whole question, whatever its choices can reach together, and a
scorer's rubric of the class "key-points" has a table with a row for each: its points, its words, and what is accepted.
"""

import re
from collections.abc import Sequence
from fractions import Fraction

from lxml.etree import _Element

from question_bank.formats.codes import ReadCode
from question_bank.formats.qti.declarations import Declared, Response
from question_bank.formats.qti.patterns import as_wording
from question_bank.formats.qti.shares import Key
from question_bank.formats.qti.texts import Texts
from question_bank.formats.reading import EVERYTHING, ReadAnswer, ReadKeyPoint
from question_bank.formats.trees import child, children, descendants, text_of

KEY_POINTS = "key-points"
PLACES = 12
"""Decimal places of a number that has no end: as many as its fraction can be told from."""


def has_key_points(body: _Element | None) -> bool:
    """Whether an item has key points of ours."""
    return body is not None and any(map(is_key_points, descendants(body, "rubricBlock")))


def is_key_points(rubric: _Element) -> bool:
    """Whether a rubric holds key points."""
    return KEY_POINTS in rubric.get("class", "").split()


def key_points(body: _Element | None, texts: Texts) -> tuple[ReadKeyPoint, ...]:
    """The key points of an item; rows without a number of points are none."""
    found = []
    for row in descendants(body, "tr") if body is not None else ():
        cells = list(children(row, "td"))
        if any(map(is_key_points, row.iterancestors("rubricBlock"))) and len(cells) > 1:
            points = text_of(cells[0]).strip()
            if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,12})?(/[1-9][0-9]{0,5})?", points):
                words, *accepted = (texts.of(one) for one in cells[1:])
                found.append(ReadKeyPoint(words, _ratio(points), tuple(accepted)))
    return tuple(found)


def _ratio(text: str) -> Fraction:
    size, _, part = text.partition("/")
    return exact(Fraction(size) / (int(part) if part else 1))


def exact(size: Fraction) -> Fraction:
    """A number of which only so many places were written: a third is one third again."""
    simple = size.limit_denominator(1000)
    return simple if abs(simple - size) < Fraction(1, 10 ** (PLACES - 1)) else size


def whole(item: Declared) -> Fraction:
    """The raw points of the whole question."""
    most = item.outcomes.get("MAXSCORE")
    size = most.default.items[0] if most and most.default.items else EVERYTHING
    return size if isinstance(size, Fraction) and size > 0 else EVERYTHING


def _share(worth: Fraction, item: Declared) -> Fraction:
    return max(-EVERYTHING, min(EVERYTHING, exact(worth / whole(item))))


def key(item: Declared, response: Response, names: Sequence[str]) -> Key:
    """The right choices and their shares."""
    declared = frozenset(response.correct) & set(names)
    if response.points is None:
        shares = {name: Fraction(int(name in declared), len(declared) or 1) for name in names}
    else:
        worth = {one.key: one.worth for one in response.points.entries}
        shares = {name: _share(worth.get(name, response.points.otherwise), item) for name in names}
    correct = declared
    if response.cardinality == "single":
        correct |= {name for name, share in shares.items() if share == EVERYTHING}
    noted = [(ReadCode.NO_KEY, "")] if not correct else []
    if response.cardinality == "single" and len(correct) > 1:
        noted = [(ReadCode.SEVERAL_KEYS, "its mapping")]
    return Key(correct, shares, noted)


def answers(item: Declared, response: Response) -> tuple[ReadAnswer, ...]:
    """The accepted wordings. Where patterns or nobody marks them, their asterisks are gaps already."""
    if response.points is None:
        return tuple(ReadAnswer(as_wording(one), EVERYTHING, True) for one in response.correct)
    rules = child(item.element, "responseProcessing")
    as_is = rules is None or next(descendants(rules, "patternMatch"), None) is not None
    return tuple(
        ReadAnswer(one.key if as_is else as_wording(one.key), _share(one.worth, item), bool(one.case_sensitive))
        for one in response.points.entries
    )
